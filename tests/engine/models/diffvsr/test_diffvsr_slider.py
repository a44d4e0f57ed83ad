"""The slider through DiffVSR's sampler: guidance by bands and the pull; a solver without noise has no heat."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from engine.models.diffvsr.sampler import SampleSettings, sample_window
from engine.models.diffvsr.sampling import LATENT_BETAS
from engine.models.diffvsr.stream import Networks
from engine.sampling.beta import Slider, filter_frames, low_pass
from engine.sampling.noise import clip_noise
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
QUICK = SampleSettings(steps=3)


def window(networks: Networks, slider: Slider, cleaned: Tensor | None) -> Tensor:
    noise, lq = clip_noise(1, "start", 0, 0, 4, (4, 8, 8)), clip_noise(1, "lq", 0, 0, 4, (3, 8, 8))
    settings = replace(QUICK, slider=slider)
    return sample_window(networks.unet, noise, lq, networks.texts, settings, cleaned=cleaned)


def test_beta_one_is_the_published_sampler_bit_for_bit(networks: Networks):
    cleaned = clip_noise(1, "cleaned", 0, 0, 4, (4, 8, 8))

    assert torch.equal(window(networks, Slider(beta=1.0), cleaned), window(networks, Slider(), None))


def test_both_ends_of_the_slider_change_the_film_and_keep_it_finite(networks: Networks):
    cleaned = clip_noise(1, "cleaned", 0, 0, 4, (4, 8, 8))
    published = window(networks, Slider(), None)

    for beta in (0.0, 2.0):
        found = window(networks, Slider(beta=beta), cleaned)
        assert bool(found.isfinite().all())
        assert not torch.allclose(found, published, atol=1e-3)


def test_the_pull_comes_nearer_to_the_cleaned_film_in_the_low_band(networks: Networks):
    cleaned = clip_noise(1, "cleaned", 0, 0, 4, (4, 8, 8)) + 3
    settings = Slider(beta=2.0, cutoff=0.25)

    def off(found: Tensor) -> float:
        return float(filter_frames(found - cleaned, lambda f: low_pass(f, 0.25), 0.25).square().mean())

    assert off(window(networks, settings, cleaned)) < off(window(networks, Slider(), None))


def test_above_one_a_cleaned_film_is_needed(networks: Networks):
    with pytest.raises(ValueError, match=r"beta is 1\.5"):
        window(networks, Slider(beta=1.5), None)


def restore(beta: float, seed: int) -> tuple[Tensor, Tensor]:
    """A film with a known answer and what the sampler makes of its lq, guided as published."""
    film, lq = film_and_lq(seed)
    schedule = LATENT_BETAS.schedule()
    knows, guesses = Posterior(LQ_NOISE, schedule), Posterior(0.3, schedule)

    def network(x: Tensor, t: Tensor, y: Tensor, text: Tensor, _level: Tensor) -> Tensor:
        return (knows if text.item() > 0 else guesses).velocity(x, int(t), y)

    restored = sample_window(
        network,
        clip_noise(seed, "start", 0, 0, SHAPE[0], (1, *SHAPE[1:])),
        lq,
        (torch.tensor(1.0), torch.tensor(-1.0)),
        SampleSettings(steps=20, slider=Slider(beta=beta, cutoff=CUTOFF)),
        cleaned=filtered(lq, knows.wiener),
    )
    return film, restored


def curve(measure) -> list[float]:
    values = [sum(measure(*restore(beta, seed)) for seed in SEEDS) / len(SEEDS) for beta in GRID]
    print(f"{measure.__name__} at beta {GRID}: {', '.join(f'{v:.4f}' for v in values)}")  # noqa: T201
    return values


def test_fidelity_rises_with_beta():
    """Less than with a solver that draws noise: 0.23 dB from end to end, where STAR's sampler moves by 0.83."""
    values = curve(psnr)

    assert all(b - a > 0.02 for a, b in pairwise(values))
    assert values[-1] - values[0] > 0.2


@pytest.mark.parametrize("measure", [flicker, detail])
def test_flicker_and_detail_fall_with_beta(measure):
    values = curve(measure)

    assert values == sorted(values, reverse=True)
    assert values[0] > 1.02 * values[-1]
