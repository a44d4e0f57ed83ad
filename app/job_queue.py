"""The queue: decides what runs next, keeps every entry's state, saves on every change, and only announces."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from app.messages import Failure
from app.queue_file import QueueEntry, QueueFile
from app.worker import DiscardTask, Finished, FreeTask, Outcome, RestoreTask, Stopped, Workbench
from engine.cancel import CancelToken
from engine.events import Event, Notice, Planned, Progress, SegmentDone, Verified, Workers
from engine.job import Job, JobState

logger = logging.getLogger(__name__)

TELL_MS = 100
"""Progress reaches the widgets at most this often, however often the engine speaks."""


class JobQueue(QObject):
    """Widgets call its verbs and listen to its signals; they never see the worker."""

    entries_changed = Signal()
    """Entries came, went or changed places."""
    entry_changed = Signal(int)
    """State or progress of one entry."""
    picture_arrived = Signal(int, int, QImage)
    """Entry, frame, the latest restored picture."""
    entry_ended = Signal(int)
    """An entry is done, failed, paused or cancelled."""
    running_changed = Signal(bool)
    ran_dry = Signal()
    """The last entry that could run has ended, and at least one ran since the queue was last empty."""
    segment_saved = Signal(int)
    """Stopping the entry now loses nothing."""

    def __init__(self, bench: Workbench, file: QueueFile, parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._file = file
        self._entries: list[QueueEntry] = list(file.read())
        self._last_id = max((entry.id for entry in self._entries), default=0)
        self._running: RestoreTask | None = None
        self._running_id = 0
        self._waits = False
        """The running task stands still with its frame in hand."""
        self._after_stop = JobState.PAUSED
        self._to_remove = 0
        self._to_discard: list[Job] = []
        self._to_free = False
        self._saved = 0
        self._worked = False
        self._stop_at_segment = False
        self.held = any(entry.active for entry in self._entries)
        """Nothing starts until somebody resumes; true at first when work is left from last time."""
        self._tell_timer = QTimer(self)
        self._tell_timer.setSingleShot(True)
        self._tell_timer.setInterval(TELL_MS)
        self._tell_timer.timeout.connect(self._on_tell_timeout)
        bench.told.connect(self._on_told)
        bench.pictured.connect(self._on_pictured)
        bench.ended.connect(self._on_ended)
        bench.freed.connect(self._on_freed)

    # what widgets ask

    @property
    def entries(self) -> tuple[QueueEntry, ...]:
        """All entries in their order."""
        return tuple(self._entries)

    @property
    def running(self) -> QueueEntry | None:
        """The entry that is being restored now, or None."""
        entry = self.find(self._running_id) if self._running else None
        return entry if entry and entry.state is JobState.RUNNING else None

    @property
    def waiting(self) -> QueueEntry | None:
        """The paused entry that still has its frame in hand, or None."""
        return self.find(self._running_id) if self._waits else None

    @property
    def n_left(self) -> int:
        """Entries that run or can go on."""
        return sum(entry.active for entry in self._entries)

    @property
    def n_saved(self) -> int:
        """Frames in finished parts of the entry that runs or waits: what a sudden end keeps."""
        return self._saved

    @property
    def targets(self) -> frozenset[Path]:
        """Files that entries have written or will write."""
        return frozenset(entry.job.target for entry in self._entries)

    @property
    def sources(self) -> frozenset[Path]:
        """Files that entries read."""
        return frozenset(entry.job.source for entry in self._entries)

    def find(self, entry_id: int) -> QueueEntry | None:
        """The entry of that id, or None when it is gone."""
        return next((entry for entry in self._entries if entry.id == entry_id), None)

    # verbs

    def add(self, *jobs: Job) -> tuple[int, ...]:
        """Append jobs and start when nothing runs; returns the ids of their entries."""
        ids = tuple(range(self._last_id + 1, self._last_id + 1 + len(jobs)))
        self._last_id += len(jobs)
        if not any(entry.active for entry in self._entries):
            self.held = False
        self._entries += [QueueEntry(id=number, job=job) for number, job in zip(ids, jobs, strict=True)]
        self._changed()
        self._advance()
        return ids

    def move(self, entry_id: int, position: int) -> None:
        """Put an entry at a position of the list."""
        entry = self._entries.pop(self._position(entry_id))
        self._entries.insert(max(0, min(position, len(self._entries))), entry)
        self._changed()

    def pause(self, entry_id: int) -> None:
        """Let an entry wait; the running one keeps its frame, frees the graphics card and holds the queue."""
        entry = self.find(entry_id)
        if self._running and entry_id == self._running_id:
            self._wait(self._running)
        elif entry and entry.state is JobState.QUEUED:
            self._update(entry_id, state=JobState.PAUSED)

    def resume(self, entry_id: int) -> None:
        """Let a paused entry go on, and the queue with it; another one that waits gives its place up."""
        entry = self.find(entry_id)
        if entry is None or entry.state is not JobState.PAUSED:
            return
        if entry_id != self._running_id:
            self._step_down()
            self._update(entry_id, state=JobState.QUEUED, interrupted=False)
        elif not self._waits:
            self._after_stop = JobState.QUEUED  # it is on its way to its last finished part
        self.release()

    def release(self) -> None:
        """Let the queue run, paused entries included."""
        self.held = False
        if self._waits and self._running:
            self._go_on(self._running)
        for entry in self._entries:
            if entry.state is JobState.PAUSED and entry.interrupted:
                self._update(entry.id, state=JobState.QUEUED, interrupted=False)
        self._advance()
        self.entries_changed.emit()

    def cancel(self, entry_id: int) -> None:
        """End an entry and remove its finished parts; `pause` keeps them."""
        if self._running and entry_id == self._running_id:
            self._stop_running(JobState.CANCELLED)
        elif (entry := self.find(entry_id)) and entry.active:
            self._update(entry_id, state=JobState.CANCELLED, interrupted=False)
            self._drop_parts(entry_id)
            self._advance()

    def retry(self, entry_id: int) -> None:
        """Put a failed or cancelled entry back; what is finished of a failed one is used again."""
        entry = self.find(entry_id)
        if entry and entry.state in (JobState.FAILED, JobState.CANCELLED):
            self._step_down()
            self._update(entry_id, state=JobState.QUEUED, failure=None, notices=())
            self.held = False
            self._advance()

    def remove(self, entry_id: int) -> None:
        """Forget an entry that does not run, and its unfinished parts."""
        entry = self.find(entry_id)
        if entry is None or entry.state is JobState.RUNNING:
            return
        if self._running and entry_id == self._running_id:
            self._to_remove = entry_id
            self._stop_running(JobState.CANCELLED)
            return
        self._entries.remove(entry)
        if entry.state is not JobState.DONE and entry.done_frames:
            self._to_discard.append(entry.job)
        self._changed()
        self._advance()

    def clear_finished(self) -> None:
        """Forget all entries that are done."""
        self._entries = [entry for entry in self._entries if entry.state is not JobState.DONE]
        self._changed()

    def replace_job(self, entry_id: int, job: Job) -> None:
        """Give a waiting entry other settings."""
        entry = self.find(entry_id)
        if entry and entry.state in (JobState.QUEUED, JobState.PAUSED):
            if entry_id == self._running_id:
                self._step_down()
            self._update(entry_id, job=job)

    def stop_after_segment(self) -> None:
        """Pause as soon as the part under way is saved; announced by `segment_saved` and `entry_ended`."""
        self._stop_at_segment = True
        self.held = True

    def keep_running(self) -> None:
        """Take `stop_after_segment` back."""
        self._stop_at_segment = False
        self.held = False

    # what the worker says

    @Slot(int, object)
    def _on_told(self, ticket: int, event: Event) -> None:
        if not self._running or ticket != self._running.ticket:
            return
        match event:
            case Progress():
                self._note(progress=event, done_frames=event.done_frames, total_frames=event.total_frames)
                self._tell_later()
            case Planned():
                self._saved = event.done_frames
                self._update(
                    self._running_id,
                    planned=event,
                    total_frames=event.n_frames,
                    done_frames=event.done_frames,
                )
            case Workers():
                self._note(workers=event.workers)
                self._tell_later()
            case Notice():
                self._update(self._running_id, notices=(*self._running_entry.notices, event))
            case Verified():
                self._note(psnr=event.psnr, findings=event.findings)
            case SegmentDone():
                self._on_segment_done(event)

    def _on_segment_done(self, event: SegmentDone) -> None:
        self._saved += event.stop - event.start
        self._update(self._running_id, done_frames=max(self._running_entry.done_frames, self._saved))
        self.segment_saved.emit(self._running_id)
        if self._stop_at_segment:
            self._stop_running(JobState.PAUSED)

    @Slot(int, int, QImage)
    def _on_pictured(self, ticket: int, frame: int, image: QImage) -> None:
        if self._running and ticket == self._running.ticket:
            self.picture_arrived.emit(self._running_id, frame, image)

    @Slot(int, object)
    def _on_ended(self, ticket: int, outcome: Outcome) -> None:
        if not self._running or ticket != self._running.ticket:
            return
        entry_id, self._running = self._running_id, None
        self._waits, self._stop_at_segment, self._running_id = False, False, 0
        self._update(entry_id, progress=None, workers=(), **self._closing(entry_id, outcome))
        if self._entries[self._position(entry_id)].state is JobState.CANCELLED:
            self._drop_parts(entry_id)
        self.entry_ended.emit(entry_id)
        self.running_changed.emit(False)
        if self._to_remove == entry_id:
            self._to_remove = 0
            self.remove(entry_id)

    def _closing(self, entry_id: int, outcome: Outcome) -> dict[str, Any]:
        match outcome:
            case Finished():
                entry = self.find(entry_id)
                return {"state": JobState.DONE, "done_frames": entry.total_frames if entry else 0}
            case Stopped():
                self._to_free = self._after_stop is JobState.PAUSED
                return {"state": self._after_stop, "done_frames": self._saved}
            case Failure(kind="DiskFullError"):
                self.held = True
                return {"state": JobState.PAUSED, "failure": outcome, "done_frames": self._saved}
            case Failure():
                return {"state": JobState.FAILED, "failure": outcome, "done_frames": self._saved}

    @Slot()
    def _on_freed(self) -> None:
        self._advance()

    @Slot()
    def _on_tell_timeout(self) -> None:
        if self._running:
            self.entry_changed.emit(self._running_id)

    # decisions

    def _advance(self) -> None:
        if self._bench.busy:
            return
        if self._to_discard:
            job = self._to_discard.pop(0)
            self._bench.start(DiscardTask(ticket=self._bench.new_ticket(), job=job, cancel=CancelToken()))
            return
        if self._to_free:
            self._to_free = False
            self._bench.start(FreeTask(ticket=self._bench.new_ticket(), cancel=CancelToken()))
            return
        waiting = (entry for entry in self._entries if entry.state is JobState.QUEUED)
        following = None if self.held else next(waiting, None)
        if following is not None:
            self._start(following)
        elif self._worked and not self.held:
            self._worked = False
            self.ran_dry.emit()

    def _start(self, entry: QueueEntry) -> None:
        ticket, self._saved = self._bench.new_ticket(), entry.done_frames
        self._running = RestoreTask(ticket=ticket, job=entry.job, cancel=CancelToken())
        self._running_id, self._worked = entry.id, True
        self._update(entry.id, state=JobState.RUNNING, failure=None, notices=())
        self._bench.start(self._running)
        self.running_changed.emit(True)

    def _stop_running(self, state_after: JobState) -> None:
        self._after_stop = state_after
        if self._running:
            self._bench.stop(self._running.ticket)

    def _wait(self, task: RestoreTask) -> None:
        self.held, self._waits, self._stop_at_segment = True, True, False
        task.cancel.pause()
        self._update(self._running_id, state=JobState.PAUSED)
        self.running_changed.emit(False)

    def _go_on(self, task: RestoreTask) -> None:
        self._waits = False
        task.cancel.resume()
        self._update(self._running_id, state=JobState.RUNNING)
        self.running_changed.emit(True)

    def _drop_parts(self, entry_id: int) -> None:
        """Remove a cancelled entry's finished parts as soon as the worker is free."""
        entry = self._entries[self._position(entry_id)]
        if entry.done_frames or entry.planned:
            self._to_discard.append(entry.job)
            self._update(entry_id, done_frames=0, planned=None)

    def _step_down(self) -> None:
        """Let the entry that waits return to its last finished part, so that the worker is free."""
        if self._waits:
            self._waits = False
            self._stop_running(JobState.PAUSED)

    # keeping

    @property
    def _running_entry(self) -> QueueEntry:
        return self._entries[self._position(self._running_id)]

    def _position(self, entry_id: int) -> int:
        return next(i for i, entry in enumerate(self._entries) if entry.id == entry_id)

    def _note(self, **values: Any) -> None:
        position = self._position(self._running_id)
        self._entries[position] = replace(self._entries[position], **values)

    def _update(self, entry_id: int, **values: Any) -> None:
        position = self._position(entry_id)
        self._entries[position] = replace(self._entries[position], **values)
        self._file.write(self.entries)
        self.entry_changed.emit(entry_id)

    def _changed(self) -> None:
        self._file.write(self.entries)
        self.entries_changed.emit()

    def _tell_later(self) -> None:
        if not self._tell_timer.isActive():
            self._tell_timer.start()
