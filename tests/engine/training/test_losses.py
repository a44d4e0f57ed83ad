import numpy as np
import pytest
import torch
from torch import Tensor

from engine.metrics.flow import Flow
from engine.metrics.temporal import flicker_residuals
from engine.training.config import DetailConfig
from engine.training.losses import (
    ExactMotion,
    charbonnier,
    detail_loss,
    fidelity_loss,
    fine_luma,
    grain_loss,
    sharpened,
    temporal_difference,
    temporal_difference_along,
)

FLOOR = 1e-3  # Charbonnier's epsilon
EVERYWHERE = torch.ones(1, 2, 1, 24, 32, dtype=torch.bool)


def drift() -> tuple[Tensor, Tensor]:
    """Three frames that move by (3, -2) pixels each, (1, 3, 3, 24, 32), and their flow, (1, 2, 2, 24, 32)."""
    torch.manual_seed(0)
    wall = torch.rand(3, 40, 48)
    frames = [wall[:, 4 + 2 * t : 28 + 2 * t, 8 - 3 * t : 40 - 3 * t] for t in range(3)]
    return torch.stack(frames)[None], torch.tensor([3.0, -2.0]).view(1, 1, 2, 1, 1).expand(1, 2, 2, 24, 32)


def test_charbonnier_of_a_constant_difference_is_about_that_difference() -> None:
    assert charbonnier(torch.full((2, 3), 0.5), torch.full((2, 3), 0.2)) == pytest.approx(0.3, abs=1e-4)


def test_a_steady_error_does_not_flicker() -> None:
    gt = torch.rand(1, 3, 3, 4, 4)
    assert temporal_difference(gt + 0.3, gt) == pytest.approx(1e-3, abs=1e-5)
    flickering = gt + torch.tensor([0.1, -0.1, 0.1]).view(1, 3, 1, 1, 1)
    assert temporal_difference(flickering, gt) == pytest.approx(0.2, abs=1e-3)


def test_a_perfect_output_costs_the_floor_along_the_motion() -> None:
    gt, flow = drift()
    assert temporal_difference_along(gt, gt, flow, EVERYWHERE) == pytest.approx(FLOOR, abs=1e-7)


def test_flicker_costs_along_the_motion() -> None:
    gt, flow = drift()
    flickering = gt + torch.tensor([0.1, -0.1, 0.1]).view(1, 3, 1, 1, 1)
    assert temporal_difference_along(flickering, gt, flow, EVERYWHERE) == pytest.approx(0.2, abs=1e-4)


def test_an_error_that_moves_with_the_picture_is_no_flicker() -> None:
    """Half the contrast, say: blind to motion the loss takes it for flicker."""
    gt, flow = drift()
    assert temporal_difference_along(0.5 * gt, gt, flow, EVERYWHERE) == pytest.approx(FLOOR, abs=1e-6)
    assert temporal_difference(0.5 * gt, gt) > 0.1


def test_an_error_that_stays_behind_when_the_picture_moves_is_flicker() -> None:
    gt, flow = drift()
    dirty = gt + 0.2 * torch.rand(24, 32)
    assert temporal_difference(dirty, gt) == pytest.approx(FLOOR, abs=1e-5)
    assert temporal_difference_along(dirty, gt, flow, EVERYWHERE) > 0.05


def test_hidden_pixels_do_not_count() -> None:
    gt, flow = drift()
    wrong, visible = gt.clone(), EVERYWHERE.clone()
    wrong[:, 0, :, 8:16, 8:16] = 5
    visible[:, 0, :, 8:16, 8:16] = False
    assert temporal_difference_along(wrong, gt, flow, visible) == pytest.approx(FLOOR, abs=1e-7)
    assert temporal_difference_along(wrong, gt, flow, EVERYWHERE) > 0.1


