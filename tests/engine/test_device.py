from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import torch

from engine.device import capped, is_out_of_memory, to_device, to_host
from engine.errors import ExportError, MemoryBudgetError

HUGE = 10**15
"""Values; no machine has so many."""


@pytest.mark.parametrize(
    "allocate",
    [
        lambda: torch.empty(HUGE),
        lambda: np.empty(HUGE),
        lambda: cv2.resize(np.zeros((2, 2), np.float32), (1 << 15, 1 << 20)),
    ],
    ids=["torch", "numpy", "opencv"],
)
def test_memory_that_is_not_there_is_recognised_by_what_libraries_really_raise(allocate: object) -> None:
    with pytest.raises(Exception, match=r"(?i)alloc") as found:
        allocate()  # type: ignore[operator]
    assert is_out_of_memory(found.value)


@pytest.mark.parametrize(
    "text",
    [
        "CUDA error: out of memory",
        "MPS backend out of memory (MPS allocated: 9 GB)",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "DefaultCPUAllocator: not enough memory: you tried to allocate 5 bytes.",
    ],
)
def test_memory_errors_of_devices_are_recognised_by_their_words(text: str) -> None:
    assert is_out_of_memory(RuntimeError(text))


def test_an_error_of_the_engine_counts_as_what_caused_it() -> None:
    error = ExportError("cannot be encoded as asked")
    assert not is_out_of_memory(error)
    error.__cause__ = MemoryError()
    assert is_out_of_memory(error)


@pytest.mark.parametrize(
    "error", [RuntimeError("shapes do not match"), ValueError("out of memory"), MemoryBudgetError("no")]
)
def test_other_errors_are_not_taken_for_it(error: Exception) -> None:
    assert not is_out_of_memory(error)


class FakeCard:
    """Frames in the memory of a card that is not here, and what was done to move them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        monkeypatch.setattr(torch.cuda, "current_stream", lambda _device: self)

    def synchronize(self) -> None:
        self.done.append("waited")


class OnCard:
    """Stands for a tensor there."""

    device, shape, dtype = torch.device("cuda:0"), (2, 3), torch.float32


class InMemory:
    """Stands for a tensor here; remembers how it was moved."""

    device = torch.device("cpu")

    def __init__(self, *, pinned: bool = False) -> None:
        self.pinned = pinned
        self.moves: list[object] = []

    def is_pinned(self) -> bool:
        return self.pinned

    def pin_memory(self) -> "InMemory":
        return InMemory(pinned=True)

    def to(self, device: torch.device, *, non_blocking: bool = False) -> tuple[bool, bool]:
        return self.pinned, non_blocking


@pytest.mark.parametrize("pinned", [True, False])
def test_frames_go_to_a_card_from_page_locked_memory_and_nobody_waits(pinned: bool) -> None:
    assert to_device(InMemory(pinned=pinned), torch.device("cuda:0")) == (True, True)  # type: ignore[arg-type]


def test_results_come_from_a_card_into_page_locked_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    card, asked = FakeCard(monkeypatch), []

    class Host:
        def copy_(self, frames: object, *, non_blocking: bool) -> "Host":
            card.done.append(f"copied, waiting: {not non_blocking}")
            return self

    monkeypatch.setattr(torch, "empty", lambda shape, **kwargs: asked.append((shape, kwargs)) or Host())
    to_host(OnCard())  # type: ignore[arg-type]
    assert asked == [((2, 3), {"dtype": torch.float32, "device": "cpu", "pin_memory": True})]
    assert card.done == ["copied, waiting: False"]


def test_on_a_processor_nothing_is_copied() -> None:
    frames = torch.arange(6.0)
    assert to_device(frames, torch.device("cpu")) is to_host(frames) is frames


def test_a_cap_holds_inside_and_is_gone_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    shares: list[float] = []
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: SimpleNamespace(total_memory=80))
    monkeypatch.setattr(torch.cuda, "set_per_process_memory_fraction", lambda share, _: shares.append(share))
    with capped("cuda:0", 8):
        assert shares == [0.1]
    with capped("cpu", 8):
        pass
    assert shares == [0.1, 1.0]
