"""Encoding on an NVIDIA card: which films can be, with which options, tried by opening before anything relies on it."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from types import MappingProxyType

import av
from av.error import FFmpegError
from av.video.frame import VideoFrame

from engine.errors import EngineError
from engine.events import Notice, Severity
from engine.media.encoder import Encoder
from engine.media.writer import add_film_stream
from engine.settings import Codec, EncodedBy, ExportSettings

logger = logging.getLogger(__name__)

NAMES: Mapping[Codec, str] = MappingProxyType({Codec.H264: "h264_nvenc", Codec.H265: "hevc_nvenc"})
_FORMATS: Mapping[tuple[Codec, str], str] = MappingProxyType(
    {
        (Codec.H264, "yuv420p"): "yuv420p",
        (Codec.H265, "yuv420p"): "yuv420p",
        (Codec.H265, "yuv420p10le"): "p010le",
    }
)
"""What every card since 2016 takes of what this program writes, and how the card wants it laid out."""


def on_card(encoder: Encoder, export: ExportSettings) -> Encoder:
    """The encoder on the graphics card that makes the same film, where that was asked for and one opens here.

    Else the encoder as it is, with a notice that says why.
    """
    if export.encoder is not EncodedBy.NVENC:
        return encoder
    message = _unfit(encoder)
    if message is None:
        wanted = replace(
            encoder,
            name=NAMES[encoder.codec],
            pixel_format=_FORMATS[encoder.codec, encoder.pixel_format],
            options=_options(dict(encoder.options)["crf"]),
        )
        if encodes(wanted):
            return wanted
        message = (
            f"{wanted.name} does not open here for {wanted.width}x{wanted.height}: the processor encodes"
        )
    notice = Notice(code="processor-encodes", message=message, severity=Severity.WARNING)
    return replace(encoder, notices=(*encoder.notices, notice))


def encodes(encoder: Encoder) -> bool:
    """True when this very encoder opens here and gives packets for a frame; leaves nothing behind."""
    try:
        with av.open(BytesIO(), "w", format="matroska") as container:
            stream = add_film_stream(container, encoder, encoder.frame_rate)
            frame = VideoFrame(encoder.width, encoder.height, encoder.pixel_format)
            frame.pts, frame.time_base = 0, encoder.time_base
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            return bool([*stream.encode(frame), *stream.encode(None)])
    except (FFmpegError, EngineError, ValueError, OSError) as error:
        logger.debug("%s does not open: %s", encoder.name, error)
        return False


def card_encodes() -> bool:
    """True when any of the card's encoders opens here, for who asks before there is a film."""
    from engine.media.encoders import opens

    return any(opens(name) for name in NAMES.values())


def _unfit(encoder: Encoder) -> str | None:
    """Why no card encodes this film as it is to be, or None."""
    told = dict(encoder.options).get("x265-params", "")
    if encoder.codec not in NAMES:
        message = "NVENC packs H.264 and H.265 only: the processor encodes"
    elif (encoder.codec, encoder.pixel_format) not in _FORMATS:
        message = f"NVENC does not take {encoder.pixel_format} here: the processor encodes"
    elif "master-display" in told or "max-cll" in told:
        message = "NVENC would drop the HDR mastering data: the processor encodes"
    else:
        return None
    return message


def _options(crf: str) -> tuple[tuple[str, str], ...]:
    """Constant quality on the scale of the rate factor, at NVENC's thorough settings; 0 would mean automatic.

    Not calibrated against x264 at the same number: no card was at hand (BENCHMARKS.md, "A graphics card").
    """
    quality = str(max(int(crf), 1))
    return (
        ("preset", "p5"),
        ("tune", "hq"),
        ("rc", "vbr"),
        ("cq", quality),
        ("b", "0"),
        ("spatial-aq", "1"),
    )
