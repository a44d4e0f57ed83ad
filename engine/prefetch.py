"""The one place with threads: run an iterator ahead of its consumer, bounded, and end it cleanly."""

import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")
S = TypeVar("S")

_POLL_SECONDS = 0.1
"""How long a full or empty queue is waited for before the stop flag is looked at again."""


class Prefetch(Generic[T]):
    """An iterator that computes up to `depth` items ahead in a thread of its own.

    Close it (or leave its `with` block) to stop the thread: the source is closed in the thread that ran it,
    and close() returns only when that thread has ended. An exception of the source is raised at the consumer,
    after the items that came before it.
    """

    def __init__(self, source: Iterable[T], *, depth: int, name: str) -> None:
        if depth < 1:
            raise ValueError(f"depth is {depth}, need at least 1")
        self.produce_seconds = 0.0
        """Wall time the source spent making items, waiting for its own sources included."""
        self.waited_seconds = 0.0
        """Wall time the consumer waited for an item."""
        self._queue: queue.Queue[tuple[T | None, BaseException | None]] = queue.Queue(depth)
        self._stop = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._run, args=(source,), name=name)
        self._thread.start()

    def __enter__(self) -> "Prefetch[T]":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        if self._ended:
            raise StopIteration
        begun = time.perf_counter()
        item, error = self._queue.get()
        self.waited_seconds += time.perf_counter() - begun
        if error is None:
            return item  # type: ignore[return-value]  # the thread puts an item or an error
        self._ended = True
        raise error

    @property
    def has_item(self) -> bool:
        """True when the next item, or the end, comes without waiting."""
        return not self._ended and not self._queue.empty()

    def close(self) -> None:
        """Stop the thread and wait for its end; may be called twice."""
        self._ended = True
        self._stop.set()
        self._thread.join()

    def _run(self, source: Iterable[T]) -> None:
        iterator = iter(source)
        error: BaseException = StopIteration()
        try:
            while not self._stop.is_set():
                begun = time.perf_counter()
                item = next(iterator)
                self.produce_seconds += time.perf_counter() - begun
                self._put((item, None))
        except BaseException as raised:  # noqa: BLE001  (carried to the consumer, which raises it)
            error = raised
        finally:
            if isinstance(iterator, Generator):
                iterator.close()
            self._put((None, error))

    def _put(self, entry: tuple[T | None, BaseException | None]) -> None:
        while not self._stop.is_set():
            try:
                self._queue.put(entry, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return


_CORES_PER_HELPER = 4
"""A network, a decoder and an encoder want the others."""
_MOST_HELPERS = 8


def spare_helpers() -> int:
    """Return how many threads may help a stage on this machine; 0 where its few cores are busy anyway."""
    helpers = min((os.cpu_count() or 1) // _CORES_PER_HELPER, _MOST_HELPERS)
    return helpers if helpers > 1 else 0


class Helpers(Generic[S, T]):
    """Threads that do one thing to items, several at a time, and give the results in the items' order.

    Close it (or leave its `with` block) to end the threads. No helpers: items are done where they are asked for.
    """

    def __init__(self, make: Callable[[], Callable[[S], T]], helpers: int) -> None:
        """make: gives what does it; asked once by each thread, so that it need not be made for several."""
        self._make = make
        self._own = threading.local()
        self._helpers = helpers
        self._pool = ThreadPoolExecutor(helpers, thread_name_prefix="help") if helpers else None

    def __call__(self, items: Iterable[S]) -> Iterator[T]:
        """Yield a result for each item; at most one more than threads is under way. What one raises comes there."""
        if self._pool is None:
            yield from map(self._do, items)
            return
        under_way: deque[Future[T]] = deque()
        for item in items:
            under_way.append(self._pool.submit(self._do, item))
            if len(under_way) > self._helpers:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()

    def close(self) -> None:
        """End the threads when they have done what they began; may be called twice."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _do(self, item: S) -> T:
        if not hasattr(self._own, "function"):
            self._own.function = self._make()
        return self._own.function(item)
