"""STAR's dynamic frequency loss as its authors' training script computes it (Xie et al. 2025, section 3.3).

The script differs from the paper; this file follows the script, so that its numbers can be compared. "Low"
frequencies are the bins of small magnitude, found by a threshold of their own for prediction and for ground
truth, and the weight has a factor of 0.01 that the paper does not name. The script decodes the prediction
without gradients, which leaves the velocity alone to learn from; here gradients flow where there are any.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

T_MAX = 999
SHARPNESS = 10.0
"""Slope of the soft threshold."""
QUANTILE = 0.8
"""Share of the bins that count as low."""
MOST_BINS = 10_000
"""Above this many magnitudes the quantile is taken over as many drawn with replacement."""
FREQUENCY_WEIGHT = 0.01


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DfLoss:
    """The loss and what it is made of, one value per clip where it depends on t."""

    velocity: Tensor
    """() mean square error of the velocity."""
    low: Tensor
    """() mean absolute difference of the low bands."""
    high: Tensor
    """() mean absolute difference of the high bands."""
    frequency: Tensor
    """(B,) weighted sum of low and high with c = tau**2."""
    total: Tensor
    """(B,) velocity + beta (1 - tau) frequency."""


def df_loss(
    restored: Tensor,
    gt: Tensor,
    v: Tensor,
    v_target: Tensor,
    t: Tensor,
    *,
    beta: float = 1.0,
    drawn: tuple[Tensor, Tensor] | None = None,
) -> DfLoss:
    """The loss of a predicted clip at training time t.

    restored, gt: (B, 3, T, H, W) float in [-1, 1]; v, v_target: (B, C, T, h, w) float; t: (B,) in 0..999.
    drawn: indices into the flat magnitudes of restored and gt, for large clips; None: drawn by torch.
    """
    indices = (None, None) if drawn is None else drawn
    bands = [split_bands(clip, index) for clip, index in zip((restored, gt), indices, strict=True)]
    low, high = ((a - b).abs().mean() for a, b in zip(*bands, strict=True))
    velocity = (v.float() - v_target.float()).square().mean()
    tau = t.float() / T_MAX
    frequency = FREQUENCY_WEIGHT * (tau**2 * low + (1 - tau**2) * high)
    total = velocity + beta * (1 - tau) * frequency
    return DfLoss(velocity=velocity, low=low, high=high, frequency=frequency, total=total)


def split_bands(clip: Tensor, drawn: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Low and high part (B*T, 3, H, W // 2 + 1, 2) of every frame's spectrum, real and imaginary last.

    clip: (B, 3, T, H, W) float. drawn: int64 indices of the magnitudes whose quantile is the threshold.
    """
    spectrum = torch.fft.rfft2(clip.transpose(1, 2).flatten(0, 1).float())
    magnitude = spectrum.abs()
    share_low = torch.sigmoid(SHARPNESS * (_threshold(magnitude, drawn) - magnitude))
    return torch.view_as_real(spectrum * share_low), torch.view_as_real(spectrum * (1 - share_low))


def _threshold(magnitude: Tensor, drawn: Tensor | None) -> Tensor:
    values = magnitude.flatten()
    if values.numel() > MOST_BINS:
        if drawn is None:
            drawn = torch.randint(0, values.numel(), (MOST_BINS,), device=values.device)
        values = values[drawn]
    return values.quantile(QUANTILE)
