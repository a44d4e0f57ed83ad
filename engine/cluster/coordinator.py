"""Makes films with the hands of others: plans ahead, hands segments out, takes them over, joins and verifies.

Three threads: one looks at the next sources and plans, one joins and verifies what is whole, and the caller's hands
segments out and listens. A segment that a worker leaves behind goes to another one; what a worker finished before
it was lost is kept.
"""

import logging
import time
from collections import deque
from collections.abc import Iterator, Sequence
from uuid import uuid4

from engine.cancel import CancelToken
from engine.cluster.crew import Worker, answer_of
from engine.cluster.film import Film, OnFilmEvent, Outcome, Part, plan_film
from engine.cluster.hands import Hands
from engine.cluster.pace import Pace
from engine.cluster.roster import Roster
from engine.errors import DiskFullError, EngineError
from engine.events import Event, Notice, Severity, Workers
from engine.job import Job
from engine.plan import Segment
from engine.prefetch import Prefetch
from engine.room import wait_for_room
from engine.store import Attempt

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
_AGAIN_SECONDS = 2.0


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
        self._roster = Roster(hands, jobs, self._tell_all, self._await_room)
        self._pace = Pace()
        self._said: deque[tuple[int, Event]] = deque()
        self._films: list[Film] = []
        self._parts: dict[str, Part] = {}
        self._whole: deque[Film] = deque()
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
            self._roster.gather(self._cancel)
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

    def _planned(self) -> Iterator[Film | Outcome]:
        for number, job in enumerate(self._jobs):
            if self._closing:
                return
            film = plan_film(number, job, self._roster.settled, self._say_later, self._cancel)
            if isinstance(film, Film):
                self._roster.peak_bytes = max(self._roster.peak_bytes, film.decision.plan.peak_bytes)
            yield film

    def _say_later(self, number: int, event: Event) -> None:
        self._said.append((number, event))

    # joining, in a thread

    def _joined(self) -> Iterator[Outcome]:
        while not self._closing:
            if not self._whole:
                time.sleep(_POLL_SECONDS)
                continue
            yield self._whole.popleft().join()

    # handing out and listening, in the caller's thread

    def _take_planned(self, planned: "Prefetch[Film | Outcome]", coming: bool) -> bool:
        """Take what is planned while there is need of it; False: nothing comes any more."""
        most = 2 * len(self._roster.crew) + _FILMS_AHEAD
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
            self._begin_patience()

    def _begin_patience(self) -> None:
        """After a while in which nobody listened: no worker hangs yet."""
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
        ready = self._ready(2 * len(self._roster.crew) + 1)
        for depth in (1, 2):
            for worker in self._roster.crew:
                if not ready or (depth == 2 and len(ready) < len(self._roster.crew)):
                    return
                if sum(part.worker is worker for part in self._parts.values()) < depth:
                    self._hand_to(worker, *ready.pop(0))

    def _ready(self, most: int) -> list[tuple[Film, Segment]]:
        found: list[tuple[Film, Segment]] = []
        for film in self._films:
            found += [(film, segment) for segment in film.ready(most - len(found))]
            if len(found) >= most:
                break
        return found

    def _hand_to(self, worker: Worker, film: Film, segment: Segment) -> None:
        name = f"{segment.index:06d}_{uuid4().hex[:12]}"
        folder = str(film.store.folder.absolute())
        asked = {"ask": "restore", "folder": folder, "segment": segment.index, "name": name}
        future = self._hands.submit(worker.address, name, asked)
        if future is None:
            self._next_look = 0.0
            return
        part = Part(name, film, segment, worker, future, time.monotonic())
        self._parts[name] = film.in_hand[segment.index] = part

    def _wait(self) -> None:
        """Return when a part has ended, or after a while."""
        until = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < until and not any(part.future.done() for part in self._parts.values()):
            time.sleep(_POLL_SECONDS)
            if not self._parts:
                return

    def _take_over(self, part: Part) -> None:
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

    def _took(self, part: Part, seconds: float) -> bool:
        """Take over what the worker left, if it is whole; then its film may be."""
        film = part.film
        attempt = Attempt(film.store.folder, part.name, film.job.target)
        try:
            film.follow_knobs(attempt)
            taken = film.work.take(attempt, part.segment, seconds)
        except DiskFullError:
            self._await_room(film.number)
            return self._took(part, seconds)
        attempt.remove()
        if taken:
            self._pace.count(part)
            film.tell()
        if not film.work.missing:
            self._films.remove(film)
            self._to_join(film)
        return taken

    def _await_room(self, number: int) -> None:
        """Return once there is room on the disk of this job's target."""
        wait_for_room(self._jobs[number].target, lambda event: self._on_event(number, event), self._cancel)
        self._begin_patience()

    def _to_join(self, film: Film) -> None:
        self._joining += 1
        self._whole.append(film)

    def _drop(self, part: Part) -> None:
        self._parts.pop(part.name, None)
        if part.film.in_hand.get(part.segment.index) is part:
            del part.film.in_hand[part.segment.index]
        part.future.release()

    def _lose(self, part: Part, message: str) -> None:
        """A worker was lost, or stumbled, with a segment in hand: another one gets it."""
        film, index = part.film, part.segment.index
        film.losses[index] = film.losses.get(index, 0) + 1
        logger.info("%s, segment %d, worker %s: %s", film.job.source.name, index, part.worker.name, message)
        if film.losses[index] >= _MOST_LOSSES:
            name, n_times = film.job.source.name, _MOST_LOSSES
            self._fail(
                film, EngineError(f"{n_times} workers could not restore segment {index} of {name}: {message}")
            )

    def _fail(self, film: Film, error: EngineError) -> None:
        self._films.remove(film)
        for part in list(film.in_hand.values()):
            self._give_up(part)
        film.store.close()
        self._ended.append(film.ended(error))

    def _give_up(self, part: Part) -> None:
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
                part.film.tell()

    # the workers

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
        self._roster.look()

    def _heard(self, part: Part) -> float:
        """When there was the last sign of a part; one that waits in line is as lively as the one before it."""
        return max(other.heard for other in self._parts.values() if other.worker is part.worker)

    def _hangs(self, part: Part) -> None:
        """Leave a worker alone that gives no sign any more; what it has in hand goes to others."""
        name = part.worker.name
        message = f"the worker {name} gives no sign of progress: its segments go to others"
        self._on_event(-1, Notice(code="worker-hangs", message=message, severity=Severity.WARNING))
        self._roster.leave_alone(part.worker)
        self._hands.stop(part.worker.address, part.name)
        self._hands.end(name)
        for other in [p for p in self._parts.values() if p.worker is part.worker]:
            self._lost(other, "the worker hung")

    def _lost(self, part: Part, message: str) -> None:
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
        self._roster.begin_again()
        self._roster.gather(self._cancel)

    # what people hear

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
                workers=self._pace.states(self._roster.crew, self._parts.values()),
                in_flight=len(self._parts),
                films_left=left,
                seconds_left=took / self._n_ended * left if self._n_ended else None,
                dashboard=self._hands.dashboard,
            ),
        )

    def _abandon(self) -> None:
        """Ask for the end of everything in hand; whole segments stay in their stores."""
        self._roster.close()
        for part in list(self._parts.values()):
            self._give_up(part)
        for film in (*self._films, *self._whole):
            film.store.close()
        self._films.clear()
