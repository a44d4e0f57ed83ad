"""`evenstar worker`: a process that restores segments for a coordinator, one at a time, until it is stopped."""

import asyncio
import logging
import os
from contextlib import suppress
from tempfile import TemporaryDirectory

from distributed import Worker
from distributed.comm.addressing import get_address_host
from distributed.comm.core import CommClosedError
from distributed.security import Security
from distributed.utils import get_ip

from engine.cluster import guard, tasks
from engine.device import memory_budget, place
from engine.errors import EngineError

logger = logging.getLogger(__name__)

RETRY_SECONDS = 2.0
"""Between two tries to reach a scheduler that is gone."""


def serve(scheduler: str, device: str, *, name: str | None = None, once: bool = False) -> None:
    """Work for the scheduler at this address; blocks until the process is told to end.

    once: end when the scheduler goes; otherwise wait until it is back.
    Raises SettingsError for a device that is not here, EngineError when there is no scheduler and `once`.
    """
    tasks.device = place(device, ("float32",)).device
    asyncio.run(_serve(scheduler, name, once))


async def _serve(scheduler: str, name: str | None, once: bool) -> None:
    label = name or f"{tasks.device}@{os.getpid()}"
    while True:
        try:
            await _work(scheduler, label)
        except (OSError, CommClosedError, TimeoutError) as error:
            if once:
                raise EngineError(f"there is no scheduler at {scheduler}: {error}") from error
            logger.warning("no scheduler at %s: %s", scheduler, error)
        if once:
            return
        await asyncio.sleep(RETRY_SECONDS)


async def _work(scheduler: str, name: str) -> None:
    """One connection to the scheduler, from its beginning to its end."""
    with TemporaryDirectory(prefix="evenstar-worker-") as folder:
        worker = Worker(
            scheduler,
            host=_host(scheduler),
            nthreads=1,
            name=name,
            dashboard=False,
            dashboard_address="127.0.0.1:0",
            local_directory=folder,
            memory_limit=0,
            resources=_resources(),
            security=Security(),
            death_timeout=10,
        )
        guard.harden(worker)
        try:
            await worker
            await worker.finished()
        finally:
            tasks.stop_all()
            with suppress(TimeoutError):
                await asyncio.wait_for(worker.close(executor_wait=False), 5)


def _host(scheduler: str) -> str:
    """Our address that reaches the scheduler; Dask would listen on all there are."""
    return str(get_ip(get_address_host(scheduler)))


def _resources() -> dict[str, float]:
    """Memory of the graphics card, for who wants to place other Dask work beside ours."""
    return {"VRAM": memory_budget(tasks.device)} if tasks.device.startswith("cuda") else {}
