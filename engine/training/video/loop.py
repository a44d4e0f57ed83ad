"""The training run of a network that samples, read top to bottom: stages, steps, averages, checkpoints.

One process per device: `evenstar train CONFIG.toml` is one, `torchrun --nproc-per-node N -m main train CONFIG.toml` are
N. A step's random numbers and batches are functions of seed, step and process, so that a run that was stopped and
started again ends with the weights of one that was not.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
import torch
from accelerate import Accelerator, PartialState
from torch import Tensor, nn
from torch.optim import AdamW

from engine.training.loop import TrainingProgress, WeightsSaved
from engine.training.video import checkpoint
from engine.training.video.average import Average
from engine.training.video.clips import Clips, as_picture
from engine.training.video.config import RunConfig, StageConfig
from engine.training.video.freezing import FreezeRow, choose, freeze_report
from engine.training.video.journal import Journal
from engine.training.video.kinds import build_task
from engine.training.video.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStarted:
    """A stage begins, or goes on after a stop."""

    stage: str
    first: int
    """Steps done in the whole run."""
    rows: tuple[FreezeRow, ...]
    """What learns and what is frozen, by part."""
    n_processes: int
    has_board: bool
    """TensorBoard's files are written; else log.csv alone."""


VideoEvent = StageStarted | TrainingProgress | WeightsSaved


