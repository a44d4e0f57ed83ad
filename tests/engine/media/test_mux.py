import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from engine.cancel import Cancelled, CancelToken
from engine.clip import Clip, ColorTags
from engine.errors import DiskFullError, ExportError
from engine.events import Notice
from engine.media.encoder import Encoder, choose_encoder
from engine.media.expected import expected
from engine.media.frames import FrameIndex
from engine.media.mux import losses, mux, target_timeline
from engine.media.packets import stream_digests
from engine.media.probe import probe
from engine.media.reader import Reader
from engine.media.writer import SegmentWriter
from engine.settings import Codec, ExportSettings
from tests.clips import BT709, NTSC, make_clip, make_images, packet_bytes
from tests.engine.media.reading import bar_code, frames, known, pixels


@dataclass(frozen=True)
class Copied:
    """A clip that went through reader, segments and mux without any restoration."""

    clip: Clip
    index: FrameIndex
    encoder: Encoder
    target: Path
    notices: tuple[Notice, ...]
    shift: Fraction

    @property
    def times(self) -> list[Fraction]:
        _, index = known(self.target)
        return [int(stamp) * probe(self.target).time_base for stamp in index.pts]

    def expected(self, start: int = 0, stop: int | None = None) -> list[Fraction]:
        return [int(stamp) * self.clip.time_base + self.shift for stamp in self.index.pts[start:stop]]


def copy(
    source: Path,
    target: Path,
    export: ExportSettings | None = None,
    *,
    start: int = 0,
    stop: int | None = None,
    cuts: Sequence[int] = (7, 15),
) -> Copied:
    export = export or ExportSettings()
    clip, index = known(source)
    stop = len(index) if stop is None else stop
    encoder = choose_encoder(clip, clip.width, clip.height, export, target)
    segments = _segments(clip, index, encoder, target, [start, *(c for c in cuts if start < c < stop), stop])
    notices = mux(
        segments, clip, index, encoder, target, start=start, stop=stop, export=export, cancel=CancelToken()
    )
    shift = target_timeline(clip, index, encoder, start=start, stop=stop, export=export).shift
    return Copied(clip, index, encoder, target, notices, shift)


def _segments(
    clip: Clip, index: FrameIndex, encoder: Encoder, target: Path, borders: list[int]
) -> list[Path]:
    folder = target.parent / "segments"
    folder.mkdir(exist_ok=True)
    made: list[Path] = []
    with Reader(clip, index, deep=clip.bit_depth > 8, deinterlace=False) as reader:
        for begin, end in pairwise(borders):
            made.append(folder / f"{begin}.seg")
            with SegmentWriter(made[-1], encoder) as writer:
                for batch in reader.read(begin, end):
                    writer.write(batch)
    return made


RATES = {
    "cfr": {"frame_rate": Fraction(25)},
    "29.97": {"frame_rate": NTSC, "time_base": Fraction(1, 30000), "pts": [1001 * i for i in range(24)]},
    "vfr": {"time_base": Fraction(1, 90000), "pts": [3753 * i + (i % 5) * 700 for i in range(24)]},
    "late": {"time_base": Fraction(1, 90000), "pts": [90001 + 3753 * i for i in range(24)]},
}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
def test_frames_and_times_out_are_frames_and_times_in(
    tmp_path: Path, rate: str, suffix: str, codec: Codec
) -> None:
    source = make_clip(tmp_path / "source.mp4", audio="aac", options={"bf": "2"}, **RATES[rate])
    done = copy(source, tmp_path / f"out.{suffix}", ExportSettings(codec=codec))
    assert [bar_code(frame) for frame in frames(done.target)] == list(range(24))
    # Matroska's clock ticks in milliseconds; MP4 and MOV take the source's own clock.
    tolerance = Fraction(1, 2000) if suffix == "mkv" else 0
    assert max(abs(a - b) for a, b in zip(done.times, done.expected(), strict=True)) <= tolerance
    assert packet_bytes(done.target, "audio") == packet_bytes(source, "audio")


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_times_are_untouched_when_nothing_starts_before_zero(tmp_path: Path, suffix: str) -> None:
    source = make_clip(tmp_path / "source.mkv", audio="flac")
    done = copy(source, tmp_path / f"out.{suffix}")
    assert done.shift == 0
    assert done.times == done.expected()


