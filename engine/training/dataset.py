"""Training batches cut from the pool; batch number i is the same whenever and wherever it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor
from torch.utils.data import Dataset

from engine.training.pool import PoolConfig, shelf_folder

N_FRAMES = 5  # the network's window


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchConfig:
    """How a batch is cut."""

    size: int = 16
    """Samples per batch."""
    crop: int = 32
    """Side of a sample in lq pixels."""
    centres: int = 1
    """Consecutive frames restored per sample, at most the pool's gt_frames; 2 feed the temporal loss."""
    real_share: float = 0.55
    """Share of samples that see the degraded version of their clip, in [0, 1]."""


class PoolBatches(Dataset[dict[str, Tensor]]):
    """Item i is batch `first + i` of a run.

    lq: (B, N_FRAMES + centres - 1, 3, c, c) uint8; gt: (B, centres, 3, s*c, s*c) uint8;
    condition: (B,) float32.

    With `along_flow` (the pool needs flow) also the exact motion, as losses.ExactMotion takes it:
    flow: (B, centres - 1, 2, s*c, s*c) float16; visible: (B, centres - 1, 1, s*c, s*c) bool; backwards: (B,) bool.
    """

    def __init__(
        self,
        pool: PoolConfig,
        batch: BatchConfig,
        *,
        seed: int,
        first: int,
        stop: int,
        along_flow: bool = False,
    ) -> None:
        if not 1 <= batch.centres <= pool.gt_frames:
            raise ValueError(f"batch: centres must lie in 1..{pool.gt_frames}, found {batch.centres}")
        self._pool, self._batch, self._seed = pool, batch, seed
        self._first, self._stop, self._along_flow = first, stop, along_flow

    def __len__(self) -> int:
        return self._stop - self._first

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self._seed, self._first + index))
        samples = [self._sample(rng) for _ in range(self._batch.size)]
        return {name: torch.from_numpy(np.stack([s[name] for s in samples])) for name in samples[0]}

    def _sample(self, rng: Generator) -> dict[str, np.ndarray]:
        """One crop of one clip, flipped and turned at random."""
        pool, batch = self._pool, self._batch
        shelf = _open_shelf(shelf_folder(pool, int(rng.integers(pool.n_shelves))))
        clip = int(rng.integers(pool.clips_per_shelf))
        version = int(rng.random() < batch.real_share)
        start = int(rng.integers(pool.gt_frames - batch.centres + 1))
        reach = N_FRAMES // 2
        first = pool.first_gt + start - reach
        lq = shelf[("clean", "real")[version]][clip, first : first + batch.centres + 2 * reach]
        gt = shelf["gt"][clip, start : start + batch.centres]
        y, x = rng.integers(0, pool.size // pool.scale - batch.crop + 1, 2)
        place = y * pool.scale, x * pool.scale, batch.crop * pool.scale
        flags = rng.random(4) < 0.5
        lq, gt = turn(flags, crop(lq, y, x, batch.crop), crop(gt, *place))
        sample = {"lq": lq, "gt": gt, "condition": np.array(shelf["condition"][clip, version])}
        if not self._along_flow:
            return sample
        steps = slice(start, start + batch.centres - 1)
        flow, visible = crop(shelf["flow"][clip, steps], *place), shelf["visible"][clip, steps, ..., None]
        return sample | _turn_motion(flags, flow, crop(visible, *place))


@lru_cache(maxsize=256)
def _open_shelf(folder: Path) -> dict[str, np.ndarray]:
    """The arrays of one shelf, mapped, not read."""
    return {path.stem: np.load(path, mmap_mode="r") for path in folder.glob("*.npy")}


def crop(frames: np.ndarray, y: int, x: int, side: int) -> np.ndarray:
    """(T, H, W, C) to (T, C, side, side), a view."""
    return frames[:, y : y + side, x : x + side].transpose(0, 3, 1, 2)


def turn(flags: np.ndarray, *stacks: np.ndarray) -> list[np.ndarray]:
    """The same flips in x, y, the diagonal and time on every (T, C, c, c) stack."""
    flip_x, flip_y, transpose, backwards = flags
    for axis, wanted in ((-1, flip_x), (-2, flip_y), (0, backwards)):
        if wanted:
            stacks = tuple(np.flip(stack, axis) for stack in stacks)
    if transpose:
        stacks = tuple(stack.swapaxes(-1, -2) for stack in stacks)
    return [np.ascontiguousarray(stack) for stack in stacks]


def _turn_motion(flags: np.ndarray, flow: np.ndarray, visible: np.ndarray) -> dict[str, np.ndarray]:
    """The motion of pictures that turn gives: flow (T, 2, c, c), visible (T, 1, c, c).

    It stays in the order of time: what leads from frame t to t + 1 lies on the pixels of t and cannot be read back
    from those of t + 1. `backwards` says that the pictures run the other way.
    """
    *mirrored, transpose, backwards = flags
    flow = flow * np.where(mirrored, -1, 1).astype(flow.dtype)[:, None, None]
    if transpose:
        flow = flow[:, ::-1]
    flow, visible = turn(np.array([*mirrored, transpose, False]), flow, visible)
    return {"flow": flow, "visible": visible, "backwards": np.array(backwards)}
