"""RAFT as the source of motion, where torchvision and its weights are already on this machine."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from engine.errors import SettingsError

RAFT_NAME = "RAFT large (torchvision)"
MULTIPLE, SMALLEST = 8, 128  # sides the network takes: multiples of eight, at least 128


def load_raft() -> Callable[[NDArray[np.uint8], NDArray[np.uint8]], NDArray[np.float32]]:
    """An estimator of the motion between two frames, (H, W, 3) uint8 RGB each: (H, W, 2) float32 pixels (x, y).

    Teed and Deng (2020), as torchvision has it; neither is bundled and nothing is downloaded here.
    Raises SettingsError saying what to install or where the weights belong.
    """
    try:
        zoo: Any = importlib.import_module("torchvision.models.optical_flow")
    except (ImportError, RuntimeError) as error:
        raise SettingsError(f"--flow raft needs torchvision beside torch: {error}") from error
    weights = zoo.Raft_Large_Weights.C_T_V2
    path = Path(torch.hub.get_dir()) / "checkpoints" / Path(weights.url).name
    if not path.is_file():
        raise SettingsError(f"--flow raft needs the weights of RAFT: put {weights.url} at {path}")
    network = zoo.raft_large().eval()
    network.load_state_dict(torch.load(path, weights_only=True, map_location="cpu"))

    @torch.inference_mode()
    def estimate(now: NDArray[np.uint8], following: NDArray[np.uint8]) -> NDArray[np.float32]:
        height, width = now.shape[:2]
        first, second = (_fitted(frame) for frame in (now, following))
        return network(first, second)[-1][0, :, :height, :width].movedim(0, -1).numpy().astype(np.float32)

    return estimate


def _fitted(frame: NDArray[np.uint8]) -> torch.Tensor:
    """(1, 3, H, W) in [-1, 1], its border repeated below and right up to a size the network takes."""
    picture = torch.from_numpy(np.ascontiguousarray(frame)).movedim(-1, 0)[None].float() / 127.5 - 1
    below, right = (max(SMALLEST, -(-side // MULTIPLE) * MULTIPLE) - side for side in frame.shape[:2])
    return F.pad(picture, (0, right, 0, below), mode="replicate")
