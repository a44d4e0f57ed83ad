"""A segment of restored frames becomes a whole file of encoded packets, or no file at all."""

from __future__ import annotations  # av's Packet is generic in its stub only

import errno
import logging
import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import cv2
from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.errors import DiskFullError, EngineError, ExportError
from engine.media.convert import FromRgb
from engine.media.encoder import MATROSKA, MOV, Encoder, choose_encoder
from engine.media.frames import FrameBatch, Pixels
from engine.prefetch import Helpers, spare_helpers
from engine.settings import Codec

__all__ = ["Encoder", "SegmentWriter", "add_film_stream", "choose_encoder", "export_error"]

logger = logging.getLogger(__name__)

# A segment's clock counts frames: frame i of the segment lies at i * 40 ms. Matroska stores whole
# milliseconds and could not hold the source's time stamps; mux.py gives every frame its own back, by number.
SEGMENT_TICK = Fraction(1, 1000)
TICKS_PER_FRAME = 40
# More frames than any encoder here reorders: keeps decoding times below showing times.
_HEADROOM = 32


# OpenCV's number of AVX-512 Foundation (CV_CPU_AVX_512F); every processor that has it has AVX2.
_OPENCV_AVX512 = 13


class SegmentWriter:
    """Encodes consecutive frames with a fresh encoder into one file.

    The same frames and Encoder give the same bytes. The file appears under its name only when the context is
    left without an error and all packets are on disk; until then it is "{name}.part", which an error removes.
    """

    def __init__(self, path: Path, encoder: Encoder) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._encoder = encoder
        self._converted = Helpers(self._converter, spare_helpers())
        self._number_of_pts: dict[int, int] = {}
        self._n_packets = 0
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None

    def _converter(self) -> Callable[[tuple[Pixels, Pixels | None]], VideoFrame]:
        encoder = self._encoder
        from_rgb = FromRgb(encoder.pixel_format, encoder.color, encoder.width, encoder.height)
        return lambda pixels_and_alpha: from_rgb(*pixels_and_alpha)

    def __enter__(self) -> Self:
        try:
            self._open()
        except Exception as error:
            self._discard()
            if isinstance(error, FFmpegError) and not isinstance(error, OSError):
                raise ExportError(_unopened(self._encoder)) from error
            raise export_error(self._path, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._discard()
            return
        try:
            self._finish()
        except Exception as failure:
            self._discard()
            raise export_error(self._path, failure) from failure

    def write(self, batch: FrameBatch) -> None:
        """Encode these frames, which follow those written before.

        Raises DiskFullError or ExportError; leave the context then, nothing stays behind.
        """
        try:
            alphas = batch.alpha if batch.alpha is not None else [None] * len(batch)
            frames = self._converted(zip(batch.pixels, alphas, strict=True))
            for pts, frame in zip(batch.pts, frames, strict=True):
                frame.pts, frame.time_base = int(pts), self._encoder.time_base
                self._number_of_pts[frame.pts] = len(self._number_of_pts)
                self._store(self._film.encode(frame))
        except Exception as error:
            raise export_error(self._path, error) from error

    @property
    def _film(self) -> VideoStream:
        if self._stream is None:
            raise ExportError(f"{self._path.name} is written outside its context")
        return self._stream

    def _open(self) -> None:
        # PNG and TIFF packets do not fit Matroska; QuickTime holds them.
        name = MOV if self._encoder.codec in (Codec.PNG, Codec.TIFF) else MATROSKA
        # bitexact: no random identifiers, so that the same frames give the same file.
        self._container = av.open(str(self._part), "w", format=name, container_options={"fflags": "bitexact"})
        self._stream = add_film_stream(self._container, self._encoder, self._encoder.frame_rate)
        self._stream.time_base = SEGMENT_TICK
        self._stream.codec_context.open()
        self._container.start_encoding()

    def _store(self, packets: list[Packet[VideoStream]]) -> None:
        if self._container is None:
            raise ExportError(f"{self._path.name} is written outside its context")
        for packet in packets:
            number = self._number_of_pts[packet.pts if packet.pts is not None else -1]
            packet.time_base = SEGMENT_TICK
            packet.pts = number * TICKS_PER_FRAME
            packet.dts = (self._n_packets - _HEADROOM) * TICKS_PER_FRAME
            packet.duration = TICKS_PER_FRAME
            self._n_packets += 1
            self._container.mux(packet)

    def _finish(self) -> None:
        self._store(self._film.encode(None))
        if self._n_packets != len(self._number_of_pts):
            raise ExportError(
                f"{self._path.name}: {len(self._number_of_pts)} frames went in, {self._n_packets} came out"
            )
        if self._container is not None:
            self._container.close()
            self._container = None
        self._converted.close()
        _sync(self._part)
        os.replace(self._part, self._path)  # noqa: PTH105  (the one spelling of "appears whole" in this project)

    def _discard(self) -> None:
        self._converted.close()
        container, self._container, self._stream = self._container, None, None
        if container is not None:
            try:
                container.close()
            except (FFmpegError, OSError) as error:
                logger.debug("closing the unfinished %s: %s", self._part.name, error)
        self._part.unlink(missing_ok=True)


def add_film_stream(container: OutputContainer, encoder: Encoder, rate: Fraction) -> VideoStream:
    """The container's new video stream, ready to open with the encoder's settings."""
    options = {**dict(encoder.options), **_repeatable(encoder)}
    stream = container.add_stream(encoder.name, rate=rate, options=options)
    if not isinstance(stream, VideoStream):
        raise ExportError(f"{encoder.name} is no video encoder")
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = encoder.width, encoder.height, encoder.pixel_format
    context.time_base = encoder.time_base
    if encoder.codec is Codec.H264:
        # PyAV's default, slices, costs x264 compression; frames in parallel do not.
        context.thread_type = "FRAME"
    context.sample_aspect_ratio = encoder.sample_aspect_ratio
    context.color_range = 2 if encoder.color.full_range else 1
    context.colorspace = encoder.color.matrix
    context.color_primaries = encoder.color.primaries
    context.color_trc = encoder.color.transfer
    if encoder.codec_tag is not None and container.format.name != MATROSKA:
        context.codec_tag = encoder.codec_tag
    return stream


def _repeatable(encoder: Encoder) -> dict[str, str]:
    """Options without which the same frames would not give the same bytes on this machine.

    WORKAROUND: with AVX-512, libx264 of PyAV 18.1 gave up to 13 different files in 60 runs at widths such as
    288 and 336 (only with its macroblock tree); with AVX2 it gave one, and was no slower.
    """
    if encoder.codec is Codec.H264 and cv2.checkHardwareSupport(_OPENCV_AVX512):
        return {"x264-params": "asm=MMX2,SSE2Fast,SSSE3,SSE4.2,AVX,FMA3,BMI2,AVX2"}
    return {}


def export_error(path: Path, error: Exception) -> EngineError:
    """The engine's error for what went wrong while writing this file."""
    if isinstance(error, EngineError):
        return error
    if getattr(error, "errno", None) == errno.ENOSPC:
        return DiskFullError(f"the disk of {path.parent} is full: {path.name} could not be written")
    if isinstance(error, OSError):
        return ExportError(f"{path.name} cannot be written in {path.parent}: {error.strerror or error}")
    return ExportError(f"{path.name} cannot be encoded as asked ({type(error).__name__}: {error})")


def _unopened(encoder: Encoder) -> str:
    return f"{encoder.name} does not encode {encoder.width}x{encoder.height} frames as {encoder.pixel_format}"


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
