"""What one call of a network needs, counted without running it: floating-point operations and peak memory.

Tensors live on the meta device, so a model of any size is counted in seconds on any computer. What is counted
is what an allocator would hand out; workspaces of kernels, fragmentation and the weights are not in it.
"""

import math
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """The cost of one call."""

    flops: int
    """Multiply-adds count as two."""
    peak_bytes: int
    """Largest sum of live tensors that the call itself made."""
    moved_bytes: int
    """Read and written by operations that make new tensors, none fused with another: more than a card needs to."""


def footprint(call: Callable[[], Any]) -> Footprint:
    """Return the cost of `call`, which must work on meta tensors only; gradients are off."""
    counter, tracker, attention = FlopCounterMode(display=False), _LiveBytes(), _FusedAttention()
    with torch.inference_mode(False), torch.no_grad(), attention, counter, tracker:
        call()
    return Footprint(
        flops=counter.get_total_flops() + attention.flops,
        peak_bytes=tracker.peak,
        moved_bytes=tracker.moved + attention.read,
    )


def weight_bytes(module: nn.Module) -> int:
    """Return the bytes of a module's parameters and buffers."""
    tensors = (*module.parameters(), *module.buffers())
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


class _FusedAttention(TorchFunctionMode):
    """Attention as the fused kernels do it: no matrix of scores. On the meta device torch would write it out."""

    def __init__(self) -> None:
        super().__init__()
        self.flops = 0
        self.read = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is not F.scaled_dot_product_attention:
            return func(*args, **(kwargs or {}))
        q, _, v = args[:3]
        self.read += sum(tensor.numel() * tensor.element_size() for tensor in args[:3])
        *batch, n_queries, width = q.shape
        n_keys, out_width = v.shape[-2:]
        self.flops += 2 * math.prod(batch) * n_queries * n_keys * (width + out_width)
        return q.new_empty(*batch[:-1], n_queries, batch[-1], out_width).transpose(-2, -3)


class _LiveBytes(TorchDispatchMode):
    """Adds up the storages that operations make, until Python lets them go."""

    def __init__(self) -> None:
        super().__init__()
        self.peak = 0
        self.moved = 0
        self._live = 0
        self._seen: dict[int, int] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        known = {_storage(leaf)._cdata for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)}
        made = func(*args, **(kwargs or {}))
        new = [n for n in tree_leaves(made) if isinstance(n, Tensor) and _storage(n)._cdata not in known]
        if new:
            read = (n for n in tree_leaves((args, kwargs)) if isinstance(n, Tensor))
            self.moved += sum(tensor.numel() * tensor.element_size() for tensor in (*read, *new))
        for leaf in tree_leaves(made):
            if isinstance(leaf, Tensor):
                self._count(leaf, known)
        return made

    def _count(self, tensor: Tensor, known: set[int]) -> None:
        storage = _storage(tensor)
        if storage._cdata in known or storage._cdata in self._seen:
            return
        n_bytes = storage.nbytes()
        self._seen[storage._cdata] = n_bytes
        self._live += n_bytes
        self.peak = max(self.peak, self._live)
        weakref.finalize(storage, self._let_go, storage._cdata)

    def _let_go(self, key: int) -> None:
        self._live -= self._seen.pop(key, 0)


def _storage(tensor: Tensor) -> Any:
    return tensor.untyped_storage()
