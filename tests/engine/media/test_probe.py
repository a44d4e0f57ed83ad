import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.clip import ColorTags, FieldOrder, StreamKind
from engine.errors import SourceError
from engine.media.probe import probe
from tests.clips import BT709, NTSC, make_clip, make_images

MEDIA = Path(__file__).parents[2] / "media"


def _bad(folder: Path, kind: str) -> Path:
    path = folder / "film.mp4"
    if kind == "folder":
        path.mkdir()
    elif kind == "empty":
        path.touch()
    elif kind == "text":
        path.write_text("Dear diary, this is no film.\n" * 100)
    elif kind == "noise":
        path.write_bytes(np.random.default_rng(1).bytes(20000))
    elif kind in ("no moov", "no frames"):
        content = bytearray(make_clip(path).read_bytes())
        moov = content.index(b"moov") - 4
        if kind == "no frames":
            data = content.index(b"mdat") + 4
            content[data:moov] = bytes(moov - data)
        path.write_bytes(content if kind == "no frames" else content[:moov])
    return path


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("missing", r"there is no file .*film\.mp4"),
        ("folder", r"film\.mp4 is a folder, not a video file"),
        ("empty", r"film\.mp4 is empty \(0 bytes\)"),
        ("text", r"film\.mp4 is not a video file that can be read"),
        ("noise", r"film\.mp4 is not a video file that can be read"),
        ("no moov", r"film\.mp4 is incomplete: the part that lists its frames is missing .*"),
        ("no frames", r"film\.mp4 holds a video stream, but not one frame of it can be decoded"),
    ],
)
def test_bad_files_are_refused_in_one_sentence(tmp_path: Path, kind: str, sentence: str) -> None:
    with pytest.raises(SourceError) as caught:
        probe(_bad(tmp_path, kind))
    assert caught.match(f"^{sentence}$")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("audio_only.m4a", "audio_only.m4a holds sound only, no video"),
        ("audio_with_cover.mp3", "audio_with_cover.mp3 holds sound only, no video"),
        ("zero_frames.mp4", "zero_frames.mp4 holds no video"),
    ],
)
def test_files_without_a_film_are_refused_in_one_sentence(name: str, sentence: str) -> None:
    with pytest.raises(SourceError) as caught:
        probe(MEDIA / name)
    assert str(caught.value) == sentence


def test_an_unexpected_exception_becomes_a_source_error(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.media.probe.find_film", lambda _: [][0])
    with pytest.raises(SourceError, match=r"plain\.mp4 cannot be read as a video: it is damaged"):
        probe(plain)


def test_a_plain_clip_is_described(plain: Path) -> None:
    clip = probe(plain)
    assert (clip.width, clip.height, clip.codec, clip.pixel_format) == (96, 64, "h264", "yuv420p")
    assert (clip.frame_rate, clip.time_base, clip.duration_seconds) == (24, Fraction(1, 12288), 1.0)
    assert (clip.estimated_frames, clip.bit_depth, clip.color) == (24, 8, ColorTags())


def test_the_decoded_size_counts_not_the_container(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "lies.mp4")
    content = bytearray(path.read_bytes())
    entry = content.index(b"avc1", content.index(b"stsd")) + 28
    assert content[entry : entry + 4] == (96).to_bytes(2, "big") + (64).to_bytes(2, "big")
    content[entry : entry + 4] = (60000).to_bytes(2, "big") * 2
    path.write_bytes(content)
    clip = probe(path)
    assert (clip.width, clip.height) == (96, 64)


@pytest.mark.parametrize(("rotation", "size"), [(90, (64, 96)), (180, (96, 64)), (270, (64, 96))])
def test_rotation_is_part_of_the_size(tmp_path: Path, rotation: int, size: tuple[int, int]) -> None:
    clip = probe(make_clip(tmp_path / "turned.mp4", n_frames=2, rotation=rotation))
    assert (clip.rotation, (clip.width, clip.height)) == (rotation, size)


def test_a_turned_film_has_its_pixel_aspect_turned(tmp_path: Path) -> None:
    aspect = Fraction(64, 45)
    clip = probe(make_clip(tmp_path / "t.mp4", n_frames=2, rotation=90, sample_aspect_ratio=aspect))
    assert clip.sample_aspect_ratio == 1 / aspect


def test_tags_rate_and_aspect_are_read(tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "a.mkv", n_frames=6, frame_rate=NTSC, color=BT709, sample_aspect_ratio=Fraction(64, 45)
    )
    clip = probe(path)
    assert (clip.color, clip.frame_rate, clip.sample_aspect_ratio) == (BT709, NTSC, Fraction(64, 45))


def test_full_range_is_read(tmp_path: Path) -> None:
    tags = ColorTags(primaries=1, transfer=1, matrix=6, full_range=True)
    assert probe(make_clip(tmp_path / "a.mp4", n_frames=2, color=tags)).color == tags


def test_hdr_side_data_is_read(hdr: Path) -> None:
    clip = probe(hdr)
    assert (clip.bit_depth, clip.color.is_hdr) == (10, True)
    assert clip.mastering_display is not None
    assert len(clip.mastering_display) == 88
    assert clip.content_light is not None
    assert np.frombuffer(clip.content_light, np.uint32)[:2].tolist() == [1000, 400]


def test_interlacing_is_seen(tmp_path: Path) -> None:
    assert probe(make_clip(tmp_path / "a.mkv", interlaced=True)).field_order is FieldOrder.TOP_FIRST


def test_every_stream_is_listed(rich: Path) -> None:
    clip = probe(rich)
    kinds = [stream.kind for stream in clip.streams]
    audio, subtitle = StreamKind.AUDIO, StreamKind.SUBTITLE
    assert kinds == [StreamKind.VIDEO, audio, audio, subtitle, StreamKind.ATTACHMENT]
    assert [stream.language for stream in clip.streams[1:4]] == ["eng", "deu", "eng"]
    assert clip.streams[2].title == "Kommentar"


def test_matroska_duration_is_the_films_not_the_sounds(rich: Path) -> None:
    assert probe(rich).duration_seconds == pytest.approx(1.0, abs=0.01)


def test_alpha_is_seen(tmp_path: Path) -> None:
    clip = probe(make_clip(tmp_path / "a.mov", codec="qtrle", pixel_format="argb", n_frames=2))
    assert clip.has_alpha


def test_a_sequence_reports_its_gaps_and_depth(tmp_path: Path) -> None:
    clip = probe(make_images(tmp_path / "s", "f_%04d.png", [998, 999, 1000, 1003], deep=True))
    assert (clip.first_number, clip.missing_numbers, clip.estimated_frames) == (998, (1001, 1002), 4)
    assert (clip.is_sequence, clip.bit_depth, clip.color.matrix) == (True, 16, 0)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(SourceError, match=r"^pipe\.mp4 is a device or pipe, not a video file$"):
        probe(tmp_path / "pipe.mp4")


def test_a_pattern_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no file matches f_%04d\.png in .*"):
        probe(tmp_path / "f_%04d.png")
