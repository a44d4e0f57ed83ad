"""Files that macOS asks a running application to open come as events, not as arguments."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class FileRequests(QObject):
    """Hands each requested file on, and forgets the event."""

    def __init__(self, app: QApplication, open_paths: Callable[[list[Path]], None]) -> None:
        super().__init__(app)
        self._open_paths = open_paths
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Catch the request, whoever it is sent to."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self._open_paths([Path(event.file())])
            return True
        return super().eventFilter(watched, event)
