"""The frame of every dialog: a title, a body, a row of buttons."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.widgets.controls import label


class Dialog(QDialog):
    """Dialogs are for decisions only; they never block the event loop (use open, not exec)."""

    def __init__(self, title: str, parent: QWidget, width: int) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setMinimumWidth(width)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        heading = label(title, self, "title")
        column.addWidget(heading)
        column.addLayout(self.body, 1)
        column.addLayout(self.buttons)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape decides for nothing."""
        if event.key() == Qt.Key.Key_Escape:
            self.reject()
        else:
            super().keyPressEvent(event)
