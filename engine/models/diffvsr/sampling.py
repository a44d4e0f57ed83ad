"""The arithmetic around DiffVSR's networks that knows no network: noise levels, steps, windows, noise, tiles.

Nothing here belongs to this family alone: it can move to a shared room as it is.
"""

import hashlib
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

Span = tuple[int, int]
"""A half-open range (start, stop)."""
GROUP = 4
"""Frames whose noise is shuffled together, and by which one window follows another."""
WINDOW = 2 * GROUP
"""Frames that the U-Net was trained on."""
FADE_START, FADE_RANGE = 0.2, 0.6
"""Weight of the later window over the overlap: 0.2 to 0.8, as run; the paper says 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseSchedule:
    """How the signal fades over the times of a diffusion process (Ho et al. 2020, section 2)."""

    n_times: int = 1000
    beta_start: float = 1e-4
    """Noise added at time 0."""
    beta_end: float = 0.02
    """Noise added at the last time."""
    linear_in_root: bool = False
    """Betas grow linearly in their square root (Rombach et al. 2022); else linearly."""

    def betas(self) -> Tensor:
        """(n_times,) float32 CPU: noise added at each time."""
        if self.linear_in_root:
            return torch.linspace(self.beta_start**0.5, self.beta_end**0.5, self.n_times) ** 2
        return torch.linspace(self.beta_start, self.beta_end, self.n_times)

    def signal(self) -> Tensor:
        """(n_times,) float32 CPU, falling: alpha_bar, the share of the signal's variance that is left."""
        return torch.cumprod(1 - self.betas(), 0)


LATENT_SCHEDULE = NoiseSchedule()
"""Of the latent: the published script overrides the x4 upscaler's own, which is linear in the root."""
LQ_SCHEDULE = NoiseSchedule(linear_in_root=True)
"""Of the noise on the lq."""


def noised(x0: Tensor, noise: Tensor, signal: Tensor) -> Tensor:
    """sqrt(signal) x0 + sqrt(1 - signal) noise (Ho et al. 2020, eq. 4), rounded to x0's dtype at every step.

    x0, noise: like shapes, float; signal: () float32, an entry of `NoiseSchedule.signal`. Half precision is
    rounded as in the published script: the level before its roots are taken.
    """
    level = signal.to(x0.dtype)
    return level**0.5 * x0 + (1 - level) ** 0.5 * noise


def split_velocity(x: Tensor, v: Tensor, signal: Tensor) -> tuple[Tensor, Tensor]:
    """x0 and eps of x_t and its velocity (Salimans & Ho 2022, appendix D); like shapes, float32."""
    a, s = signal.sqrt(), (1 - signal).sqrt()
    return a * x - s * v, a * v + s * x


