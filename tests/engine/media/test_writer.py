import errno
import hashlib
import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from engine.clip import Clip
from engine.errors import DiskFullError, ExportError
from engine.media.encoder import Encoder, choose_encoder
from engine.media.frames import FrameBatch
from engine.media.writer import SegmentWriter
from engine.settings import Codec, ExportSettings
from tests.clips import picture

CLIP = Clip(
    path=Path("tape.mp4"),
    video_index=0,
    codec="h264",
    width=96,
    height=64,
    frame_rate=Fraction(24),
    time_base=Fraction(1, 90000),
)
SUFFIX = {Codec.PNG: "f_%04d.png", Codec.TIFF: "f_%04d.tiff"}


def encoder_of(codec: Codec, **export: object) -> Encoder:
    settings = ExportSettings(codec=codec, **export)  # type: ignore[arg-type]
    return choose_encoder(CLIP, 96, 64, settings, Path(SUFFIX.get(codec, "a.mkv")))


def batch_of(start: int, stop: int) -> FrameBatch:
    frames = np.stack([picture(number) for number in range(start, stop)])
    return FrameBatch(pixels=frames, pts=np.arange(start, stop, dtype=np.int64) * 3753 + 1001, first=start)


def write(path: Path, encoder: Encoder, n_frames: int = 20) -> str:
    with SegmentWriter(path, encoder) as writer:
        for start in range(0, n_frames, 8):
            writer.write(batch_of(start, min(n_frames, start + 8)))
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("codec", list(Codec))
def test_the_same_frames_give_the_same_bytes(tmp_path: Path, codec: Codec) -> None:
    encoder = encoder_of(codec)
    assert write(tmp_path / "a.seg", encoder) == write(tmp_path / "b.seg", encoder)


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265, Codec.FFV1])
def test_frames_that_are_converted_side_by_side_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: Codec
) -> None:
    digests = set[str]()
    for helpers in (0, 3):
        monkeypatch.setattr("engine.media.writer.spare_helpers", lambda n=helpers: n)
        digests.add(write(tmp_path / f"{helpers}.seg", encoder_of(codec)))
    assert len(digests) == 1
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("help")]


def test_what_a_helper_raises_leaves_no_file_and_no_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.media.writer.spare_helpers", lambda: 3)

    def broken(*_: object) -> object:
        raise ValueError("no such picture")

    monkeypatch.setattr("engine.media.writer.FromRgb.__call__", broken)
    with pytest.raises(ExportError), SegmentWriter(tmp_path / "a.seg", encoder_of(Codec.H264)) as writer:
        writer.write(batch_of(0, 8))
    assert list(tmp_path.iterdir()) == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("help")]


def test_x264_repeats_itself_at_every_width(tmp_path: Path) -> None:
    """288 and 336 are widths at which its AVX-512 code did not: a third of the files were different ones."""
    for width in (288, 336):
        frames = np.stack([picture(number, 64, width) for number in range(14)])
        batch = FrameBatch(pixels=frames, pts=np.arange(14, dtype=np.int64) * 3753, first=0)
        encoder = replace(encoder_of(Codec.H264), width=width)
        digests: set[str] = set()
        for _ in range(8):
            with SegmentWriter(tmp_path / "a.seg", encoder) as writer:
                writer.write(batch)
            digests.add(hashlib.sha256((tmp_path / "a.seg").read_bytes()).hexdigest())
        assert len(digests) == 1


@pytest.mark.parametrize("codec", list(Codec))
def test_a_segment_begins_with_a_key_frame_and_holds_every_frame(tmp_path: Path, codec: Codec) -> None:
    write(tmp_path / "a.seg", encoder_of(codec))
    with av.open(str(tmp_path / "a.seg")) as segment:
        packets = [packet for packet in segment.demux(video=0) if packet.size]
    assert len(packets) == 20
    assert packets[0].is_keyframe
    assert sorted(packet.pts * packet.time_base for packet in packets) == [
        Fraction(40 * i, 1000) for i in range(20)
    ]


def test_no_frame_refers_to_another_segment(tmp_path: Path) -> None:
    for codec in (Codec.H264, Codec.H265):
        write(tmp_path / "a.seg", encoder_of(codec))
        with av.open(str(tmp_path / "a.seg")) as segment:
            assert segment.decode(video=0).__next__().key_frame


def test_the_file_appears_only_when_whole(tmp_path: Path) -> None:
    with SegmentWriter(tmp_path / "a.seg", encoder_of(Codec.H264)) as writer:
        writer.write(batch_of(0, 8))
        assert [path.name for path in tmp_path.iterdir()] == ["a.seg.part"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.seg"]


def _fail_while_writing(path: Path) -> None:
    with SegmentWriter(path, encoder_of(Codec.H264)) as writer:
        writer.write(batch_of(0, 8))
        raise RuntimeError


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        _fail_while_writing(tmp_path / "a.seg")
    assert list(tmp_path.iterdir()) == []


def test_an_error_keeps_the_segment_of_an_earlier_run(tmp_path: Path) -> None:
    before = write(tmp_path / "a.seg", encoder_of(Codec.H264))
    with pytest.raises(RuntimeError):
        _fail_while_writing(tmp_path / "a.seg")
    assert hashlib.sha256((tmp_path / "a.seg").read_bytes()).hexdigest() == before


def test_an_encoder_that_does_not_open_says_so_at_once(tmp_path: Path) -> None:
    odd = replace(encoder_of(Codec.H265), width=8192, height=16)
    with (
        pytest.raises(ExportError, match=r"^libx265 does not encode 8192x16 frames as yuv420p10le$"),
        SegmentWriter(tmp_path / "a.seg", odd),
    ):
        pytest.fail("opened")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(ExportError, match=r"^a\.seg cannot be written in .*: No such file or directory$"),
        SegmentWriter(tmp_path / "gone" / "a.seg", encoder_of(Codec.H264)) as writer,
    ):
        writer.write(batch_of(0, 8))


def test_a_full_disk_is_its_own_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("engine.media.writer.os.fsync", full)
    with pytest.raises(DiskFullError, match=r"^the disk of .* is full: a\.seg could not be written$"):
        write(tmp_path / "a.seg", encoder_of(Codec.H264))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_is_recognised_while_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.seg.part").symlink_to("/dev/full")
    with pytest.raises(DiskFullError):
        write(tmp_path / "a.seg", encoder_of(Codec.FFV1), 60)
    assert list(tmp_path.iterdir()) == []


def test_deep_frames_reach_deep_formats(tmp_path: Path) -> None:
    deep = np.stack([picture(3)]).astype(np.uint16) * 257 + 100
    with SegmentWriter(tmp_path / "a.seg", encoder_of(Codec.FFV1, pixel_format="gbrp16le")) as writer:
        writer.write(FrameBatch(pixels=deep, pts=np.zeros(1, np.int64), first=0))
    with av.open(str(tmp_path / "a.seg")) as segment:
        stored = next(segment.decode(video=0)).to_ndarray(format="gbrp16le")
    assert np.array_equal(stored, deep[0])
