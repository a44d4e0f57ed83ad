"""Overlapping spans of one axis: how to cut them, and weights that sum to one wherever they overlap.

A span is a half-open range (start, stop). Weights are float32 on the CPU, one (stop - start,) tensor a span.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Span = tuple[int, int]


def cut_evenly(n: int, length: int, overlap: int) -> list[Span]:
    """The fewest spans of min(n, length) that cover n and overlap by at least overlap, spread evenly."""
    if n <= length:
        return [(0, n)]
    if not 0 <= overlap < length:
        raise ValueError(f"the overlap is {overlap}, need 0 to {length - 1} for spans of {length}")
    count = -(-(n - overlap) // (length - overlap))
    starts = [(i * (n - length) + (count - 1) // 2) // (count - 1) for i in range(count)]
    return [(start, start + length) for start in starts]


def fade_weights(spans: Sequence[Span]) -> list[Tensor]:
    """Linear cross-fades: each span rises over its overlap with the one before and falls with the next."""

    def trapezoid(i: int) -> Tensor:
        start, stop = spans[i]
        position = torch.arange(start, stop, dtype=torch.float64)
        rise = max(spans[i - 1][1] - start, 0) + 1 if i else 0
        fall = max(stop - spans[i + 1][0], 0) + 1 if i + 1 < len(spans) else 0
        up = (position - start + 1) / rise if rise else torch.ones_like(position)
        down = (stop - position) / fall if fall else torch.ones_like(position)
        return torch.minimum(up, down).clamp(max=1)

    return _share(spans, trapezoid)


def gaussian_weights(spans: Sequence[Span], halo: int = 0) -> list[Tensor]:
    """Gaussian bells about the spans' centres that vanish within halo of an inner end.

    halo: samples next to an inner end that are worth nothing: the network saw an invented border there.
    Neighbours must overlap by more than two halos; ValueError where nothing of weight is left.
    """

    def bell(i: int) -> Tensor:
        start, stop = spans[i]
        half = (stop - start) / 2 - halo
        offset = torch.arange(start, stop, dtype=torch.float64) + 0.5 - (start + stop) / 2
        height = _bell(offset / half) - _bell(torch.tensor(1.0))
        outer = (offset < 0) if i == 0 else torch.zeros_like(offset, dtype=torch.bool)
        if i + 1 == len(spans):
            outer = outer | (offset >= 0)
        return torch.where(outer, height.clamp(min=_EDGE), height.clamp(min=0))

    return _share(spans, bell)


_EDGE = 1e-3
"""Least weight of a span's outer half: at the frame's border no other span may be there to answer."""


def _bell(x: Tensor) -> Tensor:
    """A Gaussian whose half length is two standard deviations."""
    return torch.exp(-2 * x.square())


def _share(spans: Sequence[Span], weight: Callable[[int], Tensor]) -> list[Tensor]:
    if len(spans) == 1:
        return [torch.ones(spans[0][1] - spans[0][0])]
    raw = [weight(i) for i in range(len(spans))]
    total = torch.zeros(spans[-1][1], dtype=torch.float64)
    for (start, stop), part in zip(spans, raw, strict=True):
        total[start:stop] += part
    if not bool((total > 0).all()):
        raise ValueError(f"spans {list(spans)} leave gaps between them: more overlap is needed")
    return [(part / total[slice(*span)]).float() for span, part in zip(spans, raw, strict=True)]
