"""How fast workers are, and the event that says who works on what."""

from collections.abc import Collection, Sequence

from engine.cluster.crew import Worker
from engine.cluster.film import Part
from engine.events import WorkerState
from engine.progress import ProgressClock

_MANY = 1 << 40
"""Frames: a worker's end is not known."""


class Pace:
    """Counts the frames of each worker."""

    def __init__(self) -> None:
        self._clocks: dict[str, ProgressClock] = {}
        self._done: dict[str, int] = {}

    def count(self, part: Part) -> None:
        """Note that this part is whole."""
        address, segment = part.worker.address, part.segment
        self._done[address] = self._done.get(address, 0) + segment.stop - segment.start

    def states(self, crew: Sequence[Worker], parts: Collection[Part]) -> tuple[WorkerState, ...]:
        """Return who works on what, and how fast."""
        return tuple(
            self._state(worker, [part for part in parts if part.worker is worker]) for worker in crew
        )

    def _state(self, worker: Worker, parts: Sequence[Part]) -> WorkerState:
        clock = self._clocks.setdefault(worker.address, ProgressClock(_MANY))
        done = self._done.get(worker.address, 0)
        return WorkerState(
            name=worker.name,
            device=worker.device,
            segments=tuple(f"{part.film.job.source.name} {part.segment.index}" for part in parts),
            fps=clock.at(done + sum(part.frames for part in parts)).fps,
        )
