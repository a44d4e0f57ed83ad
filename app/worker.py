"""The one thread that computes: a job or a preview at a time, told apart by tickets."""

import logging
import traceback
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, Signal, Slot
from PySide6.QtGui import QImage

from app.engine_calls import EngineCalls
from app.messages import Failure
from app.pictures import image_from_bytes
from engine.cancel import Cancelled, CancelToken
from engine.events import Event, Preview
from engine.job import Job

logger = logging.getLogger(__name__)

CLOSE_MS = 5000
"""How long closing waits for the check of the cancel token before the process simply ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreTask:
    """Restore a job into its target."""

    ticket: int
    job: Job
    cancel: CancelToken


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameTask:
    """Restore one frame for the eye."""

    ticket: int
    job: Job
    frame: int
    cancel: CancelToken


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardTask:
    """Remove the finished parts of a job nobody wants any more."""

    ticket: int
    job: Job
    cancel: CancelToken


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeTask:
    """Let go of the model."""

    ticket: int
    cancel: CancelToken


Task = RestoreTask | FrameTask | DiscardTask | FreeTask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finished:
    """The task's result: a Path, a Blendable or None."""

    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The task was ended on request."""


Outcome = Finished | Stopped | Failure


class Workbench(QObject):
    """Main-thread side of the worker: takes one task at a time and says when it is free again."""

    told = Signal(int, object)
    """Ticket, Event (all but Preview)."""
    pictured = Signal(int, int, QImage)
    """Ticket, frame, picture."""
    ended = Signal(int, object)
    """Ticket, Outcome."""
    freed = Signal()
    """After `ended`; those who connect first are served first."""
    _asked = Signal(object)

    def __init__(self, engine: EngineCalls, parent: QObject) -> None:
        super().__init__(parent)
        self._task: Task | None = None
        self._last_ticket = 0
        self._thread = QThread(self)
        self._thread.setObjectName("worker")
        self._worker = _Worker(engine)
        self._worker.moveToThread(self._thread)
        self._asked.connect(self._worker.perform)
        self._worker.told.connect(self.told)
        self._worker.pictured.connect(self.pictured)
        self._worker.ended.connect(self._on_ended)
        self._thread.finished.connect(self._worker.deleteLater)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """True while a task is under way."""
        return self._task is not None

    @property
    def task(self) -> Task | None:
        """What is under way."""
        return self._task

    @property
    def ticket(self) -> int | None:
        """Of the task under way, or None."""
        return self._task.ticket if self._task else None

    def new_ticket(self) -> int:
        """A number no other task has."""
        self._last_ticket += 1
        return self._last_ticket

    def start(self, task: Task) -> None:
        """Begin a task; only when not busy."""
        if self._task is not None:
            raise RuntimeError(f"task {self._task.ticket} is still under way")
        self._task = task
        self._asked.emit(task)

    def stop(self) -> None:
        """Ask the task under way to end."""
        if self._task is not None:
            self._task.cancel.cancel()

    def close(self) -> bool:
        """End the task and the thread; False when the task did not listen in time."""
        self.stop()
        self._thread.quit()
        return self._thread.wait(CLOSE_MS)

    @Slot(int, object)
    def _on_ended(self, ticket: int, outcome: Outcome) -> None:
        self._task = None
        self.ended.emit(ticket, outcome)
        self.freed.emit()


class _Worker(QObject):
    """Lives in the worker's thread."""

    told = Signal(int, object)
    pictured = Signal(int, int, QImage)
    ended = Signal(int, object)

    def __init__(self, engine: EngineCalls) -> None:
        super().__init__()
        self._engine = engine
        self._ticket = 0

    @Slot(object)
    def perform(self, task: Task) -> None:
        """Do a task to its end; answers with exactly one `ended`."""
        self._ticket = task.ticket
        self.ended.emit(task.ticket, self._outcome(task))

    def _outcome(self, task: Task) -> Outcome:
        try:
            task.cancel.check()
            return Finished(value=self._do(task))
        except Cancelled:
            return Stopped()
        except Exception as error:  # noqa: BLE001  (the thread's border: the entry fails, the queue lives)
            logger.warning("task %d failed: %s", task.ticket, error)
            return Failure.of(error, "".join(traceback.format_exception(error)))

    def _do(self, task: Task) -> object:
        match task:
            case RestoreTask():
                return self._engine.restore(task.job, self._tell, task.cancel)
            case FrameTask():
                return self._engine.live_frame(task.job, task.frame, task.cancel)
            case DiscardTask():
                return self._engine.discard(task.job)
            case FreeTask():
                return self._engine.free_memory()

    def _tell(self, event: Event) -> None:
        if isinstance(event, Preview):
            image = image_from_bytes(event.rgb, event.width, event.height)
            self.pictured.emit(self._ticket, event.frame, image)
        else:
            self.told.emit(self._ticket, event)
