"""One cluster of two workers for all tests of a module: starting them takes seconds."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from engine.cluster.hands import Hands, local_hands
from engine.models.registry import SPECS
from tests.clips import make_clip, motion
from tests.engine.cluster import child

ROOT = Path(__file__).parent.parent.parent.parent
CHILD = (sys.executable, "-m", "tests.engine.cluster.child")
START_SECONDS = 200.0

Recruit = Callable[..., int]
"""recruit(command=..., NAME=value, ...): start one more worker with these environment variables; gives its pid."""


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same models as in the workers, on as many threads: with another number torch rounds otherwise."""
    for name, spec in child.models().items():
        monkeypatch.setitem(SPECS, name, spec)
    child.install_models()
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@contextmanager
def cluster(n_workers: int, **environment: str) -> Iterator[Hands]:
    """A scheduler in this process and workers that are there already, with these environment variables."""
    ours = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"} | environment
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        with local_hands(("cpu",) * n_workers, CHILD) as hands:
            await_workers(hands, n_workers)
            yield hands
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def await_workers(hands: Hands, n_workers: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while len(hands.workers()) < n_workers:
        assert time.monotonic() < deadline, f"{len(hands.workers())} of {n_workers} workers have come"
        time.sleep(0.1)
        hands.refresh()


@pytest.fixture(scope="module")
def hands() -> Iterator[Hands]:
    with cluster(2) as hands:
        yield hands


@pytest.fixture
def alone() -> Iterator[Hands]:
    """A scheduler without workers: see recruit."""
    with cluster(0) as hands:
        yield hands


@pytest.fixture
def recruit(alone: Hands) -> Iterator[Recruit]:
    """Starts workers one by one and returns when they are there; they are ended with the test."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(*before: str, command: tuple[str, ...] = CHILD, **environment: str) -> int:
        arguments = ("worker", "--scheduler", alone.address, "--device", "cpu") if command is CHILD else ()
        process = subprocess.Popen(
            [*before, *command, *arguments], env=os.environ | environment, start_new_session=True
        )
        processes.append(process)
        await_workers(alone, len(processes))
        return process.pid

    yield start
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """One shot of eighteen frames, with sound: five segments."""
    return make_clip(tmp_path / "source.mp4", n_frames=18, width=48, height=32, picture=motion, audio="aac")
