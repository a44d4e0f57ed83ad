"""Sharp, well exposed crops of the footage on disk, and training batches that are degraded as they are drawn."""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from engine.cancel import CancelToken
from engine.training.adapt.footage import CROP_SIDE, SEQUENCE, Frames, Piece
from engine.training.dataset import N_FRAMES, BatchConfig, crop, turn
from engine.training.degrade import clean_lq, light_lq, real_lq
from engine.training.pool import LIGHT_SHARE

MOST_SEQUENCES = 120
"""Places in time that are cut; with PLACES crops of 0.9 MB each at x4 the bound of the disk used: 0.4 GB."""
PLACES = 4
"""Crops of one sequence."""
CANDIDATES = 24
"""Places looked at for them."""
STRIDE = 4
"""Frames between two sequences where there is little material."""
FLAT = 1.5
"""Mean absolute Laplacian below which a crop shows nothing to learn, in levels."""
DARK, BRIGHT = 20, 236
"""Mean luma of a crop that is under- or overexposed."""
PER_DRAW = 2
"""Samples cut from one degraded crop: degrading costs more than cutting."""


def cut(
    pieces: Sequence[Piece],
    scale: int,
    seed: int,
    folder: Path,
    cancel: CancelToken,
    on_sequence: Callable[[int, int], None],
) -> int:
    """Write the crops of the training pieces to `folder`, once; gives their number, 0 where all is flat or black.

    crop_NNNNN.npy: (SEQUENCE, s, s, 3) uint8 RGB with s = CROP_SIDE * scale. The same pieces and seed give the same
    crops. A folder that was finished before is taken as it is. Raises SourceError, Cancelled and OSError.
    """
    done = folder / "crops.json"
    if done.is_file():
        return int(json.loads(done.read_text(encoding="utf-8"))["n_crops"])
    folder.mkdir(parents=True, exist_ok=True)
    places = _starts(pieces)
    n_crops = 0
    for number, (piece, start) in enumerate(places, 1):
        cancel.check()
        frames = piece.read(start, start + SEQUENCE)
        rng = np.random.default_rng((seed, number))
        for y, x in good_places(frames[SEQUENCE // 2], CROP_SIDE * scale, rng):
            side = CROP_SIDE * scale
            np.save(folder / f"crop_{n_crops:05d}.npy", frames[:, y : y + side, x : x + side])
            n_crops += 1
        on_sequence(number, len(places))
    unfinished = done.with_suffix(".part")
    unfinished.write_text(json.dumps({"n_crops": n_crops}), encoding="utf-8")
    unfinished.replace(done)
    return n_crops


def _starts(pieces: Sequence[Piece]) -> list[tuple[Piece, int]]:
    """Where sequences begin, spread evenly over all pieces, at most MOST_SEQUENCES."""
    every = [(p, at) for p in pieces for at in range(p.start, p.stop - SEQUENCE + 1, STRIDE)]
    if len(every) <= MOST_SEQUENCES:
        return every
    return [every[len(every) * number // MOST_SEQUENCES] for number in range(MOST_SEQUENCES)]


def good_places(frame: Frames, side: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """The sharpest well exposed of some random places that hardly overlap, best first, at most PLACES: (y, x)."""
    height, width = frame.shape[:2]
    luma = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    sharp = np.abs(cv2.Laplacian(luma, cv2.CV_32F))
    rated = []
    for _ in range(CANDIDATES):
        y, x = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
        light = float(luma[y : y + side, x : x + side].mean())
        rated.append(
            (float(sharp[y : y + side, x : x + side].mean()) if DARK < light < BRIGHT else 0.0, y, x)
        )
    taken: list[tuple[int, int]] = []
    for score, y, x in sorted(rated, reverse=True):
        apart = all(max(abs(y - b), abs(x - a)) >= side // 3 for b, a in taken)
        if score > FLAT and apart and len(taken) < PLACES:
            taken.append((y, x))
    return taken


class CropBatches(Dataset[dict[str, Tensor]]):
    """Item i is batch `first + i` of a run, drawn and degraded from the crops; always the same for a seed.

    lq: (B, N_FRAMES + centres - 1, 3, c, c) uint8; gt: (B, centres, 3, s*c, s*c) uint8; condition: (B,) float32.
    """

    def __init__(
        self, folder: Path, n_crops: int, scale: int, batch: BatchConfig, *, seed: int, first: int, stop: int
    ) -> None:
        self._folder, self._n_crops, self._scale, self._batch = folder, n_crops, scale, batch
        self._seed, self._first, self._stop = seed, first, stop

    def __len__(self) -> int:
        return self._stop - self._first

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self._seed, self._first + index))
        samples: list[dict[str, np.ndarray]] = []
        while len(samples) < self._batch.size:
            samples += self._draw(rng)
        samples = samples[: self._batch.size]
        return {name: torch.from_numpy(np.stack([s[name] for s in samples])) for name in samples[0]}

    def _draw(self, rng: np.random.Generator) -> list[dict[str, np.ndarray]]:
        """One crop, degraded afresh, and PER_DRAW samples of it."""
        gt = np.asarray(_open_crop(self._folder / f"crop_{int(rng.integers(self._n_crops)):05d}.npy"))
        worsen = clean_lq
        if rng.random() < self._batch.real_share:
            worsen = light_lq if rng.random() < LIGHT_SHARE else real_lq
        lq, condition = worsen(rng, gt, self._scale)
        return [self._sample(rng, gt, lq, condition) for _ in range(PER_DRAW)]

    def _sample(
        self, rng: np.random.Generator, gt: np.ndarray, lq: np.ndarray, condition: float
    ) -> dict[str, np.ndarray]:
        """A part of both in space and time, flipped and turned at random."""
        side, scale, centres = self._batch.crop, self._scale, self._batch.centres
        reach = N_FRAMES // 2
        start = int(rng.integers(reach, len(gt) - reach - centres + 1))
        y, x = (int(at) for at in rng.integers(0, CROP_SIDE - side + 1, 2))
        flags = rng.random(4) < 0.5
        seen = crop(lq[start - reach : start + centres + reach], y, x, side)
        wanted = crop(gt[start : start + centres], y * scale, x * scale, side * scale)
        seen, wanted = turn(flags, seen, wanted)
        return {"lq": seen, "gt": wanted, "condition": np.array(condition, np.float32)}


@lru_cache(maxsize=64)
def _open_crop(path: Path) -> np.ndarray:
    """A crop, mapped, not read."""
    return np.load(path, mmap_mode="r")
