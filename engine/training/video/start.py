"""The weights that a run starts from, and the way of its own weights to disk and into the model list."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.models.custom import add
from engine.models.registry import SPECS
from engine.models.spec import ModelSpec, WeightFile
from engine.training.config import ConfigError


def read_weights(module: nn.Module, path: Path) -> None:
    """Give a module the tensors of a .safetensors file in its own keys, in float32; raises ConfigError."""
    try:
        state = load_file(path)
        module.load_state_dict({key: v.float() if v.is_floating_point() else v for key, v in state.items()})
    except (OSError, SafetensorError, RuntimeError) as error:
        raise ConfigError(f"{path} does not hold the weights of this network: {error}") from error


def write_weights(module: nn.Module, path: Path) -> None:
    """Write a module's tensors as safetensors in its own keys, whole or not at all."""
    write_state(module.state_dict(), path)


def write_state(state: Mapping[str, Tensor], path: Path) -> None:
    """Write tensors as safetensors, whole or not at all."""
    stored = {name: value.detach().cpu().contiguous().clone() for name, value in state.items()}
    part = path.with_name(f"{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(stored, part)
    part.replace(path)


def install_network(base: ModelSpec, model: str, weights: Path, *, place: int = 0) -> ModelSpec:
    """Make a copy of finished weights a model of the user's list that shares the base's other files.

    place: of the trained file among the base's. Raises ModelError; the list then stays as it is.
    """
    name = f"{model}.safetensors"
    files = [*base.weights]
    files[place] = WeightFile(name=name)
    copy = weights.with_name(f"{weights.name}.copy")
    shutil.copyfile(weights, copy)
    spec = replace(
        base,
        id=model,
        title=f"{base.title}, taught here ({model})",
        summary=f"{base.title}, trained further on this computer.",
        weights=tuple(files),
        custom=True,
    )
    try:
        add(spec, _known_base(base), {name: copy})
    finally:
        copy.unlink(missing_ok=True)
    return spec


def _known_base(base: ModelSpec) -> str:
    """The id of a model of this version that a description can name: the base, or one of its family."""
    return base.id if base.id in SPECS else next(i for i, spec in SPECS.items() if spec.family == base.family)
