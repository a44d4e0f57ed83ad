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
SECOND_PASS_SHARE = (
    0.4  # of real clips: copied once more, smaller damage on top (second order, Real-ESRGAN 3.1)
)
DRIFT = 0.08  # of a parameter, relative and per frame: how far it walks in a clip
CODECS: dict[str, tuple[float, str, int, int]] = {
    # name: share, what its quality is called, from, to
    "libx264": (0.66, "crf", 18, 34),
    "libx265": (0.08, "crf", 22, 38),
    "libsvtav1": (0.04, "crf", 30, 52),
    "mpeg4": (0.10, "qscale", 2, 10),
    "mpeg2video": (0.12, "qscale", 2, 10),
}
SMALLEST_SIDES = {"libsvtav1": 64, "libx265": 72}
"""Pixels a side below which x264 stands in: SVT-AV1 takes no less, and x265 4.2 gave different films for equal frames
at 16 to 64 pixels and damaged its heap at 48."""


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

    Blur, an extra resize, noise, over-sharpening or ringing, JPEG, then a codec: the order of Real-ESRGAN (Wang et
    al. 2021, section 3.2) with a video codec for its last JPEG, as RealBasicVSR (Chan et al. 2022, section 3.1).
    Some clips go through it twice. Blur and noise drift over the clip.
    """
    height, width = gt.shape[1] // scale, gt.shape[2] // scale
    lq = blur(rng, gt.astype(np.float32))
    if rng.random() < 0.25:
        between = rng.uniform(1.2, 4.0)
        lq = resize(lq, int(height * between), int(width * between), str(rng.choice(RESIZE_KINDS)))
    lq = resize(lq, height, width, str(rng.choice(RESIZE_KINDS, p=(0.6, 0.2, 0.2))))
    lq = _recorded(rng, lq)
    if rng.random() < SECOND_PASS_SHARE:
        lq = _copied(rng, lq)
    return lq, float(rng.uniform(*REAL_CONDITION))


def _recorded(rng: Generator, lq: np.ndarray) -> np.ndarray:
    """Noise, sharpening or ringing, interlacing, chroma, JPEG and a codec: (T, h, w, 3) float32 to uint8."""
    lq = add_noise(rng, lq)
    draw = rng.random()
    if draw < 0.08:
        lq = sharpen(lq, rng.uniform(0.2, 1.0), rng.uniform(0.6, 1.2))
    elif draw < 0.13:
        lq = ringing(lq, rng.uniform(0.5, 0.85))
    if rng.random() < 0.06:
        lq = interlaced(lq)
    if rng.random() < 0.10:
        lq = chroma(lq, rng.uniform(1.0, 2.5), int(rng.integers(-1, 2)))
    frames = to_uint8(lq)
    if rng.random() < 0.1:
        frames = jpeg(frames, int(rng.integers(40, 95)))
    return codec(rng, frames)


def _copied(rng: Generator, frames: np.ndarray) -> np.ndarray:
    """A second generation: resized down and up a little, noise, ringing, another codec; uint8 both ways."""
    height, width = frames.shape[1:3]
    ratio = rng.uniform(0.7, 1.3)
    other = resize(
        frames.astype(np.float32), int(height * ratio), int(width * ratio), str(rng.choice(RESIZE_KINDS))
    )
    lq = resize(other, height, width, str(rng.choice(RESIZE_KINDS)))
    lq = lq + rng.uniform(0, 2.5) * rng.standard_normal(lq.shape, dtype=np.float32)
    if rng.random() < 0.2:
        lq = ringing(lq, rng.uniform(0.6, 0.9))
    return codec(rng, to_uint8(lq))


def drifting(rng: Generator, value: float, n_frames: int, most: float) -> np.ndarray:
    """A parameter that walks over a clip: (n_frames,) around `value`, within 0..most."""
    steps = np.cumsum(rng.normal(0, DRIFT, n_frames))
    return np.clip(value * np.exp(steps - steps.mean()), 0, most)


def blur(rng: Generator, frames: np.ndarray) -> np.ndarray:
    """Isotropic or stretched Gaussian blur, sigma up to 3.2 pixels, sometimes none; (T, H, W, 3) float32."""
    if rng.random() < 0.15:
        return frames
    sigma = rng.uniform(0.3, 2.2) if rng.random() < 0.85 else rng.uniform(2.2, 3.2)
    if rng.random() < 0.7:
        sigmas = drifting(rng, sigma, len(frames), 3.2)
        return np.concatenate([gaussian(f[None], float(s)) for f, s in zip(frames, sigmas, strict=True)])
    kernel = stretched_kernel(sigma, sigma * rng.uniform(0.3, 1.0), rng.uniform(0, np.pi))
    return np.stack([cv2.filter2D(frame, -1, kernel, borderType=cv2.BORDER_REFLECT) for frame in frames])


def sharpen(frames: np.ndarray, amount: float, sigma: float) -> np.ndarray:
    """Unsharp masking, as cameras overdo it; (T, h, w, 3) float32."""
    return frames + amount * (frames - gaussian(frames, sigma))


def ringing(frames: np.ndarray, cutoff: float) -> np.ndarray:
    """A sinc low-pass, cut at `cutoff` of the Nyquist frequency, 13 taps: edges get ripples; (T, h, w, 3) float32."""
    at = np.arange(-6, 7)
    taps = np.sinc(cutoff * at)
    taps = (taps / taps.sum()).astype(np.float32)
    return np.stack([cv2.sepFilter2D(f, -1, taps, taps, borderType=cv2.BORDER_REFLECT) for f in frames])


def interlaced(frames: np.ndarray) -> np.ndarray:
    """Every second line from the following frame, then lines interpolated where they comb; (T, h, w, 3) float32.

    What is left of an interlaced recording after a plain deinterlacer.
    """
    woven = frames.copy()
    woven[:-1, 1::2] = frames[1:, 1::2]
    between = (np.roll(woven, 1, 1) + np.roll(woven, -1, 1)) / 2
    combs = np.abs(woven - between).mean(-1, keepdims=True) > 12
    combs[:, ::2] = False
    combs[:, (0, -1)] = False
    return np.where(combs, between, woven)


def chroma(frames: np.ndarray, ratio: float, shift: int) -> np.ndarray:
    """Colour at 1/ratio of the width and moved sideways by whole pixels, light untouched; (T, h, w, 3) float32."""
    light = frames @ np.array([[0.299], [0.587], [0.114]], np.float32)
    height, width = frames.shape[1:3]
    colour = resize(frames - light, height, max(2, round(width / ratio)), "area")
    return light + np.roll(resize(colour, height, width, "bilinear"), shift, 2)


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
    levels = drifting(rng, min(sigma, 12.0), len(frames), 12.0).astype(np.float32)
    grain = rng.standard_normal((*frames.shape[:3], 1 if grey else 3), dtype=np.float32)
    if rng.random() < 0.2:
        grain = gaussian(grain, rng.uniform(0.4, 0.9)).reshape(grain.shape)
        grain /= grain.std()
    if rng.random() < 0.25:  # shot noise: the variance follows the light
        grain = grain * np.sqrt(np.clip(frames, 8, 255) / 110)
    return frames + levels[:, None, None, None] * grain


def jpeg(frames: np.ndarray, quality: int) -> np.ndarray:
    """Every frame through JPEG; (T, h, w, 3) uint8 both ways, quality in 1..100."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    files = [cv2.imencode(".jpg", frame, options)[1] for frame in frames]
    return np.stack([np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR)) for file in files])


