"""Where pixels went between two frames, and which of them can be compared at all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

DIS_NAME = "DIS medium (OpenCV)"

OCCLUDED_RELATIVE, OCCLUDED_ABSOLUTE = 0.01, 0.5  # Ruder, Dosovitskiy, Brox 2016, section 4.3
BOUNDARY_RELATIVE, BOUNDARY_ABSOLUTE = 0.01, 0.002  # the same

Frames = NDArray[np.uint8]
Estimate = Callable[[Frames, Frames], NDArray[np.float32]]
"""Two frames, (H, W, 3) uint8 RGB, to the (H, W, 2) pixels (x, y) from the first to the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowSource:
    """An estimator of motion and its name, which is stated with every figure that depends on it."""

    name: str
    estimate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The way from one frame to the next."""

    forward: NDArray[np.float32]
    """(H, W, 2) pixels (x, y) from frame t to frame t + 1."""
    valid: NDArray[np.bool_]
    """(H, W): visible in both frames and not at a motion boundary."""


def dis() -> FlowSource:
    """Dense inverse search (Kroeger et al. 2016): the source unless another is asked for."""
    estimator = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def estimate(now: Frames, following: Frames) -> NDArray[np.float32]:
        first, second = (cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (now, following))
        return np.asarray(estimator.calc(first, second, np.zeros(())), np.float32)

    return FlowSource(name=DIS_NAME, estimate=estimate)


def flows(frames: Frames, source: FlowSource | None = None) -> Iterator[Flow]:
    """The flow from every frame to the next, measured on (T, H, W, 3) uint8 RGB: T - 1 of them; DIS by default."""
    estimate = (source or dis()).estimate
    for now, following in pairwise(frames):
        forward = estimate(now, following)
        yield Flow(forward=forward, valid=valid_mask(forward, estimate(following, now)))


def valid_mask(forward: NDArray[np.float32], backward: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where forward (t to t + 1) and backward (t + 1 to t), (H, W, 2) each, agree: (H, W).

    Ruder, Dosovitskiy, Brox (2016), section 4.3: occluded where |f + b'|^2 > 0.01 (|f|^2 + |b'|^2) + 0.5 with b'
    the backward flow fetched along f; motion boundary where |grad f|^2 > 0.01 |f|^2 + 0.002. What leaves the
    picture is not valid either.
    """
    height, width = forward.shape[:2]
    back = warp(backward, forward)
    squared = (forward**2).sum(-1)
    gap = ((forward + back) ** 2).sum(-1)
    occluded = gap > OCCLUDED_RELATIVE * (squared + (back**2).sum(-1)) + OCCLUDED_ABSOLUTE
    steps = sum(np.square(part).sum(-1) for part in np.gradient(forward, axis=(0, 1)))
    boundary = steps > BOUNDARY_RELATIVE * squared + BOUNDARY_ABSOLUTE
    x, y = _places(forward)
    inside = (x >= 0) & (y >= 0) & (x <= width - 1) & (y <= height - 1)
    return ~occluded & ~boundary & inside


def warp(picture: NDArray, flow: NDArray[np.float32]) -> NDArray[np.float32]:
    """The picture fetched along the flow, bilinear, border repeated: frame t + 1 as seen at t.

    picture: (H, W) or (H, W, C), any number format; flow: (H, W, 2). Gives float32 of the picture's shape.
    """
    x, y = _places(flow)
    values = picture.astype(np.float32)
    return np.asarray(cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _places(flow: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where each pixel went: two (H, W) float32."""
    y, x = np.mgrid[: flow.shape[0], : flow.shape[1]].astype(np.float32)
    return x + flow[..., 0], y + flow[..., 1]
