"""STAR's Dynamic Frequency loss: low frequencies are taught where noise is strong, high ones where it is weak.

STAR (arXiv 2501.02976) equations 5 to 8 and 10, as the paper means them. The released training script decodes without
gradient and splits by magnitude instead of frequency: that is `engine/models/star/df_loss.py`, for comparison.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

T_MAX = 999
"""The last of the 1000 noise levels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequencySettings:
    """The choices of the loss; beta and alpha as in the paper, the filter is ours (it says "predefined")."""

    beta: float = 1.0
    """Weight at t = 0, >= 0; Table 7 varies it."""
    alpha: float = 2.0
    """How late the low frequencies take over, > 0 (equation 8)."""
    cutoff: float = 0.25
    """Radius of the low-pass in cycles per pixel, in (0, 0.5]."""
    softness: float = 0.03
    """Width of its edge in cycles per pixel, > 0: a sharp one would ring."""
    scale: float = 9.6
    """Factor of both bands, > 0. The paper names no norm; this is what the released script's 0.01 times an FFT without
    normalisation comes to at its 720x1280: 0.01 sqrt(720 * 1280)."""
    dynamic: bool = True
    """False: both bands weigh beta whatever the time, the "direct" loss of the paper's Table 4."""

    def __post_init__(self) -> None:
        positive = min(self.alpha, self.cutoff, self.softness, self.scale) > 0
        if self.beta < 0 or not positive or self.cutoff > 0.5:
            raise ValueError(f"FrequencySettings: a value is out of its range in {self}")


@dataclass(frozen=True, slots=True)
class FrequencyTerms:
    """The loss and what it is made of, each (B,)."""

    low: Tensor
    """Mean absolute difference of the low-passed spectra, scaled (equation 5)."""
    high: Tensor
    """The same of what the low-pass takes away (equation 6)."""
    total: Tensor
    """b(t) (c(t) low + (1 - c(t)) high), to be added to the loss on v (equations 7, 8 and 10)."""


def x0_from_v(x_t: Tensor, v: Tensor, alpha_t: Tensor, sigma_t: Tensor) -> Tensor:
    """The clean latent that v predicts: alpha x_t - sigma v. alpha_t and sigma_t broadcast against x_t."""
    return alpha_t * x_t - sigma_t * v


def dynamic_frequency_loss(
    predicted: Tensor, gt: Tensor, t: Tensor, settings: FrequencySettings
) -> FrequencyTerms:
    """The Dynamic Frequency loss of decoded predictions.

    predicted, gt: (B, 3, T, H, W) float, pixels in [-1, 1]; predicted must carry the gradient of its decoder, or the
    loss teaches nothing. t: (B,) integers in 0..T_MAX. Both see the same fixed filter.
    """
    psi = radial_low_pass(gt.shape[-2], gt.shape[-1], settings, gt.device)
    found, wanted = _spectrum(predicted), _spectrum(gt)
    low, high = (settings.scale * _mean_gap(found * part, wanted * part) for part in (psi, 1 - psi))
    if not settings.dynamic:
        return FrequencyTerms(low, high, settings.beta * (low + high))
    return _weighted(low, high, t, settings.beta, settings.alpha)


def radial_low_pass(
    height: int, width: int, settings: FrequencySettings, device: torch.device | None = None
) -> Tensor:
    """psi over the bins of rfft2, (height, width // 2 + 1) in [0, 1]: 1 inside the radius, 1/2 at it, 0 outside."""
    rows = torch.fft.fftfreq(height, device=device)[:, None]
    columns = torch.fft.rfftfreq(width, device=device)[None]
    return torch.sigmoid((settings.cutoff - torch.hypot(rows, columns)) / (settings.softness / 4))


def _spectrum(video: Tensor) -> Tensor:
    """Orthonormal, so that the size of a frame does not change the size of the loss."""
    return torch.fft.rfft2(video.float(), norm="ortho")


def _mean_gap(first: Tensor, second: Tensor) -> Tensor:
    """Mean absolute difference of real and imaginary parts, (B,)."""
    return torch.view_as_real(first - second).abs().flatten(1).mean(1)


def _weighted(low: Tensor, high: Tensor, t: Tensor, beta: float, alpha: float) -> FrequencyTerms:
    """b(t) = beta (1 - t / t_max) in front, c(t) = (t / t_max)**alpha between the bands."""
    place = t.to(low.dtype) / T_MAX
    share = place**alpha
    return FrequencyTerms(low, high, beta * (1 - place) * (share * low + (1 - share) * high))
