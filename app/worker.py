"""The one place that computes: a job or a preview at a time, told apart by tickets; a job lets a preview in."""

import logging
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Visit:
    """A guest at a running job's next check."""

    task: Task
    errand: Callable[[], None]


class Workbench(QObject):
    """Main-thread side of the worker: takes one task at a time and says when it is free again.

    While that is a job, one guest may be sent in: the job stands aside for it at its next network call.
    """

    began = Signal(int)
    """Ticket: its turn has come."""
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
        self._guest: _Visit | None = None
        self._last_ticket = 0
        self._thread = QThread(self)
        self._thread.setObjectName("worker")
        self._worker = _Worker(engine)
        self._worker.moveToThread(self._thread)
        self._asked.connect(self._worker.perform)
        self._worker.began.connect(self.began)
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
    def welcomes(self) -> bool:
        """True when a guest can be sent in now."""
        return isinstance(self._task, RestoreTask) and self._guest is None

    def task_of(self, ticket: int) -> Task | None:
        """The task under way with that ticket, or None."""
        tasks = (self._task, self._guest.task if self._guest else None)
        return next((task for task in tasks if task is not None and task.ticket == ticket), None)

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

    def visit(self, task: Task) -> None:
        """Do a task while the job under way stands aside; only when welcome."""
        if not self.welcomes or self._task is None:
            raise RuntimeError(f"nothing under way takes a guest: task {task.ticket}")
        self._guest = _Visit(task=task, errand=partial(self._worker.perform_beside, task))
        self._task.cancel.ask(self._guest.errand)

    def stop(self, ticket: int) -> None:
        """Ask a task under way to end."""
        task = self.task_of(ticket)
        if task is not None:
            task.cancel.cancel()

    def close(self) -> bool:
        """End what is under way and the thread; False when the task did not listen in time."""
        for task in filter(None, (self._guest.task if self._guest else None, self._task)):
            task.cancel.cancel()
        self._thread.quit()
        return self._thread.wait(CLOSE_MS)

    @Slot(int, object)
    def _on_ended(self, ticket: int, outcome: Outcome) -> None:
        guest, host = self._guest, self._task
        if guest is not None and guest.task.ticket == ticket:
            self._guest = None
        elif host is not None and host.ticket == ticket:
            self._task = None
            if guest is not None and host.cancel.withdraw(guest.errand):
                self._guest = None
                self.start(guest.task)
        self.ended.emit(ticket, outcome)
        self.freed.emit()


class _Worker(QObject):
    """Lives in the worker's thread."""

    began = Signal(int)
    told = Signal(int, object)
    pictured = Signal(int, int, QImage)
    ended = Signal(int, object)

    def __init__(self, engine: EngineCalls) -> None:
        super().__init__()
        self._engine = engine

    def perform_beside(self, task: Task) -> None:
        """Do a guest's task while the job whose thread calls this waits.

        In a thread of its own, because the job's has modes of torch switched on.
        """
        thread = threading.Thread(target=self.perform, args=(task,), name="guest")
        thread.start()
        thread.join()

    @Slot(object)
    def perform(self, task: Task) -> None:
        """Do a task to its end; answers with exactly one `ended`."""
        self.began.emit(task.ticket)
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
                return self._engine.restore(task.job, partial(self._tell, task.ticket), task.cancel)
            case FrameTask():
                return self._engine.live_frame(task.job, task.frame, task.cancel)
            case DiscardTask():
                return self._engine.discard(task.job)
            case FreeTask():
                return self._engine.free_memory()

    def _tell(self, ticket: int, event: Event) -> None:
        if isinstance(event, Preview):
            image = image_from_bytes(event.rgb, event.width, event.height)
            self.pictured.emit(ticket, event.frame, image)
        else:
            self.told.emit(ticket, event)
