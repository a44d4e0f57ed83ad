"""From noised lq frames and noise to the latent of the restored film: DiffVSR's sampler.

A window is denoised by itself, all steps; windows meet once, at the end (ILT). Tiles meet at every step: the
state is the latent of whole frames, and the network's answers are blended, so that no seam can build up
(MultiDiffusion, Bar-Tal et al. 2023, eq. 3).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import floor

import torch
from torch import Tensor

from engine.models.diffvsr.sampling import (
    LATENT_BETAS,
    LQ_BETAS,
    cut_windows,
    ddim_steps,
    interweave,
    noised,
)
from engine.sampling.beta import Slider
from engine.sampling.solvers import ddim
from engine.sampling.tiles import Tiling, over_tiles

T_MAX = LATENT_BETAS.n_times - 1
MAX_NOISE_LEVEL = 350
"""Highest lq noise level that the x4 upscaler was trained with (its model_index.json)."""
MAX_STEPS = 500
"""Beyond it the equally spaced times would no longer begin at the noisy end."""

FAST_STEPS, FAST_GUIDED_SHARE = 20, 2 / 3
"""Of faster sampling: guidance matters least in late steps (Kynkaanniemi et al. 2024, section 4)."""

Denoise = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]
"""network(latent, t, lq, text, noise_level) -> velocity, as unet.VideoUNet."""
BeforeCall = Callable[[], None]
"""Called before every network call: the place to count, and to raise Cancelled, which passes through."""


def do_nothing() -> None:
    """For callers who neither count nor cancel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSettings:
    """What decides the result besides weights, frames, text and noise; the defaults are the published ones."""

    steps: int = 50
    """Network times per window, 1 to MAX_STEPS."""
    guidance_scale: float = 5.0
    """1: the prompt's prediction alone, at half the cost."""
    noise_level: int = 50
    """Noise added to the lq, 0 to MAX_NOISE_LEVEL: more lets the network invent more."""
    tiling: Tiling | None = None
    """Tiles of the lq grid; None: whole frames."""
    guided_share: float = 1.0
    """Share of the steps, from the first on, with a pass for the negative prompt; in (0, 1]."""
    slider: Slider = field(default_factory=Slider)
    """Guidance by bands, and for beta > 1 the pull; the solver draws no noise that it could cool."""

    def __post_init__(self) -> None:
        if not 1 <= self.steps <= MAX_STEPS:
            raise ValueError(f"steps are {self.steps}, need 1 to {MAX_STEPS}")
        if not 0.0 < self.guided_share <= 1.0:
            raise ValueError(f"guidance in {self.guided_share} of the steps, need a share up to 1")
        if not 0 <= self.noise_level <= MAX_NOISE_LEVEL:
            raise ValueError(f"the noise level is {self.noise_level}, need 0 to {MAX_NOISE_LEVEL}")

    @property
    def guided_steps(self) -> int:
        """How many of the steps have a pass for the negative prompt, the first ones."""
        if self.guidance_scale == 1.0:
            return 0
        return max(floor(self.guided_share * self.steps + 1e-9), 1)


def add_lq_noise(lq: Tensor, noise: Tensor, level: int) -> Tensor:
    """lq, in [-1, 1] and of any shape, noised as the U-Net is told by `noise_level`, in lq's dtype."""
    return noised(lq, noise, LQ_BETAS.signal()[level])


def sample_window(
    network: Denoise,
    latent: Tensor,
    lq: Tensor,
    texts: tuple[Tensor, Tensor],
    settings: SampleSettings,
    before_call: BeforeCall = do_nothing,
    *,
    cleaned: Tensor | None = None,
) -> Tensor:
    """The restored latent of one window, like latent, before any window is fused.

    latent: (1, 4, T, H, W) float32 unit noise; lq: (1, 3, T, H, W), in [-1, 1] and noised; same device.
    texts: prompt and negative prompt, each (1, S, width); the network computes in their dtype.
    cleaned: like latent, scaled latent of a film that invents nothing; ValueError where beta > 1 lacks it.
    """
    if settings.slider.delta > 0 and cleaned is None:
        raise ValueError(f"beta is {settings.slider.beta}, above 1 a cleaned latent is needed")
    dtype = texts[0].dtype
    level = torch.full((1,), settings.noise_level, device=latent.device)
    schedule = LATENT_BETAS.schedule()
    steps = ddim_steps(settings.steps)
    guided_times = {start for start, _ in steps[: settings.guided_steps]}

    def predict(x: Tensor, t: int, text: Tensor) -> Tensor:
        time = torch.full((1,), t, device=x.device)

        def velocity(x: Tensor, lq: Tensor) -> Tensor:
            before_call()
            return network(x.to(dtype), time, lq.to(dtype), text, level).float()

        return over_tiles(velocity, settings.tiling, x, lq)

    def guided(x: Tensor, t: int) -> Tensor:
        positive = predict(x, t, texts[0])
        if t not in guided_times:
            return positive
        negative = predict(x, t, texts[1])
        return settings.slider.guide(positive, negative, settings.guidance_scale, None, t / T_MAX)

    def predict_v(x: Tensor, t: int) -> Tensor:
        v, tau, time = guided(x, t), t / T_MAX, torch.tensor([t])
        if cleaned is None or settings.slider.pull_strength(tau) == 0:
            return v
        x0 = settings.slider.pull(schedule.x0_from_velocity(x, v, time), cleaned, tau)
        return schedule.velocity(x, x0, time)

    return ddim(latent, steps, predict_v, schedule)


def sample_latents(
    network: Denoise,
    latent: Tensor,
    lq: Tensor,
    texts: tuple[Tensor, Tensor],
    settings: SampleSettings,
    before_call: BeforeCall = do_nothing,
) -> Tensor:
    """The restored latent of a clip, like latent; arguments as for `sample_window`, with T of any length >= 1."""
    parts = (
        ((a, b), sample_window(network, latent[:, :, a:b], lq[:, :, a:b], texts, settings, before_call))
        for a, b in cut_windows(latent.shape[2])
    )
    return torch.cat(list(interweave(parts)), 2)


def calls_per_window(settings: SampleSettings) -> int:
    """Network calls: steps times tiles, twice in those with guidance."""
    tiles = settings.tiling.count if settings.tiling else 1
    return (settings.steps + settings.guided_steps) * tiles
