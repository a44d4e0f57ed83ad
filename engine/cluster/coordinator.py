"""Makes films with the hands of others: plans ahead, hands segments out, takes them over, joins and verifies.

Three threads: one looks at the next sources and plans, one joins and verifies what is whole, and the caller's hands
segments out and listens. A segment that a worker leaves behind goes to another one; what a worker finished before
it was lost is kept.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from distributed import Future

from engine.cancel import CancelToken
from engine.cluster.crew import Inspection, Worker, answer_of, makes_of, settled_for
from engine.cluster.hands import Hands
from engine.cluster.ticket import write_ticket
from engine.decision import Decision, Settled, decide, film_format
from engine.errors import DiskFullError, EngineError
from engine.events import Event, Notice, Severity, Workers, WorkerState
from engine.job import Job
from engine.media.probe import probe
from engine.plan import Segment
from engine.prefetch import Prefetch
from engine.progress import ProgressClock
from engine.restore import Work, open_store
from engine.room import wait_for_room
from engine.source import Source, look_at
from engine.stages import StageTimes
from engine.store import Attempt, SegmentStore
from engine.target import finish_publication, refuse_existing

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 1800.0
"""A worker that gives no sign of progress for so long counts as hanging."""
_MOST_LOSSES = 5
"""Workers that may be lost over one segment; one that ends each of them is not tried for ever."""
_FILMS_AHEAD = 4
"""Planned films that wait to be handed out; each keeps its survey in memory."""
_LOOK_SECONDS = 1.0
_WAIT_SECONDS = 0.1
_POLL_SECONDS = 0.005
"""Short beside any segment; a look costs a microsecond a worker."""
_JOIN_SECONDS = 600.0
"""So long no worker at all is waited for."""
_AGAIN_SECONDS = 2.0
_MANY = 1 << 40
"""Frames: a worker's end is not known."""

