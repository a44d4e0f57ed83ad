"""A problem with a known answer: a Gaussian film, blurred and noisy, and its true posterior.

Everything is diagonal in frequency, so the exact x0 prediction at any noise level is a filter. What is measured
on it shows signs and monotony of a sampler's knobs, not what they do to published weights.
"""

import math

import torch
from torch import Tensor

from engine.sampling.beta import filter_frames, low_pass
from engine.sampling.noise import clip_noise
from engine.sampling.schedule import Schedule

SHAPE = (8, 16, 16)
CUTOFF = 0.125
LQ_NOISE = 0.1


def frequencies() -> tuple[Tensor, Tensor]:
    """Temporal and radial spatial frequency of every FFT bin."""
    t, y, x = torch.meshgrid(*(torch.fft.fftfreq(n) for n in SHAPE), indexing="ij")
    return t.abs(), torch.hypot(y, x)


def spectrum() -> Tensor:
    """Power of the film: falling in space, and faster in time, with unit variance over all."""
    t, s = frequencies()
    power = 1 / ((0.05 + s) ** 2.5 * (0.1 + t) ** 2)
    return power / power.mean()


def blur() -> Tensor:
    return low_pass(frequencies()[1], CUTOFF)


def filtered(x: Tensor, gain: Tensor) -> Tensor:
    return torch.fft.ifftn(torch.fft.fftn(x, dim=(-3, -2, -1)) * gain, dim=(-3, -2, -1)).real


def film_and_lq(seed: int) -> tuple[Tensor, Tensor]:
    """(1, 1, *SHAPE) each."""
    film = filtered(clip_noise(seed, "film", 0, 0, SHAPE[0], (1, *SHAPE[1:])), spectrum().sqrt())
    lq = filtered(film, blur()) + LQ_NOISE * clip_noise(seed, "lq", 0, 0, SHAPE[0], (1, *SHAPE[1:]))
    return film, lq


class Posterior:
    """The exact velocity network of x0 given y = blur * x0 + noise."""

    def __init__(self, noise: float, schedule: Schedule) -> None:
        power, b = spectrum(), blur()
        self.wiener = power * b / (power * b**2 + noise**2)
        self.variance = power * noise**2 / (power * b**2 + noise**2)
        self.schedule = schedule

    def x0(self, x: Tensor, t: int, y: Tensor) -> Tensor:
        alpha, sigma = float(self.schedule.alphas[t]), float(self.schedule.sigmas[t])
        k2 = (sigma / alpha) ** 2
        share = self.variance / (self.variance + k2)
        return filtered(x / alpha, share) + filtered(filtered(y, self.wiener), 1 - share)

    def velocity(self, x: Tensor, t: int, y: Tensor) -> Tensor:
        alpha, sigma = float(self.schedule.alphas[t]), float(self.schedule.sigmas[t])
        return (alpha * x - self.x0(x, t, y)) / sigma


def psnr(film: Tensor, restored: Tensor) -> float:
    """In dB, for a signal range of four standard deviations."""
    return 10 * math.log10(16 / float((film - restored).square().mean()))


def flicker(film: Tensor, restored: Tensor) -> float:
    return float((film - restored).diff(dim=2).square().mean().sqrt())


def detail(film: Tensor, restored: Tensor) -> float:
    high = restored - filter_frames(restored, lambda f: low_pass(f, CUTOFF), CUTOFF)
    return float(high.square().mean())
