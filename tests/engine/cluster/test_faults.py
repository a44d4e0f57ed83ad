"""Workers on a full disk, that do not see the files, with other weights or too little memory; and by Dask's command."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from engine.cancel import CancelToken
from engine.cluster import tasks
from engine.cluster.crew import pins_of
from engine.cluster.hands import Hands
from engine.cluster.run import restore_all
from engine.errors import EngineError
from engine.events import Event, Notice, SegmentDone, Workers
from engine.job import Job
from engine.models.registry import SPECS
from engine.restore import restore
from engine.settings import RestorationSettings
from engine.store import store_folder
from tests.clips import make_clip, motion, packet_bytes
from tests.engine.cluster.conftest import ROOT, Recruit, cluster
from tests.engine.cluster.test_dashboard import listening
from tests.engine.cluster.test_guard import strangers_ways
from tests.reliability.test_disk import in_namespace, refused

SMALL_DISK = "mount -t tmpfs -o size=3M small {0} && exec {1} -m tests.engine.cluster.small_disk {0}"
BLIND = 'mount -t tmpfs nothing {0} && exec "$@"'
"""A worker for whom a folder is empty."""


DASK_WORKER = (sys.executable, "-m", "distributed.cli.dask_worker")
PRELOADS = ("--preload", "engine.cluster.guard", "--preload", "tests.engine.cluster.preload")


def need_namespaces(folder: Path) -> None:
    if reason := refused(folder):
        pytest.skip(f"no mounts of one's own here: {reason}")


def job_of(source: Path, name: str = "film.mkv", model: str = "toy") -> Job:
    settings = RestorationSettings(model=model, scale=2)
    return Job(source=source, target=source.parent / name, restoration=settings, device="cpu")


def made(hands: Hands, job: Job, hear: Any = lambda event: None) -> list[Event]:
    """What was said until the film was there."""
    heard: list[Event] = []

    def listen(_: int, event: Event) -> None:
        heard.append(event)
        hear(event)

    outcomes = list(restore_all(hands, [job], listen, CancelToken(), 60.0))
    assert [outcome.error for outcome in outcomes] == [None]
    return heard


def notices(heard: list[Event], code: str) -> list[str]:
    return [event.message for event in heard if isinstance(event, Notice) and event.code == code]


def at_work(heard: list[Event]) -> set[str]:
    """Names of the workers that had a segment in hand."""
    return {w.name for event in heard if isinstance(event, Workers) for w in event.workers if w.segments}


@pytest.mark.parametrize("full_at", ["start", pytest.param("middle", marks=pytest.mark.reliability)])
def test_a_disk_that_is_full_on_the_workers_pauses_the_job(
    source: Path, tmp_path: Path, full_at: str
) -> None:
    alone = restore(job_of(source, "alone.mkv"))
    full, said = tmp_path / "full", []

    def hear(event: Event) -> None:
        if isinstance(event, SegmentDone) and event.index == 0 and full_at == "middle":
            full.touch()
        if isinstance(event, Notice) and event.code == "disk-full" and not said:
            said.append(event.message)
            threading.Timer(1.0, lambda: full.unlink(missing_ok=True)).start()

    with cluster(2, EVENSTAR_FULL_DISK=str(full)) as hands:
        if full_at == "start":
            full.touch()
        heard = made(hands, job_of(source, model="toy"), hear)
    assert said[0].startswith(f"the disk of {tmp_path} is full: the job waits until")
    assert notices(heard, "disk-room")
    assert packet_bytes(tmp_path / "film.mkv", "video") == packet_bytes(alone, "video")
    assert not store_folder(tmp_path / "film.mkv").exists()


@pytest.mark.reliability
def test_a_really_full_disk_pauses_workers_and_coordinator(source: Path, tmp_path: Path) -> None:
    """A tmpfs of 3 MB in a namespace, where workers, coordinator, store and target live."""
    folder = tmp_path / "small"
    folder.mkdir()
    need_namespaces(tmp_path)
    command = in_namespace(SMALL_DISK.format(folder, sys.executable))
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=280)
    assert run.returncode == 0, run.stderr
    report = json.loads(run.stdout.splitlines()[-1])
    assert report["codes"].index("disk-full") < report["codes"].index("disk-room")
    assert report["equal"]
    assert report["left"] == ["film.mkv"]


def test_what_a_worker_cannot_reach_is_said(tmp_path: Path) -> None:
    """The worker's own side of it, in this process."""
    here, note = tmp_path / "here.mp4", tmp_path / "note"
    here.write_bytes(b"four")
    note.write_text("text")
    sources = {str(here): 4, str(tmp_path / "gone.mp4"): 4}
    notes = {str(note): "text", str(tmp_path / "gone" / "note"): "text"}
    asked = {"ask": "inspect", "model": "toy", "sources": sources, "notes": notes}
    answer = json.loads(tasks.perform(json.dumps(asked)))
    assert answer["unreachable"] == [str(tmp_path / "gone.mp4"), str(tmp_path / "gone" / "note")]
    asked["sources"] = {str(here): 5}
    assert json.loads(tasks.perform(json.dumps(asked)))["unreachable"][0] == str(here)


