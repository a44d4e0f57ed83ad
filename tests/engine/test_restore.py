"""The main path on small synthesised clips: frames, times, audio, resume, cancel, memory, nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.cancel import Cancelled, CancelToken
from engine.errors import EngineError, MemoryBudgetError, SettingsError, SourceError, VerificationError
from engine.events import Event, Notice, Planned, Preview, Progress, SegmentDone, Verified
from engine.job import Job
from engine.media.probe import probe
from engine.media.reader import Reader
from engine.media.survey import survey
from engine.models.compact import restorer as compact
from engine.models.compact.spec import COMPACT
from engine.models.registry import SPECS
from engine.restore import restore
from engine.settings import Codec, ExportSettings, RestorationSettings
from engine.store import store_folder
from tests.clips import make_clip, make_images, packet_bytes

NTSC = Fraction(30000, 1001)


@pytest.fixture(autouse=True)
def short_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SPECS, "compact", replace(COMPACT, segment_frames=6))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "source.mp4", n_frames=14, width=48, height=32, audio="aac")


def job_for(source: Path, name: str = "film.mkv", **changes: Any) -> Job:
    return Job(source=source, target=source.parent / name, device="cpu", **changes)


def times_of(path: Path) -> list[Fraction]:
    clip = probe(path)
    index = survey(clip, thumb=None, thumb_width=0, cancel=CancelToken())
    return [int(pts) * clip.time_base for pts in index.pts]


def frames_of(path: Path) -> np.ndarray:
    clip = probe(path)
    index = survey(clip, thumb=None, thumb_width=0, cancel=CancelToken())
    with Reader(clip, index, deep=False, deinterlace=False) as reader:
        return np.concatenate([batch.pixels for batch in reader.read(0, len(index))])


def leftovers(folder: Path, *kept: str) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name not in kept)


def test_a_clip_becomes_a_larger_verified_film(source: Path) -> None:
    events: list[Event] = []
    film = restore(job_for(source), events.append)
    clip = probe(film)
    assert (clip.width, clip.height) == (192, 128)
    assert leftovers(source.parent) == ["film.mkv", "source.mp4"]
    kinds = [type(event) for event in events]
    assert kinds.index(Planned) < kinds.index(Progress) < kinds.index(Verified)
    assert kinds.count(SegmentDone) == 3
    assert Preview in kinds


@pytest.mark.parametrize("container", ["film.mp4", "film.mov"])
@pytest.mark.parametrize(
    "timing",
    [
        {"frame_rate": Fraction(24)},
        {"frame_rate": NTSC},
        {
            "frame_rate": Fraction(25),
            "time_base": Fraction(1, 90000),
            "pts": [
                0,
                3600,
                7200,
                14400,
                15000,
                30000,
                33600,
                37200,
                60000,
                61111,
                70000,
                80000,
                90000,
                99999,
            ],
        },
    ],
    ids=["cfr", "29.97", "vfr"],
)
def test_every_frame_keeps_its_time(tmp_path: Path, container: str, timing: dict[str, Any]) -> None:
    source = make_clip(tmp_path / "source.mp4", n_frames=14, width=48, height=32, audio="aac", **timing)
    film = restore(job_for(source, container))
    assert times_of(film) == times_of(source)
    assert packet_bytes(film, "audio") == packet_bytes(source, "audio")


def test_matroska_rounds_times_to_its_clock(tmp_path: Path) -> None:
    source = make_clip(
        tmp_path / "source.mp4", n_frames=14, width=48, height=32, audio="aac", frame_rate=NTSC
    )
    film = restore(job_for(source))
    found, wanted = times_of(film), times_of(source)
    shift = found[0] - wanted[0]  # the audio's run-in is negative, and Matroska has no negative times
    assert len(found) == len(wanted)
    assert max(abs(f - w - shift) for f, w in zip(found, wanted, strict=True)) <= Fraction(1, 1000)
    assert packet_bytes(film, "audio") == packet_bytes(source, "audio")


def test_a_range_is_half_open_and_starts_at_zero(source: Path) -> None:
    film = restore(job_for(source, first_frame=5, stop_frame=9, export=ExportSettings(codec=Codec.FFV1)))
    whole = restore(job_for(source, "whole.mkv", export=ExportSettings(codec=Codec.FFV1)))
    assert times_of(film)[0] == 0
    assert len(times_of(film)) == 4
    difference = frames_of(film).astype(int) - frames_of(whole)[5:9]
    inner = difference[2:-2] if len(difference) > 4 else difference[:0]
    assert np.abs(inner).max(initial=0) <= 1


@pytest.mark.parametrize(("wanted", "size"), [({"scale": 2.0}, (96, 64)), ({"short_side": 80}, (120, 80))])
def test_sizes_below_the_native_scale_are_reduced(source: Path, wanted: Any, size: tuple[int, int]) -> None:
    clip = probe(restore(job_for(source, restoration=RestorationSettings(**wanted))))
    assert (clip.width, clip.height) == size


def test_a_size_out_of_reach_is_refused_in_one_sentence(source: Path) -> None:
    with pytest.raises(SettingsError, match="9 times the source, Compact reaches at most x4"):
        restore(job_for(source, restoration=RestorationSettings(scale=9)))
    assert leftovers(source.parent) == ["source.mp4"]


@pytest.mark.parametrize("name", ["film.xyz", "film", "film.png"])
def test_an_unknown_container_is_refused_before_the_work(source: Path, name: str) -> None:
    with pytest.raises(SettingsError):
        restore(job_for(source, name))
    assert leftovers(source.parent) == ["source.mp4"]


def test_an_existing_target_is_kept(source: Path) -> None:
    target = source.parent / "film.mkv"
    target.write_bytes(b"precious")
    with pytest.raises(SettingsError, match="exists already"):
        restore(job_for(source))
    assert target.read_bytes() == b"precious"
    restore(job_for(source, overwrite=True))
    assert target.read_bytes() != b"precious"


def test_frames_can_be_written_as_pictures(source: Path) -> None:
    restore(job_for(source, "out_%04d.png", stop_frame=3))
    assert len(list(source.parent.glob("out_*.png"))) == 3
    assert leftovers(source.parent, "source.mp4", *(p.name for p in source.parent.glob("out_*.png"))) == []


def test_numbered_pictures_in_become_numbered_pictures_out(tmp_path: Path) -> None:
    source = make_images(tmp_path / "in", "f_%04d.png", [7, 8, 9])
    restore(Job(source=source, target=tmp_path / "out" / "g_%04d.png", device="cpu"))
    assert len(list((tmp_path / "out").glob("g_*.png"))) == 3
    assert len(leftovers(tmp_path / "out")) == 3


def test_deep_pictures_with_gaps_stay_deep_and_keep_their_numbers(tmp_path: Path) -> None:
    source = make_images(tmp_path / "in", "f_%04d.png", [7, 8, 11], deep=True)
    film = restore(Job(source=source, target=tmp_path / "out" / "g_%04d.png", device="cpu"))
    assert leftovers(tmp_path / "out") == ["g_0007.png", "g_0008.png", "g_0011.png"]
    assert probe(film).bit_depth == 16
    restore(Job(source=source, target=tmp_path / "film.mkv", device="cpu"))
    assert [float(at) for at in times_of(tmp_path / "film.mkv")] == pytest.approx([0, 0.04, 0.16])


@pytest.mark.parametrize("codec", [Codec.FFV1, Codec.PRORES])
def test_transparency_is_kept_where_the_codec_can(tmp_path: Path, codec: Codec) -> None:
    source = make_clip(tmp_path / "a.mov", n_frames=9, codec="qtrle", pixel_format="argb")
    film = restore(job_for(source, "film.mkv", export=ExportSettings(codec=codec)))
    with Reader(*_known(film), deep=False, deinterlace=False) as reader:
        alpha = np.concatenate([b.alpha for b in reader.read(0, 9) if b.alpha is not None])
    with Reader(*_known(source), deep=False, deinterlace=False) as reader:
        wanted = np.concatenate([b.alpha for b in reader.read(0, 9) if b.alpha is not None])
    assert wanted.min() < 100
    assert np.abs(alpha[:, ::4, ::4][:, 1:-1, 1:-1].astype(int) - wanted[:, 1:-1, 1:-1]).max() < 40


def test_transparency_that_is_lost_is_told(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "a.mov", n_frames=3, codec="qtrle", pixel_format="argb")
    events: list[Event] = []
    restore(job_for(source), events.append)
    assert "alpha-dropped" in [event.code for event in events if isinstance(event, Notice)]


def _known(path: Path) -> tuple[Any, Any]:
    clip = probe(path)
    return clip, survey(clip, thumb=None, thumb_width=0, cancel=CancelToken())


class StopAfter:
    """Cancels when so many segments are done."""

    def __init__(self, n_segments: int) -> None:
        self.cancel = CancelToken()
        self.left = n_segments

    def __call__(self, event: Event) -> None:
        if isinstance(event, SegmentDone):
            self.left -= 1
            if self.left == 0:
                self.cancel.cancel()


def test_a_cancelled_job_continues_where_it_stopped(source: Path) -> None:
    listener = StopAfter(1)
    with pytest.raises(Cancelled):
        restore(job_for(source), listener, listener.cancel)
    assert leftovers(source.parent) == [".film.mkv.evenstar", "source.mp4"]
    events: list[Event] = []
    resumed = restore(job_for(source), events.append)
    plan = next(event for event in events if isinstance(event, Planned))
    assert plan.segments_done == 1
    whole = restore(job_for(source, "whole.mkv"))
    assert np.array_equal(frames_of(resumed), frames_of(whole))
    assert packet_bytes(resumed, "video") == packet_bytes(whole, "video")


def test_without_resume_everything_is_done_again(source: Path) -> None:
    listener = StopAfter(1)
    with pytest.raises(Cancelled):
        restore(job_for(source), listener, listener.cancel)
    events: list[Event] = []
    restore(job_for(source, resume=False), events.append)
    assert next(event for event in events if isinstance(event, Planned)).segments_done == 0


def test_a_job_cancelled_early_leaves_nothing(source: Path) -> None:
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        restore(job_for(source), lambda event: cancel.cancel(), cancel)
    assert leftovers(source.parent) == ["source.mp4"]


def failing_network(monkeypatch: pytest.MonkeyPatch, error: Exception, fails: Iterator[bool]) -> None:
    whole = compact.CompactRestorer._tile

    def tile(self: Any, stacks: Tensor, *rest: Any, **named: Any) -> Any:
        if next(fails, False):
            raise error
        return whole(self, stacks, *rest, **named)

    monkeypatch.setattr(compact.CompactRestorer, "_tile", tile)


def test_out_of_memory_makes_the_plan_smaller_and_keeps_the_film(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ExportSettings(codec=Codec.FFV1)
    whole = frames_of(restore(job_for(source, "whole.mkv", export=export)))
    failing_network(monkeypatch, torch.OutOfMemoryError("injected"), iter([False, True, True, False, True]))
    events: list[Event] = []
    windows = RestorationSettings(window=4)
    film = restore(job_for(source, export=export, restoration=windows), events.append)
    assert [e.code for e in events if isinstance(e, Notice)].count("smaller-plan") == 1
    # Half precision sums in another order when shapes change: at most one 8-bit level.
    assert np.abs(frames_of(film).astype(int) - whole).max() <= 1


def test_memory_that_never_suffices_ends_in_one_sentence(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_network(monkeypatch, torch.OutOfMemoryError("injected"), iter(lambda: True, False))
    with pytest.raises(MemoryBudgetError, match="not enough memory"):
        restore(job_for(source))
    assert leftovers(source.parent) == ["source.mp4"]


def test_a_film_that_does_not_resemble_its_source_gets_no_name(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = compact.CompactRestorer._tile

    def black(self: Any, *rest: Any, **named: Any) -> Any:
        return tuple(torch.zeros_like(picture) for picture in whole(self, *rest, **named))

    monkeypatch.setattr(compact.CompactRestorer, "_tile", black)
    with pytest.raises(VerificationError, match="does not look like its source"):
        restore(job_for(source))
    assert not (source.parent / "film.mkv").exists()


def test_a_window_that_leaves_half_precision_is_computed_again(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = compact.CompactNet.blended
    calls = iter([True])

    def blended(self: Any, *arguments: Any, **named: Any) -> Any:
        picture = network(self, *arguments, **named)
        return picture * float("nan") if next(calls, False) else picture

    monkeypatch.setattr(compact.CompactNet, "blended", blended)
    events: list[Event] = []
    restore(job_for(source), events.append)
    assert "half-precision-overflow" in [e.code for e in events if isinstance(e, Notice)]


@pytest.mark.parametrize(
    ("name", "content"),
    [("missing.mp4", None), ("empty.mp4", b""), ("text.mp4", b"just some words\n" * 50)],
)
def test_bad_sources_end_in_one_sentence_and_leave_nothing(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=name):
        restore(job_for(tmp_path / name))
    assert leftovers(tmp_path, name) == []


def test_errors_are_engine_errors() -> None:
    assert issubclass(SourceError, EngineError)
    assert not issubclass(Cancelled, EngineError)


def test_a_killed_run_continues_to_the_same_film(source: Path) -> None:
    code = (
        "import sys\nfrom dataclasses import replace\nfrom pathlib import Path\n"
        "from engine.models.registry import SPECS\nfrom engine.job import Job\nfrom engine.restore import restore\n"
        "SPECS['compact'] = replace(SPECS['compact'], segment_frames=2)\n"
        "source, target = map(Path, sys.argv[1:])\n"
        "restore(Job(source=source, target=target, device='cpu'), lambda e: print(type(e).__name__, flush=True))\n"
    )
    target = source.parent / "film.mkv"
    command = [sys.executable, "-c", code, str(source), str(target)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    for line in run.stdout:
        if line.startswith("SegmentDone"):
            os.kill(run.pid, signal.SIGKILL)
            break
    run.stdout.close()
    run.wait()
    assert store_folder(target).exists()
    assert not target.exists()
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    assert again.stdout.count("SegmentDone") < 7
    reference = source.parent / "whole.mkv"
    subprocess.run([*command[:-1], str(reference)], capture_output=True, check=True)
    assert packet_bytes(target, "video") == packet_bytes(reference, "video")


def test_memory_between_stages_is_bounded(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The decoder may run ahead of a slow encoder by the queues and what is in hand only."""
    read: list[int] = []
    whole = Reader.read

    def counting(self: Reader, start: int, stop: int, batch: int = 8) -> Iterator[Any]:
        for frames in whole(self, start, stop, batch):
            read.append(len(frames))
            yield frames

    ahead: list[int] = []
    done = 0

    def on_event(event: Event) -> None:
        nonlocal done
        if isinstance(event, Progress) and event.stage == "restore":
            ahead.append(sum(read) - event.done_frames)
            time.sleep(0.05)

    monkeypatch.setattr(Reader, "read", counting)
    monkeypatch.setitem(SPECS, "compact", replace(COMPACT, segment_frames=6, window=1))
    restore(job_for(source, restoration=RestorationSettings(condition=0.5)), on_event)
    assert max(ahead) <= 2 + 1 + 8 + 1 + 1 + 1 + COMPACT.context
