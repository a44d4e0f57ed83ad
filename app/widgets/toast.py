"""A sentence that comes, can be answered with one button, and goes."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.widgets.controls import IconButton, button, label

SHOWN_MS = 6000


class Toast(QWidget):
    """Lies over the foot of the viewer."""

    acted = Signal(str)
    """Key of the action that was offered."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("overlay")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._key = ""
        self._words = label("", self)
        self._act = button("", "", self)
        self._hide = IconButton("close", self.tr("Hide this message"), self)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(12)
        row.addWidget(self._words)
        row.addWidget(self._act)
        row.addWidget(self._hide)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self._act.clicked.connect(self._on_act_clicked)
        self._hide.clicked.connect(self.hide)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setVisible(False)

    def say(self, words: str, action: str = "", key: str = "") -> None:
        """Show a sentence, with a button where an action is offered."""
        self._words.setText(words)
        self._key = key
        self._act.setText(action)
        self._act.setVisible(bool(action))
        self.show()
        self.place()
        self.raise_()
        self._timer.start(SHOWN_MS)

    def words(self) -> str:
        """What is said."""
        return self._words.text()

    def place(self) -> None:
        """Sit in the middle of the parent's foot."""
        parent = self.parentWidget()
        self.adjustSize()
        if parent:
            self.move((parent.width() - self.width()) // 2, parent.height() - self.height() - 16)

    @Slot()
    def _on_act_clicked(self) -> None:
        self.hide()
        self.acted.emit(self._key)
