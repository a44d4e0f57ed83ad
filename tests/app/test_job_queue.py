"""The queue decides: order, pause, failure, restart; tests wait on the queue, never on the worker."""

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.job_queue import JobQueue
from app.queue_file import QueueEntry, QueueFile
from app.worker import Workbench
from engine.errors import DiskFullError, MemoryBudgetError
from engine.events import Notice, Severity
from engine.job import Job, JobState
from engine.settings import Codec, ExportSettings, RestorationSettings
from tests.app.fakes import FINDINGS, FakeEngine

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def owner(qapp: object) -> Iterator[QObject]:
    made = QObject()
    yield made
    made.deleteLater()


@pytest.fixture
def bench(engine: FakeEngine, owner: QObject) -> Iterator[Workbench]:
    made = Workbench(engine.calls(), owner)
    yield made
    made.close()


@pytest.fixture
def queue(bench: Workbench, owner: QObject, tmp_path: Path) -> JobQueue:
    return JobQueue(bench, QueueFile(tmp_path / "queue.json"), owner)


def job(tmp_path: Path, name: str = "tape") -> Job:
    return Job(source=tmp_path / f"{name}.mkv", target=tmp_path / f"{name}_restored.mkv")


def test_jobs_run_one_after_another_in_their_order(
    queue: JobQueue, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    jobs = [job(tmp_path, name) for name in ("a", "b", "c")]
    with qtbot.waitSignal(queue.ran_dry, timeout=20000):
        queue.add(*jobs)
    assert engine.restored == jobs


def test_a_job_added_while_another_runs_waits_its_turn(
    queue: JobQueue, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    engine.held = True
    queue.add(job(tmp_path, "a"))
    (second,) = queue.add(job(tmp_path, "b"))
    entry = queue.find(second)
    assert entry is not None
    assert entry.state is JobState.QUEUED
    engine.held = False
    qtbot.waitSignal(queue.ran_dry, timeout=20000).wait()


def test_a_waiting_job_can_be_moved_to_the_front(
    queue: JobQueue, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    engine.held = True
    queue.add(*(job(tmp_path, name) for name in "abc"))
    third = queue.entries[2].id
    queue.move(third, 1)
    with qtbot.waitSignal(queue.ran_dry, timeout=20000):
        engine.held = False
    assert [done.source.stem for done in engine.restored] == ["a", "c", "b"]


def paused_in_a_part(queue: JobQueue, qtbot: QtBot, number: int) -> QueueEntry:
    """The entry once it waits in the middle of its second part."""
    qtbot.waitSignal(queue.segment_saved, timeout=20000).wait()
    queue.pause(number)
    assert queue._running is not None
    qtbot.waitUntil(lambda: queue._running is not None and queue._running.cancel.waiting, timeout=15000)
    entry = queue.find(number)
    assert entry is not None
    return entry


def test_a_paused_job_goes_on_from_the_very_frame(
    queue: JobQueue, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    engine.frame_seconds = 0.02
    (number,) = queue.add(job(tmp_path))
    paused = paused_in_a_part(queue, qtbot, number)
    assert (paused.state, queue.held, queue.running) == (JobState.PAUSED, True, None)
    with qtbot.waitSignal(queue.ran_dry, timeout=20000):
        queue.resume(number)
    assert queue.entries[0].state is JobState.DONE
    assert engine.restored == [paused.job]  # one call: nothing was begun again


def test_resuming_another_job_lets_the_waiting_one_step_down(
    queue: JobQueue, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    engine.frame_seconds = 0.02
    first, second = queue.add(job(tmp_path, "a"), job(tmp_path, "b"))
    queue.pause(second)
    paused_in_a_part(queue, qtbot, first)
    with qtbot.waitSignal(queue.ran_dry, timeout=20000):
        queue.resume(second)
    assert [entry.state for entry in queue.entries] == [JobState.PAUSED, JobState.DONE]
    assert queue.entries[0].done_frames % 10 == 0
    with qtbot.waitSignal(queue.ran_dry, timeout=20000):
        queue.resume(first)
    assert queue.entries[0].state is JobState.DONE


def test_a_waiting_job_can_be_cancelled_and_removed(
    queue: JobQueue, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    engine.frame_seconds = 0.02
    (number,) = queue.add(job(tmp_path))
    paused_in_a_part(queue, qtbot, number)
    queue.remove(number)
    qtbot.waitUntil(lambda: queue.entries == (), timeout=15000)
    qtbot.waitUntil(lambda: len(engine.discarded) == 1, timeout=15000)


def test_other_settings_for_a_waiting_job_are_used_when_it_goes_on(
    queue: JobQueue, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    engine.frame_seconds = 0.02
    (number,) = queue.add(job(tmp_path))
    paused = paused_in_a_part(queue, qtbot, number)
    other = replace(paused.job, restoration=RestorationSettings(beta=0.3))
    with qtbot.waitSignal(queue.entry_ended, timeout=15000):
        queue.replace_job(number, other)
    with qtbot.waitSignal(queue.ran_dry, timeout=20000):
        queue.resume(number)
    assert json.loads(other.target.read_text())["beta"] == 0.3


def test_pausing_lets_the_machine_sleep_and_resuming_keeps_it_awake(
    queue: JobQueue, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    engine.frame_seconds = 0.02
    (number,) = queue.add(job(tmp_path))
    told: list[bool] = []
    queue.running_changed.connect(told.append)
    paused_in_a_part(queue, qtbot, number)
    queue.resume(number)
    assert told == [False, True]


def test_a_cancelled_job_does_not_stop_the_queue(
    queue: JobQueue, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    engine.held = True
    first, _ = queue.add(job(tmp_path, "a"), job(tmp_path, "b"))
    queue.cancel(first)
    with qtbot.waitSignal(queue.ran_dry, timeout=20000):
        engine.held = False
    assert [entry.state for entry in queue.entries] == [JobState.CANCELLED, JobState.DONE]


def test_cancelling_removes_the_finished_parts_and_pausing_keeps_them(
    queue: JobQueue, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    engine.frame_seconds = 0.004
    (number,) = queue.add(job(tmp_path))
    qtbot.waitSignal(queue.segment_saved, timeout=20000).wait()
    queue.pause(number)
    assert engine.discarded == []
    with qtbot.waitSignal(queue.entry_ended, timeout=20000):
        queue.cancel(number)
    qtbot.waitUntil(lambda: engine.discarded == [queue.entries[0].job.target], timeout=15000)
    assert queue.entries[0].done_frames == 0


def test_a_finished_job_keeps_its_report_over_a_restart(
    queue: JobQueue, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    with qtbot.waitSignal(queue.ran_dry, timeout=20000):
        queue.add(job(tmp_path))
    (entry,) = queue._file.read()
    assert entry.findings == FINDINGS


def test_removing_an_unfinished_job_removes_its_parts(
    queue: JobQueue, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    engine.frame_seconds = 0.004
    (number,) = queue.add(job(tmp_path))
    qtbot.waitSignal(queue.segment_saved, timeout=20000).wait()
    with qtbot.waitSignal(queue.entry_ended, timeout=20000):
        queue.cancel(number)
    queue.remove(number)
    qtbot.waitUntil(lambda: len(engine.discarded) == 1, timeout=15000)
    assert queue.entries == ()


def test_a_failed_job_says_why_and_the_next_one_runs(
    queue: JobQueue, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    engine.fail_with = MemoryBudgetError(
        "there is not enough memory for Compact even with the smallest tiles"
    )
    with qtbot.waitSignal(queue.entry_ended, timeout=20000):
        queue.add(job(tmp_path, "a"))
    engine.fail_with = None
    failed = queue.entries[0]
    assert failed.state is JobState.FAILED
    assert failed.failure is not None
    assert failed.failure.kind == "MemoryBudgetError"
    assert "Traceback" in failed.failure.details
    with qtbot.waitSignal(queue.ran_dry, timeout=20000):
        queue.retry(failed.id)
    assert queue.entries[0].state is JobState.DONE


def test_a_full_disk_pauses_the_job_instead_of_failing_it(
    queue: JobQueue, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    engine.fail_with = DiskFullError("no room for the next part")
    with qtbot.waitSignal(queue.entry_ended, timeout=20000):
        queue.add(job(tmp_path))
    assert queue.entries[0].state is JobState.PAUSED
    assert queue.held


def test_notices_of_a_running_job_are_kept_with_it(
    queue: JobQueue, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    engine.notice = Notice(code="x", message="One track cannot be kept.", severity=Severity.WARNING)
    with qtbot.waitSignal(queue.ran_dry, timeout=20000):
        queue.add(job(tmp_path))
    assert queue.entries[0].notices == (engine.notice,)


def test_the_queue_file_keeps_every_setting(tmp_path: Path) -> None:
    file = QueueFile(tmp_path / "deep" / "queue.json")
    full = Job(
        source=tmp_path / "Größe ✨.mkv",
        target=tmp_path / "out.mp4",
        restoration=RestorationSettings(short_side=1440, beta=0.35, seed=7, prompt="Menschen"),
        export=ExportSettings(codec=Codec.H265, crf=20, copy_audio=False),
        first_frame=10,
        stop_frame=20,
    )
    entry = QueueEntry(id=3, job=full, done_frames=4, total_frames=10)
    file.write((entry,))
    assert file.read() == (entry,)


def test_a_running_entry_comes_back_ready_to_resume(tmp_path: Path) -> None:
    file = QueueFile(tmp_path / "queue.json")
    file.write((QueueEntry(id=1, job=job(tmp_path), state=JobState.RUNNING, done_frames=20),))
    (entry,) = file.read()
    assert (entry.state, entry.interrupted, entry.done_frames) == (JobState.PAUSED, True, 20)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"entries": [{"id": 1}]}', '{"entries": 4}'])
def test_a_damaged_queue_file_is_set_aside_and_reported(tmp_path: Path, text: str) -> None:
    path = tmp_path / "queue.json"
    path.write_text(text)
    file = QueueFile(path)
    assert file.read() == ()
    assert "queue.json.damaged" in file.report
    assert (tmp_path / "queue.json.damaged").read_text() == text


def test_the_queue_comes_back_after_a_kill(
    tmp_path: Path, qtbot: QtBot, bench: Workbench, owner: QObject
) -> None:
    """A process of its own is killed in the middle of a job; this one finishes it."""
    started = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "killed_child.py"), str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
    )
    saved = QueueFile(tmp_path / "queue.json")
    while not any(entry.done_frames >= 10 for entry in saved.read()) and time.monotonic() - started < 30:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    queue = JobQueue(bench, QueueFile(tmp_path / "queue.json"), owner)
    assert [entry.state for entry in queue.entries] == [JobState.PAUSED, JobState.QUEUED]
    assert queue.entries[0].done_frames >= 10
    assert queue.held
    with qtbot.waitSignal(queue.ran_dry, timeout=30000):
        queue.release()
    assert [entry.state for entry in queue.entries] == [JobState.DONE, JobState.DONE]


def test_two_thousand_progress_signals_leave_nothing_behind(
    queue: JobQueue, qtbot: QtBot, tmp_path: Path, engine: FakeEngine
) -> None:
    engine.n_frames, engine.frame_seconds, engine.pictures = 2000, 0.0, 100
    process, told = psutil.Process(), []
    queue.entry_changed.connect(lambda _id: told.append(None))
    with qtbot.waitSignal(queue.ran_dry, timeout=30000):
        queue.add(job(tmp_path, "warm"))
    gc.collect()
    before, threads = process.memory_info().rss, threading.active_count()
    told.clear()
    with qtbot.waitSignal(queue.ran_dry, timeout=30000):
        queue.add(job(tmp_path, "measured"))
    gc.collect()
    grown = process.memory_info().rss - before
    assert grown < 8 << 20
    assert threading.active_count() == threads
    assert len(told) < 700  # 200 saved parts tell three times each; 2,000 progress signals share a few
