"""Work survives: kept frames, the plan of the run before, memory that ends at any step."""

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.cancel import Cancelled, CancelToken
from engine.errors import MemoryBudgetError
from engine.events import Event, Notice, Planned, SegmentDone
from engine.media.convert import FromRgb, ToRgb
from engine.media.reader import Reader
from engine.media.writer import SegmentWriter
from engine.models.registry import SPECS
from engine.models.spec import Rung, Sampling, VaeFacts
from engine.restore import restore
from engine.settings import Codec, ExportSettings, RestorationSettings
from tests.clips import packet_bytes
from tests.reliability import toy
from tests.reliability.figures import Count
from tests.reliability.films import LOSSLESS, frames_of, leftovers, toy_job
from tests.reliability.toy import TOY, ToyRestorer, install

pytestmark = pytest.mark.reliability


class Calls:
    """Counts the model's windows, and makes some of them fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fails: Iterator[bool] = iter(())) -> None:
        self.n = 0
        whole = ToyRestorer.window

        def window(restorer: ToyRestorer, *arguments: Any) -> Any:
            self.n += 1
            if next(fails, False):
                raise torch.OutOfMemoryError("injected")
            return whole(restorer, *arguments)

        monkeypatch.setattr(ToyRestorer, "window", window)


def stop_after(n_segments: int) -> tuple[CancelToken, Any]:
    cancel, left = CancelToken(), [n_segments]

    def listen(event: Event) -> None:
        left[0] -= isinstance(event, SegmentDone)
        if left[0] == 0:
            cancel.cancel()

    return cancel, listen


@pytest.mark.parametrize("export", [ExportSettings(codec=Codec.H265), ExportSettings(crf=30)])
def test_other_export_settings_need_no_model(
    source: Path, monkeypatch: pytest.MonkeyPatch, export: ExportSettings
) -> None:
    restore(toy_job(source, export=ExportSettings(keep_frames=True)))
    calls = Calls(monkeypatch)
    restore(toy_job(source, export=export, overwrite=True))
    assert calls.n == 0
    reexported = packet_bytes(source.parent / "film.mkv", "video")
    restore(toy_job(source, "direct.mkv", export=export))
    assert calls.n > 0
    assert packet_bytes(source.parent / "direct.mkv", "video") == reexported


def test_kept_frames_serve_a_job_that_was_stopped(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cancel, listen = stop_after(2)
    with pytest.raises(Cancelled):
        restore(toy_job(source, export=ExportSettings(keep_frames=True)), listen, cancel)
    calls = Calls(monkeypatch)
    restore(toy_job(source, export=ExportSettings(codec=Codec.AV1, keep_frames=False)))
    assert calls.n == 4  # the last two segments of four, two windows each
    assert leftovers(source.parent, "source.mp4") == ["film.mkv"]


@pytest.mark.parametrize(("free", "code"), [(1 << 40, "frames-kept"), (1 << 20, "frames-not-kept")])
def test_the_disk_decides_where_nobody_did(
    source: Path, monkeypatch: pytest.MonkeyPatch, free: int, code: str
) -> None:
    monkeypatch.setattr("engine.room.free_bytes", lambda folder: free)
    told: list[Event] = []
    restore(toy_job(source), told.append)
    assert code in [event.code for event in told if isinstance(event, Notice)]
    assert leftovers(source.parent, "source.mp4") == ["film.mkv"]


def test_a_film_that_is_continued_keeps_the_plan_it_began_with(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = frames_of(restore(toy_job(source, "whole.mkv", export=LOSSLESS)))
    cancel, listen = stop_after(1)
    with pytest.raises(Cancelled):
        restore(toy_job(source, export=LOSSLESS), listen, cancel)
    monkeypatch.setitem(SPECS, "toy", replace(TOY, window=2))
    assert np.array_equal(frames_of(restore(toy_job(source, export=LOSSLESS))), whole)


N_CALLS = 6
"""Windows of the whole clip: 20 frames in segments of 5, windows of 4."""


@pytest.mark.parametrize("at", range(8))
def test_memory_that_ends_at_any_step_costs_nothing_but_speed(
    source: Path, monkeypatch: pytest.MonkeyPatch, at: int, count: Count
) -> None:
    whole = frames_of(restore(toy_job(source, "whole.mkv", export=LOSSLESS)))
    half = RestorationSettings(model=TOY.id, scale=2, window=TOY.window // 2)
    small = frames_of(restore(replace_settings(toy_job(source, "small.mkv", export=LOSSLESS), half)))
    assert not np.array_equal(whole, small)
    told: list[Event] = []
    Calls(monkeypatch, iter([False] * at + [True]))
    film = frames_of(restore(toy_job(source, export=LOSSLESS), told.append))
    codes = [event.code for event in told if isinstance(event, Notice)]
    assert codes.count("smaller-plan") == 1
    segments = [event for event in told if isinstance(event, SegmentDone)]
    assert [(s.start, s.stop) for s in segments] == [(0, 5), (5, 10), (10, 15), (15, 20)]
    failed = at // 2  # two windows a segment
    border = segments[failed].start
    assert np.array_equal(film[:border], whole[:border])
    assert np.array_equal(film[border:], small[border:])
    count("memory")


def replace_settings(job: Any, settings: RestorationSettings) -> Any:
    return replace(job, restoration=settings)


def test_memory_errors_repeat_until_the_plan_is_small_enough(
    source: Path, monkeypatch: pytest.MonkeyPatch, count: Count
) -> None:
    Calls(monkeypatch, iter([True, True]))
    told: list[Event] = []
    film = frames_of(restore(toy_job(source, export=LOSSLESS), told.append))
    single = RestorationSettings(model=TOY.id, scale=2, window=1)
    wanted = frames_of(restore(replace_settings(toy_job(source, "one.mkv", export=LOSSLESS), single)))
    assert np.array_equal(film, wanted)
    assert [e.code for e in told if isinstance(e, Notice)].count("smaller-plan") == 1
    count("memory", 2)


def test_tries_are_bounded(source: Path, monkeypatch: pytest.MonkeyPatch, count: Count) -> None:
    calls = Calls(monkeypatch, iter(lambda: True, False))
    with pytest.raises(MemoryBudgetError):
        restore(toy_job(source))
    assert calls.n < 10
    assert leftovers(source.parent) == ["source.mp4"]
    count("memory", calls.n)


class OnceOutOfMemory:
    """A function that fails for want of memory at its n-th call, and only then."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, at: int) -> None:
        act, self._left = getattr(owner, name), at

        def acting(*arguments: Any, **options: Any) -> Any:
            self._left -= 1
            if self._left == 0:
                raise MemoryError
            return act(*arguments, **options)

        monkeypatch.setattr(owner, name, acting)

    @property
    def happened(self) -> bool:
        return self._left <= 0


