"""The segment store: finished segments on disk, whole and recorded, so that a job survives a crash.

Beside the target lies `.{target name}.evenstar/`; in it one folder per set of settings, named by their hash,
with the segments and `manifest.json`, and where they are kept another one with the restored frames themselves.
A lock that the system releases when its process dies keeps two runs apart.
"""

import errno
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.atomic import write_atomically
from engine.errors import DiskFullError, StoreError
from engine.plan import Segment

_VERSION = 2
PUBLISHING = "publishing"
"""Name of the note that a verified film is about to get its name; it goes last."""
_MANIFEST, _DAMAGED = "manifest.json", "manifest.damaged"
_ATTEMPT = "work_"
"""What the folders of workers begin with."""
_CHUNK = 1 << 20
_MOST_TRIES = 100
"""To lock a store that other runs make and take away at the same moment."""


def store_folder(target: Path) -> Path:
    """Return where the store of `target` lies, whether it exists or not."""
    return target.parent / f".{target.name}.evenstar"


def discard(target: Path) -> None:
    """Remove the store of `target` with everything in it, if there is one."""
    shutil.rmtree(store_folder(target), ignore_errors=True)


def source_fingerprint(source: Path) -> dict[str, object]:
    """Return what identifies a source file without reading it whole: size, mtime, hash of both ends."""
    facts = source.stat()
    digest = hashlib.sha256()
    with source.open("rb") as stream:
        digest.update(stream.read(_CHUNK))
        stream.seek(max(facts.st_size - _CHUNK, 0))
        digest.update(stream.read(_CHUNK))
    return {"bytes": facts.st_size, "mtime_ns": facts.st_mtime_ns, "ends": digest.hexdigest()}


def sequence_fingerprint(files: Sequence[Path]) -> dict[str, object]:
    """Return what identifies a sequence of image files: their number, and a hash of names, sizes and mtimes."""
    facts = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return {"files": len(files), "names": hashlib.sha256(repr(facts).encode()).hexdigest()}


