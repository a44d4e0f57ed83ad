"""Weights come, are looked at, and go: download, import, verify, remove. The network is used by `download` only."""

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from engine.cancel import CancelToken
from engine.errors import DiskFullError, DownloadError, ModelError
from engine.models.custom import forget
from engine.models.fetch import Patience, fetch, first_contact
from engine.models.hub_http import Offer
from engine.models.part_file import PartFile, write_error
from engine.models.spec import ModelSpec, WeightFile
from engine.models.weights_folder import (
    FileState,
    OnProgress,
    Stage,
    WeightsProgress,
    converted_path,
    file_states,
    folder_of,
    ignore_progress,
    licence_accepted,
    locked,
    model_state,
    needed_sha256,
    part_path,
    path_of,
    read_ledger,
    record,
    sha256_of,
    size_text,
    today,
    write_ledger,
)

_CHUNK = 1 << 20

SPARE_BYTES = 64 << 20
"""Left free on the disk, so that the system and weights.json can still write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """What reading a file from end to end has shown."""

    name: str
    state: FileState
    """PRESENT, DAMAGED, MISSING or PARTIAL."""
    n_bytes: int = 0
    sha256: str | None = None
    """Of the bytes on disk; None where there are none."""
    needed: str | None = None
    """The sha256 that was known before; None: this was the first use, and it is pinned now."""


class _Meter:
    """Adds up bytes over the files of one stage."""

    def __init__(self, stage: Stage, total: int, on_progress: OnProgress) -> None:
        self._stage: Stage = stage
        self._total, self._on_progress = total, on_progress
        self._before = 0

    def tell(self, name: str, n_bytes: int) -> None:
        """Report n_bytes of the file at hand."""
        done = self._before + n_bytes
        self._on_progress(
            WeightsProgress(name=name, stage=self._stage, done_bytes=done, total_bytes=self._total)
        )

    def add(self, n_bytes: int) -> None:
        """Count a file as done."""
        self._before += n_bytes

    def for_stage(self, stage: Stage) -> "_Meter":
        """The same sums under another name."""
        meter = _Meter(stage, self._total, self._on_progress)
        meter._before = self._before
        return meter


def download(
    spec: ModelSpec,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
    *,
    accept_licence: str | None = None,
    patience: Patience = Patience(),
) -> None:
    """Fetch and check what the model lacks; files that are there and checked are not asked about.

    accept_licence: `spec.licence`, when the person accepts it now; None where it was accepted before.
    Raises ModelError (licence not accepted, folder in use), DownloadError, DiskFullError and Cancelled. Files
    that were finished stay; of the one at hand the bytes that arrived stay for the next call, unless damaged.
    """
    if spec.embedded:
        return
    _require_licence(spec, accept_licence)
    cancel = cancel or CancelToken()
    folder = folder_of(spec)
    with locked(folder):
        _note_licence(folder, spec.licence)
        states = file_states(spec)
        lacking = [file for file in spec.weights if states[file.name] is not FileState.PRESENT]
        parts = [_part(spec, file, first_contact(file, patience, cancel)) for file in lacking]
        _require_space(spec, sum(part.offer.n_bytes - part.n_bytes for part in parts))
        meter = _Meter("download", sum(part.offer.n_bytes for part in parts), on_progress)
        for file, part in zip(lacking, parts, strict=True):
            _bring(spec, file, part, meter, patience, cancel)
            meter.add(part.offer.n_bytes)


def import_files(
    spec: ModelSpec,
    source: Path,
    on_progress: OnProgress = ignore_progress,
    cancel: CancelToken | None = None,
) -> tuple[CheckedFile, ...]:
    """Copy the model's files from a file or a folder, without network; gives what was taken, sha256 included.

    A file whose sha256 nobody has known so far is pinned: from now on it must be this one. Raises ModelError
    (nothing found, another file than the known one, folder in use), DiskFullError and Cancelled; files that
    were finished stay, the one at hand leaves nothing.
    """
    cancel = cancel or CancelToken()
    found = _find(spec, source)
    with locked(folder_of(spec)):
        n_bytes = sum(path.stat().st_size for path in found.values())
        _require_space(spec, n_bytes)
        meter = _Meter("copy", n_bytes, on_progress)
        taken = []
        for file in spec.weights:
            if file.name in found:
                taken.append(_import(spec, file, found[file.name], meter, cancel))
                meter.add(found[file.name].stat().st_size)
    return tuple(taken)


def verify(
    spec: ModelSpec, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> tuple[CheckedFile, ...]:
    """Read every file of the model and compare its sha256; a file never seen before is pinned.

    Damaged files stay where they are and are known as damaged from then on. Raises ModelError when another
    process is changing the folder or a file cannot be read, and Cancelled.
    """
    cancel = cancel or CancelToken()
    if spec.embedded:
        return tuple(_checked(spec, file, _Meter("check", 0, on_progress), cancel) for file in spec.weights)
    with locked(folder_of(spec)):
        sizes = [path.stat().st_size for path in (path_of(spec, f) for f in spec.weights) if path.is_file()]
        meter = _Meter("check", sum(sizes), on_progress)
        return tuple(_checked(spec, file, meter, cancel) for file in spec.weights)


def remove(spec: ModelSpec, others: Iterable[ModelSpec] = ()) -> int:
    """Delete the model's files, what was made of them, and their pins; gives the bytes freed.

    A model of the user's own leaves the list.

    others: models whose files stay when they share them and are present. Raises ModelError when the model
    comes with the application, another process holds the folder, or a file cannot be deleted.
    """
    if spec.embedded:
        raise ModelError(f"{spec.title} comes with Evenstar and cannot be removed")
    kept = _used_by(others, spec)
    folder = folder_of(spec)
    with locked(folder):
        gone = [file for file in spec.weights if file.name not in kept]
        freed = sum(_delete(path) for file in gone for path in _traces(spec, file))
        ledger = read_ledger(folder)
        files = {n: r for n, r in ledger.files.items() if n not in {file.name for file in gone}}
        write_ledger(folder, replace(ledger, files=files))
        if spec.custom:
            forget(spec)
    return freed


def _require_licence(spec: ModelSpec, accepted: str | None) -> None:
    if accepted is None and licence_accepted(spec):
        return
    if accepted != spec.licence:
        raise ModelError(f"{spec.title} comes under {spec.licence}: read and accept these terms first")


def _note_licence(folder: Path, licence: str) -> None:
    ledger = read_ledger(folder)
    if licence not in ledger.licences:
        write_ledger(folder, replace(ledger, licences={**ledger.licences, licence: today()}))


def _part(spec: ModelSpec, file: WeightFile, offer: Offer) -> PartFile:
    """The part of a file, once it is sure that the hub offers the file that is known here."""
    needed = needed_sha256(spec, file)
    if len(offer.checksum) == 64 and needed not in (None, offer.checksum):
        raise DownloadError(
            f"the hub offers another {file.name} than the one known here (sha256 {offer.checksum}, need {needed}): "
            "remove the model first if that is meant"
        )
    return PartFile(path_of(spec, file), offer)


def _require_space(spec: ModelSpec, n_bytes: int) -> None:
    free = shutil.disk_usage(folder_of(spec)).free
    if n_bytes + SPARE_BYTES > free:
        raise DiskFullError(
            f"{spec.title} needs {size_text(n_bytes)} more in {folder_of(spec)}, where {size_text(free)} are free"
        )


def _bring(
    spec: ModelSpec, file: WeightFile, part: PartFile, meter: _Meter, patience: Patience, cancel: CancelToken
) -> None:
    """Fetch, check, name and pin one file; a resumed part that proves wrong is fetched afresh, once."""
    path, resumed = path_of(spec, file), part.n_bytes > 0
    if path.is_file() and path.stat().st_size == part.offer.n_bytes:
        there = _sha256(path, file, meter, cancel)
        if part.is_offered(path, there):
            part.discard()
            return record(path.parent, path, there)
    fetch(part, lambda n_bytes: meter.tell(file.name, n_bytes), patience, cancel)
    arrived = _sha256(part.path, file, meter, cancel)
    if resumed and not part.is_offered(part.path, arrived):
        part.discard()
        return _bring(spec, file, part, meter, patience, cancel)
    _refuse_damaged(part, arrived, needed_sha256(spec, file))
    part.finish()
    return record(path.parent, path, arrived, part.offer.url)


def _refuse_damaged(part: PartFile, arrived: str, needed: str | None) -> None:
    if part.is_offered(part.path, arrived) and needed in (None, arrived):
        return
    part.discard()
    raise DownloadError(
        f"{part.offer.name} arrived damaged (sha256 {arrived}, need {needed or part.offer.checksum}): "
        "nothing of it was kept, try again"
    )


def _sha256(path: Path, file: WeightFile, meter: _Meter, cancel: CancelToken) -> str:
    check = meter.for_stage("check")
    return sha256_of(path, lambda n_bytes: check.tell(file.name, n_bytes), cancel)


def _find(spec: ModelSpec, source: Path) -> dict[str, Path]:
    """The model's files at source, by name; raises ModelError when there is none, or more than one of a kind."""
    if spec.embedded:
        raise ModelError(f"{spec.title} comes with Evenstar: there is nothing to import")
    if not source.exists():
        raise ModelError(f"{source} does not exist")
    found = {file.name: path for file in spec.weights if (path := _match(file, source)) is not None}
    if not found:
        names = ", ".join(file.repo_path for file in spec.weights)
        raise ModelError(f"{source} holds no file of {spec.title}: need {names}")
    return found


