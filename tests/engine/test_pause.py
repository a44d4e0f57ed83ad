"""A job that waits keeps what it has in hand and frees the device; a guest that computes meanwhile disturbs nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from torch import Tensor, nn

from engine.cancel import Cancelled, CancelToken
from engine.device import Placement
from engine.events import Event, Progress, SegmentDone
from engine.job import Job
from engine.models.compact.restorer import CompactRestorer
from engine.models.compact.spec import COMPACT
from engine.models.registry import SPECS
from engine.models.slot import ModelSlot
from engine.preview import LiveFrame, live_frame
from engine.restore import restore
from engine.store import store_folder
from tests.clips import make_clip, packet_bytes

SEGMENT = 12


@pytest.fixture(autouse=True)
def small_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SPECS, "compact", replace(COMPACT, segment_frames=SEGMENT, window=2))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "source.mp4", n_frames=36, width=48, height=32, audio="aac")


@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many frames each network call of a job restored, in order."""
    calls: list[int] = []
    whole = CompactRestorer.restore

    def counting(self: CompactRestorer, *args: object) -> Iterator[Tensor]:
        for frames in whole(self, *args):  # type: ignore[arg-type]
            calls.append(len(frames))
            yield frames

    monkeypatch.setattr(CompactRestorer, "restore", counting)
    return calls


def job_for(source: Path, name: str = "film.mkv") -> Job:
    return Job(source=source, target=source.parent / name, device="cpu")


class Run:
    """A job in a thread of its own, paused in the middle of its second segment."""

    def __init__(self, job: Job) -> None:
        self.cancel = CancelToken()
        self.events: list[Event] = []
        self.error: BaseException | None = None
        self._job = job
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def end(self) -> None:
        self._thread.join(60)
        assert not self._thread.is_alive()

    def wait_until_it_waits(self) -> None:
        begun = time.monotonic()
        while not self.cancel.waiting:
            assert time.monotonic() - begun < 60
            time.sleep(0.005)
        time.sleep(0.3)  # the encoder takes what is still in the queue

    def n_done(self) -> int:
        return max(event.done_frames for event in self.events if isinstance(event, Progress))

    def _work(self) -> None:
        try:
            restore(self._job, self._hear, self.cancel)
        except BaseException as error:  # noqa: BLE001  (looked at by the test)
            self.error = error

    def _hear(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, Progress) and event.done_frames == SEGMENT + 2:
            self.cancel.pause()


def test_a_paused_job_goes_on_from_the_very_frame(source: Path, restored: list[int]) -> None:
    run = Run(job_for(source))
    run.wait_until_it_waits()
    n_paused, done = sum(restored), run.n_done()
    assert SEGMENT < done < 2 * SEGMENT
    time.sleep(0.3)
    assert (sum(restored), run.n_done()) == (n_paused, done)
    run.cancel.resume()
    run.end()
    assert run.error is None
    assert sum(restored) == 36
    counts = [event.done_frames for event in run.events if isinstance(event, Progress)]
    assert counts == sorted(counts)
    whole = restore(job_for(source, "whole.mkv"))
    assert packet_bytes(source.parent / "film.mkv", "video") == packet_bytes(whole, "video")


def test_a_pause_does_not_count_as_slowness(source: Path) -> None:
    begun = time.monotonic()
    run = Run(job_for(source))
    run.wait_until_it_waits()
    time.sleep(3.0)
    run.cancel.resume()
    run.end()
    worked = time.monotonic() - begun - run.cancel.waited_seconds
    last = next(event for event in reversed(run.events) if isinstance(event, Progress) and event.fps)
    assert last.fps is not None
    assert last.fps >= 36 / worked


