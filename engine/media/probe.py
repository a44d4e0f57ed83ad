"""A path becomes a Clip, or one plain sentence that says why it cannot."""

import re
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TypedDict, cast

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.sidedata.sidedata import SideData
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.clip import Clip, ColorTags, FieldOrder, StreamInfo, StreamKind
from engine.errors import SourceError
from engine.media import sequence
from engine.media.source import find_film, open_container

# Rates outside this span are clocks (90000) or leftovers of broken headers, not frame rates.
_SANE_RATES = (Fraction(1, 100), Fraction(1000))
_FALLBACK_RATE = Fraction(25)
_CLOCK = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)$")
_MOVIE_BOXES = (b"ftyp", b"mdat", b"free", b"wide", b"skip")


class _FrameFacts(TypedDict):
    """The Clip fields that the first decoded frame answers; its size counts, never the container's."""

    width: int
    height: int
    rotation: int
    sample_aspect_ratio: Fraction
    bit_depth: int
    pixel_format: str
    has_alpha: bool
    color: ColorTags
    mastering_display: bytes | None
    content_light: bytes | None
    field_order: FieldOrder


def probe(path: Path) -> Clip:
    """What the headers and first frame say of this video file or image sequence (a printf pattern).

    Raises SourceError, with one sentence that names the file, when there is no film to restore in it.
    """
    try:
        return _probe_sequence(path) if sequence.is_pattern(path) else _probe_file(path)
    except SourceError:
        raise
    except Exception as error:
        # Damaged files make PyAV raise more than FFmpegError: IndexError, MemoryError, UnicodeDecodeError.
        raise SourceError(f"{path.name} cannot be read as a video: it is damaged") from error


def _probe_file(path: Path) -> Clip:
    _need_content(path)
    try:
        container = open_container(path)
    except (FFmpegError, OSError) as error:
        raise SourceError(_why_unopened(path, error)) from error
    with container:
        film = _need_film(container, path)
        return _clip(path, container, film, _first_frame(container, film, path))


def _need_content(path: Path) -> None:
    if path.is_dir():
        raise SourceError(f"{path.name} is a folder, not a video file")
    if not path.exists():
        raise SourceError(f"there is no file {path}")
    if not path.is_file():
        raise SourceError(f"{path.name} is a device or pipe, not a video file")
    if path.stat().st_size == 0:
        raise SourceError(f"{path.name} is empty (0 bytes)")


def _why_unopened(path: Path, error: Exception) -> str:
    if isinstance(error, PermissionError):
        return f"{path.name} cannot be opened: no permission to read it"
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] in _MOVIE_BOXES:
        cause = "a broken copy or download"
        return f"{path.name} is incomplete: the part that lists its frames is missing ({cause})"
    return f"{path.name} is not a video file that can be read"


def _need_film(container: InputContainer, path: Path) -> VideoStream:
    film = find_film(container)
    if film is None:
        if container.streams.audio:
            raise SourceError(f"{path.name} holds sound only, no video")
        raise SourceError(f"{path.name} holds no video")
    if film.codec_context is None:
        raise SourceError(f"{path.name} holds video of a kind that cannot be decoded")
    return film


def _first_frame(container: InputContainer, film: VideoStream, path: Path) -> VideoFrame:
    film.thread_type = "SLICE"  # frame threads would decode many frames ahead for the one that is wanted
    for packet in container.demux(film):
        try:
            decoded = packet.decode()
        except FFmpegError:
            continue
        if decoded:
            return decoded[0]
    if film.codec_context.name == "webp":
        raise SourceError(
            f"{path.name} is an animated WebP, which cannot be decoded: convert it to GIF or MP4"
        )
    raise SourceError(f"{path.name} holds a video stream, but not one frame of it can be decoded")


def _clip(path: Path, container: InputContainer, film: VideoStream, frame: VideoFrame) -> Clip:
    rate = _rate(film)
    duration = _duration_seconds(container, film)
    return Clip(
        path=path,
        video_index=film.index,
        codec=film.codec_context.name,
        frame_rate=rate,
        time_base=film.time_base or 1 / rate,
        duration_seconds=duration,
        estimated_frames=round(duration * rate) if duration is not None else film.frames or None,
        streams=tuple(_stream_info(stream) for stream in container.streams),
        **_frame_facts(frame, film),
    )


