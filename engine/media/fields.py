"""How the lines of a film lie in time, measured on its own frames: flags are often missing, and some lie."""

from typing import Any

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from engine.clip import FieldOrder
from engine.media.color import is_rgb
from engine.media.frames import Cadence, Fields

_RUN = 20
"""Consecutive frames measured at a time: four whole cycles of 3:2 pulldown."""
_SPACING = 200
"""Frames from one run to the next at the start; later runs lie a tenth of the film so far apart, so that
long films cost few of them."""
_LARGEST_HEIGHT = 1152
"""Lines; nothing taller is interlaced, and measuring it would cost time."""
_STILL = 0.35
"""Levels of 8 bit; field differences below this are noise."""
_CLEAR = 0.5
"""Part of the whole difference that must speak for one order before a frame counts for it."""
_LEAST_VOTES = 3
_REPEATED = 0.5
"""A field is a repeat when it differs from the one before by less than this part of what is usual."""
_CYCLE = 5
"""Frames after which 3:2 pulldown repeats itself; four of film lie in them."""

Field = NDArray[np.float32]


class FieldMeter:
    """Looks at runs of frames from the whole length of a film and counts what they say."""

    def __init__(self) -> None:
        self._votes = {FieldOrder.TOP_FIRST: 0, FieldOrder.BOTTOM_FIRST: 0, FieldOrder.PROGRESSIVE: 0}
        self._runs = {Cadence.TELECINED: 0, Cadence.UNKNOWN: 0}
        self._next_run = 0
        self._run_end = 0
        self._before: tuple[Field, Field] | None = None
        self._steps: list[tuple[float, float]] = []

    def see(self, frame: VideoFrame, number: int) -> None:
        """Look at a decoded frame; most are let pass."""
        if number == self._next_run:
            self._run_end = number + _RUN
            self._next_run = number + max(_SPACING, number // 10)
        if number >= self._run_end or not _can_be_interlaced(frame):
            return
        fields = _fields(frame)
        if self._before is not None and self._before[0].shape == fields[0].shape:
            self._compare(self._before, fields)
        self._before = fields
        if number == self._run_end - 1:
            self._close_run()

    def finding(self) -> Fields:
        """Return what the frames seen so far say together."""
        self._close_run()
        top, bottom = self._votes[FieldOrder.TOP_FIRST], self._votes[FieldOrder.BOTTOM_FIRST]
        whole = self._votes[FieldOrder.PROGRESSIVE]
        order = FieldOrder.TOP_FIRST if top >= bottom else FieldOrder.BOTTOM_FIRST
        combed = max(top, bottom)
        if self._runs[Cadence.TELECINED] > self._runs[Cadence.UNKNOWN]:
            return Fields(cadence=Cadence.TELECINED, order=order)
        # Programmes mix: two fifths of interlaced frames are combing that must not be baked in.
        if combed >= _LEAST_VOTES and combed * 3 > whole * 2 and combed > 2 * min(top, bottom):
            return Fields(cadence=Cadence.INTERLACED, order=order)
        if whole >= _LEAST_VOTES and whole > 4 * (top + bottom):
            return Fields(cadence=Cadence.PROGRESSIVE)
        return Fields()

    def _compare(self, before: tuple[Field, Field], now: tuple[Field, Field]) -> None:
        (top, bottom), (next_top, next_bottom) = before, now
        same, late_bottom, late_top = _comb(top, bottom), _comb(top, next_bottom), _comb(next_top, bottom)
        vote = _vote(same, late_bottom, late_top)
        if vote is not None:
            self._votes[vote] += 1
        self._steps.append((float(np.abs(next_top - top).mean()), float(np.abs(next_bottom - bottom).mean())))

    def _close_run(self) -> None:
        if len(self._steps) >= 2 * _CYCLE and min(np.median(self._steps, axis=0)) > _STILL:
            self._runs[Cadence.TELECINED if _is_pulldown(self._steps) else Cadence.UNKNOWN] += 1
        self._before, self._steps = None, []


def _vote(same: float, late_bottom: float, late_top: float) -> FieldOrder | None:
    """What two neighbouring frames say, from how badly fields fit that lie in one frame or in both.

    Fields fit the worse, the further they lie apart in time. In whole frames the two fields of one frame fit
    best. With the top field first, a frame's bottom field lies as near to the next top field as to its own,
    and its top field is three fields away from the next bottom field.
    """
    near, far = sorted((late_bottom, late_top))
    best = min(same, near)
    reach = far - best
    if reach < max(_STILL, 0.05 * best):
        return None
    if near - same > _CLEAR * reach:
        return FieldOrder.PROGRESSIVE
    if far - near > _CLEAR * reach:
        return FieldOrder.TOP_FIRST if late_bottom > late_top else FieldOrder.BOTTOM_FIRST
    return None


def _is_pulldown(steps: list[tuple[float, float]]) -> bool:
    """True when once in five frames the top field repeats, and the bottom field two or three frames apart."""
    table = np.array(steps)
    usual = np.median(table, axis=0)
    phases = np.stack([table[phase::_CYCLE].mean(axis=0) for phase in range(_CYCLE)])
    (top, bottom), (top_step, bottom_step) = phases.argmin(axis=0), phases.min(axis=0)
    repeats = top_step < _REPEATED * usual[0] and bottom_step < _REPEATED * usual[1]
    return bool(repeats) and (top - bottom) % _CYCLE in (2, 3)


def _can_be_interlaced(frame: VideoFrame) -> bool:
    return 16 <= frame.height <= _LARGEST_HEIGHT and frame.width >= 16 and not is_rgb(frame.format.name)


def _fields(frame: VideoFrame) -> tuple[Field, Field]:
    """Top and bottom field of the luma, each (h, w/2) float32 in levels of 8 bit."""
    plane = frame.planes[0]
    bits = frame.format.components[0].bits
    dtype = np.uint8 if bits <= 8 else np.uint16
    rows: NDArray[Any] = np.frombuffer(memoryview(plane), dtype).reshape(
        plane.height, plane.line_size // np.dtype(dtype).itemsize
    )
    luma: NDArray[Any] = rows[: plane.height // 2 * 2, : plane.width].astype(np.float32) / float(
        1 << max(bits - 8, 0)
    )
    # Halved across: combing is vertical, and chance differences of single pixels are not.
    luma = cv2.resize(luma, (max(plane.width // 2, 1), len(luma)), interpolation=cv2.INTER_AREA)
    lines = luma.astype(np.float32, copy=False)
    return lines[0::2], lines[1::2]


def _comb(top: Field, bottom: Field) -> float:
    """How badly a bottom field fits between the lines of a top field, in levels."""
    return float(np.abs(bottom[:-1] - (top[:-1] + top[1:]) * 0.5).mean())
