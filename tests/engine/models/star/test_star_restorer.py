"""STAR as the application runs it: sizes, prompts, tiles; what all samplers do is in test_samplers.py."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.errors import ModelError, SettingsError
from engine.events import Event, Notice
from engine.job import Job
from engine.media.probe import probe
from engine.models import weights_folder
from engine.models.compiled import Compiled
from engine.models.slot import slot
from engine.models.spec import ModelSpec
from engine.restore import restore
from tests.clips import make_clip
from tests.engine.models.sampled_films import film_of, job_of, psnr
from tests.tiny_star import MODEL, install_tiny_star


@pytest.fixture(autouse=True)
def tiny_star(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelSpec]:
    monkeypatch.setenv(weights_folder.FOLDER_VARIABLE, str(tmp_path / "weights"))
    monkeypatch.setattr("engine.verify._need_likeness", lambda *_: None)  # its pictures are noise
    monkeypatch.setattr("engine.verify.LEAST_PSNR", 0.0)
    yield install_tiny_star(tmp_path)
    slot.clear()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "clips").mkdir()
    return make_clip(tmp_path / "clips" / "source.mp4", n_frames=10, width=32, height=32)


def job_for(source: Path, name: str = "film.mkv", **settings: Any) -> Job:
    return job_of(MODEL, source, name, **({"scale": 2.0} | settings))


@pytest.mark.parametrize(("scale", "size"), [(1.0, (32, 32)), (2.5, (80, 80)), (4.0, (128, 128))])
def test_a_clip_becomes_a_film_of_any_size(source: Path, scale: float, size: tuple[int, int]) -> None:
    clip = probe(restore(job_for(source, scale=scale)))
    assert (clip.width, clip.height) == size


def test_a_file_beside_the_clip_is_the_prompt(source: Path) -> None:
    said = film_of(job_for(source, "said.mkv", prompt="a red car"))
    source.with_suffix(".txt").write_text("a red car\n")
    events: list[Event] = []
    assert np.array_equal(film_of(job_for(source, "read.mkv"), events.append), said)
    assert "prompt-from-file" in [getattr(event, "code", None) for event in events]


def test_a_prompt_is_read_once(source: Path, tmp_path: Path, tiny_star: ModelSpec) -> None:
    restore(job_for(source, "first.mkv"))
    slot.clear()
    (tmp_path / "weights/star/converted/tiny_clip.bin.safetensors").unlink()
    (tmp_path / "weights/star/tiny_clip.bin").touch()  # unchecked now: reading it would be refused
    assert weights_folder.file_states(tiny_star)["tiny_clip.bin"].value == "unchecked"
    with pytest.raises(ModelError, match="not checked"):
        restore(job_for(source, "second.mkv", prompt="another"))


def test_tiles_make_nearly_the_same_film(source: Path) -> None:
    whole = film_of(job_for(source, "whole.mkv"))
    tiled = film_of(job_for(source, "tiled.mkv", tile=48))
    assert not np.array_equal(tiled, whole)
    assert psnr(tiled, whole) > 15


def test_a_film_whose_network_cannot_be_compiled_is_the_plain_one_and_it_is_told(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = film_of(job_for(source, "plain.mkv"))
    slot.clear()
    torch.compiler.reset()
    monkeypatch.setattr("engine.models.star.restorer.Compiled", partial(Compiled, backend=_no_compiler))
    events: list[Event] = []
    assert np.array_equal(film_of(job_for(source, compiled=True), events.append), plain)
    assert [e.code for e in events if isinstance(e, Notice)].count("not-compiled") == 1


def _no_compiler(_graph: object, _inputs: object) -> object:
    raise RuntimeError("there is no compiler")


@pytest.mark.parametrize("model", ["diffvsr", "compact"])
def test_compiling_is_refused_where_nothing_can_be(source: Path, model: str) -> None:
    with pytest.raises(SettingsError, match="has nothing to compile"):
        restore(job_of(model, source, compiled=True))
