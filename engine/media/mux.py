"""Segments and everything else of the source become one finished file."""

from __future__ import annotations  # av's Packet is generic in its stub only

import contextlib
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from engine.cancel import CancelToken
from engine.clip import Clip
from engine.errors import ExportError
from engine.events import Notice, Severity
from engine.media import sequence
from engine.media.copied_times import MendedTimes, mended_times
from engine.media.copying import (
    add_copied_streams,
    copied_packets,
    copy_chapters,
    copy_tags,
    is_copied,
    losses,
    open_target,
)
from engine.media.encoder import IMAGES, MATROSKA, Encoder
from engine.media.frames import FrameIndex
from engine.media.source import open_container
from engine.media.timeline import Timeline, earliest_time, plan_timeline
from engine.media.writer import TICKS_PER_FRAME, add_film_stream, export_error
from engine.settings import Codec, ExportSettings

__all__ = ["losses", "mux", "target_timeline"]

logger = logging.getLogger(__name__)

# x264 and x265 show at most two frames later than they decode (B-pyramids of this depth), the others none.
_REORDER = {Codec.H264: 2, Codec.H265: 2}
# Frame distances within this part of the usual one (or one tick) are a constant rate, rounded to the clock.
_CONSTANT = 0.002
_NEARLY_ALL = 0.9


def mux(
    segments: Sequence[Path],
    clip: Clip,
    index: FrameIndex,
    encoder: Encoder,
    target: Path,
    *,
    start: int,
    stop: int,
    export: ExportSettings,
    cancel: CancelToken,
) -> tuple[Notice, ...]:
    """Join the segments of frames [start, stop) with the source's other streams into the file `target`.

    Nothing is encoded again: packets of the segments and of the source arrive bit-equal. Returns what the
    person should know of the timing. Raises ExportError or DiskFullError, Cancelled when asked to stop; the
    target does not exist then.
    """
    if encoder.container == IMAGES:
        _write_images(segments, clip, index, target, start, stop, cancel)
        return ()
    try:
        return _mux_file(segments, clip, index, encoder, target, start, stop, export, cancel)
    except Exception as error:
        target.unlink(missing_ok=True)
        if isinstance(error, FFmpegError | OSError | ValueError):
            raise export_error(target, error) from error
        raise


def target_timeline(
    clip: Clip, index: FrameIndex, encoder: Encoder, *, start: int, stop: int, export: ExportSettings
) -> Timeline:
    """How mux() moves the source's times into the target: what a check of the finished file must expect."""
    with contextlib.ExitStack() as stack:
        source = None if clip.is_sequence else stack.enter_context(open_container(clip.path))
        return _timeline(clip, index, encoder, start, stop, source, export)


def _timeline(
    clip: Clip,
    index: FrameIndex,
    encoder: Encoder,
    start: int,
    stop: int,
    source: InputContainer | None,
    export: ExportSettings,
) -> Timeline:
    copied = [s for s in source.streams if is_copied(s, export, clip.video_index)] if source else []
    earliest = earliest_time(clip, index, source, copied)
    return plan_timeline(clip, index, encoder, start, stop, earliest)


def _mux_file(
    segments: Sequence[Path],
    clip: Clip,
    index: FrameIndex,
    encoder: Encoder,
    target: Path,
    start: int,
    stop: int,
    export: ExportSettings,
    cancel: CancelToken,
) -> tuple[Notice, ...]:
    timeline = target_timeline(clip, index, encoder, start=start, stop=stop, export=export)
    with contextlib.ExitStack() as stack:
        source = None if clip.is_sequence else stack.enter_context(open_container(clip.path))
        output = stack.enter_context(_open_target(target, encoder))
        film = _add_film(output, encoder, segments[0], _rate(clip, index, start, stop))
        mapped: dict[int, Stream] = {}
        mended: MendedTimes = {}
        left_out: Counter[int] = Counter()
        if source is not None:
            mapped = add_copied_streams(source, output, clip, encoder, export)
            copy_tags(source, output, clip, film, export)
            if export.copy_chapters:
                copy_chapters(source, output, timeline)
            mended = mended_times(clip.path, mapped)
        pts = index.pts[start:stop] + round(timeline.shift / clip.time_base)
        pictures = _film_packets(segments, pts, index.last_duration, encoder, film)
        others = (
            copied_packets(source, mapped, timeline, mended, left_out) if source is not None else iter(())
        )
        for packet in _interleaved(pictures, others):
            cancel.check()
            output.mux(packet)
    return (*_timing_notices(clip, encoder, timeline), *_copied_notices(mended, left_out))


def _open_target(target: Path, encoder: Encoder) -> OutputContainer:
    """The target container, opened for writing."""
    if encoder.container == MATROSKA:
        return open_target(target, encoder.container)
    # Edit lists count in the movie's own clock, 1 ms by default: it would move a film that starts late.
    clock = str(encoder.time_base.denominator)
    return open_target(target, encoder.container, {"movie_timescale": clock, "movflags": "+faststart"})


def _add_film(output: OutputContainer, encoder: Encoder, segment: Path, rate: Fraction) -> VideoStream:
    """The film's stream, described by its encoder, with the codec header that the segments were made with."""
    film = add_film_stream(output, encoder, rate)
    film.time_base = encoder.time_base
    film.codec_context.open()
    with open_container(segment) as first:
        film.codec_context.extradata = first.streams.video[0].codec_context.extradata
    return film


