"""Colour tags: what a source means when it does not say so, and what is written into the target.

Unspecified tags are read as players read them (the rule of mpv, on the stored size before rotation): at least
1280 columns or more than 576 lines is BT.709, anything smaller BT.601. The meaning found is always written
out, because the restored film is larger and the same guess would then give other colours.
"""

import struct
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from engine.clip import Clip, ColorTags

UNSPECIFIED = 2
RGB = 0
BT709 = 1
SRGB_TRANSFER = 13

# Kr and Kb of ITU-T H.273, table 4, by MatrixCoefficients; 10 (constant luminance) is read as 9.
_LUMA_WEIGHTS = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}

# FFmpeg's scaler has its own numbers for matrices (libswscale/swscale.h, SWS_CS).
_SWS_COLORSPACE = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9, 10: 9}

SWS_LIMITED, SWS_FULL = 1, 2


def is_rgb(pixel_format: str) -> bool:
    """True for formats that hold red, green and blue (a palette does too)."""
    found = av.VideoFormat(pixel_format)
    return found.is_rgb or found.has_palette


def is_known_matrix(matrix: int) -> bool:
    """True when the reader converts with these coefficients (False: YCgCo, ICtCp and other rarities)."""
    return matrix in (RGB, UNSPECIFIED) or matrix in _LUMA_WEIGHTS


def effective_color(clip: Clip) -> ColorTags:
    """The clip's tags with everything unspecified filled in as players fill it in."""
    tags = clip.color
    if is_rgb(clip.pixel_format):
        return ColorTags(
            primaries=_or(tags.primaries, BT709),
            transfer=_or(tags.transfer, SRGB_TRANSFER),
            matrix=RGB,
            full_range=True,
        )
    matrix = tags.matrix if tags.matrix in _LUMA_WEIGHTS else _guess_matrix(clip)
    return ColorTags(
        primaries=_or(tags.primaries, _guess_primaries(clip, matrix)),
        transfer=_or(tags.transfer, 14 if matrix in (9, 10) else 6 if matrix in (5, 6) else 1),
        matrix=matrix,
        full_range=tags.full_range,
    )


def target_color(clip: Clip, pixel_format: str, *, always_limited: bool = False) -> ColorTags:
    """The tags to write for this clip in this pixel format.

    always_limited: the codec has no flag for full range (ProRes).
    """
    source = ColorTags(primaries=1, transfer=1, matrix=BT709) if clip.tone_mapped else effective_color(clip)
    if is_rgb(pixel_format):
        return ColorTags(primaries=source.primaries, transfer=source.transfer, matrix=RGB, full_range=True)
    from_rgb = source.matrix == RGB
    return ColorTags(
        primaries=source.primaries,
        transfer=source.transfer,
        matrix=(9 if source.primaries == 9 else BT709) if from_rgb else source.matrix,
        full_range=source.full_range and not from_rgb and not always_limited,
    )


def sws_colorspace(matrix: int) -> int:
    """FFmpeg's scaler number of an H.273 matrix; RGB has none and gets BT.709's, which is then not used."""
    return _SWS_COLORSPACE.get(matrix, 1)


def sws_range(full_range: bool) -> int:
    """FFmpeg's number of a range."""
    return SWS_FULL if full_range else SWS_LIMITED


def yuv_from_rgb(tags: ColorTags, bits: int) -> NDArray[np.float32]:
    """(3, 4) float32: codes (Y, Cb, Cr) = matrix @ (R, G, B, 1), for R, G, B in [0, 1] (H.273, 8.3)."""
    kr, kb = _LUMA_WEIGHTS[tags.matrix]
    luma = np.array([kr, 1.0 - kr - kb, kb])
    unscaled = np.stack(
        [
            luma,
            (np.array([0.0, 0.0, 1.0]) - luma) / (2.0 * (1.0 - kb)),
            (np.array([1.0, 0.0, 0.0]) - luma) / (2.0 * (1.0 - kr)),
        ]
    )
    scale, offset = _quantisation(tags.full_range, bits)
    return np.concatenate([unscaled * scale[:, None], offset[:, None]], axis=1).astype(np.float32)


