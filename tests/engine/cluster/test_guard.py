"""Workers run our task and nothing else, whoever asks and however."""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import cloudpickle
import pytest

from engine.cluster import guard, tasks
from engine.cluster.hands import Hands

STRANGER = """
import json, os, sys
from distributed import Client
from distributed.core import rpc
from distributed.protocol.pickle import dumps
address = sys.argv[1]
client = Client(address, timeout=30)
worker = next(iter(client.sync(client.scheduler.identity, n_workers=-1)["workers"]))

def harm(path):
    open(path, "w").close()

class Harm:
    def __init__(self, path):
        self.path = path
    def __reduce__(self):
        return os.mkdir, (self.path,)

async def ask(to, op, **what):
    async with rpc(to) as one:
        return await getattr(one, op)(**what)

def done(function, *arguments):
    return client.submit(function, *arguments, workers=[worker]).result(timeout=20)

ways = {
    "task by name": lambda mark: done(os.mkdir, mark),
    "task by value": lambda mark: done(harm, mark),
    "argument": lambda mark: done(len, Harm(mark)),
    "run on worker": lambda mark: client.sync(ask, worker, "run", function=dumps(os.mkdir), args=dumps((mark,))),
    "run on scheduler": lambda mark: client.run_on_scheduler(os.mkdir, mark),
    "file": lambda mark: client.sync(
        ask, worker, "upload_file", filename="harm.py", data=f"open({mark!r}, 'w')", load=True
    ),
}
answers = {}
for way, act in ways.items():
    try:
        answers[way] = "accepted " + repr(act(way.replace(" ", "-")))
    except Exception as error:
        answers[way] = f"refused {type(error).__name__} {error}"
print(json.dumps(answers), flush=True)
os._exit(0)
"""


def strangers_ways(address: str, folder: Path) -> list[str]:
    """Six ways to have code run, from a process that knows only the scheduler's address: those that led anywhere.

    What the stranger does to itself lies in `folder`; workers and scheduler live elsewhere.
    """
    command = [sys.executable, "-c", STRANGER, address]
    asked = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=240)
    assert asked.returncode == 0, asked.stderr
    answers = json.loads(asked.stdout)
    assert len(answers) == 6
    # Dask answers a request that it does not know with nothing.
    accepted = [a for a in answers.values() if not a.startswith("refused") and a != "accepted None"]
    return accepted + [way for way in answers if Path(way.replace(" ", "-")).exists()]


def test_a_stranger_runs_nothing(hands: Hands, tmp_path: Path) -> None:
    assert strangers_ways(hands.address, tmp_path) == []


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


def test_classes_by_value_are_inert() -> None:
    class Stranger:
        def __call__(self) -> str:
            return "accepted"

    sent = guard.loads(cloudpickle.dumps(Stranger()))
    again = guard.loads(cloudpickle.dumps(sent))  # as a scheduler passes it on
    for thing in (sent, again):
        with pytest.raises(PermissionError):
            thing()


def test_our_own_task_passes() -> None:
    assert guard.loads(pickle.dumps(tasks.perform)) is tasks.perform


def test_an_unknown_request_is_answered_and_does_nothing() -> None:
    assert "KeyError" in tasks.perform('{"ask": "harm"}')
    assert "error" in tasks.perform("no JSON")
