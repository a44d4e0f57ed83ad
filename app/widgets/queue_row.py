"""One entry of the queue: name, bar, numbers, and what can be done with it."""

from PySide6.QtCore import QCoreApplication, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from app import report_words, words
from app.engine_words import sentence
from app.queue_file import QueueEntry
from app.widgets.controls import Elided, IconButton, IconLabel, label
from app.widgets.trouble_card import TroubleCard
from engine.events import Severity, WorkerState
from engine.job import JobState

THUMB = QSize(96, 54)
DRAG_START = 6
ACTIONS = ("pause", "resume", "retry", "open", "folder", "report", "analyse", "cancel", "remove")
ANALYSIS_STOPS = "stop analysis"
_SHOWN = {
    JobState.QUEUED: ("pause", "cancel"),
    JobState.RUNNING: ("pause", "cancel"),
    JobState.PAUSED: ("resume", "cancel"),
    JobState.DONE: ("open", "folder", "report", "analyse", "remove"),
    JobState.FAILED: ("remove",),
    JobState.CANCELLED: ("retry", "remove"),
}
_MARKS = {
    JobState.QUEUED: ("clock", "secondary"),
    JobState.RUNNING: ("play", "accent"),
    JobState.PAUSED: ("pause", "warn"),
    JobState.DONE: ("check", "good"),
    JobState.FAILED: ("error", "bad"),
    JobState.CANCELLED: ("stop", "secondary"),
}


