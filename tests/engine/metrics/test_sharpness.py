import cv2
import numpy as np
import pytest

from engine.metrics.sharpness import detail_energies, gradients


def wave(frequency: float, amplitude: float = 20.0) -> np.ndarray:
    """Grey stripes of a frequency in cycles a pixel, (1, 128, 128, 3)."""
    row = 128 + amplitude * np.sin(2 * np.pi * frequency * np.arange(128))
    return np.rint(np.broadcast_to(row[None, None, :, None], (1, 128, 128, 3))).astype(np.uint8)


def test_detail_is_the_energy_above_the_nyquist_frequency_of_the_lq() -> None:
    """A sine of amplitude 20 in RGB is one of 20 * 219 / 255 in luma: its energy is half the square."""
    assert detail_energies(wave(0.3), 4) == pytest.approx([(20 * 219 / 255) ** 2 / 2], rel=0.05)


def test_coarse_stripes_are_no_detail() -> None:
    assert detail_energies(wave(0.05), 4)[0] < 0.5


def test_what_is_detail_depends_on_the_scale() -> None:
    assert detail_energies(wave(0.18), 4)[0] > 100
    assert detail_energies(wave(0.18), 2)[0] < 0.5


def test_blur_lowers_sharpness() -> None:
    sharp = wave(0.2)
    soft = cv2.GaussianBlur(sharp[0], (0, 0), 2.0)[None]
    assert gradients(soft)[0] < 0.3 * gradients(sharp)[0]


def test_a_ramp_has_its_slope_as_gradient() -> None:
    ramp = np.broadcast_to((2 * np.arange(64))[None, None, :, None], (1, 32, 64, 3)).astype(np.uint8)
    assert gradients(ramp)[0] == pytest.approx(2 * 219 / 255, rel=0.05)
