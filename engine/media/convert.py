"""Decoded frames to upright RGB arrays, and RGB arrays to frames for the encoder.

8-bit limited-range video goes through FFmpeg's scaler with accurate rounding (at most half a code value off).
WORKAROUND: everything deeper, and full range on the way out, goes through our own matrix in float32, because
FFmpeg 8.1's scaler takes 16-bit RGB to mean v * 256 instead of v * 257: white would come out as 65280, and
10-bit codes up to 4 off. The scaler then only resamples chroma, at the file's own depth. So the luma of a film of
8 bits is rounded once, also when its pictures were deep.
"""

import sys
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from engine.clip import Clip, ColorTags
from engine.media import color
from engine.media.frames import Pixels
from engine.media.tone_map import ToneMap

Raw = NDArray[Any]  # a numpy union does not survive arithmetic in the type checker

ACCURATE = int(
    Interpolation.BICUBIC
    | Interpolation.ACCURATE_RND
    | Interpolation.FULL_CHR_H_INT
    | Interpolation.FULL_CHR_H_INP
)
_STRIP_PIXELS = 1 << 15
_BIG_ENDIAN_HERE = sys.byteorder == "big"


class ToRgb:
    """Turns the frames of one clip into upright, full-range RGB of the clip's size.

    deep: uint16 instead of uint8. threads: that convert one frame, 0 for as many as there are cores.
    """

    def __init__(self, clip: Clip, *, deep: bool, threads: int = 1) -> None:
        self._deep = deep
        self._threads = threads
        self._rotation = clip.rotation
        turned = clip.rotation in (90, 270)
        self._size = (clip.height, clip.width) if turned else (clip.width, clip.height)
        self._tags = color.effective_color(clip)
        self._has_alpha = clip.has_alpha
        self._scaler = VideoReformatter()
        self._alpha_scaler = VideoReformatter()
        self._tone_map = ToneMap(clip) if clip.tone_mapped else None

    def __call__(self, frame: VideoFrame) -> tuple[Pixels, Pixels | None]:
        """(H, W, 3) pixels and (H, W) alpha or None, uint8 or uint16, contiguous."""
        frame = self.first_size(frame)
        rgb = self._rgb(frame)
        if self._tone_map is not None:
            rgb = self._tone_map(rgb)
        alpha = self._alpha(frame) if self._has_alpha else None
        return self._upright(rgb), self._upright(alpha) if alpha is not None else None

    def small(self, frame: VideoFrame, width: int) -> NDArray[np.uint8]:
        """(h, width, 3) uint8, upright: averaged down before the conversion, for a view that is no larger.

        width counts after rotation. Quick, and not exact: frames for the network go through __call__.
        """
        frame = self.first_size(frame)
        turned = self._rotation in (90, 270)
        across = self._size[1] if turned else self._size[0]
        size = tuple(max(1, round(length * width / across)) for length in self._size)
        while frame.width >= 2 * size[0] and (half := _halved(frame)) is not None:
            frame = half
        rgb: Raw = self._scaled(frame, "rgb24", full_range=True, size=size).to_ndarray()
        if self._tone_map is not None:
            rgb = self._tone_map(rgb)
        return self._upright(rgb)

    def first_size(self, frame: VideoFrame) -> VideoFrame:
        """The frame, rescaled when its size is not the one the film began with."""
        width, height = self._size
        if (frame.width, frame.height) == self._size:
            return frame
        matrix, span = color.sws_colorspace(self._tags.matrix), color.sws_range(self._tags.full_range)
        return frame.reformat(
            width=width,
            height=height,
            src_colorspace=matrix,
            dst_colorspace=matrix,
            src_color_range=span,
            dst_color_range=span,
            interpolation=ACCURATE,
            threads=1,
        )

    def _rgb(self, frame: VideoFrame) -> Raw:
        if color.is_rgb(frame.format.name):
            return _unpack_rgb(frame, self._scaler, deep=self._deep)
        if not self._deep:
            return self._scaled(frame, "rgb24", full_range=True).to_ndarray()
        bits = max(8, frame.format.components[0].bits)
        full_chroma = self._scaled(frame, _yuv444(bits), full_range=self._tags.full_range)
        codes = cv2.merge([_plane(full_chroma, i).astype(np.float32) for i in range(3)])
        rgb = cv2.transform(codes, color.rgb_from_yuv(self._tags, bits) * np.float32(65535))
        return _rounded(rgb, 65535).astype(np.uint16)

    def _scaled(
        self,
        frame: VideoFrame,
        pixel_format: str,
        *,
        full_range: bool,
        size: tuple[int, ...] | None = None,
    ) -> VideoFrame:
        """The frame in another format; at another size, where given, each pixel the mean of those it covers."""
        matrix = color.sws_colorspace(self._tags.matrix)
        width, height = size or (None, None)
        return self._scaler.reformat(
            frame,
            width=width,
            height=height,
            format=pixel_format,
            src_colorspace=matrix,
            dst_colorspace=matrix,
            src_color_range=color.sws_range(self._tags.full_range),
            dst_color_range=color.sws_range(full_range),
            interpolation=ACCURATE if size is None else Interpolation.BILINEAR,
            threads=self._threads,
        )

    def _alpha(self, frame: VideoFrame) -> Raw | None:
        component = next((c for c in frame.format.components if c.is_alpha), None)
        if component is None:
            return None
        wanted = np.uint16 if self._deep else np.uint8
        if component.bits in (8, 16):
            packed = "rgba" if component.bits == 8 else "rgba64le"
            return _requantised(
                self._alpha_scaler.reformat(frame, format=packed).to_ndarray()[..., 3], wanted
            )
        plane = _plane(frame, component.plane).astype(np.float32)
        full = np.iinfo(wanted).max
        return _rounded(plane * (full / ((1 << component.bits) - 1)), full).astype(wanted)

    def _upright(self, array: Raw) -> Raw:
        return np.ascontiguousarray(np.rot90(array, self._rotation // 90))


class FromRgb:
    """Turns full-range RGB arrays into frames of one pixel format, size and colour meaning.

    width, height: of the stored frame; an array one row or column smaller is padded by repeating its edge.
    """

    def __init__(self, pixel_format: str, tags: ColorTags, width: int, height: int) -> None:
        self._format = VideoFormat(pixel_format)
        self._tags = tags
        self._size = (width, height)
        self._bits = max(component.bits for component in self._format.components)
        self._has_alpha = any(component.is_alpha for component in self._format.components)
        self._is_rgb = self._format.is_rgb
        self._scaler = VideoReformatter()

    def __call__(self, rgb: Pixels, alpha: Pixels | None) -> VideoFrame:
        """A frame of rgb (H, W, 3) and alpha (H, W) or None (opaque), fully tagged, without time stamp."""
        if self._is_rgb and self._bits == 8 and rgb.dtype == np.uint16:
            rgb = _eight_bit(rgb)
            alpha = _eight_bit(alpha) if alpha is not None and alpha.dtype == np.uint16 else alpha
        rgb = self._padded(rgb)
        if self._has_alpha:
            opaque = np.full_like(rgb[..., 0], np.iinfo(rgb.dtype).max)
            alpha = self._padded(alpha) if alpha is not None else opaque
        frame = self._frame(rgb, alpha if self._has_alpha else None)
        frame.color_range = color.sws_range(self._tags.full_range)
        frame.colorspace = self._tags.matrix
        frame.color_primaries = self._tags.primaries
        frame.color_trc = self._tags.transfer
        return frame

    def _frame(self, rgb: Raw, alpha: Raw | None) -> VideoFrame:
        if self._is_rgb:
            return self._packed_rgb(rgb, alpha)
        if rgb.dtype == np.uint8 and not self._tags.full_range and alpha is None:
            return self._scaled(VideoFrame.from_ndarray(rgb, "rgb24"), full_range_in=True)
        return self._own_matrix(rgb, alpha)

    def _own_matrix(self, rgb: Raw, alpha: Raw | None) -> VideoFrame:
        top = (1 << self._bits) - 1
        matrix = color.yuv_from_rgb(self._tags, self._bits)
        scale = np.array([[1.0, 1.0, 1.0, np.iinfo(rgb.dtype).max]], np.float32) / np.iinfo(rgb.dtype).max
        height, width = rgb.shape[:2]
        full_chroma = VideoFrame(width, height, _yuv444(self._bits, alpha is not None))
        planes = [_plane(full_chroma, index) for index in range(len(full_chroma.planes))]
        for rows in _strips(height, width):
            codes = _rounded(cv2.transform(rgb[rows].astype(np.float32), matrix * scale), top)
            for channel in range(3):
                planes[channel][rows] = codes[..., channel]
            if alpha is not None:
                levels = alpha[rows].astype(np.float32) * (top / np.iinfo(alpha.dtype).max)
                planes[3][rows] = _rounded(levels, top)
        return self._scaled(full_chroma)

    def _packed_rgb(self, rgb: Raw, alpha: Raw | None) -> VideoFrame:
        if self._bits not in (8, 16):
            return self._planar_rgb(rgb, alpha)
        wanted = np.uint16 if self._bits == 16 else np.uint8
        channels = _requantised(np.dstack([rgb, alpha]) if alpha is not None else rgb, wanted)
        name = "rgb" + ("a" if alpha is not None else "")
        name = name + ("64le" if alpha is not None else "48le") if self._bits == 16 else name
        frame = VideoFrame.from_ndarray(channels, "rgb24" if name == "rgb" else name)
        return frame.reformat(
            format=self._format.name, interpolation=ACCURATE, src_color_range=2, dst_color_range=2
        )

    def _planar_rgb(self, rgb: Raw, alpha: Raw | None) -> VideoFrame:
        """Depths such as gbrp10le, which the scaler would truncate; planes lie in the order G, B, R, A."""
        top = (1 << self._bits) - 1
        planes = [rgb[..., 1], rgb[..., 2], rgb[..., 0], *([alpha] if alpha is not None else [])]
        scaled = [_rounded(p.astype(np.float32) * (top / np.iinfo(p.dtype).max), top) for p in planes]
        return _from_planes(scaled, self._format.name)

    def _scaled(self, frame: VideoFrame, *, full_range_in: bool | None = None) -> VideoFrame:
        span_in = self._tags.full_range if full_range_in is None else full_range_in
        matrix = color.sws_colorspace(self._tags.matrix)
        return self._scaler.reformat(
            frame,
            format=self._format.name,
            src_colorspace=matrix,
            dst_colorspace=matrix,
            src_color_range=color.sws_range(span_in),
            dst_color_range=color.sws_range(self._tags.full_range),
            interpolation=ACCURATE,
            threads=1,
        )

    def _padded(self, array: Raw) -> Raw:
        width, height = self._size
        missing = (height - array.shape[0], width - array.shape[1])
        if missing == (0, 0):
            return np.ascontiguousarray(array)
        if min(missing) < 0 or max(missing) > 1:
            raise ValueError(
                f"a frame of {array.shape[1]}x{array.shape[0]} for an encoder of {width}x{height}"
            )
        return np.pad(array, [(0, missing[0]), (0, missing[1]), (0, 0)][: array.ndim], mode="edge")


def thumbnail(frame: VideoFrame, width: int, clip: Clip, scaler: VideoReformatter) -> NDArray[np.uint8]:
    """(h, width, 3) uint8 BGR, upright; quick, for looking at content only.

    width counts before rotation; h follows from the clip's size, also where a frame's own is another.
    """
    turned = clip.rotation in (90, 270)
    stored_width, stored_height = (clip.height, clip.width) if turned else (clip.width, clip.height)
    height = max(1, round(width * stored_height / stored_width))
    small = scaler.reformat(frame, width=width, height=height, format="bgr24", interpolation="BILINEAR")
    pixels: Raw = small.to_ndarray()
    if clip.tone_mapped:
        pixels = ToneMap(clip)(np.ascontiguousarray(pixels[..., ::-1]))[..., ::-1]
    return np.ascontiguousarray(np.rot90(pixels, clip.rotation // 90))


def _unpack_rgb(frame: VideoFrame, scaler: VideoReformatter, *, deep: bool) -> Raw:
    is_deep = max(component.bits for component in frame.format.components) > 8
    name = "rgb48le" if is_deep else "rgb24"
    rgb = scaler.reformat(frame, format=name, interpolation=ACCURATE, src_color_range=2, dst_color_range=2)
    return _requantised(rgb.to_ndarray(), np.uint16 if deep else np.uint8)


def _requantised(array: Raw, wanted: type[np.uint8] | type[np.uint16]) -> Raw:
    if array.dtype == wanted:
        return array
    if wanted is np.uint16:
        return array.astype(np.uint16) * np.uint16(257)
    return ((array.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _eight_bit(deep: Raw) -> Raw:
    """uint16 as uint8, rounded to the nearest (65535 is 257 * 255)."""
    return cv2.convertScaleAbs(deep, alpha=1 / 257)


def _rounded(values: Raw, top: int) -> Raw:
    return np.clip(np.rint(values), 0, top)


def _strips(height: int, width: int) -> Iterator[slice]:
    """Rows at a time, few enough that what is computed from them on the way stays in the processor's cache."""
    step = max(1, _STRIP_PIXELS // width)
    for start in range(0, height, step):
        yield slice(start, min(start + step, height))


def _yuv444(bits: int, with_alpha: bool = False) -> str:
    stem = "yuva444p" if with_alpha else "yuv444p"
    return stem if bits == 8 else f"{stem}{bits}{'be' if _BIG_ENDIAN_HERE else 'le'}"


def _plane(frame: VideoFrame, index: int) -> Raw:
    """The samples of one plane, (rows, columns), to be read and written in their place."""
    plane = frame.planes[index]
    dtype = np.uint8 if frame.format.components[0].bits <= 8 else np.uint16
    rows = np.frombuffer(memoryview(plane), dtype).reshape(plane.height, plane.line_size // dtype().itemsize)
    return rows[:, : plane.width]


def _halved(frame: VideoFrame) -> VideoFrame | None:
    """The frame at half its size, each sample the mean of four; None where samples do not lie in planes of their own.

    Three times as quick as the scaler, whose work grows with the size it reads.
    """
    form = frame.format
    samples = all(component.bits in (8, 9, 10, 12, 14, 16) for component in form.components)
    apart = form.is_planar and len(frame.planes) == len(form.components) == 3
    if form.is_rgb or form.is_big_endian or not (samples and apart):
        return None
    half = VideoFrame(frame.width // 2, frame.height // 2, form.name)
    for index, target in enumerate(half.planes):
        size = (target.width, target.height)
        _plane(half, index)[:] = cv2.resize(_plane(frame, index), size, interpolation=cv2.INTER_AREA)
    return half


def _from_planes(planes: list[Raw], pixel_format: str) -> VideoFrame:
    height, width = planes[0].shape
    frame = VideoFrame(width, height, pixel_format)
    for index, values in enumerate(planes):
        _plane(frame, index)[:] = values
    return frame
