"""A titled part of the panel: can fold, can be reset, shows when something in it was changed."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.widgets.controls import IconButton, label, set_role


class Section(QWidget):
    """Header and body; the body's widgets are added to `body`."""

    reset_wanted = Signal()
    folded_changed = Signal(bool)

    def __init__(self, title: str, parent: QWidget, *, foldable: bool = False) -> None:
        super().__init__(parent)
        self._title = title
        self._foldable = foldable
        self._inside = QWidget(self)
        self.body = QVBoxLayout(self._inside)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(8)
        self._fold_button = IconButton("chevron-right", title, self)
        self._fold_button.setIconSize(QSize(16, 16))
        self._fold_button.setProperty("role", "fold")
        self._fold_button.setVisible(foldable)
        self._heading = label(title, self, "heading")
        self._note = label("", self, "secondary")
        self._reset = IconButton("reset", self.tr("Reset {} to what it was").format(title), self)
        self._reset.setIconSize(QSize(16, 16))
        self._reset.setVisible(False)
        self._lay_out(foldable)
        self._fold_button.clicked.connect(self._on_fold_clicked)
        self._reset.clicked.connect(self.reset_wanted)
        self.set_folded(foldable)

    @property
    def folded(self) -> bool:
        """True while the body is hidden."""
        return self._inside.isHidden()

    def set_folded(self, folded: bool) -> None:
        """Hide or show the body."""
        self._inside.setVisible(not folded)
        self._fold_button.set_icon_name("chevron-right" if folded else "chevron-down")

    def set_changed(self, changed: bool) -> None:
        """Mark the section, and offer to reset it."""
        self._heading.setText(f"{self._title} •" if changed else self._title)
        self._reset.setVisible(changed)

    def set_note(self, words: str) -> None:
        """A few words at the right of the header, for instance what the folded body holds."""
        self._note.setText(words)
        set_role(self._note, "secondary")

    def _lay_out(self, foldable: bool) -> None:
        header = QHBoxLayout()
        header.setSpacing(4)
        header.setContentsMargins(0, 0, 0, 0)
        header.addWidget(self._fold_button)
        header.addWidget(self._heading)
        header.addStretch(1)
        header.addWidget(self._note)
        header.addWidget(self._reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8 if not foldable else 4)
        column.addLayout(header)
        column.addWidget(self._inside)
        self._heading.setMinimumHeight(28)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the title does what the arrow before it does."""
        on_title = event.position().y() <= self._heading.geometry().bottom()
        if self._foldable and on_title and event.button() == Qt.MouseButton.LeftButton:
            self._on_fold_clicked()
        else:
            super().mouseReleaseEvent(event)

    @Slot()
    def _on_fold_clicked(self) -> None:
        self.set_folded(not self.folded)
        self.folded_changed.emit(self.folded)


def titled(text: str, control: QWidget, parent: QWidget, width: int = 76) -> QHBoxLayout:
    """A row of a label and its control."""
    row = QHBoxLayout()
    row.setSpacing(8)
    name = label(text, parent)
    name.setFixedWidth(width)
    name.setBuddy(control)
    row.addWidget(name)
    row.addWidget(control, 1)
    return row
