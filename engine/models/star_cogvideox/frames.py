"""Pixels around STAR on CogVideoX: the size it works at, enlarging, mirrored borders, and cropping back."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.models.star_cogvideox.config import TransformerConfig, VaeConfig
from engine.sampling.blend import cut_evenly
from engine.sampling.tiles import Tiling

NATIVE_HEIGHT, NATIVE_WIDTH = 480, 720
"""Of the published test clips; the tile that the network was trained on."""
TILE_OVERLAP = 64
"""Least pixels shared by neighbouring tiles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """Where a frame is restored: enlarged to height x width, with mirrored borders below and right of it."""

    height: int
    """Of the enlarged frame, pixels."""
    width: int
    """Of the enlarged frame, pixels."""
    rows: int
    """Of the latent, borders included; a multiple of the patch."""
    columns: int
    """Of the latent, borders included; a multiple of the patch."""
    stride: int
    """Pixels per latent pixel."""


def canvas_for(height: int, width: int, network: TransformerConfig, vae: VaeConfig) -> Canvas:
    """The canvas of an output of height x width.

    The network knows one size. A smaller output is worked at the largest size that still fits into one native
    tile, and reduced afterwards; what is left of the tile is filled with mirrored borders.
    """
    tile_height, tile_width = network.height * vae.stride, network.width * vae.stride
    factor = max(1.0, min(tile_height / height, tile_width / width))
    height, width = min_round(height * factor), min_round(width * factor)
    step = vae.stride * network.patch
    rows = max(math.ceil(height / step) * network.patch, network.height)
    columns = max(math.ceil(width / step) * network.patch, network.width)
    return Canvas(height=height, width=width, rows=rows, columns=columns, stride=vae.stride)


def min_round(size: float) -> int:
    """size as whole pixels, at least one."""
    return max(round(size), 1)


def native_tiles(canvas: Canvas, network: TransformerConfig, *, height: int, width: int) -> Tiling | None:
    """Tiles of at most height x width latent pixels (those the network knows), whole patches; None: one tile.

    Neighbours share TILE_OVERLAP pixels or more, or a quarter of a tile where that is less.
    """
    least = TILE_OVERLAP // canvas.stride // network.patch

    def cut(size: int, tile: int) -> tuple[tuple[int, int], ...]:
        patches = max(tile // network.patch, 1)
        spans = cut_evenly(size // network.patch, patches, min(least, patches // 4))
        return tuple((start * network.patch, stop * network.patch) for start, stop in spans)

    tiling = Tiling(rows=cut(canvas.rows, height), columns=cut(canvas.columns, width))
    return None if tiling.whole else tiling


def to_canvas(lq: Tensor, canvas: Canvas) -> Tensor:
    """lq (T, 3, h, w) in [0, 1], enlarged (bicubic) and bordered: (T, 3, H, W) float32 in [-1, 1]."""
    enlarged = resize(lq, canvas.height, canvas.width)
    below, right = canvas.rows * canvas.stride - canvas.height, canvas.columns * canvas.stride - canvas.width
    bordered = enlarged.index_select(-2, _mirror(canvas.height, below, lq.device))
    bordered = bordered.index_select(-1, _mirror(canvas.width, right, lq.device))
    return to_network_range(bordered)


def from_canvas(frames: Tensor, canvas: Canvas, height: int, width: int) -> Tensor:
    """Restored frames (T, 3, H, W) in [-1, 1] without borders, at (height, width): float32 in [0, 1]."""
    return resize(to_unit_range(frames[..., : canvas.height, : canvas.width]), height, width)


def resize(frames: Tensor, height: int, width: int) -> Tensor:
    """frames (T, 3, h, w) in [0, 1], bicubic at (height, width), antialiased where they shrink, in [0, 1]."""
    if frames.shape[-2:] == (height, width):
        return frames.float()
    size, smaller = (height, width), height < frames.shape[-2] or width < frames.shape[-1]
    return F.interpolate(frames.float(), size, mode="bicubic", antialias=smaller).clamp(0, 1)


def published_lq(lq: Tensor) -> Tensor:
    """The published enlarging of a test clip to 480 x 720: (T, 3, 480, 720) uint8 of (T, 3, h, w) uint8.

    Narrower than 720: bicubic by 4, wider: bilinear by 2/3 and cropped about the centre; both in whole numbers.
    """
    width = lq.shape[-1]
    if width < NATIVE_WIDTH:
        return F.interpolate(lq, scale_factor=4, mode="bicubic")
    if width == NATIVE_WIDTH:
        return lq
    smaller = F.interpolate(lq, scale_factor=2 / 3, mode="bilinear")
    top, left = (smaller.shape[-2] - NATIVE_HEIGHT) // 2, (smaller.shape[-1] - NATIVE_WIDTH) // 2
    return smaller[..., top : top + NATIVE_HEIGHT, left : left + NATIVE_WIDTH]


def to_network_range(frames: Tensor) -> Tensor:
    """[0, 1] as [-1, 1]."""
    return frames * 2 - 1


def to_unit_range(frames: Tensor) -> Tensor:
    """[-1, 1], and what overshoots it, as [0, 1]."""
    return ((frames + 1) / 2).clamp(0, 1)


def _mirror(size: int, after: int, device: torch.device) -> Tensor:
    """Indices of a line of size samples and of `after` more, continued by its mirror image."""
    period = max(2 * (size - 1), 1)
    place = torch.arange(size + after, device=device) % period
    return torch.minimum(place, period - place) if size > 1 else torch.zeros_like(place)
