"""Synthesises the media that tests need: small, fast, and exactly as odd as asked for."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from engine.clip import ColorTags

BT709 = ColorTags(primaries=1, transfer=1, matrix=1)
NTSC = Fraction(30000, 1001)
SUBTITLES = (
    "1\n00:00:00,100 --> 00:00:00,400\nOne line\n\n2\n00:00:00,500 --> 00:00:00,900\nAnother <i>line</i>\n\n"
)


def picture(number: int, height: int = 64, width: int = 96) -> NDArray[np.uint8]:
    """(height, width, 3) uint8: smooth colours that move, and a bar code of the number; no two are equal."""
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    phase = 0.37 * number
    channels = [np.sin(5 * x + phase), np.cos(4 * y - phase), np.sin(3 * (x + y) + 2 * phase)]
    rgb = np.stack([110 + 80 * channel for channel in channels], axis=-1).astype(np.uint8)
    for bit in range(8):
        left = bit * width // 8
        rgb[: height // 8, left : left + width // 8] = 220 if number >> bit & 1 else 30
    return rgb


def slow_picture(number: int, height: int = 64, width: int = 96) -> NDArray[np.uint8]:
    """Like picture, without bar code, and drifting by less than verification asks about: a mean of frames shows it."""
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    phase = 0.006 * number
    channels = [np.sin(5 * x + phase), np.cos(4 * y - phase), np.sin(3 * (x + y) + 2 * phase)]
    return np.stack([110 + 80 * channel for channel in channels], axis=-1).astype(np.uint8)


def make_clip(
    path: Path,
    *,
    n_frames: int = 24,
    width: int = 96,
    height: int = 64,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    frame_rate: Fraction = Fraction(24),
    time_base: Fraction | None = None,
    pts: Sequence[int] | None = None,
    options: dict[str, str] | None = None,
    color: ColorTags | None = None,
    sample_aspect_ratio: Fraction | None = None,
    rotation: int = 0,
    interlaced: bool = False,
    audio: str | None = None,
    extras: bool = False,
    container: str | None = None,
    picture: Callable[[int, int, int], NDArray[np.uint8]] = picture,
) -> Path:
    """A clip of picture(0), picture(1), ...; extras: a second language, subtitles, a font, two chapters."""
    with av.open(str(path), "w", format=container) as output:
        film = output.add_stream(codec, rate=frame_rate, options=_options(codec, options, interlaced))
        assert isinstance(film, VideoStream)
        film.width, film.height, film.pix_fmt = width, height, pixel_format
        film.time_base = film.codec_context.time_base = time_base or 1 / frame_rate
        if color is not None:
            _tag(film.codec_context, color)
        if sample_aspect_ratio is not None:
            film.codec_context.sample_aspect_ratio = sample_aspect_ratio
        if rotation:
            film.set_display_rotation(rotation)
        sounds = [_add_sound(output, audio)] if audio else []
        if extras:
            _add_extras(output, path, sounds)
        stamps = list(pts) if pts is not None else list(range(n_frames))
        seconds = float(stamps[-1] * film.codec_context.time_base)
        for sound in sounds:
            _encode_tone(output, sound, seconds + 0.2)
        if extras:
            _mux_subtitles(output, path)
        for number, stamp in enumerate(stamps):
            rgb = picture(number, height, width)
            frame = to_frame(rgb, pixel_format, color) if pixel_format != "argb" else _transparent(rgb)
            frame.pts, frame.time_base = stamp, film.codec_context.time_base
            output.mux(film.encode(frame))
        output.mux(film.encode(None))
    return path


def motion(at: float, height: int = 96, width: int = 128) -> NDArray[np.uint8]:
    """(height, width, 3) uint8: a textured picture that moves steadily across, as film and video do."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    moved = x - 3.0 * at
    level = 118 + 45 * np.sin(moved / 6) * np.cos(y / 9) + 40 * np.sin(moved / 17 + y / 5)
    return np.stack([level, level * 0.9 + 10, 240 - level], axis=-1).clip(0, 255).astype(np.uint8)


def make_fields(
    path: Path,
    *,
    n_frames: int = 40,
    bottom_first: bool = False,
    pulldown: bool = False,
    flagged: bool = False,
) -> Path:
    """Interlaced video of motion(): two moments a frame, or 24 film frames a second by 3:2 pulldown."""
    with av.open(str(path), "w") as output:
        rate = Fraction(30000, 1001)
        options = {"crf": "12", "preset": "veryfast"}
        if flagged:
            options["x264-params"] = "bff=1" if bottom_first else "tff=1"
        stream = output.add_stream("libx264", rate=rate, options=options)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for number in range(n_frames):
            first, second = _moments(number, pulldown)
            woven = motion(first).copy()
            rows = slice(0, None, 2) if bottom_first else slice(1, None, 2)
            woven[rows] = motion(second)[rows]
            # Chroma is made by field too, as real equipment does, but weaving RGB rows is near enough here.
            frame = to_frame(woven, "yuv420p", None)
            frame.pts, frame.time_base = number, 1 / rate
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def _moments(number: int, pulldown: bool) -> tuple[float, float]:
    """When the first and the second field of a frame were taken, in frames of video or of film."""
    if not pulldown:
        return number, number + 0.5
    cycle, place = divmod(number, 5)
    first, second = ((0, 0), (1, 1), (1, 2), (2, 3), (3, 3))[place]
    return 4 * cycle + first, 4 * cycle + second


