"""Models of the user's own: variants of a model that is known here, with other weights or other sizes.

`custom/ID.json` in the weights folder names the base, the files and what differs; the files lie in the folder of
the base's family, like downloaded ones, and are checked like these.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.atomic import write_atomically
from engine.cancel import CancelToken
from engine.errors import ModelError
from engine.models.spec import ModelSpec, WeightFile
from engine.models.weights_folder import folder_of, record, sha256_of, weights_root

SCHEMA = 1
PLANNED = ("segment_frames", "window", "context", "tile")
"""Whole numbers of a spec that a variant may change."""
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_KEYS = {"schema", "id", "base", "title", "summary", "sizes", "scales", "weights", "measured", *PLANNED}


def custom_specs(bases: Mapping[str, ModelSpec]) -> tuple[tuple[ModelSpec, ...], tuple[str, ...]]:
    """Return the user's models, and one sentence for every description that cannot be used.

    bases: the models that come with the application, by id.
    """
    specs: list[ModelSpec] = []
    reports: list[str] = []
    folder = custom_folder()
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            specs.append(parse(path.read_text(encoding="utf-8"), path.name, bases))
        except (OSError, UnicodeDecodeError, ModelError) as error:
            reports.append(f"The model description {path.name} cannot be used: {error}.")
    return tuple(specs), tuple(reports)


def custom_folder() -> Path:
    """The folder of the descriptions."""
    return weights_root() / "custom"


def parse(text: str, origin: str, bases: Mapping[str, ModelSpec]) -> ModelSpec:
    """Return the model described by a JSON text; raises ModelError that names what is wrong."""
    try:
        facts = json.loads(text)
        unknown = set(facts) - _KEYS
        if unknown or facts["schema"] != SCHEMA:
            raise ModelError(f"{origin} is of another version, or has unknown entries {sorted(unknown)}")
        if not _ID.fullmatch(facts["id"]) or facts["id"] in bases:
            raise ModelError(f"the id is {facts['id']!r}, need a new one of a-z, 0-9 and dashes")
        return replace(
            bases[facts["base"]],
            id=facts["id"],
            title=str(facts["title"]),
            summary=str(facts["summary"]),
            sizes={str(network): dict(sizes) for network, sizes in facts.get("sizes", {}).items()},
            weights=tuple(WeightFile(name=f["name"], sha256=f["sha256"]) for f in facts["weights"]),
            custom=True,
            scales=tuple(_count("scales", s) for s in facts.get("scales", bases[facts["base"]].scales)),
            **{name: _count(name, facts[name]) for name in PLANNED if name in facts},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"{origin} is no model description ({type(error).__name__}: {error})") from error


def _count(name: str, value: object) -> int:
    number = int(str(value))
    if number < (0 if name == "context" else 1):
        raise ValueError(f"{name} is {number}")
    return number


def forget(spec: ModelSpec) -> None:
    """Take a model of the user's own out of the list, with what was measured of it; its files are not touched.

    Raises ModelError when the description cannot be deleted.
    """
    try:
        picture_of(spec.id).unlink(missing_ok=True)
        (custom_folder() / f"{spec.id}.json").unlink(missing_ok=True)
    except OSError as error:
        raise ModelError(f"cannot remove {spec.title}: {error.strerror}") from error


def measured(model: str) -> dict[str, Any] | None:
    """What was measured of a model of the user's own when it was made; None where nothing was."""
    try:
        facts = json.loads((custom_folder() / f"{model}.json").read_text(encoding="utf-8"))
        return facts.get("measured") or None
    except (OSError, ValueError, AttributeError):
        return None


def picture_of(model: str) -> Path:
    """Where the picture lies that shows a model of the user's own beside its base, if there is one."""
    return custom_folder() / f"{model}.png"


def add(
    spec: ModelSpec, base: str, files: Mapping[str, Path], measured: Mapping[str, Any] | None = None
) -> None:
    """Make a variant of the model `base` known: its files move to its family's folder, then it is described.

    files: where its weight files lie now, by name; one that is not named is there already. measured: plain JSON that
    is kept with the description. Raises ModelError; the description then does not exist.
    """
    folder = folder_of(spec)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        weights = []
        for file in spec.weights:
            target = folder / file.name
            if file.name in files:
                files[file.name].replace(target)
            sha256 = sha256_of(target, lambda _: None, CancelToken())
            record(folder, target, sha256, "made here")
            weights.append({"name": file.name, "sha256": sha256})
        custom_folder().mkdir(parents=True, exist_ok=True)
        described = json.dumps(_description(spec, base, weights) | {"measured": measured}, indent=1).encode()
        write_atomically(custom_folder() / f"{spec.id}.json", described)
    except OSError as error:
        raise ModelError(f"cannot keep {spec.title}: {error.strerror}") from error


def _description(spec: ModelSpec, base: str, weights: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "id": spec.id,
        "base": base,
        "title": spec.title,
        "summary": spec.summary,
        "scales": list(spec.scales),
        "sizes": {network: dict(sizes) for network, sizes in spec.sizes.items()},
        "weights": weights,
        **{name: getattr(spec, name) for name in PLANNED},
    }
