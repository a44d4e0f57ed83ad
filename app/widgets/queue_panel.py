"""The drawer below: one line about the work under way, opening to the list of all jobs."""

from PySide6.QtCore import Property, QEasingCurve, QPropertyAnimation, Qt, Signal, Slot
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from app import theme, words
from app.queue_file import QueueEntry
from app.widgets.controls import Elided, IconButton, button, label
from app.widgets.queue_row import QueueRow, numbers_of
from engine.job import JobState

LINE_HEIGHT = 40
OPEN_MS = 150


class QueuePanel(QWidget):
    """Shows entries; emits what is wanted of them."""

    wanted = Signal(int, str)
    """Entry, action."""
    moved = Signal(int, int)
    """Entry, new position."""
    release_wanted = Signal()
    clear_wanted = Signal()
    opened_changed = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("queue_panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._entries: tuple[QueueEntry, ...] = ()
        self._rows: dict[int, QueueRow] = {}
        self._pictures: dict[int, QPixmap] = {}
        self._open = False
        self._body_height = 0
        self._make_line()
        self._list = _RowList(self)
        self._area = QScrollArea(self)
        self._area.setWidget(self._list)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFixedHeight(0)
        self._motion = QPropertyAnimation(self, b"body_height", self)
        self._motion.setDuration(OPEN_MS)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._line)
        column.addWidget(self._area)
        self.show_entries((), held=False)

    @property
    def is_open(self) -> bool:
        """True while the list is shown."""
        return self._open

    def set_open(self, opened: bool, *, animated: bool = True) -> None:
        """Open the drawer to a third of the window, or close it."""
        self._open = opened
        goal = max(180, self.window().height() // 3) if opened else 0
        self.toggle.set_icon_name("chevron-down" if opened else "chevron-up")
        self._motion.stop()
        if animated and self.isVisible() and not theme.reduced_motion():
            self._motion.setStartValue(self._body_height)
            self._motion.setEndValue(goal)
            self._motion.start()
        else:
            self._set_body_height(goal)
        self.opened_changed.emit(opened)

    def show_entries(self, entries: tuple[QueueEntry, ...], *, held: bool) -> None:
        """Show the entries in their order."""
        self._entries = entries
        gone = set(self._rows) - {entry.id for entry in entries}
        for entry_id in gone:
            self._rows.pop(entry_id).deleteLater()
            self._pictures.pop(entry_id, None)
        for position, entry in enumerate(entries):
            row = self._rows.get(entry.id) or self._new_row(entry)
            row.show_entry(entry)
            self._list.place(row, position)
        self._show_line(held)

    def show_entry(self, entry: QueueEntry, *, held: bool) -> None:
        """Show one entry anew."""
        self._entries = tuple(entry if other.id == entry.id else other for other in self._entries)
        if entry.id in self._rows:
            self._rows[entry.id].show_entry(entry)
        self._show_line(held)

    def show_picture(self, entry_id: int, image: QImage) -> None:
        """Show the latest restored frame of an entry."""
        if entry_id in self._rows:
            self._rows[entry_id].show_picture(QPixmap.fromImage(image))

    def show_analysis(self, entry_id: int, done: int, total: int) -> None:
        """Show how far the analysis of an entry's result is; a total of 0 ends it."""
        if entry_id in self._rows:
            self._rows[entry_id].show_analysis(done, total)

    def row(self, entry_id: int) -> QueueRow:
        """The row of an entry."""
        return self._rows[entry_id]

    def reveal(self, entry_id: int) -> None:
        """Scroll to an entry."""
        if entry_id in self._rows:
            self._area.ensureWidgetVisible(self._rows[entry_id])

    def _make_line(self) -> None:
        self._line = _Line(self)
        self._count = label("", self._line, "heading")
        self._name = Elided(self._line)
        self._bar = QProgressBar(self._line)
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(180)
        self._percent = label("", self._line)
        self._numbers = label("", self._line, "secondary")
        self._resume = button(self.tr("Resume"), self.tr("Let the queue run."), self._line)
        self._pause = IconButton(
            "pause", self.tr("Pause: keeps the frame, frees the graphics card"), self._line
        )
        self._cancel = IconButton("close", self.tr("Cancel this job"), self._line)
        self._clear = button(
            self.tr("Clear done"), self.tr("Remove finished jobs from the list."), self._line
        )
        self.toggle = IconButton("chevron-up", self.tr("Open or close the queue"), self._line)
        self._lay_line()
        self._resume.clicked.connect(self.release_wanted)
        self._clear.clicked.connect(self.clear_wanted)
        self._pause.clicked.connect(self._on_pause_clicked)
        self._cancel.clicked.connect(self._on_cancel_clicked)
        self.toggle.clicked.connect(self._on_toggle_clicked)
        self._line.clicked.connect(self._on_toggle_clicked)

    def _lay_line(self) -> None:
        row = QHBoxLayout(self._line)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(12)
        self._line.setFixedHeight(LINE_HEIGHT)
        self._percent.setFixedWidth(40)
        row.addWidget(self._count)
        row.addWidget(self._name, 1)
        for part in (
            self._bar,
            self._percent,
            self._numbers,
            self._resume,
            self._pause,
            self._cancel,
            self._clear,
        ):
            row.addWidget(part)
        row.addWidget(self.toggle)

    def _new_row(self, entry: QueueEntry) -> QueueRow:
        row = QueueRow(entry, self._list)
        row.wanted.connect(self._on_wanted)
        row.dragged.connect(self._on_dragged)
        row.dropped.connect(self._on_dropped)
        self._rows[entry.id] = row
        return row

    def _show_line(self, held: bool) -> None:
        running = next((entry for entry in self._entries if entry.state is JobState.RUNNING), None)
        left = sum(entry.active for entry in self._entries)
        self._count.setText(self.tr("Queue ({})").format(left) if left else self.tr("Queue"))
        for part in (self._bar, self._percent, self._pause, self._cancel):
            part.setVisible(running is not None)
        self._resume.setVisible(running is None and held and left > 0)
        self._clear.setVisible(
            any(entry.state is JobState.DONE for entry in self._entries) and running is None
        )
        self._numbers.setText(numbers_of(running) if running else "")
        self._numbers.setVisible(running is not None)
        self._name.set_whole(running.job.source.name if running else self._idle_words(left, held))
        if running:
            total = max(1, running.total_frames)
            self._bar.setValue(running.done_frames * 1000 // total)
            self._percent.setText(f"{words.percent(running.done_frames, running.total_frames)} %")

    def _idle_words(self, left: int, held: bool) -> str:
        failed = sum(entry.state is JobState.FAILED for entry in self._entries)
        done = sum(entry.state is JobState.DONE for entry in self._entries)
        if left and held:
            return self.tr("Paused. It goes on where it stopped.")
        parts = [self.tr("{} done").format(done)] if done else []
        parts += [self.tr("{} failed").format(failed)] if failed else []
        return ", ".join(parts) if parts else self.tr("Nothing to do. Upscale adds a job here.")

    def _get_body_height(self) -> int:
        return self._body_height

    def _set_body_height(self, height: int) -> None:
        self._body_height = height
        self._area.setFixedHeight(height)

    body_height = Property(int, _get_body_height, _set_body_height)

    def _running_id(self) -> int | None:
        return next((entry.id for entry in self._entries if entry.state is JobState.RUNNING), None)

    @Slot(int, str)
    def _on_wanted(self, entry_id: int, action: str) -> None:
        if action in ("up", "down"):
            position = [entry.id for entry in self._entries].index(entry_id)
            self.moved.emit(entry_id, max(0, position + (-1 if action == "up" else 1)))
        else:
            self.wanted.emit(entry_id, action)

    @Slot(int, int)
    def _on_dragged(self, entry_id: int, y: int) -> None:
        del entry_id
        self._list.show_gap(self._list.gap_at(y))

    @Slot(int, int)
    def _on_dropped(self, entry_id: int, y: int) -> None:
        gap = self._list.gap_at(y)
        self._list.show_gap(None)
        position = [entry.id for entry in self._entries].index(entry_id)
        goal = gap - 1 if gap > position else gap
        if goal != position:
            self.moved.emit(entry_id, goal)

    @Slot()
    def _on_pause_clicked(self) -> None:
        running = self._running_id()
        if running is not None:
            self.wanted.emit(running, "pause")

    @Slot()
    def _on_cancel_clicked(self) -> None:
        running = self._running_id()
        if running is not None:
            self.wanted.emit(running, "cancel")

    @Slot()
    def _on_toggle_clicked(self) -> None:
        self.set_open(not self._open)


class _Line(QWidget):
    """The one line; a click anywhere on it opens or closes the drawer."""

    clicked = Signal()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open or close."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()


class _RowList(QWidget):
    """The rows, and the line that shows where a dragged one would land."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._gap: int | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)

    def place(self, row: QueueRow, position: int) -> None:
        """Put a row at a position."""
        if self._column.indexOf(row) != position:
            self._column.removeWidget(row)
            self._column.insertWidget(position, row)

    def gap_at(self, y: int) -> int:
        """The gap between rows nearest to a height, counted from 0."""
        middles = [row.geometry().center().y() for row in self._rows()]
        return sum(y > middle for middle in middles)

    def show_gap(self, gap: int | None) -> None:
        """Draw a line in a gap; None draws none."""
        self._gap = gap
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw lines between rows, and the landing line."""
        super().paintEvent(event)
        painter = QPainter(self)
        now = theme.current()
        rows = self._rows()
        for row in rows:
            painter.fillRect(16, row.geometry().bottom(), self.width() - 32, 1, now.line)
        if self._gap is not None and rows:
            at = rows[self._gap].y() if self._gap < len(rows) else rows[-1].geometry().bottom()
            painter.fillRect(8, max(0, at - 1), self.width() - 16, 2, now.accent)
        painter.end()

    def _rows(self) -> list[QWidget]:
        items = (self._column.itemAt(i) for i in range(self._column.count()))
        return [widget for item in items if item and (widget := item.widget())]
