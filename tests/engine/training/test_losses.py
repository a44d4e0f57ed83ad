import pytest
import torch

from engine.training.losses import (
    amplitude_difference,
    charbonnier,
    pooled_charbonnier,
    temporal_difference,
)


def test_charbonnier_of_a_constant_difference_is_about_that_difference() -> None:
    assert charbonnier(torch.full((2, 3), 0.5), torch.full((2, 3), 0.2)) == pytest.approx(0.3, abs=1e-4)


def test_pooling_forgives_what_averages_out() -> None:
    gt = torch.full((1, 3, 8, 8), 0.5)
    checker = (torch.arange(64).view(8, 8) + torch.arange(8)[:, None]) % 2 * 0.2 - 0.1
    assert pooled_charbonnier(gt + checker, gt, 4) == pytest.approx(1e-3, abs=1e-5)
    assert charbonnier(gt + checker, gt) > 0.09


def test_a_steady_error_does_not_flicker() -> None:
    gt = torch.rand(1, 3, 3, 4, 4)
    assert temporal_difference(gt + 0.3, gt) == pytest.approx(1e-3, abs=1e-5)
    flickering = gt + torch.tensor([0.1, -0.1, 0.1]).view(1, 3, 1, 1, 1)
    assert temporal_difference(flickering, gt) == pytest.approx(0.2, abs=1e-3)


def test_amplitudes_do_not_depend_on_phase_but_on_strength() -> None:
    x = torch.arange(64) * torch.pi / 2
    wave = [0.5 + 0.2 * torch.sin(x + phase).expand(1, 3, 64, 64) for phase in (0.0, 1.0)]
    weak = 0.5 + 0.05 * torch.sin(x).expand(1, 3, 64, 64)
    assert amplitude_difference(wave[0], wave[1]) < 0.2 * amplitude_difference(wave[0], weak)
    assert amplitude_difference(wave[0], wave[0]) == 0
