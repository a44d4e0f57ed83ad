"""Half precision with a net: a call whose result is not finite is made again in float32."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from engine.errors import ModelError


class Guarded:
    """A network that answers in float32 where its own number format was left."""

    def __init__(self, network: nn.Module, dtype: torch.dtype, *, resident: bool) -> None:
        """dtype: what it computes in; resident: its weights lie on the device in that format."""
        self._network = network
        self._dtype = dtype
        self._resident = resident
        self.on_overflow: Callable[[], None] = lambda: None
        """Told before a call is repeated."""

    def __call__(self, *tensors: Tensor) -> Tensor:
        """The network's answer; raises ModelError where it is not finite in float32 either."""
        answer = self._network(*tensors)
        if bool(torch.isfinite(answer).all()):
            return answer
        if self._dtype is torch.float32 or not self._resident:
            raise ModelError(
                "the network's result is not finite"
                + (
                    ""
                    if self._resident
                    else " in half precision: give it more memory, so that it can be repeated"
                )
            )
        self.on_overflow()
        self._network.float()
        try:
            answer = self._network(*(t.float() if t.is_floating_point() else t for t in tensors))
        finally:
            self._network.to(self._dtype)
        if not bool(torch.isfinite(answer).all()):
            raise ModelError("the network's result is not finite, in full precision neither")
        return answer
