"""The one function that a worker runs for others: text in, text out, and two things that can be asked for."""

import errno
import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from distributed import get_worker

from engine.cancel import Cancelled, CancelToken
from engine.errors import EngineError
from engine.events import Event, Notice, Progress

if TYPE_CHECKING:
    from engine.device import Placement
    from engine.models.spec import ModelSpec

TOPIC = "evenstar"
"""Of what workers tell while they work."""
TELL_SECONDS = 0.5
device = "auto"
"""Where this process restores; set once when the worker starts."""
_running: dict[str, CancelToken] = {}


def perform(text: str) -> str:
    """Return the answer to one request, both JSON; what goes wrong is an answer, too."""
    try:
        asked = json.loads(text)
        answer = _ASKED[asked["ask"]](asked)
    except Cancelled:
        answer = {"cancelled": True}
    except EngineError as error:
        answer = {"kind": type(error).__name__, "error": str(error)}
    except BaseException as error:  # noqa: BLE001  (an exception would be sent pickled, which nobody accepts)
        answer = {"kind": "", "error": f"{type(error).__name__}: {error}"}
    return json.dumps(answer)


def stop(name: str) -> None:
    """Ask the part of that name to end at its next step; nothing happens when it is not here."""
    if name in _running:
        _running[name].cancel()


def stop_all() -> None:
    """Ask everything in hand to end."""
    for token in list(_running.values()):
        token.cancel()


def _restore(asked: dict[str, Any]) -> dict[str, Any]:
    from engine.cluster.unit import restore_part

    name, token = str(asked["name"]), CancelToken()
    _running[name] = token
    try:
        seconds = restore_part(
            Path(asked["folder"]),
            int(asked["segment"]),
            int(asked["segment"]),
            name=name,
            device=device,
            on_event=_Teller(name),
            cancel=token,
        )
    finally:
        del _running[name]
    return {"seconds": seconds}


class _Teller:
    """Passes on how far a part is, not too often, and every notice."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._worker = get_worker()  # asked here: the threads in which families speak have none
        self._first: int | None = None
        self._next = 0.0

    def __call__(self, event: Event) -> None:
        told: dict[str, Any] = {"name": self._name}
        if isinstance(event, Notice):
            told |= {"code": event.code, "message": event.message, "severity": event.severity.value}
        elif isinstance(event, Progress) and time.monotonic() >= self._next:
            self._next = time.monotonic() + TELL_SECONDS
            self._first = event.done_frames if self._first is None else self._first
            told["frames"] = event.done_frames - self._first
        else:
            return
        self._worker.log_event(TOPIC, told)


def _inspect(asked: dict[str, Any]) -> dict[str, Any]:
    """What this worker is, and what of a job it cannot do."""
    from engine.cluster.ticket import pins_of, versions
    from engine.device import describe, memory_budget, place
    from engine.models.registry import spec_of

    spec = spec_of(str(asked["model"]))
    placement = place(device, spec.dtypes)
    return {
        "versions": versions(),
        "host": socket.gethostname(),
        "device": placement.device,
        "kind": placement.kind,
        "dtype": placement.dtype,
        "card": describe(placement.device),
        "budget": memory_budget(placement.device),
        "weights": _weights(spec, placement),
        "pins": pins_of(spec),
        "unreachable": [path for path in asked["sources"] if not _is_same(path, asked["sources"][path])]
        + [path for path in asked["notes"] if not _can_use(Path(path), asked["notes"][path])],
    }


def _weights(spec: "ModelSpec", placement: "Placement") -> str:
    """What identifies the weights: the model is loaded, as it fits into memory."""
    from engine.device import is_out_of_memory, release_memory

    rungs = [rung.name for rung in spec.sampling.rungs] if spec.sampling is not None else ["resident"]
    for rung in rungs[:-1]:
        try:
            return _loaded(spec, placement, rung)
        except BaseException as error:
            if not is_out_of_memory(error):
                raise
            release_memory(placement.device)
    return _loaded(spec, placement, rungs[-1])


def _loaded(spec: "ModelSpec", placement: "Placement", rung: str) -> str:
    from engine.cluster.unit import when_weights_are_free
    from engine.models.slot import slot

    return when_weights_are_free(lambda: slot.load(spec, placement, rung).weights_sha256, CancelToken())


def _is_same(path: str, n_bytes: int | None) -> bool:
    """The source is there with so many bytes; None: a pattern of numbered files, whose folder is."""
    place = Path(path)
    try:
        return place.parent.is_dir() if n_bytes is None else place.stat().st_size == n_bytes
    except OSError:
        return False


def _can_use(note: Path, text: str) -> bool:
    """The coordinator's note is there, and a file can be written beside it."""
    own = note.with_name(f"{note.name}.{socket.gethostname()}.{id(note)}")
    try:
        if note.read_text(encoding="utf-8") != text:
            return False
        own.write_text(text, encoding="utf-8")
    except OSError as error:
        return error.errno == errno.ENOSPC  # a full disk is waited for
    finally:
        with suppress(OSError):
            own.unlink(missing_ok=True)
    return True


_ASKED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"restore": _restore, "inspect": _inspect}
