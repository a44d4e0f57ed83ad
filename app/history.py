"""Undo and redo of the panel's settings; a drag is one step."""

import time

from app.choice import Choice

MERGE_SECONDS = 0.8
"""Changes of one control in quicker succession are one step."""
DEPTH = 200


class History:
    """The settings as they were and will be."""

    def __init__(self, now: Choice) -> None:
        self._now = now
        self._past: list[Choice] = []
        self._future: list[Choice] = []
        self._last_change: tuple[str, float] = ("", 0.0)

    @property
    def now(self) -> Choice:
        """The present settings."""
        return self._now

    @property
    def can_undo(self) -> bool:
        """True when there is something to go back to."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """True when an undone step can come back."""
        return bool(self._future)

    def change(self, choice: Choice, control: str = "") -> bool:
        """Make settings the present ones; False when they already are."""
        if choice == self._now:
            return False
        last_control, last_time = self._last_change
        merge = control and control == last_control and time.monotonic() - last_time < MERGE_SECONDS
        if not merge:
            self._past = [*self._past, self._now][-DEPTH:]
        self._last_change = (control, time.monotonic())
        self._future.clear()
        self._now = choice
        return True

    def settle(self, choice: Choice) -> bool:
        """Adjust the present settings without a step of its own; False when nothing changes."""
        changed = choice != self._now
        self._now = choice
        return changed

    def undo(self) -> bool:
        """Go one step back; False when there is none."""
        return self._step(self._past, self._future)

    def redo(self) -> bool:
        """Go one step forward again; False when there is none."""
        return self._step(self._future, self._past)

    def _step(self, source: list[Choice], other: list[Choice]) -> bool:
        if not source:
            return False
        other.append(self._now)
        self._now = source.pop()
        self._last_change = ("", 0.0)
        return True
