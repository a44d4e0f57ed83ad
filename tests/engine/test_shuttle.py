"""Transfers beside the computing: order, contents and bounded memory, with a stand-in that copies as late as it may."""

import os
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.device import Lane
from engine.shuttle import SLOTS, Shuttle

CPU = torch.device("cpu")


class Late:
    """An event of a stream that does nothing before it is waited for; then it does all it was asked for by then."""

    def __init__(self, stream: list[Callable[[], object]]) -> None:
        self._stream, self._n = stream, len(stream)

    def synchronize(self) -> None:
        for i in range(self._n):
            self._stream[i]()
            self._stream[i] = lambda: None


class LateLane(Lane):
    """Copies nothing before somebody waits; counts the page-locked memory that was asked for."""

    def __init__(self) -> None:
        self.stream: list[Callable[[], object]] = []
        self.locked: list[int] = []

    def page_locked(self, n_bytes: int) -> Tensor:
        self.locked.append(n_bytes)
        return torch.full((n_bytes,), 255, dtype=torch.uint8)

    def up(self, host: Tensor) -> tuple[Tensor, Any]:
        carried = torch.zeros_like(host)
        self.stream.append(lambda: carried.copy_(host))
        return carried, Late(self.stream)

    def down(self, frames: Tensor, host: Tensor) -> Any:
        self.stream.append(lambda: host.copy_(frames))
        return Late(self.stream)

    def finish(self) -> None:
        Late(self.stream).synchronize()


def parts(n: int = 7, dtype: torch.dtype = torch.int16) -> list[Tensor]:
    """Of growing and shrinking sizes, so that memory is reused for both."""
    return [torch.arange(6 * (1 + i % 3)).reshape(1 + i % 3, 2, 3).to(dtype) + i for i in range(n)]


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int16, torch.int32, torch.float32])
def test_what_goes_up_late_is_what_was_given(dtype: torch.dtype) -> None:
    lane = LateLane()
    shuttle = Shuttle(CPU, lane)
    given = parts(dtype=dtype)
    carried = []
    for part in given:
        frames = part.clone()
        carried.append(shuttle.up(frames))
        frames.zero_()  # allowed at once
    lane.finish()
    assert all(torch.equal(there, part) for there, part in zip(carried, given, strict=True))


def test_what_comes_down_is_in_order_and_stays_as_it_is() -> None:
    lane = LateLane()
    arrived = list(Shuttle(CPU, lane).down(iter(parts())))
    lane.finish()
    assert all(torch.equal(there, part) for there, part in zip(arrived, parts(), strict=True))


def test_the_next_part_is_asked_for_before_one_is_waited_for() -> None:
    asked: list[int] = []

    def computing() -> Any:
        for i, part in enumerate(parts()):
            asked.append(i)
            yield part

    down = Shuttle(CPU, LateLane()).down(computing())
    next(down)
    assert asked == [0, 1]
    next(down)
    assert asked == [0, 1, 2]


def test_its_memory_serves_inside_and_outside_of_inference_mode() -> None:
    shuttle = Shuttle(CPU, LateLane())
    with torch.inference_mode():
        inside = [shuttle.up(part) for part in parts(SLOTS)]
        down = shuttle.down(iter(parts(2 * SLOTS)))
        next(down)
    outside = [shuttle.up(part) for part in parts(2 * SLOTS)]
    assert len(list(down)) == 2 * SLOTS - 1
    assert len(inside) + len(outside) == 3 * SLOTS


def test_page_locked_memory_does_not_grow_with_the_clip() -> None:
    lane = LateLane()
    shuttle = Shuttle(CPU, lane)
    for part in [torch.zeros(4, 8)] * 100:
        shuttle.up(part)
    list(shuttle.down(iter([torch.zeros(4, 8)] * 100)))
    assert lane.locked == [4 * 8 * 4] * (2 * SLOTS)


def test_what_the_model_raises_comes_through_after_what_it_made() -> None:
    def failing() -> Any:
        yield torch.zeros(1)
        raise MemoryError

    with pytest.raises(MemoryError):
        list(Shuttle(CPU, LateLane()).down(failing()))


def test_on_a_processor_nothing_waits_and_nothing_is_copied() -> None:
    shuttle, part = Shuttle(CPU), torch.zeros(2, 3)
    assert shuttle.up(part) is part
    assert next(iter(shuttle.down(iter([part])))) is part


@pytest.mark.gpu
def test_a_real_card_gets_and_gives_what_it_should_beside_its_work() -> None:
    if not torch.cuda.is_available():
        assert os.environ.get("FAIL_WITHOUT_CUDA") != "1", "no CUDA device"
        pytest.skip("no CUDA device")
    card = torch.device("cuda:0")
    shuttle = Shuttle(card)
    generator = torch.Generator().manual_seed(1)
    given = [torch.randint(0, 255, (3, 270, 480, 3), generator=generator) for _ in range(20)]

    def computed() -> Any:
        for part in given:
            frames = shuttle.up(part.to(torch.uint8))
            busy = torch.randn(2048, 2048, device=card)
            for _ in range(20):
                busy = busy @ busy * 1e-3
            yield 255 - frames + (busy.sum() * 0).nan_to_num(0).to(torch.uint8)

    for part, there in zip(given, shuttle.down(computed()), strict=True):
        assert there.device == CPU
        assert torch.equal(there, 255 - part.to(torch.uint8))
