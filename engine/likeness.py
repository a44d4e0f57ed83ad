"""Does every frame of a film show what the same frame of its source shows? Asked at very low resolution."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 16, 12
"""Of a look: coarse enough that detail, grain and codec noise do not count, 192 bytes a frame."""

LEAST_PSNR = 18.0
"""Decibel between the looks of a restored frame and of its source frame: restored frames lie above 25, a
black or missing one below 15."""

_NEIGHBOURS = (-2, -1, 1, 2)
_BETTER = 4.0
"""So many times nearer to another source frame than to its own: the frame shows that one."""
_MOTION = 1.0
"""Mean squared levels; less than that between two source frames is no motion worth asking about."""

Look = NDArray[np.uint8]
Looks = NDArray[np.uint8]


class LookKeeper:
    """Collects the looks of frames while they stream past; 192 bytes a frame."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def see(self, thumb: NDArray[np.uint8]) -> None:
        """Look at the next frame, (h, w, 3) uint8 BGR."""
        self._kept += look_of(thumb).tobytes()

    def looks(self) -> Looks:
        """Return what was seen, (N, HEIGHT, WIDTH) uint8."""
        return np.frombuffer(bytes(self._kept), np.uint8).reshape(-1, HEIGHT, WIDTH)


def look_of(thumb: NDArray[np.uint8]) -> Look:
    """Return a frame's luma at (HEIGHT, WIDTH), uint8, from a small picture (h, w, 3) uint8 BGR."""
    luma = cv2.cvtColor(thumb, cv2.COLOR_BGR2GRAY)
    return cv2.resize(luma, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


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

    source, film: (N, HEIGHT, WIDTH) uint8. Finds black and foreign frames, and frozen, shifted and swapped
    ones where the source moves.
    """
    own = _distance(source, film)
    likeness = psnr(own)
    strays: dict[int, tuple[int, float]] = {}
    for at in np.flatnonzero(likeness < LEAST_PSNR)[:1]:
        strays[int(at)] = (int(at), float(likeness[at]))
    for step in _NEIGHBOURS:
        for at in _showing_another(source, film, own, step)[:1]:
            strays.setdefault(int(at), (int(at) + step, 0.0))
    if not strays:
        return None
    at = min(strays)
    shown, decibel = strays[at]
    return Stray(frame=at, shown=None if shown == at else shown, decibel=decibel)


def psnr(mean_square: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return decibels of mean squared errors in levels of 8 bit."""
    return 10 * np.log10(255.0**2 / np.maximum(mean_square, 0.01))


def _showing_another(source: Looks, film: Looks, own: NDArray[np.float64], step: int) -> NDArray[np.int64]:
    """Frames that are much nearer to the source frame `step` further on than to their own."""
    n = len(source)
    if n <= abs(step):
        return np.zeros(0, np.int64)
    at = np.arange(max(-step, 0), n - max(step, 0))
    other = _distance(source[at + step], film[at])
    moves = _distance(source[at + step], source[at]) > _MOTION
    return at[moves & (other * _BETTER < own[at])]


def _distance(first: Looks, second: Looks) -> NDArray[np.float64]:
    """Mean squared difference of each pair of looks, (N,); by pieces, because a film has many."""
    pieces = [
        ((first[i : i + 4096].astype(np.float32) - second[i : i + 4096]) ** 2).mean(
            axis=(1, 2), dtype=np.float64
        )
        for i in range(0, len(first), 4096)
    ]
    return np.concatenate(pieces) if pieces else np.zeros(0)
