"""Work survives: kept frames, the plan of the run before, memory that ends at any step."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine import Cancelled, CancelToken, Event, Notice, Planned, SegmentDone
from engine.errors import MemoryBudgetError
from engine.models.registry import SPECS
from engine.restore import restore
from engine.settings import Codec, ExportSettings, RestorationSettings
from engine.stages import StageTimes
from tests.clips import packet_bytes
from tests.reliability.films import LOSSLESS, frames_of, leftovers, toy_job
from tests.reliability.toy import TOY, ToyRestorer

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
    source: Path, monkeypatch: pytest.MonkeyPatch, at: int, record_property: Any
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
    record_property("figures", "out of memory injected: 1 fault")


def replace_settings(job: Any, settings: RestorationSettings) -> Any:
    return replace(job, restoration=settings)


def test_memory_errors_repeat_until_the_plan_is_small_enough(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Calls(monkeypatch, iter([True, True]))
    told: list[Event] = []
    film = frames_of(restore(toy_job(source, export=LOSSLESS), told.append))
    single = RestorationSettings(model=TOY.id, scale=2, window=1)
    wanted = frames_of(restore(replace_settings(toy_job(source, "one.mkv", export=LOSSLESS), single)))
    assert np.array_equal(film, wanted)
    assert [e.code for e in told if isinstance(e, Notice)].count("smaller-plan") == 1


def test_tries_are_bounded(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = Calls(monkeypatch, iter(lambda: True, False))
    with pytest.raises(MemoryBudgetError):
        restore(toy_job(source))
    assert calls.n < 10
    assert leftovers(source.parent) == ["source.mp4"]


@pytest.mark.parametrize("stage", ["decode", "encode"])
def test_memory_that_ends_outside_the_model_is_survived_too(
    source: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    from engine.media.reader import Reader
    from engine.media.writer import SegmentWriter

    kind, name = {"decode": (Reader, "_frame"), "encode": (SegmentWriter, "write")}[stage]
    act, left = getattr(kind, name), [5]

    def failing(*arguments: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise MemoryError
        return act(*arguments)

    monkeypatch.setattr(kind, name, failing)
    times = StageTimes()
    assert len(frames_of(restore(toy_job(source), times=times))) == 20


def test_a_run_says_how_much_disk_it_needs(source: Path) -> None:
    told: list[Event] = []
    restore(toy_job(source), told.append)
    assert next(event for event in told if isinstance(event, Planned)).disk_bytes > 0
