from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.errors import SourceError
from engine.media.reader import Reader
from tests.clips import make_clip, make_images, picture
from tests.engine.media.reading import bar_code, frames, known, pixels

N = 40
PAL = {"codec": "mpeg2video", "frame_rate": Fraction(25), "options": {"g": "12", "bf": "2", "b": "2M"}}
KINDS: dict[str, tuple[str, dict]] = {
    "h264 closed": ("a.mp4", {"options": {"g": "12", "bf": "3"}}),
    "h264 open": ("a.mkv", {"options": {"g": "10", "x264-params": "open-gop=1:bframes=3:b-adapt=0"}}),
    "h264 all key": ("a.mp4", {"options": {"g": "1"}}),
    "h264 one group": ("a.mp4", {"options": {"g": "250"}}),
    "h264 refresh": ("a.mkv", {"options": {"g": "10", "x264-params": "intra-refresh=1"}}),
    "h264 in ts": ("a.ts", {"options": {"g": "12", "bf": "2"}}),
    "h264 raw": ("a.h264", {"options": {"g": "12"}}),
    "h265 open": (
        "a.mkv",
        {"codec": "libx265", "options": {"g": "10", "x265-params": "open-gop=1:bframes=4"}},
    ),
    "h265 10 bit": (
        "a.mp4",
        {"codec": "libx265", "pixel_format": "yuv420p10le", "options": {"g": "10"}},
    ),
    "mpeg2 in ps": ("a.mpg", PAL),
    "mpeg2 in ts": ("a.ts", PAL),
    "mpeg4 in avi": ("a.avi", {"codec": "mpeg4", "options": {"g": "12", "bf": "2"}}),
    "vp9": ("a.webm", {"codec": "libvpx-vp9", "options": {"g": "10", "deadline": "realtime"}}),
    "av1": (
        "a.mkv",
        {"codec": "libsvtav1", "pixel_format": "yuv420p10le", "options": {"g": "16", "preset": "12"}},
    ),
    "prores": ("a.mov", {"codec": "prores_ks", "pixel_format": "yuv422p10le"}),
    "ffv1": ("a.mkv", {"codec": "ffv1", "options": {"g": "5"}}),
    "mjpeg": ("a.avi", {"codec": "mjpeg", "pixel_format": "yuvj420p"}),
    "vfr": (
        "a.mp4",
        {"pts": [i * 512 + (i % 3) * 170 for i in range(N)], "time_base": Fraction(1, 12288)},
    ),
    "starts late": ("a.mkv", {"pts": [7000 + 41 * i for i in range(N)], "time_base": Fraction(1, 1000)}),
}


@pytest.fixture(scope="module", params=KINDS)
def clip_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    name, choices = KINDS[request.param]
    return make_clip(tmp_path_factory.mktemp("kind") / name, **{"n_frames": N, **choices})


def test_any_range_equals_decoding_from_the_start(clip_path: Path) -> None:
    clip, index = known(clip_path)
    with Reader(clip, index, deep=False, deinterlace=False) as reader:
        whole = pixels(reader, 0, N)
    assert [bar_code(frame) for frame in whole] == list(range(N))
    with Reader(clip, index, deep=False, deinterlace=False) as reader:
        for start, stop in [(33, 40), (11, 13), (12, 26), (24, 25), (39, 40), (0, 2), (20, 21), (1, 9)]:
            assert np.array_equal(pixels(reader, start, stop), whole[start:stop]), (start, stop)


