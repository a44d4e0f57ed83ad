"""How a clip is cut: Shot > Segment > Window x Tile. Integers only, a pure function of facts."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from engine.errors import MemoryBudgetError
from engine.models.spec import ModelSpec, Rung, Sampling, VaeFacts

SHARE_OF_DEVICE = 0.9
"""Of a graphics card's free memory: the rest is for kernels' workspaces and fragmentation."""
HALF = Fraction(1, 2)
TILE_STEP = Fraction(3, 4)
"""Families that sample shrink tiles gently: every tile more costs a quarter of overlap on each side."""
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
class VaePlan:
    """How a VAE works through a segment."""

    window: int
    """Latent frames per call."""
    tile_height: int
    """Work pixels."""
    tile_width: int
    """Work pixels."""

    def n_bytes(self, facts: VaeFacts) -> int:
        """Working memory of one call."""
        return math.ceil(self.window * self.tile_height * self.tile_width * facts.bytes_per_pixel)

    def smaller(self, facts: VaeFacts) -> "VaePlan | None":
        """The next one that needs less memory: smaller tiles first, then fewer frames."""
        tile = _smaller_tile(self.tile_height, self.tile_width, facts.smallest_tile, TILE_STEP)
        if tile is not None:
            return replace(self, tile_height=tile[0], tile_width=tile[1])
        if self.window <= facts.smallest_window:
            return None
        return replace(self, window=max((self.window + 1) // 2, facts.smallest_window))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the work is cut so that it fits the memory."""

    width: int
    """Of the work frames, pixels: lq frames, or frames of the output's size where the family restores at it."""
    height: int
    segments: tuple[Segment, ...]
    window: int
    """Frames per network call."""
    context: int
    tile_height: int
    """Work pixels."""
    tile_width: int
    """Work pixels."""
    halo: int
    fixed_bytes: int
    bytes_per_pixel: float
    sampling: Sampling | None = None
    """Facts about a family that samples; with them come `rung` and `vae`."""
    rung: int = 0
    """Place in the facts' list of ways to keep the weights."""
    vae: VaePlan | None = None
    shares: bool = False
    """Both passes of a guided step share what comes before the text: exact, for some memory."""

    @property
    def peak_bytes(self) -> int:
        """Announced working memory of the largest call, resident weights included."""
        resident = self.fixed_bytes
        if self.sampling is not None:
            resident += self.weights.n_bytes + self.sampling.vae.n_bytes
        return resident + max(self._network_bytes, self._vae_bytes)

    @property
    def weights(self) -> Rung:
        """How the network's weights are kept."""
        return self.sampling.rungs[self.rung] if self.sampling is not None else _AS_LOADED

    @property
    def _network_bytes(self) -> int:
        rows = min(self.tile_height + 2 * self.halo, self.height)
        columns = min(self.tile_width + 2 * self.halo, self.width)
        extra = self.sampling.shared_bytes_per_pixel if self.shares and self.sampling is not None else None
        return math.ceil(self.window * rows * columns * (self.bytes_per_pixel + (extra or 0.0)))

    @property
    def _vae_bytes(self) -> int:
        return 0 if self.vae is None or self.sampling is None else self.vae.n_bytes(self.sampling.vae)

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
        """Return the next plan that needs less memory, or None.

        Feed-forward families: fewer frames first, then smaller tiles; neither changes a pixel. Families that
        sample: the largest call gives way; of the network's what two passes share first, then a window longer than
        usual, then its weights are kept smaller, then its tiles shrink, then it sees fewer frames.
        """
        if self.sampling is None:
            if self.window > 1:
                return replace(self, window=(self.window + 1) // 2)
            return self._with_smaller_tile(SMALLEST_TILE, HALF)
        if self.vae is not None and self._vae_bytes > self._network_bytes:
            vae = self.vae.smaller(self.sampling.vae)
            if vae is not None:
                return replace(self, vae=vae)
        if self.shares:
            return replace(self, shares=False)
        if self.sampling.usual_window is not None and self.window > self.sampling.usual_window:
            return replace(self, window=self.sampling.usual_window)
        if self.rung + 1 < len(self.sampling.rungs):
            return replace(self, rung=self.rung + 1)
        smaller = self._with_smaller_tile(self.sampling.smallest_tile, TILE_STEP)
        if smaller is not None:
            return smaller
        if self.window <= self.sampling.smallest_window:
            return None
        return replace(self, window=max((self.window + 1) // 2, self.sampling.smallest_window))

    def _with_smaller_tile(self, smallest: int, step: Fraction) -> "Plan | None":
        height, width = min(self.tile_height, self.height), min(self.tile_width, self.width)
        tile = _smaller_tile(height, width, smallest, step)
        return None if tile is None else replace(self, tile_height=tile[0], tile_width=tile[1])

    def knobs(self) -> dict[str, int]:
        """Return what memory decided, as JSON values: with it an interrupted job goes on as it began."""
        own = {name: getattr(self, name) for name in _KNOBS}
        if self.sampling is not None and self.sampling.shared_bytes_per_pixel is not None:
            own["shares"] = int(self.shares)
        return (
            own if self.vae is None else own | {f"vae_{name}": getattr(self.vae, name) for name in _VAE_KNOBS}
        )

    def turned(self, knobs: Mapping[str, int]) -> "Plan":
        """Return this plan with the knobs of another one; unknown and missing ones change nothing."""
        own = {name: knobs[name] for name in _KNOBS if name in knobs}
        vae = {name: knobs[f"vae_{name}"] for name in _VAE_KNOBS if f"vae_{name}" in knobs}
        shares = bool(knobs.get("shares", self.shares))
        return replace(self, **own, shares=shares, vae=self.vae and replace(self.vae, **vae))


_KNOBS = ("window", "tile_height", "tile_width", "rung")
_VAE_KNOBS = ("window", "tile_height", "tile_width")
_AS_LOADED = Rung(name="resident", n_bytes=0)


def _smaller_tile(height: int, width: int, smallest: int, step: Fraction) -> tuple[int, int] | None:
    """The tile with its longer edge shortened by `step`, or None when both edges are as short as may be."""
    if max(height, width) <= smallest:
        return None
    if height >= width:
        return max(math.ceil(height * step), smallest), width
    return height, max(math.ceil(width * step), smallest)


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

    width, height: of the work frames, see ModelSpec. A `tile` or `window` that somebody chose is taken as the
    starting point.
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
        bytes_per_pixel=spec.bytes_per_pixel,
        sampling=spec.sampling,
        shares=spec.sampling is not None and spec.sampling.shared_bytes_per_pixel is not None,
        vae=spec.sampling and _first_vae_plan(spec.sampling.vae, width, height),
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


def _first_vae_plan(facts: VaeFacts, width: int, height: int) -> VaePlan:
    return VaePlan(
        window=facts.window, tile_height=min(facts.tile, height), tile_width=min(facts.tile, width)
    )
