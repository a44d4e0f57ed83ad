"""Who works for a coordinator now: the crew, newcomers that are looked at, and those that are left alone."""

import time
from collections.abc import Callable, Sequence

from engine.cancel import CancelToken
from engine.cluster.crew import Inspection, Worker, makes_of, settled_for
from engine.cluster.hands import Hands
from engine.decision import Settled
from engine.errors import DiskFullError, EngineError
from engine.events import OnEvent
from engine.job import Job
from engine.room import free_bytes

_WAIT_SECONDS = 0.1
_JOIN_SECONDS = 600.0
"""So long no worker at all is waited for."""


class Roster:
    """The workers of some jobs with one model; used by one thread."""

    def __init__(
        self, hands: Hands, jobs: Sequence[Job], on_event: OnEvent, await_room: Callable[[int], None]
    ) -> None:
        """await_room: called with a job's place when its disk is full; returns when it no longer is."""
        self.crew: tuple[Worker, ...] = ()
        self.settled: Settled | None = None
        """What the first crew had in common: all films are planned with it."""
        self.peak_bytes = 0
        """What the plans so far need of a worker's memory; who has less takes no part."""
        self._hands = hands
        self._jobs = jobs
        self._on_event = on_event
        self._await_room = await_room
        self._left_alone: set[str] = set()
        self._inspection: Inspection | None = None

    def gather(self, cancel: CancelToken) -> None:
        """Return when somebody can work; raises EngineError when nobody who is there can, or nobody comes."""
        deadline = time.monotonic() + _JOIN_SECONDS
        wanted = max(self._hands.n_expected, 1)
        while True:
            cancel.check()
            if not self._hands.refresh():
                raise EngineError(f"there is no scheduler at {self._hands.address}")
            if self._inspection is not None or len(self._hands.workers()) >= wanted:
                self.look()
                if self.crew:
                    self.settled = self.settled or settled_for(self.crew)
                    return
                if self._inspection is None:
                    raise EngineError(f"none of the workers at {self._hands.address} can do this")
            if time.monotonic() > deadline:
                raise EngineError(f"no worker has come to {self._hands.address}")
            time.sleep(_WAIT_SECONDS)

    def look(self) -> None:
        """Ask workers that came what they are, and take in those that have answered; waits for nobody."""
        there = self._hands.workers()
        self.crew = tuple(worker for worker in self.crew if worker.address in there)
        if self._inspection is None:
            fresh = set(there) - self._left_alone - {worker.address for worker in self.crew}
            if fresh:
                self._inspection = self._inspect(fresh)
        if self._inspection is not None and self._inspection.ready(self._hands):
            wanted = self.settled and makes_of(self.settled)
            self.crew = self._inspection.judge(
                self._hands, self.crew, wanted, self.peak_bytes, self._on_event
            )
            self._left_alone |= self._inspection.addresses - {worker.address for worker in self.crew}
            self._inspection = None

    def leave_alone(self, worker: Worker) -> None:
        """Give it nothing any more."""
        self._left_alone.add(worker.address)
        self.crew = tuple(one for one in self.crew if one is not worker)

    def begin_again(self) -> None:
        """Forget who was there: the scheduler was gone, and whoever comes is looked at anew."""
        self.close()
        self.crew, self._left_alone = (), set()

    def close(self) -> None:
        """Take back what newcomers are to look at."""
        if self._inspection is not None:
            self._inspection.close()
            self._inspection = None

    def _inspect(self, fresh: set[str]) -> Inspection:
        while True:
            try:
                return Inspection(self._hands, fresh, self._jobs, self._jobs[0].restoration.model)
            except DiskFullError:
                if self.settled is None:
                    raise
                places = range(len(self._jobs))
                self._await_room(min(places, key=lambda n: free_bytes(self._jobs[n].target.parent)))
