"""Where the film goes: refused when taken, written under a working name, published in one step."""

import re
from pathlib import Path

from engine.errors import ExportError, SettingsError
from engine.job import Job
from engine.media.sequence import is_pattern

_NUMBER = re.compile(r"%0?\d*d")


def is_sequence(target: Path) -> bool:
    """Return True for a printf pattern such as frame_%06d.png."""
    return is_pattern(target)


def files_of(target: Path) -> list[Path]:
    """Return the files that exist at a target: itself, or every file its pattern matches."""
    if not is_sequence(target):
        return [target] if target.exists() else []
    before, after = _NUMBER.split(target.name, maxsplit=1)
    pattern = re.compile(re.escape(before) + r"\d+" + re.escape(after))
    if not target.parent.is_dir():
        return []
    return sorted(path for path in target.parent.iterdir() if pattern.fullmatch(path.name))


def refuse_existing(job: Job) -> None:
    """Raise SettingsError when the target is the source, a folder, or there already and to be kept."""
    if job.target.is_dir():
        raise SettingsError(f"{job.target.name} is a folder: give a file name")
    if job.target.exists() and job.source.exists() and job.target.samefile(job.source):
        raise SettingsError(f"{job.target.name} is the source itself: choose another name")
    if not job.overwrite and files_of(job.target):
        raise SettingsError(f"{job.target.name} exists already: choose another name, or overwrite it")


def working_name(folder: Path, target: Path) -> Path:
    """Return the name inside the store under which the film is built; same suffix, same pattern."""
    return folder / (f"film_%06d{target.suffix}" if is_sequence(target) else f"film{target.suffix}")


def publish(film: Path, target: Path) -> None:
    """Give the verified film its name; both lie on one file system, so a single file appears at once.

    Raises ExportError when the system refuses; the film then stays in the store.
    """
    try:
        if not is_sequence(film):
            film.replace(target)
            return
        for path in files_of(target):
            path.unlink()
        for path in files_of(film):
            path.replace(target.parent / (target.name % int(path.stem.removeprefix("film_"))))
    except OSError as error:
        raise ExportError(f"cannot write {target.name}: {error.strerror}") from error
