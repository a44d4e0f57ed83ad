"""Half precision with a net: a call whose result is not finite is made again in float32."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from engine.errors import ModelError
from engine.events import Notice, Severity

OVERFLOW = Notice(
    code="half-precision-overflow",
    message="A window left the range of half precision and was computed again in full precision.",
    severity=Severity.INFO,
)
"""What a person is told when that happened."""


class Guarded:
    """A network that answers in float32 where its own number format was left."""

    def __init__(self, network: nn.Module, dtype: torch.dtype, *, resident: bool) -> None:
        """dtype: what it computes in; resident: its weights lie on the device in that format, by themselves."""
        self.network = network
        self._dtype = dtype
        self.resident = resident
        self.on_overflow: Callable[[], None] = lambda: None
        """Told before a call is repeated."""

    def __call__(self, *tensors: Tensor, **others: Any) -> Tensor:
        """The network's answer; others are passed on as they are.

        Raises ModelError where it is not finite in float32 either.
        """
        answer = self.network(*tensors, **others)
        if _finite(answer):
            return answer
        if self._dtype is torch.float32 or not self.resident:
            raise _not_finite()
        self.on_overflow()
        self.network.float()
        try:
            wide = (t.float() if t.is_floating_point() else t for t in tensors)
            answer = self.network(*wide, **others)
        finally:
            self.network.to(self._dtype)
        if not _finite(answer):
            raise _not_finite()
        return answer


def _finite(answer: Tensor) -> bool:
    return bool(torch.isfinite(answer).all())


def _not_finite() -> ModelError:
    return ModelError(
        "the network's result is not finite: its weights, or too little memory to repeat it, are to blame"
    )
