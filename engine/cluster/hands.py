"""The workers as the coordinator sees them, over Dask: who is there, hand a task over, hear, stop, start again."""

import json
import logging
import os
import subprocess
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import urljoin
from urllib.request import ProxyHandler, build_opener

import dask.config
from distributed import Client, Future, LocalCluster
from distributed.client import ClosedClientError
from distributed.scheduler import DEFAULT_EXTENSIONS
from distributed.spans import SpansSchedulerExtension

from engine.cluster import guard, tasks
from engine.errors import EngineError
from engine.own_process import own_command

logger = logging.getLogger(__name__)

_START_SECONDS = 120.0
"""A worker imports torch first; on a busy machine that takes a while."""
_ANSWER_SECONDS = 30.0
_MOST_STARTS = 20
"""Of one place in a local cluster: then something is wrong with the machine, not with a segment."""
_QUIET = {"logging": {"distributed": "critical", "tornado": "critical", "asyncio": "critical"}}
"""What goes wrong with a connection is told by the coordinator, in one sentence."""
_SHORT = {"distributed.admin.low-level-log-length": 100}
"""Dask's own records of messages and events, of which nobody here reads one: 1000 of each kind otherwise."""


class _NoSpans(SpansSchedulerExtension):
    """Dask notes for ever what was done each time that work begins anew: some kB a film, in the coordinator."""

    def observe_tasks(self, *_: Any, **__: Any) -> dict[Any, dict[str, Any]]:
        """Note nothing."""
        return {}

    def heartbeat(self, *_: Any, **__: Any) -> None:
        """Note nothing."""


@dataclass(slots=True)
class _Place:
    """One device of this machine and the process that works on it."""

    device: str
    process: "subprocess.Popen[bytes] | None" = None
    starts: int = 0