def test_the_model_is_off_its_device_exactly_while_the_job_waits(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves: list[str] = []

    @contextmanager
    def parked(self: ModelSlot) -> Iterator[None]:
        moves.append("off")
        yield
        moves.append("back")

    monkeypatch.setattr(ModelSlot, "parked", parked)
    run = Run(job_for(source))
    run.wait_until_it_waits()
    assert moves == ["off"]
    run.cancel.resume()
    run.end()
    assert moves == ["off", "back"]


def test_a_paused_job_can_be_stopped_and_keeps_its_finished_segments(source: Path) -> None:
    run = Run(job_for(source))
    run.wait_until_it_waits()
    run.cancel.cancel()
    run.end()
    assert isinstance(run.error, Cancelled)
    events: list[Event] = []
    resumed = restore(job_for(source), events.append)
    assert sum(isinstance(event, SegmentDone) for event in events) == 2
    whole = restore(job_for(source, "whole.mkv"))
    assert packet_bytes(resumed, "video") == packet_bytes(whole, "video")


def test_a_process_killed_while_paused_leaves_its_finished_segments(source: Path) -> None:
    code = (
        "import sys\nfrom dataclasses import replace\nfrom pathlib import Path\n"
        "from engine.cancel import CancelToken\nfrom engine.events import SegmentDone\nfrom engine.job import Job\n"
        "from engine.models.registry import SPECS\n"
        "from engine.restore import restore\n"
        "SPECS['compact'] = replace(SPECS['compact'], segment_frames=12, window=2)\n"
        "token = CancelToken()\n"
        "def hear(event):\n"
        "    if isinstance(event, SegmentDone):\n"
        "        token.pause()\n"
        "        print('saved', flush=True)\n"
        "source, target = map(Path, sys.argv[1:])\n"
        "restore(Job(source=source, target=target, device='cpu'), hear, token)\n"
    )
    target = source.parent / "film.mkv"
    command = [sys.executable, "-c", code, str(source), str(target)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "saved\n"
    time.sleep(0.5)
    os.kill(child.pid, signal.SIGKILL)
    child.stdout.close()
    child.wait()
    assert store_folder(target).exists()
    events: list[Event] = []
    resumed = restore(job_for(source), events.append)
    assert 0 < sum(isinstance(event, SegmentDone) for event in events) < 3
    whole = restore(job_for(source, "whole.mkv"))
    assert packet_bytes(resumed, "video") == packet_bytes(whole, "video")


@pytest.mark.parametrize("paused", [False, True])
def test_a_preview_comes_while_the_job_runs_or_waits(source: Path, restored: list[int], paused: bool) -> None:
    expected = live_frame(job_for(source, "other.mkv"), 30)
    seen: list[tuple[LiveFrame, int]] = []
    run = Run(job_for(source))
    run.wait_until_it_waits()

    def look() -> None:
        seen.append((live_frame(job_for(source, "other.mkv"), 30), run.n_done()))

    run.cancel.ask(look)
    if not paused:
        run.cancel.resume()
    begun = time.monotonic()
    while not seen and time.monotonic() - begun < 60:
        time.sleep(0.01)
    assert seen[0][1] < 2 * SEGMENT
    assert np.array_equal(seen[0][0].base, expected.base)
    run.cancel.resume()
    run.end()
    assert run.error is None
    assert sum(restored) == 36
    whole = restore(job_for(source, "whole.mkv"))
    assert packet_bytes(source.parent / "film.mkv", "video") == packet_bytes(whole, "video")


def test_an_errand_can_be_withdrawn_until_it_begins() -> None:
    token, done = CancelToken(), []
    first, second = (lambda: done.append("first")), (lambda: done.append("second"))
    token.ask(first)
    token.ask(second)
    assert token.withdraw(first)
    token.check()
    assert done == ["second"]
    assert not token.withdraw(second)


class Travelling(nn.Module):
    """Remembers where it was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.stations: list[str] = []

    def to(self, device: str) -> "Travelling":  # type: ignore[override]
        self.stations.append(device)
        return self


class Model:
    def __init__(self) -> None:
        self.network = Travelling()

    def networks(self) -> tuple[Travelling]:
        return (self.network,)


CARD = Placement(device="cuda:0", dtype="float32")


@pytest.fixture
def own_slot(monkeypatch: pytest.MonkeyPatch) -> ModelSlot:
    monkeypatch.setattr("engine.models.slot.loader", lambda spec: lambda spec, placement, rung: Model())
    monkeypatch.setattr("engine.models.slot.release_memory", lambda device: None)
    return ModelSlot()


def test_a_parked_model_leaves_the_card_and_comes_back(own_slot: ModelSlot) -> None:
    model = own_slot.load(COMPACT, CARD)
    with own_slot.parked():
        assert model.network.stations == ["cpu"]  # type: ignore[attr-defined]
    assert model.network.stations == ["cpu", "cuda:0"]  # type: ignore[attr-defined]
    assert own_slot.load(COMPACT, CARD) is model


def test_a_guest_with_another_model_gives_the_place_back(own_slot: ModelSlot) -> None:
    model = own_slot.load(COMPACT, CARD)
    with own_slot.lent():
        guest = own_slot.load(replace(COMPACT, id="other"), CARD)
        assert guest is not model
        assert model.network.stations == ["cpu"]  # type: ignore[attr-defined]
    assert model.network.stations == ["cpu", "cuda:0"]  # type: ignore[attr-defined]
    assert own_slot.load(COMPACT, CARD) is model


def test_a_guest_with_the_same_model_moves_nothing(own_slot: ModelSlot) -> None:
    model = own_slot.load(COMPACT, CARD)
    with own_slot.lent():
        assert own_slot.load(COMPACT, CARD) is model
    assert model.network.stations == []  # type: ignore[attr-defined]
