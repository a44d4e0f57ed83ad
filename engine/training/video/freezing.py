"""Which weights learn: by patterns of their names, and what that comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from torch import nn

from engine.training.config import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeRow:
    """One part of a network: how much of it learns and how much does not."""

    part: str
    """First name of its parameters."""
    trained_tensors: int
    trained_parameters: int
    frozen_tensors: int
    frozen_parameters: int


def choose(
    parameters: Mapping[str, nn.Parameter], train: Sequence[str], freeze: Sequence[str], fixed: Sequence[str]
) -> list[str]:
    """The names that learn, in the network's order: those that `train` matches and nothing else does.

    fixed: patterns of constants that the network keeps among its parameters. Raises ConfigError for a pattern of
    train or freeze that matches nothing, and where nothing is left to learn.
    """
    for pattern in (*train, *freeze):
        if not any(fnmatchcase(name, pattern) for name in parameters):
            raise ConfigError(
                f"stage: {pattern!r} matches no parameter; they are like {', '.join(_some(parameters))}"
            )
    kept = (*freeze, *fixed)
    names = [name for name in parameters if _matches(name, train) and not _matches(name, kept)]
    if not names:
        raise ConfigError(f"stage: train = {list(train)} and freeze = {list(freeze)} leave nothing to learn")
    return names


def freeze_report(
    parameters: Mapping[str, nn.Parameter], learning: Sequence[str], others: Mapping[str, nn.Module]
) -> list[FreezeRow]:
    """A row per part of the network, and one for each module beside it that never learns."""
    parts: dict[str, list[tuple[bool, int]]] = {}
    chosen = set(learning)
    for name, parameter in parameters.items():
        parts.setdefault(name.split(".")[0], []).append((name in chosen, parameter.numel()))
    for name, module in others.items():
        parts[f"({name})"] = [(False, parameter.numel()) for parameter in module.parameters()]
    return [_row(part, entries) for part, entries in parts.items()]


def _row(part: str, entries: list[tuple[bool, int]]) -> FreezeRow:
    trained = [n for learns, n in entries if learns]
    frozen = [n for learns, n in entries if not learns]
    return FreezeRow(
        part=part,
        trained_tensors=len(trained),
        trained_parameters=sum(trained),
        frozen_tensors=len(frozen),
        frozen_parameters=sum(frozen),
    )


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _some(parameters: Mapping[str, nn.Parameter]) -> list[str]:
    names = list(parameters)
    return names[:: max(len(names) // 4, 1)][:4]
