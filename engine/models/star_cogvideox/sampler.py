"""From the latent of a window's lq to the latent of the restored window: STAR's sampler on CogVideoX.

The state is one whole latent; where the network cannot see all of it, it sees overlapping tiles, whose
predictions are blended at every step. One tile is sampled exactly as published.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import torch
from torch import Tensor

from engine.models.star_cogvideox.schedule import T_MAX, Steps, make_steps, solver_gains
from engine.sampling.beta import Slider
from engine.sampling.tiles import Tiling, over_tiles

Denoise = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
"""network(x_t, t, text, lq) -> velocity, as network.VideoTransformer.velocity."""
OnCall = Callable[[int, int], None]
"""on_call(call, calls): told before every network call how many were made and how many there will be."""
Draw = Callable[[str, int], Tensor]
"""draw("start", 0) and draw("solver", step): unit noise like the lq's latent, float32 on its device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSettings:
    """What decides the result besides weights, lq, text and noise."""

    steps: int = 50
    """Network evaluations (each twice: with and without the text), >= 1; published: 50."""
    snr_shift: float = 1.0
    """Of the base model, config.Variant.snr_shift."""
    tiling: Tiling | None = None
    """Tiles of the latent grid, each a multiple of the patch; None: whole frames."""
    slider: Slider = field(default_factory=Slider)

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ValueError(f"{self.steps} steps, need at least 1")


def call_count(settings: SampleSettings) -> int:
    """Network calls for a window: steps times tiles times two."""
    tiles = 1 if settings.tiling is None else len(settings.tiling.rows) * len(settings.tiling.columns)
    return settings.steps * tiles * 2


def sample_window(
    network: Denoise,
    lq: Tensor,
    text: Tensor,
    draw: Draw,
    settings: SampleSettings,
    *,
    cleaned: Tensor | None = None,
    on_call: OnCall = lambda _call, _calls: None,
) -> Tensor:
    """The restored latent (1, T, C, H, W), float32, on the lq's device.

    lq: (1, T, C, H, W) float32, scaled latent of the enlarged lq. text: (1, S, text_width), the network computes
    in its dtype; against it stand zeros, not the empty prompt. cleaned: latent like lq of a cleaned lq, for beta
    > 1; None: lq itself. on_call: may raise Cancelled; nothing is left behind then.
    """
    steps = make_steps(settings.steps, settings.snr_shift)
    step_of = _Step(
        network=_announced(network, on_call, call_count(settings)),
        lq=lq,
        texts=(text, torch.zeros_like(text)),
        settings=settings,
        steps=steps,
        cleaned=lq if cleaned is None else cleaned,
    )
    return _solve(draw("start", 0), steps, step_of.predict_x0, draw, settings.slider)


def _solve(
    x: Tensor, steps: Steps, predict_x0: Callable[[Tensor, int], Tensor], draw: Draw, slider: Slider
) -> Tensor:
    previous: Tensor | None = None
    for step, gains in enumerate(solver_gains(steps.levels)):
        x0 = predict_x0(x, step)
        target = x0 if previous is None else gains.newest * x0 - gains.older * previous
        noise = gains.noise * slider.temperature(steps.times[step] / T_MAX)
        x = gains.state * x - gains.signal * target + noise * draw("solver", step)
        previous = x0
    return predict_x0(x, len(steps.times) - 1)


def _announced(network: Denoise, on_call: OnCall, n_calls: int) -> Denoise:
    """network, whose every call is told to on_call first."""
    calls = count()

    def call(x: Tensor, t: Tensor, text: Tensor, lq: Tensor) -> Tensor:
        on_call(next(calls), n_calls)
        return network(x, t, text, lq)

    return call


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What the predictions of all steps have in common."""

    network: Denoise
    lq: Tensor
    texts: tuple[Tensor, Tensor]
    settings: SampleSettings
    steps: Steps
    cleaned: Tensor

    def predict_x0(self, x: Tensor, step: int) -> Tensor:
        """x0 of the window from x_t, like the lq."""
        slider, tau = self.settings.slider, self.steps.times[step] / T_MAX
        uncond = self._x0(x, step, self.texts[1])
        cond = self._x0(x, step, self.texts[0])
        x0 = slider.guide(cond, uncond, self.steps.guidance(step), None, tau)
        return slider.pull(x0, self.cleaned, tau)

    def _x0(self, x: Tensor, step: int, text: Tensor) -> Tensor:
        """q x_t - sqrt(1 - q**2) v (Salimans & Ho 2022, appendix D), blended of all tiles."""
        time = torch.full((x.shape[0],), float(self.steps.times[step]), device=x.device)
        q = self.steps.network_levels[step]
        spread = (1 - q * q) ** 0.5

        def predict(x: Tensor, lq: Tensor) -> Tensor:
            v = self.network(x.to(text.dtype), time, text, lq.to(text.dtype)).float()
            return q * x - spread * v

        tiling = self.settings.tiling
        return predict(x, self.lq) if tiling is None else over_tiles(predict, tiling, x, self.lq)
