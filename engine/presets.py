"""Settings as JSON: presets shipped, presets of one's own, and the one strict translation both ways."""

import json
from dataclasses import fields
from enum import Enum
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from engine.atomic import write_atomically
from engine.errors import SettingsError
from engine.settings import Codec, Deinterlace, EncodedBy, ExportSettings, Preset, RestorationSettings

SCHEMA = 1
"""Version of the preset file; a file of a later one is refused."""

_ENUMS: dict[str, type[Enum]] = {"codec": Codec, "deinterlace": Deinterlace, "encoder": EncodedBy}
_Settings = TypeVar("_Settings", RestorationSettings, ExportSettings)


def shipped() -> tuple[Preset, ...]:
    """The presets that come with Evenstar, in the order in which they are offered."""
    folder = resources.files("resources").joinpath("presets")
    files = {entry.name: entry for entry in folder.iterdir() if entry.name.endswith(".json")}
    return tuple(parse(files[name].read_text(encoding="utf-8"), name) for name in sorted(files))


def load(path: Path) -> Preset:
    """The preset in a file; raises SettingsError with a sentence when it is not one. Changes nothing."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the preset {path.name} cannot be read: {error}") from error
    return parse(text, path.name)


def load_folder(folder: Path) -> tuple[tuple[Preset, ...], tuple[str, ...]]:
    """The presets of a folder, and one sentence for each damaged file, which is set aside as *.damaged."""
    presets: list[Preset] = []
    reports: list[str] = []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            presets.append(load(path))
        except SettingsError as error:
            reports.append(f"{error}. It was set aside as {set_aside(path).name}.")
    return tuple(presets), tuple(reports)


def find(name_or_path: str, folder: Path | None = None) -> Preset:
    """The preset of that name (shipped or in the folder), or of that file; raises SettingsError."""
    if name_or_path.endswith(".json"):
        return load(Path(name_or_path))
    own = load_folder(folder)[0] if folder else ()
    known = {preset.name.casefold(): preset for preset in (*shipped(), *own)}
    if name_or_path.casefold() not in known:
        names = ", ".join(preset.name for preset in known.values())
        raise SettingsError(f"there is no preset {name_or_path!r}; there are: {names}")
    return known[name_or_path.casefold()]


def save(preset: Preset, folder: Path) -> Path:
    """Write a preset whole or not at all; returns its file."""
    if not preset.name.strip():
        raise SettingsError("a preset needs a name")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_file_stem(preset.name)}.json"
    write_atomically(path, (json.dumps(as_dict(preset), indent=2, ensure_ascii=False) + "\n").encode())
    return path


def parse(text: str, origin: str) -> Preset:
    """The preset in a JSON text; raises SettingsError naming the origin, the key and what is needed."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"the preset {origin} is not valid JSON: {error}") from error
    if not isinstance(data, dict):
        raise SettingsError(f"the preset {origin} holds no settings")
    _refuse_unknown(data, {"schema", "name", "restoration", "export"}, origin)
    if data.get("schema") != SCHEMA:
        raise SettingsError(f"the preset {origin} has schema {data.get('schema')}, need {SCHEMA}")
    name = data.get("name")
    if not isinstance(name, str) or not name.strip():
        raise SettingsError(f"the preset {origin} has no name")
    return Preset(
        name=name,
        restoration=settings_from(RestorationSettings, data.get("restoration", {}), origin),
        export=settings_from(ExportSettings, data.get("export", {}), origin),
    )


def as_dict(preset: Preset) -> dict[str, Any]:
    """The preset as plain JSON values; settings that stand at their default are left out."""
    return {
        "schema": SCHEMA,
        "name": preset.name,
        "restoration": settings_dict(preset.restoration),
        "export": settings_dict(preset.export),
    }


def settings_dict(settings: RestorationSettings | ExportSettings) -> dict[str, Any]:
    """Settings as plain JSON values, without those at their default."""
    standard = type(settings)()
    names = (field.name for field in fields(settings))
    changed = (name for name in names if getattr(settings, name) != getattr(standard, name))
    return {name: _plain(getattr(settings, name)) for name in changed}


def settings_from(kind: type[_Settings], data: object, origin: str) -> _Settings:
    """Settings from plain JSON values; raises SettingsError on unknown keys and impossible values."""
    if not isinstance(data, dict):
        raise SettingsError(f"the settings in {origin} are not a table of names and values")
    hints = get_type_hints(kind)
    _refuse_unknown(data, set(hints), origin)
    values: dict[str, Any] = {name: _rich(name, value, origin) for name, value in data.items()}
    for name, value in values.items():
        _need_kind(name, value, hints[name], origin)
    return kind(**values)


def set_aside(path: Path) -> Path:
    """Rename a damaged file so that it is kept but not read again; returns its new path."""
    aside = path.with_name(path.name + ".damaged")
    path.replace(aside)
    return aside


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _rich(name: str, value: object, origin: str) -> object:
    kind = _ENUMS.get(name)
    if kind is None or value is None:
        return value
    try:
        return kind(value)
    except ValueError as error:
        known = ", ".join(str(member.value) for member in kind)
        raise SettingsError(f"{name} in {origin} is {value!r}, need one of {known}") from error


def _need_kind(name: str, value: object, hint: Any, origin: str) -> None:
    number = isinstance(value, int) and not isinstance(value, bool) and isinstance(1.0, hint)
    takes_bool = hint is bool or bool in get_args(hint)
    of_kind = isinstance(value, hint) and (not isinstance(value, bool) or takes_bool)
    if not (number or of_kind):
        wanted = getattr(hint, "__name__", str(hint))
        raise SettingsError(f"{name} in {origin} is {value!r}, need {wanted}")


def _refuse_unknown(data: dict[str, Any], known: set[str], origin: str) -> None:
    unknown = sorted(set(data) - known)
    if unknown:
        raise SettingsError(f"{origin} holds the unknown setting {unknown[0]!r}")


def _file_stem(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in name.strip())
