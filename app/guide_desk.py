"""Opens the guide: by command, and for any part of the window that points into it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app import guide

if TYPE_CHECKING:  # imported when it is first wanted
    from app.widgets.guide_window import GuideWindow


class GuideDesk(QObject):
    """One guide for a window; it is made when it is first wanted."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.guide: GuideWindow | None = None
        # WORKAROUND: PySide 6.11's stub wants bytes for the name, its code crashes on them.
        QDesktopServices.setUrlHandler(guide.SCHEME, self, "open_url")  # pyright: ignore[reportArgumentType]

    def open(self, page: str = "", section: str = "") -> None:
        """Show the guide, at the page it had unless one is named.

        A dialog locks out all windows but its own: while one is open, the guide belongs to it.
        """
        from app.widgets.guide_window import GuideWindow

        host = QApplication.activeModalWidget() or self._window
        if self.guide is None:
            self.guide = GuideWindow(host)
        elif self.guide.parentWidget() is not host:
            self.guide.setParent(host, Qt.WindowType.Window)
        if isinstance(host, QDialog):
            host.finished.connect(self._on_host_finished)
        if page:
            self.guide.show_page(page, section)
        self.guide.show()
        self.guide.raise_()
        self.guide.activateWindow()

    @Slot()
    def show(self) -> None:
        """Show the guide where it was left."""
        self.open()

    @Slot(QUrl)
    def open_url(self, url: QUrl) -> None:
        """Answer an address of the guide."""
        self.open(url.path(), url.fragment(QUrl.ComponentFormattingOption.FullyDecoded))

    def close(self) -> None:
        """Close the guide with its window."""
        QDesktopServices.unsetUrlHandler(guide.SCHEME)
        if self.guide is not None:
            self.guide.close()

    @Slot()
    def _on_host_finished(self) -> None:
        """A dialog takes its children along: the guide goes back to the window."""
        if self.guide is not None and self.guide.parentWidget() is not self._window:
            shown = self.guide.isVisible()
            self.guide.setParent(self._window, Qt.WindowType.Window)
            self.guide.setVisible(shown)
