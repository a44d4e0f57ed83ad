"""Clips and their degraded versions; batch number i of a process is the same whenever it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from engine.batch import find_clips
from engine.cancel import CancelToken
from engine.clip import Clip
from engine.media.frames import FrameIndex
from engine.media.probe import probe
from engine.media.reader import Reader
from engine.media.survey import survey
from engine.training.config import ConfigError
from engine.training.dead_leaves import Scene, render_scene
from engine.training.degrade import gaussian, light_lq, real_lq, resize, to_uint8
from engine.training.textures import texture_bank
from engine.training.video.config import ClipsConfig

SIMPLE_SIGMAS = (0.4, 3.0)
"""Ground-truth pixels of blur in the simple degradation."""
BANK = (24, 256)
"""Textures of a procedural source, and their side in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A clip on disk that training may cut from."""

    clip: Clip
    index: FrameIndex = field(repr=False)
    prompt: str
    """Empty: nobody says what is to be seen."""

    def frames(self, indices: range) -> np.ndarray:
        """(T, H, W, 3) uint8 RGB."""
        with Reader(self.clip, self.index, deep=False, deinterlace=False) as reader:
            batches = reader.read(indices.start, indices[-1] + 1)
            pixels = np.concatenate([batch.pixels for batch in batches])
        return pixels[:: indices.step].astype(np.uint8, copy=False)


class Clips(Dataset[dict[str, Tensor]]):
    """The batches of one stage and process: item i is batch `first + i`.

    gt: (B, 3, T, H, W) float32 in [-1, 1]; lq: (B, 3, T, H / scale, W / scale), the same; prompt: (B,) int64, the
    number of the prompt in `prompts`, 0 for none. Raises ConfigError where the folder holds nothing to learn from.
    """

    def __init__(self, config: ClipsConfig, seed: int, *, process: int = 0, n_processes: int = 1) -> None:
        self.config, self._seed = config, seed
        self._process, self._n_processes = process, n_processes
        self._span = (0, 0)
        self._pairs = _films(config)
        self.prompts = tuple(dict.fromkeys(["", *(gt.prompt for gt, _ in self._pairs)]))

    def loader(self, first: int, stop: int) -> Iterator[dict[str, Tensor]]:
        """The batches first to stop, in order."""
        self._span = (first, stop)
        return iter(DataLoader(self, batch_size=None, num_workers=self.config.workers))

    def __len__(self) -> int:
        return self._span[1] - self._span[0]

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        if not 0 <= index < len(self):
            raise IndexError(index)
        number = (self._span[0] + index) * self._n_processes + self._process
        rng = np.random.default_rng((self._seed, number))
        samples = [self._sample(rng) for _ in range(self.config.batch)]
        return {name: torch.stack([sample[name] for sample in samples]) for name in samples[0]}

    def sample_of(self, number: int) -> dict[str, Tensor]:
        """Procedural clip `number` with its lq, without batch, as it stands: for measuring."""
        gt = procedural_scene(self.config, number).frames
        lq = degraded(np.random.default_rng((self._seed, number)), gt, self.config)
        return {"gt": _tensor(gt), "lq": _tensor(lq)}

    def _sample(self, rng: Generator) -> dict[str, Tensor]:
        gt, lq, prompt = self._cut(rng)
        if self.config.flips:
            gt, lq = _turned(rng, gt, lq)
        if rng.random() < self.config.prompt_dropped:
            prompt = ""
        return {"gt": _tensor(gt), "lq": _tensor(lq), "prompt": torch.tensor(self.prompts.index(prompt))}

    def _cut(self, rng: Generator) -> tuple[np.ndarray, np.ndarray, str]:
        """gt (T, H, W, 3), lq (T, H / scale, W / scale, 3), both uint8, and what is to be seen."""
        config = self.config
        if config.source == "procedural":
            gt = procedural_scene(config, int(rng.integers(config.n_clips))).frames
            return gt, degraded(rng, gt, config), ""
        film, paired = self._pairs[int(rng.integers(len(self._pairs)))]
        stride = int(rng.choice([s for s in config.strides if _reach(config, s) <= len(film.index)]))
        start = int(rng.integers(len(film.index) - _reach(config, stride) + 1))
        indices = range(start, start + _reach(config, stride), stride)
        rows = (film.clip.height - config.height) // config.scale
        columns = (film.clip.width - config.width) // config.scale
        y, x = int(rng.integers(rows + 1)), int(rng.integers(columns + 1))
        gt = _cropped(film.frames(indices), y, x, config.scale, config)
        if paired is None:
            return gt, degraded(rng, gt, config), film.prompt
        return gt, _cropped(paired.frames(indices), y, x, 1, config), film.prompt


@lru_cache(maxsize=1024)
def procedural_scene(config: ClipsConfig, number: int) -> Scene:
    """A procedural clip of the config's size with its exact motion, the same for the same config and number."""
    side = max(config.height, config.width)
    scene = render_scene(
        np.random.default_rng((config.seed, number)), _bank(config.seed), config.n_frames, side
    )
    top, left = (side - config.height) // 2, (side - config.width) // 2
    place = np.s_[:, top : top + config.height, left : left + config.width]
    return Scene(frames=scene.frames[place], flow=scene.flow[place], visible=scene.visible[place])


