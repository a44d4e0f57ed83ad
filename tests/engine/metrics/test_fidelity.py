import math

import cv2
import numpy as np
import pytest

from engine.metrics.fidelity import luma, psnr_rgb, psnr_y, psnrs, ssim, ssim_y


def flat(level: int) -> np.ndarray:
    return np.full((2, 24, 24, 3), level, np.uint8)


def test_luma_spans_16_to_235() -> None:
    assert luma(np.array([[0, 0, 0], [255, 255, 255]])) == pytest.approx([16, 235])


def test_luma_weighs_the_primaries_as_bt601() -> None:
    assert luma(np.eye(3) * 255) == pytest.approx([81.481, 144.553, 40.966])


def test_psnr_of_a_constant_error_is_20_log10_of_peak_over_error() -> None:
    assert psnr_rgb(flat(110), flat(100)) == pytest.approx(20 * math.log10(255 / 10))


def test_psnr_y_scales_the_error_to_limited_range() -> None:
    assert psnr_y(flat(110), flat(100)) == pytest.approx(20 * math.log10(255 / (10 * 219 / 255)))


def test_psnr_of_equal_pictures_is_infinite() -> None:
    assert psnr_y(flat(7), flat(7)) == math.inf


def test_the_border_does_not_count() -> None:
    spoilt = flat(100)
    spoilt[:, :4] = spoilt[:, -4:] = spoilt[:, :, :4] = spoilt[:, :, -4:] = 0
    assert psnr_y(spoilt, flat(100)) == math.inf


def test_psnr_is_the_mean_over_frames_not_of_errors() -> None:
    restored = np.stack([flat(110)[0], flat(101)[0]])
    assert psnr_rgb(restored, flat(100)) == pytest.approx(20 * math.log10(255) - 10)


def test_ssim_of_equal_pictures_is_one() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (2, 24, 24, 3), dtype=np.uint8)
    assert ssim_y(noise, noise) == pytest.approx(1)


def test_ssim_of_two_flat_pictures_is_the_luminance_term() -> None:
    c1 = (0.01 * 255) ** 2
    wanted = (2 * 100 * 120 + c1) / (100**2 + 120**2 + c1)
    assert ssim(np.full((16, 16), 100.0), np.full((16, 16), 120.0)) == pytest.approx(wanted)


def test_ssim_of_half_the_contrast_is_the_contrast_term() -> None:
    """For b = m + (a - m) / 2 in a window of variance v: (v + c2) / (1.25 v + c2), luminance term 1."""
    checker = np.indices((11, 11)).sum(0) % 2 * 40.0
    taps = np.exp(-0.5 * ((np.arange(11) - 5) / 1.5) ** 2)
    weights = np.outer(taps, taps) / taps.sum() ** 2
    mean = (weights * checker).sum()
    variance = (weights * (checker - mean) ** 2).sum()
    c2 = (0.03 * 255) ** 2
    wanted = (variance + c2) / (1.25 * variance + c2)
    assert ssim(checker, mean + (checker - mean) / 2) == pytest.approx(wanted)


def test_psnr_and_ssim_agree_with_scikit_image() -> None:
    metrics = pytest.importorskip("skimage.metrics")
    rng = np.random.default_rng(5)
    gt = cv2.GaussianBlur(rng.uniform(0, 255, (40, 52, 3)), (0, 0), 1.2)
    gt = np.clip((gt - 128) * 3 + 128, 0, 255).astype(np.uint8)
    restored = np.clip(gt + rng.normal(0, 9, gt.shape), 0, 255).astype(np.uint8)
    a, b = luma(restored), luma(gt)
    wanted = metrics.structural_similarity(
        a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
    )
    assert ssim(a, b) == pytest.approx(wanted, abs=1e-6)
    assert psnr_rgb(restored[None], gt[None]) == pytest.approx(
        metrics.peak_signal_noise_ratio(gt, restored, data_range=255), abs=1e-6
    )
    assert psnrs(a[None], b[None])[0] == pytest.approx(
        metrics.peak_signal_noise_ratio(b, a, data_range=255), abs=1e-6
    )
