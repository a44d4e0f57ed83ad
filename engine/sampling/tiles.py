"""Tiles in space: a network seen through overlapping rectangles, blended so that no border shows.

Used on the predicted x0 (or velocity, its affine image) of *every* solver step: the state itself is one whole
latent, so seams cannot build up from step to step (MultiDiffusion, Bar-Tal et al. 2023, eq. 3).
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from engine.sampling.blend import Span, cut_evenly, gaussian_weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiling:
    """A grid of overlapping tiles: every span of rows with every span of columns."""

    rows: tuple[Span, ...]
    """Half-open ranges of rows, rising."""
    columns: tuple[Span, ...]
    """Half-open ranges of columns, rising."""
    halo: int = 0
    """Samples at inner tile ends that are thrown away."""

    @property
    def count(self) -> int:
        """Number of tiles."""
        return len(self.rows) * len(self.columns)

    @property
    def whole(self) -> bool:
        """True when there is one tile."""
        return self.count == 1


def cut_tiles(
    height: int, width: int, tile_height: int, tile_width: int, *, overlap: int, halo: int = 0
) -> Tiling:
    """The fewest tiles of at most the given size that overlap by at least overlap > 2 halo, spread evenly.

    The caller sees to it that height x width and the tile are sizes that its network accepts.
    """
    if overlap <= 2 * halo:
        raise ValueError(f"the overlap is {overlap}, need more than two halos of {halo}")
    rows, columns = cut_evenly(height, tile_height, overlap), cut_evenly(width, tile_width, overlap)
    return Tiling(rows=tuple(rows), columns=tuple(columns), halo=halo)


def over_tiles(
    function: Callable[..., Tensor], tiling: Tiling | None, *tensors: Tensor, scale: int = 1
) -> Tensor:
    """function(*tensors), computed tile by tile and blended with Gaussian weights; one tile, or None, is exact.

    tensors: (..., H, W), cut alike. function: gives (..., scale * h, scale * w) for tiles of h x w, float.
    """
    if tiling is None or tiling.whole:
        return function(*tensors)
    rows, columns = (_scaled(spans, scale) for spans in (tiling.rows, tiling.columns))
    row_weights = gaussian_weights(rows, tiling.halo * scale)
    column_weights = gaussian_weights(columns, tiling.halo * scale)
    blended: Tensor | None = None
    for row, out_row, down in zip(tiling.rows, rows, row_weights, strict=True):
        for column, out_column, across in zip(tiling.columns, columns, column_weights, strict=True):
            tile = function(*(t[..., slice(*row), slice(*column)] for t in tensors))
            if blended is None:
                blended = tile.new_zeros(*tile.shape[:-2], rows[-1][1], columns[-1][1])
            weight = (down[:, None] * across).to(tile)
            blended[..., slice(*out_row), slice(*out_column)] += tile * weight
    assert blended is not None
    return blended


def _scaled(spans: tuple[Span, ...], scale: int) -> list[Span]:
    return [(start * scale, stop * scale) for start, stop in spans]
