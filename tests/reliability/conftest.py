"""The toy model for every test here, and what they count with."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.models.registry import SPECS
from engine.models.slot import slot
from tests.clips import make_clip, motion
from tests.reliability.figures import Count, counter
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


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Count:
    """Counts what a test shows, for the table at the end of the run."""
    return counter(record_property)