def test_sound_that_starts_early_moves_a_matroska_film_as_a_whole(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "source.mp4", audio="aac")
    done = copy(source, tmp_path / "out.mkv")
    assert done.shift == Fraction(22, 1000)
    assert "timeline-shifted" in [notice.code for notice in done.notices]
    with av.open(str(source)) as before, av.open(str(done.target)) as after:
        early = [next(p.pts * p.time_base for p in c.demux(audio=0)) for c in (before, after)]
    assert abs(early[1] - early[0] - done.shift) <= Fraction(1, 2000)


ALLOWED = [
    (codec, suffix)
    for suffix, codecs in {
        "mkv": (Codec.H264, Codec.H265, Codec.AV1, Codec.PRORES, Codec.FFV1),
        "mp4": (Codec.H264, Codec.H265, Codec.AV1),
        "mov": (Codec.H264, Codec.H265, Codec.PRORES),
    }.items()
    for codec in codecs
]


@pytest.mark.parametrize(("codec", "suffix"), ALLOWED)
def test_every_codec_arrives_in_every_container_that_holds_it(
    tmp_path: Path, codec: Codec, suffix: str
) -> None:
    source = make_clip(tmp_path / "source.mkv", color=BT709, n_frames=20)
    done = copy(source, tmp_path / f"out.{suffix}", ExportSettings(codec=codec))
    clip, _ = known(done.target)
    assert [bar_code(frame) for frame in frames(done.target)] == list(range(20))
    assert clip.color == done.encoder.color
    assert clip.color.primaries == clip.color.transfer == 1
    assert clip.frame_rate == 24


@pytest.mark.parametrize(("codec", "suffix"), ALLOWED)
def test_every_frame_says_what_its_colours_mean(tmp_path: Path, codec: Codec, suffix: str) -> None:
    tags = ColorTags(primaries=9, transfer=14, matrix=9)
    source = make_clip(tmp_path / "source.mkv", color=tags, n_frames=4)
    done = copy(source, tmp_path / f"out.{suffix}", ExportSettings(codec=codec))
    with av.open(str(done.target)) as film:
        found = {(f.color_primaries, f.color_trc) for f in film.decode(video=0)}
    assert found == {(9, 14)}


def test_untagged_sources_get_the_tags_that_players_assumed(tmp_path: Path, plain: Path) -> None:
    done = copy(plain, tmp_path / "out.mkv")
    assert probe(done.target).color == ColorTags(primaries=1, transfer=6, matrix=6)


def test_full_range_stays_full_range(tmp_path: Path) -> None:
    tags = ColorTags(primaries=1, transfer=1, matrix=1, full_range=True)
    source = make_clip(tmp_path / "source.mp4", color=tags)
    done = copy(source, tmp_path / "out.mkv")
    assert probe(done.target).color == tags
    difference = frames(done.target).astype(float) - frames(source)
    assert abs(difference.mean()) < 0.5


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
@pytest.mark.parametrize("codec", [Codec.H265, Codec.AV1])
def test_hdr_metadata_arrives(tmp_path: Path, hdr: Path, codec: Codec, suffix: str) -> None:
    done = copy(hdr, tmp_path / f"out.{suffix}", ExportSettings(codec=codec))
    clip = probe(done.target)
    assert (clip.color, clip.bit_depth) == (done.clip.color, 10)
    assert clip.content_light == done.clip.content_light
    assert clip.mastering_display is not None
    assert done.clip.mastering_display is not None
    assert _display(clip.mastering_display) == pytest.approx(_display(done.clip.mastering_display), abs=1e-4)


def _display(packed: bytes) -> list[float]:
    numbers = np.frombuffer(packed, np.int32)[:20].reshape(10, 2)
    return (numbers[:, 0] / numbers[:, 1]).tolist()


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
def test_pixel_aspect_is_kept(tmp_path: Path, suffix: str) -> None:
    source = make_clip(tmp_path / "source.mp4", sample_aspect_ratio=Fraction(64, 45))
    assert probe(copy(source, tmp_path / f"out.{suffix}").target).sample_aspect_ratio == Fraction(64, 45)


