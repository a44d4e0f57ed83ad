"""How fast it goes and when it will be done, from the last seconds rather than from the start."""

import time
from collections import deque
from collections.abc import Callable

from engine.events import Progress

WINDOW_SECONDS = 20.0
"""Long enough to bridge a segment border, short enough to follow a laptop that throttles."""


class ProgressClock:
    """Turns counts of finished frames into Progress events with a rolling rate.

    Frames restored by an earlier run count as done but not as speed.
    """

    def __init__(self, total: int, done: int = 0, now: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._now = now
        self._marks: deque[tuple[float, float]] = deque([(now(), done)])

    def at(self, done: float, stage: str = "restore") -> Progress:
        """Return the state of affairs with `done` frames finished, parts of frames included."""
        now = self._now()
        self._marks.append((now, done))
        # The last mark before the window stays: without it a burst after a long silence would count as speed.
        while len(self._marks) > 2 and now - self._marks[1][0] > WINDOW_SECONDS:
            self._marks.popleft()
        fps = self._rate()
        seconds_left = None if fps is None else (self._total - done) / fps
        return Progress(
            done_frames=int(done),
            total_frames=self._total,
            fps=fps,
            seconds_left=seconds_left,
            finish_time=None if seconds_left is None else time.time() + seconds_left,
            stage=stage,
        )

    def _rate(self) -> float | None:
        (first_time, first), (last_time, last) = self._marks[0], self._marks[-1]
        if last <= first or last_time <= first_time or len(self._marks) < 3:
            return None
        return (last - first) / (last_time - first_time)
