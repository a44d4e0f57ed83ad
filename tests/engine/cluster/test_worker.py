"""What a worker says of itself, and how it loads a model to know its weights."""

import errno
import json
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from engine.cancel import Cancelled, CancelToken
from engine.cluster import tasks, unit, worker
from engine.device import Placement
from engine.errors import WeightsBusyError
from engine.models.registry import SPECS
from engine.models.slot import slot

CPU = Placement(device="cpu", dtype="float32")


def busy_for(n_times: int) -> Any:
    """Raises that the weights are busy so many times, then gives an answer."""
    left = [n_times]

    def act() -> str:
        left[0] -= 1
        if left[0] >= 0:
            raise WeightsBusyError("another Evenstar is working on the weights")
        return "answer"

    return act


def test_a_worker_announces_the_memory_of_its_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "memory_budget", lambda device: 8 << 30)
    monkeypatch.setattr(tasks, "device", "cuda:1")
    assert worker._resources() == {"VRAM": 8 << 30}
    monkeypatch.setattr(tasks, "device", "cpu")
    assert worker._resources() == {}


def test_a_worker_of_a_local_scheduler_is_reached_from_this_machine_only() -> None:
    assert worker._host("tcp://127.0.0.1:8786") == "127.0.0.1"
    assert worker._host("tls://127.0.0.1:8786") == "127.0.0.1"


def test_a_card_too_small_for_the_whole_model_still_says_which_weights_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[str] = []

    def load(spec: Any, placement: Any, rung: str) -> SimpleNamespace:
        tried.append(rung)
        if rung == "resident":
            raise torch.OutOfMemoryError
        return SimpleNamespace(weights_sha256="abc")

    monkeypatch.setattr(slot, "load", load)
    assert tasks._weights(SPECS["star-light"], CPU) == "abc"
    assert tried == ["resident", "fp8"]


def test_weights_that_another_worker_converts_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unit, "_AGAIN_SECONDS", 0.0)
    assert unit.when_weights_are_free(busy_for(3), CancelToken()) == "answer"


def test_a_worker_that_waits_for_weights_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        unit.when_weights_are_free(busy_for(3), cancel)


def test_a_full_disk_is_no_hindrance(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """It is waited for; a folder that cannot be written is one."""
    note = tmp_path / "note"
    note.write_text("text")

    def refuse(number: int) -> Any:
        def write_text(*_: Any, **__: Any) -> None:
            raise OSError(number, "refused")

        return write_text

    asked = {"ask": "inspect", "model": "toy", "sources": {}, "notes": {str(note): "text"}}
    for number, unreachable in ((errno.ENOSPC, []), (errno.EROFS, [str(note)])):
        with monkeypatch.context() as patch:
            patch.setattr("pathlib.Path.write_text", refuse(number))
            assert json.loads(tasks.perform(json.dumps(asked)))["unreachable"] == unreachable
