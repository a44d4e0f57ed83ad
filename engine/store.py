"""The segment store: finished segments on disk, whole and recorded, so that a job survives a crash.

Beside the target lies `.{target name}.evenstar/`; in it one folder per set of settings, named by their hash,
with the segments and `manifest.json`. A lock that the system releases when its process dies keeps two runs
apart.
"""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.errors import StoreError
from engine.plan import Segment

_VERSION = 2
_CHUNK = 1 << 20


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


class SegmentStore:
    """The segments of one film with one set of settings; a context manager that holds the lock."""

    def __init__(self, target: Path, facts: dict[str, Any]) -> None:
        """Open or create the store.

        facts: everything the encoded segments depend on, as JSON values.
        Raises StoreError when another run holds it or the folder cannot be made.
        """
        self.facts = facts
        self._root = store_folder(target)
        key = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
        self.folder = self._root / key
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot write beside {target.name}: {error.strerror}") from error
        self._lock = _lock(self._root / "lock", target)
        self.knobs: dict[str, int] = {}
        """What memory decided for the segments so far (Plan.knobs); empty in a new store."""
        self._segments = self._load()

    def __enter__(self) -> "SegmentStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the lock; an empty store is removed, one with segments is kept for the next run."""
        os.close(self._lock)
        if not self._segments and self._root.exists():
            shutil.rmtree(self.folder, ignore_errors=True)
            if not any(entry.name != "lock" for entry in self._root.iterdir()):
                shutil.rmtree(self._root, ignore_errors=True)

    def forget(self) -> None:
        """Start afresh: what an earlier run with the same settings finished is not used."""
        self._segments, self.knobs = {}, {}

    def remove(self) -> None:
        """Remove everything: the film is finished."""
        self._segments = {}
        for entry in self._root.iterdir():
            if entry.name != "lock":
                shutil.rmtree(entry, ignore_errors=True)

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

    def carry_path(self, segment: Segment) -> Path:
        """Return where that belongs which `segment` hands on to the next one of its shot."""
        return self.folder / f"segment_{segment.index:06d}.carry"

    def holds_carry(self, segment: Segment) -> bool:
        """Return True when what the recorded segment hands on is there and is what was recorded."""
        path, entry = self.carry_path(segment), self._segments.get(segment.index, {})
        return path.is_file() and entry.get("carry") == _sha256(path)

    def drop_carry(self, index: int) -> None:
        """Remove what segment number `index` hands on: the next one is recorded."""
        (self.folder / f"segment_{index:06d}.carry").unlink(missing_ok=True)

    def record(self, segment: Segment) -> int:
        """Note that the file of `segment` is whole; gives its size in bytes."""
        path = self.path(segment)
        n_bytes = path.stat().st_size
        self._segments[segment.index] = {
            "start": segment.start,
            "stop": segment.stop,
            "bytes": n_bytes,
            "sha256": _sha256(path),
        }
        if self.carry_path(segment).is_file():
            self._segments[segment.index]["carry"] = _sha256(self.carry_path(segment))
        self._save()
        return n_bytes

    def _save(self) -> None:
        entries = [{"index": index, **entry} for index, entry in sorted(self._segments.items())]
        manifest = {
            "version": _VERSION,
            "facts": self.facts,
            "knobs": self.knobs,
            "segments": entries,
        }
        write_atomically(self.folder / "manifest.json", json.dumps(manifest, indent=1).encode())

    def _load(self) -> dict[int, dict[str, Any]]:
        path = self.folder / "manifest.json"
        if not path.exists():
            return {}
        try:
            manifest = json.loads(path.read_bytes())
            if manifest["version"] != _VERSION or manifest["facts"] != self.facts:
                raise ValueError("written by another version")
            self.knobs = {str(name): int(value) for name, value in manifest["knobs"].items()}
            return {int(entry.pop("index")): dict(entry) for entry in manifest["segments"]}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            os.replace(path, path.with_suffix(".damaged"))  # noqa: PTH105
            return {}


def fsync_file(path: Path) -> None:
    """Return when the file's bytes are on the disk."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` so that after a crash the file is either the old one or the new one."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _lock(path: Path, target: Path) -> int:
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
