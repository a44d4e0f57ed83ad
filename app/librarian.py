"""Weights on this computer: one thread that looks, fetches, imports, checks and removes, one errand at a time."""

import logging
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.engine_calls import ModelFacts, WeightsCalls
from app.messages import Failure
from engine.cancel import Cancelled, CancelToken
from engine.models.spec import ModelSpec
from engine.models.weights_folder import FileState, WeightsProgress

logger = logging.getLogger(__name__)

TELL_SECONDS = 0.1
"""Progress reaches the window at most this often."""
RATE_SECONDS = 10.0
"""The speed of a download is that of its last seconds."""
CLOSE_MS = 5000


class Verb(Enum):
    """What can be done with a model's weights."""

    LOOK = "look"
    DOWNLOAD = "download"
    IMPORT = "import"
    VERIFY = "verify"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsTask:
    """One errand."""

    verb: Verb
    spec: ModelSpec
    cancel: CancelToken
    path: Path | None = None
    """Of an import: a file or a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """How far an errand is."""

    verb: Verb
    progress: WeightsProgress
    bytes_per_second: float | None
    """None while nobody knows."""

    @property
    def seconds_left(self) -> float | None:
        """Of this stage."""
        left = self.progress.total_bytes - self.progress.done_bytes
        return left / self.bytes_per_second if self.bytes_per_second else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """How an errand ended: not at all, with a failure, or well."""

    facts: ModelFacts | None
    failure: Failure | None
    stopped: bool = False
    freed_bytes: int = 0


class Librarian(QObject):
    """Main-thread side: knows every model's state and does one errand at a time."""

    facts_changed = Signal(str)
    """Model id."""
    moved = Signal(str, object)
    """Model id, Transfer."""
    begun = Signal(str, object)
    """Model id, Verb."""
    ended = Signal(str, object, object)
    """Model id, Verb, Failure or None; also after a stop."""
    done = Signal(str, object, object)
    """Model id, Verb, bytes freed: it went well."""
    _asked = Signal(object)

    def __init__(self, weights: WeightsCalls, specs: tuple[ModelSpec, ...], parent: QObject) -> None:
        super().__init__(parent)
        self._specs = {spec.id: spec for spec in specs}
        self._facts: dict[str, ModelFacts] = {}
        self._task: WeightsTask | None = None
        self._transfer: Transfer | None = None
        self._marks: deque[tuple[float, int]] = deque()
        self._thread = QThread(self)
        self._thread.setObjectName("librarian")
        self._worker = _LibraryWorker(weights)
        self._worker.moveToThread(self._thread)
        self._asked.connect(self._worker.perform)
        self._worker.moved.connect(self._on_moved)
        self._worker.answered.connect(self._on_answered)
        self._thread.finished.connect(self._worker.deleteLater)
        self._thread.start()

    def know(self, specs: tuple[ModelSpec, ...]) -> None:
        """Take over another list of models, and look at them."""
        self._specs = {spec.id: spec for spec in specs}
        self._facts = {model: facts for model, facts in self._facts.items() if model in self._specs}
        self.look()

    @property
    def task(self) -> WeightsTask | None:
        """The errand under way."""
        return self._task

    @property
    def transfer(self) -> Transfer | None:
        """How far it is."""
        return self._transfer

    def facts(self, model: str) -> ModelFacts | None:
        """What is known about a model; None before the first look."""
        return self._facts.get(model)

    def ready(self, model: str) -> bool:
        """False when the model is known to lack weights."""
        spec, facts = self._specs.get(model), self._facts.get(model)
        return spec is None or spec.embedded or facts is None or facts.state is FileState.PRESENT

    def look(self) -> None:
        """Find out the state of all models; answered by `facts_changed`."""
        for spec in self._specs.values():
            self._asked.emit(WeightsTask(verb=Verb.LOOK, spec=spec, cancel=CancelToken()))

    def start(self, verb: Verb, model: str, path: Path | None = None) -> None:
        """Begin an errand; only when none is under way. A download means that the terms are accepted."""
        if self._task is not None:
            raise RuntimeError(f"the {self._task.verb.value} of {self._task.spec.id} is still under way")
        self._task = WeightsTask(verb=verb, spec=self._specs[model], cancel=CancelToken(), path=path)
        self._transfer = None
        self._marks.clear()
        self.begun.emit(model, verb)
        self._asked.emit(self._task)

    def stop(self) -> None:
        """End the errand under way; what has arrived stays for the next time."""
        if self._task is not None:
            self._task.cancel.cancel()

    def close(self) -> bool:
        """End the errand and the thread; False when it did not listen in time."""
        self.stop()
        self._thread.quit()
        return self._thread.wait(CLOSE_MS)

    @Slot(object, object)
    def _on_moved(self, task: WeightsTask, progress: WeightsProgress) -> None:
        if task is not self._task:
            return
        if self._transfer is not None and self._transfer.progress.stage != progress.stage:
            self._marks.clear()
        self._transfer = Transfer(verb=task.verb, progress=progress, bytes_per_second=self._rate(progress))
        self.moved.emit(task.spec.id, self._transfer)

    @Slot(object, object)
    def _on_answered(self, task: WeightsTask, answer: _Answer) -> None:
        if answer.facts is not None and task.spec.id in self._specs:
            self._facts[task.spec.id] = answer.facts
            self.facts_changed.emit(task.spec.id)
        if task is not self._task:
            return
        self._task, self._transfer = None, None
        self.ended.emit(task.spec.id, task.verb, answer.failure)
        if answer.failure is None and not answer.stopped:
            self.done.emit(task.spec.id, task.verb, answer.freed_bytes)
        self.look()  # models share files

    def _rate(self, progress: WeightsProgress) -> float | None:
        now = time.monotonic()
        self._marks.append((now, progress.done_bytes))
        while len(self._marks) > 2 and now - self._marks[0][0] > RATE_SECONDS:
            self._marks.popleft()
        seconds, n_bytes = now - self._marks[0][0], progress.done_bytes - self._marks[0][1]
        return n_bytes / seconds if seconds > 0 and n_bytes > 0 and len(self._marks) > 2 else None


