"""What a finished file must hold besides its film, worked out from the source alone."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from engine.clip import Clip
from engine.media.copied_times import mended_times
from engine.media.copying import is_copied, moved_chapters, takes
from engine.media.encoder import IMAGES, MATROSKA, Encoder
from engine.media.frames import FrameIndex
from engine.media.mux import target_timeline
from engine.media.packets import ChapterMark, StreamDigest, attachment_digests, stream_digests
from engine.media.source import open_container
from engine.media.timeline import Timeline
from engine.settings import ExportSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Everything that is carried over."""

    timeline: Timeline
    """How the source's times become the film's."""
    streams: tuple[StreamDigest, ...] = ()
    """Sound and subtitles that fit into the container; times are the source's."""
    attachments: tuple[tuple[str, str], ...] = ()
    """Name and sha256."""
    chapters: tuple[ChapterMark, ...] = ()
    """With the film's times."""


def expected(
    clip: Clip, index: FrameIndex, encoder: Encoder, start: int, stop: int, export: ExportSettings
) -> Expected:
    """Return what the film of frames [start, stop) must carry; raises what PyAV raises for a lost source."""
    timeline = target_timeline(clip, index, encoder, start=start, stop=stop, export=export)
    if clip.is_sequence or encoder.container == IMAGES:
        return Expected(timeline=timeline)
    keeps_attachments = export.copy_attachments and encoder.container == MATROSKA
    copied = _copied(clip, encoder, export)
    return Expected(
        timeline=timeline,
        streams=stream_digests(clip.path, copied, timeline.holds, mended_times(clip.path, copied)),
        attachments=attachment_digests(clip.path) if keeps_attachments else (),
        chapters=_chapters(clip.path, timeline) if export.copy_chapters else (),
    )


def _copied(clip: Clip, encoder: Encoder, export: ExportSettings) -> frozenset[int]:
    with open_container(clip.path) as source:
        wanted = [stream for stream in source.streams if is_copied(stream, export, clip.video_index)]
        return frozenset(stream.index for stream in wanted if takes(encoder.container, clip.path, stream))


def _chapters(path: Path, timeline: Timeline) -> tuple[ChapterMark, ...]:
    with open_container(path) as source:
        marks = []
        for chapter in moved_chapters(source, timeline):
            unit = chapter["time_base"] or Fraction(1, av.time_base)
            title = chapter["metadata"].get("title", "")
            marks.append(ChapterMark(title=title, start=chapter["start"] * unit, end=chapter["end"] * unit))
        return tuple(marks)
