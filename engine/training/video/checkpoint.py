"""Where a run stands, on disk: enough to end with the very weights of an uninterrupted one.

Random numbers and the place in the data are functions of seed, step and process, so that neither is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.training.config import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A run after some steps."""

    step: int
    """Steps done in the whole run."""
    stage: int
    """Number of the stage that the last of them belongs to."""
    n_processes: int
    """That take part: as many batches go into a step."""
    declared: str
    """What the run's file says about its result; another one cannot be continued from here."""
    weights: Mapping[str, Tensor]
    """Of the network, all that any stage taught so far."""
    averages: Mapping[str, Tensor]
    """Of the weights that the present stage teaches."""
    optimiser: Mapping[str, Any]


def save(path: Path, standing: Standing) -> None:
    """Write a standing, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    torch.save({name: getattr(standing, name) for name in Standing.__slots__}, part)
    part.replace(path)


def load(path: Path, n_processes: int, declared: str) -> Standing | None:
    """The standing at path, None where there is none; raises ConfigError where it belongs to another run."""
    if not path.exists():
        return None
    standing = Standing(**torch.load(path, map_location="cpu", weights_only=True))
    if standing.n_processes != n_processes:
        raise ConfigError(
            f"{path} is of a run with {standing.n_processes} processes, found {n_processes}: "
            "start as many, or remove it to begin anew"
        )
    if standing.declared != declared:
        raise ConfigError(f"{path} is of a run that was declared otherwise: restore its file, or remove it")
    return standing
