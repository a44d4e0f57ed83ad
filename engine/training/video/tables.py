"""Strict TOML: a table becomes a frozen value, and every key must be one of its fields."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from engine.training.config import ConfigError

T = TypeVar("T")


def read_table(kind: type[T], table: Mapping[str, Any], place: str, **parts: Any) -> T:
    """An instance of a dataclass from a table, tables inside it included; raises ConfigError naming the place.

    parts: fields that are known already and that the table must not name.
    """
    hints = get_type_hints(kind)
    known = {f.name: f for f in fields(kind) if f.name not in parts}  # type: ignore[arg-type]
    if unknown := sorted(set(table) - set(known)):
        raise ConfigError(f"{place}: unknown {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    required = {n for n, f in known.items() if f.default is MISSING and f.default_factory is MISSING}
    if missing := sorted(required - set(table)):
        raise ConfigError(f"{place}: missing {', '.join(missing)}")
    values = {name: _value(hints[name], value, f"{place}.{name}") for name, value in table.items()}
    try:
        return kind(**values, **parts)
    except ConfigError:
        raise
    except ValueError as error:
        raise ConfigError(f"{place}: {error}") from error


def _value(kind: Any, value: Any, place: str) -> Any:
    """A TOML value as a field's type wants it."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _value(next(a for a in arguments if a is not type(None)), value, place)
    if origin is Literal:
        if value not in arguments:
            raise ConfigError(f"{place} is {value!r}, need one of {', '.join(map(str, arguments))}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise ConfigError(f"{place} is {value!r}, need a list")
        return tuple(_value(arguments[0], entry, f"{place} {i}") for i, entry in enumerate(value, 1))
    if isinstance(kind, type) and is_dataclass(kind):
        if not isinstance(value, dict):
            raise ConfigError(f"{place} is {value!r}, need a table")
        return read_table(kind, value, place)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise ConfigError(f"{place} is {value!r}, need {kind.__name__}")
    return value
