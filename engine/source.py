"""Everything the main path knows about a source once it has looked at it whole."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.cancel import CancelToken
from engine.clip import Clip, FieldOrder, SourceState
from engine.condition import source_state
from engine.errors import SettingsError
from engine.events import Notice, Severity
from engine.job import Job
from engine.likeness import LookKeeper
from engine.media.deinterlace import puts_fields_together
from engine.media.frames import Cadence, FrameIndex
from engine.media.quantiser import measure_quantiser
from engine.media.reader import Reader
from engine.media.survey import notices, survey
from engine.media.telecine import film_index
from engine.media.tone_map import ToneMap
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
    looks: NDArray[np.uint16]
    """(stop - start, h, w) uint16, the luma of every frame at very low resolution; see likeness.py."""
    deinterlace: bool
    notices: tuple[Notice, ...]
    """What a person should know about this source before the start."""

    def __len__(self) -> int:
        return self.stop - self.start


def look_at(job: Job, clip: Clip, cancel: CancelToken) -> Source:
    """Return what one walk through the job's source, probed as `clip`, tells.

    Raises SourceError for a source that holds no film, SettingsError for a range it does not have.
    """
    clip = replace(clip, tone_mapped=job.restoration.tone_map and clip.color.is_hdr)
    wanted, width = job.restoration.deinterlace, ShotFinder.thumb_width
    seen = _Seen()
    index = spread = survey(clip, thumb=seen.see, thumb_width=width, restart=seen.restart, cancel=cancel)
    deinterlace = _deinterlace(wanted, clip, spread)
    if wanted is Deinterlace.FILM or (deinterlace and puts_fields_together(clip, spread)):
        # What was seen are frames with fields of two film frames; a second walk shows the film's own.
        seen = _Seen()
        only_film = wanted is Deinterlace.FILM
        index = film_index(clip, spread, only_film, thumb=seen.see, thumb_width=width, cancel=cancel)
    start, stop = _range(job, len(index))
    return Source(
        clip=clip,
        index=index,
        shots=seen.finder.shots(start, stop),
        start=start,
        stop=stop,
        samples={at: thumb for at, thumb in seen.samples.kept.items() if start <= at < stop},
        looks=seen.looks.looks()[start:stop],
        deinterlace=deinterlace,
        notices=(*notices(clip, spread), *_decided(job, clip, spread, index, deinterlace)),
    )


def measured_state(
    clip: Clip, index: FrameIndex, start: int, stop: int, *, deinterlace: bool | None = None
) -> SourceState:
    """How damaged the frames [start, stop) are, by five of them and by what the decoder tells.

    deinterlace: None for what a job would do by itself. Raises SourceError when the file has changed.
    """
    if deinterlace is None:
        deinterlace = _deinterlace(Deinterlace.AUTO, clip, index)
    picks = sorted({start + (stop - 1 - start) * part // 4 for part in range(5)})
    with Reader(clip, index, deep=False, deinterlace=deinterlace) as reader:
        frames = [next(iter(reader.read(at, at + 1, batch=1))).pixels for at in picks]
    pixels = np.concatenate(frames).astype(np.uint8, copy=False)
    return source_state(pixels, measure_quantiser(clip))


class _Seen:
    """What one walk shows, frame by frame."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget what was seen: the walk begins anew."""
        self.finder, self.samples, self.looks = ShotFinder(), FrameSamples(), LookKeeper()

    def see(self, thumb: NDArray[np.uint8]) -> None:
        self.finder.see(thumb)
        self.samples.see(thumb)
        self.looks.see(thumb)


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


def expected(job: Job, clip: Clip, index: FrameIndex) -> tuple[Notice, ...]:
    """What a person should know about a surveyed source before the start, without another walk through it."""
    clip = replace(clip, tone_mapped=job.restoration.tone_map and clip.color.is_hdr)
    wanted = job.restoration.deinterlace
    whole = _deinterlace(wanted, clip, index)
    if wanted is Deinterlace.FILM:
        message = "3:2 pulldown is undone: the film's own 24 frames a second are taken out"
        return (*notices(clip, index), Notice(code="pulldown-undone", message=message))
    return (*notices(clip, index), *_decided(job, clip, index, index, whole))


def _range(job: Job, n_frames: int) -> tuple[int, int]:
    stop = n_frames if job.stop_frame is None else job.stop_frame
    if job.first_frame >= n_frames or stop > n_frames:
        raise SettingsError(
            f"the range {job.first_frame}-{stop} is not in the clip: it has {n_frames} frames"
        )
    return job.first_frame, stop


def _deinterlace(wanted: Deinterlace, clip: Clip, index: FrameIndex) -> bool:
    """Flags count, and so does what was measured; a file whose flags are wrong keeps its whole frames."""
    if wanted is not Deinterlace.AUTO:
        return wanted is not Deinterlace.OFF
    flagged = clip.field_order is not FieldOrder.PROGRESSIVE or index.n_interlaced * 2 > len(index)
    cadence = index.fields.cadence
    return cadence in (Cadence.INTERLACED, Cadence.TELECINED) or (
        flagged and cadence is not Cadence.PROGRESSIVE
    )


def _decided(job: Job, clip: Clip, spread: FrameIndex, index: FrameIndex, whole: bool) -> Iterator[Notice]:
    """What the settings make of this source, where a person would want to know."""
    if index.spread is not None:
        message = f"the film's own {len(index)} frames are taken out of {len(spread)}: 3:2 pulldown is undone"
        yield Notice(code="pulldown-undone", message=message)
    elif whole:
        message = (
            "the fields of each film frame are put together before it is restored"
            if puts_fields_together(clip, index)
            else "the frames are deinterlaced before they are restored"
        )
        yield Notice(code="deinterlaced", message=message)
    elif index.fields.cadence in (Cadence.INTERLACED, Cadence.TELECINED):
        message = "deinterlacing is off: comb lines stay in the film"
        yield Notice(code="combing-kept", message=message, severity=Severity.WARNING)
    if clip.tone_mapped:
        message = f"HDR (up to {ToneMap(clip).peak:.0f} cd/m2) is tone-mapped to SDR, BT.709"
        yield Notice(code="tone-mapped", message=message)
    elif job.restoration.tone_map:
        yield Notice(code="not-hdr", message="the source is SDR already: there is nothing to tone-map")