def make_images(folder: Path, name: str, numbers: Sequence[int], *, deep: bool = False) -> Path:
    """Numbered image files of picture(number); returns the pattern."""
    folder.mkdir(exist_ok=True)
    for number in numbers:
        rgb = picture(number % 256)
        pixels = rgb.astype(np.uint16) * 257 + number % 7 if deep else rgb
        frame = VideoFrame.from_ndarray(pixels, "rgb48le" if deep else "rgb24")
        suffix = Path(name).suffix.lower()
        codec = "png" if suffix == ".png" else "tiff"
        pixel_format = ("rgb48be" if codec == "png" else "rgb48le") if deep else "rgb24"
        context = av.CodecContext.create(codec, "w")
        assert isinstance(context, av.VideoCodecContext)
        context.width, context.height, context.pix_fmt = 96, 64, pixel_format
        context.time_base = Fraction(1, 25)
        packets = [*context.encode(frame.reformat(format=pixel_format)), *context.encode(None)]
        (folder / (name % number)).write_bytes(b"".join(bytes(packet) for packet in packets))
    return folder / name


def to_frame(rgb: NDArray[np.uint8], pixel_format: str, color: ColorTags | None) -> VideoFrame:
    """An encodable frame of this picture, converted with the tags' matrix and range (None: BT.601)."""
    tags = color or ColorTags(matrix=6)
    matrix = {1: 1, 9: 9}.get(tags.matrix, 5)
    span = 2 if tags.full_range else 1
    frame = VideoFrame.from_ndarray(rgb, "rgb24").reformat(
        format=pixel_format,
        src_colorspace=matrix,
        dst_colorspace=matrix,
        src_color_range=2,
        dst_color_range=span,
        interpolation="BICUBIC",
    )
    if color is not None:
        _tag_frame(frame, color)
    return frame


def _transparent(rgb: NDArray[np.uint8]) -> VideoFrame:
    """The picture with an alpha that falls smoothly from left to right."""
    alpha = np.linspace(255, 0, rgb.shape[1]).astype(np.uint8)[None].repeat(len(rgb), axis=0)
    return VideoFrame.from_ndarray(np.dstack([alpha, rgb]), "argb")


def packet_bytes(path: Path, kind: str) -> list[list[bytes]]:
    """The packets of each stream of this kind ("audio", "subtitle", "video"), as they lie in the file."""
    found: list[list[bytes]] = []
    with av.open(str(path)) as source:
        indices = [stream.index for stream in source.streams if stream.type == kind]
    for index in indices:
        with av.open(str(path)) as source:
            packets = source.demux(source.streams[index])
            found.append([bytes(packet) for packet in packets if packet.size])
    return found


def _options(codec: str, options: dict[str, str] | None, interlaced: bool) -> dict[str, str]:
    chosen = dict(options or {})
    if codec == "libx265":
        chosen["x265-params"] = ":".join(filter(None, ["log-level=none", chosen.get("x265-params", "")]))
    if codec == "libx264":
        chosen.setdefault("preset", "veryfast")
        if interlaced:
            chosen["x264-params"] = "tff=1"
    return chosen


def _tag(context: av.VideoCodecContext, color: ColorTags) -> None:
    context.color_primaries, context.color_trc = color.primaries, color.transfer
    context.colorspace, context.color_range = color.matrix, 2 if color.full_range else 1


def _tag_frame(frame: VideoFrame, color: ColorTags) -> None:
    frame.color_primaries, frame.color_trc = color.primaries, color.transfer
    frame.colorspace, frame.color_range = color.matrix, 2 if color.full_range else 1


def _add_extras(output: OutputContainer, path: Path, sounds: list) -> None:
    second = _add_sound(output, "flac")
    sounds.append(second)
    for sound, language in zip(sounds, ("eng", "deu"), strict=False):
        sound.metadata["language"] = language
    second.metadata["title"] = "Kommentar"
    text = path.with_suffix(".srt")
    text.write_text(SUBTITLES)
    with av.open(str(text)) as source:
        subtitles = output.add_stream_from_template(source.streams.subtitles[0])
    subtitles.metadata["language"] = "eng"
    output.add_attachment("font.ttf", "font/ttf", b"not really a font")
    unit = Fraction(1, 1000)
    output.set_chapters(
        [
            {"id": 1, "start": 0, "end": 400, "time_base": unit, "metadata": {"title": "Beginning"}},
            {"id": 2, "start": 400, "end": 1000, "time_base": unit, "metadata": {"title": "End"}},
        ]
    )
    output.metadata["title"] = "A film"


def _mux_subtitles(output: OutputContainer, path: Path) -> None:
    with av.open(str(path.with_suffix(".srt"))) as source:
        for packet in source.demux(source.streams.subtitles[0]):
            if packet.size:
                packet.stream = output.streams.subtitles[0]
                output.mux(packet)


def _add_sound(output: OutputContainer, codec: str) -> av.AudioStream:
    stream = output.add_stream(codec, rate=48000)
    assert isinstance(stream, av.AudioStream)
    stream.codec_context.layout = "mono"
    stream.codec_context.format = "fltp" if codec == "aac" else "s16"
    return stream


def _encode_tone(output: OutputContainer, stream: av.AudioStream, seconds: float) -> None:
    context = stream.codec_context
    n_samples = int(seconds * 48000)
    tone = np.sin(np.arange(n_samples) * 2 * np.pi * 440 / 48000)
    samples = tone.astype(np.float32) if context.name == "aac" else (tone * 12000).astype(np.int16)
    frame = AudioFrame.from_ndarray(samples[None], format=context.format.name, layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = 48000, 0, Fraction(1, 48000)
    output.mux(stream.encode(frame))
    output.mux(stream.encode(None))
