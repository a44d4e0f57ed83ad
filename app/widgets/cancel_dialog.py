"""Cancelling a job whose work would be lost: three ways, with the real numbers."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from app import words
from app.queue_file import QueueEntry
from app.widgets.controls import button, label
from app.widgets.dialog import Dialog
from engine.job import JobState


class CancelDialog(Dialog):
    """Emits what is wanted of the entry instead, or that it is really to be cancelled."""

    decided = Signal(int, str)
    """Entry, "pause" or "cancel"."""

    def __init__(self, entry: QueueEntry, parent: QWidget) -> None:
        super().__init__(self.tr("Cancel this job?"), parent, 480)
        self._id = entry.id
        done, total = words.count(entry.done_frames), words.count(entry.total_frames)
        text = self.tr("{}: {} of {} frames are restored. Cancelling removes them; pausing keeps them.")
        self.body.addWidget(label(text.format(entry.job.source.name, done, total), self, wrap=True))
        rows = [
            ("cancel", self.tr("Cancel the job"), self.tr("Its finished parts are removed.")),
            ("", self.tr("Back"), self.tr("Nothing changes.")),
        ]
        if entry.state in (JobState.RUNNING, JobState.QUEUED):
            rows.insert(0, ("pause", self.tr("Pause instead"), self.tr("It goes on later where it stopped.")))
        self.buttons.addStretch(1)
        for number, (key, text, tip) in enumerate(rows):
            made = button(text, tip, self, "primary" if number == 0 else "large")
            made.setObjectName(key)
            made.clicked.connect(self._on_clicked)
            self.buttons.addWidget(made)

    @Slot()
    def _on_clicked(self) -> None:
        key = self.sender().objectName()
        self.accept()
        if key:
            self.decided.emit(self._id, key)
