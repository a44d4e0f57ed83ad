"""Patience with a hub: ask again, connect again, go on where the connection broke."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.cancel import CancelToken
from engine.errors import DownloadError
from engine.models.hub_http import InterruptedTransferError, Offer, Stream, ask, hub_address, open_stream
from engine.models.part_file import PartFile
from engine.models.spec import WeightFile

WORTHWHILE_BYTES = 1 << 20
"""A try that brought this much was no failure: on a bad line a large file takes many of them."""

_NAP_SECONDS = 0.1
"""How long a cancellation can go unnoticed while waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for a hub."""

    tries: int = 5
    """Failures in a row before giving up, at least 1."""
    timeout_seconds: float = 20.0
    """Silence after which a connection counts as broken."""
    backoff_seconds: float = 1.0
    """Wait after the first failure; doubled after each further one."""

    def __post_init__(self) -> None:
        if self.tries < 1 or self.timeout_seconds <= 0 or self.backoff_seconds < 0:
            raise ValueError(f"{self}: need at least one try, a positive time-out and no negative wait")

    def wait(self, failures: int, cancel: CancelToken) -> None:
        """Sleep for as long as that many failures in a row ask for; raises Cancelled."""
        end = time.monotonic() + self.backoff_seconds * 2 ** (failures - 1)
        while (left := end - time.monotonic()) > 0:
            cancel.check()
            time.sleep(min(left, _NAP_SECONDS))
        cancel.check()


def first_contact(file: WeightFile, patience: Patience, cancel: CancelToken) -> Offer:
    """What the hub announces about the file.

    Raises DownloadError, at once when no server can be reached, and Cancelled.
    """
    for failures in range(1, patience.tries + 1):
        cancel.check()
        try:
            return ask(file, patience.timeout_seconds)
        except InterruptedTransferError as why:
            if not why.answered:
                raise DownloadError(
                    f"{hub_address()} cannot be reached ({why}): go online, or import files you have"
                ) from why
            if failures == patience.tries:
                raise DownloadError(f"{file.name} cannot be had now: {why}; try again later") from why
        patience.wait(failures, cancel)
    raise AssertionError("the last failure raises")


def fetch(part: PartFile, on_bytes: Callable[[int], None], patience: Patience, cancel: CancelToken) -> None:
    """Bring the bytes that the part lacks, over as many connections as it takes.

    on_bytes: hears how many bytes of the file are there. Raises DownloadError after `tries` connections in a row
    that brought little, DiskFullError and Cancelled; what arrived stays in the part.
    """
    failures, most = 0, part.n_bytes
    while part.n_bytes < part.offer.n_bytes or not part.path.exists():
        cancel.check()
        why = _one_connection(part, on_bytes, patience, cancel)
        if why is None:
            continue
        failures = 1 if part.n_bytes >= most + WORTHWHILE_BYTES else failures + 1
        most = max(most, part.n_bytes)
        if failures >= patience.tries:
            raise DownloadError(
                f"{part.offer.name} broke off {failures} times ({why}): run the same command again to go on from there"
            )
        patience.wait(failures, cancel)


def _one_connection(
    part: PartFile, on_bytes: Callable[[int], None], patience: Patience, cancel: CancelToken
) -> str | None:
    """Bring what one connection gives; None when it brought everything, else why it did not."""
    try:
        with open_stream(part.offer, part.n_bytes, part.etag, patience.timeout_seconds) as stream:
            part.begin(stream.start, stream.etag)
            part.append(_watched(stream, on_bytes, cancel))
    except InterruptedTransferError as why:
        return str(why)
    return None if part.n_bytes == part.offer.n_bytes else "the connection ended early"


def _watched(stream: Stream, on_bytes: Callable[[int], None], cancel: CancelToken) -> Iterator[bytes]:
    n_bytes = stream.start
    for chunk in stream.chunks():
        cancel.check()
        n_bytes += len(chunk)
        on_bytes(n_bytes)
        yield chunk
