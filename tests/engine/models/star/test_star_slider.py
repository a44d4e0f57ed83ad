"""The slider on a film with a known answer (gaussian_film.py), through STAR's sampler."""

from itertools import pairwise

import pytest
import torch
from torch import Tensor

from engine.models.star.sampler import SampleSettings, sample_latent
from engine.sampling.beta import Slider
from engine.sampling.noise import clip_noise
from engine.sampling.schedule import interpolated_cosine
from tests.engine.models.gaussian_film import (
    CUTOFF,
    LQ_NOISE,
    SHAPE,
    Posterior,
    detail,
    film_and_lq,
    filtered,
    flicker,
    psnr,
)

GRID = (0.0, 0.5, 1.0, 1.5, 2.0)
SEEDS = range(4)


def restore(beta: float, seed: int, scale: float) -> tuple[Tensor, Tensor]:
    """A film and what the sampler makes of its lq."""
    film, lq = film_and_lq(seed)
    schedule = interpolated_cosine()
    knows, guesses = Posterior(LQ_NOISE, schedule), Posterior(0.3, schedule)

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
