"""Where weights live on this computer, and what is known about each file without reading it.

One folder per family, so that models of a family share what they have in common. In it lie the files and
`weights.json`, which pins the sha256 of every file that was checked and keeps the licences that were accepted.
Files that are on their way end in `.part`.
"""

import hashlib
import importlib.resources
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import Enum
from pathlib import Path
from typing import Literal

import platformdirs

from engine.atomic import write_atomically
from engine.cancel import CancelToken
from engine.errors import ModelError, WeightsBusyError
from engine.models.spec import ModelSpec, WeightFile

FOLDER_VARIABLE = "EVENSTAR_WEIGHTS"
"""Environment variable that moves the weights to another folder."""

_VERSION = 1
_CHUNK = 1 << 20


class FileState(Enum):
    """What is known about a file, or about all files of a model, without reading them."""

    PRESENT = "present"
    """There, of the recorded size and time."""
    UNCHECKED = "unchecked"
    """There, but put or touched by somebody else since its sha256 was last computed: verify decides."""
    PARTIAL = "partial"
    """A download was begun; of a model: some files are there and some are not."""
    MISSING = "missing"
    DAMAGED = "damaged"
    """There, and not what was recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """What was true of a file when its bytes were last read."""

    sha256: str
    """Pinned: a later file of this name must have the same."""
    n_bytes: int
    mtime_ns: int
    origin: str
    """The address it was fetched from, or "import" or "found"."""
    pinned_on: str
    """UTC day of the first record, YYYY-MM-DD."""
    damaged: bool = False
    """The last verification read other bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The content of a family's weights.json."""

    files: dict[str, FileRecord] = field(default_factory=dict)
    """By file name."""
    licences: dict[str, str] = field(default_factory=dict)
    """UTC day of acceptance by licence expression."""


Stage = Literal["download", "copy", "check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsProgress:
    """How far a download, an import or a verification is."""

    name: str
    """The file at hand."""
    stage: Stage
    done_bytes: int
    """Of this stage, over all files concerned."""
    total_bytes: int
    """Of this stage, over all files concerned."""


OnProgress = Callable[[WeightsProgress], None]


def ignore_progress(progress: WeightsProgress) -> None:
    """Listen to nothing."""
    del progress


def weights_root() -> Path:
    """The folder of all weights: EVENSTAR_WEIGHTS, or a folder among the user's data."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_data_path("evenstar", appauthor=False) / "weights"


def folder_of(spec: ModelSpec) -> Path:
    """The folder of the model's family, whether it exists or not."""
    return weights_root() / spec.family


def path_of(spec: ModelSpec, file: WeightFile) -> Path:
    """Where the file belongs, whether it is there or not."""
    if spec.embedded:
        return Path(str(importlib.resources.files("resources") / "weights" / file.name))
    return folder_of(spec) / file.name


def converted_path(spec: ModelSpec, file: WeightFile) -> Path:
    """Where a family keeps what it makes of a published file; `remove` takes it away with its source."""
    return folder_of(spec) / "converted" / f"{file.name}.safetensors"


def part_path(path: Path) -> Path:
    """The name of a file on its way to `path`."""
    return path.with_name(path.name + ".part")


def file_states(spec: ModelSpec) -> dict[str, FileState]:
    """The state of each of the model's files, by name; raises ModelError when weights.json is unreadable."""
    ledger = read_ledger(folder_of(spec))
    return {file.name: _state(spec, file, ledger) for file in spec.weights}


def model_state(spec: ModelSpec) -> FileState:
    """The state of the model as a whole; raises ModelError when weights.json is unreadable."""
    states = set(file_states(spec).values()) or {FileState.PRESENT}
    if len(states) == 1:
        return states.pop()
    if FileState.DAMAGED in states:
        return FileState.DAMAGED
    return FileState.UNCHECKED if states == {FileState.PRESENT, FileState.UNCHECKED} else FileState.PARTIAL


def locate(spec: ModelSpec, file: WeightFile) -> Path:
    """The file, present and checked; raises ModelError that names what is wrong and what helps."""
    state = _state(spec, file, read_ledger(folder_of(spec)))
    if state is FileState.PRESENT:
        return path_of(spec, file)
    if state is FileState.UNCHECKED:
        raise ModelError(f"{file.name} was not checked yet: run `evenstar models verify {spec.id}`")
    raise ModelError(
        f"{file.name} of {spec.title} is {state.value}: run `evenstar models download {spec.id}`"
    )


def require_weights(spec: ModelSpec) -> None:
    """Raise ModelError that names what is wrong and what helps unless every file is present and checked."""
    for file in spec.weights if not spec.embedded else ():
        locate(spec, file)


def licence_accepted(spec: ModelSpec) -> bool:
    """True when nothing needs acceptance, or when these very terms were accepted on this computer."""
    return spec.embedded or spec.licence in read_ledger(folder_of(spec)).licences


def read_ledger(folder: Path) -> Ledger:
    """The folder's weights.json, empty where there is none; raises ModelError when it is unreadable."""
    path = folder / "weights.json"
    try:
        content = json.loads(path.read_bytes())
        files = {name: FileRecord(**record) for name, record in content["files"].items()}
        return Ledger(files=files, licences=dict(content["licences"]))
    except FileNotFoundError:
        return Ledger()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"{path} is damaged ({error}): delete it, then verify the models again") from error


