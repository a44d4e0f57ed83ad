"""Two workers make the film of one machine, packet for packet, whatever becomes of them."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from engine.cancel import Cancelled, CancelToken
from engine.cluster.hands import Hands
from engine.cluster.run import restore_all
from engine.errors import SettingsError, SourceError
from engine.events import Event, Notice, SegmentDone, Workers
from engine.job import Job
from engine.restore import restore
from engine.settings import RestorationSettings
from engine.store import store_folder
from tests.clips import make_clip, packet_bytes


def job_of(source: Path, name: str = "film.mkv", model: str = "compact", **changes: Any) -> Job:
    settings = RestorationSettings(model=model, scale=2, condition=0.5)
    return Job(source=source, target=source.parent / name, restoration=settings, device="cpu", **changes)


def made(hands: Hands, *jobs: Job, cancel: CancelToken | None = None, **options: Any) -> list[Any]:
    """Events of all the jobs, which must all become films."""
    heard: list[Any] = []
    outcomes = list(
        restore_all(
            hands,
            jobs,
            lambda number, event: heard.append((number, event)),
            cancel or CancelToken(),
            options.get("patience", 60.0),
        )
    )
    assert [outcome.error for outcome in outcomes] == [None] * len(jobs)
    return heard


def same_film(a: Path, b: Path) -> bool:
    return all(packet_bytes(a, kind) == packet_bytes(b, kind) for kind in ("video", "audio"))


def events(heard: list[Any], kind: type[Event]) -> list[Any]:
    return [event for _, event in heard if isinstance(event, kind)]


@pytest.mark.parametrize("model", ["compact", "toy", "toy-carrying"])
def test_two_workers_make_the_film_of_one_machine(hands: Hands, source: Path, model: str) -> None:
    alone = restore(job_of(source, "alone.mkv", model))
    made(hands, job_of(source, model=model))
    assert same_film(source.parent / "film.mkv", alone)
    assert not store_folder(source.parent / "film.mkv").exists()


def test_both_workers_are_seen_at_work(hands: Hands, source: Path, tmp_path: Path) -> None:
    long = make_clip(tmp_path / "long.mp4", n_frames=60, width=48, height=32)
    told = events(made(hands, job_of(long, model="toy-slow")), Workers)
    assert max(len([worker for worker in one.workers if worker.segments]) for one in told) == 2
    assert max(one.in_flight for one in told) >= 2


def test_several_films_are_made_at_once(hands: Hands, source: Path) -> None:
    jobs = [job_of(source, f"film{number}.mkv", "toy") for number in range(5)]
    heard = made(hands, *jobs)
    assert {number for number, event in heard if isinstance(event, SegmentDone)} == set(range(5))
    assert all(same_film(job.target, jobs[0].target) for job in jobs[1:])


def test_a_job_that_cannot_be_done_stops_no_other(hands: Hands, source: Path) -> None:
    missing = job_of(source.with_name("missing.mp4"), "none.mkv", "toy")
    taken = job_of(source, "taken.mkv", "toy")
    taken.target.write_bytes(b"taken")
    jobs = [taken, missing, job_of(source, model="toy")]
    outcomes = {o.number: o for o in restore_all(hands, jobs, lambda *_: None, CancelToken(), 60.0)}
    assert isinstance(outcomes[0].error, SettingsError)
    assert isinstance(outcomes[1].error, SourceError)
    assert outcomes[2].error is None


def test_a_worker_that_is_killed_costs_a_segment_and_not_the_film(hands: Hands, source: Path) -> None:
    long = make_clip(source.with_name("long.mp4"), n_frames=80, width=48, height=32)
    alone = restore(job_of(long, "alone.mkv", "toy"))
    kills = []

    def hear(_: int, event: Event) -> None:
        if isinstance(event, SegmentDone) and event.index > 2 and not kills:
            kills.append(hands.pids[0])
            os.kill(hands.pids[0], signal.SIGKILL)

    outcomes = list(restore_all(hands, [job_of(long, model="toy-slow")], hear, CancelToken(), 60.0))
    assert kills
    assert [outcome.error for outcome in outcomes] == [None]
    assert same_film(source.parent / "film.mkv", alone)


def test_what_workers_finished_is_not_made_again(hands: Hands, source: Path) -> None:
    cancel, done = CancelToken(), []

    def hear(_: int, event: Event) -> None:
        if isinstance(event, SegmentDone):
            done.append(event.index)
            cancel.cancel()

    long = make_clip(source.with_name("long.mp4"), n_frames=60, width=48, height=32)
    with pytest.raises(Cancelled):
        list(restore_all(hands, [job_of(long, model="toy-slow")], hear, cancel, 60.0))
    again = [event.index for event in events(made(hands, job_of(long, model="toy-slow")), SegmentDone)]
    assert done
    assert set(done) & set(again) == set()


@pytest.mark.reliability
def test_a_worker_that_gives_no_sign_is_left_alone(hands: Hands, source: Path) -> None:
    long = make_clip(source.with_name("long.mp4"), n_frames=60, width=48, height=32)
    alone = restore(job_of(long, "alone.mkv", "toy"))
    stopped: list[int] = []
    heard: list[Event] = []

    def hear(_: int, event: Event) -> None:
        heard.append(event)
        if isinstance(event, SegmentDone) and not stopped:
            stopped.append(hands.pids[0])
            os.kill(hands.pids[0], signal.SIGSTOP)

    outcomes = list(restore_all(hands, [job_of(long, model="toy-slow")], hear, CancelToken(), 8.0))
    assert stopped
    assert [outcome.error for outcome in outcomes] == [None]
    assert any(isinstance(event, Notice) and event.code == "worker-hangs" for event in heard)
    assert same_film(source.parent / "film.mkv", alone)