def _film_packets(
    segments: Sequence[Path], pts: np.ndarray, last_duration: int, encoder: Encoder, film: VideoStream
) -> Iterator[tuple[Fraction, Packet[VideoStream]]]:
    """The segments' packets with the film's own time stamps, and their decoding times in seconds.

    A packet's decoding time is the time stamp of the frame shown `reorder` frames before its place in the
    stream: that rises strictly and is never later than its own, also over segment borders and at any rate.
    """
    reorder = _REORDER.get(encoder.codec, 0)
    stamps = [int(stamp) for stamp in pts]
    durations = [after - before for before, after in pairwise(stamps)] + [last_duration]
    lead = [stamps[0] - (reorder - i) * durations[0] for i in range(reorder)]
    decoding = lead + stamps
    for place, (number, packet) in enumerate(_numbered_packets(segments, len(stamps))):
        packet.time_base = encoder.time_base
        packet.pts, packet.dts, packet.duration = stamps[number], decoding[place], durations[number]
        if packet.dts > packet.pts:
            raise ExportError(f"{encoder.name} reorders frames further than {reorder}: frame {number}")
        packet.stream = film
        yield packet.dts * encoder.time_base, packet


def _numbered_packets(segments: Sequence[Path], n_frames: int) -> Iterator[tuple[int, Packet[VideoStream]]]:
    """Packets in the order of decoding, each with the number of its frame in the film."""
    first = 0
    for path in segments:
        n_packets = 0
        with open_container(path) as segment:
            for packet in segment.demux(segment.streams.video[0]):
                if packet.size == 0 or packet.pts is None:
                    continue
                ticks = packet.pts * packet.time_base * 1000
                yield first + round(ticks / TICKS_PER_FRAME), packet
                n_packets += 1
        first += n_packets
        if first > n_frames:
            break
    if first != n_frames:
        raise ExportError(f"the segments hold {first} frames, the film has {n_frames}")


def _interleaved(
    pictures: Iterator[tuple[Fraction, Packet[VideoStream]]],
    others: Iterator[tuple[Fraction, Packet[Stream]]],
) -> Iterator[Packet[Stream] | Packet[VideoStream]]:
    """Both by rising decoding time; each keeps its own order (heapq.merge would compare packets at a tie)."""
    picture, other = next(pictures, None), next(others, None)
    while picture is not None or other is not None:
        if other is None or (picture is not None and picture[0] <= other[0]):
            assert picture is not None
            yield picture[1]
            picture = next(pictures, None)
        else:
            yield other[1]
            other = next(others, None)


def _rate(clip: Clip, index: FrameIndex, start: int, stop: int) -> Fraction:
    """The declared rate where nearly all time stamps agree with it, else their mean."""
    if stop - start < 2:
        return clip.frame_rate
    steps = np.diff(index.pts[start:stop])
    usual = float(1 / (clip.frame_rate * clip.time_base))
    if np.mean(np.abs(steps - usual) <= max(1.0, usual * _CONSTANT)) >= _NEARLY_ALL:
        return clip.frame_rate
    return (len(steps) / (int(steps.sum()) * clip.time_base)).limit_denominator(1001)


def _timing_notices(clip: Clip, encoder: Encoder, timeline: Timeline) -> tuple[Notice, ...]:
    found: list[Notice] = []
    if timeline.begin is None and timeline.shift > 0:
        milliseconds = int(timeline.shift * 1000)
        message = (
            f"the sound starts before the picture, so the whole film starts {milliseconds} ms later in MKV"
        )
        found.append(Notice(code="timeline-shifted", message=message))
    if encoder.container == MATROSKA and (clip.time_base * 1000).denominator != 1:
        message = "MKV stores times in whole milliseconds; MP4 and MOV keep the source's exact ones"
        found.append(Notice(code="times-rounded", message=message))
    return tuple(found)


def _copied_notices(mended: MendedTimes, left_out: Counter[int]) -> Iterator[Notice]:
    """What could not be carried over just as it was."""
    for index in mended:
        message = f"times of track {index} were repeated or went back in the source; they are mended"
        yield Notice(code="copied-times-mended", message=message, severity=Severity.WARNING)
    for index, count in left_out.items():
        message = f"{count} packets of track {index} are damaged in the source and left out"
        yield Notice(code="copied-packets-lost", message=message, severity=Severity.WARNING)


def _write_images(
    segments: Sequence[Path],
    clip: Clip,
    index: FrameIndex,
    target: Path,
    start: int,
    stop: int,
    cancel: CancelToken,
) -> None:
    """Numbered files: a sequence keeps its numbers and gaps, other films count frames from 1."""
    written: list[Path] = []
    try:
        for number, packet in _numbered_packets(segments, stop - start):
            cancel.check()
            frame = start + number
            name = clip.first_number + int(index.pts[frame]) if clip.first_number is not None else frame + 1
            path = sequence.numbered(target, name)
            written.append(path)
            path.write_bytes(bytes(packet))
    except BaseException as error:
        for path in written:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError | FFmpegError):
            raise export_error(target, error) from error
        raise
