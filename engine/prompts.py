"""What is to be seen in each shot, for models that read text: from the settings or from files beside the clip.

`clip.txt` beside `clip.mp4` holds the prompt of that clip. `prompts.csv` in its folder has lines `file,prompt` or
`file,first frame,prompt`, with or without a heading; it speaks for several clips, and for parts of one.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import SettingsError
from engine.settings import RestorationSettings

TABLE = "prompts.csv"
LONGEST = 2000
"""Characters of a prompt; text encoders read some hundred at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """The prompts of one clip."""

    parts: tuple[tuple[int, str], ...] = ()
    """(first frame, prompt), rising; empty: the model's own default throughout."""
    origin: str | None = None
    """Name of the file they were read from; None: the settings, or nowhere."""

    def at(self, frame: int) -> str | None:
        """Return the prompt in force at an absolute frame index, None for the model's default."""
        return next((text for start, text in reversed(self.parts) if start <= frame), None)


def prompts_for(source: Path, settings: RestorationSettings) -> Prompts:
    """Return the prompts of a clip: those of the settings, else those of the files beside it.

    Raises SettingsError with file and line when such a file cannot be understood.
    """
    if settings.prompt is not None or settings.shot_prompts:
        first = () if settings.prompt is None else ((0, settings.prompt),)
        return Prompts(parts=tuple(dict((*first, *settings.shot_prompts)).items()))
    text = source.with_suffix(".txt")
    if text.is_file():
        prompt = " ".join(_read(text).split())
        return Prompts(parts=((0, _short(prompt, text.name)),) if prompt else (), origin=text.name)
    table = source.parent / TABLE
    parts = read_table(table, source.name) if table.is_file() else ()
    return Prompts(parts=parts, origin=TABLE if parts else None)


def read_table(table: Path, clip: str) -> tuple[tuple[int, str], ...]:
    """Return the lines of a table of prompts that speak of `clip`, as (first frame, prompt), rising."""
    parts: dict[int, str] = {}
    for number, row in enumerate(csv.reader(_read(table).splitlines()), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0] != clip:
            continue
        start, prompt = _parse(cells, f"{table.name}, line {number}")
        parts[start] = prompt
    return tuple(sorted(parts.items()))


def _parse(cells: Sequence[str], place: str) -> tuple[int, str]:
    if len(cells) == 2:
        return 0, _short(cells[1], place)
    if len(cells) == 3 and cells[1].isdecimal():
        return int(cells[1]), _short(cells[2], place)
    raise SettingsError(f"{place}: found {len(cells)} columns, need file,prompt or file,first frame,prompt")


def _short(prompt: str, place: str) -> str:
    if len(prompt) > LONGEST:
        raise SettingsError(f"{place}: the prompt has {len(prompt)} characters, need at most {LONGEST}")
    return prompt


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > 1 << 20:
            raise SettingsError(f"{path.name} is too large for a file of prompts (more than 1 MiB)")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name} cannot be read as text: {error}") from error