def write_ledger(folder: Path, ledger: Ledger) -> None:
    """Replace the folder's weights.json; raises ModelError, the old one then stays."""
    content = {"version": _VERSION, **asdict(ledger)}
    try:
        write_atomically(folder / "weights.json", json.dumps(content, indent=1).encode())
    except OSError as error:
        raise ModelError(f"cannot write to {folder}: {error.strerror}") from error


def record(
    folder: Path, path: Path, sha256: str, origin: str | None = None, *, damaged: bool = False
) -> None:
    """Note in weights.json what `path` is now; the day of the first record stays.

    sha256: what the file must be from now on; damaged: it is not; origin: None keeps the one known. Raises
    ModelError; the old note then stays.
    """
    ledger = read_ledger(folder)
    facts = path.stat()
    known = ledger.files.get(path.name)
    ledger.files[path.name] = FileRecord(
        sha256=sha256,
        n_bytes=facts.st_size,
        mtime_ns=facts.st_mtime_ns,
        origin=origin or (known.origin if known else "found"),
        pinned_on=known.pinned_on if known else today(),
        damaged=damaged,
    )
    write_ledger(folder, ledger)


def needed_sha256(spec: ModelSpec, file: WeightFile) -> str | None:
    """What the file's sha256 must be: the application's, or the one pinned here; None before first use."""
    known = read_ledger(folder_of(spec)).files.get(file.name)
    return file.sha256 or (known.sha256 if known else None)


def today() -> str:
    """The UTC day as YYYY-MM-DD."""
    return time.strftime("%Y-%m-%d", time.gmtime())


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for changes; the system lets go when the process dies.

    Raises WeightsBusyError when another process holds it, ModelError when the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise ModelError(f"cannot write to {folder}: {error.strerror}") from error
    try:
        _claim(handle, folder)
        yield
    finally:
        os.close(handle)


def _claim(handle: int, folder: Path) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise WeightsBusyError(
            f"another Evenstar is working on the weights in {folder}: wait until it is done"
        ) from None


def sha256_of(path: Path, on_bytes: Callable[[int], None], cancel: CancelToken) -> str:
    """The file's sha256, lower-case hexadecimal; on_bytes hears how many bytes were read.

    Raises ModelError when the file cannot be read, and Cancelled.
    """
    digest, done = hashlib.sha256(), 0
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                cancel.check()
                digest.update(chunk)
                done += len(chunk)
                on_bytes(done)
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}") from error
    return digest.hexdigest()


def size_text(n_bytes: int | None) -> str:
    """A number of bytes as people say it: 640 B, 12.5 MB, 8.16 GB; "unknown" for None."""
    if n_bytes is None:
        return "unknown"
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if n_bytes >= factor:
            return f"{n_bytes / factor:.3g} {unit}"
    return f"{n_bytes} B"


def _state(spec: ModelSpec, file: WeightFile, ledger: Ledger) -> FileState:
    path = path_of(spec, file)
    if not path.is_file():
        return FileState.PARTIAL if part_path(path).exists() else FileState.MISSING
    if spec.embedded:
        return FileState.PRESENT
    known, facts = ledger.files.get(file.name), path.stat()
    if known is None:
        return FileState.UNCHECKED
    if known.damaged or known.n_bytes != facts.st_size or file.sha256 not in (None, known.sha256):
        return FileState.DAMAGED
    return FileState.PRESENT if known.mtime_ns == facts.st_mtime_ns else FileState.UNCHECKED