def _match(file: WeightFile, source: Path) -> Path | None:
    """The file under its own name or its repository's, the longer path first."""
    names = (file.repo_path, file.name, Path(file.repo_path).name)
    if source.is_file():
        return source if source.name in {Path(name).name for name in names} else None
    for name in names:
        if (source / name).is_file():
            return source / name
    matches = sorted(path for path in source.rglob(Path(file.repo_path).name) if path.is_file())
    if len(matches) > 1:
        raise ModelError(
            f"{matches[0]} and {matches[1]} could both be {file.name}: import one of them by name"
        )
    return matches[0] if matches else None


def _import(
    spec: ModelSpec, file: WeightFile, source: Path, meter: _Meter, cancel: CancelToken
) -> CheckedFile:
    """Copy, check, name and pin one file; another file than the known one leaves nothing."""
    path, needed = path_of(spec, file), needed_sha256(spec, file)
    copied = _import_path(path)
    try:
        if not path.is_file() or not path.samefile(source):
            _copy(source, copied, lambda n_bytes: meter.tell(file.name, n_bytes), cancel)
        sha256 = _sha256(copied if copied.exists() else path, file, meter, cancel)
        if needed not in (None, sha256):
            raise ModelError(
                f"{source} is not the {file.name} that is known here (sha256 {sha256}, need {needed}): "
                "remove the model first if the change is meant"
            )
        if copied.exists():
            copied.replace(path)
    finally:
        copied.unlink(missing_ok=True)
    for leftover in _leftovers(path):
        _delete(leftover)
    record(folder_of(spec), path, sha256, "import")
    return CheckedFile(
        name=file.name,
        state=FileState.PRESENT,
        n_bytes=path.stat().st_size,
        sha256=sha256,
        needed=needed,
    )


