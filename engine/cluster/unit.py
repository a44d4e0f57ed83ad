"""The unit that is handed out: restore some neighbouring segments of a planned film into its store."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from engine.cancel import CancelToken
from engine.cluster.ticket import Ticket, ticket_of
from engine.device import place
from engine.errors import ModelError, WeightsBusyError
from engine.events import OnEvent
from engine.models.registry import spec_of
from engine.models.slot import slot
from engine.plan import Segment
from engine.restore import Work
from engine.room import with_room
from engine.stages import StageTimes
from engine.store import Attempt

_Answer = TypeVar("_Answer")
_AGAIN_SECONDS = 1.0


def restore_part(
    folder: Path, first: int, last: int, *, name: str, device: str, on_event: OnEvent, cancel: CancelToken
) -> float:
    """Restore segments `first` to `last`, both included, and return the seconds it took.

    folder: of the store, with the ticket. They lie afterwards in an Attempt called `name`; who holds the store's
    lock takes them over. Raises an EngineError or Cancelled; what is whole stays, the rest is removed.
    """
    begun = time.monotonic()
    device = place(device, ("float32",)).device
    ticket = ticket_of(folder, device)
    attempt = Attempt(folder, name, ticket.job.target)
    try:
        missing = [s for s in ticket.segments(first, last) if not attempt.holds(s)]
        when_weights_are_free(lambda: _need_same_weights(ticket), cancel)
        with_room(attempt.make_folder, attempt.target, on_event, cancel)
        attempt.knobs = attempt.frames.knobs = ticket.plan.knobs()
        work = Work(ticket.source, ticket.decision, attempt, on_event, cancel, StageTimes(), missing=missing)
        when_weights_are_free(work.restore_missing, cancel)
    finally:
        if attempt.is_empty:
            attempt.remove()
    return time.monotonic() - begun


def when_weights_are_free(act: Callable[[], _Answer], cancel: CancelToken) -> _Answer:
    """Do it, again and again while another process of this machine converts the files it needs; raises Cancelled."""
    while True:
        try:
            return act()
        except WeightsBusyError:
            cancel.check()
            time.sleep(_AGAIN_SECONDS)


def _need_same_weights(ticket: Ticket) -> None:
    """Load the model; raises ModelError when its weights are not those that the film was planned with."""
    decision = ticket.decision
    restorer = slot.load(spec_of(decision.spec.id), decision.placement, ticket.plan.weights.name)
    if restorer.weights_sha256 != decision.facts["weights"]:
        raise ModelError(f"the weights of {decision.spec.title} are not those that the film was planned with")


def left_by_others(folder: Path, ticket: Ticket, segments: tuple[Segment, ...]) -> bool:
    """Return True when every one of the segments lies whole in some attempt in the store's folder."""
    names = [path.name.removeprefix("work_") for path in folder.glob("work_*")]
    attempts = [Attempt(folder, name, ticket.job.target) for name in names]
    return all(any(attempt.holds(segment) for attempt in attempts) for segment in segments)
