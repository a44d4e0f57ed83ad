"""How a clip is cut: Shot > Segment > Window x Tile. Integers only, a pure function of facts."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from engine.errors import MemoryBudgetError
from engine.models.spec import ModelSpec

SMALLEST_TILE = 32
"""Below this a tile is mostly halo, and smaller ones save no memory worth having."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """Frames between two cuts, half-open; nothing looks across its ends."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The unit of streaming, checkpointing and resume; lies inside one shot."""

    index: int
    """Position in the film, counted from 0."""
    start: int
    """First absolute frame index."""
    stop: int
    shot: Shot


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Frames restored by one network call, and the neighbours it sees."""

    start: int
    stop: int
    context_start: int
    """First frame the call may see, >= shot.start."""
    context_stop: int
    """End of what it may see, <= shot.stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Half-open range along one axis, with the larger range that the network sees around it."""

    start: int
    stop: int
    seen_start: int
    seen_stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A rectangle of lq pixels that one network call answers for."""

    rows: Span
    columns: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the work is cut so that it fits the memory."""

    width: int
    """Of the lq frames, pixels."""
    height: int
    """Of the lq frames, pixels."""
    segments: tuple[Segment, ...]
    window: int
    """Frames per network call."""
    context: int
    tile_height: int
    tile_width: int
    halo: int
    fixed_bytes: int
    bytes_per_lq_pixel: float
    budget_bytes: int = 0
    """What it was made to fit into."""

    @property
    def peak_bytes(self) -> int:
        """Announced working memory of the largest network call."""
        rows = min(self.tile_height + 2 * self.halo, self.height)
        columns = min(self.tile_width + 2 * self.halo, self.width)
        return self.fixed_bytes + math.ceil(self.window * rows * columns * self.bytes_per_lq_pixel)

    def windows(self, segment: Segment) -> Iterator[Window]:
        """Yield the windows of a segment in order; together they cover each frame once."""
        for start in range(segment.start, segment.stop, self.window):
            stop = min(start + self.window, segment.stop)
            yield Window(
                start=start,
                stop=stop,
                context_start=max(start - self.context, segment.shot.start),
                context_stop=min(stop + self.context, segment.shot.stop),
            )

    def tiles(self) -> tuple[Tile, ...]:
        """Return the tiles of a frame in reading order; together they cover each pixel once."""
        return tuple(
            Tile(rows=rows, columns=columns)
            for rows in spans(self.height, self.tile_height, self.halo)
            for columns in spans(self.width, self.tile_width, self.halo)
        )

    def smaller(self) -> "Plan | None":
        """Return the next plan that needs less memory, or None: fewer frames first, then smaller tiles."""
        if self.window > 1:
            return replace(self, window=(self.window + 1) // 2)
        height, width = min(self.tile_height, self.height), min(self.tile_width, self.width)
        if max(height, width) <= SMALLEST_TILE:
            return None
        if height >= width:
            return replace(self, tile_height=max((height + 1) // 2, SMALLEST_TILE))
        return replace(self, tile_width=max((width + 1) // 2, SMALLEST_TILE))


def spans(size: int, tile: int, halo: int) -> Iterator[Span]:
    """Yield the fewest nearly equal spans of at most `tile` that cover `size`, each seen with its halo."""
    count = math.ceil(size / tile)
    edges = [round(i * size / count) for i in range(count + 1)]
    for start, stop in pairwise(edges):
        yield Span(start=start, stop=stop, seen_start=max(start - halo, 0), seen_stop=min(stop + halo, size))


def cut_segments(shots: Sequence[Shot], segment_frames: int) -> tuple[Segment, ...]:
    """Return the shots cut into nearly equal segments of at most `segment_frames`."""
    segments: list[Segment] = []
    for shot in shots:
        for span in spans(shot.stop - shot.start, segment_frames, 0):
            segments.append(
                Segment(
                    index=len(segments),
                    start=shot.start + span.start,
                    stop=shot.start + span.stop,
                    shot=shot,
                )
            )
    return tuple(segments)


def make_plan(
    spec: ModelSpec,
    shots: Sequence[Shot],
    *,
    width: int,
    height: int,
    budget_bytes: int,
    tile: int | None = None,
    window: int | None = None,
) -> Plan:
    """Return the fastest plan whose announced peak stays within `budget_bytes`.

    A `tile` or `window` that somebody chose is taken as the starting point.
    Raises MemoryBudgetError when even the smallest plan is too large.
    """
    plan: Plan | None = Plan(
        width=width,
        height=height,
        segments=cut_segments(shots, spec.segment_frames),
        window=window or spec.window,
        context=spec.context,
        tile_height=min(tile or spec.tile, height),
        tile_width=min(tile or spec.tile, width),
        halo=spec.halo,
        fixed_bytes=spec.fixed_bytes,
        bytes_per_lq_pixel=spec.bytes_per_lq_pixel,
        budget_bytes=budget_bytes,
    )
    smallest = plan
    while plan is not None and plan.peak_bytes > budget_bytes:
        smallest, plan = plan, plan.smaller()
    if plan is None:
        raise MemoryBudgetError(
            f"{spec.title} needs at least {smallest.peak_bytes >> 20} MB for one tile, "
            f"the budget is {budget_bytes >> 20} MB"
        )
    return plan
