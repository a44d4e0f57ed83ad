"""All keys at a glance, over the whole window."""

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.commands import Command, Commands
from app.widgets.controls import button, label


class ShortcutsOverlay(QWidget):
    """Covers its parent until a key or a click."""

    change_wanted = Signal()

    def __init__(self, commands: Commands, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._commands = commands
        self._before = QApplication.focusWidget()
        self._card = QWidget(self)
        self._card.setObjectName("overlay")
        self._card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._fill()
        parent.installEventFilter(self)
        self.setGeometry(parent.rect())
        self._place()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Stay as large as the parent."""
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self.setGeometry(QRect(QPoint(0, 0), event.size()))  # type: ignore[attr-defined]
            self._place()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Any key leads back."""
        del event
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keys go where they went before."""
        if self._before is not None and self.hasFocus():
            self._before.setFocus()
        super().closeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the card leads back."""
        if not self._card.geometry().contains(event.position().toPoint()):
            self.close()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what lies below."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 150))
        painter.end()

    def _fill(self) -> None:
        column = QVBoxLayout(self._card)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.addWidget(label(self.tr("Keys"), self._card, "title"))
        head.addStretch(1)
        change = button(self.tr("Change keys"), self.tr("Give commands other keys."), self._card)
        change.clicked.connect(self._on_change_clicked)
        head.addWidget(change)
        column.addLayout(head)
        columns = QHBoxLayout()
        columns.setSpacing(32)
        for names in _columns(self._commands.table):
            columns.addLayout(self._grid(names))
        column.addLayout(columns)

    def _grid(self, commands: list[Command]) -> QVBoxLayout:
        column = QVBoxLayout()
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(5)
        group, row = "", 0
        for command in commands:
            if command.group != group:
                if group:
                    grid.setRowMinimumHeight(row, 8)
                    row += 1
                group = command.group
                grid.addWidget(label(group, self._card, "heading"), row, 0, 1, 2)
                row += 1
            grid.addWidget(label(command.text, self._card), row, 0)
            key = label(self._commands.key(command.id), self._card, "secondary")
            grid.addWidget(key, row, 1, Qt.AlignmentFlag.AlignRight)
            row += 1
        column.addLayout(grid)
        column.addStretch(1)
        return column

    def _place(self) -> None:
        self._card.adjustSize()
        size = self._card.size().boundedTo(self.size())
        self._card.setGeometry(
            (self.width() - size.width()) // 2,
            (self.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )

    @Slot()
    def _on_change_clicked(self) -> None:
        self.close()
        self.change_wanted.emit()


def _columns(table: tuple[Command, ...]) -> list[list[Command]]:
    groups: dict[str, list[Command]] = {}
    for command in table:
        groups.setdefault(command.group, []).append(command)
    rows = list(groups.values())
    return [rows[0] + rows[1], rows[2], rows[3] + rows[4]]
