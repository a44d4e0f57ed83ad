"""A network whose repeated blocks are compiled where somebody asks; where that fails it answers as it is."""

import logging
from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from torch.compiler import set_stance

from engine.device import is_out_of_memory
from engine.events import Notice, Severity

logger = logging.getLogger(__name__)

NOT_COMPILED = Notice(
    code="not-compiled",
    message="The network could not be compiled here: it runs as usual.",
    severity=Severity.WARNING,
)
MOST_SHAPES = 256
"""Kinds of a block, by widths and sizes, that are compiled apart; torch's own limit of 8 is for accidents."""


class Compiled:
    """Both ways to call one network; a compiled call differs by rounding.

    Blocks are compiled at their first compiled call, which takes minutes at full size.
    """

    def __init__(
        self,
        network: Callable[..., Tensor],
        module: nn.Module,
        blocks: tuple[type[nn.Module], ...],
        backend: str | Callable[..., Any] = "inductor",
    ) -> None:
        """network: what is called; module: what holds the blocks; blocks: kinds that it repeats."""
        self._network = network
        self._module = module
        self._blocks = blocks
        self._backend = backend
        self._begun = False
        self._failed = False

    def as_it_is(self, *tensors: Tensor, **others: Any) -> Tensor:
        """The network's answer, nothing compiled."""
        if not self._begun:
            return self._network(*tensors, **others)
        with set_stance("force_eager"):
            return self._network(*tensors, **others)

    def compiled(self, on_failure: Callable[[], None]) -> Callable[..., Tensor]:
        """The network with its blocks compiled. on_failure: told once a process when they cannot be."""

        def call(*tensors: Tensor, **others: Any) -> Tensor:
            if self._failed:
                return self.as_it_is(*tensors, **others)
            self._begin()
            try:
                return self._network(*tensors, **others)
            except RuntimeError as error:
                if is_out_of_memory(error) or not _is_of_the_compiler(error):
                    raise
                logger.warning("compiling failed: %s", str(error).partition("\n")[0])
                self._failed = True
                on_failure()
            return self.as_it_is(*tensors, **others)

        return call

    def _begin(self) -> None:
        if self._begun:
            return
        for block in self._module.modules():
            if isinstance(block, self._blocks):
                block.compile(backend=self._backend, recompile_limit=MOST_SHAPES)
        self._begun = True


def _is_of_the_compiler(error: RuntimeError) -> bool:
    from torch._dynamo.exc import TorchDynamoException  # takes a second, which only who compiles should wait

    return isinstance(error, TorchDynamoException)
