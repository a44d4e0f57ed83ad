"""Pixels between numpy and Qt, always copied, and the plain resampling shown before any restoration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

if TYPE_CHECKING:  # the window opens without numpy and OpenCV
    import numpy as np
    from numpy.typing import NDArray

HALVED_ABOVE = 1920 * 1080
"""Pixels from which painting a whole picture into a window would make the window wait."""
LARGEST_PIXELS = 3840 * 2160
"""A plain upscale for the screen is never computed larger than this; the view stretches the rest."""


def to_image(pixels: NDArray[np.uint8]) -> QImage:
    """A QImage of its own from (H, W, 3) uint8 RGB."""
    import numpy as np

    packed = np.ascontiguousarray(pixels)
    height, width = packed.shape[:2]
    return QImage(packed.data, width, height, packed.strides[0], QImage.Format.Format_RGB888).copy()


def image_from_bytes(rgb: bytes, width: int, height: int) -> QImage:
    """A QImage of its own from packed RGB rows."""
    return QImage(rgb, width, height, width * 3, QImage.Format.Format_RGB888).copy()


def to_array(image: QImage) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB copied out of any QImage."""
    import numpy as np

    flat = image.convertToFormat(QImage.Format.Format_RGB888)
    height, stride = flat.height(), flat.bytesPerLine()
    rows = np.frombuffer(flat.constBits(), np.uint8, height * stride).reshape(height, stride)
    return rows[:, : flat.width() * 3].reshape(height, flat.width(), 3).copy()


def halved(image: QImage) -> QImage | None:
    """The image at half its size when it is large, for a view that shows it smaller still; else None."""
    if image.width() * image.height() <= HALVED_ABOVE:
        return None
    import cv2
    import numpy as np

    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    rows = pixels[:, : image.width() * 3].reshape(image.height(), image.width(), 3)
    size = (image.width() // 2, image.height() // 2)
    return to_image(np.asarray(cv2.resize(rows, size, interpolation=cv2.INTER_AREA), np.uint8))


def lanczos(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 resampled without any restoration, at most LARGEST_PIXELS."""
    import cv2  # in the frame loader's thread only
    import numpy as np

    shrink = min(1.0, (LARGEST_PIXELS / (width * height)) ** 0.5)
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LANCZOS4), np.uint8)


def difference(before: QImage, after: QImage, gain: float) -> QImage:
    """|before - after| amplified, of two images of one size."""
    import cv2
    import numpy as np

    apart = cv2.absdiff(to_array(before), to_array(after))
    return to_image(np.asarray(cv2.convertScaleAbs(apart, alpha=gain), np.uint8))
