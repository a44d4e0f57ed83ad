"""The development protocol: degrade ground truth in two ways, restore it, compare with bicubic and Lanczos.

ARCHITECTURE.md 6b fixes the numbers. What is compared are 8-bit pictures, as a film would hold them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.media.codec_pass import encode_decode
from engine.metrics.fidelity import psnr_y, ssim_y
from engine.metrics.resample import Kernel, resample

BLUR_SIGMA = 1.2
NOISE_LEVELS = 4.0
CODEC_OPTIONS = {"crf": "28", "preset": "medium"}

Frames = NDArray[np.uint8]
Degradation = Literal["bicubic", "degraded"]
RestoreFrames = Callable[[Frames, float], Frames]
"""(T, h, w, 3) uint8 lq and the condition in [0, 1] to (T, s*h, s*w, 3) uint8."""

CONDITIONS: dict[Degradation, float] = {"bicubic": 0.0, "degraded": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRow:
    """One clip under one degradation: luma PSNR in dB and luma SSIM of three enlargements."""

    clip: str
    degradation: Degradation
    psnr_y_bicubic: float
    psnr_y_lanczos: float
    psnr_y_ours: float
    ssim_bicubic: float
    ssim_lanczos: float
    ssim_ours: float

    @property
    def gain(self) -> float:
        """PSNR-Y over Lanczos in dB."""
        return self.psnr_y_ours - self.psnr_y_lanczos


def quality_rows(
    clips: list[tuple[str, Frames]], restore: RestoreFrames, scale: int = 4
) -> Iterator[QualityRow]:
    """Every clip under both degradations, clip by clip.

    clips: names with (T, H, W, 3) uint8 ground truth; the clip's place in the list seeds its noise.
    restore: the model at the slider place under test (beta 2 for the floors), told the value of CONDITIONS.
    """
    for name, degradation, gt, lq in trials(clips, scale):
        yield quality_row(name, degradation, gt, lq, restore(lq, CONDITIONS[degradation]), scale)


def trials(clips: list[tuple[str, Frames]], scale: int) -> Iterator[tuple[str, Degradation, Frames, Frames]]:
    """Every clip under both degradations: name, degradation, ground truth (T, H, W, 3) and lq, uint8."""
    for index, (name, frames) in enumerate(clips):
        gt = crop_to_multiple(frames, scale)
        yield name, "bicubic", gt, bicubic_lq(gt, scale)
        yield name, "degraded", gt, degraded_lq(gt, scale, seed=index)


def crop_to_multiple(frames: Frames, multiple: int) -> Frames:
    """The frames without the last rows and columns that do not fill a multiple."""
    height, width = (side - side % multiple for side in frames.shape[1:3])
    return frames[:, :height, :width]


def bicubic_lq(gt: Frames, scale: int) -> Frames:
    """Antialiased bicubic reduction (a = -0.5), stored as 8 bit: (T, H/scale, W/scale, 3) uint8."""
    return to_uint8(_reduced(gt, scale))


def degraded_lq(gt: Frames, scale: int, seed: int) -> Frames:
    """Blur, bicubic reduction, noise and an x264 round trip: (T, H/scale, W/scale, 3) uint8."""
    blurred = np.stack([cv2.GaussianBlur(f.astype(np.float32), (0, 0), BLUR_SIGMA) for f in gt])
    lq = _reduced(blurred, scale)
    grain = np.random.default_rng(seed).standard_normal(lq.shape, dtype=np.float32)
    return encode_decode(to_uint8(lq + NOISE_LEVELS * grain), "libx264", CODEC_OPTIONS)


def enlarged(lq: Frames, scale: int, kernel: Kernel) -> Frames:
    """The yardstick: lq enlarged without any knowledge, rounded to 8 bit."""
    return to_uint8(resample(lq, lq.shape[1] * scale, lq.shape[2] * scale, kernel))


def to_uint8(values: NDArray) -> Frames:
    """Values in [0, 255] (clipped) rounded to uint8, same shape."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _reduced(frames: NDArray, scale: int) -> NDArray[np.float32]:
    return resample(frames, frames.shape[1] // scale, frames.shape[2] // scale, "bicubic")


def quality_row(
    clip: str, degradation: Degradation, gt: Frames, lq: Frames, ours: Frames, scale: int
) -> QualityRow:
    """The three enlargements of one lq against its ground truth."""
    bicubic, lanczos = enlarged(lq, scale, "bicubic"), enlarged(lq, scale, "lanczos")
    return QualityRow(
        clip=clip,
        degradation=degradation,
        psnr_y_bicubic=psnr_y(bicubic, gt),
        psnr_y_lanczos=psnr_y(lanczos, gt),
        psnr_y_ours=psnr_y(ours, gt),
        ssim_bicubic=ssim_y(bicubic, gt),
        ssim_lanczos=ssim_y(lanczos, gt),
        ssim_ours=ssim_y(ours, gt),
    )
