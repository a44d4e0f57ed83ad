"""PSNR and SSIM of 8-bit pictures against their ground truth."""

import cv2
import numpy as np
from numpy.typing import NDArray

BORDER = 4  # pixels left out on every side, as image restoration papers do for x4
SSIM_SIGMA = 1.5
SSIM_TAPS = 11


def luma(frames: NDArray) -> NDArray[np.float64]:
    """BT.601 luma of (..., 3) RGB in [0, 255]: (...) float64 in [16, 235], not rounded."""
    rgb = frames.astype(np.float64)
    return 16.0 + (65.481 * rgb[..., 0] + 128.553 * rgb[..., 1] + 24.966 * rgb[..., 2]) / 255.0


def psnrs(restored: NDArray, gt: NDArray) -> list[float]:
    """The PSNR of every picture over all its values in dB, peak 255, inf where equal; (T, ...) each."""
    errors = ((restored.astype(np.float64) - gt) ** 2).reshape(len(gt), -1).mean(1)
    with np.errstate(divide="ignore"):
        return [float(value) for value in 10 * np.log10(255.0**2 / errors)]


def psnr_y(restored: NDArray, gt: NDArray, border: int = BORDER) -> float:
    """Mean over frames of the luma PSNR in dB, peak 255; (T, H, W, 3) uint8 RGB each, inf where equal."""
    return float(np.mean(psnrs(luma(_inner(restored, border)), luma(_inner(gt, border)))))


def psnr_rgb(restored: NDArray, gt: NDArray, border: int = 0) -> float:
    """Mean over frames of the PSNR over all three channels in dB, peak 255; (T, H, W, 3) uint8 each."""
    return float(np.mean(psnrs(_inner(restored, border), _inner(gt, border))))


def ssim_y(restored: NDArray, gt: NDArray, border: int = BORDER) -> float:
    """Mean over frames of the SSIM of the luma, peak 255; (T, H, W, 3) uint8 RGB each."""
    pairs = zip(luma(_inner(restored, border)), luma(_inner(gt, border)), strict=True)
    return float(np.mean([ssim(a, b) for a, b in pairs]))


def ssim(restored: NDArray[np.float64], gt: NDArray[np.float64], peak: float = 255.0) -> float:
    """SSIM of one channel (Wang, Bovik, Sheikh, Simoncelli 2004, equation 13).

    Gaussian window of 11 taps, sigma 1.5, K1 = 0.01, K2 = 0.03, population covariance, mean over the places
    where the window fits; (H, W) float, both sides at least 11.
    """
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    mean_a, mean_b = _windowed(restored), _windowed(gt)
    var_a = _windowed(restored * restored) - mean_a**2
    var_b = _windowed(gt * gt) - mean_b**2
    covariance = _windowed(restored * gt) - mean_a * mean_b
    numerator = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    return float(np.mean(numerator / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))))


def _windowed(channel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gaussian means where the whole window fits, (H - 10, W - 10)."""
    taps = np.exp(-0.5 * ((np.arange(SSIM_TAPS) - SSIM_TAPS // 2) / SSIM_SIGMA) ** 2)
    taps /= taps.sum()
    reach = SSIM_TAPS // 2
    means = np.asarray(cv2.sepFilter2D(channel, cv2.CV_64F, taps, taps), np.float64)
    return means[reach:-reach, reach:-reach]


def _inner(frames: NDArray, border: int) -> NDArray:
    """Frames without their border."""
    return frames[:, border : frames.shape[1] - border, border : frames.shape[2] - border]
