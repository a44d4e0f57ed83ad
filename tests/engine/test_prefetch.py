import threading
import time
from collections.abc import Callable, Iterator

import pytest

from engine.prefetch import Helpers, Prefetch, spare_helpers


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


@pytest.mark.parametrize("helpers", [0, 1, 4])
def test_helpers_give_results_in_the_order_of_the_items(helpers: int) -> None:
    def make() -> Callable[[int], int]:
        def slow(item: int) -> int:
            time.sleep(0.002 * (item % 3))
            return 10 * item

        return slow

    helped = Helpers(make, helpers)
    assert list(helped(iter(range(20)))) == [10 * item for item in range(20)]
    helped.close()
    helped.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("help")]


def test_helpers_take_no_more_items_than_they_can_hold() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(100):
            taken.append(item)
            yield item

    helped = Helpers(lambda: lambda item: item, 3)
    results = helped(items())
    next(results)
    assert len(taken) == 4
    results.close()  # type: ignore[attr-defined]
    helped.close()


def test_few_cores_help_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for cores in (1, 2, 4, 7, 8, 16, 128):
        monkeypatch.setattr("os.cpu_count", lambda n=cores: n)
        found.append(spare_helpers())
    assert found == [0, 0, 0, 0, 2, 4, 8]
