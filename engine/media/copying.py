"""Everything of a source that is not its film: what a target can hold of it, and how it gets there."""

from __future__ import annotations  # av's Packet is generic in its stub only

import io
import logging
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import AttachmentStream, Disposition, Stream
from av.video.stream import VideoStream

from engine.clip import Clip
from engine.errors import SourceError
from engine.events import Notice, Severity
from engine.media.copied_times import MendedTimes
from engine.media.encoder import IMAGES, MATROSKA, Encoder
from engine.media.packets import is_headless
from engine.media.source import open_container
from engine.media.timeline import Timeline
from engine.settings import ExportSettings

if TYPE_CHECKING:
    from av.container.core import Chapter

logger = logging.getLogger(__name__)

_TRIED_PACKETS = 3
_LOOKED_AT = 300
"""Packets; subtitles may come late."""
# Facts about the source's container or its old film stream that are wrong for the new one.
_STALE_TAGS = frozenset(
    {"major_brand", "minor_version", "compatible_brands", "encoder", "duration", "rotate", "bps",
     "number_of_frames", "number_of_bytes", "vendor_id", "handler_name", "alpha_mode"}
)  # fmt: skip


def is_copied(stream: Stream, export: ExportSettings, film_index: int) -> bool:
    """True for streams that the settings ask to carry over as packets."""
    if stream.index == film_index:
        return False
    return (stream.type == "audio" and export.copy_audio) or (
        stream.type == "subtitle" and export.copy_subtitles
    )


def takes(container: str, path: Path, stream: Stream) -> bool:
    """True when this container's muxer accepts the stream of this file, found out by writing its start to memory."""
    try:
        with open_container(path) as source, open_target(io.BytesIO(), container) as trial:
            original = source.streams[stream.index]
            copy = trial.add_stream_from_template(original)
            trial.start_encoding()
            for packet in _first_packets(source, original):
                packet.stream = copy
                trial.mux(packet)
    except (FFmpegError, ValueError, OSError) as error:
        logger.debug("%s does not take stream %d: %s", container, stream.index, error)
        return False
    return True


def open_target(
    target: Path | io.BytesIO, container: str, options: dict[str, str] | None = None
) -> OutputContainer:
    """A container opened for writing; bitexact leaves out random identifiers and versions.

    The plus keeps FFmpeg's own flags: with one of them it turns the AAC of transport streams into what other
    containers hold.
    """
    file = str(target) if isinstance(target, Path) else target
    return av.open(file, "w", format=container, container_options={"fflags": "+bitexact"} | (options or {}))


def _first_packets(source: InputContainer, stream: Stream) -> Iterator[Packet[Stream]]:
    """The stream's first packets whose times rise; some muxers look at the data before they accept it."""
    taken, last = 0, None
    for number, packet in enumerate(source.demux(stream)):
        if is_headless(source, packet):
            continue
        if packet.size and packet.dts is not None and (last is None or packet.dts > last):
            last, taken = packet.dts, taken + 1
            yield packet
        if taken == _TRIED_PACKETS or number == _LOOKED_AT:
            return


def losses(clip: Clip, encoder: Encoder, export: ExportSettings) -> tuple[Notice, ...]:
    """What of the source the target will not hold, to be told before the work starts.

    Raises SourceError when the source can no longer be opened.
    """
    if clip.is_sequence:
        return ()
    try:
        with open_container(clip.path) as source:
            return tuple(_losses(source, clip, encoder, export))
    except (FFmpegError, OSError) as error:
        raise SourceError(f"{clip.path.name} can no longer be read") from error


def _losses(source: InputContainer, clip: Clip, encoder: Encoder, export: ExportSettings) -> Iterator[Notice]:
    container = encoder.container
    for stream in source.streams:
        wanted = is_copied(stream, export, clip.video_index)
        if wanted and (container == IMAGES or not takes(container, clip.path, stream)):
            yield _lost(f"{stream.type}-dropped", f"{_named(stream)} does not fit into {_title(container)}")
        elif stream.type == "attachment" and export.copy_attachments and container != MATROSKA:
            name = stream.metadata.get("filename", "an attachment")
            yield _lost("attachment-dropped", f"the attachment {name} does not fit into {_title(container)}")
        elif stream.type == "data" and not (stream.name == "bin_data" and source.chapters()):
            # (MP4 keeps its chapters a second time as a track of text, which copy_chapters makes anew.)
            yield _lost("data-dropped", f"{_named(stream)} is not carried over")
        elif _is_cover(stream) and container == MATROSKA:
            continue
        elif isinstance(stream, VideoStream) and stream.index != clip.video_index:
            yield _lost("video-dropped", f"{_named(stream)} is not carried over")
    if container == IMAGES and export.copy_chapters and source.chapters():
        yield _lost("chapters-dropped", "numbered pictures hold no chapters")


def _lost(code: str, message: str) -> Notice:
    return Notice(code=code, message=message, severity=Severity.WARNING)


def _named(stream: Stream) -> str:
    kind = {"audio": "the sound track", "subtitle": "the subtitle track", "video": "the second picture track"}
    language = stream.metadata.get("language")
    codec = stream.codec_context.codec.canonical_name if stream.codec_context else stream.name or "unknown"
    facts = f"{codec}, {language}" if language else codec
    return f"{kind.get(stream.type, 'the data track')} {stream.index} ({facts})"