@pytest.mark.parametrize("at", [1, 4, 7])
@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (Reader, "_frame"),
        (ToRgb, "__call__"),
        ("engine.stages", "as_pixels"),
        (SegmentWriter, "write"),
        (FromRgb, "__call__"),
        (SegmentWriter, "_store"),
    ],
    ids=["decode", "to RGB", "from model", "write", "from RGB", "encode"],
)
def test_memory_that_ends_outside_the_model_is_survived_too(
    source: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, at: int, count: Count
) -> None:
    owner = import_module(owner) if isinstance(owner, str) else owner
    fault = OnceOutOfMemory(monkeypatch, owner, name, at)
    told: list[Event] = []
    assert len(frames_of(restore(toy_job(source), told.append))) == 20
    assert fault.happened
    assert [e.code for e in told if isinstance(e, Notice)].count("smaller-plan") == 1
    assert leftovers(source.parent, "source.mp4") == ["film.mkv"]
    count("memory")


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        ("engine.media.survey", "thumbnail"),
        ("engine.restore", "film_format"),
        ("engine.restore", "mux"),
        ("engine.media.mux", "_interleaved"),
        ("engine.restore", "verify"),
        ("engine.verify", "stream_digests"),
    ],
)
def test_memory_that_ends_elsewhere_ends_in_one_sentence_and_costs_no_segment(
    source: Path, monkeypatch: pytest.MonkeyPatch, owner: str, name: str, count: Count
) -> None:
    fault = OnceOutOfMemory(monkeypatch, import_module(owner), name, 1)
    with pytest.raises(MemoryBudgetError, match=r"not enough memory to restore source\.mp4"):
        restore(toy_job(source))
    assert fault.happened
    assert not (source.parent / "film.mkv").exists()
    restore(toy_job(source))
    assert leftovers(source.parent, "source.mp4") == ["film.mkv"]
    count("memory")


def test_a_model_that_does_not_fit_while_it_loads_is_refused_in_one_sentence(
    source: Path, monkeypatch: pytest.MonkeyPatch, count: Count
) -> None:
    def load(*_: Any) -> Any:
        raise torch.OutOfMemoryError("injected")

    monkeypatch.setattr(toy, "load", load)
    install()
    with pytest.raises(MemoryBudgetError, match="there is not enough memory to load Toy"):
        restore(toy_job(source))
    assert leftovers(source.parent) == ["source.mp4"]
    count("memory")


VAE = VaeFacts(n_bytes=0, window=4, tile=512, smallest_tile=64, bytes_per_pixel=1.0)
RUNGS = (Rung(name="resident", n_bytes=200), Rung(name="fp8", n_bytes=100), Rung(name="offload", n_bytes=10))
SAMPLER = Sampling(rungs=RUNGS, smallest_window=1, smallest_tile=32, vae=VAE, steps=1)


def test_a_model_that_does_not_fit_while_it_loads_is_kept_smaller(
    source: Path, monkeypatch: pytest.MonkeyPatch, count: Count
) -> None:
    tried: list[str] = []

    def load(spec: Any, placement: Any, weights: str) -> Any:
        tried.append(weights)
        if weights != "offload":
            raise torch.OutOfMemoryError("injected")
        return ToyRestorer(spec, placement)

    monkeypatch.setattr(toy, "load", load)
    install(replace(TOY, sampling=SAMPLER))
    told: list[Event] = []
    restore(toy_job(source), told.append)
    assert tried == ["resident", "fp8", "offload"]
    assert [e.code for e in told if isinstance(e, Notice)].count("smaller-weights") == 1
    count("memory", 2)


def test_a_run_says_how_much_disk_it_needs(source: Path) -> None:
    told: list[Event] = []
    restore(toy_job(source), told.append)
    assert next(event for event in told if isinstance(event, Planned)).disk_bytes > 0
