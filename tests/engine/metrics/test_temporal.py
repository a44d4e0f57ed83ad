"""Figures along the flow, on scenes whose flow is known."""

import cv2
import numpy as np
import pytest

from engine.metrics.flow import Flow, flows, valid_mask, warp
from engine.metrics.temporal import (
    background_consistency,
    descriptions,
    flicker_residuals,
    temporal_flickering,
    temporal_profile,
    warping_errors,
)
from tests.engine.metrics.scenes import panning

VELOCITY = (3, -2)


def known(n_pairs: int, height: int = 96, width: int = 128) -> list[Flow]:
    forward = np.broadcast_to(np.float32(VELOCITY), (height, width, 2))
    return [Flow(forward=forward, valid=valid_mask(forward, -forward)) for _ in range(n_pairs)]


def noisy(frames: np.ndarray, sigma: float, seed: int = 1) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, sigma, frames.shape)
    return np.clip(np.rint(frames + noise), 0, 255).astype(np.uint8)


def test_the_flow_of_a_pan_is_its_velocity() -> None:
    for path in flows(panning(3, VELOCITY)):
        inner = path.forward[16:-16, 16:-16]
        assert np.median(inner, axis=(0, 1)) == pytest.approx(VELOCITY, abs=0.1)
        assert path.valid[16:-16, 16:-16].mean() > 0.95


def test_what_leaves_the_picture_is_not_valid() -> None:
    (path,) = known(1)
    assert not path.valid[:, -2:].any()
    assert not path.valid[0].any()
    assert path.valid[10:-10, 10:-10].all()


def test_what_a_moving_box_uncovers_is_not_valid() -> None:
    """The box moves right over a still ground: the ground before it is covered in the next frame."""
    forward, backward = np.zeros((40, 60, 2), np.float32), np.zeros((40, 60, 2), np.float32)
    forward[10:30, 20:35, 0] = 6
    backward[10:30, 26:41, 0] = -6
    valid = valid_mask(forward, backward)
    assert not valid[12:28, 36:40].any()
    assert valid[12:28, 23:32].all()
    assert valid[:8, :].all()


def test_warping_fetches_the_next_frame_back() -> None:
    now, following = panning(2, VELOCITY)
    (path,) = known(1)
    assert np.array_equal(warp(following, path.forward)[path.valid], now[path.valid].astype(np.float32))


def test_a_steady_film_has_no_warping_error_along_its_known_flow() -> None:
    assert warping_errors(panning(4, VELOCITY), known(3)) == [0, 0, 0]


def test_the_warping_error_of_noise_is_twice_its_variance() -> None:
    """Whole-pixel motion fetches whole pixels, so the difference of two independent noises remains."""
    grey = np.full((3, 96, 128, 3), 128, np.uint8)
    errors = warping_errors(noisy(grey, 6.0), known(2))
    assert errors == pytest.approx([1000 * 2 * 6.0**2 / 255**2] * 2, rel=0.03)


def test_the_estimated_flow_gives_nearly_the_error_of_the_known_one() -> None:
    frames = panning(3, VELOCITY)
    film = noisy(frames, 6.0)
    estimated = np.mean(warping_errors(film, flows(frames)))
    assert estimated == pytest.approx(np.mean(warping_errors(film, known(2))), rel=0.25)


def test_blur_lowers_the_warping_error_but_not_the_flicker_residual() -> None:
    frames = noisy(panning(3, VELOCITY), 4.0)
    soft = np.stack([cv2.GaussianBlur(frame, (0, 0), 2.0) for frame in frames])
    assert np.mean(warping_errors(soft, known(2))) < np.mean(warping_errors(frames, known(2)))
    assert np.mean(flicker_residuals(soft, frames, known(2))) > 0


def test_the_ground_truth_has_no_flicker_residual() -> None:
    frames = noisy(panning(3, VELOCITY), 4.0)
    assert flicker_residuals(frames, frames, known(2)) == [0, 0]


def test_a_steady_error_is_no_flicker() -> None:
    frames = panning(3, VELOCITY)
    assert flicker_residuals(frames // 2 + 40, frames // 2, known(2)) == [0, 0]


def test_the_flicker_residual_of_a_brightness_that_jumps_is_its_step() -> None:
    frames = panning(3, VELOCITY) // 2
    flickering = frames.copy()
    flickering[1] += 5
    assert flicker_residuals(flickering, frames, known(2)) == pytest.approx([5, 5])


def test_a_still_film_is_steady() -> None:
    still = np.repeat(panning(1, (0, 0)), 3, 0)
    assert temporal_flickering(still) == [1, 1]
    assert background_consistency(descriptions(still)) == pytest.approx([1, 1])


def test_temporal_flickering_of_a_step_is_one_minus_the_step() -> None:
    steps = np.stack([np.full((8, 8, 3), level, np.uint8) for level in (100, 151)])
    assert temporal_flickering(steps) == pytest.approx([1 - 51 / 255])


def test_another_scene_is_not_consistent() -> None:
    a, b = panning(2, (0, 0)), panning(2, (8, 8))[1:][:, ::-1, ::-1]
    assert background_consistency(descriptions(np.concatenate([a, b])))[-1] < 0.6


def test_a_temporal_profile_is_one_row_over_time() -> None:
    frames = panning(4, (1, 0))
    profile = temporal_profile(frames, 5)
    assert profile.shape == (4, 128, 3)
    assert np.array_equal(profile[2], frames[2, 5])
