"""Each kind of damage to a finished film is found by its own check, and an honest film passes them all."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.cancel import CancelToken
from engine.clip import ColorTags
from engine.decision import Decision, decide
from engine.errors import VerificationError
from engine.events import Verified
from engine.job import Job
from engine.media.probe import probe
from engine.models.registry import SPECS
from engine.restore import restore
from engine.settings import ExportSettings, RestorationSettings
from engine.source import Source, look_at
from engine.verify import verify
from tests.clips import BT709, make_clip, motion, to_frame
from tests.reliability.toy import TOY, install

PQ = ColorTags(primaries=9, transfer=16, matrix=9)
MASTERING = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
N_FRAMES = 24


@dataclass
class Film:
    """A finished film taken apart, to be put together again with one thing wrong."""

    frames: list[VideoFrame]
    pts: list[int]
    time_base: Fraction
    last_duration: int
    color: ColorTags = BT709
    aspect: Fraction = Fraction(1)
    rotation: int = 0
    keep: Callable[[Any], bool] = lambda stream: True
    packet: Callable[[Any, int, bytes], bytes] = lambda stream, number, payload: payload
    delay: Callable[[Any], Fraction] = lambda stream: Fraction(0)
    chapters: Callable[[list[Any]], list[Any]] = lambda chapters: chapters
    attachments: bool = True
    options: dict[str, str] = field(default_factory=lambda: {"crf": "8", "preset": "ultrafast"})
    codec: str = "libx264"
    pixel_format: str = "yuv420p"


@dataclass(frozen=True)
class Case:
    """An honest film and what verify needs to know of it."""

    film: Path
    source: Source
    decision: Decision
    job: Job

    def verify(self, film: Path) -> Verified:
        return verify(film, self.source, self.decision, self.job, CancelToken())

    def taken_apart(self) -> Film:
        clip = probe(self.film)
        with av.open(str(self.film)) as container:
            stream = container.streams.video[0]
            frames = list(container.decode(stream))
            time_base = stream.time_base
            assert time_base is not None
        for frame in frames:
            frame.pict_type = 0
        return Film(
            frames=frames,
            pts=[frame.pts or 0 for frame in frames],
            time_base=time_base,
            last_duration=frames[-1].duration or 1,
            color=clip.color,
            aspect=clip.sample_aspect_ratio,
        )


def put_together(film: Film, original: Path, target: Path) -> Path:
    with av.open(str(original)) as source, av.open(str(target), "w") as output:
        stream = output.add_stream(film.codec, rate=24, options=film.options)
        assert isinstance(stream, VideoStream)
        first = film.frames[0]
        stream.width, stream.height, stream.pix_fmt = first.width, first.height, film.pixel_format
        stream.time_base = stream.codec_context.time_base = film.time_base
        context, tags = stream.codec_context, film.color
        context.color_primaries, context.color_trc = tags.primaries, tags.transfer
        context.colorspace, context.color_range = tags.matrix, 2 if tags.full_range else 1
        context.sample_aspect_ratio = film.aspect
        if film.rotation:
            stream.set_display_rotation(film.rotation)
        copied = [s for s in source.streams if s.type in ("audio", "subtitle") and film.keep(s)]
        mapped = {s.index: output.add_stream_from_template(s) for s in copied}
        for s in source.streams:
            if s.type == "attachment" and film.attachments:
                output.add_attachment(s.metadata["filename"], "font/ttf", s.data)
        if chapters := film.chapters(source.chapters()):
            output.set_chapters(chapters)
        _mux_copies(film, source, output, copied, mapped)
        for frame, stamp in zip(film.frames, film.pts, strict=True):
            frame.pts, frame.time_base = stamp, film.time_base
            frame.color_primaries, frame.color_trc, frame.colorspace = (
                tags.primaries,
                tags.transfer,
                tags.matrix,
            )
            output.mux(stream.encode(frame))
        last = stream.encode(None)
        for packet in last:
            packet.duration = film.last_duration
        output.mux(last)
    return target


def _mux_copies(film: Film, source: Any, output: Any, copied: list[Any], mapped: dict[int, Any]) -> None:
    numbers = dict.fromkeys(mapped, 0)
    for packet in source.demux(copied) if copied else ():
        if packet.size == 0:
            continue
        stream = packet.stream
        fresh = av.Packet(film.packet(stream, numbers[stream.index], bytes(packet)))
        numbers[stream.index] += 1
        shift = int(film.delay(stream) / packet.time_base)
        fresh.pts, fresh.dts = packet.pts + shift, packet.dts + shift
        fresh.time_base, fresh.duration = packet.time_base, packet.duration
        fresh.stream = mapped[stream.index]
        output.mux(fresh)


def moving_clip(path: Path, **options: Any) -> Path:
    """Like make_clip with everything in it, but of motion(), whose frames resemble their neighbours."""
    return make_clip(path, n_frames=N_FRAMES, width=128, height=96, picture=motion, **options)


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    yield from _case(tmp_path_factory.mktemp("rich"), audio="aac", extras=True, color=BT709)


@pytest.fixture(scope="module")
def hdr(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    yield from _case(
        tmp_path_factory.mktemp("hdr"),
        codec="libx265",
        pixel_format="yuv420p10le",
        color=PQ,
        options={"x265-params": f"hdr10=1:repeat-headers=1:master-display={MASTERING}:max-cll=1000,400"},
    )


def _case(folder: Path, **options: Any) -> Iterator[Case]:
    install()
    source = moving_clip(folder / "source.mkv", **options)
    settings = RestorationSettings(model=TOY.id, scale=2)
    job = Job(source=source, target=folder / "film.mkv", restoration=settings, export=ExportSettings())
    restore(job)
    looked = look_at(job, probe(source), CancelToken())
    yield Case(job.target, looked, decide(job, looked), job)
    SPECS.pop(TOY.id, None)


def test_an_honest_film_keeps_every_promise(rich: Case, tmp_path: Path) -> None:
    report = rich.verify(put_together(rich.taken_apart(), rich.film, tmp_path / "same.mkv"))
    assert set(report.checks) >= {
        "decoding", "frames", "size", "timestamps", "duration", "rotation", "pixel shape", "colour",
        "audio 1", "audio 2", "subtitle 1", "attachments", "chapters", "pictures",
    }  # fmt: skip
    assert [finding.name for finding in report.findings] == list(report.checks)
    assert next(f.found for f in report.findings if f.name == "frames") == "24"


def _lose_a_frame(film: Film) -> None:
    del film.frames[10], film.pts[10]


def _move_a_frame(film: Film) -> None:
    film.pts[10] += 15


def _hold_the_last_frame(film: Film) -> None:
    film.last_duration *= 4


def _crop(film: Film) -> None:
    film.frames = [VideoFrame.from_ndarray(f.to_ndarray(format="rgb24")[:-2], "rgb24") for f in film.frames]
    film.frames = [frame.reformat(format="yuv420p") for frame in film.frames]


def _wrong_colours(film: Film) -> None:
    film.color = replace(film.color, matrix=6)


def _wrong_range(film: Film) -> None:
    film.color = replace(film.color, full_range=True)


def _turned(film: Film) -> None:
    film.rotation = 180


def _squashed(film: Film) -> None:
    film.aspect = Fraction(64, 45)


def _lost_sound(film: Film) -> None:
    film.keep = lambda stream: stream.type != "audio" or stream.index == 1


def _damaged_sound(film: Film) -> None:
    film.packet = lambda stream, number, payload: (
        payload[:-1] + bytes([payload[-1] ^ 1]) if stream.type == "audio" and number == 5 else payload
    )


def _late_sound(film: Film) -> None:
    film.delay = lambda stream: Fraction(1, 10) if stream.type == "audio" else Fraction(0)


def _lost_subtitles(film: Film) -> None:
    film.keep = lambda stream: stream.type != "subtitle"


def _other_subtitles(film: Film) -> None:
    film.packet = lambda stream, number, payload: (
        payload.replace(b"line", b"lime") if stream.type == "subtitle" else payload
    )


def _lost_chapter(film: Film) -> None:
    film.chapters = lambda chapters: chapters[:1]


def _renamed_chapter(film: Film) -> None:
    film.chapters = lambda chapters: [c | {"metadata": {"title": "Other"}} for c in chapters]


def _moved_chapter(film: Film) -> None:
    film.chapters = lambda chapters: [chapters[0], chapters[1] | {"start": chapters[1]["start"] + 50_000_000}]


def _lost_attachment(film: Film) -> None:
    film.attachments = False


def _black(film: Film) -> None:
    black = np.zeros((film.frames[13].height, film.frames[13].width, 3), np.uint8)
    film.frames[13] = to_frame(black, "yuv420p", BT709)


def _frozen(film: Film) -> None:
    film.frames[13] = _again(film.frames[12])


def _shifted(film: Film) -> None:
    film.frames = [_again(film.frames[0]), *film.frames[:-1]]


def _swapped(film: Film) -> None:
    film.frames[7], film.frames[8] = film.frames[8], film.frames[7]


def _again(frame: VideoFrame) -> VideoFrame:
    return VideoFrame.from_ndarray(frame.to_ndarray(format="yuv420p"), "yuv420p")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (_lose_a_frame, "frames is 23, need 24"),
        (_move_a_frame, "time of frame 10"),
        (_hold_the_last_frame, "duration is"),
        (_crop, "size is"),
        (_wrong_colours, "colour matrix is 6, need 1"),
        (_wrong_range, "colour full_range is True, need False"),
        (_turned, "rotation is 180, need 0"),
        (_squashed, "pixel shape is"),
        (_lost_sound, "number of audio tracks is 1, need 2"),
        (_damaged_sound, "the packets of audio 1"),
        (_late_sound, "the time of audio 1"),
        (_lost_subtitles, "number of subtitle tracks is 0, need 1"),
        (_other_subtitles, "the packets of subtitle 1"),
        (_lost_chapter, "number of chapters is 1, need 2"),
        (_renamed_chapter, "title of a chapter is Other"),
        (_moved_chapter, "start of chapter"),
        (_lost_attachment, "attachments lost"),
        (_black, "frame 13 does not look like its source"),
        (_frozen, "frame 13 shows frame 12 of the source"),
        (_shifted, "frame 1 shows frame 0 of the source"),
        (_swapped, "frame 7 shows frame 8 of the source"),
    ],
    ids=lambda value: getattr(value, "__name__", "")[1:],
)
def test_damage_is_found(rich: Case, tmp_path: Path, damage: Callable[[Film], None], sentence: str) -> None:
    film = rich.taken_apart()
    damage(film)
    with pytest.raises(VerificationError, match=sentence):
        rich.verify(put_together(film, rich.film, tmp_path / "damaged.mkv"))


def test_a_film_that_does_not_decode_whole_is_found(rich: Case, tmp_path: Path) -> None:
    content = bytearray(rich.film.read_bytes())
    for place in range(len(content) // 2, len(content) * 3 // 4, 101):
        content[place] ^= 0xFF
    damaged = tmp_path / "damaged.mkv"
    damaged.write_bytes(content)
    with pytest.raises(VerificationError):
        rich.verify(damaged)


def _hdr_options(mastering: str, light: str) -> dict[str, str]:
    parameters = f"log-level=none:hdr10=1:repeat-headers=1{mastering}{light}"
    return {"preset": "ultrafast", "x265-params": parameters}


@pytest.mark.parametrize(
    ("mastering", "light", "sentence"),
    [
        ("", ":max-cll=1000,400", "HDR mastering display is None"),
        (
            f":master-display={MASTERING.replace('10000000', '20000000')}",
            ":max-cll=1000,400",
            "HDR mastering",
        ),
        (f":master-display={MASTERING}", "", r"HDR content light is \(0, 0\), need \(1000, 400\)"),
        (f":master-display={MASTERING}", ":max-cll=900,400", "HDR content light"),
    ],
)
def test_lost_or_other_hdr_data_is_found(
    hdr: Case, tmp_path: Path, mastering: str, light: str, sentence: str
) -> None:
    film = hdr.taken_apart()
    film.codec, film.pixel_format = "libx265", "yuv420p10le"
    film.options = _hdr_options(mastering, light)
    with pytest.raises(VerificationError, match=sentence):
        hdr.verify(put_together(film, hdr.film, tmp_path / "damaged.mkv"))


def test_hdr_data_is_reported(hdr: Case) -> None:
    report = hdr.verify(hdr.film)
    assert {"HDR mastering display", "HDR content light"} <= set(report.checks)
    light = hdr.source.clip.content_light
    assert light is not None
    assert struct.unpack_from("=II", light) == (1000, 400)
