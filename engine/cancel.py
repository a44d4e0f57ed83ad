"""The token a person's "stop" and "wait" travel in, and the gate at which a job lets others compute."""

import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

_POLL_SECONDS = 0.02
"""How long a paused job sleeps between two looks at its token; too short to be noticed by a person."""

Errand = Callable[[], None]
"""Something that computes while a job stands aside; it does not raise."""
Around = Callable[[], AbstractContextManager[None]]


class Cancelled(Exception):  # noqa: N818  (an outcome, not an error: CONVENTIONS 7)
    """The job was stopped on request; finished segments are kept."""


class CancelToken:
    """What one thread sets and another looks at once per network call, solver step or batch of frames.

    Setting an attribute and both ends of a deque are atomic in CPython, so no lock is needed.
    """

    __slots__ = (
        "_cancelled",
        "_errands",
        "_paused",
        "_waited",
        "_waits_since",
        "around_errand",
        "around_pause",
    )

    def __init__(self) -> None:
        self._cancelled = False
        self._paused = False
        self._errands: deque[Errand] = deque()
        self._waited = 0.0
        self._waits_since: float | None = None
        self.around_pause: Around = nullcontext
        """Entered while the job waits; the engine moves the model off its device in it."""
        self.around_errand: Around = nullcontext
        """Entered around each errand; the engine keeps the job's model in it."""

    @property
    def cancelled(self) -> bool:
        """True once somebody asked for the end."""
        return self._cancelled

    @property
    def paused(self) -> bool:
        """True while the job is asked to wait, whether it has reached its next check or not."""
        return self._paused

    @property
    def waiting(self) -> bool:
        """True while the job stands still in a check."""
        return self._waits_since is not None

    @property
    def waited_seconds(self) -> float:
        """How long the job has stood still so far."""
        since = self._waits_since
        return self._waited + (0.0 if since is None else time.monotonic() - since)

    def cancel(self) -> None:
        """Ask the job to stop at the next check; may be called from any thread or a signal handler."""
        self._cancelled = True

    def pause(self) -> None:
        """Ask the job to wait at its next check, keeping all it has in hand; from any thread."""
        self._paused = True

    def resume(self) -> None:
        """Let the job go on from where it waits; from any thread."""
        self._paused = False

    def ask(self, errand: Errand) -> None:
        """Have the job run this at its next check, in its own thread and paused or not; from any thread."""
        self._errands.append(errand)

    def withdraw(self, errand: Errand) -> bool:
        """Take an errand back; False when it was begun already."""
        try:
            self._errands.remove(errand)
        except ValueError:
            return False
        return True

    def stop_if_cancelled(self) -> None:
        """Return at once, or raise Cancelled when the end was asked for."""
        if self._cancelled:
            raise Cancelled("the job was stopped on request")

    def check(self) -> None:
        """Run errands and wait out a pause, then return, or raise Cancelled when the end was asked for.

        Only the thread that computes calls it: everything it has in hand is kept while it stands here.
        """
        self.stop_if_cancelled()
        if self._errands or self._paused:
            self._stand_aside()
            self.stop_if_cancelled()

    def _stand_aside(self) -> None:
        self._waits_since = time.monotonic()
        try:
            while not self._cancelled and (self._errands or self._paused):
                if self._errands:
                    self._run_errands()
                else:
                    self._wait()
        finally:
            self._waited, self._waits_since = self.waited_seconds, None

    def _run_errands(self) -> None:
        while self._errands and not self._cancelled:
            with self.around_errand():
                self._errands.popleft()()

    def _wait(self) -> None:
        with self.around_pause():
            while self._paused and not self._cancelled and not self._errands:
                time.sleep(_POLL_SECONDS)
