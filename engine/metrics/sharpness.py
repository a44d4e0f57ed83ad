"""How much fine detail a picture holds: what to read beside every figure that blur improves."""

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.metrics.fidelity import luma

Frames = NDArray[np.uint8]


def detail_energies(frames: Frames, scale: int) -> list[float]:
    """The energy of the luma above the Nyquist frequency of an lq `scale` times smaller, of every frame.

    Squared levels per pixel. The spectrum is taken under a Hann window, so that the picture's borders do not count
    as detail; frequencies count by their distance from zero. frames: (T, H, W, 3) uint8 RGB.
    """
    height, width = frames.shape[1:3]
    window = np.outer(np.hanning(height), np.hanning(width))
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    above = radius > 0.5 / scale
    pairs = np.where(
        (np.arange(width // 2 + 1) % (width / 2)) == 0, 1, 2
    )  # rfft keeps one of each conjugate pair
    weights = above * pairs / (window**2).sum() / (height * width)
    grey = luma(frames)
    grey = grey - grey.mean(axis=(1, 2), keepdims=True)
    return [float((np.abs(np.fft.rfft2(frame * window)) ** 2 * weights).sum()) for frame in grey]


def gradients(frames: Frames) -> list[float]:
    """The mean length of the luma's gradient in levels a pixel, of every frame; (T, H, W, 3) uint8 RGB."""
    grey = luma(frames)
    parts = ((cv2.Sobel(f, -1, 1, 0, scale=1 / 8), cv2.Sobel(f, -1, 0, 1, scale=1 / 8)) for f in grey)
    return [float(np.hypot(x, y).mean()) for x, y in parts]
