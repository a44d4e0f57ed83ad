"""STAR as the application runs it: weights from the weights folder, segments, carries, tiles, resume."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import Cancelled, CancelToken, Codec, Event, ExportSettings, Job, Progress, RestorationSettings
from engine.errors import ModelError
from engine.media.probe import probe
from engine.media.reader import Reader
from engine.media.survey import survey
from engine.models import weights_folder
from engine.models.registry import SPECS
from engine.models.slot import slot
from engine.models.spec import ModelSpec
from engine.preview import live_frame
from engine.restore import restore
from tests.clips import make_clip
from tests.tiny_star import MODEL, install_tiny_star

LOSSLESS = ExportSettings(codec=Codec.FFV1)
MEMORY = 1 << 36
"""Given, so that what is free here does not decide how weights are kept."""


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
    chosen = RestorationSettings(model=MODEL, steps=2, **({"scale": 2.0, "memory_bytes": MEMORY} | settings))
    return Job(source=source, target=source.parent / name, device="cpu", restoration=chosen, export=LOSSLESS)


def frames_of(path: Path) -> np.ndarray:
    clip = probe(path)
    index = survey(clip, thumb=None, thumb_width=0, cancel=CancelToken())
    with Reader(clip, index, deep=False, deinterlace=False) as reader:
        return np.concatenate([batch.pixels for batch in reader.read(0, len(index))])


def stop_after(segments: int) -> tuple[Callable[[Event], None], CancelToken]:
    """A listener that stops the job when so many segments are recorded, and its token."""
    cancel, seen = CancelToken(), 0

    def listen(event: Event) -> None:
        nonlocal seen
        seen += type(event).__name__ == "SegmentDone"
        if seen >= segments:
            cancel.cancel()

    return listen, cancel


@pytest.mark.parametrize(("scale", "size"), [(1.0, (32, 32)), (2.5, (80, 80)), (4.0, (128, 128))])
def test_a_clip_becomes_a_film_of_any_size(source: Path, scale: float, size: tuple[int, int]) -> None:
    clip = probe(restore(job_for(source, scale=scale)))
    assert (clip.width, clip.height) == size


def test_a_stopped_job_goes_on_to_the_same_film(source: Path) -> None:
    whole = frames_of(restore(job_for(source, "whole.mkv")))
    listen, cancel = stop_after(1)
    with pytest.raises(Cancelled):
        restore(job_for(source), listen, cancel)
    slot.clear()
    assert np.array_equal(frames_of(restore(job_for(source))), whole)


def test_a_lost_carry_is_made_again(source: Path) -> None:
    whole = frames_of(restore(job_for(source, "whole.mkv")))
    listen, cancel = stop_after(1)
    with pytest.raises(Cancelled):
        restore(job_for(source), listen, cancel)
    carries = list(source.parent.glob(".film.mkv.evenstar/*/*.carry"))
    assert carries
    for path in carries:
        path.write_bytes(b"damaged")
    assert np.array_equal(frames_of(restore(job_for(source))), whole)


def test_progress_moves_inside_a_segment_and_never_back(source: Path) -> None:
    events: list[Event] = []
    restore(job_for(source), events.append)
    done = [event.done_frames for event in events if isinstance(event, Progress) and event.stage == "restore"]
    assert done == sorted(done)
    assert any(0 < frames < 5 for frames in done)


def test_beta_and_seed_and_prompt_change_the_film(source: Path) -> None:
    films = [
        frames_of(restore(job_for(source, f"{i}.mkv", **settings)))
        for i, settings in enumerate(
            [{}, {"beta": 0.0}, {"beta": 2.0}, {"seed": 43}, {"prompt": "a red car"}]
        )
    ]
    assert all(not np.array_equal(films[0], film) for film in films[1:])


def test_a_file_beside_the_clip_is_the_prompt(source: Path) -> None:
    said = frames_of(restore(job_for(source, "said.mkv", prompt="a red car")))
    source.with_suffix(".txt").write_text("a red car\n")
    events: list[Event] = []
    assert np.array_equal(frames_of(restore(job_for(source, "read.mkv"), events.append)), said)
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
    whole = frames_of(restore(job_for(source, "whole.mkv"))).astype(float)
    tiled = frames_of(restore(job_for(source, "tiled.mkv", tile=48))).astype(float)
    assert not np.array_equal(tiled, whole)
    assert 10 * np.log10(255**2 / np.mean((tiled - whole) ** 2)) > 15


def test_a_preview_is_made_with_neighbours(source: Path) -> None:
    frame = live_frame(job_for(source), 7)
    assert frame.blend(1.0).shape == (64, 64, 3)


@pytest.mark.parametrize("rung", ["fp8", "offload"])
def test_less_memory_keeps_the_weights_otherwise(
    source: Path, rung: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = frames_of(restore(job_for(source, "plain.mkv"))).astype(float)
    sampling = SPECS["star-light"].sampling
    assert sampling is not None
    index = [r.name for r in sampling.rungs].index(rung)
    only = replace(SPECS["star-light"], sampling=replace(sampling, rungs=sampling.rungs[index : index + 1]))
    monkeypatch.setitem(SPECS, "star-light", only)
    kept = frames_of(restore(job_for(source, "kept.mkv"))).astype(float)
    error = 10 * np.log10(255**2 / max(np.mean((kept - plain) ** 2), 1e-9))
    assert error > (20 if rung == "fp8" else 60)
