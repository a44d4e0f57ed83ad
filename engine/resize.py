"""Exact area reduction: from a model's native scale to the size that was asked for."""

from functools import lru_cache

import torch
from torch import Tensor


def fit(frames: Tensor, height: int, width: int) -> Tensor:
    """Return frames of (T, C, h, w) float reduced to (T, C, height, width); same device, same range.

    Each output pixel is the mean of the input area it covers, fractions of pixels included.
    Raises ValueError when an axis would grow.
    """
    have_height, have_width = frames.shape[-2:]
    if (have_height, have_width) == (height, width):
        return frames
    if height > have_height or width > have_width:
        raise ValueError(f"area reduction cannot enlarge {have_width}x{have_height} to {width}x{height}")
    rows = _area_matrix(have_height, height).to(frames)
    columns = _area_matrix(have_width, width).to(frames)
    return rows @ frames @ columns.T


@lru_cache(maxsize=8)
def _area_matrix(have: int, want: int) -> Tensor:
    """Weights (want, have) of a box filter: overlap of each output pixel's area with each input pixel."""
    edges = torch.arange(want + 1, dtype=torch.float64) * (have / want)
    left, right = edges[:-1, None], edges[1:, None]
    pixel = torch.arange(have, dtype=torch.float64)[None, :]
    overlap = torch.minimum(right, pixel + 1) - torch.maximum(left, pixel)
    return (overlap.clamp(min=0) * (want / have)).float()