def codec(rng: Generator, frames: np.ndarray) -> np.ndarray:
    """A real video codec at a random quality, x264 most often, sometimes none; (T, h, w, 3) uint8 both ways."""
    if rng.random() < 0.08:
        return frames
    shares = np.array([share for share, *_ in CODECS.values()])
    name = str(rng.choice(list(CODECS), p=shares / shares.sum()))
    if min(frames.shape[1:3]) < SMALLEST_SIDES.get(name, 0):
        name = "libx264"
    _, _, best, worst = CODECS[name]
    return encoded(frames, name, int(rng.integers(best, worst + 1)))


def encoded(frames: np.ndarray, name: str, quality: int) -> np.ndarray:
    """The frames through one of CODECS at a quality; (T, h, w, 3) uint8 both ways."""
    options = {CODECS[name][1]: str(quality)}
    if name == "libx264":
        options["preset"] = "medium" if quality % 2 else "veryfast"
    elif name == "libx265":
        options |= {"preset": "veryfast", "x265-params": "log-level=none:pools=none:frame-threads=1"}
    elif name == "libsvtav1":
        options |= {"preset": "10", "svtav1-params": "lp=1"}
    return encode_decode(frames, name, options)


def to_uint8(values: np.ndarray) -> np.ndarray:
    """Float in [0, 255] (clipped) to uint8, same shape."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
