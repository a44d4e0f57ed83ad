"""Everything the main path knows about a source once it has looked at it whole."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.cancel import CancelToken
from engine.clip import Clip, FieldOrder
from engine.errors import SettingsError
from engine.events import Notice
from engine.job import Job
from engine.media.frames import FrameIndex
from engine.media.survey import notices, survey
from engine.plan import Shot
from engine.settings import Deinterlace
from engine.shots import ShotFinder

MOST_SAMPLES = 64
"""Small frames kept to compare the finished film with; their number does not grow with the clip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One clip, surveyed."""

    clip: Clip
    index: FrameIndex
    shots: tuple[Shot, ...]
    """They cover [start, stop)."""
    start: int
    """First frame of the job's range."""
    stop: int
    samples: dict[int, NDArray[np.uint8]]
    """Small frames (h, w, 3) uint8 by absolute index, for verification."""
    deinterlace: bool
    notices: tuple[Notice, ...]
    """What a person should know about this source before the start."""

    def __len__(self) -> int:
        return self.stop - self.start


def look_at(job: Job, clip: Clip, cancel: CancelToken) -> Source:
    """Return what one walk through the job's source, probed as `clip`, tells.

    Raises SourceError for a source that holds no film, SettingsError for a range it does not have.
    """
    finder, samples = ShotFinder(), FrameSamples()

    def see(thumb: NDArray[np.uint8]) -> None:
        finder.see(thumb)
        samples.see(thumb)

    index = survey(clip, thumb=see, thumb_width=ShotFinder.thumb_width, cancel=cancel)
    start, stop = _range(job, len(index))
    deinterlace = _deinterlace(job.restoration.deinterlace, clip, index)
    return Source(
        clip=clip,
        index=index,
        shots=finder.shots(start, stop),
        start=start,
        stop=stop,
        samples={at: thumb for at, thumb in samples.kept.items() if start <= at < stop},
        deinterlace=deinterlace,
        notices=tuple(notices(clip, index)),
    )


class FrameSamples:
    """Keeps every n-th small frame, with n growing so that at most MOST_SAMPLES are held."""

    def __init__(self) -> None:
        self.kept: dict[int, NDArray[np.uint8]] = {}
        self._stride = 1
        self._next = 0

    def see(self, thumb: NDArray[np.uint8]) -> None:
        """Look at the next frame, (h, w, 3) uint8."""
        if self._next % self._stride == 0:
            self.kept[self._next] = thumb.copy()
        self._next += 1
        if len(self.kept) > MOST_SAMPLES:
            self._stride *= 2
            self.kept = {at: kept for at, kept in self.kept.items() if at % self._stride == 0}


def _range(job: Job, n_frames: int) -> tuple[int, int]:
    stop = n_frames if job.stop_frame is None else job.stop_frame
    if job.first_frame >= n_frames or stop > n_frames:
        raise SettingsError(
            f"the range {job.first_frame}-{stop} is not in the clip: it has {n_frames} frames"
        )
    return job.first_frame, stop


def _deinterlace(wanted: Deinterlace, clip: Clip, index: FrameIndex) -> bool:
    if wanted is Deinterlace.AUTO:
        return clip.field_order is not FieldOrder.PROGRESSIVE or index.n_interlaced * 2 > len(index)
    return wanted is Deinterlace.ON
