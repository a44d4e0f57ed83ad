"""Size, place and open parts of the window, kept between starts."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray

from app.preferences import Preferences

if TYPE_CHECKING:
    from app.main_window import MainWindow

STANDARD_SIZE = (1440, 900)


def restore(window: "MainWindow", preferences: Preferences) -> None:
    """Put the window back to how it was left."""
    now = preferences.now
    if now.geometry:
        window.restoreGeometry(QByteArray.fromBase64(now.geometry.encode()))
    else:
        window.resize(*STANDARD_SIZE)
    window.panel.setVisible(now.panel_shown)
    window.queue_panel.set_open(now.drawer_open, animated=False)


def save(window: "MainWindow", preferences: Preferences) -> None:
    """Remember how the window is left."""
    preferences.change(
        geometry=bytes(window.saveGeometry().toBase64().data()).decode(),
        drawer_open=window.queue_panel.is_open,
        panel_shown=not window.panel.isHidden(),
    )
