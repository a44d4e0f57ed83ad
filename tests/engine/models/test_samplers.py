"""What every model that samples does as the application runs it: segments, carries, resume, rungs, settings.

What is a family's own is tested in its folder.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.cancel import Cancelled
from engine.errors import SettingsError
from engine.events import Event, Planned, Progress
from engine.job import Job
from engine.models import weights_folder
from engine.models.registry import SPECS
from engine.models.slot import slot
from engine.models.spec import ModelSpec
from engine.preview import live_frame
from engine.restore import restore
from tests.clips import make_clip
from tests.engine.models.sampled_films import MEMORY, film_of, job_of, psnr, stop_after
from tests.tiny_cogvideox import install_tiny_cogvideox
from tests.tiny_diffvsr import install_tiny_diffvsr
from tests.tiny_star import install_tiny_star

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A tiny model, and a clip that is a few of its segments long."""

    install: Callable[[Path], ModelSpec]
    base: str
    """Id of the model whose facts it takes."""
    n_frames: int
    size: tuple[int, int]
    """Width and height of the clip."""
    scale: float

    def source(self, folder: Path, n_frames: int) -> Path:
        (folder / "clips").mkdir()
        width, height = self.size
        return make_clip(folder / "clips" / "source.mp4", n_frames=n_frames, width=width, height=height)


STAR = Family(install=install_tiny_star, base="star-light", n_frames=10, size=(32, 32), scale=2.0)
DIFFVSR = Family(install=install_tiny_diffvsr, base="diffvsr", n_frames=9, size=(24, 16), scale=4.0)
COGVIDEOX = Family(
    install=install_tiny_cogvideox, base="star-cogvideox", n_frames=14, size=(32, 24), scale=2.0
)
Order = Callable[..., Job]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    torch.set_num_threads(1)
    monkeypatch.setenv(weights_folder.FOLDER_VARIABLE, str(tmp_path / "weights"))
    monkeypatch.setattr("engine.verify.LEAST_PSNR", 0.0)  # their pictures are noise
    monkeypatch.setattr("engine.verify.first_stray", lambda *_: None)
    yield
    slot.clear()


@pytest.fixture(params=[STAR, DIFFVSR, COGVIDEOX], ids=lambda family: family.base)
def family(request: pytest.FixtureRequest) -> Family:
    return request.param


@pytest.fixture
def order(family: Family, tmp_path: Path) -> Order:
    """order(name, **settings): a job for the family's tiny model on its clip of some segments."""
    return _orders(family, tmp_path, family.n_frames)


@pytest.fixture
def short_order(family: Family, tmp_path: Path) -> Order:
    """Like order, on a clip of one segment and one window."""
    return _orders(family, tmp_path, 3)


def _orders(family: Family, folder: Path, n_frames: int) -> Order:
    model, source = family.install(folder).id, family.source(folder, n_frames)

    def make(name: str = "film.mkv", **settings: Any) -> Job:
        return job_of(model, source, name, **({"scale": family.scale} | settings))

    return make


def test_a_stopped_job_goes_on_to_the_same_film(order: Order) -> None:
    whole = film_of(order("whole.mkv"))
    _stop(order())
    slot.clear()

    assert np.array_equal(film_of(order()), whole)


def test_a_lost_carry_is_made_again(order: Order) -> None:
    whole = film_of(order("whole.mkv"))
    _stop(order())
    carries = _carries(order())
    assert carries
    for path in carries:
        path.write_bytes(b"damaged")

    assert np.array_equal(film_of(order()), whole)


CHILD = """
import json, os, signal, sys
from pathlib import Path
from engine.job import Job
from engine.settings import Codec, ExportSettings, RestorationSettings
from engine.restore import restore

def listen(event):
    if type(event).__name__ == "SegmentDone":
        os.kill(os.getpid(), signal.SIGKILL)

source, target, chosen = Path(sys.argv[1]), Path(sys.argv[2]), RestorationSettings(**json.loads(sys.argv[3]))
export = ExportSettings(codec=Codec.FFV1)
restore(Job(source=source, target=target, device="cpu", restoration=chosen, export=export), listen)
"""


def test_a_killed_job_goes_on_to_the_same_film(order: Order) -> None:
    whole, job = film_of(order("whole.mkv")), order()
    chosen = job.restoration
    settings = {
        "model": chosen.model,
        "scale": chosen.scale,
        "steps": chosen.steps,
        "memory_bytes": MEMORY,
    }

    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(job.source), str(job.target), json.dumps(settings)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},  # as here: sums depend on the number of threads
        check=False,
    )

    assert child.returncode == -signal.SIGKILL
    assert not job.target.exists()
    # The recorded segment's; those sampled ahead of a slow encoder may have left theirs too.
    assert _carries(job)
    slot.clear()
    events: list[Event] = []
    assert np.array_equal(film_of(job, events.append), whole)
    assert next(event for event in events if isinstance(event, Planned)).segments_done == 1