def ddim_times(steps: int, schedule: NoiseSchedule = LATENT_SCHEDULE) -> list[int]:
    """Falling network times, one per step: equally spaced, the last is 1 ("leading" spacing, offset 1)."""
    return [i * (schedule.n_times // steps) + 1 for i in reversed(range(steps))]


def ddim_sample(
    x: Tensor,
    steps: int,
    predict_v: Callable[[Tensor, int], Tensor],
    schedule: NoiseSchedule = LATENT_SCHEDULE,
) -> Tensor:
    """x at the end of `steps` deterministic steps from pure noise x (DDIM, Song et al. 2021, eq. 12, eta 0).

    x: any shape, float32; predict_v(x_t, t): its velocity, same shape, float32. What it raises passes through;
    nothing is left behind.
    The last step ends at time 0 of the schedule, not at a signal of 1, as published.
    """
    signal, stride = schedule.signal(), schedule.n_times // steps
    for t in ddim_times(steps, schedule):
        x0, eps = split_velocity(x, predict_v(x, t), signal[t])
        x = noised(x0, eps, signal[max(t - stride, 0)])
    return x


def guided(negative: Tensor, positive: Tensor, scale: float) -> Tensor:
    """negative + scale (positive - negative) (Ho & Salimans 2022, eq. 6); like shapes."""
    return negative + scale * (positive - negative)


def cut_windows(n_frames: int, window: int = WINDOW, stride: int = GROUP) -> list[Span]:
    """Windows that follow each other by stride; the last one ends with the clip and may be shorter."""
    starts = range(0, max(n_frames - window + stride, 1), stride)
    return [(start, min(start + window, n_frames)) for start in starts]


def fade_in(overlap: int) -> Tensor:
    """(overlap,) float32 weights of the later window: rising over the frames that two windows share."""
    position = torch.arange(overlap) / max(overlap - 1, 1)
    return FADE_START + FADE_RANGE * position


def interweave(parts: Iterable[tuple[Span, Tensor]]) -> Iterator[Tensor]:
    """Interweaved latent transition (ILT; Li et al. 2025), streamed: finished frames, in order.

    parts: rising windows that share frames with the next one only, and their tensors (B, C, t, H, W). Yields
    (B, C, n, H, W) float32: shared frames are the mean of both windows, weighed by `fade_in`.
    """
    held, held_stop = None, 0
    for (start, stop), part in parts:
        part = part.float()
        shared = 0
        if held is not None:
            shared = held_stop - start
            alone = held.shape[2] - shared
            if alone:
                yield held[:, :, :alone]
            weight = fade_in(shared).to(part.device).view(-1, 1, 1)
            yield (1 - weight) * held[:, :, alone:] + weight * part[:, :, :shared]
        held, held_stop = part[:, :, shared:], stop
    if held is not None:
        yield held


def mirrored(n_frames: int, n_wanted: int) -> list[int]:
    """n_wanted indices of n_frames frames: 0, 1, ..., then back and forth without repeating either end."""
    period = max(2 * (n_frames - 1), 1)
    places = (i % period for i in range(n_wanted))
    return [min(place, period - place) if n_frames > 1 else 0 for place in places]


def frame_noise(seed: int, purpose: str, step: int, frame: int, shape: Sequence[int]) -> Tensor:
    """Unit normal noise of the given shape, float32, CPU; a pure function of its arguments.

    purpose: what the noise is for: streams of different purpose are independent. frame: absolute index.
    """
    generator = torch.Generator().manual_seed(_hash(f"{seed}/{purpose}/{step}/{frame}") >> 1)
    return torch.randn(tuple(shape), generator=generator)


def noise_source(seed: int, place: int) -> int:
    """The frame of the first eight whose noise the frame at `place` of a shot starts from.

    Noise rescheduling (Li et al. 2025): every group of four reuses, shuffled, the noise of the
    group before the last. As published the shuffles build on each other and are not seeded. A shuffle of a
    uniform shuffle is uniform and independent of it, so drawing each group's order from its own number is the
    same distribution, and is known for any frame without those before. Eight neighbours never share noise
    when the first of them is a multiple of four.
    """
    group, member = divmod(place, GROUP)
    if group < 2:
        return place
    order = list(range(GROUP))
    random.Random(_hash(f"{seed}/reschedule/{group}")).shuffle(order)
    return GROUP * (group % 2) + order[member]


def start_noise(seed: int, first: int, places: Iterable[int], shape: Sequence[int]) -> Tensor:
    """(1, C, T, H, W) float32 CPU: rescheduled noise that sampling starts from.

    first: absolute index of the shot's first frame; places: frames, counted from it; shape: (C, H, W).
    """
    sources = (first + noise_source(seed, place) for place in places)
    return torch.stack([frame_noise(seed, "start", 0, frame, shape) for frame in sources], 1)[None]


def lq_noise(seed: int, first: int, places: Iterable[int], shape: Sequence[int]) -> Tensor:
    """(1, C, T, H, W) float32 CPU: noise for the lq, independent in every frame; arguments as `start_noise`."""
    return torch.stack([frame_noise(seed, "lq", 0, first + place, shape) for place in places], 1)[None]


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiling:
    """A grid of overlapping tiles: every span of rows with every span of columns."""

    rows: tuple[Span, ...]
    """Rising, each overlapping the next."""
    columns: tuple[Span, ...]
    halo: int = 0
    """Samples at inner tile ends that are thrown away: the network saw an invented border there."""

    @property
    def count(self) -> int:
        """Number of tiles."""
        return len(self.rows) * len(self.columns)


def cut_tiles(
    height: int, width: int, tile_height: int, tile_width: int, *, overlap: int, halo: int = 0
) -> Tiling:
    """The fewest tiles of at most the given size that overlap by at least overlap > 2 halo, spread evenly."""
    if not 2 * halo < overlap < min(tile_height, tile_width):
        raise ValueError(
            f"tiles of {tile_height} x {tile_width} with a halo of {halo} cannot overlap by {overlap}"
        )
    rows, columns = _cut_evenly(height, tile_height, overlap), _cut_evenly(width, tile_width, overlap)
    return Tiling(rows=rows, columns=columns, halo=halo)


def over_tiles(
    function: Callable[..., Tensor], tiling: Tiling | None, *tensors: Tensor, scale: int = 1
) -> Tensor:
    """function(*tensors), computed tile by tile and cross-faded; one tile, or None, is exact.

    tensors: (..., H, W), cut alike. function: gives (..., scale * h, scale * w) float for tiles of h x w.
    """
    if tiling is None or tiling.count == 1:
        return function(*tensors)
    across_weights = ramps(tiling.columns, tiling.halo, scale)
    blended: Tensor | None = None
    for rows, down in zip(tiling.rows, ramps(tiling.rows, tiling.halo, scale), strict=True):
        for columns, across in zip(tiling.columns, across_weights, strict=True):
            tile = function(*(t[..., slice(*rows), slice(*columns)] for t in tensors))
            if blended is None:
                size = tiling.rows[-1][1] * scale, tiling.columns[-1][1] * scale
                blended = tile.new_zeros(*tile.shape[:-2], *size)
            place = _scaled(rows, scale), _scaled(columns, scale)
            blended[..., *place] += tile * (down[:, None] * across).to(tile)
    assert blended is not None
    return blended


def ramps(spans: Sequence[Span], halo: int, scale: int = 1) -> list[Tensor]:
    """A float32 CPU weight for every sample of every span times scale; over each place they sum to one.

    A span rises linearly over its overlap with the one before, halos left out, and falls with the next.
    """
    raw = []
    for i, (start, stop) in enumerate(spans):
        place = torch.arange(start * scale, stop * scale, dtype=torch.float64) + 0.5
        weight = torch.ones_like(place)
        if i:
            weight *= _ramp(place, (start + halo) * scale, (spans[i - 1][1] - halo) * scale)
        if i + 1 < len(spans):
            weight *= 1 - _ramp(place, (spans[i + 1][0] + halo) * scale, (stop - halo) * scale)
        raw.append(weight)
    total = torch.zeros(spans[-1][1] * scale, dtype=torch.float64)
    for span, weight in zip(spans, raw, strict=True):
        total[_scaled(span, scale)] += weight
    return [(w / total[_scaled(s, scale)]).float() for s, w in zip(spans, raw, strict=True)]


def _ramp(place: Tensor, start: int, stop: int) -> Tensor:
    return ((place - start) / (stop - start)).clamp(0, 1)


def _scaled(span: Span, scale: int) -> slice:
    return slice(span[0] * scale, span[1] * scale)


def _cut_evenly(size: int, length: int, overlap: int) -> tuple[Span, ...]:
    if size <= length:
        return ((0, size),)
    count = -(-(size - overlap) // (length - overlap))
    starts = (i * (size - length) // (count - 1) for i in range(count))
    return tuple((start, start + length) for start in starts)
