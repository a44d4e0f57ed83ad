"""Kills a restoration at random moments of each of its stages, lets it resume, and compares the films.

    python -m tests.reliability.kills --kills 200

A child process restores a tiny clip. In it, and only in it, one stage's functions are wrapped so that the process
ends itself with SIGKILL at a random call, a random time into it. Then the same job runs to its end, and its film
must be the uninterrupted one, frame for frame and packet for packet. Children are forked from this process, which
has loaded everything and computed nothing, so that a kill costs a second and not the start of an interpreter.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from engine.events import Event, Planned
from engine.job import Job
from engine.media import mux as mux_room
from engine.media.encoder import ENCODER_NAMES as _LOADED  # noqa: F401  (loads av before the fork)
from engine.media.reader import Reader
from engine.media.writer import SegmentWriter
from engine.models.compact.restorer import CompactRestorer
from engine.models.compact.spec import COMPACT
from engine.models.registry import SPECS
from engine.restore import restore
from engine.settings import RestorationSettings
from tests.clips import make_clip, motion, packet_bytes
from tests.reliability.toy import TOY, ToyRestorer, install

STAGES = ("decode", "model", "encode", "mux", "rename")
MODELS = ("compact", "toy")
SURVIVED, TOO_LATE = 0, 3
_LONGEST_RUN = 120.0
"""Seconds; a child that takes longer hangs."""


@dataclass(frozen=True)
class Figures:
    """What a series of kills showed."""

    model: str
    stage: str
    kills: int
    resumed: int
    """Of them, runs that found finished segments."""

    def __str__(self) -> str:
        return f"{self.model}, {self.stage}: {self.kills} kills survived, {self.resumed} with segments kept"


class Killer:
    """Ends this process the n-th time a wrapped function is called, some time into the call."""

    def __init__(self, calls: int, delay: float) -> None:
        self._left = calls
        self._delay = delay

    def wrap(self, owner: Any, name: str) -> None:
        act = getattr(owner, name)

        def acting(*arguments: Any, **options: Any) -> Any:
            self._left -= 1
            if self._left == 0:
                threading.Timer(self._delay, _die).start() if self._delay else _die()
            return act(*arguments, **options)

        setattr(owner, name, acting)

    def wrap_generator(self, owner: Any, name: str) -> None:
        act = getattr(owner, name)

        def acting(*arguments: Any, **options: Any) -> Iterator[Any]:
            for item in act(*arguments, **options):
                self._left -= 1
                if self._left == 0:
                    threading.Timer(self._delay, _die).start() if self._delay else _die()
                yield item

        setattr(owner, name, acting)

    def arm(self, stage: str) -> None:
        """Wrap the stage's functions in this process."""
        if stage == "decode":
            self.wrap(Reader, "_frame")
        elif stage == "model":
            self.wrap(CompactRestorer, "_tile")
            self.wrap(ToyRestorer, "window")
        elif stage == "encode":
            self.wrap(SegmentWriter, "_store")
        elif stage == "mux":
            self.wrap_generator(mux_room, "_interleaved")
        else:
            self.wrap(os, "replace")
            self.wrap(Path, "replace")
            self.wrap(Path, "unlink")


CALLS = {"decode": 28, "model": 10, "encode": 50, "mux": 60, "rename": 32}
"""About how often a stage is called in a whole run of the clip; later moments never come."""
DELAY = {"decode": 0.002, "model": 0.02, "encode": 0.01, "mux": 0.003, "rename": 0.001}
"""Seconds; about how long a call takes."""


def kill_series(
    model: str,
    stage: str,
    n_kills: int,
    folder: Path,
    seed: int = 0,
    say: Callable[[str], None] | None = None,
) -> Figures:
    """Kill and resume so many times; raises AssertionError with the seed of the first film that differs."""
    source = clip_in(folder)
    reference = folder / f"{model}.mkv"
    if not reference.exists():
        assert _child(job(model, source, reference)) == SURVIVED
    wanted = {kind: packet_bytes(reference, kind) for kind in ("video", "audio")}
    dice = random.Random(f"{seed}/{model}/{stage}")
    kills = resumed = 0
    while kills < n_kills:
        calls, delay = dice.randint(1, CALLS[stage]), dice.choice([0.0, dice.uniform(0, DELAY[stage])])
        killed, kept = _kill_once(
            job(model, source, folder / "work" / "film.mkv"), stage, calls, delay, wanted
        )
        kills += killed
        resumed += killed and kept
    figures = Figures(model, stage, kills, resumed)
    (say or _say)(str(figures))
    return figures


