"""What the window remembers between two starts, as one JSON file that is written whole or not at all."""

import json
import logging
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import platformdirs

from engine.atomic import write_atomically
from engine.presets import set_aside

logger = logging.getLogger(__name__)

MAX_RECENT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The folders the window may write to."""

    config: Path
    """Preferences and presets of one's own."""
    state: Path
    """The queue and what was learned about speed."""
    cache: Path
    """Previews; may be deleted at any time."""

    @classmethod
    def standard(cls) -> "Places":
        """Where this platform wants them."""
        return cls(
            config=Path(platformdirs.user_config_dir("evenstar", appauthor=False)),
            state=Path(platformdirs.user_state_dir("evenstar", appauthor=False)),
            cache=Path(platformdirs.user_cache_dir("evenstar", appauthor=False)),
        )

    @property
    def crashes(self) -> Path:
        """Reports of failures of the program itself."""
        return self.state / "crashes"

    @property
    def presets(self) -> Path:
        """Presets that people saved themselves."""
        return self.config / "presets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """Everything kept in the preferences file."""

    theme: str = "system"
    """system, light or dark."""
    language: str = "system"
    """system, or an ISO 639 code."""
    after_done: str = "nothing"
    """nothing, sleep or shutdown."""
    notify: bool = True
    keep_awake: bool = True
    shortcuts: dict[str, str] = field(default_factory=dict)
    """Command id -> key sequence in Qt's portable spelling, only where changed."""
    recent: tuple[str, ...] = ()
    last_folder: str = ""
    choice: dict[str, Any] = field(default_factory=dict)
    """The last settings, as choice.py spells them."""
    geometry: str = ""
    """Base64 of QMainWindow.saveGeometry."""
    drawer_open: bool = False
    panel_shown: bool = True
    watch_folders: tuple[str, ...] = ()
    welcomed: bool = False
    """The first start's page was seen."""


class Preferences:
    """Reads the file once, writes it on every change."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.report: str = ""
        """One sentence when the file was damaged and set aside, else empty."""
        self._now = self._read()

    @property
    def now(self) -> Remembered:
        """The present values."""
        return self._now

    def change(self, **values: Any) -> None:
        """Replace values by name and save."""
        changed = replace(self._now, **values)
        if changed == self._now:
            return
        self._now = changed
        self._write()

    def remember_clip(self, path: Path) -> None:
        """Put a clip at the head of the recent ones."""
        others = tuple(entry for entry in self._now.recent if entry != str(path))
        self.change(recent=(str(path), *others)[:MAX_RECENT], last_folder=str(path.parent))

    def _read(self) -> Remembered:
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
            return _from_dict(data)
        except FileNotFoundError:
            return Remembered()
        except (ValueError, TypeError, RecursionError, OSError) as error:
            logger.warning("preferences %s are damaged: %s", self._path, error)
            self.report = f"The preferences could not be read and were set aside as {self._move_away()}."
            return Remembered()

    def _move_away(self) -> str:
        return set_aside(self._path).name if self._path.is_file() else self._path.name

    def _write(self) -> None:
        data = {entry.name: getattr(self._now, entry.name) for entry in fields(self._now)}
        write_json(self._path, data)


def write_json(path: Path, data: object) -> None:
    """Write a file whole or not at all; on a disk that refuses, the earlier one stays and a warning is logged.

    What is kept is written again at the next change, and a job on the same disk tells the person that it is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode())
    except OSError as error:
        logger.warning("%s cannot be saved: %s", path, error)


def _from_dict(data: object) -> Remembered:
    if not isinstance(data, dict):
        raise TypeError(f"a table is needed, found {type(data).__name__}")
    standard = Remembered()
    values: dict[str, Any] = {}
    for entry in fields(Remembered):
        if entry.name not in data:
            continue
        kind = type(getattr(standard, entry.name))
        value = tuple(data[entry.name]) if kind is tuple else data[entry.name]
        if not isinstance(value, kind):
            raise TypeError(f"{entry.name} is {value!r}")
        values[entry.name] = value
    return Remembered(**values)