def rgb_from_yuv(tags: ColorTags, bits: int) -> NDArray[np.float32]:
    """(3, 4) float32: (R, G, B) in [0, 1] = matrix @ (Y, Cb, Cr, 1), the inverse of yuv_from_rgb."""
    forward = yuv_from_rgb(tags, bits).astype(np.float64)
    inverse = np.linalg.inv(forward[:, :3])
    return np.concatenate([inverse, -inverse @ forward[:, 3:]], axis=1).astype(np.float32)


def x265_hdr_parameters(mastering_display: bytes | None, content_light: bytes | None) -> str:
    """HDR10 metadata in x265's spelling ("master-display=...:max-cll=..."), "" when there is none."""
    parameters: list[str] = []
    if mastering_display is not None and (values := _mastering_values(mastering_display)) is not None:
        (rx, ry, gx, gy, bx, by, wx, wy), (low, high) = values
        chroma = [f"{name}({_units(x, 50000)},{_units(y, 50000)})" for name, x, y in
                  (("G", gx, gy), ("B", bx, by), ("R", rx, ry), ("WP", wx, wy))]  # fmt: skip
        parameters.append(f"master-display={''.join(chroma)}L({_units(high, 10000)},{_units(low, 10000)})")
    if content_light is not None and len(content_light) >= 8:
        parameters.append("max-cll={},{}".format(*struct.unpack_from("=II", content_light)))
    return ":".join(parameters)


def svt_hdr_parameters(mastering_display: bytes | None, content_light: bytes | None) -> str:
    """HDR10 metadata in SVT-AV1's spelling, "" when there is none."""
    parameters: list[str] = []
    if mastering_display is not None and (values := _mastering_values(mastering_display)) is not None:
        (rx, ry, gx, gy, bx, by, wx, wy), (low, high) = values
        chroma = [f"{name}({float(x):.5f},{float(y):.5f})" for name, x, y in
                  (("G", gx, gy), ("B", bx, by), ("R", rx, ry), ("WP", wx, wy))]  # fmt: skip
        parameters.append(f"mastering-display={''.join(chroma)}L({float(high):.4f},{float(low):.4f})")
    if content_light is not None and len(content_light) >= 8:
        parameters.append("content-light={},{}".format(*struct.unpack_from("=II", content_light)))
    return ":".join(parameters)


def _or(tag: int, guess: int) -> int:
    # 0 is reserved in H.273 and 3 is "reserved": both say as little as 2 does.
    return guess if tag in (0, UNSPECIFIED, 3) else tag


def _stored_size(clip: Clip) -> tuple[int, int]:
    return (clip.height, clip.width) if clip.rotation in (90, 270) else (clip.width, clip.height)


def _guess_matrix(clip: Clip) -> int:
    if clip.color.primaries == 9:
        return 9
    width, height = _stored_size(clip)
    return BT709 if width >= 1280 or height > 576 else 6


def _guess_primaries(clip: Clip, matrix: int) -> int:
    """mpv's guess: the two tape formats have their own primaries, everything else is BT.709."""
    if matrix in (9, 10):
        return 9
    height = _stored_size(clip)[1]
    if matrix in (5, 6):
        return {576: 5, 480: 6, 486: 6, 488: 6}.get(height, BT709)
    return BT709


def _quantisation(full_range: bool, bits: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Scale and offset of (Y, Cb, Cr) code values (H.273, equations 20 to 25)."""
    unit = float(1 << (bits - 8))
    if full_range:
        top = float((1 << bits) - 1)
        return np.array([top, top, top]), np.array([0.0, 128.0 * unit, 128.0 * unit])
    return np.array([219.0, 224.0, 224.0]) * unit, np.array([16.0, 128.0, 128.0]) * unit


def _mastering_values(packed: bytes) -> tuple[list[Fraction], list[Fraction]] | None:
    """Chromaticities (r, g, b, white as x, y) and (lowest, highest) luminance in cd/m2 of FFmpeg's struct.

    Layout (libavutil/mastering_display_metadata.h): ten rationals of two int32, then has_primaries and
    has_luminance as int32.
    """
    if len(packed) < 88:
        return None
    numbers = struct.unpack_from("=22i", packed)
    if not (numbers[20] and numbers[21]) or any(numbers[i] == 0 for i in range(1, 20, 2)):
        return None
    values = [Fraction(numbers[i], numbers[i + 1]) for i in range(0, 20, 2)]
    return values[:8], values[8:]


def _units(value: Fraction, per_unit: int) -> int:
    return round(value * per_unit)
