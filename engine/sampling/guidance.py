"""Classifier-free guidance (Ho & Salimans 2022) with rescale (Lin et al. 2024)."""

from torch import Tensor


def extrapolate(cond: Tensor, uncond: Tensor, scale: float) -> Tensor:
    """uncond + scale (cond - uncond) (Ho & Salimans 2022, eq. 6); same shapes, any range."""
    return uncond + scale * (cond - uncond)


def rescale_spread(guided: Tensor, cond: Tensor, amount: float) -> Tensor:
    """guided with its spread moved towards cond's by amount in [0, 1] (Lin et al. 2024, eq. 15 and 16).

    guided, cond: (B, ...) float; the standard deviation is over all that belongs to one clip.
    """
    axes = tuple(range(1, guided.ndim))
    ratio = cond.std(axes, keepdim=True) / (guided.std(axes, keepdim=True) + 1e-12)
    return guided * (amount * ratio + (1 - amount))


def guide(cond: Tensor, uncond: Tensor, scale: float, rescale: float | None) -> Tensor:
    """Guided prediction of the same shape; scale 1 is cond itself, without rescale; rescale None: none."""
    if scale == 1.0:
        return cond
    guided = extrapolate(cond, uncond, scale)
    return guided if rescale is None else rescale_spread(guided, cond, rescale)
