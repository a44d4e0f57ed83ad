"""HDR to SDR: white stays white, shadows stay, highlights roll off, hues hold."""

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.cancel import CancelToken
from engine.clip import Clip, ColorTags
from engine.job import Job
from engine.media.color import target_color
from engine.media.probe import probe
from engine.media.reader import Reader
from engine.media.tone_map import SDR_WHITE, ToneMap, pq_light, pq_signal
from engine.settings import RestorationSettings
from engine.source import look_at
from tests.clips import make_clip
from tests.engine.media.reading import pixels

PQ = ColorTags(primaries=9, transfer=16, matrix=9)
HLG = ColorTags(primaries=9, transfer=18, matrix=9)


@pytest.fixture
def clip(tmp_path: Path) -> Clip:
    path = make_clip(tmp_path / "hdr.mkv", n_frames=3, codec="libx265", pixel_format="yuv420p10le", color=PQ)
    return replace(probe(path), tone_mapped=True)


def grey(nits: float) -> np.ndarray:
    code = round(float(pq_signal(np.array(nits))) * 65535)
    return np.full((1, 1, 3), code, np.uint16)


def sdr(clip: Clip, nits: float) -> float:
    """SDR signal in [0, 1] of a grey of this light."""
    return float(ToneMap(clip)(grey(nits))[0, 0, 1]) / 65535


def test_the_pq_curve_is_the_standard_s() -> None:
    """SMPTE ST 2084: 100 cd/m2 is 0.5081, 1000 is 0.7518, 10000 is 1."""
    assert pq_signal(np.array([100.0, 1000.0, 10000.0])) == pytest.approx([0.5081, 0.7518, 1.0], abs=1e-4)
    assert pq_light(pq_signal(np.array([0.1, 55.0]))) == pytest.approx([0.1, 55.0], rel=1e-6)


def test_darks_and_middle_tones_keep_their_light(clip: Clip) -> None:
    for nits in (1.0, 10.0, 30.0):
        assert sdr(clip, nits) == pytest.approx((nits / SDR_WHITE) ** (1 / 2.4), abs=0.01)


def test_highlights_roll_off_instead_of_clipping(clip: Clip) -> None:
    levels = [sdr(clip, nits) for nits in (100, 203, 400, 700, 1000)]
    assert levels == sorted(levels)
    assert min(np.diff(levels)) > 0.0005
    assert levels[1] < 0.95
    assert levels[-1] == pytest.approx(1.0, abs=0.005)


def test_what_is_brighter_than_the_master_is_white(clip: Clip) -> None:
    assert sdr(clip, 10000) == pytest.approx(1.0, abs=0.005)


def test_greys_stay_grey_and_colours_keep_their_order(clip: Clip) -> None:
    mapped = ToneMap(clip)(grey(80))
    assert int(mapped.max()) - int(mapped.min()) < 40
    red = np.concatenate([grey(300)[..., :1], grey(60)[..., :1], grey(30)[..., :1]], axis=-1)
    r, g, b = ToneMap(clip)(red)[0, 0]
    assert r > g > b


def test_the_peak_is_the_content_s_own(clip: Clip) -> None:
    assert ToneMap(replace(clip, content_light=struct.pack("=II", 4000, 400))).peak == 4000
    mastering = struct.pack("=22i", *[1, 1] * 8, 1, 10000, 600, 1, 1, 1)
    assert ToneMap(replace(clip, mastering_display=mastering)).peak in (600, 1000)
    assert ToneMap(clip).peak == 1000


def test_hlg_white_is_sdr_white_enough(clip: Clip) -> None:
    """BT.2408: 75 % HLG is reference white, 203 cd/m2."""
    hlg = ToneMap(replace(clip, color=HLG))
    white = hlg(np.full((1, 1, 3), round(0.75 * 65535), np.uint16))[0, 0, 1] / 65535
    black = hlg(np.zeros((1, 1, 3), np.uint16))[0, 0, 1]
    assert 0.85 < white < 1.0
    assert black == 0


def test_eight_bit_pictures_are_mapped_alike(clip: Clip) -> None:
    deep = np.arange(256, dtype=np.uint16).reshape(16, 16, 1).repeat(3, axis=2) * np.uint16(257)
    mapped = ToneMap(clip)(deep).astype(int)
    small = ToneMap(clip)((deep // 257).astype(np.uint8)).astype(int)
    assert np.abs(small - mapped / 257).max() <= 0.51


def test_a_job_can_ask_for_sdr(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "h.mkv", n_frames=3, codec="libx265", pixel_format="yuv420p10le", color=PQ)
    settings = RestorationSettings(tone_map=True)
    source = look_at(Job(source=path, target=path, restoration=settings), probe(path), CancelToken())
    assert "tone-mapped" in [notice.code for notice in source.notices]
    assert not source.clip.is_hdr
    assert target_color(source.clip, "yuv420p") == ColorTags(primaries=1, transfer=1, matrix=1)
    with Reader(source.clip, source.index, deep=True, deinterlace=False) as reader:
        mapped = pixels(reader, 0, 3)
    with Reader(probe(path), source.index, deep=True, deinterlace=False) as reader:
        plain = pixels(reader, 0, 3)
    assert np.array_equal(mapped[0], ToneMap(source.clip)(plain[0]))


def test_sdr_is_left_alone_and_that_is_said(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "sdr.mkv", n_frames=3)
    settings = RestorationSettings(tone_map=True)
    source = look_at(Job(source=path, target=path, restoration=settings), probe(path), CancelToken())
    assert [notice.code for notice in source.notices] == ["not-hdr"]
