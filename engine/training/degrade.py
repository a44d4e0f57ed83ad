"""From ground truth to lq: what cameras, resizers and real codecs do to a clip."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from numpy.random import Generator
from torch.nn import functional as F

from engine.media.codec_pass import encode_decode

CLEAN_CONDITION = (0.0, 0.1)
LIGHT_CONDITION = (0.25, 0.6)
REAL_CONDITION = (0.85, 1.0)
RESIZE_KINDS = ("bicubic", "area", "bilinear")


def clean_lq(rng: Generator, gt: np.ndarray, scale: int) -> tuple[np.ndarray, float]:
    """The clip as a good source would hold it, and its condition value near 0.

    gt: (T, H, W, 3) uint8, sides divisible by scale. Gives lq (T, H/scale, W/scale, 3) uint8.
    """
    kind = str(rng.choice(RESIZE_KINDS, p=(0.7, 0.2, 0.1)))
    lq = resize(gt.astype(np.float32), gt.shape[1] // scale, gt.shape[2] // scale, kind)
    return to_uint8(lq), float(rng.uniform(*CLEAN_CONDITION))


def light_lq(rng: Generator, gt: np.ndarray, scale: int) -> tuple[np.ndarray, float]:
    """The clip after one gentle encode, condition in the middle; shapes as clean_lq."""
    lq, _ = clean_lq(rng, gt, scale)
    lq = encode_decode(lq, "libx264", {"crf": str(int(rng.integers(10, 20))), "preset": "veryfast"})
    return lq, float(rng.uniform(*LIGHT_CONDITION))


def real_lq(rng: Generator, gt: np.ndarray, scale: int) -> tuple[np.ndarray, float]:
    """The clip as the real world hands it over, condition near 1; shapes as clean_lq.

    Blur, an extra resize, noise, over-sharpening, JPEG, then a codec: the order of Real-ESRGAN (Wang et al.
    2021, section 3.2) with a video codec for its last JPEG, as RealBasicVSR (Chan et al. 2022, section 3.1).
    """
    lq = blur(rng, gt.astype(np.float32))
    height, width = gt.shape[1] // scale, gt.shape[2] // scale
    if rng.random() < 0.25:
        between = rng.uniform(1.2, 4.0)
        lq = resize(lq, int(height * between), int(width * between), str(rng.choice(RESIZE_KINDS)))
    lq = resize(lq, height, width, str(rng.choice(RESIZE_KINDS, p=(0.6, 0.2, 0.2))))
    lq = add_noise(rng, lq)
    if rng.random() < 0.08:
        lq = lq + rng.uniform(0.2, 1.0) * (lq - gaussian(lq, rng.uniform(0.6, 1.2)))
    lq = to_uint8(lq)
    if rng.random() < 0.1:
        lq = jpeg(lq, int(rng.integers(40, 95)))
    return codec(rng, lq), float(rng.uniform(*REAL_CONDITION))


def blur(rng: Generator, frames: np.ndarray) -> np.ndarray:
    """Isotropic or stretched Gaussian blur, sigma up to 3.2 pixels, sometimes none; (T, H, W, 3) float32."""
    if rng.random() < 0.15:
        return frames
    sigma = rng.uniform(0.3, 2.2) if rng.random() < 0.85 else rng.uniform(2.2, 3.2)
    if rng.random() < 0.7:
        return gaussian(frames, sigma)
    kernel = stretched_kernel(sigma, sigma * rng.uniform(0.3, 1.0), rng.uniform(0, np.pi))
    return np.stack([cv2.filter2D(frame, -1, kernel, borderType=cv2.BORDER_REFLECT) for frame in frames])


def gaussian(frames: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur of every frame, (T, H, W, 3) float32."""
    return np.stack([cv2.GaussianBlur(f, (0, 0), sigma, borderType=cv2.BORDER_REFLECT) for f in frames])


def stretched_kernel(sigma_along: float, sigma_across: float, angle: float) -> np.ndarray:
    """A rotated anisotropic Gaussian, (K, K) float32 that sums to 1."""
    radius = int(np.ceil(3 * sigma_along))
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1].astype(np.float32)
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    kernel = np.exp(-0.5 * ((u / sigma_along) ** 2 + (v / max(sigma_across, 0.2)) ** 2))
    return (kernel / kernel.sum()).astype(np.float32)


def resize(frames: np.ndarray, height: int, width: int, kind: str) -> np.ndarray:
    """Antialiased resize of (T, H, W, 3) float32; kind is one of RESIZE_KINDS, bicubic has a = -0.5."""
    if kind == "area":
        return np.stack([cv2.resize(f, (width, height), interpolation=cv2.INTER_AREA) for f in frames])
    stack = torch.from_numpy(np.ascontiguousarray(frames)).permute(0, 3, 1, 2)
    small = F.interpolate(stack, (height, width), mode=kind, antialias=True, align_corners=False)
    return small.permute(0, 2, 3, 1).numpy()


def add_noise(rng: Generator, frames: np.ndarray) -> np.ndarray:
    """Sensor noise, white, grey, correlated or shot, up to 12 levels; (T, h, w, 3) float32 in [0, 255]."""
    if rng.random() < 0.12:
        return frames
    sigma = rng.gamma(2.0, 2.0) if rng.random() < 0.9 else rng.uniform(6, 12)
    grey = rng.random() < 0.35
    grain = rng.standard_normal((*frames.shape[:3], 1 if grey else 3), dtype=np.float32)
    if rng.random() < 0.2:
        grain = gaussian(grain, rng.uniform(0.4, 0.9)).reshape(grain.shape)
        grain /= grain.std()
    if rng.random() < 0.25:  # shot noise: the variance follows the light
        grain = grain * np.sqrt(np.clip(frames, 8, 255) / 110)
    return frames + min(sigma, 12.0) * grain


def jpeg(frames: np.ndarray, quality: int) -> np.ndarray:
    """Every frame through JPEG; (T, h, w, 3) uint8 both ways, quality in 1..100."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    files = [cv2.imencode(".jpg", frame, options)[1] for frame in frames]
    return np.stack([np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR)) for file in files])


def codec(rng: Generator, frames: np.ndarray) -> np.ndarray:
    """A real video codec at a random quality, x264 most often; (T, h, w, 3) uint8 both ways."""
    draw = rng.random()
    if draw < 0.08:
        return frames
    if draw < 0.84:
        preset = str(rng.choice(("medium", "medium", "veryfast", "superfast")))
        return encode_decode(frames, "libx264", {"crf": str(int(rng.integers(18, 35))), "preset": preset})
    name = "mpeg4" if draw < 0.92 else "mpeg2video"
    return encode_decode(frames, name, {"qscale": str(int(rng.integers(2, 11)))})


def to_uint8(values: np.ndarray) -> np.ndarray:
    """Float in [0, 255] (clipped) to uint8, same shape."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
