"""The toy model for every test here, and the figures of a run, printed by -rA."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.models.registry import SPECS
from engine.models.slot import slot
from tests.clips import make_clip, motion
from tests.reliability.toy import CARRYING, TOY, install


@pytest.fixture(autouse=True)
def toy() -> Iterator[None]:
    for spec in (TOY, CARRYING):
        install(spec)
    yield
    for spec in (TOY, CARRYING):
        SPECS.pop(spec.id, None)
    slot.clear()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "source.mp4", n_frames=20, width=64, height=48, picture=motion, audio="aac")
