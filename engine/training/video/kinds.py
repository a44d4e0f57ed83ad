"""From the declaration of a model to the task that trains it; families are imported when they are asked for."""

from __future__ import annotations

from engine.training.video.config import CogVideoXModel, DiffVsrModel, RunConfig, StarModel
from engine.training.video.task import Task


def build_task(config: RunConfig) -> Task:
    """The task of a run with its first weights, on the CPU; raises ConfigError, ModelError."""
    task = _build(config)
    for stage in config.stage:
        clips = config.clips_of(stage)
        task.check_size(clips.height, clips.width)
    return task


def _build(config: RunConfig) -> Task:
    match config.model:
        case StarModel():
            from engine.training.video.star import StarTask

            return StarTask(config.model)
        case CogVideoXModel():
            from engine.training.video.cogvideox import CogVideoXTask

            return CogVideoXTask(config.model)
        case DiffVsrModel():
            from engine.training.video.diffvsr import DiffVsrTask

            return DiffVsrTask(config.model)
        case _:
            from engine.training.video.autoencoder import VaeTask

            return VaeTask(config.model)
