"""The training run, read top to bottom: settings, clips, network, phases, weights."""

from __future__ import annotations

import copy
import csv
import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.optim import Adam
from torch.utils.data import DataLoader

from engine.models.compact.network import CompactNet
from engine.models.compact.weights import read_weights, write_weights
from engine.training.config import PhaseConfig, TrainingConfig, read_config
from engine.training.dataset import N_FRAMES, PoolBatches
from engine.training.losses import charbonnier, temporal_difference
from engine.training.pool import fill_pool

EMA_DECAY = 0.998
WEIGHTS_VERSION = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolProgress:
    """Shelves of clips rendered so far."""

    done: int
    """Shelves on disk."""
    total: int
    """Shelves wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingProgress:
    """One line of the log."""

    phase: str
    """Name of the running phase."""
    iteration: int
    """Steps done in the whole run."""
    total: int
    """Steps of the whole run."""
    loss: float
    """Mean loss since the last line."""
    seconds_left: float
    """Wall time to the end at the pace since the last line."""


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
    ends with the same weights as an uninterrupted one.
    """
    config = read_config(config_path)
    torch.set_num_threads(config.threads)
    for done in fill_pool(config.pool):
        on_event(PoolProgress(done=done, total=config.pool.n_shelves))
    run = Run(config, command=f"evenstar train {config_path.name}")
    run.resume()
    pace, losses = time.monotonic(), []
    for phase, batch in run.batches():
        losses.append(run.step(phase, batch))
        if run.iteration % config.log_every == 0:
            pace, seconds = time.monotonic(), time.monotonic() - pace
            event = run.describe(phase, losses, seconds / len(losses))
            run.log(event)
            on_event(event)
            losses = []
        cancelled = is_cancelled()
        if cancelled or run.iteration % config.save_every == 0 or run.iteration == run.total:
            on_event(WeightsSaved(path=run.save(), iteration=run.iteration))
        if cancelled:
            break
    return run.weights_path


class Run:
    """Everything a training run changes: the network, its average, the optimiser and the count of steps."""

    def __init__(self, config: TrainingConfig, command: str) -> None:
        torch.manual_seed(config.seed)
        self.config, self.command = config, command
        self.folder = Path(config.folder)
        self.weights_path = self.folder / "weights.safetensors"
        self.checkpoint_path = self.folder / "checkpoint.pt"
        self.net = CompactNet(config.network)
        if config.start_from:
            start = read_weights(Path(config.start_from))[0].state_dict()
            self.net.load_state_dict(self.net.state_dict() | start)
        self.net = self.net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.net).requires_grad_(False)
        self.iteration = 0
        self.total = sum(phase.iterations for phase in config.phases)
        self.cpu_seconds = 0.0
        self._started = time.process_time()
        self.optimiser = self._new_optimiser(config.phases[0])

    def batches(self) -> Iterator[tuple[PhaseConfig, dict[str, Tensor]]]:
        """Every batch from the present iteration to the end, with its phase; a phase starts a fresh optimiser."""
        first = 0
        for phase in self.config.phases:
            stop = first + phase.iterations
            if self.iteration < stop:
                if self.iteration == first:
                    self.optimiser = self._new_optimiser(phase)
                yield from ((phase, batch) for batch in self._loader(phase, self.iteration, stop))
            first = stop

    def step(self, phase: PhaseConfig, batch: dict[str, Tensor]) -> float:
        """One step of Adam and of the moving average; gives the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = phase_rate(phase, self._step_in_phase(phase))
        lq, gt = batch["lq"].float() / 255, batch["gt"].float() / 255
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.bfloat16):
            fidelity, _ = self.net(windows(lq), batch["condition"].repeat_interleave(gt.shape[1]))
        fidelity = fidelity.float().view_as(gt)
        loss = charbonnier(fidelity, gt)
        if phase.temporal:
            loss = loss + phase.temporal * temporal_difference(fidelity, gt)
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimiser.step()
        self._update_average()
        self.iteration += 1
        return float(loss.detach())

    def describe(self, phase: PhaseConfig, losses: list[float], seconds_per_step: float) -> TrainingProgress:
        """The event for the last few steps."""
        return TrainingProgress(
            phase=phase.name,
            iteration=self.iteration,
            total=self.total,
            loss=sum(losses) / len(losses),
            seconds_left=seconds_per_step * (self.total - self.iteration),
        )

    def log(self, event: TrainingProgress) -> None:
        """Append one line to log.csv: iteration, phase, loss, CPU seconds of this process in the run so far."""
        path = self.folder / "log.csv"
        self.folder.mkdir(parents=True, exist_ok=True)
        with path.open("a", newline="") as file:
            row = [event.iteration, event.phase, f"{event.loss:.6f}", f"{self._cpu_seconds():.0f}"]
            csv.writer(file).writerow(row)

    def save(self) -> Path:
        """Write the checkpoint and the averaged weights, each whole or not at all; gives the weights' path."""
        state = {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "iteration": self.iteration,
            "cpu_seconds": self._cpu_seconds(),
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.checkpoint_path.with_suffix(".part")
        torch.save(state, unfinished)
        os.replace(unfinished, self.checkpoint_path)
        facts = {
            "a1": str(self.config.a1),
            "command": self.command,
            "seed": str(self.config.seed),
            "version": WEIGHTS_VERSION,
            "iterations": str(self.iteration),
        }
        write_weights(self.average, self.weights_path, facts)
        return self.weights_path

    def resume(self) -> None:
        """Continue from the checkpoint if there is one."""
        if not self.checkpoint_path.exists():
            return
        state = torch.load(self.checkpoint_path, weights_only=True)
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.iteration, self.cpu_seconds = state["iteration"], state["cpu_seconds"]
        self.optimiser.load_state_dict(state["optimiser"])

    def _new_optimiser(self, phase: PhaseConfig) -> Adam:
        return Adam(self.net.parameters(), lr=phase.learning_rate)

    def _loader(self, phase: PhaseConfig, first: int, stop: int) -> DataLoader[dict[str, Tensor]]:
        seed = self.config.seed
        batches = PoolBatches(self.config.pool, phase.batch, seed=seed, first=first, stop=stop)
        return DataLoader(batches, batch_size=None, num_workers=1, prefetch_factor=8)

    def _step_in_phase(self, phase: PhaseConfig) -> int:
        earlier = self.config.phases[: self.config.phases.index(phase)]
        return self.iteration - sum(p.iterations for p in earlier)

    def _update_average(self) -> None:
        """Exponential moving average whose memory grows with the run: min(0.998, (1 + i) / (10 + i))."""
        decay = min(EMA_DECAY, (1 + self.iteration) / (10 + self.iteration))
        with torch.no_grad():
            for mean, value in zip(self.average.parameters(), self.net.parameters(), strict=True):
                mean.lerp_(value, 1 - decay)

    def _cpu_seconds(self) -> float:
        return self.cpu_seconds + time.process_time() - self._started


def windows(lq: Tensor) -> Tensor:
    """Sliding windows of five frames: (B, n + 4, 3, c, c) to (B * n, 5, 3, c, c)."""
    return lq.unfold(1, N_FRAMES, 1).movedim(-1, 2).flatten(0, 1)


def phase_rate(phase: PhaseConfig, step: int) -> float:
    """The learning rate: a linear rise, then half a cosine down to final_rate."""
    warm = min(1.0, (step + 1) / max(1, phase.warm_up))
    floor = phase.final_rate
    return (
        phase.learning_rate
        * warm
        * (floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * step / phase.iterations)))
    )
