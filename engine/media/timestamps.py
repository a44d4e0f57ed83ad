"""Time stamps that only rise, made from what a decoder says."""

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray


def invented(n_frames: int, frame_rate: Fraction, time_base: Fraction) -> NDArray[np.int64]:
    """(n_frames,) int64: frame i at i / frame_rate, rounded to the time base, strictly increasing."""
    step = 1 / (frame_rate * time_base)
    rounded = np.array([round(i * step) for i in range(n_frames)], np.int64)
    return _strictly(rounded)


def repaired(raw: Sequence[int | None], step: int) -> tuple[NDArray[np.int64], int]:
    """(N,) int64 strictly increasing, and how many of the raw stamps had to be replaced.

    The longest rising run of stamps is believed; the others are spread evenly between their neighbours.
    step: usual distance of two frames, >= 1.
    """
    trusted = _longest_rising(raw)
    if len(trusted) == len(raw):
        return np.array(raw, np.int64), 0
    positions = np.array(trusted)
    values = np.array([raw[i] for i in trusted], np.int64)
    index = np.arange(len(raw))
    mended = np.rint(np.interp(index, positions, values)).astype(np.int64)
    before, after = index < positions[0], index > positions[-1]
    mended[before] = values[0] - (positions[0] - index[before]) * step
    mended[after] = values[-1] + (index[after] - positions[-1]) * step
    return _strictly(mended), len(raw) - len(trusted)


def _strictly(stamps: NDArray[np.int64]) -> NDArray[np.int64]:
    """The smallest stamps that are not below the given ones and strictly increase."""
    index = np.arange(len(stamps))
    return np.maximum.accumulate(stamps - index) + index


def _longest_rising(raw: Sequence[int | None]) -> list[int]:
    """Indices of the longest strictly increasing subsequence (patience sorting, Schensted 1961)."""
    tails: list[int] = []
    tail_index: list[int] = []
    previous: list[int] = [-1] * len(raw)
    for i, stamp in enumerate(raw):
        if stamp is None:
            continue
        place = bisect_left(tails, stamp)
        if place < len(tails) and tails[place] == stamp:
            continue  # of repeated stamps the first frame keeps it
        previous[i] = tail_index[place - 1] if place else -1
        tails[place : place + 1] = [stamp]
        tail_index[place : place + 1] = [i]
    chain: list[int] = []
    at = tail_index[-1] if tail_index else -1
    while at >= 0:
        chain.append(at)
        at = previous[at]
    return chain[::-1]
