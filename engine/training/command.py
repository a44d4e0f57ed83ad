"""`evenstar train CONFIG.toml`: what kind of training a file describes, and what its events say."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from engine.training.config import ConfigError
from engine.training.loop import PoolProgress, TrainingProgress, WeightsSaved, train
from engine.training.video.config import kind_of, read_run


def start(
    config: Path, *, on_event: Callable[[Any], None], is_cancelled: Callable[[], bool] = lambda: False
) -> Path:
    """Run or resume what a TOML file describes; gives its weights, or a study's table. Raises EngineError, OSError."""
    kind = kind_of(config)
    if kind is None:
        return train(config, on_event=on_event, is_cancelled=is_cancelled)
    if kind == "study":
        from engine.training.video.study import run_study

        if int(os.environ.get("WORLD_SIZE", "1")) > 1:
            raise ConfigError(f"{config} is a study, which runs in one process")
        return run_study(config, on_event=on_event, is_cancelled=is_cancelled)
    from engine.training.video.loop import leave_group, train_video

    try:
        return train_video(read_run(config), on_event=on_event, is_cancelled=is_cancelled)
    finally:
        leave_group()


def is_first_process() -> bool:
    """False in all processes of torchrun but the first: one speaks."""
    return os.environ.get("RANK", "0") == "0"


def lines_of(event: Any, duration: Callable[[float], str]) -> list[str]:
    """What an event says to a person; duration: seconds as people say them."""
    match event:
        case PoolProgress():
            return [f"clips: {event.done} of {event.total} shelves rendered"]
        case TrainingProgress():
            return [
                f"{event.phase}: step {event.iteration} of {event.total}, loss {event.loss:.5f}, "
                f"{duration(event.seconds_left)} left"
            ]
        case WeightsSaved():
            return [f"saved {event.path}"]
    if hasattr(event, "rows"):
        return _stage_lines(event)
    found = (
        ", ".join(f"{f.name} {getattr(event, f.name)}" for f in fields(event)) if is_dataclass(event) else ""
    )
    return [found or str(event)]


def _stage_lines(event: Any) -> list[str]:
    """The frozen-parameter report at the start of a stage."""
    trained = sum(row.trained_parameters for row in event.rows)
    frozen = sum(row.frozen_parameters for row in event.rows)
    lines = [
        f"{event.stage}: {trained:,} parameters learn, {frozen:,} are frozen; {event.n_processes} "
        f"process{'es' if event.n_processes > 1 else ''}, from step {event.first}"
    ]
    for row in event.rows:
        lines.append(
            f"  {row.part:<22} {row.trained_parameters:>13,} learn ({row.trained_tensors} tensors), "
            f"{row.frozen_parameters:>13,} frozen ({row.frozen_tensors})"
        )
    if not event.has_board:
        lines.append("  log.csv only: pip install evenstar[train] adds TensorBoard's logs and sample frames")
    return lines
