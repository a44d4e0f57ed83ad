"""Colours survive: tags are understood as players do, and conversions stay within stated code values."""

import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.clip import Clip, ColorTags
from engine.media import color
from engine.media.convert import FromRgb, ToRgb
from engine.media.frames import Pixels

MATRICES = {"601": 6, "709": 1, "2020": 9}


def _clip(width: int = 96, height: int = 64, pixel_format: str = "yuv420p", **facts: object) -> Clip:
    known: dict[str, object] = {
        "path": Path("a.mkv"),
        "video_index": 0,
        "codec": "h264",
        "frame_rate": Fraction(24),
        "time_base": Fraction(1, 24),
        **facts,
    }
    return Clip(width=width, height=height, pixel_format=pixel_format, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("size", "rotation", "matrix", "primaries"),
    [
        ((426, 240), 0, 6, 1),
        ((720, 576), 0, 6, 5),
        ((720, 480), 0, 6, 6),
        ((1024, 576), 0, 6, 5),
        ((960, 720), 0, 1, 1),
        ((1280, 544), 0, 1, 1),
        ((1920, 1080), 0, 1, 1),
        ((720, 1280), 90, 1, 1),
        ((576, 720), 90, 6, 5),
    ],
)
def test_untagged_video_means_what_players_take_it_for(
    size: tuple[int, int], rotation: int, matrix: int, primaries: int
) -> None:
    meant = color.effective_color(_clip(*size, rotation=rotation))
    assert (meant.matrix, meant.primaries, meant.full_range) == (matrix, primaries, False)


def test_tags_that_are_there_are_kept() -> None:
    tags = ColorTags(primaries=5, transfer=4, matrix=7, full_range=True)
    assert color.effective_color(_clip(color=tags)) == tags


def test_untagged_rgb_stays_rgb() -> None:
    meant = color.effective_color(_clip(pixel_format="rgb24"))
    assert meant == ColorTags(primaries=1, transfer=13, matrix=0, full_range=True)


def test_the_target_says_what_the_source_meant() -> None:
    assert color.target_color(_clip(426, 240), "yuv420p") == ColorTags(primaries=1, transfer=6, matrix=6)


def test_rgb_sources_are_stored_as_limited_bt709() -> None:
    written = color.target_color(_clip(pixel_format="bgra"), "yuv420p")
    assert (written.matrix, written.full_range, written.transfer) == (1, False, 13)


def test_full_range_stays_full_except_where_a_codec_has_no_flag_for_it() -> None:
    full = _clip(color=ColorTags(matrix=1, full_range=True))
    assert color.target_color(full, "yuv420p").full_range
    assert not color.target_color(full, "yuv422p10le", always_limited=True).full_range


def test_a_yuv_file_tagged_as_rgb_is_read_as_untagged() -> None:
    assert color.effective_color(_clip(color=ColorTags(matrix=0))).matrix == 6


# The reference below is written from H.273 (equations 20 to 43), apart from the code it checks.


def _reference_yuv(rgb: np.ndarray, matrix: int, full: bool, bits: int) -> np.ndarray:
    kr, kb = {6: (0.299, 0.114), 1: (0.2126, 0.0722), 9: (0.2627, 0.0593)}[matrix]
    r, g, b = (rgb[..., i] for i in range(3))
    y = kr * r + (1 - kr - kb) * g + kb * b
    pb, pr = 0.5 * (b - y) / (1 - kb), 0.5 * (r - y) / (1 - kr)
    if full:
        top, half = 2**bits - 1, 2 ** (bits - 1)
        return np.stack([top * y, top * pb + half, top * pr + half], axis=-1)
    unit = 2 ** (bits - 8)
    return np.stack([unit * (219 * y + 16), unit * (224 * pb + 128), unit * (224 * pr + 128)], axis=-1)


def _random_rgb(deep: bool) -> Pixels:
    values = np.random.default_rng(3).random((64, 96, 3))
    values[:4], values[4:8] = 0, 1
    top = 65535 if deep else 255
    return np.rint(values * top).astype(np.uint16 if deep else np.uint8)


