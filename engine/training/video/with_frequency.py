"""The loss of both STARs: the error of v, and the Dynamic Frequency loss of what it predicts."""

from __future__ import annotations

from torch import Tensor

from engine.training.frequency_loss import FrequencySettings, dynamic_frequency_loss


def with_frequency(
    velocity: Tensor, predicted: Tensor, gt: Tensor, t: Tensor, settings: FrequencySettings
) -> dict[str, Tensor]:
    """velocity, low, high, frequency and their total, () each (Xie et al. 2025, equation 10).

    velocity: () mean square error of v. predicted, gt: clips as dynamic_frequency_loss takes them, at times t: (B,).
    """
    terms = dynamic_frequency_loss(predicted, gt, t, settings)
    frequency = terms.total.mean()
    return {
        "velocity": velocity,
        "low": terms.low.mean(),
        "high": terms.high.mean(),
        "frequency": frequency,
        "total": velocity + frequency,
    }
