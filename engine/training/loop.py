"""The training run, read top to bottom: settings, clips, network, phases, weights."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from engine.training.config import read_config
from engine.training.pool import fill_pool
from engine.training.run import Run, TrainingProgress

__all__ = ["PoolProgress", "TrainingEvent", "TrainingProgress", "WeightsSaved", "train"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolProgress:
    """Shelves of clips rendered so far."""

    done: int
    """Shelves on disk."""
    total: int
    """Shelves wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsSaved:
    """A checkpoint and a set of averaged weights lie on disk."""

    path: Path
    """The .safetensors file."""
    iteration: int
    """Steps done in the whole run."""


TrainingEvent = PoolProgress | TrainingProgress | WeightsSaved


def train(
    config_path: Path,
    *,
    on_event: Callable[[TrainingEvent], None],
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Path:
    """Run or resume the training a TOML file describes; gives the path of the averaged weights.

    A cancelled run saves a checkpoint and returns; started again it continues with the very next batch and
    ends with the same weights as an uninterrupted one. Raises ConfigError or OSError.
    """
    config = read_config(config_path)
    torch.set_num_threads(config.threads)
    run = Run(config, command=f"evenstar train {config_path.name}")
    for done in fill_pool(config.pool):
        on_event(PoolProgress(done=done, total=config.pool.n_shelves))
        if is_cancelled():
            return run.weights_path
    run.resume()
    since, losses = time.monotonic(), []
    for phase, batch in run.batches():
        losses.append(run.step(phase, batch))
        if run.iteration % config.log_every == 0:
            since, seconds = time.monotonic(), time.monotonic() - since
            event = run.describe(phase, losses, seconds)
            run.log(event)
            on_event(event)
            losses = []
        cancelled = is_cancelled()
        if cancelled or run.iteration % config.save_every == 0 or run.iteration == run.total:
            on_event(WeightsSaved(path=run.save(), iteration=run.iteration))
        if cancelled:
            break
    return run.weights_path