def test_rotation_is_applied_once(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "source.mp4", rotation=90)
    clip = probe(copy(source, tmp_path / "out.mp4").target)
    assert (clip.rotation, clip.width, clip.height) == (0, 64, 96)


def test_everything_else_arrives_in_matroska(tmp_path: Path, rich: Path) -> None:
    done = copy(rich, tmp_path / "out.mkv")
    for kind in ("audio", "subtitle"):
        assert packet_bytes(done.target, kind) == packet_bytes(rich, kind)
    assert losses(done.clip, done.encoder, ExportSettings()) == ()
    with av.open(str(rich)) as before, av.open(str(done.target)) as after:
        assert [(s.type, s.language, s.disposition) for s in after.streams] == [
            (s.type, s.language, s.disposition) for s in before.streams
        ]
        assert after.streams.audio[1].metadata["title"] == "Kommentar"
        assert after.metadata["title"] == "A film"
        font = after.streams.attachments[0]
        assert (font.metadata["filename"], font.mimetype, font.data) == (
            "font.ttf",
            "font/ttf",
            b"not really a font",
        )
        assert [(c["start"], c["end"], c["metadata"]["title"]) for c in after.chapters()] == [
            (c["start"], c["end"], c["metadata"]["title"]) for c in before.chapters()
        ]


def test_a_cover_picture_stays_a_cover(tmp_path: Path) -> None:
    cover = make_images(tmp_path / "cover", "c_%d.png", [1]).with_name("c_1.png").read_bytes()
    source = tmp_path / "source.mkv"
    with av.open(str(make_clip(tmp_path / "film.mkv"))) as film, av.open(str(source), "w") as output:
        stream = output.add_stream_from_template(film.streams.video[0])
        output.add_attachment("cover.png", "image/png", cover)
        for packet in film.demux(video=0):
            if packet.size:
                packet.stream = stream
                output.mux(packet)
    done = copy(source, tmp_path / "out.mkv")
    assert losses(done.clip, done.encoder, ExportSettings()) == ()
    assert packet_bytes(done.target, "video")[1] == [cover]
    encoder = choose_encoder(done.clip, 96, 64, ExportSettings(), tmp_path / "out.mp4")
    assert [n.code for n in losses(done.clip, encoder, ExportSettings())] == ["video-dropped"]


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "mov"])
def test_the_sound_of_a_transport_stream_arrives(tmp_path: Path, suffix: str) -> None:
    """Its AAC has a header in each packet, which other containers keep once for all."""
    source = make_clip(tmp_path / "source.ts", audio="aac")
    done = copy(source, tmp_path / f"out.{suffix}")
    assert [p[7:] for p in packet_bytes(source, "audio")[0]] == packet_bytes(done.target, "audio")[0]


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_sound_that_lost_its_header_in_a_transport_stream_is_left_out_and_told(
    tmp_path: Path, suffix: str
) -> None:
    """One damaged packet must not cost the film."""
    source = make_clip(tmp_path / "source.ts", audio="aac")
    content = bytearray(source.read_bytes())
    header = packet_bytes(source, "audio")[0][5][:7]
    at = content.index(header)
    content[at + 4] ^= 0x10  # its length
    source.write_bytes(content)
    done = copy(source, tmp_path / f"out.{suffix}")
    assert "copied-packets-lost" in [notice.code for notice in done.notices]
    promised = expected(done.clip, done.index, done.encoder, 0, len(done.index), ExportSettings()).streams
    assert [s.sha256 for s in stream_digests(done.target)] == [s.sha256 for s in promised]
    assert len(packet_bytes(done.target, "audio")[0]) > 20


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_sound_whose_times_go_back_is_mended_and_told(tmp_path: Path, suffix: str) -> None:
    sound = make_clip(tmp_path / "sound.mkv", audio="aac")
    source = tmp_path / "source.mkv"
    content = bytearray(sound.read_bytes())
    blocks = [
        at for at in range(len(content) - 4) if content[at : at + 1] == b"\x82" and content[at + 3] == 0x80
    ]
    number = blocks[5] + 1
    content[number : number + 2] = (int.from_bytes(content[number : number + 2], "big") + 500).to_bytes(
        2, "big"
    )
    source.write_bytes(content)
    assert any(b < a for a, b in pairwise(_packet_times(source, 1)))
    done = copy(source, tmp_path / f"out.{suffix}")
    assert "copied-times-mended" in [notice.code for notice in done.notices]
    assert packet_bytes(done.target, "audio") == packet_bytes(source, "audio")
    times = _packet_times(done.target, 1)
    assert all(a < b for a, b in pairwise(times))
    before = _packet_times(sound, 1)
    assert max(abs((t - times[0]) - (b - before[0])) for t, b in zip(times, before, strict=True)) < Fraction(
        1, 40
    )


