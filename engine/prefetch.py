"""The one place with threads: run an iterator ahead of its consumer, bounded, and end it cleanly."""

import queue
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

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
