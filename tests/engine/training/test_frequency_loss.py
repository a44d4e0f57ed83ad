"""The Dynamic Frequency loss pulls the band the paper means at the time it means, through the decoder."""

import math

import pytest
import torch
from torch import Tensor, nn

from engine.training.frequency_loss import (
    T_MAX,
    FrequencySettings,
    dynamic_frequency_loss,
    radial_low_pass,
    x0_from_v,
)

SETTINGS = FrequencySettings()


def waves(cycles_per_pixel: float) -> Tensor:
    """A clip (1, 3, 2, 32, 32) that holds one frequency."""
    x = torch.arange(32.0)
    wave = torch.sin(2 * math.pi * cycles_per_pixel * x)
    return wave.expand(1, 3, 2, 32, 32).clone()


def loss_of(predicted: Tensor, gt: Tensor, t: int, settings: FrequencySettings = SETTINGS) -> float:
    return float(dynamic_frequency_loss(predicted, gt, torch.tensor([t]), settings).total)


def test_the_ground_truth_itself_costs_nothing() -> None:
    assert loss_of(waves(0.1), waves(0.1), 300) == 0


def test_each_error_falls_into_its_band() -> None:
    gt, t = torch.zeros(1, 3, 2, 32, 32), torch.tensor([500])
    slow = dynamic_frequency_loss(waves(2 / 32), gt, t, SETTINGS)
    fast = dynamic_frequency_loss(waves(14 / 32), gt, t, SETTINGS)
    assert slow.high < 1e-3 * slow.low
    assert fast.low < 1e-3 * fast.high
    assert slow.low == pytest.approx(fast.high, rel=1e-3)  # the same energy, wherever it lies


def test_the_filter_is_radial_fixed_and_half_at_its_radius() -> None:
    psi = radial_low_pass(64, 64, SETTINGS)
    assert psi[0, 0] > 0.999
    assert psi[32, 32] < 0.001
    assert psi[0, 16] == pytest.approx(0.5)  # 16 cycles in 64 pixels: the cutoff
    assert psi[16, 0] == pytest.approx(0.5)
    assert torch.allclose(psi[:33, :33], psi[:33, :33].T, atol=1e-6)


@pytest.mark.parametrize("band", [2 / 32, 14 / 32])
def test_its_weight_follows_the_time(band: float) -> None:
    gt = torch.zeros(1, 3, 2, 32, 32)
    terms = dynamic_frequency_loss(waves(band), gt, torch.tensor([600]), SETTINGS)
    place = 600 / T_MAX
    wanted = (1 - place) * (place**2 * terms.low + (1 - place**2) * terms.high)
    assert float(terms.total) == pytest.approx(float(wanted), rel=1e-5)


def test_low_frequencies_are_pulled_at_strong_noise_and_high_ones_at_weak_noise() -> None:
    gt = torch.zeros(1, 3, 2, 32, 32)

    def pull(t: int) -> tuple[float, float]:
        """Slope of the loss along a slow and along a fast error."""
        slow, fast = waves(2 / 32), waves(14 / 32)
        clip = (0.1 * slow + 0.1 * fast).requires_grad_()
        dynamic_frequency_loss(clip, gt, torch.tensor([t]), SETTINGS).total.sum().backward()
        assert clip.grad is not None
        return float((clip.grad * slow).sum()), float((clip.grad * fast).sum())

    slow, fast = pull(950)
    assert slow > 5 * fast > 0
    slow, fast = pull(50)
    assert fast > 100 * slow > 0


def test_it_teaches_the_network_through_the_decoder() -> None:
    torch.manual_seed(0)
    decoder = nn.ConvTranspose2d(4, 3, 8, stride=8).requires_grad_(False)
    x_t, v = torch.randn(1, 4, 2, 4, 4), torch.randn(1, 4, 2, 4, 4, requires_grad=True)
    latent = x0_from_v(x_t, v, torch.tensor(0.8), torch.tensor(0.6))
    frames = decoder(latent.transpose(1, 2).flatten(0, 1))
    clip = frames.view(1, 2, 3, 32, 32).transpose(1, 2)
    dynamic_frequency_loss(clip, waves(0.1), torch.tensor([400]), SETTINGS).total.sum().backward()
    assert v.grad is not None
    assert v.grad.abs().min() > 0


def test_x0_from_v_inverts_the_definition_of_v() -> None:
    x0, noise, alpha, sigma = torch.randn(2, 3), torch.randn(2, 3), torch.tensor(0.6), torch.tensor(0.8)
    v = alpha * noise - sigma * x0
    assert torch.allclose(x0_from_v(alpha * x0 + sigma * noise, v, alpha, sigma), x0, atol=1e-6)


def test_beta_scales_it_and_the_last_time_has_none() -> None:
    gt = torch.zeros(1, 3, 2, 32, 32)
    one, half = (loss_of(waves(0.2), gt, 200, FrequencySettings(beta=b)) for b in (1.0, 0.5))
    assert half == pytest.approx(one / 2)
    assert loss_of(waves(0.2), gt, T_MAX) == 0


def test_the_size_of_a_frame_does_not_change_the_size_of_the_loss() -> None:
    torch.manual_seed(1)
    small, large = (torch.randn(1, 3, 2, side, side) for side in (32, 128))
    assert loss_of(small, 0 * small, 400) == pytest.approx(loss_of(large, 0 * large, 400), rel=0.05)


def test_every_clip_has_its_own_time() -> None:
    gt, clips = torch.zeros(2, 3, 2, 32, 32), waves(0.2).repeat(2, 1, 1, 1, 1)
    both = dynamic_frequency_loss(clips, gt, torch.tensor([100, 800]), SETTINGS).total
    assert [float(v) for v in both] == pytest.approx([loss_of(clips[:1], gt[:1], t) for t in (100, 800)])


@pytest.mark.parametrize("wrong", [{"beta": -1.0}, {"alpha": 0.0}, {"cutoff": 0.6}, {"softness": 0.0}])
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="out of its range"):
        FrequencySettings(**wrong)
