"""A sampling model of no weight: a smooth enlargement, and noise of its own for every frame, drawn from the seed.

Everything that reliability is about (windows, tiles, segments, memory, resume) happens as with a real model,
in milliseconds. `install()` makes it known to the registry of this process.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

import torch
from torch import Tensor

from engine.cancel import CancelToken
from engine.device import Placement
from engine.events import OnEvent
from engine.models.registry import SPECS
from engine.models.restorer import Carry, RestoreRequest
from engine.models.spec import ModelSpec
from engine.plan import Window
from engine.sampling.noise import clip_noise

FAMILY = "toy_sampler"
NOISE = 0.02
PLAN_SHOWS = 0.002
HANDED_OVER = 0.1
TOY = ModelSpec(
    id="toy",
    title="Toy",
    family=FAMILY,
    summary="For tests.",
    licence="MIT",
    scales=(1, 2, 4),
    segment_frames=6,
    window=4,
    context=1,
    tile=256,
    halo=0,
    bytes_per_pixel=100.0,
    fixed_bytes=0,
    dtypes=("float32",),
)


CARRYING = replace(TOY, id="toy-carrying", carries=True)
"""The same model where every segment hands its last frame on to the next one."""


class ToyRestorer:
    """Doubles or quadruples frames and lays seeded noise over them, window by window."""

    weights_sha256 = "none"

    def __init__(self, spec: ModelSpec, placement: Placement) -> None:
        self.spec = spec
        self._placement = placement

    def networks(self) -> list[torch.nn.Module]:
        return []

    def restore(self, request: RestoreRequest, on_event: OnEvent, cancel: CancelToken) -> Iterator[Tensor]:
        carry = request.carry
        for window in request.plan.windows(request.segment):
            cancel.check()
            frames = self.window(request, window)
            if self.spec.carries:
                frames = self._handed_over(frames, carry)
                carry = {"last": frames[-1:]}
                if window.stop == request.segment.stop:
                    request.keep(carry)
            yield frames

    @staticmethod
    def _handed_over(frames: Tensor, carry: Carry | None) -> Tensor:
        """The first frame holds a little of the one before it: a film made without a carry is another film."""
        return (
            frames
            if carry is None
            else torch.cat([torch.lerp(frames[:1], carry["last"], HANDED_OVER), frames[1:]])
        )

    @torch.inference_mode()
    def window(self, request: RestoreRequest, window: Window) -> Tensor:
        """The window's frames; neighbours count a tenth, and the plan's window shows a little, as in real models."""
        seen, wanted = window.context_start, torch.arange(window.start, window.stop)
        lq, shot = request.lq(seen, window.context_stop), request.segment.shot
        before, after = [lq[(wanted + step).clamp(shot.start, shot.stop - 1) - seen] for step in (-1, 1)]
        mixed = lq[wanted - seen] * 0.8 + (before + after) * 0.1 + PLAN_SHOWS * request.plan.window
        large = torch.nn.functional.interpolate(mixed, scale_factor=float(request.scale), mode="bilinear")
        n_frames, shape = len(wanted), large.shape[1:]
        noise = clip_noise(request.settings.seed, "toy", 0, window.start, n_frames, shape)
        return (large + NOISE * noise[0].transpose(0, 1)).clamp_(0, 1)


def load(spec: ModelSpec, placement: Placement, weights: str = "") -> ToyRestorer:
    return ToyRestorer(spec, placement)


def install(spec: ModelSpec = TOY) -> None:
    """Make the model known to this process."""
    package, module = ModuleType(f"engine.models.{FAMILY}"), ModuleType(f"engine.models.{FAMILY}.restorer")
    module.load = load  # type: ignore[attr-defined]
    sys.modules[package.__name__], sys.modules[module.__name__] = package, module
    SPECS[spec.id] = spec
