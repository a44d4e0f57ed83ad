import pytest
import torch

from engine.sampling.beta import GUIDANCE_CEILING, Slider, filter_frames, low_pass
from engine.sampling.guidance import guide

CLIPS = torch.randn(2, 1, 4, 3, 18, 24, generator=torch.Generator().manual_seed(7))
GRID = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
TAUS = (0.05, 0.3, 0.6, 0.9)


def band_energy(x: torch.Tensor, cutoff: float, high: bool) -> float:
    low = filter_frames(x, lambda f: low_pass(f, cutoff), cutoff)
    return float(((x - low) if high else low).square().mean())


def test_one_is_guidance_bit_for_bit():
    guided = Slider(beta=1.0).guide(CLIPS[0], CLIPS[1], 7.5, 0.2, 0.3)
    assert torch.equal(guided, guide(CLIPS[0], CLIPS[1], 7.5, 0.2))


def test_one_neither_pulls_nor_cools():
    slider, x0 = Slider(beta=1.0), CLIPS[0]
    assert slider.pull(x0, CLIPS[1], 0.5) is x0
    assert slider.temperature(0.5) == 1.0


@pytest.mark.parametrize("tau", TAUS)
def test_noise_cools_as_beta_grows(tau: float):
    factors = [Slider(beta=beta).temperature(tau) for beta in GRID]
    assert factors == sorted(factors, reverse=True)
    assert 0.65 <= factors[-1] < 1 < factors[0] <= 1.1


@pytest.mark.parametrize("tau", TAUS)
def test_high_frequencies_are_guided_less_as_beta_grows(tau: float):
    energies = [
        band_energy(Slider(beta=beta).guide(CLIPS[0], CLIPS[1], 7.5, None, tau), 0.125, high=True)
        for beta in GRID
    ]
    assert energies == sorted(energies, reverse=True)


@pytest.mark.parametrize("tau", TAUS)
def test_guidance_stays_below_its_ceiling(tau: float):
    for scale in (1.5, 4.0, 7.5):
        highest = 1 + (scale - 1) * (1 - Slider(beta=0.0).damping(scale, tau))
        assert highest <= GUIDANCE_CEILING * scale + 1e-9


def test_the_low_band_of_guidance_stays():
    flat_cond, flat_uncond = torch.full((1, 1, 1, 16, 16), 2.0), torch.full((1, 1, 1, 16, 16), 1.0)
    guided = Slider(beta=2.0).guide(flat_cond, flat_uncond, 7.5, None, 0.1)
    assert torch.allclose(guided, torch.full_like(guided, 8.5), atol=1e-5)


def test_the_pull_comes_nearer_to_the_reference_as_beta_grows():
    gaps = [(Slider(beta=b).pull(CLIPS[0], CLIPS[1], 0.6) - CLIPS[1]).square().mean().item() for b in GRID]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[0] == gaps[4] > gaps[-1]


def test_the_pull_leaves_high_frequencies_alone():
    checker = (-1.0) ** (torch.arange(16)[:, None] + torch.arange(16)).expand(1, 1, 1, 16, 16)
    pulled = Slider(beta=2.0).pull(torch.zeros_like(checker), checker, 0.6)
    assert pulled.abs().max() < 1e-3


def test_filtering_does_not_mix_frames():
    clip = torch.zeros(1, 1, 3, 16, 16)
    clip[:, :, 1] = 1
    filtered = filter_frames(clip, lambda f: low_pass(f, 0.1), 0.1)
    assert torch.allclose(filtered, clip, atol=1e-5)


def test_the_low_pass_halves_at_its_cutoff():
    assert low_pass(torch.tensor([0.0, 0.2]), 0.2).tolist() == pytest.approx([1.0, 0.5])


def test_settings_out_of_range_are_refused():
    with pytest.raises(ValueError, match=r"beta is 2\.1"):
        Slider(beta=2.1)
