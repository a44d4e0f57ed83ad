"""What the viewer shows before a clip is open: what to do, the demo clip, recent files."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import icons, theme
from app.widgets.controls import button, label
from app.widgets.trouble_card import TroubleCard

MAX_RECENT = 5


class EmptyState(QWidget):
    """Emits what should be opened."""

    open_wanted = Signal()
    batch_wanted = Signal()
    demo_wanted = Signal()
    recent_wanted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("empty")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(f"#empty {{ background: {theme.current().surround}; }}")
        self.trouble = TroubleCard(self)
        self.trouble.setFixedWidth(440)
        self._mark = QLabel(self)
        self._mark.setPixmap(icons.pixmap("star", theme.DARK.accent, 40, self.devicePixelRatioF()))
        self._title = _on_surround(label(self.tr("Drop a clip here"), self, "title"))
        self._hint = _on_surround(
            label(self.tr("Video files, image sequences or a whole folder."), self), theme.DARK.secondary
        )
        self._buttons = QHBoxLayout()
        self._recent = QVBoxLayout()
        self._recent_title = _on_surround(label(self.tr("Recent"), self, "secondary"), theme.DARK.secondary)
        self._demo = self._link(
            self.tr("Try the demo clip"), self.tr("A few seconds that come with Evenstar.")
        )
        self._opening = _on_surround(label("", self))
        self._lay_out()

    def show_recent(self, paths: tuple[str, ...]) -> None:
        """Offer clips that were open before and still exist."""
        while self._recent.count():
            item = self._recent.takeAt(0)
            widget = item.widget() if item else None
            if widget:
                widget.deleteLater()
        shown = [Path(path) for path in paths if Path(path).exists()][:MAX_RECENT]
        self._recent_title.setVisible(bool(shown))
        for path in shown:
            row = self._link(path.name, str(path))
            row.setProperty("path", str(path))
            row.clicked.connect(self._on_recent_clicked)
            self._recent.addWidget(row, 0, Qt.AlignmentFlag.AlignHCenter)

    def show_demo(self, available: bool) -> None:
        """Offer the demo clip, or not."""
        self._demo.setVisible(available)

    def show_opening(self, words: str) -> None:
        """Say that a clip is being read; "" when none is."""
        self._opening.setText(words)

    def _lay_out(self) -> None:
        choose = button(self.tr("Open a clip"), self.tr("Choose a video file."), self, "primary")
        batch = button(self.tr("Open a folder"), self.tr("Restore all clips of a folder."), self, "large")
        choose.setStyleSheet(f"background: {theme.DARK.accent}; color: {theme.DARK.on_accent};")
        batch.setStyleSheet(f"background: {theme.DARK.pressed}; color: {theme.DARK.text};")
        choose.clicked.connect(self.open_wanted)
        batch.clicked.connect(self.batch_wanted)
        self._demo.clicked.connect(self.demo_wanted)
        self._buttons.setSpacing(8)
        for part in (choose, batch):
            self._buttons.addWidget(part)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(2)
        middle = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(self._mark, 0, middle)
        column.addSpacing(8)
        column.addWidget(self._title, 0, middle)
        column.addWidget(self._hint, 0, middle)
        column.addSpacing(16)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addLayout(self._buttons)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addWidget(self._demo, 0, middle)
        column.addWidget(self._opening, 0, middle)
        column.addWidget(self.trouble, 0, middle)
        column.addSpacing(16)
        column.addWidget(self._recent_title, 0, middle)
        self._recent.setSpacing(0)
        column.addLayout(self._recent)
        column.addStretch(3)

    def _link(self, text: str, tip: str) -> QPushButton:
        made = button(text, tip, self, "link")
        made.setStyleSheet(f"color: {theme.DARK.accent};")
        return made

    @Slot()
    def _on_recent_clicked(self) -> None:
        self.recent_wanted.emit(self.sender().property("path"))


def _on_surround(made: QLabel, color: str = theme.DARK.text) -> QLabel:
    """The viewer's surround is dark in both themes, so its words are light in both."""
    made.setStyleSheet(f"color: {color};")
    return made
