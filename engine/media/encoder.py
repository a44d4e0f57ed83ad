"""Which encoder, pixel format and container a film gets, and why not another one."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import av
import cv2

from engine.clip import Clip, ColorTags
from engine.errors import ExportError
from engine.events import Notice, Severity
from engine.media import color, sequence
from engine.settings import Codec, ExportSettings

# WORKAROUND: SVT-AV1 4.1 prints its settings to stderr and has no option against it; 1 is "errors only".
os.environ.setdefault("SVT_LOG", "1")

MATROSKA, MP4, MOV, IMAGES = "matroska", "mp4", "mov", "image2"
CONTAINERS: Mapping[str, str] = MappingProxyType(
    {".mkv": MATROSKA, ".mp4": MP4, ".m4v": MP4, ".mov": MOV, ".png": IMAGES, ".tif": IMAGES, ".tiff": IMAGES}
)

ENCODER_NAMES: Mapping[Codec, str] = MappingProxyType(
    {
        Codec.H264: "libx264",
        Codec.H265: "libx265",
        Codec.AV1: "libsvtav1",
        Codec.PRORES: "prores_ks",
        Codec.FFV1: "ffv1",
        Codec.PNG: "png",
        Codec.TIFF: "tiff",
    }
)

_FITS: Mapping[str, frozenset[Codec]] = MappingProxyType(
    {
        MATROSKA: frozenset({Codec.H264, Codec.H265, Codec.AV1, Codec.PRORES, Codec.FFV1}),
        MP4: frozenset({Codec.H264, Codec.H265, Codec.AV1}),
        # FFmpeg 8.1 refuses AV1 in .mov ("av1 only supported in MP4 and AVIF").
        MOV: frozenset({Codec.H264, Codec.H265, Codec.PRORES}),
        IMAGES: frozenset({Codec.PNG, Codec.TIFF}),
    }
)
_TITLES: Mapping[Codec, str] = MappingProxyType(
    {
        Codec.H264: "H.264",
        Codec.H265: "H.265",
        Codec.AV1: "AV1",
        Codec.PRORES: "ProRes",
        Codec.FFV1: "FFV1",
        Codec.PNG: "PNG",
        Codec.TIFF: "TIFF",
    }
)
# Highest and usual constant rate factor, for the codecs that have one.
_CRF: Mapping[Codec, tuple[int, int]] = MappingProxyType(
    {Codec.H264: (51, 17), Codec.H265: (51, 18), Codec.AV1: (63, 20)}
)
# Palettes, single bits, floats, and the yuvj formats whose meaning the range tag has taken over.
_UNSTORABLE = re.compile(r"pal8|mono|ya|yuvj|gray|.*f(16|32)(le|be)$|nv")
_FFV1_OPTIONS = (("level", "3"), ("slices", "4"), ("slicecrc", "1"), ("g", "1"))
_X264_LARGEST_SIDE = 16384
_SVT_LARGEST = (16384, 8704)
_HIGHEST_RATE = Fraction(240)
_CPU_AVX_512F = 13  # OpenCV's number of that processor feature (CpuFeatures in its interface.h)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """Everything needed to open one encoder, the same for each segment of a film."""

    codec: Codec
    name: str
    """FFmpeg's name of the encoder."""
    pixel_format: str
    """FFmpeg's name."""
    width: int
    """Of the stored frame: the asked width, or one more where the codec needs an even number."""
    height: int
    """Of the stored frame: the asked height, or one more where the codec needs an even number."""
    options: tuple[tuple[str, str], ...]
    """The encoder's private options, in a fixed order."""
    container: str
    """FFmpeg's name of the target's format: matroska, mp4, mov, or image2 for numbered files."""
    time_base: Fraction
    """Seconds per pts unit of the frames given to it: the clip's."""
    frame_rate: Fraction
    """Frames per second that rate control reckons with."""
    color: ColorTags
    """Written to the stream and to every frame, never unspecified."""
    sample_aspect_ratio: Fraction
    codec_tag: str | None = None
    """FourCC that the container needs for players to accept the stream."""
    notices: tuple[Notice, ...] = ()
    """What was decided for the person, or cannot be kept."""

    @property
    def bit_depth(self) -> int:
        """Bits per component of the stored frame."""
        return max(component.bits for component in av.VideoFormat(self.pixel_format).components)

    @property
    def has_alpha(self) -> bool:
        """True when transparency is stored."""
        return has_alpha(self.pixel_format)


