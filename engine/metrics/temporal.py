"""How steady a film is: warping error, temporal flickering, and flicker that the ground truth does not have."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.metrics.flow import Flow, warp

THUMB = 16  # pixels of a side of the thumbnails that background consistency compares

Frames = NDArray[np.uint8]


def warping_errors(frames: Frames, paths: Iterable[Flow]) -> list[float]:
    """E*warp of every pair of neighbours, in thousandths: T - 1 numbers.

    Lai et al. (2018), equation 8: the mean squared difference between frame t and frame t + 1 fetched along the
    flow, over valid pixels, RGB in [0, 1]; times 1000, as papers on video restoration print it.
    frames: (T, H, W, 3) uint8. Blur lowers it: read it beside a sharpness and beside the ground truth's own.
    """
    errors = []
    for (now, following), path in zip(_pairs(frames), paths, strict=True):
        squared = np.square(now.astype(np.float32) - warp(following, path.forward))
        errors.append(1000 * _mean_over(squared, path.valid) / 255**2)
    return errors


def flicker_residuals(restored: Frames, gt: Frames, paths: Iterable[Flow]) -> list[float]:
    """Flicker that the ground truth does not have, in levels of 255, of every pair of neighbours: T - 1 numbers.

    Mean over valid pixels of |d(restored) - d(gt)|, d = frame t + 1 fetched along the ground truth's flow minus
    frame t. Unlike E*warp it is 0 for the ground truth and does not reward blur. Both (T, H, W, 3) uint8 RGB.
    """
    residuals = []
    for (a, b), (true_a, true_b), path in zip(_pairs(restored), _pairs(gt), paths, strict=True):
        error_now = a.astype(np.float32) - true_a
        error_next = b.astype(np.float32) - true_b
        residuals.append(_mean_over(np.abs(warp(error_next, path.forward) - error_now), path.valid))
    return residuals


def temporal_flickering(frames: Frames) -> list[float]:
    """1 minus the mean absolute difference of neighbours over 255: T - 1 numbers, 1 for a still picture.

    Huang et al. (VBench, 2024), section 3.1, there meant for static scenes: motion lowers it, blur raises it.
    """
    return [1 - float(np.mean(np.abs(b.astype(np.int16) - a))) / 255 for a, b in _pairs(frames)]


def background_consistency(features: NDArray[np.floating]) -> list[float]:
    """How much every frame looks like the one before and the first: T - 1 numbers, 1 for a still picture.

    Huang et al. (VBench, 2024), section 3.1: mean of the cosines to both, negative ones as 0.
    features: (T, n), one description a frame; see descriptions().
    """
    rows = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
    to_previous = np.clip((rows[1:] * rows[:-1]).sum(1), 0, None)
    to_first = np.clip(rows[1:] @ rows[0], 0, None)
    return [float(value) for value in (to_previous + to_first) / 2]


def descriptions(frames: Frames) -> NDArray[np.float32]:
    """A frame as 16x16 mean colours without their mean, (T, 768): what is where, without fine detail."""
    small = [cv2.resize(f, (THUMB, THUMB), interpolation=cv2.INTER_AREA).astype(np.float32) for f in frames]
    rows = np.stack(small).reshape(len(frames), -1)
    return rows - rows.mean(1, keepdims=True)


def temporal_profile(frames: Frames, row: int) -> NDArray[np.uint8]:
    """One row of pixels over time, (T, W, 3) uint8: still edges are straight lines, flicker is a comb."""
    return np.ascontiguousarray(frames[:, row])


def _pairs(frames: Frames) -> Sequence[tuple[Frames, Frames]]:
    return list(pairwise(frames))


def _mean_over(values: NDArray[np.float32], valid: NDArray[np.bool_]) -> float:
    """Mean of (H, W, 3) over valid pixels, 0 where there are none."""
    return float(values[valid].mean()) if valid.any() else 0.0
