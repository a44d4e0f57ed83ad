import numpy as np
import pytest

from engine.training import textures


@pytest.mark.parametrize("kind", ["noise", "gradient", "pattern", "text", "strokes", "fractal", "line_art"])
def test_every_texture_is_a_picture_that_is_not_flat(kind: str) -> None:
    picture = getattr(textures, kind)(np.random.default_rng(3), 96)
    assert picture.shape == (96, 96, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 0


def test_a_bank_is_the_same_for_the_same_seed_only() -> None:
    banks = [textures.texture_bank(np.random.default_rng(seed), 64, 5) for seed in (1, 1, 2)]
    assert np.array_equal(banks[0], banks[1])
    assert not np.array_equal(banks[0], banks[2])


def test_noise_falls_with_its_exponent() -> None:
    field = textures.power_noise(np.random.default_rng(0), 128, 1.5)[0]
    power = np.abs(np.fft.fft2(field)) ** 2
    frequency = np.hypot(np.fft.fftfreq(128)[:, None], np.fft.fftfreq(128)[None])
    low = power[(frequency > 0.04) & (frequency < 0.06)].mean()
    high = power[(frequency > 0.16) & (frequency < 0.24)].mean()
    assert np.log2(low / high) == pytest.approx(2 * 1.5 * 2, abs=0.5)


def test_outlines_reach_no_further_than_their_radius_allows() -> None:
    rng = np.random.default_rng(0)
    reaches = [np.linalg.norm(textures.outline(rng, 10.0), axis=1).max() for _ in range(40)]
    assert max(reaches) < 25