class QueueRow(QFrame):
    """Shows a QueueEntry; emits what is wanted of it."""

    wanted = Signal(int, str)
    """Entry, one of ACTIONS, or "settings", "show"."""
    dragged = Signal(int, int)
    """Entry, height of the pointer in the list; while dragging."""
    dropped = Signal(int, int)
    """Entry, height of the pointer in the list."""

    def __init__(self, entry: QueueEntry, parent: QWidget) -> None:
        super().__init__(parent)
        self.entry = entry
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._press: QPoint | None = None
        self._dragging = False
        self._picture = QLabel(self)
        self._picture.setFixedSize(THUMB)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._mark = IconLabel("clock", "secondary", self)
        self._name = Elided(self, "heading")
        self._state = label("", self)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._numbers = Elided(self, "secondary")
        self._notices = label("", self, "secondary", wrap=True)
        self._analysis = _AnalysisLine(self)
        self._analysis.stop_wanted.connect(self._on_analysis_stop)
        self._report = _ReportTable(self)
        self._report.hide()
        self._trouble = TroubleCard(self, retryable=True)
        self._buttons: dict[str, IconButton] = {}
        self._lay_out()
        self._trouble.retry_wanted.connect(self._on_retry_wanted)
        self.show_entry(entry)

    def show_entry(self, entry: QueueEntry) -> None:
        """Show what is known of the entry now."""
        self.entry = entry
        self._mark.set_icon(*_MARKS[entry.state])
        self._name.set_whole(f"{entry.job.source.name}  →  {entry.job.target.name}")
        self._state.setText(self._state_words(entry))
        total = max(1, entry.total_frames)
        self._bar.setValue(1000 if entry.state is JobState.DONE else entry.done_frames * 1000 // total)
        self._bar.setProperty("state", entry.state.value)
        self._bar.style().polish(self._bar)
        self._numbers.set_whole(numbers_of(entry))
        warnings = [sentence(n.message) for n in entry.notices if n.severity is Severity.WARNING]
        self._notices.setText("\n".join(warnings))
        self._notices.setVisible(bool(warnings))
        if entry.failure is not self._trouble.failure:
            self._trouble.show_failure(entry.failure)
        self._bar.setVisible(entry.state is not JobState.FAILED)
        for key, button in self._buttons.items():
            button.setVisible(key in _SHOWN[entry.state])
        self._buttons["report"].setVisible(bool(entry.findings) and entry.state is JobState.DONE)
        self._report.show_findings(entry)
        if not entry.findings or entry.state is not JobState.DONE:
            self._report.hide()
        self.setAccessibleName(f"{entry.job.source.name}, {self._state.text()}")

    def show_analysis(self, done: int, total: int) -> None:
        """Show how far the analysis of the result is; a total of 0 ends it."""
        self._analysis.show_progress(done, total)
        self._buttons["analyse"].setEnabled(total == 0)

    def show_report(self, shown: bool) -> None:
        """Unfold or fold the report of verification."""
        self._report.setVisible(shown)

    @property
    def report_shown(self) -> bool:
        """True while the report of verification is unfolded."""
        return not self._report.isHidden()

    def show_picture(self, picture: QPixmap) -> None:
        """Show the latest restored frame."""
        keep = Qt.AspectRatioMode.KeepAspectRatio
        self._picture.setPixmap(picture.scaled(THUMB, keep, Qt.TransformationMode.SmoothTransformation))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Perhaps the beginning of a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._press = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the row to another place."""
        if self._press is None:
            return
        if self._dragging or abs(event.position().y() - self._press.y()) >= DRAG_START:
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(self.entry.id, self._height_in_list(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Put the row where it was dragged to."""
        self._press = None
        self.unsetCursor()
        if self._dragging:
            self._dragging = False
            self.dropped.emit(self.entry.id, self._height_in_list(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the clip, and its result when it is done."""
        del event
        self.wanted.emit(self.entry.id, "show")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes, Alt and arrows move, Return shows."""
        key, alt = event.key(), event.modifiers() & Qt.KeyboardModifier.AltModifier
        if key == Qt.Key.Key_Delete:
            self.wanted.emit(self.entry.id, "remove" if self.entry.finished else "cancel")
        elif alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.wanted.emit(self.entry.id, "up" if key == Qt.Key.Key_Up else "down")
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.wanted.emit(self.entry.id, "show")
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Everything that can be done with the entry."""
        menu = QMenu(self)
        waiting = self.entry.state in (JobState.QUEUED, JobState.PAUSED)
        rows = [(key, self._buttons[key].toolTip()) for key in _SHOWN[self.entry.state]]
        if waiting:
            rows.append(("settings", self.tr("Use the panel's settings for this job")))
        rows += [
            ("show", self.tr("Show in the viewer")),
            ("up", self.tr("Move up")),
            ("down", self.tr("Move down")),
        ]
        for key, text in rows:
            menu.addAction(text).setData(key)
        menu.triggered.connect(self._on_menu_triggered)
        menu.popup(event.globalPos())

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._mark)
        top.addWidget(self._name, 1)
        top.addWidget(self._state)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self._bar)
        column.addWidget(self._numbers)
        column.addWidget(self._notices)
        column.addWidget(self._analysis)
        column.addWidget(self._report)
        column.addSpacing(4)
        column.addWidget(self._trouble)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        row.addLayout(self._button_row())

    def _button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        row.setAlignment(Qt.AlignmentFlag.AlignTop)
        looks = {
            "pause": ("pause", self.tr("Pause: keeps the frame, frees the graphics card")),
            "resume": ("play", self.tr("Resume where it stopped")),
            "retry": ("retry", self.tr("Start again")),
            "open": ("film", self.tr("Play the result")),
            "folder": ("open", self.tr("Show the result's folder")),
            "report": ("report", self.tr("What was checked on the finished file")),
            "analyse": ("chart", self.tr("Analyse result: figures, curves and crops beside the source")),
            "cancel": ("close", self.tr("Cancel this job and remove its finished parts; pause keeps them")),
            "remove": ("trash", self.tr("Remove from the list")),
        }
        for key in ACTIONS:
            button = IconButton(*looks[key], self)
            button.setObjectName(key)
            button.clicked.connect(self._on_button_clicked)
            self._buttons[key] = button
            row.addWidget(button)
        return row

    def _state_words(self, entry: QueueEntry) -> str:
        if entry.state is JobState.RUNNING:
            return f"{words.percent(entry.done_frames, entry.total_frames)} %"
        if entry.interrupted:
            return self.tr("Ready to resume")
        return {
            JobState.QUEUED: self.tr("Waiting"),
            JobState.PAUSED: self.tr("Paused"),
            JobState.DONE: self.tr("Done and checked"),
            JobState.FAILED: self.tr("Failed"),
            JobState.CANCELLED: self.tr("Cancelled"),
        }[entry.state]

    def _height_in_list(self, event: QMouseEvent) -> int:
        return self.mapToParent(event.position().toPoint()).y()

    @Slot()
    def _on_button_clicked(self) -> None:
        key = self.sender().objectName()
        if key == "report":
            self.show_report(not self.report_shown)
        else:
            self.wanted.emit(self.entry.id, key)

    @Slot()
    def _on_analysis_stop(self) -> None:
        self.wanted.emit(self.entry.id, ANALYSIS_STOPS)

    @Slot()
    def _on_retry_wanted(self) -> None:
        self.wanted.emit(self.entry.id, "retry")

    @Slot(object)
    def _on_menu_triggered(self, action: object) -> None:
        if action.data() == "report":  # type: ignore[attr-defined]
            self.show_report(not self.report_shown)
        else:
            self.wanted.emit(self.entry.id, action.data())  # type: ignore[attr-defined]


class _ReportTable(QWidget):
    """What was checked on the finished film, a line for each promise, and what became of the source before."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 0, 4)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._shown: object = None

    def show_findings(self, entry: QueueEntry) -> None:
        """Show an entry's report; nothing changes while it is the same."""
        if entry.findings == self._shown:
            return
        self._shown = entry.findings
        while item := self._grid.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        lines = list(report_words.rows(entry.findings))
        told = (notice for notice in entry.notices if notice.severity is not Severity.WARNING)
        lines += [("", sentence(notice.message)) for notice in told]
        for number, (name, found) in enumerate(lines):
            self._grid.addWidget(label(name, self, "secondary"), number, 0)
            self._grid.addWidget(label(found, self, wrap=True), number, 1)


class _AnalysisLine(QWidget):
    """How far the analysis of a result is, and the way to stop it."""

    stop_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = label("", self, "secondary")
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(160)
        stop = IconButton("close", self.tr("Stop the analysis"), self)
        stop.clicked.connect(self.stop_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._text)
        row.addWidget(self._bar)
        row.addWidget(stop)
        row.addStretch(1)
        self.hide()

    def show_progress(self, done: int, total: int) -> None:
        """Show frames done of all; a total of 0 hides the line."""
        self.setVisible(total > 0)
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(done)
        self._text.setText(self.tr("Analysing the result"))


def numbers_of(entry: QueueEntry) -> str:
    """Frames, rate and time left of an entry, or its settings while it waits."""
    translate = QCoreApplication.translate
    progress = entry.progress
    if entry.state is JobState.RUNNING and progress is not None:
        if progress.stage != "restore":
            joining = translate("QueueRow", "Joining the parts and copying the sound")
            return joining if progress.stage == "mux" else translate("QueueRow", "Checking the finished file")
        parts = [_frames(entry)]
        if progress.fps is not None:
            parts.append(f"{words.decimal(progress.fps, 1)} fps")
        parts.append(words.time_left(progress.seconds_left, progress.finish_time))
        parts += [_worker_words(worker) for worker in entry.workers]
        return "  ·  ".join(parts)
    if entry.state is JobState.RUNNING:
        return translate("QueueRow", "Reading the clip and loading the model")
    if entry.state is JobState.DONE and entry.psnr is not None:
        return f"{_frames(entry)}  ·  {settings_words(entry)}"
    if entry.done_frames and entry.active:
        return f"{_frames(entry)}  ·  {settings_words(entry)}"
    return settings_words(entry)


def _worker_words(worker: WorkerState) -> str:
    """A device that works with others: what it has in hand, and its rate."""
    translate = QCoreApplication.translate
    shape = translate("QueueRow", "part {}") if worker.segments else translate("QueueRow", "waiting")
    part = shape.format(*(segment.rpartition(" ")[2] for segment in worker.segments[:1]))
    rate = f" ({words.decimal(worker.fps, 1)} fps)" if worker.fps is not None else ""
    return f"{worker.device}: {part}{rate}"


def settings_words(entry: QueueEntry) -> str:
    """The settings that decide the picture, in a line."""
    settings = entry.job.restoration
    size = f"{settings.short_side}p" if settings.short_side else f"×{words.shortest(settings.scale or 4, 2)}"
    return f"{settings.model}  ·  {size}  ·  {words.decimal(settings.beta, 2)}"


def _frames(entry: QueueEntry) -> str:
    shape = QCoreApplication.translate("QueueRow", "{} of {} frames")
    return shape.format(words.count(entry.done_frames), words.count(entry.total_frames))
