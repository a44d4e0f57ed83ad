"""One walk through the whole clip: the truth about its frames, and what the person should know of it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from engine.cancel import CancelToken
from engine.clip import Clip
from engine.errors import SourceError
from engine.events import Notice, Severity
from engine.media import color, timestamps
from engine.media.convert import thumbnail
from engine.media.frames import FrameIndex
from engine.media.source import open_frames

logger = logging.getLogger(__name__)

# Less of the declared duration than this was decoded: the file is cut off (audio may run a little longer).
_WHOLE = 0.97


@dataclass(slots=True)
class _Tally:
    """What is noted of each frame during the walk."""

    raw_pts: list[int | None] = field(default_factory=list)
    keyframes: list[int] = field(default_factory=list)
    first_size: tuple[int, int] = (0, 0)
    last_duration: int = 0
    n_corrupt: int = 0
    n_interlaced: int = 0
    n_resized: int = 0

    def add(self, frame: VideoFrame) -> None:
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
    cancel: CancelToken,
) -> FrameIndex:
    """The clip's frame index, from decoding it once from end to end.

    thumb: is given every frame as a small upright picture, (h, thumb_width, 3) uint8 BGR, in display order.
    Raises SourceError when no frame can be decoded, Cancelled when asked to stop; leaves nothing open.
    """
    tally = _Tally()
    scaler = VideoReformatter()
    with open_frames(clip) as source:
        for frame in source.frames():
            cancel.check()
            tally.add(frame)
            if thumb is not None:
                thumb(thumbnail(frame, thumb_width, clip.rotation, scaler))
        n_undecodable = source.n_undecodable
    if not tally.raw_pts:
        raise SourceError(f"{clip.path.name} holds a video stream, but not one frame of it can be decoded")
    return _index(clip, tally, n_undecodable)


def notices(clip: Clip, index: FrameIndex) -> list[Notice]:
    """What the person should know of this source before it is restored."""
    n = len(index)
    untimed = all(stamp is None for stamp in index.raw_pts)
    found = [
        (untimed, "no-timestamps", _w(f"the file holds no time stamps; frames are timed at {float(clip.frame_rate):g} per second")),
        (bool(index.repaired_pts) and not untimed, "timestamps-repaired", _w(f"{index.repaired_pts} of {n} time stamps were missing, repeated or went back and were mended")),
        (bool(index.n_corrupt), "damaged-frames", _w(f"{index.n_corrupt} of {n} frames are damaged and were decoded as well as possible")),
        (bool(index.n_undecodable), "lost-frames", _w(f"{index.n_undecodable} pieces of the video could not be decoded; their frames are missing")),
        (_is_truncated(clip, index), "truncated", _w(f"the file is cut off: {_seconds(clip, index):.1f} of {clip.duration_seconds or 0:.1f} seconds are there")),
        (bool(index.n_resized), "size-changes", _w(f"{index.n_resized} frames have another size and are scaled to {clip.width}x{clip.height}")),
        (bool(clip.missing_numbers), "sequence-gaps", _w(f"{len(clip.missing_numbers)} files are missing from the sequence, the first is number {(clip.missing_numbers or (0,))[0]}")),
        (not color.is_known_matrix(clip.color.matrix), "unknown-colour", _w(f"the colour matrix (H.273 number {clip.color.matrix}) is not supported; colours may be off")),
        (bool(index.n_interlaced), "interlaced", (f"{index.n_interlaced} of {n} frames are interlaced", Severity.INFO)),
    ]  # fmt: skip
    return [
        Notice(code=code, message=message, severity=severity)
        for holds, code, (message, severity) in found
        if holds
    ]


def _w(message: str) -> tuple[str, Severity]:
    return message, Severity.WARNING


def _index(clip: Clip, tally: _Tally, n_undecodable: int) -> FrameIndex:
    step = max(1, round(1 / (clip.frame_rate * clip.time_base)))
    if all(stamp is None for stamp in tally.raw_pts):
        pts = timestamps.invented(len(tally.raw_pts), clip.frame_rate, clip.time_base)
        n_repaired = len(pts)
    else:
        pts, n_repaired = timestamps.repaired(tally.raw_pts, step)
    logger.debug("%s: %d frames, %d stamps repaired", clip.path.name, len(pts), n_repaired)
    return FrameIndex(
        pts=pts,
        raw_pts=tuple(tally.raw_pts),
        keyframes=tuple(tally.keyframes),
        last_duration=tally.last_duration if tally.last_duration > 0 else step,
        n_corrupt=tally.n_corrupt,
        n_undecodable=n_undecodable,
        n_interlaced=tally.n_interlaced,
        n_resized=tally.n_resized,
        repaired_pts=n_repaired,
    )


def _seconds(clip: Clip, index: FrameIndex) -> float:
    return float((int(index.pts[-1]) - int(index.pts[0]) + index.last_duration) * clip.time_base)


def _is_truncated(clip: Clip, index: FrameIndex) -> bool:
    declared = clip.duration_seconds
    if declared is None or clip.is_sequence or all(stamp is None for stamp in index.raw_pts):
        return False
    missing = declared - _seconds(clip, index)
    return missing > declared * (1 - _WHOLE) and missing * clip.frame_rate > 1.5
