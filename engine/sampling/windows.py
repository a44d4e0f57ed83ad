"""Windows in time: how frames are cut into what a network sees at once, and joined again.

A window is a half-open range (start, stop) of frames.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import torch
from torch import Tensor

from engine.sampling.blend import Span, cut_evenly, fade_weights

FRAMES = 2
"""Axis of the frames in (B, C, T, H, W)."""


def published_chunks(n_frames: int, length: int) -> list[Span]:
    """Chunks that overlap by half, the last one up to a quarter longer (STAR, as published)."""
    if n_frames <= length:
        return [(0, n_frames)]
    stride = length - length // 2
    chunks, start = [], 0
    while start + 1.25 * length < n_frames:
        chunks.append((start, start + length))
        start += stride
    return [*chunks, (start, n_frames)]


def join_cut(parts: Sequence[Tensor], chunks: Sequence[Span]) -> Tensor:
    """All frames of overlapping parts (B, C, t, H, W), cut hard by half the first overlap."""
    if len(chunks) == 1:
        return parts[0]
    overlap = chunks[0][1] - chunks[1][0]
    cut = overlap // 2
    kept = []
    for i, (part, (start, stop)) in enumerate(zip(parts, chunks, strict=True)):
        first = 0 if i == 0 else cut
        last = stop - start - (0 if i == len(chunks) - 1 else overlap - cut)
        kept.append(part[:, :, first:last])
    return torch.cat(kept, FRAMES)


def cut_windows(n_frames: int, length: int, overlap: int) -> list[Span]:
    """The fewest windows of at most length frames that overlap by at least overlap, spread evenly."""
    return cut_evenly(n_frames, length, overlap)


def cut_leanly(n_frames: int, longest: int, overlap: int) -> list[Span]:
    """The fewest windows of at most longest frames, as short as an overlap of overlap frames lets them be."""
    if n_frames <= longest:
        return [(0, n_frames)]
    alone = n_frames - overlap
    count = -(-alone // (longest - overlap))
    return cut_evenly(n_frames, -(-alone // count) + overlap, overlap)


def join_faded(parts: Sequence[Tensor], windows: Sequence[Span]) -> Tensor:
    """All frames of overlapping parts (B, C, t, H, W), cross-faded; one part is returned as it is."""
    if len(windows) == 1:
        return parts[0]
    joined = parts[0].new_zeros(*parts[0].shape[:FRAMES], windows[-1][1], *parts[0].shape[FRAMES + 1 :])
    for part, (start, stop), weights in zip(parts, windows, fade_weights(windows), strict=True):
        joined[:, :, start:stop] += part * weights.to(part).view(-1, 1, 1)
    return joined


def fade_stream(parts: Iterable[Tensor], windows: Sequence[Span]) -> Iterator[Tensor]:
    """Finished frames in order, (n, ...) with n >= 1, of overlapping parts (t, ...) as they come, cross-faded."""
    held: Tensor | None = None
    ends = [start for start, _ in windows[1:]] + [windows[-1][1]]
    for part, (start, _), weights, end in zip(parts, windows, fade_weights(windows), ends, strict=True):
        part = part * weights.to(part).view(-1, *(1,) * (part.ndim - 1))
        if held is not None:
            part[: len(held)] += held
        yield part[: end - start]
        held = part[end - start :]


def over_windows(
    function: Callable[[int, int], Tensor],
    windows: Sequence[Span],
    join: Callable[[Sequence[Tensor], Sequence[Span]], Tensor],
) -> Tensor:
    """join of function(start, stop) over all windows; function gives (B, C, stop - start, H, W)."""
    return join([function(start, stop) for start, stop in windows], windows)
