"""What a restored picture is punished for."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.training.config import DetailConfig

CHARBONNIER_EPSILON = 1e-3
AMPLITUDE_WINDOW = 16
AMPLITUDE_FLOOR = 2e-3  # half a grey level per bin: below it the comparison would only see rounding


def fidelity_loss(fidelity: Tensor, gt: Tensor, temporal: float) -> Tensor:
    """Charbonnier, plus the temporal difference where it has weight; (B, n, 3, H, W) float in [0, 1]."""
    loss = charbonnier(fidelity, gt)
    return loss + temporal * temporal_difference(fidelity, gt) if temporal else loss


def detail_loss(detailed: Tensor, gt: Tensor, weights: DetailConfig, scale: int) -> Tensor:
    """What fidelity + detail is punished for: (B, n, 3, H, W) float in [0, 1] to a scalar."""
    flat, flat_gt = detailed.flatten(0, 1), gt.flatten(0, 1)
    return (
        weights.pixel * charbonnier(flat, flat_gt)
        + weights.pooled * pooled_charbonnier(flat, flat_gt, scale)
        + weights.amplitude * amplitude_difference(flat, flat_gt)
        + weights.temporal * temporal_difference(detailed, gt)
    )


def charbonnier(output: Tensor, gt: Tensor) -> Tensor:
    """Mean sqrt(d**2 + eps**2) (Charbonnier et al. 1994): a scalar. Both float in [0, 1], the same shape."""
    return ((output - gt) ** 2 + CHARBONNIER_EPSILON**2).sqrt().mean()


def pooled_charbonnier(output: Tensor, gt: Tensor, scale: int) -> Tensor:
    """Charbonnier after area-averaging by scale: what the lq could see must stay. (N, 3, H, W) float."""
    return charbonnier(F.avg_pool2d(output, scale), F.avg_pool2d(gt, scale))


def temporal_difference(output: Tensor, gt: Tensor) -> Tensor:
    """Charbonnier between the frame-to-frame changes of both: flicker costs, motion does not.

    output, gt: (B, n, 3, H, W) float in [0, 1], n >= 2 consecutive frames.
    """
    return charbonnier(output[:, 1:] - output[:, :-1], gt[:, 1:] - gt[:, :-1])


def amplitude_difference(output: Tensor, gt: Tensor) -> Tensor:
    """Frequency-weighted mean |amplitude difference| of 16x16 Hann windows, a scalar.

    Phase is free, so detail of the right strength counts even where its place cannot be known. Amplitudes are
    compared as they are: their logarithm spends the head on faint bins that nobody sees. The weight rises
    linearly with radial frequency. output, gt: (N, 3, H, W) float in [0, 1].
    """
    frequency = torch.hypot(
        torch.fft.fftfreq(AMPLITUDE_WINDOW)[:, None], torch.fft.rfftfreq(AMPLITUDE_WINDOW)[None]
    ).to(output.device)
    difference = (_amplitudes(output) - _amplitudes(gt)).abs()
    return (difference * frequency).mean() / frequency.mean()


def _amplitudes(picture: Tensor) -> Tensor:
    """Luma windows at half overlap to amplitudes: (N, 3, H, W) to (N, windows, 16, 9) float32."""
    luma = (picture.float() * picture.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1)
    step = AMPLITUDE_WINDOW // 2
    windows = luma.unfold(1, AMPLITUDE_WINDOW, step).unfold(2, AMPLITUDE_WINDOW, step)
    hann = torch.hann_window(AMPLITUDE_WINDOW, periodic=False, device=picture.device)
    windows = (windows - windows.mean((-2, -1), keepdim=True)) * hann[:, None] * hann[None]
    power = torch.fft.rfft2(windows, norm="ortho").abs().pow(2)
    return (power + AMPLITUDE_FLOOR**2).sqrt().flatten(1, 2)
