"""One walk through the whole clip: the truth about its frames, and what the person should know of it."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from engine.cancel import CancelToken
from engine.clip import Clip, FieldOrder
from engine.errors import SourceError
from engine.events import Notice, Severity
from engine.media import color, timestamps
from engine.media.convert import thumbnail
from engine.media.deinterlace import field_order
from engine.media.fields import FieldMeter
from engine.media.frames import Cadence, Fields, FrameIndex
from engine.media.source import open_frames

logger = logging.getLogger(__name__)

# More than this is missing of the declared duration: the file is cut off. Where only the container declares
# one, that is the sound's, which usually runs a little longer than the picture.
_MISSING_SHARE = 0.03
_MISSING_SECONDS = 0.25


@dataclass(slots=True)
class _Tally:
    """What is noted of each frame during the walk."""

    raw_pts: list[int | None] = field(default_factory=list)
    keyframes: list[int] = field(default_factory=list)
    first_size: tuple[int, int] = (0, 0)
    last_duration: int = 0
    n_corrupt: int = 0
    n_undecodable: int = 0
    n_interlaced: int = 0
    n_resized: int = 0
    meter: FieldMeter = field(default_factory=FieldMeter)

    @property
    def is_damaged(self) -> bool:
        return self.n_corrupt + self.n_undecodable > 0

    def add(self, frame: VideoFrame) -> None:
        self.meter.see(frame, len(self.raw_pts))
        if not self.raw_pts:
            self.first_size = (frame.width, frame.height)
        if frame.key_frame:
            self.keyframes.append(len(self.raw_pts))
        self.raw_pts.append(frame.pts)
        self.last_duration = frame.duration or 0
        self.n_corrupt += frame.is_corrupt
        self.n_interlaced += frame.interlaced_frame
        self.n_resized += (frame.width, frame.height) != self.first_size


def survey(
    clip: Clip,
    *,
    thumb: Callable[[NDArray[np.uint8]], None] | None = None,
    thumb_width: int = 128,
    restart: Callable[[], None] | None = None,
    cancel: CancelToken,
) -> FrameIndex:
    """The clip's frame index, from decoding it once from end to end.

    thumb: is given every frame as a small picture, (h, thumb_width, 3) uint8 BGR, once and in display order
    (thumb_width counts before rotation). A damaged file is walked through again by one thread, because only
    that gives the same frames every time; `restart` is called before, and all thumbs are given anew.
    Raises SourceError when no frame can be decoded, Cancelled when asked to stop; leaves nothing open.
    """
    scaler = VideoReformatter()

    def look(frame: VideoFrame) -> None:
        cancel.check()
        if thumb is not None:
            thumb(thumbnail(frame, thumb_width, clip, scaler))

    tally = _walk(clip, look, threaded=True)
    if tally.is_damaged:
        if restart is not None:
            restart()
        tally = _walk(clip, look, threaded=False)
    if not tally.raw_pts:
        raise SourceError(f"{clip.path.name} holds a video stream, but not one frame of it can be decoded")
    return _index(clip, tally)


def _walk(clip: Clip, look: Callable[[VideoFrame], None], *, threaded: bool) -> _Tally:
    """What decoding the clip shows; threaded: ends at the first damage, which is not repeatable."""
    tally = _Tally()
    with open_frames(clip, threaded=threaded) as source:
        for frame in source.frames():
            look(frame)
            tally.add(frame)
            tally.n_undecodable = source.n_undecodable
            if threaded and tally.is_damaged:
                break
        tally.n_undecodable = source.n_undecodable
    return tally


def notices(clip: Clip, index: FrameIndex) -> list[Notice]:
    """What the person should know of this source before it is restored."""
    return [*_timing_notices(clip, index), *_picture_notices(clip, index)]


def _timing_notices(clip: Clip, index: FrameIndex) -> Iterator[Notice]:
    n = len(index)
    if _is_untimed(index):
        yield _warning(
            "no-timestamps",
            f"the file holds no time stamps; its frames are shown at {float(clip.frame_rate):g} per second",
        )
    elif index.repaired_pts:
        yield _warning(
            "timestamps-repaired",
            f"{index.repaired_pts} of {n} time stamps were missing, repeated or went back; they are mended",
        )
    if _is_truncated(clip, index):
        declared = clip.duration_seconds or 0.0
        yield _warning(
            "truncated",
            f"the file is cut off: {_seconds(clip, index):.1f} of {declared:.1f} seconds are there",
        )
    if clip.missing_numbers:
        gaps = clip.missing_numbers
        yield _warning(
            "sequence-gaps",
            f"files are missing from the sequence: {len(gaps)}, the first is number {gaps[0]}",
        )


def _picture_notices(clip: Clip, index: FrameIndex) -> Iterator[Notice]:
    n = len(index)
    if index.n_corrupt:
        yield _warning("damaged-frames", f"{index.n_corrupt} of {n} frames are damaged in the file")
    if index.n_undecodable:
        yield _warning(
            "lost-frames", f"{index.n_undecodable} pieces of the video cannot be decoded and are lost"
        )
    if index.n_resized:
        size = f"{clip.width}x{clip.height}"
        yield _warning(
            "size-changes", f"{index.n_resized} frames have another size; they are scaled to {size}"
        )
    if not color.is_known_matrix(clip.color.matrix):
        yield _warning(
            "unknown-colour", f"colours may be off: matrix {clip.color.matrix} of H.273 is not supported"
        )
    yield from _field_notices(clip, index)


def _field_notices(clip: Clip, index: FrameIndex) -> Iterator[Notice]:
    """What flags and measurement say of interlacing, together."""
    flagged = index.n_interlaced * 2 > len(index) or clip.field_order is not FieldOrder.PROGRESSIVE
    bottom_first = field_order(clip, index) is FieldOrder.BOTTOM_FIRST
    cadence = index.fields.cadence
    if cadence is Cadence.TELECINED:
        message = (
            "film spread over fields (3:2 pulldown): they are put together; choose film to drop repeats too"
        )
        yield Notice(code="telecined", message=message)
    elif cadence is Cadence.INTERLACED:
        message = (
            "the frames are interlaced, bottom field first"
            if bottom_first
            else "the frames are interlaced, top field first"
        )
        yield Notice(code="interlaced", message=message)
    elif flagged and cadence is Cadence.PROGRESSIVE:
        message = "the file says that it is interlaced, but its frames are whole"
        yield Notice(code="wrongly-interlaced", message=message)
    elif index.n_interlaced:
        yield Notice(code="interlaced", message=f"{index.n_interlaced} of {len(index)} frames are interlaced")
    said = clip.field_order
    if cadence is Cadence.INTERLACED and said not in (FieldOrder.PROGRESSIVE, index.fields.order):
        message = "the file names the wrong field first; what moves shows the true order, which is used"
        yield Notice(code="field-order", message=message, severity=Severity.WARNING)


def _warning(code: str, message: str) -> Notice:
    return Notice(code=code, message=message, severity=Severity.WARNING)


def _is_untimed(index: FrameIndex) -> bool:
    return all(stamp is None for stamp in index.raw_pts)


def _index(clip: Clip, tally: _Tally) -> FrameIndex:
    step = max(1, round(1 / (clip.frame_rate * clip.time_base)))
    last_duration = tally.last_duration if tally.last_duration > 0 else step
    if all(stamp is None for stamp in tally.raw_pts):
        pts = timestamps.invented(len(tally.raw_pts), clip.frame_rate, clip.time_base)
        n_repaired, last_duration = len(pts), step
    else:
        pts, n_repaired = timestamps.repaired(tally.raw_pts, step)
    logger.debug("%s: %d frames, %d stamps repaired", clip.path.name, len(pts), n_repaired)
    return FrameIndex(
        pts=pts,
        raw_pts=tuple(tally.raw_pts),
        keyframes=tuple(tally.keyframes),
        last_duration=last_duration,
        n_corrupt=tally.n_corrupt,
        n_undecodable=tally.n_undecodable,
        n_interlaced=tally.n_interlaced,
        n_resized=tally.n_resized,
        repaired_pts=n_repaired,
        fields=Fields() if clip.is_sequence else tally.meter.finding(),
    )


def _seconds(clip: Clip, index: FrameIndex) -> float:
    return float((int(index.pts[-1]) - int(index.pts[0]) + index.last_duration) * clip.time_base)


def _is_truncated(clip: Clip, index: FrameIndex) -> bool:
    declared = clip.duration_seconds
    if declared is None or clip.is_sequence or _is_untimed(index):
        return False
    missing = declared - _seconds(clip, index)
    return missing > max(_MISSING_SECONDS, declared * _MISSING_SHARE)
