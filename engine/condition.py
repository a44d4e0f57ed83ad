"""How damaged a source is, measured on its frames."""

import numpy as np
from numpy.typing import NDArray


def estimate_condition(frames: NDArray[np.uint8]) -> float:
    """Placeholder until the measured estimate lands: a state of the source in [0, 1]."""
    del frames
    return 0.5
