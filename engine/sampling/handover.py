"""From one segment to the next of its shot: colours go on as they were, and no hard cut is between them.

A segment is sampled with context on both sides. What it makes of the context behind it, its tail, goes to the
next segment, which fades from it into its own frames.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

import torch
from torch import Tensor

from engine.plan import Segment
from engine.sampling.color_match import ColorState, ColorStatistics, match_colors

Carry = Mapping[str, Tensor]
"""tail (n, 3, H, W) float16 in [0, 1]; gain and offset (3,) float32: the colour correction in force."""


def hand_over(
    frames: Iterator[Tensor],
    first: int,
    segment: Segment,
    colors: Callable[[int, int], ColorStatistics],
    carry: Carry | None,
    keep: Callable[[Carry], None],
) -> Iterator[Tensor]:
    """The segment's frames in order, (t, 3, H, W) float32 in [0, 1], colours matched, its head faded in.

    frames: parts (t, 3, H, W) float32 in [0, 1] from absolute frame `first` on, the context on both sides
    included. colors(start, stop): the lq's, of frames counted from `first` on. keep: told what goes to the next
    segment before the last frames are yielded.
    """
    joining = _Joining(segment, carry)
    at, held = first, None
    for part in frames:
        for run in _split(part, at, segment):
            ready = joining.take(run, at, colors(at - first, at - first + len(run)))
            at += len(run)
            if ready is not None:
                if held is not None:
                    yield held
                held = ready
    keep(joining.carry())
    if held is not None:
        yield held


class _Joining:
    """Colours and tails of one segment."""

    def __init__(self, segment: Segment, carry: Carry | None) -> None:
        self._segment = segment
        self._tail: list[Tensor] = []
        self._before = None if carry is None else carry.get("tail")
        self._color = None if carry is None else ColorState(gain=carry["gain"], offset=carry["offset"])
        self._end = self._color

    @torch.inference_mode()
    def take(self, run: Tensor, at: int, colors: ColorStatistics) -> Tensor | None:
        """The run as it goes into the film, or None where it is context; a run lies on one side of each end."""
        if at < self._segment.start:
            return None
        matched, state = match_colors(run, colors, _on(self._color, run))
        self._color = state
        if at >= self._segment.stop:
            self._tail.append(matched.to("cpu", torch.float16))
            return None
        self._end = state
        return self._faded(matched, at - self._segment.start)

    def carry(self) -> Carry:
        """What the next segment needs."""
        tail = {"tail": torch.cat(self._tail)} if self._tail else {}
        end = {} if self._end is None else {"gain": self._end.gain.cpu(), "offset": self._end.offset.cpu()}
        return tail | end

    def _faded(self, own: Tensor, place: int) -> Tensor:
        """own, faded in over the tail of the segment before; place: of own[0] within the segment."""
        if self._before is None or place >= len(self._before):
            return own
        before = self._before[place : place + len(own)].to(own)
        weight = torch.arange(place + 1, place + 1 + len(before), device=own.device) / (len(self._before) + 1)
        own[: len(before)] = torch.lerp(before, own[: len(before)], weight.to(own).view(-1, 1, 1, 1))
        return own


def _split(part: Tensor, at: int, segment: Segment) -> Iterator[Tensor]:
    """part, cut at the segment's two ends."""
    cuts = [cut - at for cut in (segment.start, segment.stop) if 0 < cut - at < len(part)]
    edges = [0, *cuts, len(part)]
    for start, stop in pairwise(edges):
        yield part[start:stop]


def _on(state: ColorState | None, like: Tensor) -> ColorState | None:
    if state is None:
        return None
    return ColorState(gain=state.gain.to(like.device), offset=state.offset.to(like.device))