def test_pixels_that_leave_the_crop_do_not_count() -> None:
    """The crop's last three columns and first two rows go; the next frame does not show them."""
    gt, flow = drift()
    wrong = gt.clone()
    wrong[:, 0, :, :, -3:] = 5
    wrong[:, 0, :, :2] = 5
    assert temporal_difference_along(wrong, gt, flow, EVERYWHERE) == pytest.approx(FLOOR, abs=1e-7)


def test_a_cut_costs_nothing_and_teaches_nothing() -> None:
    gt, flow = drift()
    output = (gt + 0.3 * torch.rand_like(gt)).requires_grad_()
    loss = temporal_difference_along(output, gt, flow, torch.zeros_like(EVERYWHERE))
    loss.backward()
    assert loss == 0
    assert output.grad is not None
    assert not output.grad.any()


def test_both_frames_of_a_pair_learn_from_their_flicker() -> None:
    """The gradient is that of finite differences, at a flow between pixels."""
    torch.manual_seed(1)
    gt, output = torch.rand(2, 1, 2, 3, 5, 6, dtype=torch.float64)
    flow = torch.tensor([0.3, -0.6], dtype=torch.float64).view(1, 1, 2, 1, 1).expand(1, 1, 2, 5, 6)
    visible = torch.rand(1, 1, 1, 5, 6) < 0.8
    output.requires_grad_()
    assert torch.autograd.gradcheck(lambda o: temporal_difference_along(o, gt, flow, visible), output)


def test_the_loss_is_the_flicker_residual_of_the_metrics() -> None:
    """Up to epsilon, which is small against residuals of random pictures, and the steps of 1/32 pixel of cv2."""
    rng = np.random.default_rng(0)
    restored, gt = rng.integers(0, 256, (2, 2, 24, 32, 3), np.uint8)
    flow = rng.integers(-64, 65, (24, 32, 2)).astype(np.float32) / 16
    places = np.stack(np.meshgrid(np.arange(32), np.arange(24)), -1) + flow
    valid = (rng.random((24, 32)) < 0.7) & ((places >= 0) & (places <= (31, 23))).all(-1)
    wanted = flicker_residuals(restored, gt, [Flow(forward=flow, valid=valid)])[0]
    clips = (torch.from_numpy(clip).movedim(-1, 1)[None] / 255 for clip in (restored, gt))
    field, seen = torch.from_numpy(flow).movedim(-1, 0)[None, None], torch.from_numpy(valid)[None, None, None]
    assert 255 * temporal_difference_along(*clips, field, seen) == pytest.approx(wanted, rel=1e-3)


def test_both_losses_follow_the_motion_where_it_is_known() -> None:
    gt, flow = drift()
    motion = ExactMotion(flow=flow, visible=EVERYWHERE, backwards=torch.tensor([False]))
    plain, settings = charbonnier(0.5 * gt, gt), DetailConfig(amount=0, temporal=1)
    assert fidelity_loss(0.5 * gt, gt, 1.0, motion) == pytest.approx(float(plain) + FLOOR, abs=1e-5)
    assert detail_loss(0.5 * gt, gt, settings, motion) == pytest.approx(float(plain) + FLOOR, abs=1e-5)
    assert min(fidelity_loss(0.5 * gt, gt, 1.0), detail_loss(0.5 * gt, gt, settings)) > plain + 0.1


def test_a_clip_that_runs_backwards_costs_what_it_costs_forwards() -> None:
    gt, flow = drift()
    output = gt + 0.2 * torch.rand_like(gt)
    settings = DetailConfig(amount=0.8)

    def costs(backwards: bool, *clips: Tensor) -> list[float]:
        motion = ExactMotion(flow=flow, visible=EVERYWHERE, backwards=torch.tensor([backwards]))
        return [float(fidelity_loss(*clips, 1.0, motion)), float(detail_loss(*clips, settings, motion))]

    reversed_costs = costs(True, output.flip(1), gt.flip(1))
    assert reversed_costs == pytest.approx(costs(False, output, gt), rel=1e-5)
    assert reversed_costs != pytest.approx(costs(False, output.flip(1), gt.flip(1)), rel=1e-3)


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
