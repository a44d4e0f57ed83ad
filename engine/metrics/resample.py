"""Textbook resampling as separable matrices: the yardsticks bicubic and Lanczos."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kernel = Literal["bicubic", "lanczos"]


def resample(frames: NDArray, height: int, width: int, kernel: Kernel) -> NDArray[np.float32]:
    """Resize (T, H, W, 3) of any dtype to (T, height, width, 3) float32 in the same range, not clipped.

    Pixel centres as PIL and torch (align_corners=False) place them; bicubic is Keys' kernel with a = -0.5
    (not OpenCV's -0.75), Lanczos has three lobes (not OpenCV's four). When reducing, the kernel is stretched
    by the ratio (antialias); when enlarging it is not. At the border the weights left are normalised to 1.
    """
    rows = resampling_matrix(frames.shape[1], height, kernel)
    columns = resampling_matrix(frames.shape[2], width, kernel)
    tall = np.einsum("oh,thwc->towc", rows, frames.astype(np.float32), optimize=True)
    return np.einsum("pw,towc->topc", columns, tall, optimize=True)


def resampling_matrix(n_from: int, n_to: int, kernel: Kernel) -> NDArray[np.float32]:
    """The weights of one axis, (n_to, n_from), every row summing to 1."""
    ratio = n_from / n_to
    stretch = max(ratio, 1.0)
    centres = (np.arange(n_to) + 0.5) * ratio - 0.5
    weights = KERNELS[kernel]((np.arange(n_from)[None] - centres[:, None]) / stretch)
    return (weights / weights.sum(1, keepdims=True)).astype(np.float32)


def _bicubic(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keys (1981), equation 4, a = -0.5."""
    x = np.abs(distance)
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))


def _lanczos(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """sinc(x) sinc(x / 3) within three lobes (Duchon 1979)."""
    return np.where(np.abs(distance) < 3, np.sinc(distance) * np.sinc(distance / 3), 0.0)


KERNELS: dict[Kernel, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "bicubic": _bicubic,
    "lanczos": _lanczos,
}
