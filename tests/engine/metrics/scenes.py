"""Moving pictures whose motion is known."""

import cv2
import numpy as np
from numpy.typing import NDArray


def texture(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """Soft blotches with edges, (height, width, 3)."""
    rng = np.random.default_rng(seed)
    blotches = cv2.GaussianBlur(rng.normal(0, 1, (height, width, 3)), (0, 0), 3.0)
    return np.clip(128 + 300 * blotches, 0, 255).astype(np.uint8)


def panning(
    n_frames: int, velocity: tuple[int, int], height: int = 96, width: int = 128
) -> NDArray[np.uint8]:
    """A camera over a texture: what is seen moves by velocity (x, y) whole pixels a frame; (T, height, width, 3)."""
    x, y = velocity
    reach = 8 * n_frames
    world = texture(height + 2 * reach, width + 2 * reach)
    corners = [(reach - t * y, reach - t * x) for t in range(n_frames)]
    return np.stack([world[top : top + height, left : left + width] for top, left in corners])