def train_video(
    config: RunConfig,
    *,
    on_event: Callable[[VideoEvent], None],
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Path:
    """Run or resume a training; gives the path of the averaged weights. Every process calls it.

    A cancelled run leaves a checkpoint, from which the next call goes on. Raises ConfigError, ModelError, OSError.
    """
    accelerator = Accelerator(cpu=config.device == "cpu")
    if config.threads:
        torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    run = _Run(config, accelerator, build_task(config), on_event if accelerator.is_main_process else _ignore)
    try:
        for number in range(run.stage, len(config.stage)) if run.step < config.total else ():
            run.enter(number)
            if not run.teach(is_cancelled):
                return run.weights_path
            run.average.hand_over()
        if config.install and accelerator.is_main_process:
            run.task.install(config.install, run.weights_path)
    finally:
        if run.journal is not None:
            run.journal.close()
    return run.weights_path


class _Run:
    """Everything a run changes."""

    def __init__(
        self, config: RunConfig, accelerator: Accelerator, task: Task, on_event: Callable[[VideoEvent], None]
    ) -> None:
        self.config, self.accelerator, self.on_event = config, accelerator, on_event
        self.task = task.to(accelerator.device)
        if config.recompute:
            self.task.recompute()
        self.folder = Path(config.folder)
        self.weights_path = self.folder / "weights.safetensors"
        self.standing = checkpoint.load(
            self.folder / "checkpoint.pt", accelerator.num_processes, declared(config)
        )
        self.step, self.stage = (0, 0) if self.standing is None else (self.standing.step, self.standing.stage)
        self.journal = Journal(self.folder, self.step) if accelerator.is_main_process else None

    def enter(self, number: int) -> None:
        """Make a stage ready: what learns, a fresh optimiser, averages, data; or all that as it was left."""
        self.stage, stage = number, self.config.stage[number]
        parameters = dict(self.task.network.named_parameters())
        chosen = [
            choose(parameters, one.train, one.freeze, self.task.fixed)
            for one in self.config.stage[: number + 1]
        ]
        self.taught, learning = {name for names in chosen for name in names}, chosen[-1]
        for parameter in self.task.parameters():
            parameter.requires_grad_(False)
        self.learning = {name: parameters[name] for name in learning}
        for parameter in self.learning.values():
            parameter.requires_grad_()
        if self.standing is not None:
            for name, value in self.standing.weights.items():
                parameters[name].data.copy_(value)
        self.optimiser = AdamW(
            self.learning.values(), lr=stage.learning_rate, weight_decay=stage.weight_decay
        )
        self.average = Average(self.learning, self.config.average)
        if self.standing is not None:
            self.optimiser.load_state_dict(dict(self.standing.optimiser))
            self.average.load(self.standing.averages)
            self.standing = None
        self.clips = Clips(
            self.config.clips_of(stage),
            self.config.seed + number,
            process=self.accelerator.process_index,
            n_processes=self.accelerator.num_processes,
        )
        self.task.read_prompts(self.clips.prompts)
        self.teacher: nn.Module = self.accelerator.prepare_model(self.task)
        rows = freeze_report(parameters, learning, dict(self.task.frozen.items()))
        self.on_event(
            StageStarted(
                stage=stage.name,
                first=self.step,
                rows=tuple(rows),
                n_processes=self.accelerator.num_processes,
                has_board=self.journal is not None and self.journal.has_board,
            )
        )

    def teach(self, is_cancelled: Callable[[], bool]) -> bool:
        """Do what is left of the stage; False when it was cancelled."""
        config, stage = self.config, self.config.stage[self.stage]
        begin = sum(earlier.iterations for earlier in config.stage[: self.stage])
        batches = self.clips.loader(
            (self.step - begin) * config.accumulate, stage.iterations * config.accumulate
        )
        since, logged, seen = time.monotonic(), self.step, []
        while self.step < begin + stage.iterations:
            drawn = [next(batches) for _ in range(config.accumulate)]
            seen.append(self._step(stage, self.step - begin, drawn))
            self.step += 1
            if self.step % config.log_every == 0 or self.step == config.total:
                seconds = (time.monotonic() - since) / (self.step - logged)
                self._log(stage, seen, seconds)
                since, logged, seen = time.monotonic(), self.step, []
            if config.picture_every and self.step % config.picture_every == 0:
                self._show(drawn[0])
            cancelled = self._agree(is_cancelled())
            if cancelled or self.step % config.save_every == 0 or self.step == begin + stage.iterations:
                self._save()
            if cancelled:
                return False
        return True

    def _step(self, stage: StageConfig, at: int, batches: list[dict[str, Tensor]]) -> dict[str, Tensor]:
        """One step of AdamW on the mean gradient of the batches of all processes; gives the mean losses."""
        seed_step(self.config.seed, self.step, self.accelerator.process_index)
        for group in self.optimiser.param_groups:
            group["lr"] = stage_rate(stage, at)
        total: dict[str, Tensor] = {}
        self.task.train()
        for number, batch in enumerate(batches, 1):
            last = number == len(batches)
            with nullcontext() if last else self.accelerator.no_sync(self.teacher):
                with torch.autocast(
                    self.accelerator.device.type, torch.bfloat16, enabled=self.config.bfloat16
                ):
                    losses = self.teacher({k: v.to(self.accelerator.device) for k, v in batch.items()})
                self.accelerator.backward(losses["total"] / len(batches))
            for name, loss in losses.items():
                total[name] = total.get(name, 0) + loss.detach().float() / len(batches)
        nn.utils.clip_grad_norm_(self.learning.values(), stage.max_norm)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.average.update(at)
        return total

    def _log(self, stage: StageConfig, seen: list[dict[str, Tensor]], seconds: float) -> None:
        """Tell the mean losses of the last steps over all processes, and how long the rest will take."""
        means = torch.stack([torch.stack([losses[name] for losses in seen]).mean() for name in seen[0]])
        values = dict(zip(seen[0], self._reduced(means, "mean").tolist(), strict=True))
        left = seconds * (self.config.total - self.step)
        if self.journal is not None:
            facts = {
                "rate": self.optimiser.param_groups[0]["lr"],
                "seconds a step": seconds,
                "seconds left": left,
            }
            self.journal.write(self.step, stage.name, values | facts)
        self.on_event(
            TrainingProgress(
                phase=stage.name,
                iteration=self.step,
                total=self.config.total,
                loss=values["total"],
                seconds_left=left,
            )
        )

    @torch.no_grad()
    def _show(self, batch: dict[str, Tensor]) -> None:
        """Log sample frames as the averaged weights make them."""
        if self.journal is None:
            return
        self.task.eval()
        with self.average.in_place():
            shown = self.task.show({name: value.to(self.accelerator.device) for name, value in batch.items()})
        self.journal.show(self.step, as_picture(shown))

    def _save(self) -> None:
        """Write checkpoint and averaged weights."""
        if self.accelerator.is_main_process:
            parameters = dict(self.task.network.named_parameters())
            checkpoint.save(
                self.folder / "checkpoint.pt",
                checkpoint.Standing(
                    step=self.step,
                    stage=self.stage,
                    n_processes=self.accelerator.num_processes,
                    declared=declared(self.config),
                    weights={name: parameters[name].detach() for name in sorted(self.taught)},
                    averages=self.average.values,
                    optimiser=self.optimiser.state_dict(),
                ),
            )
            with self.average.in_place():
                self.task.write(self.weights_path)
            self.on_event(WeightsSaved(path=self.weights_path, iteration=self.step))
        self.accelerator.wait_for_everyone()

    def _agree(self, cancelled: bool) -> bool:
        """True in all processes when it is in one."""
        flag = torch.tensor(float(cancelled), device=self.accelerator.device)
        return bool(self._reduced(flag, "sum") > 0)

    def _reduced(self, value: Tensor, how: str) -> Tensor:
        """The sum or mean of all processes' values."""
        return cast("Tensor", self.accelerator.reduce(value, how))


def leave_group() -> None:
    """Let the other processes go; after the last training of this process."""
    PartialState().destroy_process_group()


def seed_step(seed: int, step: int, process: int) -> None:
    """Give torch the random numbers of one step of one process."""
    state = np.random.SeedSequence((seed, step, process)).generate_state(2)
    torch.manual_seed((int(state[0]) << 31) ^ int(state[1]))


def stage_rate(stage: StageConfig, step: int) -> float:
    """The learning rate: a linear rise, then half a cosine down to final_rate."""
    warm = min(1.0, (step + 1) / max(1, stage.warm_up))
    fall = 0.5 * (1 + math.cos(math.pi * step / stage.iterations))
    return stage.learning_rate * warm * (stage.final_rate + (1 - stage.final_rate) * fall)


def declared(config: RunConfig) -> str:
    """A fingerprint of all that decides the result."""
    neutral = replace(
        config, folder="", device="auto", threads=0, log_every=1, picture_every=0, save_every=1, install=""
    )
    return hashlib.sha256(repr(neutral).encode()).hexdigest()


def _ignore(event: VideoEvent) -> None:
    """Only the first process speaks."""
    del event