def choose_encoder(clip: Clip, width: int, height: int, export: ExportSettings, target: Path) -> Encoder:
    """The encoder for a film of this size from this clip, as asked for or as fits it.

    width, height: of the restored frames. Raises ExportError, one sentence, for a container that is not
    known, a codec that it cannot hold, and a rate factor, pixel format or size that the codec does not take.
    """
    container = _container(target)
    codec = export.codec or _default_codec(clip, width, height, target)
    _need_fit(codec, container, target)
    pixel_format = _pixel_format(clip, codec, export.pixel_format)
    stored = _stored_size(width, height, codec, pixel_format)
    _need_size(codec, *stored)
    return Encoder(
        codec=codec,
        name=ENCODER_NAMES[codec],
        pixel_format=pixel_format,
        width=stored[0],
        height=stored[1],
        options=_options(clip, codec, pixel_format, export.crf),
        container=container,
        time_base=clip.time_base,
        frame_rate=min(clip.frame_rate, _HIGHEST_RATE),
        color=color.target_color(clip, pixel_format, always_limited=codec is Codec.PRORES),
        sample_aspect_ratio=clip.sample_aspect_ratio,
        codec_tag="hvc1" if codec is Codec.H265 and container in (MP4, MOV) else None,
        notices=_notices(clip, codec, pixel_format, container, (width, height), stored),
    )


def keeper_of_frames(encoder: Encoder, width: int, height: int) -> Encoder:
    """The encoder that keeps restored frames of this film without loss, 16 bits deep."""
    return replace(
        encoder,
        codec=Codec.FFV1,
        name=ENCODER_NAMES[Codec.FFV1],
        pixel_format="gbrap16le" if encoder.has_alpha else "gbrp16le",
        width=width,
        height=height,
        options=_FFV1_OPTIONS,
        container=MATROSKA,
        color=replace(encoder.color, matrix=color.RGB, full_range=True),
        sample_aspect_ratio=Fraction(1),
        codec_tag=None,
        notices=(),
    )


def has_alpha(pixel_format: str) -> bool:
    """True for pixel formats that hold transparency."""
    return any(component.is_alpha for component in av.VideoFormat(pixel_format).components)


def _container(target: Path) -> str:
    suffix = target.suffix.lower()
    container = CONTAINERS.get(suffix)
    if container is None:
        known = " ".join(CONTAINERS)
        raise ExportError(
            f"{target.name} ends in {suffix or 'no suffix'}, which cannot be written; use one of {known}"
        )
    if container == IMAGES and not sequence.is_pattern(target):
        raise ExportError(
            f"{target.name} is one picture; a film needs numbered files such as {target.stem}_%06d{suffix}"
        )
    if container != IMAGES and re.search(r"%\d*d", target.name):
        raise ExportError(f"{target.name} has a number pattern, which only .png and .tiff targets take")
    return container


def _default_codec(clip: Clip, width: int, height: int, target: Path) -> Codec:
    suffix = target.suffix.lower()
    if suffix == ".png":
        return Codec.PNG
    if suffix in (".tif", ".tiff"):
        return Codec.TIFF
    simple = clip.bit_depth <= 8 and not clip.is_hdr and min(width, height) <= 1080
    return Codec.H264 if simple and max(width, height) <= _X264_LARGEST_SIDE else Codec.H265


