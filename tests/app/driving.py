"""What tests do with a window again and again."""

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.main_window import MainWindow

OpenWindow = Callable[[], MainWindow]


def open_clip(window: MainWindow, clip: Path, qtbot: QtBot) -> None:
    """Open a clip and wait for its first pair of pictures."""
    with qtbot.waitSignal(window.workshop.viewing.pair_shown, timeout=20000):
        window.open_clip(clip)


def close(window: MainWindow) -> None:
    """End a window's threads and forget it."""
    window._leaving = True  # no question asked
    window.close()
    window.deleteLater()