def _kill_once(
    wanted_job: Job, stage: str, calls: int, delay: float, wanted: dict[str, Any]
) -> tuple[bool, bool]:
    """Whether the child was killed, and whether the next run found segments of it."""
    target, moment = wanted_job.target, f"{stage}, call {calls}, {delay * 1000:.2f} ms"
    target.parent.mkdir()
    try:
        code = _child(wanted_job, lambda: Killer(calls, delay).arm(stage))
        assert code in (-signal.SIGKILL, SURVIVED), f"{moment}: the child ended with {code}"
        killed = code != SURVIVED
        kept = False
        if killed:
            published = target.exists()
            note = target.parent / "segments"
            code = _child(wanted_job, note=note)
            # A process that died after it had cleared its store left a finished film: it "exists already".
            assert code == SURVIVED or (published and code == TOO_LATE), (
                f"{moment}: resuming ended with {code}"
            )
            kept = note.exists() and int(note.read_text()) > 0
            note.unlink(missing_ok=True)
        for kind, packets in wanted.items():
            assert packet_bytes(target, kind) == packets, f"{moment}: the {kind} differs"
        rest = sorted(path.name for path in target.parent.iterdir() if path.name != target.name)
        assert rest in ([], [f".{target.name}.evenstar"]), f"{moment}: left behind {rest}"
        if rest:
            inside = [
                p.name for p in (target.parent / rest[0]).rglob("*") if p.is_file() and p.name != "lock"
            ]
            assert published, f"{moment}: a store is left"
            assert not inside, f"{moment}: left behind {inside}"
    finally:
        shutil.rmtree(target.parent)
    return killed, kept


def _child(job: Job, prepare: Callable[[], None] = lambda: None, note: Path | None = None) -> int:
    """Restore in a forked process; gives its exit code, or minus the signal that ended it."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            prepare()
            code = _restored(job, note)
        finally:
            os._exit(code)
    deadline = time.monotonic() + _LONGEST_RUN
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(pid, signal.SIGABRT)
    os.waitpid(pid, 0)
    raise AssertionError("the child hangs")


def _restored(job: Job, note: Path | None) -> int:
    from engine.errors import SettingsError

    torch.set_num_threads(1)

    def listen(event: Event) -> None:
        if isinstance(event, Planned) and note is not None:
            note.write_text(str(event.segments_done))

    try:
        restore(job, listen)
    except SettingsError as error:
        return TOO_LATE if "exists already" in str(error) else 1
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        raise
    return SURVIVED


def clip_in(folder: Path) -> Path:
    """A tiny moving clip with sound, made once."""
    path = folder / "source.mp4"
    if not path.exists():
        make_clip(path, n_frames=20, width=48, height=32, picture=motion, audio="aac")
    return path


def job(model: str, source: Path, target: Path) -> Job:
    """The job that is killed: five segments of four frames."""
    settings = RestorationSettings(model=model, scale=2, condition=0.5)
    return Job(source=source, target=target, restoration=settings, device="cpu")


def prepare_models() -> None:
    """Short segments, so that there are several; those of the sampling model hand something on."""
    SPECS["compact"] = replace(COMPACT, segment_frames=4, window=2)
    install(replace(TOY, segment_frames=4, window=2, carries=True))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Kill as often as asked, all stages and models."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=25, help="of each stage of each model")
    parser.add_argument("--model", choices=MODELS, action="append", help="only this one")
    parser.add_argument("--stage", choices=STAGES, action="append", help="only this one")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    chosen = parser.parse_args()
    prepare_models()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        all_figures = [
            kill_series(model, stage, chosen.kills, Path(folder), chosen.seed)
            for model in chosen.model or MODELS
            for stage in chosen.stage or STAGES
        ]
    total = sum(figures.kills for figures in all_figures)
    _say(f"{total} kills survived, every film as the uninterrupted one; {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
