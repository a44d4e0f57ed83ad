import pytest
import torch

from engine.training.config import DetailConfig
from engine.training.losses import (
    charbonnier,
    detail_loss,
    fidelity_loss,
    fine_luma,
    grain_loss,
    sharpened,
    temporal_difference,
)


def test_charbonnier_of_a_constant_difference_is_about_that_difference() -> None:
    assert charbonnier(torch.full((2, 3), 0.5), torch.full((2, 3), 0.2)) == pytest.approx(0.3, abs=1e-4)


def test_a_steady_error_does_not_flicker() -> None:
    gt = torch.rand(1, 3, 3, 4, 4)
    assert temporal_difference(gt + 0.3, gt) == pytest.approx(1e-3, abs=1e-5)
    flickering = gt + torch.tensor([0.1, -0.1, 0.1]).view(1, 3, 1, 1, 1)
    assert temporal_difference(flickering, gt) == pytest.approx(0.2, abs=1e-3)


def test_the_fidelity_loss_adds_flicker_by_its_weight() -> None:
    gt = torch.rand(1, 2, 3, 4, 4)
    output = gt + torch.tensor([0.1, -0.1]).view(1, 2, 1, 1, 1)
    assert fidelity_loss(output, gt, 0.0) == pytest.approx(0.1, abs=1e-3)
    assert fidelity_loss(output, gt, 0.5) == pytest.approx(0.2, abs=1e-3)


def test_sharpening_leaves_flat_pictures_and_means_alone() -> None:
    flat = torch.full((1, 1, 3, 16, 16), 0.3)
    assert torch.allclose(sharpened(flat, torch.tensor([1.0])), flat, atol=1e-6)


def test_sharpening_an_impulse_subtracts_the_gaussian() -> None:
    """At the peak: 1 + amount * (1 - g(0)^2) with g the normalised taps of sigma 1.5 within 4 pixels."""
    picture = torch.zeros(1, 1, 3, 17, 17)
    picture[..., 8, 8] = 1
    taps = torch.exp(-0.5 * (torch.arange(-4, 5) / 1.5) ** 2)
    centre = float(1 / taps.sum())
    assert sharpened(picture, torch.tensor([0.5]))[0, 0, 0, 8, 8] == pytest.approx(1 + 0.5 * (1 - centre**2))


def test_every_clip_is_sharpened_by_its_own_amount() -> None:
    clips = torch.rand(1, 2, 3, 12, 12).repeat(2, 1, 1, 1, 1)
    both = sharpened(clips, torch.tensor([0.0, 1.0]))
    assert torch.allclose(both[0], clips[0])
    assert (both[1] - clips[1]).abs().max() > 0.05


def test_the_detail_aims_at_the_sharpened_ground_truth() -> None:
    gt, settings = torch.rand(2, 2, 3, 12, 12), DetailConfig(amount=0.8)
    target = sharpened(gt, torch.tensor([0.8, 0.8]))
    assert detail_loss(target, gt, settings) < detail_loss(gt, gt, settings)


def test_grain_that_fills_the_missing_energy_costs_least() -> None:
    torch.manual_seed(0)
    gt = 0.5 + 0.03 * torch.randn(2, 3, 64, 64)
    smooth = torch.full_like(gt, 0.5)
    right = float(fine_luma(gt, 4).std()) / 255
    losses = [
        float(grain_loss(smooth, torch.full((2, 1, 64, 64), k * right), gt, 4)) for k in (0.5, 1.0, 2.0)
    ]
    assert losses[1] < min(losses[0], losses[2])


def test_grain_is_not_needed_where_the_detail_is_there() -> None:
    torch.manual_seed(0)
    gt = 0.5 + 0.03 * torch.randn(2, 3, 64, 64)
    losses = [float(grain_loss(gt, torch.full((2, 1, 64, 64), s), gt, 4)) for s in (0.0, 0.02)]
    assert losses[0] < losses[1]


def test_fine_luma_passes_what_lies_above_the_nyquist_frequency_only() -> None:
    row = torch.arange(96) / 96
    coarse, fine = (0.5 + 0.2 * torch.sin(2 * torch.pi * cycles * row) for cycles in (6, 24))
    kept = [fine_luma(wave.expand(1, 3, 96, 96), 4)[..., 24:-24, 24:-24].std() for wave in (coarse, fine)]
    assert float(kept[0]) < 2
    assert float(kept[1]) == pytest.approx(255 * 0.2 / 2**0.5, rel=0.1)