def _need_fit(codec: Codec, container: str, target: Path) -> None:
    suffix = target.suffix.lower()
    only = {".png": Codec.PNG, ".tif": Codec.TIFF, ".tiff": Codec.TIFF}.get(suffix, codec)
    if codec in _FITS[container] and codec is only:
        return
    taken = (only,) if container == IMAGES else tuple(c for c in Codec if c in _FITS[container])
    titles = ", ".join(_TITLES[fitting] for fitting in taken)
    raise ExportError(f"a {suffix} file cannot hold {_TITLES[codec]}; it takes {titles}")


def _pixel_format(clip: Clip, codec: Codec, asked: str | None) -> str:
    if asked is None:
        return _default_pixel_format(clip, codec)
    taken = av.Codec(ENCODER_NAMES[codec], "w").video_formats or []
    names = [found.name for found in taken if not _UNSTORABLE.match(found.name)]
    if asked not in names:
        raise ExportError(
            f"{_TITLES[codec]} does not take the pixel format {asked}; it takes {', '.join(names)}"
        )
    return asked


def _default_pixel_format(clip: Clip, codec: Codec) -> str:
    deep = clip.bit_depth > 8 or clip.is_hdr
    alpha = clip.has_alpha
    very_deep = clip.bit_depth > 12
    choices = {
        Codec.H264: "yuv420p10le" if deep else "yuv420p",
        Codec.H265: "yuv420p10le",
        # 10 bit also from 8-bit sources: fewer bands at the same size, and every AV1 player decodes it.
        Codec.AV1: "yuv420p10le",
        Codec.PRORES: "yuva444p10le" if alpha else "yuv422p10le",
        Codec.FFV1: (("gbrap16le" if alpha else "gbrp16le") if very_deep else
                     ("gbrap12le" if alpha else "gbrp12le") if deep else "bgra" if alpha else "bgr0"),
        Codec.PNG: ("rgba64be" if alpha else "rgb48be") if deep else ("rgba" if alpha else "rgb24"),
        Codec.TIFF: ("rgba64le" if alpha else "rgb48le") if deep else ("rgba" if alpha else "rgb24"),
    }  # fmt: skip
    return choices[codec]


def _stored_size(width: int, height: int, codec: Codec, pixel_format: str) -> tuple[int, int]:
    """Even where x264 and x265 subsample chroma; the other encoders take odd sizes as they are.

    Padding by one repeated line was preferred to 4:4:4, which most players and all phones refuse.
    """
    if codec not in (Codec.H264, Codec.H265):
        return width, height
    shape = av.VideoFormat(pixel_format, 2, 2)
    across, down = 2 // shape.chroma_width(2), 2 // shape.chroma_height(2)
    return width + width % across, height + height % down


def _need_size(codec: Codec, width: int, height: int) -> None:
    if codec is Codec.H264 and max(width, height) > _X264_LARGEST_SIDE:
        raise ExportError(
            f"H.264 ends at {_X264_LARGEST_SIDE} pixels a side, the film has {width}x{height}; use H.265"
        )
    if codec is Codec.AV1 and (width > _SVT_LARGEST[0] or height > _SVT_LARGEST[1]):
        raise ExportError("AV1 ends at {}x{} pixels, the film has {}x{}".format(*_SVT_LARGEST, width, height))


def _options(clip: Clip, codec: Codec, pixel_format: str, crf: int | None) -> tuple[tuple[str, str], ...]:
    rate_factor = _rate_factor(codec, crf)
    # Measured on 1280x720 upscales, 2 cores: veryfast makes the smallest H.264 file of all presets at CRF 17
    # in half of medium's time (10..37 ms a frame, 1 dB below it at 45..48 dB); superfast is the H.265 preset
    # whose time (33..83 ms) stays near x264's, and SVT-AV1's 8 beats both (21..25 ms).
    if codec is Codec.H264:
        return (("crf", rate_factor), ("preset", "veryfast"), *reproducible_x264())
    if codec is Codec.H265:
        return (("crf", rate_factor), ("preset", "superfast"), ("x265-params", _x265_parameters(clip)))
    if codec is Codec.AV1:
        hdr = color.svt_hdr_parameters(clip.mastering_display, clip.content_light) if clip.is_hdr else ""
        return (("crf", rate_factor), ("preset", "8"), *((("svtav1-params", hdr),) if hdr else ()))
    if codec is Codec.PRORES:
        return (("profile", "4444" if "444" in pixel_format else "hq"), ("vendor", "apl0"))
    if codec is Codec.FFV1:
        return _FFV1_OPTIONS
    return (("compression_algo", "deflate"),) if codec is Codec.TIFF else ()


