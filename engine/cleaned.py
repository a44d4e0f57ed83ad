"""The source as the embedded model cleans it, for families that are drawn to it above beta 1.

Families never see each other: this one is loaded here, beside the one in the slot; it is small.
"""

from dataclasses import replace

import torch
from torch import Tensor

from engine.cancel import CancelToken
from engine.device import Placement, place
from engine.events import ignore
from engine.models.registry import DEFAULT, loader, spec_of
from engine.models.restorer import ReadLq, Restorer, RestoreRequest
from engine.plan import Plan, Segment, Shot, make_plan
from engine.resize import fit
from engine.settings import RestorationSettings

CONTEXT = spec_of(DEFAULT).context
"""Frames that are read on each side of those that are asked for."""

_FIDELITY = RestorationSettings(model=DEFAULT, beta=2.0)


class Cleaner:
    """Answers like `lq`, with frames cleaned by the embedded model's fidelity end, in another size."""

    def __init__(self, placement: Placement, condition: float, height: int, width: int) -> None:
        """height, width: of the frames it gives. Raises ModelError when the embedded weights are damaged."""
        self._spec = spec_of(DEFAULT)
        self._placement = place(placement.device, self._spec.dtypes)
        self._restorer: Restorer = loader(self._spec)(self._spec, self._placement)  # type: ignore[assignment]
        self._condition = condition
        self._size = height, width

    def of(self, lq: ReadLq, shot: Shot) -> ReadLq:
        """The frames of one shot, read from `lq`, which must let go no frame nearer than CONTEXT."""
        return lambda start, stop: self._restore(lq, shot, start, stop)

    @torch.inference_mode()
    def _restore(self, lq: ReadLq, shot: Shot, start: int, stop: int) -> Tensor:
        first, last = max(start - CONTEXT, shot.start), min(stop + CONTEXT, shot.stop)
        frames = lq(first, last)
        request = RestoreRequest(
            segment=Segment(index=0, start=start, stop=stop, shot=shot),
            lq=lambda a, b: frames[a - first : b - first],
            plan=self._plan(frames, shot),
            placement=self._placement,
            settings=_FIDELITY,
            scale=self._spec.scales[-1],
            condition=self._condition,
        )
        parts = self._restorer.restore(request, ignore, CancelToken())
        return torch.cat([fit(part, *self._fitting(part)) for part in parts])

    def _plan(self, frames: Tensor, shot: Shot) -> Plan:
        """Small windows: their memory is that of a few tiles."""
        height, width = frames.shape[-2:]
        spec = replace(self._spec, window=1)
        return make_plan(spec, [shot], width=width, height=height, budget_bytes=1 << 62)

    def _fitting(self, frames: Tensor) -> tuple[int, int]:
        """The size asked for, or the frames' own where that is smaller."""
        return min(self._size[0], frames.shape[-2]), min(self._size[1], frames.shape[-1])
