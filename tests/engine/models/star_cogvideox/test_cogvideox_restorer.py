"""STAR on CogVideoX as the application runs it: sizes, prompts, what is refused, plans; see also test_samplers.py."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.cancel import CancelToken
from engine.errors import ModelError, SettingsError
from engine.events import Event
from engine.job import Job
from engine.media.probe import probe
from engine.models import weights_folder
from engine.models.registry import SPECS
from engine.models.slot import slot
from engine.models.spec import ModelSpec
from engine.models.star_cogvideox import restorer as family
from engine.models.star_cogvideox.config import FIVE_B
from engine.plan import Shot, make_plan
from engine.restore import restore
from tests.clips import make_clip
from tests.engine.models.sampled_films import film_of, job_of
from tests.tiny_cogvideox import MODEL, install_tiny_cogvideox

SPEC = SPECS["star-cogvideox"]


@pytest.fixture(autouse=True)
def tiny_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelSpec]:
    monkeypatch.setenv(weights_folder.FOLDER_VARIABLE, str(tmp_path / "weights"))
    monkeypatch.setattr("engine.verify.first_stray", lambda *_: None)  # its pictures are noise
    monkeypatch.setattr("engine.verify.LEAST_PSNR", 0.0)
    yield install_tiny_cogvideox(tmp_path)
    slot.clear()


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """One segment, one window."""
    (tmp_path / "clips").mkdir()
    return make_clip(tmp_path / "clips" / "short.mp4", n_frames=3, width=32, height=24)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "clips").mkdir()
    return make_clip(tmp_path / "clips" / "source.mp4", n_frames=14, width=32, height=24)


def job_for(source: Path, name: str = "film.mkv", **settings: Any) -> Job:
    """Twice the size: 64 x 48 pixels in tiles of 48 x 32, windows of nine frames."""
    return job_of(MODEL, source, name, **({"scale": 2.0} | settings))


@pytest.mark.parametrize(("scale", "size"), [(1.0, (32, 24)), (2.5, (80, 60)), (4.0, (128, 96))])
def test_a_clip_becomes_a_film_of_any_size(short: Path, scale: float, size: tuple[int, int]) -> None:
    clip = probe(restore(job_for(short, scale=scale)))
    assert (clip.width, clip.height) == size


def test_no_prompt_is_the_empty_prompt(source: Path) -> None:
    films = [film_of(job_for(source, f"{i}.mkv", prompt=p)) for i, p in enumerate((None, ""))]
    assert np.array_equal(*films)


def test_a_prompt_is_read_once(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    restore(job_for(source, "first.mkv"))
    slot.clear()

    def refuse(*_: object) -> None:
        raise ModelError("the text encoder was asked")

    monkeypatch.setattr(family, "tokenize", refuse)
    restore(job_for(source, "second.mkv"))
    with pytest.raises(ModelError, match="was asked"):
        restore(job_for(source, "third.mkv", prompt="another"))


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"window": 13}, r"the window is 13 frames, Tiny STAR on CogVideoX takes 9, 17, 25$"),
        ({"steps": 1001}, r"there are 1001 steps, Tiny STAR on CogVideoX takes at most 1000$"),
        ({"tile": 64}, r"a tile size was chosen, Tiny STAR on CogVideoX has its own: leave it out$"),
    ],
)
def test_what_the_network_cannot_do_is_refused_before_the_source_is_walked_through(
    source: Path, chosen: dict[str, Any], said: str
) -> None:
    events: list[Event] = []
    with pytest.raises(SettingsError, match=said):
        restore(job_for(source, **chosen), events.append)
    assert not events


def test_another_checkpoint_is_refused_by_name(source: Path, tmp_path: Path, tiny_model: ModelSpec) -> None:
    folder = weights_folder.folder_of(tiny_model)
    (folder / "tiny_net.pt").write_bytes((folder / "tiny_vae.safetensors").read_bytes())
    digest = weights_folder.sha256_of(folder / "tiny_net.pt", lambda _: None, CancelToken())
    weights_folder.record(folder, folder / "tiny_net.pt", digest)
    with pytest.raises(ModelError, match=r"tiny_net\.pt"):
        restore(job_for(source))


@pytest.mark.parametrize(
    ("gb", "rung"), [(40, "resident"), (24, "resident"), (16, "fp8"), (12, "int8"), (8, "offload")]
)
def test_every_card_has_a_plan(gb: int, rung: str) -> None:
    budget = int(0.9 * gb * 1e9)
    plan = make_plan(SPEC, [Shot(start=0, stop=100)], width=1280, height=720, budget_bytes=budget)
    assert plan.weights.name == rung
    assert plan.peak_bytes <= budget
    assert family.window_of(plan) == 25
    tile = family.vae_tile_of(plan, FIVE_B)
    assert tile is not None
    assert min(tile) >= 32
    assert plan.tile_height == plan.tile_width == 720


@pytest.mark.parametrize(
    ("planned", "taken"), [(1, 9), (9, 9), (13, 9), (17, 17), (24, 17), (25, 25), (80, 25)]
)
def test_the_window_is_one_that_the_decoder_takes(planned: int, taken: int) -> None:
    plan = make_plan(SPEC, [Shot(start=0, stop=9)], width=64, height=64, budget_bytes=10**11, window=planned)
    assert family.window_of(plan) == taken
