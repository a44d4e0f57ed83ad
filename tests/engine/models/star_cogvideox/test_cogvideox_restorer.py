"""STAR on CogVideoX as the application runs it: weights folder, windows, tiles, carries, rungs, resume after a kill."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import Cancelled, CancelToken, Codec, Event, ExportSettings, Job, Progress, RestorationSettings
from engine.errors import ModelError, SettingsError
from engine.media.probe import probe
from engine.media.reader import Reader
from engine.media.survey import survey
from engine.models import weights_folder
from engine.models.registry import SPECS
from engine.models.slot import slot
from engine.models.spec import ModelSpec
from engine.models.star_cogvideox import restorer as family
from engine.models.star_cogvideox.config import FIVE_B
from engine.plan import Shot, make_plan
from engine.preview import live_frame
from engine.restore import restore
from tests.clips import make_clip
from tests.tiny_cogvideox import MODEL, install_tiny_cogvideox

LOSSLESS = ExportSettings(codec=Codec.FFV1)
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
    """Twice the size: 64 x 48 pixels in tiles of 48 x 32, windows of nine frames.

    The memory is given: it is planned for the published size, and what is free here must not decide the film.
    """
    chosen = RestorationSettings(
        model=MODEL, **({"steps": 2, "scale": 2.0, "memory_bytes": 1 << 36} | settings)
    )
    return Job(source=source, target=source.parent / name, device="cpu", restoration=chosen, export=LOSSLESS)


def frames_of(path: Path) -> np.ndarray:
    clip = probe(path)
    index = survey(clip, thumb=None, thumb_width=0, cancel=CancelToken())
    with Reader(clip, index, deep=False, deinterlace=False) as reader:
        return np.concatenate([batch.pixels for batch in reader.read(0, len(index))])


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return 10 * np.log10(255**2 / max(np.mean((a.astype(float) - b.astype(float)) ** 2), 1e-9))


def stop_after(segments: int):
    """A listener that stops the job when so many segments are recorded, and its token."""
    cancel, seen = CancelToken(), 0

    def listen(event: Event) -> None:
        nonlocal seen
        seen += type(event).__name__ == "SegmentDone"
        if seen >= segments:
            cancel.cancel()

    return listen, cancel


@pytest.mark.parametrize(("scale", "size"), [(1.0, (32, 24)), (2.5, (80, 60)), (4.0, (128, 96))])
def test_a_clip_becomes_a_film_of_any_size(short: Path, scale: float, size: tuple[int, int]) -> None:
    clip = probe(restore(job_for(short, scale=scale)))
    assert (clip.width, clip.height) == size


def test_a_stopped_job_goes_on_to_the_same_film(source: Path) -> None:
    whole = frames_of(restore(job_for(source, "whole.mkv")))
    assert whole.shape == (14, 48, 64, 3)
    listen, cancel = stop_after(1)
    with pytest.raises(Cancelled):
        restore(job_for(source), listen, cancel)
    slot.clear()
    assert np.array_equal(frames_of(restore(job_for(source))), whole)


def test_a_killed_job_goes_on_to_the_same_film(source: Path) -> None:
    whole = frames_of(restore(job_for(source, "whole.mkv")))
    slot.clear()
    child = multiprocessing.get_context("spawn").Process(target=_restore_slowly, args=(source,))
    child.start()
    folder = source.parent / ".film.mkv.evenstar"
    deadline = time.monotonic() + 200
    while not list(folder.glob("*/*.carry")) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    assert not (source.parent / "film.mkv").exists()
    assert list(folder.glob("*/*.carry"))
    assert np.array_equal(frames_of(restore(job_for(source))), whole)


def _restore_slowly(source: Path) -> None:
    """In a child: a segment, then a long wait that somebody ends."""

    def listen(event: Event) -> None:
        if type(event).__name__ == "SegmentDone":
            time.sleep(600)

    restore(job_for(source), listen)


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
    assert any(0 < frames < 7 for frames in done)


def test_beta_and_seed_and_prompt_change_the_film(source: Path) -> None:
    films = [
        frames_of(restore(job_for(source, f"{i}.mkv", **settings)))
        for i, settings in enumerate([{}, {"beta": 0.0}, {"beta": 2.0}, {"seed": 43}, {"prompt": "a train"}])
    ]
    assert all(not np.array_equal(films[0], film) for film in films[1:])


def test_no_prompt_is_the_empty_prompt(source: Path) -> None:
    films = [frames_of(restore(job_for(source, f"{i}.mkv", prompt=p))) for i, p in enumerate((None, ""))]
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


def test_a_preview_is_made_with_neighbours(source: Path) -> None:
    assert live_frame(job_for(source), 7).blend(1.0).shape == (48, 64, 3)


@pytest.mark.parametrize(("rung", "least"), [("fp8", 30), ("int8", 40), ("offload", 60)])
def test_less_memory_keeps_the_weights_otherwise(
    short: Path, rung: str, least: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = frames_of(restore(job_for(short, "plain.mkv")))
    sampling = SPEC.sampling
    assert sampling is not None
    only = tuple(r for r in sampling.rungs if r.name == rung)
    monkeypatch.setitem(SPECS, SPEC.id, replace(SPEC, sampling=replace(sampling, rungs=only)))
    kept = frames_of(restore(job_for(short, "kept.mkv")))
    print(f"{rung}: {psnr(kept, plain):.1f} dB")  # noqa: T201
    assert psnr(kept, plain) > least


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"window": 13}, r"the window is 13 frames, Tiny STAR on CogVideoX takes 9, 17, 25$"),
        ({"steps": 1000}, r"there are 1000 steps, Tiny STAR on CogVideoX takes at most 999$"),
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
