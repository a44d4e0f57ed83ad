"""The one model in memory: asking for another one lets the first go."""

from typing import cast

from engine.device import Placement, release_memory
from engine.models.registry import loader
from engine.models.restorer import Restorer
from engine.models.spec import ModelSpec


class ModelSlot:
    """Holds at most one loaded model, keyed by its spec, its placement and how its weights are kept."""

    def __init__(self) -> None:
        self._key: tuple[ModelSpec, Placement, str] | None = None
        self._restorer: Restorer | None = None

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
            self._restorer, device = None, self._key[1].device
            self._key = None
            release_memory(device)


slot = ModelSlot()
"""The process's slot."""
