"""The slider on a problem with a known answer: a Gaussian film, blurred and noisy, and its true posterior.

Everything is diagonal in frequency, so the exact x0 prediction at any noise level is a filter. The numbers
show signs and monotony of each knob, not what they do to published weights.
"""

import math
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from engine.models.star.sampler import SampleSettings, sample_latent
from engine.sampling.beta import Slider, filter_frames, low_pass
from engine.sampling.noise import clip_noise
from engine.sampling.schedule import interpolated_cosine

SHAPE = (8, 16, 16)
GRID = (0.0, 0.5, 1.0, 1.5, 2.0)
CUTOFF = 0.125
LQ_NOISE = 0.1
SEEDS = range(4)


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


class Posterior:
    """The exact velocity network of x0 given y = blur * x0 + noise."""

    def __init__(self, noise: float) -> None:
        power, b = spectrum(), blur()
        self.wiener = power * b / (power * b**2 + noise**2)
        self.variance = power * noise**2 / (power * b**2 + noise**2)
        self.schedule = interpolated_cosine()

    def x0(self, x: Tensor, t: int, y: Tensor) -> Tensor:
        alpha, sigma = float(self.schedule.alphas[t]), float(self.schedule.sigmas[t])
        k2 = (sigma / alpha) ** 2
        share = self.variance / (self.variance + k2)
        return filtered(x / alpha, share) + filtered(filtered(y, self.wiener), 1 - share)

    def velocity(self, x: Tensor, t: int, y: Tensor) -> Tensor:
        alpha, sigma = float(self.schedule.alphas[t]), float(self.schedule.sigmas[t])
        return (alpha * x - self.x0(x, t, y)) / sigma


def restore(beta: float, seed: int, scale: float) -> tuple[Tensor, Tensor]:
    """A film and what the sampler makes of its lq."""
    film = filtered(clip_noise(seed, "film", 0, 0, SHAPE[0], (1, *SHAPE[1:])), spectrum().sqrt())
    lq = filtered(film, blur()) + LQ_NOISE * clip_noise(seed, "lq", 0, 0, SHAPE[0], (1, *SHAPE[1:]))
    knows, guesses = Posterior(LQ_NOISE), Posterior(0.3)

    def network(x: Tensor, t: Tensor, text: Tensor, y: Tensor) -> Tensor:
        return (knows if text.item() > 0 else guesses).velocity(x, int(t), y)

    restored = sample_latent(
        network,
        lq,
        (torch.tensor(1.0), torch.tensor(-1.0)),
        lambda purpose, step: clip_noise(seed, purpose, step, 0, SHAPE[0], (1, *SHAPE[1:])),
        SampleSettings(guidance_scale=scale, slider=Slider(beta=beta, cutoff=CUTOFF)),
        cleaned=filtered(lq, knows.wiener),
    )
    return film, restored


def psnr(film: Tensor, restored: Tensor) -> float:
    """In dB, for a signal range of four standard deviations."""
    return 10 * math.log10(16 / float((film - restored).square().mean()))


def flicker(film: Tensor, restored: Tensor) -> float:
    return float((film - restored).diff(dim=2).square().mean().sqrt())


def detail(film: Tensor, restored: Tensor) -> float:
    high = restored - filter_frames(restored, lambda f: low_pass(f, CUTOFF), CUTOFF)
    return float(high.square().mean())


def curve(measure, scale: float) -> list[float]:
    return [sum(measure(*restore(beta, seed, scale)) for seed in SEEDS) / len(SEEDS) for beta in GRID]


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_fidelity_rises_with_beta(scale: float):
    values = curve(psnr, scale)
    assert all(b - a > 0.02 for a, b in pairwise(values))
    assert values[-1] - values[0] > 0.3


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_flicker_falls_with_beta(scale: float):
    values = curve(flicker, scale)
    assert values == sorted(values, reverse=True)


def test_detail_falls_with_beta():
    values = curve(detail, 1.5)
    assert values == sorted(values, reverse=True)
    assert values[0] / values[-1] > 1.1


def test_below_one_high_frequencies_stay_within_bounds():
    values = curve(detail, 1.5)
    assert all(0.7 < value / values[2] < 1.5 for value in values)
