"""Noise goes along the motion, what moves otherwise stays out of it, at any size."""

import math

import pytest
import torch
from torch import Tensor

from engine.models.compact.temporal_filter import MOST, aligned, filtered, flow


def scene(height: int, width: int, dx: float, dy: float, phase: float = 0.0) -> Tensor:
    """A smooth texture moved by (dx, dy) pixels: (3, h, w) in [0, 1]."""
    y, x = torch.meshgrid(torch.arange(float(height)) - dy, torch.arange(float(width)) - dx, indexing="ij")
    waves = [
        torch.sin(2 * math.pi * (x * math.cos(angle) + y * math.sin(angle)) / length + phase + angle)
        for angle, length in ((0.3, 17.0), (1.4, 13.0), (2.2, 29.0), (2.9, 41.0))
    ]
    return (0.5 + 0.1 * torch.stack(waves).sum(0)).expand(3, height, width)


@pytest.mark.parametrize("motion", [(0.0, 0.0), (1.3, -0.6), (5.0, 3.0), (-9.0, 2.5)])
def test_the_flow_of_a_moved_picture_is_its_motion(motion: tuple[float, float]) -> None:
    frames = torch.stack([scene(72, 96, 0, 0), scene(72, 96, *motion)])
    found = flow(frames[:1], frames[1:])[0, :, 16:-16, 16:-16]
    error = (found - torch.tensor(motion).view(2, 1, 1)).abs()
    assert error.median() < 0.1


def test_noise_goes_down_when_aligned_frames_are_averaged_and_up_when_they_are_not() -> None:
    torch.manual_seed(1)
    clean = torch.stack([scene(72, 96, 2.0 * at, 1.0 * at) for at in range(-2, 3)])
    noisy = (clean + torch.randn_like(clean) * 6 / 255).clamp(0, 1)

    def error(frames: Tensor) -> float:
        return float((frames.mean(0) - clean[2])[:, 16:-16, 16:-16].square().mean().sqrt() * 255)

    assert error(aligned(noisy, 2)) < 0.65 * error(noisy[2:3])
    assert error(noisy) > error(noisy[2:3])


def test_a_frame_of_something_else_is_replaced_by_the_middle_one() -> None:
    frames = torch.stack([scene(48, 64, 0, 0), 1 - scene(48, 64, 3, 0, phase=2.0).flip(-1)])
    kept = aligned(frames, 0)
    assert torch.equal(kept[0], frames[0])
    assert (kept[1] - frames[0]).abs().mean() < 0.3 * (frames[1] - frames[0]).abs().mean()


@pytest.mark.parametrize("size", [(1, 1), (2, 7), (3, 500), (12, 12), (23, 24), (49, 31), (16, 400)])
def test_any_size_is_aligned(size: tuple[int, int]) -> None:
    torch.manual_seed(2)
    frames = torch.rand(5, 3, *size)
    result = aligned(frames, 2)
    assert result.shape == frames.shape
    assert torch.equal(result[2], frames[2])
    assert bool(torch.isfinite(result).all())
    assert torch.equal(result, result.clamp(0, 1))


def test_equal_frames_stay_equal() -> None:
    frames = scene(40, 40, 0, 0).expand(5, 3, 40, 40)
    assert torch.allclose(aligned(frames, 2), frames, atol=1e-6)


def test_a_clean_source_passes_untouched() -> None:
    frames = torch.rand(5, 3, 20, 24)
    assert torch.equal(filtered(frames, 2, 0.0), frames[2])


def test_the_share_of_the_mean_grows_with_the_condition() -> None:
    torch.manual_seed(3)
    clean = torch.stack([scene(48, 64, 1.5 * at, 0) for at in range(-2, 3)])
    noisy = (clean + torch.randn_like(clean) * 5 / 255).clamp(0, 1)
    mean = aligned(noisy[1:4], 1).mean(0)
    assert torch.allclose(filtered(noisy, 2, 0.5), noisy[2] + 0.5 * MOST * (mean - noisy[2]), atol=1e-6)
    errors = [float((filtered(noisy, 2, c) - clean[2]).square().mean()) for c in (0.0, 0.5, 1.0)]
    assert errors[0] > errors[1] > errors[2]
