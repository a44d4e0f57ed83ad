"""What a restored picture is punished for."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

CHARBONNIER_EPSILON = 1e-3
AMPLITUDE_WINDOW = 16
AMPLITUDE_FLOOR = 1e-2  # below about half a grey level per bin the phase-free comparison only sees rounding


def charbonnier(output: Tensor, gt: Tensor) -> Tensor:
    """Mean sqrt(d**2 + eps**2) (Charbonnier et al. 1994): a scalar. Both float in [0, 1], the same shape."""
    return ((output - gt) ** 2 + CHARBONNIER_EPSILON**2).sqrt().mean()


def pooled_charbonnier(output: Tensor, gt: Tensor, scale: int) -> Tensor:
    """Charbonnier after area-averaging by scale: what the lq could have seen must stay. (N, 3, H, W) float."""
    return charbonnier(F.avg_pool2d(output, scale), F.avg_pool2d(gt, scale))


def temporal_difference(output: Tensor, gt: Tensor) -> Tensor:
    """Charbonnier between the frame-to-frame changes of both: flicker costs, motion does not.

    output, gt: (B, n, 3, H, W) float in [0, 1], n >= 2 consecutive frames.
    """
    return charbonnier(output[:, 1:] - output[:, :-1], gt[:, 1:] - gt[:, :-1])


def amplitude_difference(output: Tensor, gt: Tensor) -> Tensor:
    """Frequency-weighted mean |log amplitude difference| of 16x16 Hann windows, a scalar.

    Phase is free, so texture of the right strength counts even where its place cannot be known. The weight
    rises linearly with radial frequency as in STAR's dynamic frequency loss (Xie et al. 2025, section 3.3).
    output, gt: (N, 3, H, W) float in [0, 1].
    """
    spectra = [_log_amplitude(picture) for picture in (output, gt)]
    frequency = torch.hypot(
        torch.fft.fftfreq(AMPLITUDE_WINDOW)[:, None], torch.fft.rfftfreq(AMPLITUDE_WINDOW)[None]
    ).to(output.device)
    return ((spectra[0] - spectra[1]).abs() * frequency).mean() / frequency.mean()


def _log_amplitude(picture: Tensor) -> Tensor:
    """Luma windows at half overlap to log amplitudes: (N, H, W) pixels to (N, windows, 16, 9) float32."""
    luma = (picture.float() * picture.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1)
    step = AMPLITUDE_WINDOW // 2
    windows = luma.unfold(1, AMPLITUDE_WINDOW, step).unfold(2, AMPLITUDE_WINDOW, step)
    hann = torch.hann_window(AMPLITUDE_WINDOW, periodic=False, device=picture.device)
    windows = (windows - windows.mean((-2, -1), keepdim=True)) * hann[:, None] * hann[None]
    power = torch.fft.rfft2(windows, norm="ortho").abs().pow(2)
    return 0.5 * torch.log(power + AMPLITUDE_FLOOR**2).flatten(1, 2)
