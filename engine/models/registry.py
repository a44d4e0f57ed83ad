"""The one list of models; the only place that names a family."""

from collections.abc import Callable
from importlib import import_module

from engine.errors import ModelError
from engine.models.compact.spec import COMPACT, COMPACT_FAST
from engine.models.diffvsr.spec import DIFFVSR
from engine.models.spec import ModelSpec
from engine.models.star.spec import STAR_HEAVY, STAR_LIGHT
from engine.models.star_cogvideox.spec import STAR_COGVIDEOX

DEFAULT = COMPACT.id
"""The embedded model: what there is on a fresh computer."""

SPECS: dict[str, ModelSpec] = {
    spec.id: spec for spec in (COMPACT, COMPACT_FAST, STAR_LIGHT, STAR_HEAVY, DIFFVSR, STAR_COGVIDEOX)
}
"""Every model this version knows, by id."""


def all_specs() -> tuple[ModelSpec, ...]:
    """Return every model there is on this computer: those of this version, then the user's own."""
    from engine.models.custom import custom_specs

    return (*SPECS.values(), *custom_specs(SPECS)[0])


def spec_of(model: str) -> ModelSpec:
    """Return the facts about `model`; raises ModelError for a name nobody knows."""
    if model in SPECS:
        return SPECS[model]
    known = {spec.id: spec for spec in all_specs()}
    if model not in known:
        raise ModelError(f"there is no model {model!r}: choose one of {', '.join(known)}")
    return known[model]


def loader(spec: ModelSpec) -> Callable[..., object]:
    """Return the family's `load(spec, placement, rung) -> Restorer`; importing it loads torch."""
    return import_module(f"engine.models.{spec.family}.restorer").load