def test_seeking_is_really_used(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip, index = known(plain)
    with Reader(clip, index, deep=False, deinterlace=False) as reader:
        monkeypatch.setattr(reader._source, "rewind", lambda: pytest.fail("decoded from the start"))
        assert bar_code(pixels(reader, 20, 21)[0]) == 20


def test_overlapping_ranges_decode_every_frame_once(plain: Path) -> None:
    clip, index = known(plain)
    with Reader(clip, index, deep=False, deinterlace=False) as reader:
        pixels(reader, 0, 8)
        reader._source.seek = reader._source.rewind = lambda *_: pytest.fail("sought")  # type: ignore[method-assign]
        assert [bar_code(frame) for frame in pixels(reader, 5, 12)] == list(range(5, 12))


def test_batches_cover_the_range_and_carry_its_time_stamps(plain: Path) -> None:
    clip, index = known(plain)
    with Reader(clip, index, deep=False, deinterlace=False) as reader:
        batches = list(reader.read(3, 14, batch=4))
    assert [(batch.first, len(batch)) for batch in batches] == [(3, 4), (7, 4), (11, 3)]
    assert np.array_equal(np.concatenate([batch.pts for batch in batches]), index.pts[3:14])


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_pictures_are_upright(tmp_path: Path, rotation: int) -> None:
    turned = frames(make_clip(tmp_path / "turned.mp4", n_frames=3, rotation=rotation))
    stored = frames(make_clip(tmp_path / "stored.mp4", n_frames=3))
    assert np.array_equal(turned, np.rot90(stored, rotation // 90, axes=(1, 2)))


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p", "yuv420p10le", "yuv444p"])
@pytest.mark.parametrize("width", [24, 40, 90])
def test_small_frames_are_the_exact_ones_seen_from_afar(
    tmp_path: Path, pixel_format: str, width: int
) -> None:
    clip, index = known(make_clip(tmp_path / "a.mkv", n_frames=4, codec="ffv1", pixel_format=pixel_format))
    with Reader(clip, index, deep=False, deinterlace=False) as reader:
        exact = pixels(reader, 1, 4)
        small = list(reader.read_small(1, 4, width))
    for near, far in zip(exact, small, strict=True):
        wanted = cv2.resize(near, (width, round(width * 64 / 96)), interpolation=cv2.INTER_AREA)
        assert far.shape == wanted.shape
        assert np.abs(far.astype(float) - wanted)[12:].mean() < 4.5  # below the bar code's hard edges


def test_small_frames_are_upright(tmp_path: Path) -> None:
    clip, index = known(make_clip(tmp_path / "turned.mp4", n_frames=2, rotation=90))
    with Reader(clip, index, deep=False, deinterlace=False) as reader:
        exact, (small, _) = pixels(reader, 0, 1)[0], list(reader.read_small(0, 2, 32))
    assert small.shape == (48, 32, 3)
    assert np.abs(small.astype(float) - cv2.resize(exact, (32, 48), interpolation=cv2.INTER_AREA)).mean() < 6


def test_decoding_on_all_cores_gives_the_same_frames(plain: Path) -> None:
    clip, index = known(plain)
    with Reader(clip, index, deep=False, deinterlace=False, threaded=True) as reader:
        found = [pixels(reader, start, stop) for start, stop in [(14, 20), (3, 9), (0, 24)]]
    with Reader(clip, index, deep=False, deinterlace=False) as reader:
        whole = pixels(reader, 0, 24)
    for part, (start, stop) in zip(found, [(14, 20), (3, 9), (0, 24)], strict=True):
        assert np.array_equal(part, whole[start:stop])


def test_a_changed_size_is_scaled_to_the_first(tmp_path: Path) -> None:
    first = make_clip(tmp_path / "a.h264", n_frames=8, options={"bf": "0"})
    second = make_clip(tmp_path / "b.h264", n_frames=8, width=64, height=48, options={"bf": "0"})
    joined = tmp_path / "joined.h264"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    clip, index = known(joined)
    assert (clip.width, clip.height, index.n_resized) == (96, 64, 8)
    assert [bar_code(frame) for frame in frames(joined)] == [*range(8), *range(8)]


def test_deep_reading_keeps_what_eight_bits_lose(tmp_path: Path) -> None:
    pattern = make_images(tmp_path / "deep", "f_%03d.png", [1, 2, 3], deep=True)
    wanted = picture(2).astype(np.uint16) * 257 + 2
    assert np.array_equal(frames(pattern, 1, 2, deep=True)[0], wanted)


def test_sequences_seek_and_skip_gaps(tmp_path: Path) -> None:
    pattern = make_images(tmp_path / "gap", "f_%04d.png", [8, 9, 10, 12, 13])
    assert [bar_code(frame) for frame in frames(pattern, 2, 5)] == [10, 12, 13]


def test_deinterlacing_gives_one_frame_per_frame_whatever_the_range(tmp_path: Path) -> None:
    clip, index = known(make_clip(tmp_path / "tape.mkv", interlaced=True, options={"g": "6"}))
    assert index.n_interlaced == 24
    with Reader(clip, index, deep=False, deinterlace=True) as reader:
        whole = pixels(reader, 0, 24)
        parts = np.concatenate([pixels(reader, start, start + 6) for start in (0, 6, 12, 18)])
        assert np.array_equal(pixels(reader, 7, 9), whole[7:9])
    assert np.array_equal(parts, whole)
    assert not np.array_equal(whole, frames(tmp_path / "tape.mkv"))


def test_deinterlacing_ends_combing(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "combed.mkv", interlaced=True, codec="ffv1")
    woven, whole = frames(path).astype(float), frames(path, deinterlace=True).astype(float)
    assert whole.shape == woven.shape


def test_alpha_arrives_beside_the_colours(tmp_path: Path) -> None:
    clip, index = known(make_clip(tmp_path / "alpha.mov", codec="qtrle", pixel_format="argb", n_frames=3))
    with Reader(clip, index, deep=False, deinterlace=False) as reader:
        batch = next(reader.read(0, 3))
    assert batch.alpha is not None
    assert batch.alpha.shape == (3, 64, 96)
    assert batch.alpha[0, 0].tolist() == np.linspace(255, 0, 96).astype(np.uint8).tolist()


def test_a_file_that_changed_under_the_reader_is_refused(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", n_frames=24)
    clip, index = known(path)
    make_clip(path, n_frames=12)
    with (
        Reader(clip, index, deep=False, deinterlace=False) as reader,
        pytest.raises(SourceError, match=r"a\.mp4 has changed: frame 12 is no longer where it was"),
    ):
        pixels(reader, 0, 24)


def test_damaged_files_read_the_same_from_anywhere(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.ts", n_frames=N, options={"g": "10"})
    content = bytearray(path.read_bytes())
    rng = np.random.default_rng(7)
    for place in rng.integers(len(content) // 4, len(content) * 3 // 4, 30):
        content[place] ^= 0xFF
    path.write_bytes(content)
    clip, index = known(path)
    assert index.n_corrupt + index.n_undecodable > 0
    with Reader(clip, index, deep=False, deinterlace=False) as reader:
        whole = pixels(reader, 0, len(index))
        late = pixels(reader, len(index) - 5, len(index))
    assert np.array_equal(late, whole[-5:])