OnFilmEvent = Callable[[int, Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one job."""

    number: int
    """Place among the jobs, from 0."""
    path: Path | None = None
    """The verified film."""
    error: EngineError | None = None
    seconds: float = 0.0


@dataclass(slots=True, eq=False)
class _Film:
    number: int
    job: Job
    source: Source
    decision: Decision
    store: SegmentStore
    work: Work
    begun: float
    in_hand: dict[int, "_Part"] = field(default_factory=dict)
    losses: dict[int, int] = field(default_factory=dict)

    def ready(self, most: int) -> list[Segment]:
        """The first ones, at most so many, that nobody has in hand and that wait for no other."""
        found: list[Segment] = []
        before = None
        for segment in self.work.missing:
            chained = self.decision.spec.carries and segment.start > segment.shot.start
            waits = chained and before is not None and before.index == segment.index - 1
            before = segment
            if segment.index not in self.in_hand and not waits:
                found.append(segment)
                if len(found) >= most:
                    break
        return found


@dataclass(slots=True, eq=False)
class _Part:
    """A segment in a worker's hand."""

    name: str
    film: _Film
    segment: Segment
    worker: Worker
    future: Future
    heard: float
    """When there was the last sign of it, on the monotonic clock."""
    frames: float = 0.0
    waits: bool = False
    """For room on the disk."""


class Coordinator:
    """Makes the films of some jobs with the hands it is given."""

    def __init__(
        self,
        hands: Hands,
        jobs: Sequence[Job],
        on_event: OnFilmEvent,
        cancel: CancelToken,
        *,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        """jobs: all with the same model. on_event: called in the caller's thread with a job's place and its event."""
        self._hands = hands
        self._jobs = jobs
        self._on_event = on_event
        self._cancel = cancel
        self._patience = patience
        self._crew: tuple[Worker, ...] = ()
        self._inspection: Inspection | None = None
        self._settled: Settled | None = None
        """What the first crew had in common: all films are planned with it."""
        self._left_alone: set[str] = set()
        self._clocks: dict[str, tuple[ProgressClock, float]] = {}
        self._said: deque[tuple[int, Event]] = deque()
        self._films: list[_Film] = []
        self._parts: dict[str, _Part] = {}
        self._whole: deque[_Film] = deque()
        self._joining = 0
        self._ended: deque[Outcome] = deque()
        self._closing = False
        self._next_look = 0.0
        self._next_words = 0.0
        self._n_ended = 0
        self._begun = time.monotonic()

    def run(self) -> Iterator[Outcome]:
        """Yield what became of each job, as they end; raises EngineError when nobody can work, or Cancelled."""
        if not self._jobs:
            return
        try:
            self._await_crew()
        except BaseException:
            self._abandon()
            raise
        with (
            Prefetch(self._planned(), depth=_FILMS_AHEAD, name="decode") as planned,
            Prefetch(self._joined(), depth=1, name="sample") as joined,
        ):
            try:
                coming = True
                while self._n_ended < len(self._jobs):
                    self._stand_aside()
                    coming = self._take_planned(planned, coming)
                    self._turn(joined)
                    while self._ended:
                        self._n_ended += 1
                        yield self._ended.popleft()
            finally:
                self._closing = True
                self._abandon()

    # planning, in a thread

    def _planned(self) -> Iterator[_Film | Outcome]:
        for number, job in enumerate(self._jobs):
            if self._closing:
                return
            begun = time.monotonic()
            try:
                film = self._plan(number, job, begun)
            except EngineError as error:
                yield Outcome(number=number, error=error, seconds=time.monotonic() - begun)
                continue
            yield film or Outcome(number=number, path=job.target, seconds=time.monotonic() - begun)

    def _plan(self, number: int, job: Job, begun: float) -> _Film | None:
        """The main path up to its first segment; None when the film was only waiting for its name."""

        def tell(event: Event) -> None:
            self._said.append((number, event))

        job.target.parent.mkdir(parents=True, exist_ok=True)
        if finish_publication(job):
            return None
        refuse_existing(job)
        clip = probe(job.source)
        film_format(job, clip, runs_here=False)
        source = look_at(job, clip, self._cancel)
        decision = decide(job, source, settled=self._settled)
        for notice in (*source.notices, *decision.notices):
            tell(notice)
        store = open_store(job, decision, tell)
        try:
            work = Work(source, decision, store, tell, self._cancel, StageTimes())
            work.begin()
            if work.missing:
                knobs = store.knobs or decision.plan.knobs()
                write_ticket(store, job, source, decision, knobs)
        except BaseException:
            store.close()
            raise
        return _Film(number, job, source, decision, store, work, begun)

    # joining, in a thread

    def _joined(self) -> Iterator[Outcome]:
        while not self._closing:
            if not self._whole:
                time.sleep(_POLL_SECONDS)
                continue
            yield self._join(self._whole.popleft())

    def _join(self, film: _Film) -> Outcome:
        try:
            with film.store:
                film.work.finish(film.job)
                film.store.remove(keep_frames=bool(film.job.export.keep_frames))
        except EngineError as error:
            return Outcome(number=film.number, error=error, seconds=time.monotonic() - film.begun)
        return Outcome(number=film.number, path=film.job.target, seconds=time.monotonic() - film.begun)

    # handing out and listening, in the caller's thread

    def _take_planned(self, planned: "Prefetch[_Film | Outcome]", coming: bool) -> bool:
        """Take what is planned while there is need of it; False: nothing comes any more."""
        most = 2 * len(self._crew) + _FILMS_AHEAD
        while coming and len(self._films) + self._joining < most and planned.has_item:
            item = next(planned, None)
            if item is None:
                return False
            if isinstance(item, Outcome):
                self._ended.append(item)
            elif item.work.missing:
                self._films.append(item)
            else:
                self._to_join(item)
        return coming

    def _stand_aside(self) -> None:
        """Wait out a pause: what workers have in hand they finish. Raises Cancelled."""
        waited = self._cancel.waited_seconds
        self._cancel.check()
        if self._cancel.waited_seconds > waited:
            for part in self._parts.values():
                part.heard = time.monotonic()

    def _turn(self, joined: "Prefetch[Outcome]") -> None:
        """One round: hand out, wait a little, take over, look after the workers, speak."""
        self._hand_out()
        self._wait()
        for part in [part for part in self._parts.values() if part.future.done()]:
            self._take_over(part)
        self._listen()
        if time.monotonic() >= self._next_look:
            self._look_after_workers()
        while joined.has_item:
            self._ended.append(next(joined))
            self._joining -= 1
        self._speak()

    def _hand_out(self) -> None:
        """Give every free worker a segment, and a second one to wait in line where there are many."""
        ready = self._ready(2 * len(self._crew) + 1)
        for depth in (1, 2):
            for worker in self._crew:
                if not ready or (depth == 2 and len(ready) < len(self._crew)):
                    return
                if sum(part.worker is worker for part in self._parts.values()) < depth:
                    self._hand_to(worker, *ready.pop(0))

    def _ready(self, most: int) -> list[tuple[_Film, Segment]]:
        found: list[tuple[_Film, Segment]] = []
        for film in self._films:
            found += [(film, segment) for segment in film.ready(most - len(found))]
            if len(found) >= most:
                break
        return found

    def _hand_to(self, worker: Worker, film: _Film, segment: Segment) -> None:
        name = f"{segment.index:06d}_{uuid4().hex[:12]}"
        folder = str(film.store.folder.absolute())
        asked = {"ask": "restore", "folder": folder, "segment": segment.index, "name": name}
        future = self._hands.submit(worker.address, name, asked)
        if future is None:
            self._next_look = 0.0
            return
        part = _Part(name, film, segment, worker, future, time.monotonic())
        self._parts[name] = film.in_hand[segment.index] = part

    def _wait(self) -> None:
        """Return when a part has ended, or after a while."""
        until = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < until and not any(part.future.done() for part in self._parts.values()):
            time.sleep(_POLL_SECONDS)
            if not self._parts:
                return

    def _take_over(self, part: _Part) -> None:
        answer = answer_of(part.future)
        self._drop(part)
        if part.film not in self._films:
            return
        if self._took(part, float(answer.get("seconds", time.monotonic() - part.heard))):
            return
        kind, message = str(answer.get("kind", "")), str(answer.get("error", "the worker was lost"))
        if kind:
            logger.info("worker %s: %s", part.worker.name, message)
            self._fail(part.film, EngineError(message))
        else:
            self._lose(part, message)

    def _took(self, part: _Part, seconds: float) -> bool:
        """Take over what the worker left, if it is whole; then its film may be."""
        film = part.film
        attempt = Attempt(film.store.folder, part.name, film.job.target)
        try:
            self._follow_knobs(film, attempt)
            taken = film.work.take(attempt, part.segment, seconds)
        except DiskFullError:
            wait_for_room(film.job.target, lambda event: self._on_event(film.number, event), self._cancel)
            return self._took(part, seconds)
        attempt.remove()
        if taken:
            self._count(part.worker, part.segment.stop - part.segment.start)
            film.work.hear_from_workers(sum(p.frames for p in film.in_hand.values()))
        if not film.work.missing:
            self._films.remove(film)
            self._to_join(film)
        return taken

    @staticmethod
    def _follow_knobs(film: _Film, attempt: Attempt) -> None:
        """Where a worker's memory ended it made its plan smaller: all go on with that one."""
        if attempt.knobs and film.store.knobs and attempt.knobs != film.store.knobs:
            film.store.knobs = film.store.frames.knobs = attempt.knobs
            write_ticket(film.store, film.job, film.source, film.decision, attempt.knobs)

    def _to_join(self, film: _Film) -> None:
        self._joining += 1
        self._whole.append(film)

    def _drop(self, part: _Part) -> None:
        self._parts.pop(part.name, None)
        if part.film.in_hand.get(part.segment.index) is part:
            del part.film.in_hand[part.segment.index]
        part.future.release()

    def _lose(self, part: _Part, message: str) -> None:
        """A worker was lost, or stumbled, with a segment in hand: another one gets it."""
        film, index = part.film, part.segment.index
        film.losses[index] = film.losses.get(index, 0) + 1
        logger.info("%s, segment %d, worker %s: %s", film.job.source.name, index, part.worker.name, message)
        if film.losses[index] >= _MOST_LOSSES:
            name, n_times = film.job.source.name, _MOST_LOSSES
            self._fail(
                film, EngineError(f"{n_times} workers could not restore segment {index} of {name}: {message}")
            )

    def _fail(self, film: _Film, error: EngineError) -> None:
        self._films.remove(film)
        for part in list(film.in_hand.values()):
            self._give_up(part)
        film.store.close()
        self._ended.append(Outcome(number=film.number, error=error, seconds=time.monotonic() - film.begun))

    def _give_up(self, part: _Part) -> None:
        self._hands.stop(part.worker.address, part.name)
        self._hands.forget(part.future)
        self._drop(part)

    def _listen(self) -> None:
        """Hear how far the parts are."""
        while self._hands.told:
            told = self._hands.told.popleft()
            part = self._parts.get(str(told.get("name")))
            if part is None:
                continue
            part.heard = time.monotonic()
            if "code" in told:
                part.waits = told["code"] == "disk-full"
                notice = Notice(
                    code=str(told["code"]),
                    message=str(told["message"]),
                    severity=Severity(told["severity"]),
                )
                self._on_event(part.film.number, notice)
            elif part.film in self._films:
                part.frames = float(told["frames"])
                part.film.work.hear_from_workers(sum(p.frames for p in part.film.in_hand.values()))

    # the workers

    def _await_crew(self) -> None:
        """Return when somebody can work; raises EngineError when nobody who is there can, or nobody comes."""
        deadline = time.monotonic() + _JOIN_SECONDS
        wanted = max(self._hands.n_expected, 1)
        while True:
            self._cancel.check()
            if not self._hands.refresh():
                raise EngineError(f"there is no scheduler at {self._hands.address}")
            if self._inspection is not None or len(self._hands.workers()) >= wanted:
                self._look_at_newcomers()
                if self._crew:
                    self._settled = self._settled or settled_for(self._crew)
                    return
                if self._inspection is None:
                    raise EngineError(f"none of the workers at {self._hands.address} can do this")
            if time.monotonic() > deadline:
                raise EngineError(f"no worker has come to {self._hands.address}")
            time.sleep(_WAIT_SECONDS)

    def _look_at_newcomers(self) -> None:
        """Ask workers that came what they are, and take in those that have answered; waits for nobody."""
        there = self._hands.workers()
        self._crew = tuple(worker for worker in self._crew if worker.address in there)
        if self._inspection is None:
            fresh = set(there) - self._left_alone - {worker.address for worker in self._crew}
            if fresh:
                model = self._jobs[0].restoration.model
                self._inspection = Inspection(self._hands, fresh, self._jobs, model)
        if self._inspection is not None and self._inspection.ready(self._hands):
            peak = max((film.decision.plan.peak_bytes for film in self._films), default=0)
            wanted = self._settled and makes_of(self._settled)
            self._crew = self._inspection.judge(self._hands, self._crew, wanted, peak, self._tell_all)
            self._left_alone |= self._inspection.addresses - {worker.address for worker in self._crew}
            self._inspection = None

    def _tell_all(self, event: Event) -> None:
        self._on_event(-1, event)

    def _look_after_workers(self) -> None:
        self._next_look = time.monotonic() + _LOOK_SECONDS
        if not self._hands.refresh():
            self._scheduler_is_gone()
            return
        there = self._hands.workers()
        for part in list(self._parts.values()):
            if part.name not in self._parts:
                continue
            if part.worker.address not in there:
                self._lost(part, "the worker was lost")
            elif not part.waits and time.monotonic() - self._heard(part) > self._patience:
                self._hangs(part)
        self._look_at_newcomers()

    def _heard(self, part: _Part) -> float:
        """When there was the last sign of a part; one that waits in line is as lively as the one before it."""
        return max(other.heard for other in self._parts.values() if other.worker is part.worker)

    def _hangs(self, part: _Part) -> None:
        """Leave a worker alone that gives no sign any more; what it has in hand goes to others."""
        name = part.worker.name
        message = f"the worker {name} gives no sign of progress: its segments go to others"
        self._on_event(-1, Notice(code="worker-hangs", message=message, severity=Severity.WARNING))
        self._left_alone.add(part.worker.address)
        self._crew = tuple(worker for worker in self._crew if worker is not part.worker)
        self._hands.stop(part.worker.address, part.name)
        self._hands.end(name)
        for other in [p for p in self._parts.values() if p.worker is part.worker]:
            self._lost(other, "the worker hung")

    def _lost(self, part: _Part, message: str) -> None:
        self._hands.forget(part.future)
        self._drop(part)
        if part.film in self._films and not self._took(part, time.monotonic() - part.heard):
            self._lose(part, message)

    def _scheduler_is_gone(self) -> None:
        """Keep what is whole, wait until the scheduler is back, and begin again with whoever comes."""
        message = f"the scheduler at {self._hands.address} does not answer: the job waits for it"
        self._on_event(-1, Notice(code="scheduler-gone", message=message, severity=Severity.WARNING))
        for part in list(self._parts.values()):
            self._drop(part)
            if part.film in self._films:
                self._took(part, time.monotonic() - part.heard)
        while True:
            self._cancel.check()
            try:
                self._hands.connect()
                break
            except EngineError:
                time.sleep(_AGAIN_SECONDS)
        message = f"the scheduler at {self._hands.address} is back: the job goes on"
        self._on_event(-1, Notice(code="scheduler-back", message=message))
        self._crew, self._left_alone = (), set()
        if self._inspection is not None:
            self._inspection.close()
            self._inspection = None
        self._await_crew()

    # what people hear

    def _count(self, worker: Worker, n_frames: int) -> None:
        clock, done = self._clocks.setdefault(worker.address, (ProgressClock(_MANY), 0.0))
        self._clocks[worker.address] = (clock, done + n_frames)

    def _speak(self) -> None:
        while self._said:
            self._on_event(*self._said.popleft())
        if time.monotonic() < self._next_words:
            return
        self._next_words = time.monotonic() + _LOOK_SECONDS
        left = len(self._jobs) - self._n_ended
        took = time.monotonic() - self._begun
        self._on_event(
            -1,
            Workers(
                workers=tuple(self._state(worker) for worker in self._crew),
                in_flight=len(self._parts),
                films_left=left,
                seconds_left=took / self._n_ended * left if self._n_ended else None,
                dashboard=self._hands.dashboard,
            ),
        )

    def _state(self, worker: Worker) -> WorkerState:
        parts = [part for part in self._parts.values() if part.worker is worker]
        clock, done = self._clocks.setdefault(worker.address, (ProgressClock(_MANY), 0.0))
        return WorkerState(
            name=worker.name,
            device=worker.device,
            segments=tuple(f"{part.film.job.source.name} {part.segment.index}" for part in parts),
            fps=clock.at(done + sum(part.frames for part in parts)).fps,
        )

    def _abandon(self) -> None:
        """Ask for the end of everything in hand; whole segments stay in their stores."""
        if self._inspection is not None:
            self._inspection.close()
        for part in list(self._parts.values()):
            self._give_up(part)
        for film in (*self._films, *self._whole):
            film.store.close()
        self._films.clear()