def reproducible_x264() -> tuple[tuple[str, str], ...]:
    """FFmpeg options that make x264 give the same file for the same frames.

    WORKAROUND: with AVX-512 the macroblock tree of x264 core 165 depends on memory it never wrote when a frame
    is narrow (measured: 2 to 7 different files of 40 at widths 96 to 192, one with AVX2, at the same speed);
    ends with an x264 without it.
    """
    return (("x264-params", "asm=AVX2"),) if cv2.checkHardwareSupport(_CPU_AVX_512F) else ()


def _rate_factor(codec: Codec, crf: int | None) -> str:
    if codec not in _CRF:
        if crf is not None:
            raise ExportError(f"{_TITLES[codec]} has no rate factor (crf); leave it out")
        return ""
    highest, usual = _CRF[codec]
    if crf is not None and not 0 <= crf <= highest:
        raise ExportError(f"the rate factor is {crf}, {_TITLES[codec]} takes 0 to {highest}")
    return str(usual if crf is None else crf)


def _x265_parameters(clip: Clip) -> str:
    # Closed groups of pictures, because segments are joined without re-encoding.
    parameters = ["log-level=none", "open-gop=0"]
    if clip.is_hdr:
        parameters += ["hdr10=1", "repeat-headers=1"] if clip.color.transfer == 16 else ["repeat-headers=1"]
        parameters.append(color.x265_hdr_parameters(clip.mastering_display, clip.content_light))
    return ":".join(filter(None, parameters))


def _notices(
    clip: Clip,
    codec: Codec,
    pixel_format: str,
    container: str,
    asked: tuple[int, int],
    stored: tuple[int, int],
) -> tuple[Notice, ...]:
    found: list[Notice] = []
    title = _TITLES[codec]
    if stored != asked:
        sizes = f"{asked[0]}x{asked[1]} is stored as {stored[0]}x{stored[1]}"
        message = f"{title} needs even sizes: {sizes} by repeating the edge"
        found.append(Notice(code="padded", message=message))
    if clip.has_alpha and not has_alpha(pixel_format):
        message = f"{title} ({pixel_format}) holds no transparency; it is dropped"
        found.append(Notice(code="alpha-dropped", message=message, severity=Severity.WARNING))
    if clip.is_hdr and clip.mastering_display is not None and codec not in (Codec.H265, Codec.AV1):
        message = f"{title} cannot carry the HDR mastering data here; it is dropped, the colour tags stay"
        found.append(Notice(code="hdr-metadata-dropped", message=message, severity=Severity.WARNING))
    bits = max(component.bits for component in av.VideoFormat(pixel_format).components)
    if clip.is_hdr and bits < 10:
        message = f"HDR in {bits} bits shows bands; use a 10-bit pixel format"
        found.append(Notice(code="hdr-in-8-bit", message=message, severity=Severity.WARNING))
    if clip.sample_aspect_ratio != 1 and (
        container == IMAGES or (container == MATROSKA and codec not in (Codec.H264, Codec.H265))
    ):
        aspect = f"the pixel aspect {clip.sample_aspect_ratio}"
        message = f"{title} cannot carry {aspect} here; players will show square pixels"
        found.append(Notice(code="aspect-dropped", message=message, severity=Severity.WARNING))
    return tuple(found)
