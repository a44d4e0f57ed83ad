"""A full disk pauses the job, says so, and loses nothing."""

import errno
import json
import subprocess
import sys
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.cancel import Cancelled, CancelToken
from engine.errors import DiskFullError
from engine.events import Event, Notice
from engine.media.writer import SegmentWriter
from engine.restore import restore
from tests.reliability.figures import Count
from tests.reliability.films import LOSSLESS, frames_of, leftovers, toy_job
from tests.reliability.toy import CARRYING, TOY

pytestmark = pytest.mark.reliability
ROOT = Path(__file__).parent.parent.parent
DISK = "mount -t tmpfs -o size=3M small {0} && exec {1} -m tests.reliability.small_disk {0} {2}"


def in_namespace(script: str) -> list[str]:
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script]


def refused(folder: Path) -> str:
    """Why there is no small disk here, or nothing."""
    script = f"mount -t tmpfs -o size=1M small {folder}"
    try:
        trial = subprocess.run(in_namespace(script), capture_output=True, text=True, check=False)
    except OSError as error:
        return str(error)
    return "" if trial.returncode == 0 else trial.stderr.strip() or f"exit code {trial.returncode}"


@pytest.mark.parametrize("room", [20_000, 150_000, 700_000], ids=["at once", "later", "while joining"])
def test_a_really_full_disk_pauses_the_job_until_there_is_room(
    tmp_path: Path, room: int, count: Count
) -> None:
    """A tmpfs of 3 MB in a user namespace."""
    folder = tmp_path / "small"
    folder.mkdir()
    if reason := refused(tmp_path):
        pytest.skip(f"no tmpfs in a user namespace here: {reason}")
    command = in_namespace(DISK.format(folder, sys.executable, room))
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout.splitlines()[-1])
    full, again = report["codes"].index("disk-full"), report["codes"].index("disk-room")
    assert full < again
    assert report["left"] == ["film.mkv"]
    count("disk", part="tmpfs")


class FullDisk:
    """Writes of one kind fail with ENOSPC until somebody makes room."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, at: int) -> None:
        self.full, self._left = False, at
        act = getattr(owner, name)

        def acting(*arguments: Any, **options: Any) -> Any:
            self._left -= 1
            if self._left == 0:
                self.full = True
            if self.full:
                raise OSError(errno.ENOSPC, "No space left on device")
            return act(*arguments, **options)

        monkeypatch.setattr(owner, name, acting)
        monkeypatch.setattr("engine.room.free_bytes", lambda folder: 0 if self.full else 1 << 40)


@pytest.mark.parametrize(
    ("owner", "name", "at"),
    [
        (SegmentWriter, "_store", 7),
        (SegmentWriter, "_store", 20),
        ("engine.store", "write_atomically", 1),
        ("engine.store", "write_atomically", 4),
        ("engine.target", "write_atomically", 1),
        ("engine.media.mux", "_open_target", 1),
    ],
)
@pytest.mark.parametrize("model", [TOY.id, CARRYING.id])
def test_enospc_anywhere_pauses_the_job(
    source: Path, monkeypatch: pytest.MonkeyPatch, model: str, owner: Any, name: str, at: int, count: Count
) -> None:
    """In segments, carries, the manifest, the film, and the note that it gets its name."""
    wanted = frames_of(restore(toy_job(source, "whole.mkv", model=model, export=LOSSLESS)))
    disk = FullDisk(monkeypatch, import_module(owner) if isinstance(owner, str) else owner, name, at)
    told: list[str] = []

    def listen(event: Event) -> None:
        if isinstance(event, Notice):
            told.append(event.code)
            if event.code == "disk-full":
                threading.Timer(0.3, lambda: setattr(disk, "full", False)).start()

    film = restore(toy_job(source, model=model, export=LOSSLESS), listen)
    assert [code for code in told if code.startswith("disk")] == ["disk-full", "disk-room"]
    assert np.array_equal(frames_of(film), wanted)
    assert leftovers(source.parent, "source.mp4", "whole.mkv") == ["film.mkv"]
    count("disk", part="injected")


def test_a_job_that_waits_for_room_can_be_stopped(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FullDisk(monkeypatch, SegmentWriter, "_store", 12)
    cancel, told = CancelToken(), []

    def listen(event: Event) -> None:
        if isinstance(event, Notice) and event.code == "disk-full":
            told.append(event.message)
            threading.Timer(0.2, cancel.cancel).start()

    begun = time.monotonic()
    with pytest.raises(Cancelled):
        restore(toy_job(source), listen, cancel)
    assert time.monotonic() - begun < 30
    assert len(told) == 1
    assert "is full: the job waits until" in told[0]
    assert not list(source.parent.rglob("*.part"))


def test_a_film_that_cannot_fit_is_refused_before_the_start(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.room.free_bytes", lambda folder: 1000)
    with pytest.raises(DiskFullError, match=r"film\.mkv needs about .* MB on its disk while it is made"):
        restore(toy_job(source, export=LOSSLESS))
    assert leftovers(source.parent) == ["source.mp4"]