class _LibraryWorker(QObject):
    """Lives in the librarian's thread."""

    moved = Signal(object, object)
    answered = Signal(object, object)

    def __init__(self, weights: WeightsCalls) -> None:
        super().__init__()
        self._weights = weights

    @Slot(object)
    def perform(self, task: WeightsTask) -> None:
        """Do an errand to its end; answers with exactly one `answered`."""
        failure, stopped, freed = None, False, 0
        try:
            freed = self._do(task)
        except Cancelled:
            stopped = True
        except Exception as error:  # noqa: BLE001  (the thread's border: the person is told, the thread lives)
            logger.warning("%s of %s failed: %s", task.verb.value, task.spec.id, error)
            failure = Failure.of(error, "".join(traceback.format_exception(error)))
        facts = None
        try:
            facts = self._weights.facts(task.spec)
        except Exception as error:  # noqa: BLE001  (as above)
            failure = failure or Failure.of(error)
        answer = _Answer(facts=facts, failure=failure, stopped=stopped, freed_bytes=freed)
        self.answered.emit(task, answer)

    def _do(self, task: WeightsTask) -> int:
        tell = self._teller(task)
        match task.verb:
            case Verb.LOOK:
                pass
            case Verb.DOWNLOAD:
                self._weights.download(task.spec, tell, task.cancel)
            case Verb.IMPORT:
                assert task.path is not None
                self._weights.take(task.spec, task.path, tell, task.cancel)
            case Verb.VERIFY:
                self._weights.verify(task.spec, tell, task.cancel)
            case Verb.REMOVE:
                return self._weights.remove(task.spec)
        return 0

    def _teller(self, task: WeightsTask) -> Callable[[WeightsProgress], None]:
        told = 0.0

        def tell(progress: WeightsProgress) -> None:
            nonlocal told
            now = time.monotonic()
            if now - told >= TELL_SECONDS or progress.done_bytes == progress.total_bytes:
                told = now
                self.moved.emit(task, progress)

        return tell
