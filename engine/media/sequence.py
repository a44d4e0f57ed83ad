"""Image sequences: which numbered files a printf pattern stands for."""

import re
from itertools import pairwise
from pathlib import Path

from engine.errors import SourceError

SUFFIXES = frozenset({".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp", ".dpx", ".exr", ".webp"})

_NUMBER = re.compile(r"%(0?)(\d*)d")


def is_pattern(path: Path) -> bool:
    """True when the file name holds one printf number such as %04d."""
    return len(_NUMBER.findall(path.name)) == 1


def numbered(pattern: Path, number: int) -> Path:
    """The pattern's file with this number."""
    return pattern.with_name(_NUMBER.sub(lambda found: _format(found, number), pattern.name))


def list_files(pattern: Path) -> dict[int, Path]:
    """The files that exist, by rising number; raises SourceError when there is none.

    Listing in Python, because FFmpeg's own reader stops at the first gap.
    """
    before, after = (re.escape(part) for part in _split(pattern.name))
    wanted = re.compile(f"{before}(\\d+){after}")
    folder = pattern.parent
    found: dict[int, Path] = {}
    for path in folder.iterdir() if folder.is_dir() else ():
        match = wanted.fullmatch(path.name)
        if match and numbered(pattern, int(match[1])).name == path.name:
            found[int(match[1])] = path
    if not found:
        raise SourceError(f"no file matches {pattern.name} in {folder}")
    return dict(sorted(found.items()))


def missing(numbers: list[int]) -> tuple[int, ...]:
    """The numbers between the first and the last that have no file (at most the first 10,000 of them)."""
    gaps: list[int] = []
    for before, after in pairwise(numbers):
        gaps.extend(range(before + 1, min(after, before + 10_001 - len(gaps))))
    return tuple(gaps)


def _format(found: re.Match[str], number: int) -> str:
    width = int(found[2] or 0)
    return f"{number:0{width}d}" if found[1] else f"{number:{width or 1}d}"


def _split(name: str) -> tuple[str, str]:
    match = _NUMBER.search(name)
    if match is None:
        raise SourceError(f"{name} is no numbered pattern such as frame_%04d.png")
    return name[: match.start()], name[match.end() :]
