"""Low-rank adapters beside frozen projections (LoRA, Hu et al. 2022, eq. 3), merged when weights are written."""

from __future__ import annotations

import math
import re

import torch
from torch import Tensor, nn
from torch.nn import functional as F

ALPHA = 1.0
"""As released: the adapter counts alpha / rank."""


class Adapted(nn.Module):
    """W x + (alpha / r) B A x with W frozen; B is zero at first, so that nothing changes."""

    def __init__(self, base: nn.Linear, rank: int) -> None:
        super().__init__()
        self.base = base
        self.matrix_A = nn.Parameter(torch.empty(rank, base.in_features))
        self.matrix_B = nn.Parameter(torch.zeros(base.out_features, rank))
        nn.init.kaiming_uniform_(self.matrix_A, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        """(..., out) of x: (..., in)."""
        return self.base(x) + F.linear(F.linear(x, self.matrix_A), self.matrix_B) * self._share

    def merged(self) -> Tensor:
        """The one matrix that does the same: (out, in), float32."""
        return torch.addmm(self.base.weight, self.matrix_B, self.matrix_A, alpha=self._share)

    @property
    def _share(self) -> float:
        return ALPHA / len(self.matrix_A)


def adapt(network: nn.Module, pattern: str, rank: int) -> int:
    """Put an adapter beside every linear layer whose name the regular expression finds; gives how many."""
    found = [n for n, m in network.named_modules() if isinstance(m, nn.Linear) and re.search(pattern, n)]
    for name in found:
        owner, _, attribute = name.rpartition(".")
        parent = network.get_submodule(owner)
        parent._modules[attribute] = Adapted(network.get_submodule(name), rank)  # type: ignore[arg-type]
    return len(found)


@torch.no_grad()
def merged_state(network: nn.Module) -> dict[str, Tensor]:
    """The state dict that the network would have without adapters, their work in the weights."""
    state = dict(network.state_dict())
    for name, module in network.named_modules():
        if isinstance(module, Adapted):
            for part in ("matrix_A", "matrix_B"):
                del state[f"{name}.{part}"]
            bias = state.pop(f"{name}.base.bias", None)
            del state[f"{name}.base.weight"]
            state[f"{name}.weight"] = module.merged()
            if bias is not None:
                state[f"{name}.bias"] = bias
    return state
