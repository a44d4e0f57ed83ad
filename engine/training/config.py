"""A training run as a TOML file and as frozen values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from engine.errors import SettingsError
from engine.models.compact.network import CompactConfig
from engine.training.dataset import BatchConfig
from engine.training.pool import PoolConfig

T = TypeVar("T")


class ConfigError(SettingsError):
    """A training file says something that no setting answers to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailConfig:
    """What fidelity + detail aims at: a sharpened ground truth."""

    amount: float = 1.76
    """Strength of the unsharp mask, >= 0."""
    temporal: float = 0.5
    """Weight of the temporal difference."""
    grain: float = 0.0
    """Weight of the grain's energy; needs network.grain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseConfig:
    """One stretch of training with its own learning rate, batches and losses."""

    name: str
    """Shown in the log."""
    iterations: int
    """Steps, > 0."""
    learning_rate: float
    """Adam's rate after the warm-up; falls to final_rate of it along a cosine."""
    final_rate: float = 0.02
    """Last learning rate over learning_rate, in (0, 1]."""
    warm_up: int = 200
    """Steps of linear rise."""
    batch: BatchConfig = field(default_factory=BatchConfig)
    """What the batches look like."""
    temporal: float = 0.0
    """Weight of the temporal difference loss on the fidelity end; needs batch.centres >= 2."""
    along_flow: bool = False
    """Take the temporal difference, here or in detail, along the exact motion; needs pool.flow."""
    calibration: float = 0.0
    """Unsharp mask on the fidelity end's target for condition 0, fading to none at 1: film is easier to predict
    than procedural clips, so the best picture for it is a little sharper than what they teach."""
    detail: DetailConfig | None = None
    """Losses of the detail head, which then learns alone on a frozen trunk; None: the fidelity end learns."""

    def __post_init__(self) -> None:
        if self.iterations < 1 or self.learning_rate <= 0 or not 0 < self.final_rate <= 1:
            raise ConfigError(f"phase {self.name}: iterations and rates must be positive, found {self}")
        if (self.temporal or self.detail) and self.batch.centres < 2:
            raise ConfigError(f"phase {self.name}: temporal needs batch.centres >= 2, found {self.batch}")
        if self.along_flow and not (self.detail.temporal if self.detail else self.temporal):
            raise ConfigError(f"phase {self.name}: along_flow needs a temporal weight above 0, found none")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """A whole run."""

    seed: int
    """Seed of the first weights and of every batch."""
    folder: str
    """Where checkpoints, log and weights go, relative to the working directory."""
    network: CompactConfig
    """Sizes of the network."""
    pool: PoolConfig
    """The clips."""
    phases: tuple[PhaseConfig, ...]
    """Run in this order."""
    start: str | None = None
    """Weights whose trunk and heads the run starts from, relative to the working directory; None: random ones."""
    a1: float = 0.55
    """Share of the detail that beta = 1 adds, stored with the weights, in [0, 1]."""
    threads: int = 1
    """Torch threads."""
    bfloat16: bool = True
    """Run the convolutions in bfloat16; the base, the losses and the weights stay float32."""
    log_every: int = 100
    """Iterations per line of the log."""
    save_every: int = 1000
    """Iterations per checkpoint and per set of weights."""

    def __post_init__(self) -> None:
        if self.network.scale != self.pool.scale:
            raise ConfigError(f"scale: network has {self.network.scale}, pool has {self.pool.scale}")
        if not self.phases:
            raise ConfigError("phases: at least one is needed, found none")
        if any(phase.detail for phase in self.phases) and not self.network.detail_head:
            raise ConfigError("phases: a detail phase needs network.detail_head = true")
        if any(phase.detail and phase.detail.grain for phase in self.phases) and not self.network.grain:
            raise ConfigError("phases: detail.grain needs network.grain = true")
        if any(phase.along_flow for phase in self.phases) and not self.pool.flow:
            raise ConfigError("phases: along_flow needs pool.flow = true")


def read_config(path: Path) -> TrainingConfig:
    """The run that a TOML file describes; raises ConfigError naming a key that is unknown or missing."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigError(f"{path} is not a TOML file: {error}") from error
    phases = tuple(_phase(number, entry) for number, entry in enumerate(table.pop("phase", []), 1))
    network = _build(CompactConfig, table.pop("network", {}), "network")
    pool = _build(PoolConfig, table.pop("pool", {}), "pool")
    return _build(TrainingConfig, table, "top level", network=network, pool=pool, phases=phases)


def _phase(number: int, table: dict[str, Any]) -> PhaseConfig:
    """One [[phase]] with its [phase.batch] and [phase.detail]."""
    place = f"phase {number}"
    batch = _build(BatchConfig, table.pop("batch", {}), f"{place}.batch")
    detail_table = table.pop("detail", None)
    detail = None if detail_table is None else _build(DetailConfig, detail_table, f"{place}.detail")
    return _build(PhaseConfig, table, place, batch=batch, detail=detail)


def _build(kind: type[T], table: Mapping[str, Any], place: str, **parts: Any) -> T:
    """An instance of a dataclass from a table; every key must be one of its fields."""
    known = {f.name: f for f in fields(kind) if f.name not in parts}  # type: ignore[arg-type]
    if unknown := sorted(set(table) - set(known)):
        raise ConfigError(f"{place}: unknown {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    required = {n for n, f in known.items() if f.default is MISSING and f.default_factory is MISSING}
    if missing := sorted(required - set(table)):
        raise ConfigError(f"{place}: missing {', '.join(missing)}")
    return kind(**table, **parts)