def _codes(frame: object, bits: int) -> np.ndarray:
    dtype = np.uint8 if bits == 8 else np.uint16
    planes = frame.planes  # type: ignore[attr-defined]
    rows = [np.frombuffer(p, dtype).reshape(p.height, -1)[:, : p.width] for p in planes[:3]]
    return np.stack(rows, axis=-1).astype(float)


CASES = [
    (name, full, bits, deep)
    for name in MATRICES
    for full in (False, True)
    for bits in (8, 10)
    for deep in (False, True)
]


@pytest.mark.parametrize(("name", "full", "bits", "deep"), CASES)
def test_rgb_becomes_the_reference_code_values(name: str, full: bool, bits: int, deep: bool) -> None:
    tags = ColorTags(primaries=1, transfer=1, matrix=MATRICES[name], full_range=full)
    rgb = _random_rgb(deep)
    frame = FromRgb(_yuv444(bits), tags, 96, 64)(rgb, None)
    levels = rgb / np.iinfo(rgb.dtype).max
    wanted = np.minimum(_reference_yuv(levels, MATRICES[name], full, bits), 2**bits - 1)
    # Half a code is rounding. The scaler's 15-bit coefficients, used for pictures and films of 8 bits, add 0.3.
    tolerance = 0.8 if not (full or deep) else 0.501
    assert np.abs(_codes(frame, bits) - wanted).max() <= tolerance
    assert (frame.colorspace, frame.color_range) == (MATRICES[name], 2 if full else 1)


@pytest.mark.parametrize(("name", "full", "bits", "deep"), CASES)
def test_there_and_back_again(name: str, full: bool, bits: int, deep: bool) -> None:
    """RGB -> YUV 4:4:4 -> RGB loses only what the code values cannot hold."""
    tags = ColorTags(primaries=1, transfer=1, matrix=MATRICES[name], full_range=full)
    rgb = _random_rgb(deep)
    frame = FromRgb(_yuv444(bits), tags, 96, 64)(rgb, None)
    clip = _clip(pixel_format=_yuv444(bits), color=tags, bit_depth=bits)
    back, _ = ToRgb(clip, deep=deep)(frame)
    error = np.abs(back.astype(float) - rgb) * (255 / np.iinfo(rgb.dtype).max)
    # One code of limited 8-bit chroma is 2.1/255 of blue (2 (1 - Kb) / 224 * 255): half of it, plus luma's.
    largest, mean = {8: (2.1, 0.75), 10: (0.75, 0.2)}[bits]
    if bits == 10 and not deep:
        largest, mean = (1.01, 0.4) if full else (0.01, 0.01)
    assert error.max() <= largest
    assert error.mean() <= mean


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("deep", [False, True])
def test_black_and_white_are_exact(full: bool, deep: bool) -> None:
    tags = ColorTags(primaries=1, transfer=1, matrix=1, full_range=full)
    rgb = np.zeros((64, 96, 3), np.uint16 if deep else np.uint8)
    rgb[:, 48:] = np.iinfo(rgb.dtype).max
    for pixel_format, bits in (("yuv420p", 8), ("yuv422p10le", 10), ("gbrp12le", 12)):
        frame_tags = replace(tags, matrix=0, full_range=True) if bits == 12 else tags
        frame = FromRgb(pixel_format, frame_tags, 96, 64)(rgb, None)
        back, _ = ToRgb(_clip(pixel_format=pixel_format, color=frame_tags, bit_depth=bits), deep=deep)(frame)
        assert np.array_equal(back[:, :40], rgb[:, :40]), pixel_format
        assert np.array_equal(back[:, 56:], rgb[:, 56:]), pixel_format


