"""Pixels between numpy and Qt, always copied, and the plain resampling shown before any restoration."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

LARGEST_PIXELS = 3840 * 2160
"""A plain upscale for the screen is never computed larger than this; the view stretches the rest."""


def to_image(pixels: NDArray[np.uint8]) -> QImage:
    """A QImage of its own from (H, W, 3) uint8 RGB."""
    packed = np.ascontiguousarray(pixels)
    height, width = packed.shape[:2]
    return QImage(packed.data, width, height, packed.strides[0], QImage.Format.Format_RGB888).copy()


def image_from_bytes(rgb: bytes, width: int, height: int) -> QImage:
    """A QImage of its own from packed RGB rows."""
    return QImage(rgb, width, height, width * 3, QImage.Format.Format_RGB888).copy()


def to_array(image: QImage) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB copied out of any QImage."""
    flat = image.convertToFormat(QImage.Format.Format_RGB888)
    height, stride = flat.height(), flat.bytesPerLine()
    rows = np.frombuffer(flat.constBits(), np.uint8, height * stride).reshape(height, stride)
    return rows[:, : flat.width() * 3].reshape(height, flat.width(), 3).copy()


def lanczos(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 resampled without any restoration, at most LARGEST_PIXELS."""
    import cv2  # the frame loader's thread only: the window opens without it

    shrink = min(1.0, (LARGEST_PIXELS / (width * height)) ** 0.5)
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LANCZOS4), np.uint8)


def difference(before: QImage, after: QImage, gain: float) -> QImage:
    """|before - after| amplified, of two images of one size."""
    left, right = to_array(before).astype(np.int16), to_array(after).astype(np.int16)
    apart = np.abs(left - right).astype(np.float32) * gain
    return to_image(np.clip(apart, 0, 255).astype(np.uint8))