@dataclass(slots=True)
class Hands:
    """A connection to a scheduler; a context manager that closes what it opened."""

    address: str
    dashboard: str = ""
    told: "deque[dict[str, Any]]" = field(default_factory=deque)
    """What workers said, oldest first; the coordinator takes from it."""
    _known: dict[str, str] = field(default_factory=dict)
    _client: Client | None = None
    _cluster: LocalCluster | None = None
    _places: list[_Place] = field(default_factory=list)
    _command: Sequence[str] = ()

    def __enter__(self) -> "Hands":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def workers(self) -> dict[str, str]:
        """Return the workers that the scheduler knew when it was last asked: their addresses and names."""
        return dict(self._known)

    def refresh(self) -> bool:
        """Ask the scheduler who is there and start local workers that have ended; False: it does not answer."""
        self._tend()
        scheduler = self._client and self._client.scheduler
        if self._client is None or scheduler is None or self._client.status != "running":
            return False
        # Not Client.scheduler_info: what it keeps is overwritten now and then by a shorter list of workers.
        try:
            found: Any = self._client.sync(scheduler.identity, n_workers=-1, callback_timeout=_ANSWER_SECONDS)
        except (OSError, TimeoutError, RuntimeError, ValueError):
            return False
        self._known = {str(address): str(facts["name"]) for address, facts in found["workers"].items()}
        return True

    def connect(self) -> None:
        """Connect, or connect again; raises EngineError when nobody answers."""
        self._let_go()
        dask.config.set(_SHORT)  # it is read while the connection lives, too
        # Dask says on its own what goes wrong with a connection, in many lines; the coordinator says it in one.
        for name in ("distributed", "distributed.client", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            self._client = Client(self.address, timeout=10, set_as_default=False)
        except (OSError, TimeoutError, ValueError, RuntimeError, TypeError) as error:
            raise EngineError(f"there is no scheduler at {self.address}: {error}") from error
        self._client.subscribe_topic(tasks.TOPIC, self._hear)

    def submit(self, worker: str, name: str, asked: dict[str, Any]) -> Future | None:
        """Ask one worker; its answer is the future's result, JSON text. None: the scheduler is gone."""
        if self._client is None:
            return None
        try:
            return self._client.submit(
                tasks.perform,
                json.dumps(asked),
                key=f"evenstar-{name}",
                workers=[worker],
                allow_other_workers=False,
                retries=0,
                pure=False,
            )
        except ClosedClientError:
            return None

    @staticmethod
    def forget(future: Future) -> None:
        """Take no interest in an answer any more."""
        with suppress(ClosedClientError, TimeoutError, OSError):
            future.cancel()

    def stop(self, worker: str, name: str) -> None:
        """Ask a worker to give a part up; nothing happens when it is gone."""
        scheduler = self._client and self._client.scheduler
        if self._client is None or scheduler is None or self._client.status != "running":
            return
        with suppress(OSError, TimeoutError, RuntimeError, ValueError, AttributeError):
            self._client.sync(
                scheduler.broadcast,
                msg={"op": "evenstar_stop", "name": name},
                workers=[worker],
                on_error="ignore",
                callback_timeout=5,
            )

    def end(self, name: str) -> None:
        """End a worker of this machine that gives no sign; those of others are left alone."""
        for place in self._places:
            if place.process is not None and f"@{place.process.pid}" in name:
                place.process.kill()
                place.process.wait()

    @property
    def n_expected(self) -> int:
        """Workers that are on their way by themselves: those of this machine."""
        return len(self._places)

    @property
    def pids(self) -> tuple[int, ...]:
        """Processes of the local workers."""
        return tuple(place.process.pid for place in self._places if place.process is not None)

    def close(self) -> None:
        """End the local workers and let the scheduler go."""
        processes = [place.process for place in self._places if place.process is not None]
        for process in processes:
            process.terminate()
        self._let_go()
        for process in processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._places.clear()
        if self._cluster is not None:
            self._cluster.close(timeout=10)
            self._cluster = None

    def _let_go(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(OSError, TimeoutError, RuntimeError):
                client.close(timeout=5)

    def _hear(self, event: Any) -> None:
        told = event[1] if isinstance(event, tuple | list) and len(event) == 2 else None
        if isinstance(told, dict):
            self.told.append(told)

    def _tend(self) -> None:
        """Start what is not running on this machine."""
        for place in self._places:
            if place.process is not None and place.process.poll() is None:
                continue
            if place.starts >= _MOST_STARTS:
                raise EngineError(
                    f"the worker on {place.device} ended {place.starts} times: see its messages"
                )
            place.starts += 1
            place.process = subprocess.Popen(
                [*self._command, "worker", "--scheduler", self.address, "--device", place.device, "--once"],
                env=_environment(),
                start_new_session=True,  # Ctrl-C reaches the coordinator only, which ends them in good order
            )


def local_hands(devices: Sequence[str], command: Sequence[str] | None = None) -> Hands:
    """Return hands on this machine: a scheduler on the loopback address, one worker process for each device.

    command: what runs Evenstar's command line; None: as this process was started.
    """
    dask.config.set(_SHORT)  # and while workers come
    with dask.config.set({"distributed.scheduler.worker-ttl": f"{_START_SECONDS} s", **_flat(_QUIET)}):
        cluster = LocalCluster(
            n_workers=0,
            host="127.0.0.1",
            scheduler_port=0,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
            scheduler_kwargs={"extensions": DEFAULT_EXTENSIONS | {"spans": _NoSpans}},
        )
    guard.harden(cluster.scheduler)
    hands = Hands(
        address=cluster.scheduler_address,
        dashboard=_shown(cluster.dashboard_link),
        _cluster=cluster,
        _places=[_Place(device) for device in devices],
        _command=command or own_command(),
    )
    try:
        hands.connect()
        hands.refresh()
    except BaseException:
        hands.close()
        raise
    return hands


def remote_hands(address: str) -> Hands:
    """Return hands of the scheduler at this address; raises EngineError when it does not answer."""
    hands = Hands(address=address)
    hands.connect()
    hands.dashboard = _shown(hands._client and hands._client.dashboard_link)
    return hands


def _shown(link: str | None) -> str:
    """The address of Dask's pages if they can be opened from here: without bokeh there are none at the scheduler."""
    if not link:
        return ""
    try:
        # A list of the pages, empty without bokeh: cheaper for the scheduler than a page.
        pages = urljoin(link, "individual-plots.json")
        with build_opener(ProxyHandler({})).open(pages, timeout=5) as answer:
            return link if json.load(answer) else ""
    except (OSError, HTTPException, ValueError):
        return ""


def _environment() -> dict[str, str]:
    """Ours, but Dask keeps quiet. Threads are not divided: with another number of them torch rounds otherwise."""
    return {"DASK_LOGGING__DISTRIBUTED": "critical"} | dict(os.environ)


def _flat(nested: dict[str, dict[str, str]]) -> dict[str, Any]:
    return {f"{outer}.{inner}": value for outer, values in nested.items() for inner, value in values.items()}
