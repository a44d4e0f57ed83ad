"""Where the film goes: refused when taken, written under a working name, published in one step."""

import errno
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

from engine.atomic import write_atomically
from engine.errors import DiskFullError, EngineError, ExportError, SettingsError
from engine.job import Job
from engine.media.sequence import is_pattern, numbered
from engine.store import PUBLISHING as _NOTE
from engine.store import clear, fsync_file, locked, store_folder

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


def publish(film: Path, job: Job) -> None:
    """Give the verified film its name; both lie on one file system, so a single file appears at once.

    A note in the store says so first: a process that dies in between leaves work for finish_publication().
    Raises SettingsError when somebody took the name meanwhile, DiskFullError, and ExportError when the system
    refuses otherwise; the film then stays in the store.
    """
    refuse_existing(job)
    note = film.parent / _NOTE
    try:
        for path in files_of(film):
            fsync_file(path)
        _write_note(note, job, "clear")
        if is_sequence(film):
            for path in files_of(job.target):
                path.unlink()
            _write_note(note, job, "move")
        _move(film, job.target)
        fsync_file(job.target.parent)
    except OSError as error:
        raise _refused(job, error) from error


def finish_publication(job: Job) -> bool:
    """Complete what a process began that died while it gave a film its name; True: that was this job's film.

    Raises StoreError when another run is at it, ExportError when the system refuses.
    """
    notes = list(store_folder(job.target).glob(f"*/{_NOTE}"))
    if not notes:
        return False
    finished = False
    with locked(job.target):
        for note in notes:
            finished = _complete(note, job) or finished
    return finished


def _complete(note: Path, job: Job) -> bool:
    film = working_name(note.parent, job.target)
    try:
        said = json.loads(note.read_bytes())
        if files_of(film):
            if is_sequence(film) and said["stage"] == "clear":
                for path in files_of(job.target):
                    path.unlink()
                _write_note(note, job, "move")
            _move(film, job.target)
        if files_of(job.target) and said["job"] == _identity(job):
            clear(note.parent.parent)
            return True
        note.unlink()
    except OSError as error:
        raise _refused(job, error) from error
    except (ValueError, KeyError, TypeError, RecursionError):
        note.unlink()
    return False


def _refused(job: Job, error: OSError) -> EngineError:
    if error.errno == errno.ENOSPC:
        return DiskFullError(f"the disk of {job.target.parent} is full: {job.target.name} has no name yet")
    return ExportError(f"cannot write {job.target.name}: {error.strerror}")


def _move(film: Path, target: Path) -> None:
    if not is_sequence(film):
        film.replace(target)
        return
    for path in files_of(film):
        path.replace(numbered(target, int(path.stem.removeprefix("film_"))))


def _write_note(note: Path, job: Job, stage: str) -> None:
    write_atomically(note, json.dumps({"job": _identity(job), "stage": stage}).encode())


def _identity(job: Job) -> str:
    """The same for every run of a job, whether it resumes or overwrites."""
    return hashlib.sha256(repr(replace(job, resume=True, overwrite=False)).encode()).hexdigest()