def test_times_of_copied_packets_are_kept(tmp_path: Path, rich: Path) -> None:
    done = copy(rich, tmp_path / "out.mkv")
    for stream in (1, 2, 3):
        assert _packet_times(done.target, stream) == _packet_times(rich, stream)


def _packet_times(path: Path, stream: int) -> list[Fraction]:
    with av.open(str(path)) as film:
        return [p.pts * p.time_base for p in film.demux(film.streams[stream]) if p.pts is not None]


def test_what_a_container_cannot_hold_is_told_before(tmp_path: Path, rich: Path) -> None:
    clip = probe(rich)
    encoder = choose_encoder(clip, 96, 64, ExportSettings(), tmp_path / "out.mp4")
    told = losses(clip, encoder, ExportSettings())
    assert [notice.message for notice in told] == [
        "the subtitle track 3 (subrip, eng) does not fit into MP4",
        "the attachment font.ttf does not fit into MP4",
    ]
    done = copy(rich, tmp_path / "out.mp4")
    assert packet_bytes(done.target, "audio") == packet_bytes(rich, "audio")


def test_numbered_pictures_hold_no_sound_and_say_so(tmp_path: Path, rich: Path) -> None:
    clip = probe(rich)
    encoder = choose_encoder(clip, 96, 64, ExportSettings(), tmp_path / "f_%04d.png")
    codes = [notice.code for notice in losses(clip, encoder, ExportSettings())]
    assert codes == [
        "audio-dropped",
        "audio-dropped",
        "subtitle-dropped",
        "attachment-dropped",
        "chapters-dropped",
    ]


def test_what_nobody_wants_is_left_out(tmp_path: Path, rich: Path) -> None:
    export = ExportSettings(
        copy_audio=False,
        copy_subtitles=False,
        copy_attachments=False,
        copy_chapters=False,
        copy_metadata=False,
    )
    done = copy(rich, tmp_path / "out.mkv", export)
    assert losses(done.clip, done.encoder, export) == ()
    with av.open(str(done.target)) as film:
        assert [stream.type for stream in film.streams] == ["video"]
        assert film.chapters() == []
        assert "title" not in film.metadata


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
def test_a_part_starts_at_zero_with_its_own_sound(tmp_path: Path, rich: Path, suffix: str) -> None:
    done = copy(rich, tmp_path / f"out.{suffix}", start=6, stop=18)
    assert [bar_code(frame) for frame in frames(done.target)] == list(range(6, 18))
    assert done.times[0] == 0
    assert done.times == done.expected(6, 18)
    sound, whole = packet_bytes(done.target, "audio"), packet_bytes(rich, "audio")
    starts = [all_packets.index(packets[0]) for packets, all_packets in zip(sound, whole, strict=True)]
    for packets, all_packets, first in zip(sound, whole, starts, strict=True):
        assert packets == all_packets[first : first + len(packets)]
    assert 0.45 <= len(sound[0]) * 0.02 <= 0.52
    with av.open(str(done.target)) as film:
        assert [chapter["metadata"]["title"] for chapter in film.chapters()] == ["Beginning", "End"]
        assert film.chapters()[0]["start"] == 0


def test_segment_borders_leave_no_trace_in_time(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "source.mp4", **RATES["vfr"])
    done = copy(source, tmp_path / "out.mp4", cuts=(1, 2, 3, 11, 23))
    with av.open(str(done.target)) as film:
        packets = [packet for packet in film.demux(video=0) if packet.size]
    decoding = [packet.dts for packet in packets]
    assert decoding == sorted(set(decoding))
    assert all(packet.dts <= packet.pts for packet in packets)
    assert done.times == done.expected()