def _title(container: str) -> str:
    return {"matroska": "MKV", "mp4": "MP4", "mov": "MOV", IMAGES: "numbered pictures"}[container]


def add_copied_streams(
    source: InputContainer, target: OutputContainer, clip: Clip, encoder: Encoder, export: ExportSettings
) -> dict[int, Stream]:
    """The target's new streams by source index, tags and dispositions set; attachments hold their data."""
    mapped: dict[int, Stream] = {}
    for stream in source.streams:
        if is_copied(stream, export, clip.video_index) and takes(encoder.container, clip.path, stream):
            copy = target.add_stream_from_template(stream)
            copy.disposition = stream.disposition
            if export.copy_metadata:
                copy.metadata.update(stream.metadata)
            mapped[stream.index] = copy
        elif (
            isinstance(stream, AttachmentStream) and export.copy_attachments and encoder.container == MATROSKA
        ):
            add_attachment(stream, target)
        elif _is_cover(stream) and export.copy_attachments and encoder.container == MATROSKA:
            _add_cover(clip, stream, target)
    return mapped


def add_attachment(stream: AttachmentStream, target: OutputContainer) -> None:
    """Carry one attachment over, name and type included."""
    name = stream.metadata.get("filename", f"attachment{stream.index}")
    copy = target.add_attachment(name, stream.mimetype or "application/octet-stream", stream.data)
    copy.metadata.update(stream.metadata)


def _is_cover(stream: Stream) -> bool:
    return stream.type == "video" and bool(stream.disposition & Disposition.attached_pic)


def _add_cover(clip: Clip, stream: Stream, target: OutputContainer) -> None:
    """Carry a cover picture over, as the attachment that it is in Matroska (FFmpeg reads it as a stream)."""
    kind = "png" if stream.codec_context.name == "png" else "jpeg"
    with open_container(clip.path) as source:
        packets = source.demux(source.streams[stream.index])
        picture = next((bytes(packet) for packet in packets if packet.size), b"")
    name = stream.metadata.get("filename", f"cover.{'png' if kind == 'png' else 'jpg'}")
    target.add_attachment(name, stream.metadata.get("mimetype", f"image/{kind}"), picture)


def copy_tags(
    source: InputContainer, target: OutputContainer, clip: Clip, film: Stream, export: ExportSettings
) -> None:
    """Global tags and those of the film's stream, without what described the old file."""
    old = source.streams[clip.video_index]
    film.disposition = old.disposition & ~Disposition.attached_pic
    if export.copy_metadata:
        target.metadata.update(_lasting(source.metadata))
        film.metadata.update(_lasting(old.metadata))


def copy_chapters(source: InputContainer, target: OutputContainer, timeline: Timeline) -> None:
    """Carry over the chapters that reach into the range."""
    if kept := moved_chapters(source, timeline):
        target.set_chapters(kept)


def moved_chapters(source: InputContainer, timeline: Timeline) -> list[Chapter]:
    """Chapters that reach into the range, cut to it and moved with it."""
    moved = [_moved(chapter, timeline) for chapter in source.chapters()]
    return [chapter for chapter in moved if chapter is not None]


def copied_packets(
    source: InputContainer,
    mapped: dict[int, Stream],
    timeline: Timeline,
    mended: MendedTimes,
    left_out: Counter[int],
) -> Iterator[tuple[Fraction, Packet[Stream]]]:
    """Packets of the copied streams, moved and assigned to the target, with their new decoding times (s).

    mended: times that replace those of whole streams. left_out: counts, by stream, packets too damaged to carry
    over. The packets' bytes are not touched.
    """
    better = {index: iter(times) for index, times in mended.items()}
    wanted = [source.streams[index] for index in mapped]
    if not wanted:
        return
    for packet in source.demux(wanted):
        if packet.size == 0 or (packet.pts is None and packet.dts is None):
            continue
        pts = packet.pts if packet.pts is not None else packet.dts
        dts = packet.dts if packet.dts is not None else packet.pts
        if packet.stream.index in better:
            pts = dts = next(better[packet.stream.index])
        if pts is None or dts is None or not timeline.holds(pts * packet.time_base):
            continue
        if is_headless(source, packet):
            left_out[packet.stream.index] += 1
            continue
        shift = round(timeline.shift / packet.time_base)
        packet.pts, packet.dts = pts + shift, dts + shift
        packet.stream = mapped[packet.stream.index]
        yield packet.dts * packet.time_base, packet


def _lasting(tags: dict[str, str]) -> dict[str, str]:
    return {
        key: value
        for key, value in tags.items()
        if key.lower() not in _STALE_TAGS and not key.lower().startswith("_statistics")
    }


def _moved(chapter: Chapter, timeline: Timeline) -> Chapter | None:
    unit = chapter["time_base"] or Fraction(1, av.time_base)
    begin, end = chapter["start"] * unit, chapter["end"] * unit
    if timeline.begin is not None and timeline.end is not None:
        begin, end = max(begin, timeline.begin), min(end, timeline.end)
        if begin >= end:
            return None
    return {
        "id": chapter["id"],
        "start": round((begin + timeline.shift) / unit),
        "end": round((end + timeline.shift) / unit),
        "time_base": unit,
        "metadata": dict(chapter["metadata"]),
    }
