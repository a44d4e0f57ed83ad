"""Who takes part: workers that have the same model and versions and reach every file; the others are named."""

import errno
import json
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from distributed import Future
from distributed.client import FutureCancelledError

from engine.cluster.hands import Hands
from engine.cluster.ticket import pins_of, versions
from engine.decision import Settled
from engine.device import Placement
from engine.errors import DiskFullError, EngineError
from engine.events import Notice, OnEvent, Severity
from engine.job import Job
from engine.models.registry import spec_of

Makes = tuple[str, str, str]
"""Kind of device, number format, hash of the weights: what decides which film a worker makes."""
_INSPECT_SECONDS = 900.0
"""A worker may have to convert and read some gigabytes of weights before it can say what they are."""
_SHOWN = 12
"""Digits of a sha256 that are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One process that can restore segments of these jobs."""

    address: str
    name: str
    device: str
    kind: str
    dtype: str
    card: str
    budget: int
    weights: str
    host: str

    @property
    def makes(self) -> Makes:
        """What decides which film it makes, as far as that is known before."""
        return self.kind, self.dtype, self.weights


class Inspection:
    """Some workers are asked what they are; begun at once, judged when all have answered."""

    def __init__(self, hands: Hands, addresses: Collection[str], jobs: Sequence[Job], model: str) -> None:
        """Raises EngineError when nothing can be written where the films go, DiskFullError for want of room."""
        self.addresses = frozenset(addresses)
        self._names = hands.workers()
        self._notes = ExitStack()
        self._deadline = time.monotonic() + _INSPECT_SECONDS
        sources = {
            str(job.source.absolute()): _size(job.source) for job in jobs if job.source.parent.is_dir()
        }
        notes = self._notes.enter_context(_notes({job.target.absolute().parent for job in jobs}))
        asked = {"ask": "inspect", "model": model, "sources": sources, "notes": notes}
        self._pins = pins_of(spec_of(model))
        futures = {address: hands.submit(address, f"look-{uuid4().hex}", asked) for address in addresses}
        self._futures = {address: future for address, future in futures.items() if future is not None}

    def ready(self, hands: Hands) -> bool:
        """Return True when every worker that is still there has answered, or had time enough."""
        there = hands.workers()
        waiting = [a for a, future in self._futures.items() if a in there and not future.done()]
        return not waiting or time.monotonic() > self._deadline

    def judge(
        self,
        hands: Hands,
        known: Sequence[Worker],
        wanted: Makes | None,
        least_bytes: int,
        on_event: OnEvent,
    ) -> tuple[Worker, ...]:
        """Return `known` with those that can do the jobs, and tell why the others cannot.

        wanted: what they must have in common; None: what most of them have. least_bytes: of memory, for plans
        that are fixed already.
        """
        self.close()
        there = hands.workers()
        able: list[Worker] = []
        for address, future in self._futures.items():
            if address not in there:
                continue
            answer = answer_of(future)
            reason = _hindrance(answer, least_bytes, self._pins)
            if reason:
                _leave_out(self._names[address], reason, on_event)
            else:
                able.append(_worker(address, self._names[address], answer))
        crew = list(known)
        wanted = wanted or _most_wanted(able)
        for worker in able:
            if wanted is None or worker.makes == wanted:
                crew.append(worker)
            else:
                _leave_out(worker.name, _difference(worker.makes, wanted), on_event)
        _tell_unequal(crew, on_event)
        return tuple(crew)

    def close(self) -> None:
        """Remove the notes that workers look for."""
        self._notes.close()


def _tell_unequal(crew: Sequence[Worker], on_event: OnEvent) -> None:
    cards = sorted({worker.card for worker in crew})
    if len(cards) > 1:
        names = ", ".join(cards)
        message = (
            f"the workers have different cards ({names}): films may differ a little from those of one card"
        )
        on_event(Notice(code="unequal-cards", message=message, severity=Severity.WARNING))


def makes_of(settled: Settled) -> Makes:
    """Return what workers must have in common with a crew that settled this."""
    return settled.placement.kind, settled.placement.dtype, settled.weights_sha256


