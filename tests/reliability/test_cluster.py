"""Workers are killed at random moments; the film is the one of one machine each time."""

import os
import random
import signal
import threading
from pathlib import Path

import pytest

from engine.cancel import CancelToken
from engine.cluster.hands import Hands
from engine.cluster.run import restore_all
from engine.job import Job
from engine.restore import restore
from engine.settings import RestorationSettings
from tests.clips import make_clip, motion, packet_bytes
from tests.engine.cluster.conftest import hands, models  # noqa: F401  (fixtures)
from tests.reliability.figures import Count

pytestmark = pytest.mark.reliability
KILLS = 10


def job(model: str, source: Path, target: Path) -> Job:
    settings = RestorationSettings(model=model, scale=2)
    return Job(source=source, target=target, restoration=settings, device="cpu")


def test_ten_killed_workers_cost_no_film(
    hands: Hands,  # noqa: F811
    tmp_path: Path,
    count: Count,
) -> None:
    """Each film takes some seconds by sleeping; the kill falls anywhere into it."""
    source = make_clip(tmp_path / "source.mp4", n_frames=60, width=48, height=32, picture=motion, audio="aac")
    alone = restore(job("toy", source, tmp_path / "alone.mkv"))
    wanted = {kind: packet_bytes(alone, kind) for kind in ("video", "audio")}
    dice, kills = random.Random(12), 0
    for number in range(4 * KILLS):
        target = tmp_path / f"film{number}.mkv"
        killed: list[int] = []

        def kill(killed: list[int] = killed) -> None:
            pid = dice.choice(hands.pids)
            killed.append(pid)
            os.kill(pid, signal.SIGKILL)

        timer = threading.Timer(dice.uniform(0.3, 3.0), kill)
        timer.start()
        outcomes = list(
            restore_all(hands, [job("toy-slow", source, target)], lambda *_: None, CancelToken(), 120.0)
        )
        timer.cancel()
        timer.join()
        kills += len(killed)
        assert [outcome.error for outcome in outcomes] == [None]
        assert {kind: packet_bytes(target, kind) for kind in wanted} == wanted
        if kills >= KILLS:
            break
    assert kills == KILLS
    count("kills", kills, part="workers")
