"""The one question a model family answers: restore this segment of frames."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor, nn

from engine.cancel import CancelToken
from engine.device import Placement
from engine.events import OnEvent
from engine.models.spec import ModelSpec
from engine.plan import Plan, Segment
from engine.settings import RestorationSettings

ReadLq = Callable[[int, int], Tensor]
"""Gives lq frames [start, stop) by absolute index: (T, 3, h, w) float32 in [0, 1] on the placement's device.

Ranges must not start before the earliest frame that the previous call asked for.
"""


Carry = Mapping[str, Tensor]
"""What a segment hands on to the next one of its shot, on the CPU: each family names its own tensors."""


def keep_nothing(carry: Carry) -> None:
    """Nobody restores the next segment."""
    del carry


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreRequest:
    """One segment to restore, with everything its pixels depend on."""

    segment: Segment
    lq: ReadLq
    """Frames of the segment's shot, read as they are needed: memory does not grow with the segment."""
    plan: Plan
    placement: Placement
    settings: RestorationSettings
    scale: float
    """Native scale to restore at, one of the spec's; output size over lq size where the spec says free_size."""
    condition: float
    """State of the source, 0 clean to 1 damaged; families without such an input ignore it."""
    prompt: str | None = None
    """What is to be seen in this segment; None: the family's own default."""
    cleaned: ReadLq | None = None
    """Gives the frames like `lq` does, in the size of the plan, cleaned by a model that invents nothing; for
    families whose spec wants them. Ask it before `lq` for the same frames."""
    carry: Carry | None = None
    """From the segment before, None at the start of a shot and where it is not known."""
    keep: Callable[[Carry], None] = keep_nothing
    """Families whose spec says `carries` call it once, before they yield their last frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """A restored frame before the slider: output = base + amount(beta) * detail."""

    base: Tensor
    """(3, H, W) float32, nominally in [0, 1]: the fidelity end."""
    detail: Tensor | None
    """(3, H, W) float32, signed; None where the model has no perception end."""


class Restorer(Protocol):
    """A loaded model. What a call needs lives in that call: a preview may run between two steps of a job."""

    @property
    def spec(self) -> ModelSpec:
        """Facts about the model."""
        ...

    @property
    def weights_sha256(self) -> str:
        """What identifies the weights it was loaded from."""
        ...

    def networks(self) -> Iterable[nn.Module]:
        """Everything that holds weights, so that a pause can move them off the device and back, in place."""
        ...

    def restore(self, request: RestoreRequest, on_event: OnEvent, cancel: CancelToken) -> Iterator[Tensor]:
        """Yield the segment's frames in order, (T, 3, H, W) float32 in [0, 1], any T >= 1 a time.

        H, W: the lq's times the request's scale; the plan's height and width where the spec says free_size.

        Calls cancel.check() between two network calls: there it may wait, lose the device for a while, or raise
        Cancelled. Lets out-of-memory errors through.
        """
        ...


class LiveRestorer(Restorer, Protocol):
    """A model whose slider re-blends finished heads (its spec says live_beta)."""

    def heads(self, request: RestoreRequest, frame: int, on_event: OnEvent, cancel: CancelToken) -> Heads:
        """Return both heads of one absolute frame of the request's segment."""
        ...

    def amount(self, beta: float) -> float:
        """Return how much of the detail head beta in [0, 2] adds; 0 at 2."""
        ...