class Shelf:
    """Files of segments that were made with one set of facts, and the manifest that vouches for them."""

    def __init__(self, folder: Path, facts: dict[str, Any]) -> None:
        self.folder = folder
        self.facts = facts
        self.report = ""
        """One sentence when the manifest was damaged and set aside, else empty."""
        self.knobs: dict[str, int] = {}
        """What memory decided for the segments so far (Plan.knobs); empty in a new store."""
        self._segments = self._load()

    @property
    def is_empty(self) -> bool:
        """True when no segment is recorded."""
        return not self._segments

    def forget(self) -> None:
        """What an earlier run finished is not used; its files are overwritten as the work goes on."""
        self._segments, self.knobs = {}, {}

    def path(self, segment: Segment) -> Path:
        """Return where the file of `segment` belongs."""
        return self.folder / f"segment_{segment.index:06d}.mkv"

    def holds(self, segment: Segment) -> bool:
        """Return True when the segment is recorded and its file is what was recorded."""
        entry = self._segments.get(segment.index)
        return (
            entry is not None
            and (entry["start"], entry["stop"]) == (segment.start, segment.stop)
            and self.path(segment).is_file()
            and self.path(segment).stat().st_size == entry["bytes"]
            and _sha256(self.path(segment)) == entry["sha256"]
        )

    def notes(self, segment: Segment) -> bool:
        """Return True when the segment is recorded, whatever became of its file."""
        return segment.index in self._segments

    def carry_path(self, segment: Segment) -> Path:
        """Return where that belongs which `segment` hands on to the next one of its shot."""
        return self._carry(segment.index)

    def found_carry(self, index: int) -> Path:
        """Return where that lies which segment number `index` handed on."""
        return self._carry(index)

    def _carry(self, index: int) -> Path:
        return self.folder / f"segment_{index:06d}.carry"

    def holds_carry(self, segment: Segment) -> bool:
        """Return True when what the recorded segment hands on is there and is what was recorded."""
        path, entry = self.carry_path(segment), self._segments.get(segment.index, {})
        return path.is_file() and entry.get("carry") == _sha256(path)

    def drop_carry(self, index: int) -> None:
        """Remove what segment number `index` hands on: the next one is recorded."""
        self._carry(index).unlink(missing_ok=True)

    def record(self, segment: Segment) -> int:
        """Note that the file of `segment` is whole, on disk and under its name; gives its size in bytes.

        Raises DiskFullError when there is no room for the note; the segment then does not count.
        """
        path = self.path(segment)
        n_bytes = path.stat().st_size
        entry = {"start": segment.start, "stop": segment.stop, "bytes": n_bytes, "sha256": _sha256(path)}
        if self.carry_path(segment).is_file():
            entry["carry"] = _sha256(self.carry_path(segment))
        self._save({**self._segments, segment.index: entry})
        return n_bytes

    def take_over(self, other: "Shelf", segment: Segment) -> bool:
        """Make the other shelf's segment this one's, its carry too; False when the other does not hold it whole.

        Both lie on one file system. Noted first: a process that dies in between leaves it with the other shelf.
        """
        if not other.holds(segment):
            return False
        entry = other._segments[segment.index]
        self.knobs = self.knobs or other.knobs
        self._save({**self._segments, segment.index: entry})
        for path, own in (
            (other.carry_path(segment), self.carry_path(segment)),
            (other.path(segment), self.path(segment)),
        ):
            if path.is_file():
                path.replace(own)
        return True

    def _save(self, segments: dict[int, dict[str, Any]]) -> None:
        entries = [{"index": index, **entry} for index, entry in sorted(segments.items())]
        manifest = {"version": _VERSION, "facts": self.facts, "knobs": self.knobs, "segments": entries}
        self.write(self.folder / _MANIFEST, json.dumps(manifest, indent=1).encode())
        self._segments = segments

    def write(self, path: Path, content: bytes) -> None:
        """Write a file of this folder, which is made where it is missing, whole or not at all.

        Raises DiskFullError or StoreError.
        """
        self.make_folder()
        try:
            write_atomically(path, content)
        except OSError as error:
            raise self._refused(error) from error

    def make_folder(self) -> None:
        """Make the folder where it is missing; raises DiskFullError or StoreError."""
        try:
            self.folder.mkdir(exist_ok=True)
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> DiskFullError | StoreError:
        if error.errno == errno.ENOSPC:
            return DiskFullError(f"the disk of {self.folder.parent.parent} is full")
        return StoreError(f"cannot write into {self.folder.parent.name}: {error.strerror}")

    def _load(self) -> dict[int, dict[str, Any]]:
        path = self.folder / _MANIFEST
        if not path.exists():
            return {}
        try:
            manifest = json.loads(path.read_bytes())
            if manifest["version"] != _VERSION or manifest["facts"] != self.facts:
                raise ValueError("written by another version")
            segments = {_whole(entry["index"]): _entry(entry) for entry in manifest["segments"]}
            self.knobs = {str(name): _whole(value) for name, value in manifest["knobs"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            os.replace(path, path.with_suffix(".damaged"))  # noqa: PTH105
            self.report = f"the record of the finished parts was damaged and set aside as {_DAMAGED}"
            return {}
        return segments


class Attempt(Shelf):
    """What one worker makes of a part of a film: its own folder in the store's, without the store's lock.

    Workers may try the same segment; who holds the lock takes over what is whole. No name is written twice.
    """

    def __init__(self, store: Path, name: str, target: Path) -> None:
        """store: the folder of one set of settings. name: nobody else's, except to continue what it left."""
        super().__init__(store / f"{_ATTEMPT}{name}", {"store": store.name})
        self.target = target
        self.frames = Shelf(self.folder / "frames", self.facts)
        """The restored frames, where they are kept."""
        self._store = store

    def found_carry(self, index: int) -> Path:
        """Return where that lies which segment number `index` handed on: here, in the store, with another worker."""
        own, name = self._carry(index), self._carry(index).name
        places = (own, self._store / name, *sorted(self._store.glob(f"{_ATTEMPT}*/{name}")))
        return next((path for path in places if path.is_file()), own)

    def remove(self) -> None:
        """Remove the folder with everything in it."""
        shutil.rmtree(self.folder, ignore_errors=True)


class SegmentStore(Shelf):
    """The segments of one film with one set of settings; a context manager that holds the lock."""

    def __init__(
        self, target: Path, facts: dict[str, Any], frame_facts: dict[str, Any] | None = None
    ) -> None:
        """Open or create the store.

        facts: everything the encoded segments depend on, as JSON values. frame_facts: everything the restored
        frames depend on; None: the store keeps none.
        Raises StoreError when another run holds it or the folder cannot be made, DiskFullError.
        """
        self.target = target
        self._root = store_folder(target)
        self._stays = False
        self._lock = _claim(self._root, target)
        try:
            super().__init__(self._root / self.folder_name(facts), facts)
            self.make_folder()
        except BaseException:
            os.close(self._lock)
            raise
        frames = frame_facts if frame_facts is not None else {}
        self.frames = Shelf(self._root / f"frames_{_key(frames)}", frames)
        """The restored frames of segments, without loss: other export settings need no model run."""

    @staticmethod
    def folder_name(facts: dict[str, Any]) -> str:
        """Return the name of the folder for segments that depend on these facts."""
        return _key(facts)

    def __enter__(self) -> "SegmentStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def keep(self) -> None:
        """Write the manifest, even of an empty store: who plans for others leaves the folder to them."""
        self._save(self._segments)
        self._stays = True

    def close(self) -> None:
        """Release the lock; an empty store is removed, one with segments is kept for the next run."""
        # Windows removes no open file; elsewhere the lock is held until nothing is left to take away.
        if sys.platform == "win32":
            os.close(self._lock)
            self._sweep()
            return
        self._sweep()
        os.close(self._lock)

    def _sweep(self) -> None:
        if not self._root.exists():
            return
        for shelf in (self, self.frames):
            if shelf.is_empty and not (shelf is self and self._stays):
                shutil.rmtree(shelf.folder, ignore_errors=True)
        if not any(entry.name != "lock" for entry in self._root.iterdir()):
            shutil.rmtree(self._root, ignore_errors=True)

    @property
    def reports(self) -> tuple[str, ...]:
        """What was found damaged and set aside."""
        return tuple(shelf.report for shelf in (self, self.frames) if shelf.report)

    def forget(self) -> None:
        """Start afresh: what an earlier run with the same settings finished is not used."""
        super().forget()
        self.frames.forget()
        for attempt in self._attempts():
            attempt.remove()

    def gather(self, segments: Sequence[Segment]) -> None:
        """Take over what workers of an earlier run left whole, and remove the rest of it."""
        for attempt in self._attempts():
            for segment in segments:
                if attempt.notes(segment) and not self.holds(segment):
                    self.take(attempt, segment)
            attempt.remove()

    def take(self, attempt: Attempt, segment: Segment) -> bool:
        """Take over what a worker made of a segment; False when it is not whole. Raises DiskFullError."""
        if attempt.frames.folder.is_dir():
            self.frames.make_folder()
            self.frames.take_over(attempt.frames, segment)
        return self.take_over(attempt, segment)

    def _attempts(self) -> list[Attempt]:
        found = sorted(path for path in self.folder.glob(f"{_ATTEMPT}*") if path.is_dir())
        return [Attempt(self.folder, path.name.removeprefix(_ATTEMPT), self.target) for path in found]

    def remove(self, *, keep_frames: bool = False) -> None:
        """Remove everything, or everything but the restored frames: the film is finished."""
        super().forget()
        if not keep_frames:
            self.frames.forget()
        clear(self._root, self.frames.folder.name if keep_frames else None)


def clear(root: Path, but: str | None = None) -> None:
    """Remove the folders of a store, except one; notes of publication go last, whenever the process may die."""
    folders = [entry for entry in root.iterdir() if entry.is_dir() and entry.name != but]
    for folder in sorted(folders, key=lambda folder: (folder / PUBLISHING).exists()):
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name == PUBLISHING):
            if not entry.is_dir():
                entry.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Inside, no other run works on this target's store, which exists; raises StoreError when one does."""
    lock = _lock(store_folder(target) / "lock", target)
    try:
        yield
    finally:
        os.close(lock)


def _key(facts: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _entry(data: dict[str, Any]) -> dict[str, Any]:
    """One segment as the manifest has it; raises when a value is missing or of another kind."""
    numbers = {name: _whole(data[name]) for name in ("start", "stop", "bytes")}
    if not isinstance(data["sha256"], str):
        raise TypeError("a checksum is not text")
    carry = {"carry": str(data["carry"])} if "carry" in data else {}
    return {**numbers, "sha256": data["sha256"], **carry}


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no whole number")
    return value


def fsync_file(path: Path) -> None:
    """Return when the file's bytes, or a folder's names where the system can, are on the disk."""
    if path.is_dir():
        if sys.platform == "win32":
            return
        handle = os.open(path, os.O_RDONLY)
    else:
        handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _claim(root: Path, target: Path) -> int:
    """The lock of the store in `root`, which is made; another run may take its own empty one away meanwhile."""
    for _ in range(_MOST_TRIES):
        try:
            root.mkdir(parents=True, exist_ok=True)
            handle = _lock(root / "lock", target)
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise DiskFullError(f"the disk of {target.parent} is full") from error
            raise StoreError(f"cannot write beside {target.name}: {error.strerror}") from error
        if _is_at(handle, root / "lock"):
            return handle
        os.close(handle)
    raise StoreError(f"another run of Evenstar is working on {target.name}")


def _is_at(handle: int, path: Path) -> bool:
    """False when the opened file was removed, so that its lock keeps nobody out."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _lock(path: Path, target: Path) -> int:
    """A handle that holds the lock file; raises StoreError when another one does, OSError."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise StoreError(f"another run of Evenstar is working on {target.name}") from None
    return handle
