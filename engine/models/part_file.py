"""A file on its way: its bytes so far, and a note beside them of what they are the beginning of."""

import errno
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from engine.atomic import write_atomically
from engine.errors import DiskFullError, DownloadError, EngineError
from engine.models.hub_http import Offer
from engine.models.weights_folder import part_path


class PartFile:
    """The unfinished form of `target`: `.part` with the bytes, `.part.json` with the offer and the etag."""

    def __init__(self, target: Path, offer: Offer) -> None:
        """Adopt what an earlier process left when it belongs to the same offer; discard it otherwise."""
        self.path = part_path(target)
        self._note = self.path.with_name(self.path.name + ".json")
        self._target = target
        self.offer = offer
        self.etag = self._noted_etag()
        if self.etag is None or self.n_bytes > offer.n_bytes:
            self.discard()

    @property
    def n_bytes(self) -> int:
        """Bytes that have arrived."""
        return self.path.stat().st_size if self.path.exists() else 0

    def begin(self, start: int, etag: str | None) -> None:
        """Prepare for bytes from `start` on: 0 drops what was there. Raises DiskFullError, DownloadError."""
        try:
            if start == 0:
                self.path.unlink(missing_ok=True)
            self.etag = etag or ""
            note = {"offer": asdict(self.offer), "etag": self.etag}
            write_atomically(self._note, json.dumps(note).encode())
        except OSError as error:
            raise write_error(error, self.path) from error

    def append(self, chunks: Iterable[bytes]) -> None:
        """Write chunks behind what is there.

        Raises DownloadError when more comes than was announced, and DiskFullError; passes on what `chunks`
        raises. What was written stays.
        """
        n_bytes = self.n_bytes
        try:
            with self.path.open("ab") as stream:
                for chunk in chunks:
                    n_bytes += len(chunk)
                    if n_bytes > self.offer.n_bytes:
                        raise DownloadError(f"the hub sends more of {self.offer.name} than it announced")
                    stream.write(chunk)
        except OSError as error:
            raise write_error(error, self.path) from error

    def is_offered(self, path: Path, sha256: str) -> bool:
        """True when the file at `path`, whose sha256 is known, is what the hub announced."""
        return self.offer.checksum == (sha256 if len(self.offer.checksum) == 64 else _git_sha1(path))

    def finish(self) -> None:
        """Bring the bytes to the disk, then give the file its name, at once.

        Raises DiskFullError or DownloadError; the part then stays.
        """
        try:
            with self.path.open("rb+") as stream:
                os.fsync(stream.fileno())
            self.path.replace(self._target)
            self._note.unlink(missing_ok=True)
        except OSError as error:
            raise write_error(error, self.path) from error

    def discard(self) -> None:
        """Forget the bytes and the note."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)
        self.etag = ""

    def _noted_etag(self) -> str | None:
        """The etag of the bytes, empty where the server gave none; None when they belong to nothing known."""
        try:
            note = json.loads(self._note.read_bytes())
            same = all(note["offer"][key] == getattr(self.offer, key) for key in ("n_bytes", "checksum"))
            return str(note["etag"]) if same else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None


def _git_sha1(path: Path) -> str:
    """Sha1 of the file as a git blob; hubs announce it for small files, which are read whole here."""
    content = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def write_error(error: OSError, path: Path) -> EngineError:
    """The sentence for a disk that refuses."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(f"the disk of {path.parent} is full: make room, then run the same command again")
    return DownloadError(f"cannot read or write {error.filename or path}: {error.strerror}")