@lru_cache(maxsize=2)
def _bank(seed: int) -> list[np.ndarray]:
    return texture_bank(np.random.default_rng(seed), BANK[1], BANK[0])


def degraded(rng: Generator, gt: np.ndarray, config: ClipsConfig) -> np.ndarray:
    """The lq of (T, H, W, 3) uint8 ground truth, (T, H / scale, W / scale, 3) uint8."""
    if config.degradation == "complex":
        return real_lq(rng, gt, config.scale)[0]
    if config.degradation == "light":
        return light_lq(rng, gt, config.scale)[0]
    blurred = gaussian(gt.astype(np.float32), rng.uniform(*SIMPLE_SIGMAS))
    height, width = (side // config.scale for side in gt.shape[1:3])
    return to_uint8(resize(blurred, height, width, "bicubic"))


def _films(config: ClipsConfig) -> list[tuple[Film, Film | None]]:
    """Every clip of the folder that is long and large enough, with its lq where there are pairs."""
    if config.source == "procedural":
        return []
    folder = Path(config.folder)
    found = list(_read_films(folder / "gt" if config.source == "pairs" else folder, config, 1))
    if config.source == "clean":
        return [(film, None) for film in found]
    lq = {film.clip.path.stem: film for film in _read_films(folder / "lq", config, config.scale)}
    if missing := sorted({film.clip.path.stem for film in found} - lq.keys()):
        raise ConfigError(f"clips: {folder / 'lq'} lacks {', '.join(missing)}, which gt has")
    pairs = [(film, lq[film.clip.path.stem]) for film in found]
    for gt, other in pairs:
        _check_pair(gt, other, config.scale)
    return [*pairs]


def _read_films(folder: Path, config: ClipsConfig, smaller: int) -> Iterator[Film]:
    """The films of a folder; raises ConfigError where it has none, or one that is too small or too short."""
    items = find_clips(folder, folder.with_name("evenstar-none")).items if folder.is_dir() else ()
    if not items:
        raise ConfigError(f"clips: {folder} holds no film")
    least = min(_reach(config, stride) for stride in config.strides)
    for item in items:
        clip = probe(item.source)
        index = survey(clip, thumb=None, thumb_width=0, cancel=CancelToken())
        height, width = config.height // smaller, config.width // smaller
        if clip.height < height or clip.width < width or len(index) < least:
            raise ConfigError(
                f"clips: {item.source.name} is {clip.width}x{clip.height} with {len(index)} frames, "
                f"need at least {width}x{height} with {least}"
            )
        text = item.source.with_suffix(".txt")
        prompt = " ".join(text.read_text(encoding="utf-8").split()) if text.is_file() else ""
        yield Film(clip=clip, index=index, prompt=prompt)


def _check_pair(gt: Film, lq: Film, scale: int) -> None:
    sizes = (lq.clip.width * scale, lq.clip.height * scale, len(lq.index))
    if sizes != (gt.clip.width, gt.clip.height, len(gt.index)):
        raise ConfigError(
            f"clips: {gt.clip.path.name} is {gt.clip.width}x{gt.clip.height} with {len(gt.index)} frames, need "
            f"{scale} times its lq: {sizes[0]}x{sizes[1]} with {sizes[2]}"
        )


def _reach(config: ClipsConfig, stride: int) -> int:
    """Frames of the film from a clip's first to its last."""
    return (config.n_frames - 1) * stride + 1


def _cropped(frames: np.ndarray, y: int, x: int, unit: int, config: ClipsConfig) -> np.ndarray:
    """The crop at (y, x), counted in lq pixels of `unit` pixels each."""
    height, width = config.height * unit // config.scale, config.width * unit // config.scale
    return frames[:, y * unit : y * unit + height, x * unit : x * unit + width]


def _turned(rng: Generator, gt: np.ndarray, lq: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both mirrored from left to right, or backwards in time, or neither."""
    for axis in (2, 0):
        if rng.random() < 0.5:
            gt, lq = np.flip(gt, axis), np.flip(lq, axis)
    return gt, lq


def _tensor(frames: np.ndarray) -> Tensor:
    """(T, H, W, 3) uint8 as (3, T, H, W) float32 in [-1, 1]."""
    return torch.from_numpy(np.ascontiguousarray(frames.transpose(3, 0, 1, 2))).float() / 127.5 - 1


def as_picture(clips: Mapping[str, Tensor]) -> np.ndarray:
    """Middle frames side by side, first clip only: (H, n W, 3) uint8; clips (B, 3, T, H, W) in [-1, 1], any size."""
    size = max(clip.shape[-2:] for clip in clips.values())
    shown = []
    for clip in clips.values():
        frame = clip[0, :, clip.shape[2] // 2].detach().float().cpu().clamp(-1, 1).permute(1, 2, 0).numpy()
        pixels = to_uint8((frame + 1) * 127.5)
        shown.append(cv2.resize(pixels, (size[1], size[0]), interpolation=cv2.INTER_NEAREST))
    return np.concatenate(shown, 1)
