"""Pixels around STAR: enlarging, padding to sizes that the U-Net accepts, and cropping back."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.models.star.config import NetworkConfig, VaeConfig

WHITE = 1.0
"""What the original fills its borders with, in [-1, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Padding:
    """Pixels added around a frame."""

    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0

    def crop(self, frames: Tensor) -> Tensor:
        """frames (..., H, W) without the padding."""
        height, width = frames.shape[-2:]
        return frames[..., self.top : height - self.bottom, self.left : width - self.right]


def published_padding(height: int, width: int) -> Padding:
    """The original's padding: centred up to 720 x 1280; above that below and right, even where not needed."""
    top, bottom = _published(height, 720, (height + 48) // 64 * 64 + 16)
    left, right = _published(width, 1280, width // 64 * 64 + 64)
    return Padding(left=left, right=right, top=top, bottom=bottom)


def legal_padding(height: int, width: int, network: NetworkConfig, vae: VaeConfig) -> Padding:
    """The least padding, below and right, to a size that VAE and U-Net accept."""
    rows, columns = math.ceil(height / vae.stride), math.ceil(width / vae.stride)
    rows, columns = legal_latent(rows, columns, network)
    return Padding(right=columns * vae.stride - width, bottom=rows * vae.stride - height)


def legal_latent(height: int, width: int, network: NetworkConfig) -> tuple[int, int]:
    """The smallest latent size not below height x width that the U-Net gives back as it was.

    Heights are 2 (mod g), and widths 0 (mod g), for the grid step g of the network (8 as published).
    """
    g = network.grid
    return height + (2 - height) % g, width + -width % g


def legal_tile(height: int, width: int, network: NetworkConfig) -> tuple[int, int]:
    """The largest legal latent size within height x width, for tiles; ValueError where there is none."""
    g = network.grid
    rows, columns = height - (height - 2) % g, width - width % g
    if rows < 2 or columns < g:
        raise ValueError(f"a tile of {height}x{width} latent pixels, need at least {2 if g > 2 else g}x{g}")
    return rows, columns


def pad_white(frames: Tensor, padding: Padding) -> Tensor:
    """frames (..., H, W) in [-1, 1] in a white frame, as published."""
    return F.pad(frames, (padding.left, padding.right, padding.top, padding.bottom), value=WHITE)


def pad_reflected(frames: Tensor, padding: Padding) -> Tensor:
    """frames (..., H, W) continued by their mirror image, as often as it takes."""
    rows = _mirror(frames.shape[-2], padding.top, padding.bottom, frames.device)
    columns = _mirror(frames.shape[-1], padding.left, padding.right, frames.device)
    return frames.index_select(-2, rows).index_select(-1, columns)


def enlarge(lq: Tensor, height: int, width: int) -> Tensor:
    """lq (T, 3, h, w) in any range, bilinear at (height, width) without antialiasing, as published."""
    return F.interpolate(lq, (height, width), mode="bilinear", align_corners=False)


def to_network_range(frames: Tensor) -> Tensor:
    """[0, 1] as [-1, 1]."""
    return (frames - 0.5) / 0.5


def to_unit_range(frames: Tensor) -> Tensor:
    """[-1, 1], and what overshoots it, as [0, 1]."""
    return (frames * 0.5 + 0.5).clamp(0, 1)


def _published(size: int, least: int, above: int) -> tuple[int, int]:
    if size > least:
        return 0, above - size
    before = (least - size) // 2
    return before, least - size - before


def _mirror(size: int, before: int, after: int, device: torch.device) -> Tensor:
    period = max(2 * (size - 1), 1)
    place = torch.arange(-before, size + after, device=device) % period
    return torch.minimum(place, period - place) if size > 1 else torch.zeros_like(place)