def test_muxing_is_deterministic(tmp_path: Path, rich: Path) -> None:
    digests = [
        hashlib.sha256(copy(rich, tmp_path / f"{name}.mkv").target.read_bytes()).hexdigest() for name in "ab"
    ]
    assert digests[0] == digests[1]


def test_a_sequence_becomes_a_sequence_with_its_numbers_and_gaps(tmp_path: Path) -> None:
    source = make_images(tmp_path / "in", "f_%04d.png", [8, 9, 12], deep=True)
    (tmp_path / "out").mkdir()
    copy(source, tmp_path / "out" / "g_%03d.tiff")
    assert sorted(path.name for path in (tmp_path / "out").glob("g_*")) == [
        "g_008.tiff",
        "g_009.tiff",
        "g_012.tiff",
    ]
    assert np.array_equal(frames(tmp_path / "out" / "g_%03d.tiff", deep=True), frames(source, deep=True))


def test_a_film_becomes_a_sequence_counted_from_one(tmp_path: Path, plain: Path) -> None:
    copy(plain, tmp_path / "f_%02d.png", start=10, stop=13)
    assert sorted(path.name for path in tmp_path.glob("*.png")) == ["f_11.png", "f_12.png", "f_13.png"]
    assert np.array_equal(frames(tmp_path / "f_%02d.png"), frames(plain, 10, 13))


def test_a_sequence_becomes_a_film(tmp_path: Path) -> None:
    source = make_images(tmp_path / "in", "f_%04d.png", [1, 2, 3, 5])
    done = copy(source, tmp_path / "out.mp4")
    assert done.times == [Fraction(n, 25) for n in (0, 1, 2, 4)]


def test_cancelling_leaves_no_file(tmp_path: Path, plain: Path) -> None:
    done = copy(plain, tmp_path / "out.mkv")
    token = CancelToken()
    token.cancel()
    for name in ("again.mkv", "f_%02d.png"):
        export = ExportSettings()
        encoder = choose_encoder(done.clip, 96, 64, export, tmp_path / name)
        segments = _segments(done.clip, done.index, encoder, tmp_path / name, [0, 24])
        with pytest.raises(Cancelled):
            mux(
                segments,
                done.clip,
                done.index,
                encoder,
                tmp_path / name,
                start=0,
                stop=24,
                export=export,
                cancel=token,
            )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.mkv", "segments"]


def test_a_lost_segment_is_an_error_and_leaves_no_file(tmp_path: Path, plain: Path) -> None:
    clip, index = known(plain)
    target = tmp_path / "out.mkv"
    encoder = choose_encoder(clip, 96, 64, ExportSettings(), target)
    segments = _segments(clip, index, encoder, target, [0, 12, 24])
    with pytest.raises(ExportError, match=r"^the segments hold 12 frames, the film has 24$"):
        mux(
            segments[:1],
            clip,
            index,
            encoder,
            target,
            start=0,
            stop=24,
            export=ExportSettings(),
            cancel=CancelToken(),
        )
    assert not target.exists()


def test_pixels_survive_the_whole_way_losslessly(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "source.mkv", codec="ffv1", pixel_format="bgr0", n_frames=9)
    done = copy(source, tmp_path / "out.mkv", ExportSettings(codec=Codec.FFV1))
    with Reader(*known(done.target), deep=False, deinterlace=False) as reader:
        assert np.array_equal(pixels(reader, 0, 9), frames(source))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_is_recognised_and_leaves_no_file(tmp_path: Path, plain: Path) -> None:
    clip, index = known(plain)
    target = tmp_path / "out.mkv"
    encoder = choose_encoder(clip, 96, 64, ExportSettings(), target)
    segments = _segments(clip, index, encoder, target, [0, 24])
    target.symlink_to("/dev/full")
    with pytest.raises(DiskFullError, match=r"^the disk of .* is full: out\.mkv could not be written$"):
        mux(
            segments,
            clip,
            index,
            encoder,
            target,
            start=0,
            stop=24,
            export=ExportSettings(),
            cancel=CancelToken(),
        )
    assert not target.is_symlink()