@pytest.mark.parametrize("hidden", ["in", pytest.param("out", marks=pytest.mark.reliability)])
def test_a_worker_that_does_not_see_the_files_is_named_before_the_start(
    alone: Hands, recruit: Recruit, tmp_path: Path, hidden: str
) -> None:
    need_namespaces(tmp_path)
    source = make_clip(tmp_path / "in.mp4", n_frames=12, width=48, height=32, picture=motion)
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    source = source.rename(tmp_path / "in" / "source.mp4")
    job = Job(
        source=source,
        target=tmp_path / "out" / "film.mkv",
        restoration=RestorationSettings(model="toy", scale=2),
        device="cpu",
    )
    recruit(*in_namespace(BLIND.format(tmp_path / hidden)), "sh")
    heard: list[Event] = []
    with pytest.raises(EngineError, match=r"none of the workers at tcp://.* can do this"):
        list(restore_all(alone, [job], lambda _, event: heard.append(event), CancelToken(), 60.0))
    [sentence] = notices(heard, "worker-left-out")
    assert "takes no part: it cannot use " + str(tmp_path / hidden) in sentence
    assert list((tmp_path / "out").iterdir()) == []
    recruit()
    heard = made(alone, job)
    assert len(notices(heard, "worker-left-out")) == 1
    assert len(at_work(heard)) <= 1


@pytest.mark.reliability
def test_a_worker_with_other_weights_is_left_out(alone: Hands, recruit: Recruit, source: Path) -> None:
    wanted = restore(job_of(source, "alone.mkv"))
    recruit()
    recruit()
    recruit(EVENSTAR_ODD_WEIGHTS="0123456789abcdef0123456789abcdef")
    heard = made(alone, job_of(source))
    [sentence] = notices(heard, "worker-left-out")
    assert "its weights of the model are others: 0123456789ab, those of the rest none" in sentence
    assert packet_bytes(source.parent / "film.mkv", "video") == packet_bytes(wanted, "video")


def test_weights_other_than_the_coordinators_are_refused(
    hands: Hands, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files are compared by sha256, without loading the model here."""
    name, sha256 = next(iter(pins_of(SPECS["compact"]).items()))
    monkeypatch.setattr("engine.cluster.crew.pins_of", lambda spec: {name: "f" * 64})
    heard: list[Event] = []
    job = job_of(source, model="compact")
    with pytest.raises(EngineError, match="none of the workers"):
        list(restore_all(hands, [job], lambda _, event: heard.append(event), CancelToken(), 60.0))
    sentences = notices(heard, "worker-left-out")
    assert len(sentences) == 2
    assert all(f"its file {name} has sha256 {sha256[:12]}, the one here {'f' * 12}" in s for s in sentences)
    assert not store_folder(job.target).exists()


@pytest.mark.reliability
def test_a_newcomer_with_too_little_memory_takes_no_part(
    alone: Hands, recruit: Recruit, tmp_path: Path
) -> None:
    source = make_clip(tmp_path / "long.mp4", n_frames=120, width=48, height=32, picture=motion)
    wanted = restore(job_of(source, "alone.mkv"))
    recruit()
    [first] = alone.workers().values()
    come: list[bool] = []

    def hear(event: Event) -> None:
        if isinstance(event, SegmentDone) and not come:
            come.append(True)
            recruit(EVENSTAR_ODD_MEMORY="1000")

    heard = made(alone, job_of(source, model="toy-slow"), hear)
    [sentence] = notices(heard, "worker-left-out")
    assert "takes no part: it has 0 MB for a model, the plan needs" in sentence
    assert at_work(heard) == {first}
    assert packet_bytes(tmp_path / "film.mkv", "video") == packet_bytes(wanted, "video")


def test_a_worker_by_dasks_own_command_makes_the_film_and_runs_nothing_else(
    alone: Hands, recruit: Recruit, source: Path, tmp_path: Path
) -> None:
    """As the README has it."""
    wanted = restore(job_of(source, "alone.mkv"))
    host = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")
    pid = recruit(command=(*DASK_WORKER, alone.address, *host, "--no-nanny", *PRELOADS, "--nthreads", "1"))
    made(alone, job_of(source))
    assert packet_bytes(source.parent / "film.mkv", "video") == packet_bytes(wanted, "video")
    assert listening(pid) == {"127.0.0.1"}
    (tmp_path / "elsewhere").mkdir()
    assert strangers_ways(alone.address, tmp_path / "elsewhere") == []


@pytest.mark.reliability
def test_a_worker_with_a_nanny_does_not_start(alone: Hands, tmp_path: Path) -> None:
    """A nanny is a second process, which the guard of its worker does not reach."""
    command = (*DASK_WORKER, alone.address, *PRELOADS, "--nthreads", "1", "--death-timeout", "20")
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as started:
        assert started.stderr is not None
        try:
            assert any("start this worker with --no-nanny" in line for line in started.stderr)
        finally:
            started.terminate()
            started.wait(30)
    assert alone.refresh()
    assert alone.workers() == {}
