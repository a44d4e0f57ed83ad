"""Workers accept one task: everything else that arrives pickled becomes a thing that can do nothing.

Dask sends tasks, plug-ins, results and errors as pickles, and a pickle runs whatever it names. In a process with
this guard only the names below mean something. As a preload it also serves Dask's own commands:
`dask worker --no-nanny --preload engine.cluster.guard` and `dask scheduler --preload engine.cluster.guard`.
"""

import io
import os
import pickle
import sys
from typing import Any

import distributed.protocol.pickle as dask_pickle
from distributed import Worker

from engine.cluster import tasks

ACCEPTED = frozenset(
    {
        ("dask._task_spec", "Task"),
        ("dask._expr", "LLGExpr"),
        ("dask._expr", "Expr._reconstruct"),
        ("distributed.shuffle._worker_plugin", "ShuffleWorkerPlugin"),
        ("distributed.shuffle._scheduler_plugin", "ShuffleSchedulerPlugin"),
        ("builtins", "bytes"),
        ("tblib", "Code"),
        ("tblib", "Frame"),
        ("tblib", "Traceback"),
        ("tblib.pickling_support", "unpickle_exception_with_attrs"),
        ("tblib.pickling_support", "unpickle_exception"),
        ("tblib.pickling_support", "unpickle_traceback"),
        (tasks.__name__, tasks.perform.__name__),
    }
)
"""What Dask itself needs for a task, its result or its error, and our task."""

REFUSED_REQUESTS = (
    "run",
    "run_coroutine",
    "run_function",
    "upload_file",
    "update_data",
    "scatter",
    "actor_execute",
    "actor_attribute",
    "plugin-add",
    "plugin-remove",
    "register_scheduler_plugin",
    "register_worker_plugin",
    "register_nanny_plugin",
)
"""What else would bring code or objects to a worker or a scheduler."""


class _Foreign(type):
    """The kind of things that stand for what is not accepted: made, filled, thrown away, never run.

    While a pickle is read, calling one gives another one, which the pickle may take for a class, an object or a
    function. Afterwards they are sealed: whoever calls one hears that it is refused.
    """

    sealed: bool

    def __call__(cls, *_: Any, **__: Any) -> Any:
        if cls.sealed:
            raise PermissionError(f"{cls.__name__} is no task of Evenstar: refused")
        return _Foreign(cls.__name__, (cls,), {})

    def __setitem__(cls, key: object, value: object) -> None: ...


class _Inert(metaclass=_Foreign):
    """What all stand-ins have: every way in which a pickle fills an object, to no effect."""

    sealed = False

    def __call__(self, *_: Any, **__: Any) -> Any:
        return type(self)()

    def __setitem__(self, key: object, value: object) -> None: ...

    @staticmethod
    def __setstate__(*_: Any) -> None: ...

    @staticmethod
    def append(*_: Any) -> None:
        """Forget it."""

    @staticmethod
    def extend(*_: Any) -> None:
        """Forget them."""

    @staticmethod
    def add(*_: Any) -> None:
        """Forget it."""


class _Unpickler(pickle.Unpickler):
    def __init__(self, content: bytes, buffers: Any) -> None:
        super().__init__(io.BytesIO(content), buffers=buffers or None)
        self._foreign: list[_Foreign] = []

    def find_class(self, module: str, name: str, /) -> Any:
        if (module, name) in ACCEPTED or _is_error(module, name):
            return super().find_class(module, name)
        stand_in = _Foreign(f"{module}.{name}", (_Inert,), {"sealed": False})
        self._foreign.append(stand_in)
        return stand_in

    def load(self) -> Any:
        try:
            return super().load()
        finally:
            for stand_in in self._foreign:
                stand_in.sealed = True


def _is_error(module: str, name: str) -> bool:
    """An exception of Python or Dask, whose module is loaded already."""
    if module.partition(".")[0] not in ("builtins", "distributed", "dask", "asyncio", "_pickle", "pickle"):
        return False
    found = getattr(sys.modules.get(module), name, None)
    return isinstance(found, type) and issubclass(found, Exception)


def loads(content: bytes, *, buffers: Any = ()) -> Any:
    """Return what was pickled, with inert things in place of everything that is not accepted."""
    return _Unpickler(content, buffers).load()


def install() -> None:
    """Let this process unpickle no code for Dask: from now on, for all connections."""
    before = dask_pickle.loads
    if before is loads:
        return
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("distributed", "dask") and getattr(module, "loads", None) is before:
            module.loads = loads  # type: ignore[attr-defined]


def harden(server: Any) -> None:
    """Take away from a worker or a scheduler every request that brings code."""
    for name in REFUSED_REQUESTS:
        server.handlers.pop(name, None)
    for name in ("update_data", "scatter"):
        server.stream_handlers.pop(name, None)
    if isinstance(server, Worker):
        server.handlers["evenstar_stop"] = _stop


async def _stop(name: str = "") -> None:
    tasks.stop(name)


def dask_setup(server: Any) -> None:
    """Dask calls this of a preloaded module, with its worker or scheduler.

    Ends the process of a worker with a nanny, which would run the code of strangers beside it.
    """
    harden(server)
    if isinstance(server, Worker) and server.nanny:
        sys.stderr.write("evenstar: a nanny runs what strangers send: start this worker with --no-nanny\n")
        os._exit(1)  # Dask goes on after an exception here


install()
