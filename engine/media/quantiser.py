"""How coarsely a codec quantised a film, as its decoder tells."""

import math
from collections.abc import Iterator
from itertools import islice

import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.clip import Clip
from engine.media.source import open_container

PLACES = (0.0, 0.35, 0.7)
"""Of the film's length, where frames are asked."""
FRAMES_A_PLACE = 6
_HEAD = np.dtype(
    [("blocks", "<u4"), ("gap", "<u4"), ("start", "<u8"), ("size", "<u8"), ("kind", "<i4"), ("base", "<i4")]
)
_VP9, _H264, _MPEG = 0, 1, 2  # AVVideoEncParamsType


def measure_quantiser(clip: Clip) -> float | None:
    """The mean quantiser on H.264's scale, 0 (lossless) to 51, or None where the decoder does not tell.

    H.264 tells its own; MPEG-1, -2 and -4 and VP9 are translated to the H.264 value of about the same step. FFmpeg
    exports them as AVVideoEncParams beside each frame (libavutil/video_enc_params.h).
    """
    if clip.is_sequence:
        return None
    try:
        found = [value for place in PLACES for value in _values(clip, place)]
    except (FFmpegError, OSError, ValueError, TypeError, IndexError):  # damaged: what it says does not count
        return None
    return float(np.mean(found)) if found else None


def _values(clip: Clip, place: float) -> Iterator[float]:
    """One value a frame, from a key frame near a place of the film on."""
    with open_container(clip.path) as container:
        stream = container.streams[clip.video_index]
        assert isinstance(stream, VideoStream)  # the probe said so
        stream.codec_context.options = {"export_side_data": "venc_params"}
        if place and container.duration:
            container.seek(int(place * container.duration))
        for frame in islice(container.decode(stream), FRAMES_A_PLACE):
            yield from _told(frame)


def _told(frame: VideoFrame) -> Iterator[float]:
    data = frame.side_data.get("VIDEO_ENC_PARAMS")
    if data is not None:
        yield from _mean_of(bytes(data))


def _mean_of(data: bytes) -> Iterator[float]:
    """The mean over a frame's blocks; nothing for a kind that is not known."""
    head = np.frombuffer(data, _HEAD, 1)[0]
    n_blocks, stride = int(head["blocks"]), int(head["size"])
    value = float(head["base"])
    if n_blocks:
        value += float(np.ndarray(n_blocks, "<i4", data, int(head["start"]) + 16, (stride,)).mean())
    if head["kind"] == _H264:
        yield value
    elif head["kind"] == _MPEG and value > 0:
        yield 6 * math.log2(
            1.6 * value
        )  # told is the step, twice the quantiser; H.264's is 0.625 * 2 ** (q / 6)
    elif head["kind"] == _VP9:
        yield value / 5  # 0..255 over the same span of qualities
