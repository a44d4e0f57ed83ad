"""The pool of rendered clips on disk: shelves that a worker writes once and training reads many times."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from engine.errors import SettingsError
from engine.training.dead_leaves import Scene, render_scene
from engine.training.degrade import clean_lq, light_lq, real_lq
from engine.training.textures import texture_bank

LIGHT_SHARE = 0.2  # of the degraded versions: sources that were encoded gently


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolConfig:
    """What the pool holds. A clip depends on (seed, shelf, number) only, so a smaller pool is a prefix."""

    folder: str
    """Where the shelves lie, relative to the working directory; about 1.5 MB per clip, 3 MB with flow."""
    seed: int
    """Seed of every clip."""
    n_shelves: int
    """Shelves to render; the bound of the pool."""
    clips_per_shelf: int = 40
    """Clips that share one bank of textures."""
    n_frames: int = 8
    """Frames per clip."""
    gt_frames: int = 4
    """Middle frames whose ground truth is kept; the others are only seen as neighbours."""
    size: int = 320
    """Side of the ground truth in pixels, a multiple of scale."""
    scale: int = 4
    """Ground truth over lq."""
    textures: int = 30
    """Textures in a shelf's bank."""
    texture_size: int = 768
    """Side of a texture in pixels."""
    flow: bool = False
    """Keep the exact motion between the frames with ground truth too; the other arrays are the same without it."""
    n_processes: int = 1
    """Processes that render."""

    def __post_init__(self) -> None:
        if self.size % self.scale:
            raise ValueError(f"pool: size must be a multiple of scale {self.scale}, found {self.size}")
        if (self.n_frames - self.gt_frames) % 2 or self.gt_frames > self.n_frames:
            raise ValueError(f"pool: gt_frames must sit amid {self.n_frames} frames, found {self.gt_frames}")

    @property
    def first_gt(self) -> int:
        """Index of the first frame with ground truth."""
        return (self.n_frames - self.gt_frames) // 2


def shelf_folder(config: PoolConfig, shelf: int) -> Path:
    """Where a shelf lies."""
    return Path(config.folder) / f"shelf_{shelf:04d}"


def fill_pool(config: PoolConfig) -> Iterator[int]:
    """Render the missing shelves; yields the number of shelves that exist, after each one.

    Raises SettingsError where the pool wants flow and a shelf was rendered without it; the shelf is left as it is.
    """
    folders = [shelf_folder(config, shelf) for shelf in range(config.n_shelves)]
    missing = [shelf for shelf, folder in enumerate(folders) if not folder.is_dir()]
    if config.flow and any(folder.is_dir() and not (folder / "flow.npy").is_file() for folder in folders):
        raise SettingsError(
            f"pool: {config.folder} was rendered without flow; flow = true needs another folder"
        )
    n_present = config.n_shelves - len(missing)
    yield n_present
    if not missing:
        return
    jobs = [(config, shelf) for shelf in missing]
    with multiprocessing.get_context("spawn").Pool(config.n_processes) as workers:
        for _ in workers.imap_unordered(_write_shelf, jobs):
            n_present += 1
            yield n_present


def _write_shelf(job: tuple[PoolConfig, int]) -> None:
    """Render one shelf beside its place, then give it its name."""
    config, shelf = job
    os.nice(5)
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
    arrays = render_shelf(config, shelf)
    unfinished = shelf_folder(config, shelf).with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for name, array in arrays.items():
        np.save(unfinished / f"{name}.npy", array)
    unfinished.replace(shelf_folder(config, shelf))


def render_shelf(config: PoolConfig, shelf: int) -> dict[str, np.ndarray]:
    """One shelf of N clips as arrays.

    gt (N, gt_frames, S, S, 3), clean and real (N, n_frames, S/scale, S/scale, 3), all uint8 RGB;
    condition (N, 2) float32, of clean and of real. With config.flow also, between neighbours of gt,
    flow (N, gt_frames - 1, S, S, 2) float16 and visible (N, gt_frames - 1, S, S) bool, as in Scene.
    """
    rng = np.random.default_rng((config.seed, shelf))
    bank = texture_bank(rng, config.texture_size, config.textures)
    clips = [_render_pair(config, shelf, number, bank) for number in range(config.clips_per_shelf)]
    return {name: np.stack([clip[name] for clip in clips]) for name in clips[0]}


def _render_pair(
    config: PoolConfig, shelf: int, number: int, bank: list[np.ndarray]
) -> dict[str, np.ndarray]:
    """One clip with its two degraded versions."""
    rng = np.random.default_rng((config.seed, shelf, number))
    scene = render_scene(rng, bank, config.n_frames, config.size)
    frames = scene.frames
    clean, clean_condition = clean_lq(rng, frames, config.scale)
    worsen = light_lq if rng.random() < LIGHT_SHARE else real_lq
    real, real_condition = worsen(rng, frames, config.scale)
    stop = config.first_gt + config.gt_frames
    condition = np.array([clean_condition, real_condition], np.float32)
    pair = {"gt": frames[config.first_gt : stop], "clean": clean, "real": real, "condition": condition}
    return pair | _motion(scene, config.first_gt, stop) if config.flow else pair


def _motion(scene: Scene, start: int, stop: int) -> dict[str, np.ndarray]:
    """What is known of the way between the frames start to stop; half floats err below 0.01 up to 32 pixels."""
    return {
        "flow": scene.flow[start : stop - 1].astype(np.float16),
        "visible": scene.visible[start : stop - 1],
    }
