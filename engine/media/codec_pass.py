"""A real codec round trip in memory: what training and the development protocol degrade clips with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext

from engine.media.encoder import reproducible_x264

DECODERS = {"libx264": "h264", "libx265": "hevc", "libsvtav1": "libdav1d", "libaom-av1": "libdav1d"}


def encode_decode(
    frames: np.ndarray, codec: str, options: Mapping[str, str], frame_rate: Fraction = Fraction(25)
) -> np.ndarray:
    """What is left of the frames after encoding them as yuv420p and decoding them again.

    frames: (T, H, W, 3) uint8 RGB; odd sizes are padded by one replicated row or column for the codec and
    cropped afterwards. codec: an encoder's FFmpeg name. options: private encoder options, e.g. {"crf": "28"};
    "qscale" sets a constant quantiser for codecs without crf. Gives (T, H, W, 3) uint8 RGB, BT.601 limited
    range inside. Raises ValueError when the decoder returns another number of frames.
    """
    height, width = frames.shape[1:3]
    even = np.pad(frames, ((0, 0), (0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    encoder = _open_encoder(codec, options, even.shape[2], even.shape[1], frame_rate)
    decoder = av.CodecContext.create(DECODERS.get(codec, encoder.name), "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.thread_count = 1
    decoded = [
        frame.to_ndarray(format="rgb24")[:height, :width]
        for packet in [*_packets(encoder, even), None]
        for frame in decoder.decode(packet)
    ]
    if len(decoded) != len(frames):
        raise ValueError(f"{codec} gave back {len(decoded)} of {len(frames)} frames")
    return np.stack(decoded)


def _open_encoder(
    codec: str, options: Mapping[str, str], width: int, height: int, frame_rate: Fraction
) -> VideoCodecContext:
    """An encoder for yuv420p frames of this size, one thread, not opened yet."""
    encoder = av.CodecContext.create(codec, "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.framerate, encoder.time_base = frame_rate, 1 / frame_rate
    encoder.thread_count = 1
    repeatable = dict(reproducible_x264()) if codec == "libx264" else {}
    encoder.options = repeatable | {name: value for name, value in options.items() if name != "qscale"}
    if "qscale" in options:
        encoder.qmin = encoder.qmax = int(options["qscale"])
    return encoder


def _packets(encoder: VideoCodecContext, frames: np.ndarray) -> Iterator[av.Packet]:
    """Encode (T, H, W, 3) uint8 frames; the last packets are the encoder's delayed ones."""
    for index, pixels in enumerate(frames):
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
        frame = picture.reformat(format="yuv420p")
        frame.pts, frame.time_base = index, encoder.time_base
        yield from encoder.encode(frame)
    yield from encoder.encode(None)
