"""The one list of models; the only place that names a family."""

from collections.abc import Callable
from importlib import import_module

from engine.errors import ModelError
from engine.models.compact.spec import COMPACT
from engine.models.spec import ModelSpec

SPECS: dict[str, ModelSpec] = {spec.id: spec for spec in (COMPACT,)}
"""Every model this version knows, by id."""


def spec_of(model: str) -> ModelSpec:
    """Return the facts about `model`; raises ModelError for a name nobody knows."""
    try:
        return SPECS[model]
    except KeyError:
        raise ModelError(f"there is no model {model!r}: choose one of {', '.join(SPECS)}") from None


def loader(spec: ModelSpec) -> Callable[..., object]:
    """Return the family's `load(spec, placement) -> Restorer`; importing it loads torch."""
    return import_module(f"engine.models.{spec.family}.restorer").load
