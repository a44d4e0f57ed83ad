"""The one model in memory: asking for another one lets the first go."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import torch

from engine.device import Placement, release_memory
from engine.models.registry import loader
from engine.models.restorer import Restorer
from engine.models.spec import ModelSpec


class ModelSlot:
    """Holds at most one loaded model, keyed by its spec, its placement and how its weights are kept.

    Used by one thread at a time.
    """

    def __init__(self) -> None:
        self._key: tuple[ModelSpec, Placement, str] | None = None
        self._restorer: Restorer | None = None
        self._host: Restorer | None = None
        """A job's model that must survive while a guest uses the slot."""

    @torch.inference_mode(mode=False)
    def load(self, spec: ModelSpec, placement: Placement, rung: str = "resident") -> Restorer:
        """Return the loaded model; raises ModelError when its weights are missing or damaged.

        rung: how its weights are kept, the name of one of the spec's rungs.
        """
        key = (spec, placement, rung)
        if self._restorer is None or self._key != key:
            self.clear()
            self._restorer = cast("Restorer", loader(spec)(spec, placement, rung))
            self._key = key
        return self._restorer

    def clear(self) -> None:
        """Let the model go and give its memory back."""
        if self._key is not None:
            if self._restorer is self._host:
                self._move("cpu")
            self._restorer, device = None, self._key[1].device
            self._key = None
            release_memory(device)

    @contextmanager
    def parked(self) -> Iterator[None]:
        """Inside, the model waits in main memory and its device is free for others."""
        if self._key is None or self._key[1].device == "cpu":
            yield
            return
        device = self._key[1].device
        self._move("cpu")
        release_memory(device)
        try:
            yield
        finally:
            self._move(device)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Inside, a guest may load another model; afterwards the one from before is back on its device."""
        key, self._host = self._key, self._restorer
        try:
            yield
        finally:
            host, self._host = self._host, None
            if host is not None and key is not None and self._restorer is not host:
                self.clear()
                self._key, self._restorer = key, host
                self._move(key[1].device)

    @torch.inference_mode(mode=False)
    def _move(self, device: str) -> None:
        if self._restorer is not None:
            for network in self._restorer.networks():
                network.to(device)


slot = ModelSlot()
"""The process's slot."""
