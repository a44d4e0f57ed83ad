"""DiffVSR as the application runs it: weights from the weights folder, segments, carries, tiles, resume."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import (
    Cancelled,
    CancelToken,
    Codec,
    Event,
    ExportSettings,
    Job,
    Planned,
    Progress,
    RestorationSettings,
)
from engine.errors import SettingsError
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
from tests.tiny_diffvsr import MODEL, install_tiny_diffvsr

ROOT = Path(__file__).parents[4]
LOSSLESS = ExportSettings(codec=Codec.FFV1)
MEMORY = 1 << 36
"""Given, so that what is free here does not decide how weights are kept."""


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


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """One segment, one window."""
    (tmp_path / "clips").mkdir()
    return make_clip(tmp_path / "clips" / "short.mp4", n_frames=3, width=24, height=16)


def job_for(source: Path, name: str = "film.mkv", **settings: Any) -> Job:
    """Two steps: a single one would end where it begins, at the noise, whatever the network says."""
    chosen = RestorationSettings(model=MODEL, **({"steps": 2, "memory_bytes": MEMORY} | settings))
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


def test_a_clip_becomes_a_film_four_times_as_large(source: Path) -> None:
    film = restore(job_for(source))

    assert frames_of(film).shape == (9, 64, 160, 3)


def test_how_a_shot_is_cut_into_segments_changes_no_pixel(
    source: Path, tiny_diffvsr: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = frames_of(restore(job_for(source, "several.mkv")))
    monkeypatch.setitem(SPECS, MODEL, replace(tiny_diffvsr, segment_frames=100))

    assert np.array_equal(frames_of(restore(job_for(source, "one.mkv"))), several)


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


def test_tiles_make_nearly_the_same_film(source: Path) -> None:
    """A tile holds four fifths of the frame's width; the norms of random weights see another mean in each."""
    whole = frames_of(restore(job_for(source, "whole.mkv")))
    tiled = frames_of(restore(job_for(source, "tiled.mkv", tile=32)))

    print(f"tiled against untiled: {psnr(tiled, whole):.1f} dB")  # noqa: T201
    assert not np.array_equal(tiled, whole)
    assert psnr(tiled, whole) > 20


@pytest.mark.parametrize(("rung", "least"), [("fp8", 20), ("offload", 60)])
def test_less_memory_keeps_the_weights_otherwise(
    short: Path, rung: str, least: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = frames_of(restore(job_for(short, "plain.mkv")))
    sampling = SPECS["diffvsr"].sampling
    assert sampling is not None
    only = tuple(r for r in sampling.rungs if r.name == rung)
    monkeypatch.setitem(SPECS, "diffvsr", replace(SPECS["diffvsr"], sampling=replace(sampling, rungs=only)))
    kept = frames_of(restore(job_for(short, "kept.mkv")))
    print(f"{rung}: {psnr(kept, plain):.1f} dB")  # noqa: T201
    assert psnr(kept, plain) > least


def test_a_preview_is_the_frame_of_the_film(source: Path) -> None:
    """Colours follow those of the frames before, so it is the first one that is the same."""
    film = frames_of(restore(job_for(source)))

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


CHILD = """
import os, signal, sys
from pathlib import Path
import engine.verify
from engine import Codec, ExportSettings, Job, RestorationSettings
from engine.restore import restore

def listen(event):
    if type(event).__name__ == "SegmentDone":
        os.kill(os.getpid(), signal.SIGKILL)

source, target, model = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
chosen = RestorationSettings(model=model, steps=2, memory_bytes=1 << 36)
export = ExportSettings(codec=Codec.FFV1)
restore(Job(source=source, target=target, device="cpu", restoration=chosen, export=export), listen)
"""


def test_a_killed_job_goes_on_to_the_same_film(source: Path) -> None:
    whole = frames_of(restore(job_for(source, "whole.mkv")))
    target = source.parent / "film.mkv"

    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(source), str(target), MODEL],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},  # as here: sums depend on the number of threads
        check=False,
    )

    assert child.returncode == -signal.SIGKILL
    assert not target.exists()
    # The recorded segment's; the next one, sampled ahead of the encoder, may have left its own already.
    assert len(list(source.parent.glob(".film.mkv.evenstar/*/*.carry"))) in (1, 2)
    slot.clear()
    events: list[Event] = []
    assert np.array_equal(frames_of(restore(job_for(source), events.append)), whole)
    assert next(event for event in events if isinstance(event, Planned)).segments_done == 1
