"""Does every frame of a film show what the same frame of its source shows? Asked at very low resolution."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 16, 12
"""Of a look: coarse enough that detail, grain and codec noise do not count, 384 bytes a frame."""

LEAST_PSNR = 18.0
"""Decibel between the looks of a restored frame and of its source frame: restored frames lie above 25, a
black or missing one below 15."""

_NEIGHBOURS = (-1, 1, -2, 2, -3, 3, -4, 4)
_BETTER = 4.0
"""So many times nearer to another source frame than to its own: the frame shows that one."""
_MOTION = 1.0
"""Mean squared levels; less than that between two source frames is no motion worth asking about."""
_RUN = 32
"""Frames that are asked together, too: what is too little in one frame is enough in all of them."""
_MOTION_OF_RUN = 0.1
"""As _MOTION, on average over a run."""
_STEADY = 12
"""Frames on each side over which a restoration's own colours, the same in all of them, are averaged."""
_PIECE = 4096
"""Frames compared at a time."""
_UNIT = 256
"""Of a look, per level of 8 bit: slow films move by less than one level from frame to frame."""

Look = NDArray[np.uint16]
Looks = NDArray[np.uint16]
_Floats = NDArray[np.float32]


class LookKeeper:
    """Collects the looks of frames while they stream past; 384 bytes a frame."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def see(self, thumb: NDArray[np.uint8]) -> None:
        """Look at the next frame, (h, w, 3) uint8 BGR."""
        self._kept += look_of(thumb).tobytes()

    def looks(self) -> Looks:
        """Return what was seen, (N, HEIGHT, WIDTH) uint16."""
        return np.frombuffer(bytes(self._kept), np.uint16).reshape(-1, HEIGHT, WIDTH)


def look_of(thumb: NDArray[np.uint8]) -> Look:
    """Return a frame's luma at (HEIGHT, WIDTH), uint16 in 1/256 levels, from a small picture (h, w, 3) uint8 BGR."""
    luma = cv2.cvtColor(thumb, cv2.COLOR_BGR2GRAY).astype(np.float32)
    small = cv2.resize(luma, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return np.rint(small * _UNIT).astype(np.uint16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A film frame that does not show its source frame."""

    frame: int
    """Position in the film."""
    shown: int | None
    """Position of the source frame it shows instead; None: it resembles none nearby."""
    decibel: float
    """PSNR against its source frame, where it resembles none."""


def first_stray(source: Looks, film: Looks) -> Stray | None:
    """Return the first film frame that does not show its source frame, or None.

    source, film: (N, HEIGHT, WIDTH) uint16. Finds black and foreign frames, and frozen, shifted and swapped
    ones where the source moves.
    """
    reach = _STEADY + max(_NEIGHBOURS)
    for begin in range(0, len(source), _PIECE):
        first = max(begin - reach, 0)
        part = slice(first, begin + _PIECE + reach)
        for strays in _strays(_levels(source[part]), _levels(film[part])):
            inside = [stray for stray in strays if begin <= first + stray.frame < begin + _PIECE]
            if inside:
                stray = min(inside, key=lambda stray: stray.frame)
                shown = None if stray.shown is None else stray.shown + first
                return Stray(frame=stray.frame + first, shown=shown, decibel=stray.decibel)
    return None


def _strays(source: _Floats, film: _Floats) -> Iterator[list[Stray]]:
    """What each way to look at a piece shows: foreign frames first, then those that show another frame."""
    likeness = psnr(_distance(source, film))
    foreign = np.flatnonzero(likeness < LEAST_PSNR)
    yield [Stray(frame=int(at), shown=None, decibel=float(likeness[at])) for at in foreign]
    for view in _views(source, film):
        own = _distance(view.source, view.film)
        yield [
            Stray(frame=int(at), shown=int(at) + step, decibel=0.0)
            for step in _NEIGHBOURS
            for at in _showing_another(view.source, view.film, own, step)
            if not view.unasked[at]
        ]


@dataclass(frozen=True, slots=True)
class _View:
    """One way to look at source and film."""

    source: _Floats
    film: _Floats
    unasked: NDArray[np.bool_]
    """Frames of which this view cannot tell."""


def _views(source: _Floats, film: _Floats) -> Iterator[_View]:
    """Structure alone; the same, and the frames as they are, without what the restoration changes in all of them.

    A restoration that makes everything a little brighter or stronger is, while the picture fades, nearer to
    another frame of its source than to its own: neither must count.
    """
    usual = float(np.median(_strength(_centred(source))))
    shape, restored = _normalised(source, usual), _normalised(film, usual)
    all_asked = np.zeros(len(source), np.bool_)
    yield _View(shape, restored, all_asked)
    yield _View(shape, restored - _running_mean(restored - shape), all_asked)
    yield _View(source, film - _running_mean(film - source), _outliers(source))


def _normalised(frames: _Floats, strength: float) -> _Floats:
    """Frames without their brightness, all of one contrast."""
    centred = _centred(frames)
    factor = (strength / np.maximum(_strength(centred), 1.0)).astype(np.float32)
    return centred * factor


def _centred(frames: _Floats) -> _Floats:
    mean = frames.mean(axis=(1, 2), keepdims=True, dtype=np.float32)
    return frames - mean


def _strength(centred: _Floats) -> _Floats:
    power = (centred**2).mean(axis=(1, 2), keepdims=True)
    return np.sqrt(power).astype(np.float32)


def _outliers(source: _Floats) -> NDArray[np.bool_]:
    """Frames that differ more from the one before than their two neighbours do from each other.

    A flash that was taken away leaves a frame that is like its neighbours.
    """
    found = np.zeros(len(source), np.bool_)
    across = _distance(source[2:], source[:-2])
    found[1:-1] = across * _BETTER < _distance(source[1:-1], source[:-2])
    return found


def _running_mean(frames: _Floats) -> _Floats:
    total = np.concatenate(
        [np.zeros_like(frames[:1], np.float64), np.cumsum(frames, axis=0, dtype=np.float64)]
    )
    at = np.arange(len(frames))
    start, stop = np.maximum(at - _STEADY, 0), np.minimum(at + _STEADY + 1, len(frames))
    return ((total[stop] - total[start]) / (stop - start)[:, None, None]).astype(np.float32)


def psnr(mean_square: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return decibels of mean squared errors in levels of 8 bit."""
    return 10 * np.log10(255.0**2 / np.maximum(mean_square, 0.01))


def _showing_another(
    source: _Floats, film: _Floats, own: NDArray[np.float64], step: int
) -> NDArray[np.int64]:
    """Frames, alone or in a run, that are much nearer to the source frame `step` further on than to their own."""
    n = len(source)
    if n <= abs(step):
        return np.zeros(0, np.int64)
    at = np.arange(max(-step, 0), n - max(step, 0))
    other, own = _distance(source[at + step], film[at]), own[at]
    motion = _distance(source[at + step], source[at])
    alone = at[(motion > _MOTION) & (other * _BETTER < own)]
    starts = np.arange(0, len(at) - _RUN + 1, _RUN)
    if not len(starts):
        return alone
    whole = slice(0, len(starts) * _RUN)
    other, own, motion = (x[whole].reshape(-1, _RUN).mean(axis=1) for x in (other, own, motion))
    runs = at[starts[(motion > _MOTION_OF_RUN) & (other * _BETTER < own)]]
    return np.sort(np.concatenate([alone, runs]))


def _levels(looks: Looks) -> _Floats:
    return looks.astype(np.float32) / np.float32(_UNIT)


def _distance(first: _Floats, second: _Floats) -> NDArray[np.float64]:
    """Mean squared difference of each pair of looks, (N,)."""
    return ((first - second) ** 2).mean(axis=(1, 2), dtype=np.float64)
