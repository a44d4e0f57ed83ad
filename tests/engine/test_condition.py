import cv2
import numpy as np
import pytest

from engine.condition import blocking, estimate_condition, noise_sigma, source_state
from engine.media.codec_pass import encode_decode


def clean_clip(blur: float = 0.0) -> np.ndarray:
    """Moving edges and fine texture, never encoded, (6, 144, 176, 3) uint8."""
    rng = np.random.default_rng(5)
    field = cv2.GaussianBlur(rng.normal(0, 1, (200, 240)), (0, 0), 1.0)
    large = cv2.GaussianBlur(rng.normal(0, 1, (200, 240)), (0, 0), 9.0)
    picture = 120 + 60 * np.sign(large) + 40 * field / field.std() * (large > 0)
    picture = cv2.GaussianBlur(picture, (0, 0), blur) if blur else cv2.GaussianBlur(picture, (0, 0), 0.6)
    frames = np.stack([picture[2 * t : 2 * t + 144, 3 * t : 3 * t + 176] for t in range(6)])
    return np.repeat(np.clip(frames, 0, 255)[..., None], 3, axis=3).astype(np.uint8)


def test_a_clean_source_is_near_0() -> None:
    assert estimate_condition(clean_clip()) < 0.1


def test_a_soft_source_that_was_never_encoded_is_near_0() -> None:
    assert estimate_condition(clean_clip(blur=2.0)) < 0.1


@pytest.mark.parametrize("codec", [("libx264", {"crf": "28"}), ("mpeg2video", {"qscale": "8"})])
def test_a_soft_source_that_was_encoded_hard_is_near_1(codec: tuple[str, dict[str, str]]) -> None:
    assert estimate_condition(encode_decode(clean_clip(blur=1.5), *codec)) > 0.8


def test_a_crisp_source_that_was_encoded_lies_between() -> None:
    encoded = encode_decode(clean_clip(blur=0.4), "mpeg2video", {"qscale": "4"})
    assert 0.3 < estimate_condition(encoded) < 0.9


def test_noise_raises_the_condition() -> None:
    grain = np.random.default_rng(0).normal(0, 8, clean_clip().shape)
    noisy = np.clip(clean_clip(blur=2.0) + grain, 0, 255).astype(np.uint8)
    assert estimate_condition(noisy) > 0.3


def test_a_flat_picture_is_clean() -> None:
    assert estimate_condition(np.full((2, 32, 32, 3), 90, np.uint8)) == 0


def test_noise_is_measured_in_levels() -> None:
    noise = np.random.default_rng(0).normal(100, 5, (4, 128, 128)).astype(np.float32)
    assert noise_sigma(noise) == pytest.approx(5, rel=0.25)


def test_faint_block_edges_are_seen() -> None:
    picture = cv2.GaussianBlur(np.random.default_rng(0).normal(0, 300, (128, 128)), (0, 0), 4.0)
    steps = np.kron(np.random.default_rng(1).normal(0, 0.7, (16, 16)), np.ones((8, 8)))
    assert blocking((100 + picture + steps)[None].astype(np.float32)) > 1.5
    assert blocking((100 + picture)[None].astype(np.float32)) < 1.1


def test_a_soft_film_that_was_encoded_larger_and_then_halved_is_nearly_clean() -> None:
    """Its blocks are 4 pixels wide now: half of their edges lie on the grid, half in the middle of blocks."""
    picture = 130 + cv2.GaussianBlur(np.random.default_rng(0).normal(0, 600, (128, 128)), (0, 0), 5.0)
    four, eight = (
        np.kron(np.random.default_rng(1).normal(0, 0.7, (128 // side,) * 2), np.ones((side, side)))
        for side in (4, 8)
    )
    halved, encoded = (
        np.repeat(np.clip(picture + steps, 0, 255)[None, ..., None], 3, axis=3).astype(np.uint8)
        for steps in (four, eight)
    )
    assert estimate_condition(halved) < 0.5
    assert estimate_condition(encoded) > 0.8


def test_block_edges_count_less_where_the_quantiser_was_fine() -> None:
    frames = encode_decode(clean_clip(blur=1.5), "libx264", {"crf": "28"})
    coarse, middling, fine = (source_state(frames, quantiser).condition for quantiser in (30.0, 19.0, 8.0))
    assert coarse == estimate_condition(frames)
    assert coarse > middling > fine
    assert fine == pytest.approx(0.35 * coarse, abs=0.01)


def test_noise_counts_whatever_the_quantiser() -> None:
    grain = np.random.default_rng(0).normal(0, 8, clean_clip().shape)
    noisy = np.clip(clean_clip(blur=2.0) + grain, 0, 255).astype(np.uint8)
    state = source_state(noisy, 5.0)
    assert state.condition == source_state(noisy).condition > 0.3
    assert state.noise > 4
    assert state.quantiser == 5.0
