"""Everything a training run changes: the network, its average, the optimiser and the count of steps."""

import copy
import csv
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim import Adam
from torch.utils.data import DataLoader

from engine.models.compact.network import CompactNet
from engine.models.compact.weights import write_weights
from engine.training.adopt import adopt
from engine.training.config import PhaseConfig, TrainingConfig
from engine.training.dataset import N_FRAMES, PoolBatches
from engine.training.losses import ExactMotion, detail_loss, fidelity_loss, grain_loss, sharpened

EMA_DECAY = 0.998
MAX_GRADIENT_NORM = (
    0.3  # usual norms are 0.02 to 0.1; at 1 a run once spiked, see resources/weights/README.md
)
WEIGHTS_VERSION = "1"


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


class Run:
    """A training run in progress; two runs of one config end with the same weights."""

    def __init__(self, config: TrainingConfig, command: str) -> None:
        torch.manual_seed(config.seed)
        self.config, self.command = config, command
        self.folder = Path(config.folder)
        self.weights_path = self.folder / "weights.safetensors"
        self.checkpoint_path = self.folder / "checkpoint.pt"
        net = CompactNet(config.network)
        if config.start is not None:
            adopt(net, Path(config.start))
        self.net: CompactNet = net.to(memory_format=torch.channels_last)  # pyright: ignore
        self.average = copy.deepcopy(self.net).requires_grad_(False)
        self.iteration = 0
        self.total = sum(phase.iterations for phase in config.phases)
        self.optimiser = self._enter(config.phases[0])
        self._cpu_seconds_before = 0.0
        self._cpu_seconds_start = time.process_time()

    @property
    def cpu_seconds(self) -> float:
        """CPU time of the training process in the run so far, over all resumes."""
        return self._cpu_seconds_before + time.process_time() - self._cpu_seconds_start

    def batches(self) -> Iterator[tuple[PhaseConfig, dict[str, Tensor]]]:
        """Every batch from the present iteration to the end, with its phase."""
        first = 0
        for phase in self.config.phases:
            stop = first + phase.iterations
            if self.iteration == first:
                self.optimiser = self._enter(phase)
            if self.iteration < stop:
                yield from ((phase, batch) for batch in self._loader(phase, self.iteration, stop))
            first = stop

    def step(self, phase: PhaseConfig, batch: dict[str, Tensor]) -> float:
        """One step of Adam and of the moving average; gives the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = phase_rate(phase, self._step_in_phase(phase))
        loss = self._loss(phase, batch)
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), MAX_GRADIENT_NORM)
        self.optimiser.step()
        self._update_average()
        self.iteration += 1
        return loss.item()

    def describe(self, phase: PhaseConfig, losses: list[float], seconds: float) -> TrainingProgress:
        """The event for the last few steps, which took so many seconds."""
        return TrainingProgress(
            phase=phase.name,
            iteration=self.iteration,
            total=self.total,
            loss=sum(losses) / len(losses),
            seconds_left=seconds / len(losses) * (self.total - self.iteration),
        )

    def log(self, event: TrainingProgress) -> None:
        """Append one line to log.csv: iteration, phase, loss, CPU seconds so far."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log.csv").open("a", newline="") as file:
            row = [event.iteration, event.phase, f"{event.loss:.6f}", f"{self.cpu_seconds:.0f}"]
            csv.writer(file).writerow(row)

    def save(self) -> Path:
        """Write checkpoint and averaged weights, each whole or not at all; gives the weights' path."""
        state = {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "iteration": self.iteration,
            "cpu_seconds": self.cpu_seconds,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.checkpoint_path.with_suffix(".part")
        torch.save(state, unfinished)
        unfinished.replace(self.checkpoint_path)
        write_weights(self.average, self.weights_path, self._facts())
        return self.weights_path

    def resume(self) -> None:
        """Continue from the checkpoint if there is one."""
        if not self.checkpoint_path.exists():
            return
        state = torch.load(self.checkpoint_path, weights_only=True)
        self.iteration, self._cpu_seconds_before = state["iteration"], state["cpu_seconds"]
        self.optimiser = self._enter(self._phase_of(max(0, self.iteration - 1)))
        self.optimiser.load_state_dict(state["optimiser"])
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])

    def _facts(self) -> dict[str, str]:
        """What the weights file says about itself."""
        return {
            "a1": str(self.config.a1),
            "command": self.command,
            "seed": str(self.config.seed),
            "version": WEIGHTS_VERSION,
            "iterations": str(self.iteration),
        }

    def _enter(self, phase: PhaseConfig) -> Adam:
        """A fresh optimiser over the parameters that this phase teaches; the others are frozen.

        Every phase starts from the averaged weights of the one before.
        """
        self.net.load_state_dict(self.average.state_dict())
        for name, parameter in self.net.named_parameters():
            parameter.requires_grad_(name.startswith("detail_head.") == (phase.detail is not None))
        learning = [parameter for parameter in self.net.parameters() if parameter.requires_grad]
        return Adam(learning, lr=phase.learning_rate)

    def _loader(self, phase: PhaseConfig, first: int, stop: int) -> DataLoader[dict[str, Tensor]]:
        seed = self.config.seed
        batches = PoolBatches(
            self.config.pool, phase.batch, seed=seed, first=first, stop=stop, along_flow=phase.along_flow
        )
        return DataLoader(batches, batch_size=None, num_workers=1, prefetch_factor=8)

    def _loss(self, phase: PhaseConfig, batch: dict[str, Tensor]) -> Tensor:
        """Both heads on one batch, and what the phase makes of them."""
        lq, gt = batch["lq"].float() / 255, batch["gt"].float() / 255
        condition = batch["condition"].repeat_interleave(gt.shape[1])
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.bfloat16):
            fidelity, detail, strength = self.net.ends(windows(lq), condition)
        fidelity = fidelity.float().view_as(gt)
        known = ("flow", "visible", "backwards")
        motion = ExactMotion(**{name: batch[name] for name in known}) if phase.along_flow else None
        if phase.detail is None:
            target = sharpened(gt, phase.calibration * (1 - batch["condition"])) if phase.calibration else gt
            return fidelity_loss(fidelity, target, phase.temporal, motion)
        assert detail is not None  # the config says so
        detailed = fidelity.detach() + detail.float().view_as(gt)
        loss = detail_loss(detailed, gt, phase.detail, motion)
        if not phase.detail.grain:
            return loss
        assert strength is not None
        missing = grain_loss(
            detailed.flatten(0, 1), strength.float(), gt.flatten(0, 1), self.config.network.scale
        )
        return loss + phase.detail.grain * missing

    def _phase_of(self, iteration: int) -> PhaseConfig:
        """The phase that a step belongs to."""
        return next(p for p in self.config.phases if iteration < self._start(p) + p.iterations)

    def _start(self, phase: PhaseConfig) -> int:
        """First iteration of a phase."""
        return sum(p.iterations for p in self.config.phases[: self.config.phases.index(phase)])

    def _step_in_phase(self, phase: PhaseConfig) -> int:
        return self.iteration - self._start(phase)

    def _update_average(self) -> None:
        """Exponential moving average whose memory grows with the run: min(0.998, (1 + i) / (10 + i))."""
        decay = min(EMA_DECAY, (1 + self.iteration) / (10 + self.iteration))
        with torch.no_grad():
            for mean, value in zip(self.average.parameters(), self.net.parameters(), strict=True):
                mean.lerp_(value, 1 - decay)


def windows(lq: Tensor) -> Tensor:
    """Sliding windows of five frames: (B, n + 4, 3, c, c) to (B * n, 5, 3, c, c)."""
    return lq.unfold(1, N_FRAMES, 1).movedim(-1, 2).flatten(0, 1)


def phase_rate(phase: PhaseConfig, step: int) -> float:
    """The learning rate: a linear rise, then half a cosine down to final_rate."""
    warm = min(1.0, (step + 1) / max(1, phase.warm_up))
    fall = 0.5 * (1 + math.cos(math.pi * step / phase.iterations))
    return phase.learning_rate * warm * (phase.final_rate + (1 - phase.final_rate) * fall)
