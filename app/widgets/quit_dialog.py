"""Leaving while a job runs: four ways, with the real numbers."""

from enum import Enum

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from app import words
from app.queue_file import QueueEntry
from app.widgets.controls import button, label
from app.widgets.dialog import Dialog


class Leave(Enum):
    """What to do with the running job."""

    TRAY = "tray"
    AFTER_SEGMENT = "after segment"
    NOW = "now"
    STAY = "stay"


class TrainingQuitDialog(Dialog):
    """Leaving while a model learns: emits the decision to stop it and go."""

    decided = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(self.tr("A model is learning"), parent, 520)
        text = self.tr(
            "What was learned so far is kept: starting with the same folder, name and size goes on from there."
        )
        self.body.addWidget(label(text, self, wrap=True))
        stop = button(self.tr("Stop and quit"), self.tr("Loses nothing; goes on next time."), self, "primary")
        stop.setObjectName("stop")
        stop.clicked.connect(self._on_stop_clicked)
        stay = button(self.tr("Cancel"), self.tr("Back to the window."), self, "large")
        stay.clicked.connect(self.reject)
        self.buttons.addStretch(1)
        self.buttons.addWidget(stop)
        self.buttons.addWidget(stay)

    @Slot()
    def _on_stop_clicked(self) -> None:
        self.accept()
        self.decided.emit()


class QuitDialog(Dialog):
    """Emits one decision."""

    decided = Signal(object)

    def __init__(self, running: QueueEntry, saved: int, n_left: int, has_tray: bool, parent: QWidget) -> None:
        super().__init__(self.tr("A job is running"), parent, 520)
        self.body.addWidget(label(self._numbers(running, n_left), self, wrap=True))
        self.body.addWidget(label(self._promise(running, saved), self, "secondary", wrap=True))
        self._keys: dict[object, Leave] = {}
        rows = [
            (
                Leave.AFTER_SEGMENT,
                self.tr("Stop after this part"),
                self.tr("Loses nothing; goes on next time."),
            ),
            (Leave.NOW, self.tr("Quit now"), self.tr("The part under way is done again next time.")),
            (Leave.STAY, self.tr("Cancel"), self.tr("Back to the window.")),
        ]
        if has_tray:
            rows.insert(
                0, (Leave.TRAY, self.tr("Keep in tray"), self.tr("The window closes, the job runs on."))
            )
        self.buttons.addStretch(1)
        for number, (leave, text, tip) in enumerate(rows):
            made = button(text, tip, self, "primary" if number == 0 else "large")
            made.setObjectName(leave.value)
            made.clicked.connect(self._on_clicked)
            self._keys[made] = leave
            self.buttons.addWidget(made)
        self.rejected.connect(self._on_rejected)

    def _numbers(self, running: QueueEntry, n_left: int) -> str:
        percent = words.percent(running.done_frames, running.total_frames)
        left = running.progress.seconds_left if running.progress else None
        finish = running.progress.finish_time if running.progress else None
        first = self.tr("{} is at {} %, {}.").format(
            running.job.source.name, percent, words.time_left(left, finish)
        )
        more = n_left - 1
        return first + (" " + self.tr("{} more in the queue.").format(more) if more > 0 else "")

    def _promise(self, running: QueueEntry, saved: int) -> str:
        """saved: frames in finished parts."""
        again = max(0, running.done_frames - saved)
        text = self.tr(
            "Finished parts are kept, {} frames so far. After quitting now, {} frames are done again."
        )
        return text.format(words.count(saved), words.count(again))

    @Slot()
    def _on_clicked(self) -> None:
        leave = self._keys[self.sender()]
        self.rejected.disconnect(self._on_rejected)
        self.accept()
        self.decided.emit(leave)

    @Slot()
    def _on_rejected(self) -> None:
        self.decided.emit(Leave.STAY)