def _frame_facts(frame: VideoFrame, film: VideoStream | None) -> _FrameFacts:
    rotation = (frame.rotation % 360) // 90 * 90
    aspect = (film.sample_aspect_ratio if film is not None else None) or Fraction(1)
    aspect = aspect if aspect > 0 else Fraction(1)
    turned = rotation in (90, 270)
    mastering, light = _hdr_side_data(frame)
    return {
        "width": frame.height if turned else frame.width,
        "height": frame.width if turned else frame.height,
        "rotation": rotation,
        "sample_aspect_ratio": 1 / aspect if turned else aspect,
        "bit_depth": max(component.bits for component in frame.format.components),
        "pixel_format": frame.format.name,
        "has_alpha": any(component.is_alpha for component in frame.format.components),
        "color": _color(frame),
        "mastering_display": mastering,
        "content_light": light,
        "field_order": _field_order(frame, film),
    }


def _color(frame: VideoFrame) -> ColorTags:
    return ColorTags(
        primaries=int(frame.color_primaries),
        transfer=int(frame.color_trc),
        matrix=int(frame.colorspace),
        full_range=int(frame.color_range) == 2 or frame.format.name.startswith("yuvj"),
    )


def _hdr_side_data(frame: VideoFrame) -> tuple[bytes | None, bytes | None]:
    try:
        # The container iterates over its items; PyAV's stub takes it for a dictionary of names.
        items = cast("Iterable[SideData]", frame.side_data)
        found = {item.type.name: bytes(item) for item in items}
    except ValueError:
        # WORKAROUND: PyAV 18 does not know side data newer than itself (31, EXIF, of TIFF files).
        return None, None
    return found.get("MASTERING_DISPLAY_METADATA"), found.get("CONTENT_LIGHT_LEVEL")


def _field_order(frame: VideoFrame, film: VideoStream | None) -> FieldOrder:
    # AVFieldOrder: 2 and 4 show the top field first, 3 and 5 the bottom field.
    order = film.codec_context.field_order if film is not None else 0
    if order in (3, 5):
        return FieldOrder.BOTTOM_FIRST
    if order in (2, 4) or frame.interlaced_frame:
        return FieldOrder.TOP_FIRST
    return FieldOrder.PROGRESSIVE


def _rate(film: VideoStream) -> Fraction:
    low, high = _SANE_RATES
    for rate in (film.guessed_rate, film.average_rate, film.base_rate):
        if rate and low <= rate <= high:
            return Fraction(rate)
    return _FALLBACK_RATE


def _duration_seconds(container: InputContainer, film: VideoStream) -> float | None:
    if film.duration and film.time_base:
        return float(film.duration * film.time_base)
    if tagged := _CLOCK.match(film.metadata.get("DURATION", "")):
        # Matroska's own duration is the longest stream's, often the sound's; its muxers tag each stream's.
        return int(tagged[1]) * 3600 + int(tagged[2]) * 60 + float(tagged[3])
    if container.duration:
        return container.duration / av.time_base
    return None


def _stream_info(stream: Stream) -> StreamInfo:
    known = {kind.value: kind for kind in StreamKind}
    context = stream.codec_context
    return StreamInfo(
        index=stream.index,
        kind=known.get(stream.type, StreamKind.DATA),
        codec=context.name if context is not None else stream.name or "",
        language=stream.metadata.get("language"),
        title=stream.metadata.get("title"),
        default=bool(stream.disposition & 1),
    )


def _probe_sequence(pattern: Path) -> Clip:
    files = sequence.list_files(pattern)
    numbers = list(files)
    first = files[numbers[0]]
    _need_content(first)
    container = open_container(first)
    with container:
        film = _need_film(container, first)
        frame = _first_frame(container, film, first)
        facts = _frame_facts(frame, film)
        codec, stream = film.codec_context.name, _stream_info(film)
    return Clip(
        path=pattern,
        video_index=0,
        codec=codec,
        frame_rate=_FALLBACK_RATE,
        time_base=1 / _FALLBACK_RATE,
        duration_seconds=float((numbers[-1] - numbers[0] + 1) / _FALLBACK_RATE),
        estimated_frames=len(files),
        streams=(stream,),
        first_number=numbers[0],
        missing_numbers=sequence.missing(numbers),
        **facts,
    )
