"""DiffVSR as the application runs it: sizes, segments, tiles, previews; what all samplers do is in test_samplers.py."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import SettingsError
from engine.events import Event
from engine.job import Job
from engine.models import weights_folder
from engine.models.registry import SPECS
from engine.models.slot import slot
from engine.models.spec import ModelSpec
from engine.preview import live_frame
from engine.restore import restore
from tests.clips import make_clip
from tests.engine.models.sampled_films import film_of, frames_of, job_of, psnr
from tests.tiny_diffvsr import MODEL, install_tiny_diffvsr


@pytest.fixture(autouse=True)
def tiny_diffvsr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelSpec]:
    monkeypatch.setenv(weights_folder.FOLDER_VARIABLE, str(tmp_path / "weights"))
    monkeypatch.setattr("engine.verify.LEAST_PSNR", 0.0)  # its pictures are noise
    monkeypatch.setattr("engine.verify.first_stray", lambda *_: None)
    yield install_tiny_diffvsr(tmp_path)
    slot.clear()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "clips").mkdir()
    return make_clip(tmp_path / "clips" / "source.mp4", n_frames=9, width=40, height=16)


def job_for(source: Path, name: str = "film.mkv", **settings: Any) -> Job:
    return job_of(MODEL, source, name, **settings)


def test_a_clip_becomes_a_film_four_times_as_large(source: Path) -> None:
    film = restore(job_for(source))

    assert frames_of(film).shape == (9, 64, 160, 3)


def test_how_a_shot_is_cut_into_segments_changes_no_pixel(
    source: Path, tiny_diffvsr: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = film_of(job_for(source, "several.mkv"))
    monkeypatch.setitem(SPECS, MODEL, replace(tiny_diffvsr, segment_frames=100))

    assert np.array_equal(film_of(job_for(source, "one.mkv")), several)


def test_tiles_make_nearly_the_same_film(source: Path) -> None:
    """A tile holds four fifths of the frame's width; the norms of random weights see another mean in each."""
    whole = film_of(job_for(source, "whole.mkv"))
    tiled = film_of(job_for(source, "tiled.mkv", tile=32))

    print(f"tiled against untiled: {psnr(tiled, whole):.1f} dB")  # noqa: T201
    assert not np.array_equal(tiled, whole)
    assert psnr(tiled, whole) > 30


def test_a_preview_is_the_frame_of_the_film(source: Path) -> None:
    """Colours follow those of the frames before, so it is the first one that is the same."""
    film = film_of(job_for(source))

    first, later = (live_frame(job_for(source, "other.mkv"), at).blend(1.0).astype(float) for at in (0, 5))

    assert np.abs(first - film[0]).max() <= 1
    assert np.corrcoef(later[..., 1].ravel(), film[5, ..., 1].ravel())[0, 1] > 0.95


def test_a_window_of_another_length_is_refused_before_the_source_is_walked_through(source: Path) -> None:
    events: list[Event] = []
    with pytest.raises(SettingsError, match=r"the window is 5 frames, Tiny DiffVSR takes 8$"):
        restore(job_for(source, window=5), events.append)
    assert not events


def test_more_steps_than_there_are_times_are_refused(source: Path) -> None:
    with pytest.raises(SettingsError, match="501 steps"):
        restore(job_for(source, steps=501))
