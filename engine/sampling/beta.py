"""The fidelity/perception slider of sampling families: what beta does at inference to fixed weights.

STAR's training loss weighs frequencies by b(t) = beta (1 - tau) and c(t) = tau**2 (Xie et al. 2025, section
3.3: low frequencies early, high ones late). The slider spends the difference that moving beta from 1 makes,
delta (1 - tau) with delta = beta - 1, in three places of a step:

    guidance   s(f) = 1 + (s - 1) (1 - g (1 - M(f))),  g = HIGH delta (1 - tau) (1 - c)
    pull       x0(f) + w(f) (ref(f) - x0(f)),  w = m M / (1 + m M),  m = LOW max(delta, 0) 4 (1 - tau) c
    noise      unit noise times 1 - HEAT delta (1 - tau)

f: spatial frequency of a frame, M: Gaussian low-pass that halves at the lq Nyquist. The pull solves
argmin |x - x0|**2 + m M |x - ref|**2, so it is stable for any m. beta = 1 takes none of these paths: the
result is bit-identical to the sampler without a slider. Guidance never rises above GUIDANCE_CEILING times s:
for delta < 0 it is g that stops, not single frequencies, so that the map stays monotone and smooth in beta.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.sampling.guidance import guide, rescale_spread

HEAT, HIGH, LOW = 0.20, 0.30, 1.0
"""Strengths; HEAT was fitted to STAR's table 7 on an analytic model, not on published weights."""
GUIDANCE_CEILING = 1.15
"""Largest guidance over the nominal one; beyond it extrapolation explodes where the prompts disagree."""
COLDEST, HOTTEST = 0.65, 1.1
"""Bounds of the noise factor: below, the network sees less noise than it is told, and paints wax."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """A setting of the slider for one clip."""

    beta: float = 1.0
    """0 perception, 1 as published, 2 fidelity."""
    cutoff: float = 0.125
    """Cycles per latent pixel where the low-pass halves: 0.5 / scale, Nyquist of the lq's own latent grid."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.beta <= 2.0:
            raise ValueError(f"beta is {self.beta}, need 0 to 2")
        if self.cutoff <= 0:
            raise ValueError(f"the cut-off is {self.cutoff} cycles per pixel, need more than 0")

    @property
    def delta(self) -> float:
        """How far the slider is from the published sampler, -1 to 1."""
        return self.beta - 1.0

    def temperature(self, tau: float) -> float:
        """Factor of the solver's noise at network time tau = t / t_max in [0, 1]."""
        return min(max(1 - HEAT * self.delta * (1 - tau), COLDEST), HOTTEST)

    def damping(self, scale: float, tau: float) -> float:
        """g: the share of guidance beyond 1 that the highest frequencies lose (below 0: gain)."""
        strength = HIGH * self.delta * (1 - tau) * (1 - tau**2)
        ceiling = (GUIDANCE_CEILING - 1) * scale / max(scale - 1, 1e-6)
        return max(strength, -ceiling)

    def pull_strength(self, tau: float) -> float:
        """m: weight of the reference in the low band, 0 for beta <= 1."""
        return LOW * 4 * max(self.delta, 0.0) * (1 - tau) * tau**2

    def guide(self, cond: Tensor, uncond: Tensor, scale: float, rescale: float | None, tau: float) -> Tensor:
        """Guided prediction, per band; cond, uncond: (B, C, T, H, W) float32, whole frames."""
        if self.delta == 0 or scale == 1.0:
            return guide(cond, uncond, scale, rescale)
        g = self.damping(scale, tau)
        gap = cond - uncond
        low = filter_frames(gap, lambda f: low_pass(f, self.cutoff), self.cutoff)
        guided = uncond + (1 + (scale - 1) * (1 - g)) * gap + (scale - 1) * g * low
        return guided if rescale is None else rescale_spread(guided, cond, rescale)

    def pull(self, x0: Tensor, reference: Tensor, tau: float) -> Tensor:
        """x0, its low band drawn to that of reference (the cleaned lq's latent); (B, C, T, H, W) float32."""
        m = self.pull_strength(tau)
        if m == 0:
            return x0
        gap = reference - x0
        return x0 + filter_frames(gap, lambda f: _share(m * low_pass(f, self.cutoff)), self.cutoff)


def low_pass(frequency: Tensor, cutoff: float) -> Tensor:
    """Gaussian response 2**-(f / cutoff)**2 to radial frequencies in cycles per sample."""
    return torch.exp(-math.log(2) * (frequency / cutoff).square())


def filter_frames(x: Tensor, response: Callable[[Tensor], Tensor], cutoff: float) -> Tensor:
    """x, every frame filtered by response(radial frequency in cycles per sample), borders reflected.

    x: (..., H, W) float32. Time is not filtered: that would smear what moves. The border is 1 / cutoff wide,
    more than five standard deviations of the low-pass' kernel.
    """
    height, width = x.shape[-2:]
    border = math.ceil(1 / cutoff)
    top, left = min(border, height - 1), min(border, width - 1)
    flat = x.reshape(-1, 1, height, width)
    padded = F.pad(flat, (left, left, top, top), mode="reflect")
    down = torch.fft.fftfreq(padded.shape[-2], device=x.device)
    across = torch.fft.rfftfreq(padded.shape[-1], device=x.device)
    gain = response(torch.hypot(down[:, None], across[None, :]))
    filtered = torch.fft.irfft2(torch.fft.rfft2(padded) * gain, s=padded.shape[-2:])
    return filtered[..., top : top + height, left : left + width].reshape(x.shape)


def _share(strength: Tensor) -> Tensor:
    return strength / (1 + strength)
