"""Workers run our task and nothing else, whoever asks and however."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import cloudpickle
import pytest

from engine.cluster import guard, tasks
from engine.cluster.hands import Hands
from tests.engine.cluster.conftest import ROOT

STRANGER = """
import asyncio, os, sys, threading
from distributed import Client
from distributed.core import rpc
from distributed.protocol.pickle import dumps
address, mark, how = sys.argv[1:]
client = Client(address, timeout=20)
worker = next(iter(client.scheduler_info(n_workers=-1)["workers"]))

def harm(path):
    open(path, "w").close()

async def ask(to, **what):
    async with rpc(to) as one:
        return await getattr(one, what.pop("op"))(**what)

try:
    if how == "task by name":
        client.submit(os.mkdir, mark, workers=[worker]).result(timeout=10)
    elif how == "task by value":
        client.submit(harm, mark, workers=[worker]).result(timeout=10)
    elif how == "argument":
        class Harm:
            def __reduce__(self):
                return os.mkdir, (mark,)
        client.submit(len, Harm(), workers=[worker]).result(timeout=10)
    elif how == "run on worker":
        client.sync(ask, worker, op="run", function=dumps(os.mkdir), args=dumps((mark,)))
    elif how == "run on scheduler":
        client.run_on_scheduler(os.mkdir, mark)
    elif how == "file":
        client.sync(ask, worker, op="upload_file", filename="harm.py", data=f"open({mark!r}, 'w')", load=True)
    print("accepted")
except Exception as error:
    print("refused", type(error).__name__, error)
os._exit(0)
"""
WAYS = ("task by name", "task by value", "argument", "run on worker", "run on scheduler", "file")


@pytest.mark.parametrize("way", WAYS)
def test_a_stranger_runs_nothing(hands: Hands, tmp_path: Path, way: str) -> None:
    mark = tmp_path / "mark"
    command = [sys.executable, "-c", STRANGER, hands.address, str(mark), way]
    asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert asked.stdout.startswith("refused"), asked.stdout + asked.stderr
    assert not mark.exists()


def test_the_workers_still_work_afterwards(hands: Hands) -> None:
    assert hands.refresh()
    assert len(hands.workers()) == 2


def test_foreign_things_are_inert(tmp_path: Path) -> None:
    mark = str(tmp_path / "mark")

    class Harm:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, (mark,)

    guard.loads(pickle.dumps(Harm()))
    assert not Path(mark).exists()
    with pytest.raises(PermissionError, match=r"posix.mkdir is no task of Evenstar|os.mkdir"):
        guard.loads(pickle.dumps(os.mkdir))(mark)
    stranger = guard.loads(cloudpickle.dumps(lambda: Path(mark).mkdir()))
    with pytest.raises(PermissionError):
        stranger()


def test_our_own_task_passes() -> None:
    assert guard.loads(pickle.dumps(tasks.perform)) is tasks.perform


def test_an_unknown_request_is_answered_and_does_nothing() -> None:
    assert "KeyError" in tasks.perform('{"ask": "harm"}')
    assert "error" in tasks.perform("no JSON")
