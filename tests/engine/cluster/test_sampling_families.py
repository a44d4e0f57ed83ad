"""Families that sample, in tiny networks, through two workers: the film of one process, byte for byte.

Two shots, so that both workers have something to do: within a shot each segment waits for what the one before it
hands on.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.cancel import CancelToken
from engine.cluster.hands import Hands
from engine.cluster.run import restore_all
from engine.events import Event, Planned, SegmentDone, Workers
from engine.models import weights_folder
from engine.models.slot import slot
from engine.models.spec import ModelSpec
from engine.restore import restore
from engine.store import store_folder
from tests.clips import make_clip, slow_picture
from tests.engine.cluster.conftest import cluster
from tests.engine.models.sampled_films import job_of
from tests.tiny_cogvideox import install_tiny_cogvideox
from tests.tiny_diffvsr import install_tiny_diffvsr
from tests.tiny_star import install_tiny_star

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(1200)]
CUT = 8
"""Frames of the first shot; the second one is as long."""


def two_shots(number: int, height: int, width: int) -> NDArray[np.uint8]:
    """(height, width, 3) uint8: a slow picture, then the same upside down in other colours."""
    picture = slow_picture(number, height, width)
    return picture if number < CUT else (255 - picture[::-1]).astype(np.uint8)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A weights folder that this process and the workers share."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("weights")
        patch.setenv(weights_folder.FOLDER_VARIABLE, str(folder))
        yield folder
    slot.clear()


@pytest.fixture(scope="module")
def hands(weights: Path) -> Iterator[Hands]:
    with cluster(2) as hands:
        yield hands


@pytest.mark.parametrize(
    ("install", "scale"),
    [(install_tiny_star, 1.0), (install_tiny_diffvsr, 4.0), (install_tiny_cogvideox, 4.0)],
)
def test_two_workers_make_the_film_of_one_process(
    hands: Hands, tmp_path: Path, install: Callable[..., ModelSpec], scale: float
) -> None:
    model = install(tmp_path, wired=True).id
    (tmp_path / "clips").mkdir()
    source = make_clip(
        tmp_path / "clips" / "clip.mp4", n_frames=2 * CUT, width=64, height=48, picture=two_shots
    )
    heard: list[Event] = []
    job = job_of(model, source, scale=scale)
    outcomes = list(restore_all(hands, [job], lambda _, event: heard.append(event), CancelToken(), 200.0))
    assert [outcome.error for outcome in outcomes] == [None]
    alone = restore(job_of(model, source, "alone.mkv", scale=scale))
    assert job.target.read_bytes() == alone.read_bytes()
    assert not store_folder(job.target).exists()
    [plan] = [event for event in heard if isinstance(event, Planned)]
    assert plan.n_shots == 2
    assert plan.n_segments >= 4
    _need_order(heard, plan.n_segments)
    at_once = [
        sum(bool(worker.segments) for worker in one.workers) for one in heard if isinstance(one, Workers)
    ]
    assert max(at_once) == 2


def _need_order(heard: list[Event], n_segments: int) -> None:
    """Each half's segments were finished in order, each of them once."""
    done = [event.index for event in heard if isinstance(event, SegmentDone)]
    assert sorted(done) == list(range(n_segments))
    for half in (range(n_segments // 2), range(n_segments // 2, n_segments)):
        assert [index for index in done if index in half] == list(half)