def test_progress_moves_inside_a_segment_and_never_back(order: Order) -> None:
    events: list[Event] = []
    film_of(order(), events.append)

    done = [event.done_frames for event in events if isinstance(event, Progress) and event.stage == "restore"]
    n_frames = next(event for event in events if isinstance(event, Planned)).n_frames
    assert done == sorted(done)
    assert any(0 < frames < n_frames // 3 for frames in done)


def test_beta_and_seed_and_prompt_change_the_film(short_order: Order) -> None:
    settings = [{}, {"beta": 0.0}, {"beta": 2.0}, {"seed": 43}, {"prompt": "a red car"}]
    films = [film_of(short_order(f"{i}.mkv", **chosen)) for i, chosen in enumerate(settings)]

    assert all(not np.array_equal(films[0], film) for film in films[1:])


@pytest.fixture(params=[STAR, DIFFVSR], ids=lambda family: family.base)
def fast_order(request: pytest.FixtureRequest, tmp_path: Path) -> Order:
    """Like order, for the families that have faster sampling."""
    return _orders(request.param, tmp_path, request.param.n_frames)


def test_faster_sampling_changes_the_film(fast_order: Order) -> None:
    assert not np.array_equal(film_of(fast_order("plain.mkv")), film_of(fast_order(fast=True)))


def test_a_carry_lost_by_a_job_that_samples_faster_is_made_again(fast_order: Order) -> None:
    whole = film_of(fast_order("whole.mkv", fast=True))
    _stop(fast_order(fast=True))
    carries = _carries(fast_order())
    assert carries
    for path in carries:
        path.write_bytes(b"damaged")

    assert np.array_equal(film_of(fast_order(fast=True)), whole)


def test_a_stopped_job_that_samples_faster_goes_on_to_the_same_film(fast_order: Order) -> None:
    whole = film_of(fast_order("whole.mkv", fast=True))
    _stop(fast_order(fast=True))
    slot.clear()

    assert np.array_equal(film_of(fast_order(fast=True)), whole)


def test_a_film_is_never_half_of_it_sampled_faster(fast_order: Order) -> None:
    plain = film_of(fast_order("plain.mkv"))
    _stop(fast_order(fast=True))

    events: list[Event] = []
    assert np.array_equal(film_of(fast_order(), events.append), plain)
    assert next(event for event in events if isinstance(event, Planned)).segments_done == 0


def test_faster_sampling_is_refused_where_there_is_none(tmp_path: Path) -> None:
    order = _orders(COGVIDEOX, tmp_path, 3)
    with pytest.raises(SettingsError, match="faster sampling was chosen"):
        restore(order(fast=True))


RUNGS = [
    (STAR, "fp8", 20),
    (STAR, "offload", 60),
    (DIFFVSR, "fp8", 20),
    (DIFFVSR, "offload", 60),
    (COGVIDEOX, "fp8", 30),
    (COGVIDEOX, "int8", 40),
    (COGVIDEOX, "offload", 60),
]
"""Decibel to the film of weights that are kept as they are: measured figures are in BENCHMARKS.md."""


@pytest.mark.parametrize(
    ("family", "rung", "least"), RUNGS, ids=[f"{family.base}-{rung}" for family, rung, _ in RUNGS]
)
def test_less_memory_keeps_the_weights_otherwise(
    family: Family, short_order: Order, rung: str, least: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, base = film_of(short_order("plain.mkv")), SPECS[family.base]
    assert base.sampling is not None
    only = tuple(r for r in base.sampling.rungs if r.name == rung)
    monkeypatch.setitem(SPECS, base.id, replace(base, sampling=replace(base.sampling, rungs=only)))

    kept = film_of(short_order("kept.mkv"))

    print(f"{family.base}, {rung}: {psnr(kept, plain):.1f} dB")  # noqa: T201
    assert psnr(kept, plain) > least


@pytest.mark.parametrize(
    ("base", "rung", "least"), [("star-light", "fp8", 20), ("star-light", "offload", 60)]
)
def test_faster_sampling_goes_with_less_memory_and_resumes_there(
    base: str, rung: str, least: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast_order = _orders(STAR, tmp_path, STAR.n_frames)
    plain, spec = film_of(fast_order("plain.mkv", fast=True)), SPECS[base]
    assert spec.sampling is not None
    only = tuple(r for r in spec.sampling.rungs if r.name == rung)
    monkeypatch.setitem(SPECS, base, replace(spec, sampling=replace(spec.sampling, rungs=only)))

    kept = film_of(fast_order("kept.mkv", fast=True))
    _stop(fast_order(fast=True))
    slot.clear()

    assert psnr(kept, plain) > least
    assert np.array_equal(film_of(fast_order(fast=True)), kept)


def test_a_preview_has_the_size_of_the_film(family: Family, order: Order) -> None:
    width, height = (int(family.scale * edge) for edge in family.size)

    assert live_frame(order(), family.n_frames // 2).blend(1.0).shape == (height, width, 3)


def _stop(job: Job) -> None:
    """Run the job until its first segment is recorded."""
    listen, cancel = stop_after(1)
    with pytest.raises(Cancelled):
        restore(job, listen, cancel)


def _carries(job: Job) -> list[Path]:
    return list(job.target.parent.glob(f".{job.target.name}.evenstar/*/*.carry"))