def _copy(source: Path, target: Path, on_bytes: Callable[[int], None], cancel: CancelToken) -> None:
    n_bytes = 0
    try:
        with source.open("rb") as reading, target.open("wb") as writing:
            while chunk := reading.read(_CHUNK):
                cancel.check()
                writing.write(chunk)
                n_bytes += len(chunk)
                on_bytes(n_bytes)
            writing.flush()
            os.fsync(writing.fileno())
    except OSError as error:
        raise write_error(error, target) from error


def _checked(spec: ModelSpec, file: WeightFile, meter: _Meter, cancel: CancelToken) -> CheckedFile:
    """Read one file, compare, and note the result."""
    path, needed = path_of(spec, file), needed_sha256(spec, file)
    if not path.is_file():
        return CheckedFile(name=file.name, state=file_states(spec)[file.name], needed=needed)
    sha256, n_bytes = _sha256(path, file, meter, cancel), path.stat().st_size
    meter.add(n_bytes)
    damaged = needed not in (None, sha256)
    if not spec.embedded:
        record(folder_of(spec), path, needed or sha256, damaged=damaged)
    return CheckedFile(
        name=file.name,
        state=FileState.DAMAGED if damaged else FileState.PRESENT,
        n_bytes=n_bytes,
        sha256=sha256,
        needed=needed,
    )


def _used_by(others: Iterable[ModelSpec], spec: ModelSpec) -> set[str]:
    """Names of files in the same folder that another model, whole on this computer, needs."""
    return {
        file.name
        for other in others
        if other.id != spec.id and other.family == spec.family and model_state(other) is FileState.PRESENT
        for file in other.weights
    }


def _traces(spec: ModelSpec, file: WeightFile) -> tuple[Path, ...]:
    """Everything on disk that belongs to the file."""
    path = path_of(spec, file)
    return path, *_leftovers(path), _import_path(path), converted_path(spec, file)


def _import_path(path: Path) -> Path:
    return path.with_name(path.name + ".import")


def _leftovers(path: Path) -> tuple[Path, Path]:
    """What an unfinished download leaves."""
    part = part_path(path)
    return part, part.with_name(part.name + ".json")


def _delete(path: Path) -> int:
    """Delete a file if it is there; gives its size."""
    try:
        n_bytes = path.stat().st_size
        path.unlink()
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise ModelError(f"cannot delete {path}: {error.strerror}") from error
    return n_bytes
