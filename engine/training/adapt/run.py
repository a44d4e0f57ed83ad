"""A training run on crops of footage: the compact model's run with other batches, on the device there is."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor
from torch.utils.data import DataLoader

from engine.device import Placement
from engine.models.compact.network import CompactConfig
from engine.models.compact.spec import COMPACT
from engine.models.compact.weights import read_weights
from engine.models.weights_folder import path_of
from engine.training.adapt.crops import CropBatches
from engine.training.adapt.footage import CROP_SIDE
from engine.training.config import DetailConfig, PhaseConfig, TrainingConfig
from engine.training.dataset import BatchConfig
from engine.training.pool import PoolConfig
from engine.training.run import Run

ENDLESS = 10**9
"""Steps of a stage: time ends it, so the rate stays where the warm-up brought it and the moving average settles it."""
FIDELITY_RATE = 1e-4
"""A tenth of what the shipped weights were taught with: they are to be moved, not forgotten."""
DETAIL_RATE = 3e-4
WARM_UP = 50
TEMPORAL = 0.25
"""Weight of the temporal difference, as in the last fidelity phase of the shipped weights (configs/compact_x4.toml)."""
DETAIL_AMOUNTS = {2: 0.8, 4: 1.76}
"""As the shipped weights were taught (configs/), so that the slider means the same."""
BATCH = BatchConfig(size=8, crop=32, centres=2)
THREADS = 1
"""Of torch: the worker that draws batches is the second. Two that wait for each other stand still on a busy machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """The default that an adaptation starts from."""

    path: Path
    config: CompactConfig
    a1: float


def shipped(scale: int) -> Shipped:
    """The default weights at a scale."""
    file = COMPACT.weights[COMPACT.scales.index(scale)]
    path = path_of(COMPACT, file)
    network, facts = read_weights(path)
    return Shipped(path=path, config=network.config, a1=float(facts["a1"]))


class FootageRun(Run):
    """One stage of an adaptation; two runs of the same crops, start, seed and number of steps end alike."""

    def __init__(self, config: TrainingConfig, crops: Path, n_crops: int, placement: Placement) -> None:
        super().__init__(config, command="evenstar train --on")
        self._crops, self._n_crops, self._placement = crops, n_crops, placement
        self.net.to(placement.torch_device)
        self.average.to(placement.torch_device)

    def step(self, phase: PhaseConfig, batch: dict[str, Tensor]) -> float:
        """One step of Adam and of the moving average; gives the loss."""
        return super().step(phase, {n: t.to(self._placement.torch_device) for n, t in batch.items()})

    def timed_steps(self) -> Iterator[tuple[float, float]]:
        """Steps from the present one on: the loss and the seconds of each, waiting for its batch included."""
        since = time.monotonic()
        for phase, batch in self.batches():
            loss = self.step(phase, batch)
            now = time.monotonic()
            yield loss, now - since
            since = time.monotonic()

    def _loader(self, phase: PhaseConfig, first: int, stop: int) -> DataLoader[dict[str, Tensor]]:
        batches = CropBatches(
            self._crops,
            self._n_crops,
            self.config.network.scale,
            phase.batch,
            seed=self.config.seed,
            first=first,
            stop=stop,
        )
        return DataLoader(batches, batch_size=None, num_workers=1, prefetch_factor=4)


def fidelity_stage(start: Shipped, folder: Path, seed: int, placement: Placement) -> TrainingConfig:
    """The first stage: everything but the detail head, on the footage as it is."""
    phase = PhaseConfig(
        name="fidelity",
        iterations=ENDLESS,
        learning_rate=FIDELITY_RATE,
        warm_up=WARM_UP,
        temporal=TEMPORAL,
        batch=BATCH,
    )
    return _stage(start, start.path, folder, seed, placement, phase)


def detail_stage(
    start: Shipped, learned: Path, folder: Path, seed: int, placement: Placement
) -> TrainingConfig:
    """The second stage: the detail head alone, on the trunk of the weights at `learned`."""
    phase = PhaseConfig(
        name="detail",
        iterations=ENDLESS,
        learning_rate=DETAIL_RATE,
        warm_up=WARM_UP,
        batch=BATCH,
        detail=DetailConfig(
            amount=DETAIL_AMOUNTS[start.config.scale], grain=0.02 if start.config.grain else 0.0
        ),
    )
    return _stage(start, learned, folder, seed, placement, phase)


def _stage(
    start: Shipped, weights: Path, folder: Path, seed: int, placement: Placement, phase: PhaseConfig
) -> TrainingConfig:
    scale = start.config.scale
    return TrainingConfig(
        seed=seed,
        folder=str(folder),
        network=start.config,
        pool=PoolConfig(folder=str(folder), seed=seed, n_shelves=1, size=CROP_SIDE * scale, scale=scale),
        phases=(phase,),
        start=str(weights),
        a1=start.a1,
        threads=THREADS,
        bfloat16=placement.dtype == "bfloat16",
    )
