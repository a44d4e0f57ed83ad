"""A film that several workers make: planned before it is handed out, joined and verified when it is whole."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from distributed import Future

from engine.cancel import CancelToken
from engine.cluster.crew import Worker
from engine.cluster.ticket import write_ticket
from engine.decision import Decision, Settled, decide, film_format
from engine.errors import EngineError
from engine.events import Event
from engine.job import Job
from engine.media.probe import probe
from engine.plan import Segment
from engine.restore import Work, open_store
from engine.source import Source, look_at
from engine.stages import StageTimes
from engine.store import Attempt, SegmentStore
from engine.target import finish_publication, refuse_existing

OnFilmEvent = Callable[[int, Event], None]
"""Called with a job's place among the jobs, negative for all of them, and what happened."""


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
class Film:
    """One film in the making; its store is locked."""

    number: int
    job: Job
    source: Source
    decision: Decision
    store: SegmentStore
    work: Work
    begun: float
    in_hand: "dict[int, Part]" = field(default_factory=dict)
    """By the segment's number."""
    losses: dict[int, int] = field(default_factory=dict)
    """How often a segment was lost with its worker."""

    def ready(self, most: int) -> list[Segment]:
        """Return the first ones, at most so many, that nobody has in hand and that wait for no other."""
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

    def tell(self) -> None:
        """Tell how far it is with what workers have in hand."""
        self.work.hear_from_workers(sum(part.frames for part in self.in_hand.values()))

    def follow_knobs(self, attempt: Attempt) -> None:
        """Where a worker's memory ended it made its plan smaller: all go on with that one."""
        if attempt.knobs and self.store.knobs and attempt.knobs != self.store.knobs:
            self.store.knobs = self.store.frames.knobs = attempt.knobs
            write_ticket(self.store, self.job, self.source, self.decision, attempt.knobs)

    def ended(self, error: EngineError | None = None) -> Outcome:
        """Return what became of it."""
        path = None if error else self.job.target
        return Outcome(number=self.number, path=path, error=error, seconds=time.monotonic() - self.begun)

    def join(self) -> Outcome:
        """Join, verify and publish it; what goes wrong is an outcome, too."""
        try:
            with self.store:
                self.work.finish(self.job)
                self.store.remove(keep_frames=bool(self.job.export.keep_frames))
        except EngineError as error:
            return self.ended(error)
        return self.ended()


@dataclass(slots=True, eq=False)
class Part:
    """A segment in a worker's hand."""

    name: str
    film: Film
    segment: Segment
    worker: Worker
    future: Future
    heard: float
    """When there was the last sign of it, on the monotonic clock."""
    frames: float = 0.0
    waits: bool = False
    """For room on the disk."""


def plan_film(
    number: int, job: Job, settled: Settled | None, on_event: OnFilmEvent, cancel: CancelToken
) -> Film | Outcome:
    """The main path up to the first segment; an outcome where there is nothing to hand out, or it cannot be done.

    settled: what all who will work on it have in common.
    """
    begun = time.monotonic()
    try:
        film = _planned(number, job, settled, lambda event: on_event(number, event), cancel, begun)
    except EngineError as error:
        return Outcome(number=number, error=error, seconds=time.monotonic() - begun)
    return film or Outcome(number=number, path=job.target, seconds=time.monotonic() - begun)


def _planned(
    number: int,
    job: Job,
    settled: Settled | None,
    on_event: Callable[[Event], None],
    cancel: CancelToken,
    begun: float,
) -> Film | None:
    """None: the film was only waiting for its name."""
    job.target.parent.mkdir(parents=True, exist_ok=True)
    if finish_publication(job):
        return None
    refuse_existing(job)
    clip = probe(job.source)
    film_format(job, clip, runs_here=False)
    source = look_at(job, clip, cancel)
    decision = decide(job, source, settled=settled)
    for notice in (*source.notices, *decision.notices):
        on_event(notice)
    store = open_store(job, decision, on_event)
    try:
        work = Work(source, decision, store, on_event, cancel, StageTimes())
        work.begin()
        if work.missing:
            write_ticket(store, job, source, decision, store.knobs or decision.plan.knobs())
    except BaseException:
        store.close()
        raise
    return Film(number, job, source, decision, store, work, begun)
