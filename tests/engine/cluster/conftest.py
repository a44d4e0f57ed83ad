"""One cluster of two workers for all tests of a module: starting them takes seconds."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from engine.cluster.hands import Hands, local_hands
from engine.models.registry import SPECS
from tests.clips import make_clip, motion
from tests.engine.cluster import child

ROOT = Path(__file__).parent.parent.parent.parent
CHILD = (sys.executable, "-m", "tests.engine.cluster.child")


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


@pytest.fixture(scope="module")
def hands() -> Iterator[Hands]:
    before = os.environ.get("PYTHONPATH"), os.environ.get("OMP_NUM_THREADS")
    os.environ["PYTHONPATH"], os.environ["OMP_NUM_THREADS"] = str(ROOT), "1"
    try:
        with local_hands(("cpu", "cpu"), CHILD) as hands:
            deadline = time.monotonic() + 200
            while len(hands.workers()) < 2 and time.monotonic() < deadline:
                time.sleep(0.1)
                hands.refresh()
            yield hands
    finally:
        for name, value in zip(("PYTHONPATH", "OMP_NUM_THREADS"), before, strict=True):
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two shots of ten and eight frames, with sound."""
    return make_clip(tmp_path / "source.mp4", n_frames=18, width=48, height=32, picture=motion, audio="aac")