@pytest.mark.parametrize(
    ("pixel_format", "deep"),
    [
        ("rgb24", False),
        ("bgr0", False),
        ("rgba", False),
        ("rgb48be", False),
        ("rgb48be", True),
        ("rgb48le", True),
        ("gbrp16le", True),
        ("gbrap16le", True),
        ("rgba64be", True),
    ],
)
def test_rgb_formats_are_lossless(pixel_format: str, deep: bool) -> None:
    tags = ColorTags(primaries=1, transfer=13, matrix=0, full_range=True)
    rgb = _random_rgb(deep)
    frame = FromRgb(pixel_format, tags, 96, 64)(rgb, None)
    back, _ = ToRgb(_clip(pixel_format=pixel_format, color=tags), deep=deep)(frame)
    assert np.array_equal(back, rgb)


@pytest.mark.parametrize(
    ("pixel_format", "deep"), [("rgba", False), ("rgba64le", True), ("gbrap16le", True), ("bgra", False)]
)
def test_alpha_is_lossless(pixel_format: str, deep: bool) -> None:
    rgb = _random_rgb(deep)
    tags = ColorTags(primaries=1, transfer=13, matrix=0, full_range=True)
    frame = FromRgb(pixel_format, tags, 96, 64)(rgb, rgb[..., 0])
    _, alpha = ToRgb(_clip(pixel_format=pixel_format, color=tags, has_alpha=True), deep=deep)(frame)
    assert np.array_equal(alpha, rgb[..., 0])


def test_alpha_of_prores_is_kept_to_ten_bits() -> None:
    rgb = _random_rgb(True)
    tags = ColorTags(primaries=1, transfer=1, matrix=1)
    frame = FromRgb("yuva444p10le", tags, 96, 64)(rgb, rgb[..., 0])
    clip = _clip(pixel_format="yuva444p10le", color=tags, has_alpha=True, bit_depth=10)
    back, alpha = ToRgb(clip, deep=True)(frame)
    assert alpha is not None
    assert np.abs(alpha.astype(int) - rgb[..., 0]).max() <= 33
    assert np.abs(back.astype(int) - rgb).max() <= 0.75 * 257


def test_one_odd_line_is_repeated() -> None:
    tags = ColorTags(primaries=1, transfer=1, matrix=1)
    rgb = np.full((63, 95, 3), 90, np.uint8)
    frame = FromRgb("yuv444p", tags, 96, 64)(rgb, None)
    back, _ = ToRgb(_clip(pixel_format="yuv444p", color=tags), deep=False)(frame)
    assert back.shape == (64, 96, 3)
    assert np.abs(back.astype(int) - 90).max() <= 1


def test_frames_of_a_wrong_size_are_refused() -> None:
    convert = FromRgb("yuv444p", ColorTags(primaries=1, transfer=1, matrix=1), 96, 64)
    with pytest.raises(ValueError, match="a frame of 90x64 for an encoder of 96x64"):
        convert(np.zeros((64, 90, 3), np.uint8), None)


def _yuv444(bits: int) -> str:
    return "yuv444p" if bits == 8 else f"yuv444p{bits}le"


def test_hdr_metadata_is_spelled_as_x265_and_svt_want_it() -> None:
    chroma = [34000, 50000, 16000, 50000, 13250, 50000, 34500, 50000, 7500, 50000, 3000, 50000, 15635, 50000]
    display = struct.pack("=22i", *chroma, 16450, 50000, 50, 10000, 10000000, 10000, 1, 1)
    light = struct.pack("=II", 1000, 400)
    assert color.x265_hdr_parameters(display, light) == (
        "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50):max-cll=1000,400"
    )
    assert color.svt_hdr_parameters(display, light) == (
        "mastering-display=G(0.26500,0.69000)B(0.15000,0.06000)R(0.68000,0.32000)WP(0.31270,0.32900)"
        "L(1000.0000,0.0050):content-light=1000,400"
    )


def test_broken_hdr_metadata_is_left_out() -> None:
    assert color.x265_hdr_parameters(bytes(88), None) == ""
    assert color.x265_hdr_parameters(b"short", b"x") == ""
