import threading
import time
from collections.abc import Iterator

import pytest

from engine.prefetch import Prefetch


def test_items_arrive_in_order() -> None:
    with Prefetch(range(50), depth=3, name="decode") as ahead:
        assert list(ahead) == list(range(50))


def test_an_error_arrives_after_the_items_before_it() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    with Prefetch(failing(), depth=2, name="decode") as ahead:
        assert next(ahead) == 1
        with pytest.raises(ValueError, match="broken"):
            next(ahead)
        with pytest.raises(StopIteration):
            next(ahead)


def test_it_runs_no_further_ahead_than_its_depth() -> None:
    made: list[int] = []

    def source() -> Iterator[int]:
        for i in range(100):
            made.append(i)
            yield i

    with Prefetch(source(), depth=2, name="decode") as ahead:
        next(ahead)
        time.sleep(0.3)
        assert len(made) <= 1 + 2 + 1


def test_close_ends_the_thread_and_closes_the_source_in_it() -> None:
    closed_in: list[str] = []

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 0
        finally:
            closed_in.append(threading.current_thread().name)

    ahead = Prefetch(endless(), depth=1, name="decode")
    next(ahead)
    ahead.close()
    ahead.close()
    assert closed_in == ["decode"]
    assert "decode" not in [thread.name for thread in threading.enumerate()]


def test_stages_can_be_stacked_and_closed_last_first() -> None:
    with (
        Prefetch(iter(range(1000)), depth=2, name="decode") as first,
        Prefetch((i * 2 for i in first), depth=2, name="sample") as second,
    ):
        assert [next(second) for _ in range(5)] == [0, 2, 4, 6, 8]


def test_waiting_and_working_are_told_apart() -> None:
    def slow() -> Iterator[int]:
        for i in range(3):
            time.sleep(0.1)
            yield i

    with Prefetch(slow(), depth=1, name="decode") as ahead:
        list(ahead)
    assert ahead.produce_seconds >= 0.3
    assert ahead.waited_seconds >= 0.2