def settled_for(crew: Sequence[Worker]) -> Settled:
    """Return what the crew has in common; processes on one processor share its memory."""
    first = crew[0]
    sharing = {
        worker.host: sum(w.host == worker.host for w in crew) if worker.kind != "cuda" else 1
        for worker in crew
    }
    return Settled(
        placement=Placement(device=first.kind, dtype=first.dtype),
        weights_sha256=first.weights,
        budget_bytes=min(worker.budget // sharing[worker.host] for worker in crew),
    )


def _leave_out(name: str, reason: str, on_event: OnEvent) -> None:
    message = f"the worker {name} takes no part: {reason}"
    on_event(Notice(code="worker-left-out", message=message, severity=Severity.WARNING))


def _difference(makes: Makes, wanted: Makes) -> str:
    """In what a worker's films would be others than those of the rest."""
    (kind, dtype, weights), (wanted_kind, wanted_dtype, wanted_weights) = makes, wanted
    if kind != wanted_kind:
        return f"it works on {kind}, the others on {wanted_kind}"
    if dtype != wanted_dtype:
        return f"it computes in {dtype}, the others in {wanted_dtype}"
    return f"its weights of the model are others: {weights[:_SHOWN]}, those of the rest {wanted_weights[:_SHOWN]}"


def _hindrance(answer: dict[str, Any], least_bytes: int, pins: dict[str, str]) -> str:
    """Why a worker cannot do the jobs; empty: it can. pins: sha256 of the files that are known here."""
    if "error" in answer:
        return str(answer["error"])
    if answer["versions"] != versions():
        theirs, ours = answer["versions"], versions()
        differing = ", ".join(f"{name} {theirs.get(name)}" for name in ours if theirs.get(name) != ours[name])
        return f"it has {differing}"
    for name, sha256 in answer["pins"].items():
        if pins.get(name, sha256) != sha256:
            return f"its file {name} has sha256 {sha256[:_SHOWN]}, the one here {pins[name][:_SHOWN]}"
    if answer["budget"] < least_bytes:
        return f"it has {answer['budget'] >> 20} MB for a model, the plan needs {least_bytes >> 20} MB"
    unreachable = answer["unreachable"]
    if unreachable:
        return f"it cannot use {unreachable[0]} ({len(unreachable)} of the paths in all)"
    return ""


def _most_wanted(able: Sequence[Worker]) -> Makes | None:
    """Graphics cards before processors, then what most have."""
    kinds = [worker.makes for worker in able]
    return max(kinds, key=lambda makes: (makes[0] == "cuda", kinds.count(makes)), default=None)


def _worker(address: str, name: str, answer: dict[str, Any]) -> Worker:
    facts = {key: answer[key] for key in ("device", "kind", "dtype", "card", "budget", "weights", "host")}
    return Worker(address=address, name=name, **facts)


def answer_of(future: Future) -> dict[str, Any]:
    """Return a worker's answer; what is none becomes an error."""
    if future.status != "finished":
        return {"kind": "", "error": "it did not answer" if future.status == "pending" else "it was lost"}
    try:
        answer = json.loads(str(future.result(timeout=10)))
    except (ValueError, TimeoutError, OSError, FutureCancelledError) as error:
        return {"kind": "", "error": f"its answer cannot be read: {error}"}
    return answer if isinstance(answer, dict) else {"kind": "", "error": "its answer cannot be read"}


def _size(source: Path) -> int | None:
    """Bytes of a file; None for a pattern of numbered files, and what is not here: that is said of the job."""
    return source.stat().st_size if source.is_file() else None


@contextmanager
def _notes(folders: set[Path]) -> Iterator[dict[str, str]]:
    """Inside, each folder holds a little file that workers must see."""
    text, note = uuid4().hex, Path()
    notes = [folder / f".evenstar-{text}" for folder in sorted(folders)]
    try:
        for note in notes:
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(text, encoding="utf-8")
        yield {str(note): text for note in notes}
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFullError(f"the disk of {note.parent} is full") from error
        raise EngineError(f"cannot write into {error.filename}: {error.strerror}") from error
    finally:
        for note in notes:
            with suppress(OSError):
                note.unlink(missing_ok=True)
