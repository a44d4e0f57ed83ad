"""What crosses the media border: batches of upright RGB frames with their own time stamps."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from engine.clip import FieldOrder

Pixels = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameBatch:
    """Consecutive frames of one clip."""

    pixels: Pixels
    """(T, H, W, 3) uint8 or uint16 RGB, full range (0..255 or 0..65535), upright."""
    pts: NDArray[np.int64]
    """(T,) int64, strictly increasing, in the clip's time base."""
    first: int
    """Absolute index of the first frame in the source."""
    alpha: Pixels | None = None
    """(T, H, W) of the pixels' dtype, or None."""

    def __post_init__(self) -> None:
        if self.pixels.ndim != 4 or self.pixels.shape[-1] != 3:
            raise ValueError(f"pixels have shape {self.pixels.shape}, need (T, H, W, 3)")
        if self.pixels.dtype not in (np.uint8, np.uint16):
            raise ValueError(f"pixels are {self.pixels.dtype}, need uint8 or uint16")
        if self.pts.shape != (len(self.pixels),):
            raise ValueError(f"{len(self.pixels)} frames with time stamps of shape {self.pts.shape}")
        if self.alpha is not None and self.alpha.shape != self.pixels.shape[:3]:
            raise ValueError(f"alpha has shape {self.alpha.shape}, need {self.pixels.shape[:3]}")

    def __len__(self) -> int:
        return len(self.pixels)

    def __repr__(self) -> str:
        t, height, width, _ = self.pixels.shape
        return (
            f"FrameBatch({t} x {width}x{height} {self.pixels.dtype}, frames {self.first}..{self.first + t})"
        )


class Cadence(Enum):
    """What the frames themselves say of their fields."""

    UNKNOWN = "unknown"
    """Too little motion, or contradictory."""
    PROGRESSIVE = "progressive"
    INTERLACED = "interlaced"
    TELECINED = "telecined"
    """Film at four fifths of the rate, spread over fields (3:2 pulldown)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """How the lines of a film lie in time, as measured."""

    cadence: Cadence = Cadence.UNKNOWN
    order: FieldOrder = FieldOrder.PROGRESSIVE
    """Which field comes first; PROGRESSIVE where nothing says so."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameIndex:
    """What one walk through the whole clip found: the truth about its frames."""

    pts: NDArray[np.int64]
    """(N,) int64, strictly increasing (repaired where the file was not), in the clip's time base."""
    raw_pts: tuple[int | None, ...]
    """What the decoder said of each frame, in decoded order; None where it said nothing."""
    keyframes: tuple[int, ...]
    """Frame indices a decoder can start at."""
    last_duration: int
    """Duration of the last frame in the clip's time base, >= 1."""
    n_corrupt: int = 0
    """Frames that the decoder marked as damaged."""
    n_undecodable: int = 0
    """Packets that could not be decoded at all."""
    n_interlaced: int = 0
    """Frames flagged as interlaced."""
    n_resized: int = 0
    """Frames whose size differs from the first one's."""
    repaired_pts: int = 0
    """Time stamps that were missing, repeated or went back, and were mended."""
    fields: Fields = Fields()
    """How the lines of its frames lie in time, as measured."""
    spread: "FrameIndex | None" = None
    """Of a film whose 3:2 pulldown is undone: the index of the file's own frames."""
    picked: tuple[int, ...] = ()
    """Of such a film: which of the file's frames, once their fields are put together, are its frames."""

    def __post_init__(self) -> None:
        if len(self.pts) != len(self.raw_pts):
            raise ValueError(f"{len(self.pts)} time stamps for {len(self.raw_pts)} frames")
        if self.spread is not None and len(self.picked) != len(self.pts):
            raise ValueError(f"{len(self.picked)} frames picked for {len(self.pts)} time stamps")
        if len(self.pts) > 1 and not bool((np.diff(self.pts) > 0).all()):
            raise ValueError("time stamps must be strictly increasing")

    def __len__(self) -> int:
        return len(self.pts)
