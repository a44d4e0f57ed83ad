"""Local information enhancement (STAR, Xie et al. 2025, section 3.2) on the tokens of a video transformer.

As released, not as printed: the spatial gate is a 7x7 convolution over each frame; the temporal one is a pair
of weights that sees no other token. Both have no bias; the second one sees what the first one let through.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class SpatialLiem(nn.Module):
    """tokens * sigmoid(conv7x7([max, mean] over channels)), frame by frame."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(2, 1, 7, padding=3, bias=False)

    def forward(self, tokens: Tensor, height: int, width: int) -> Tensor:
        """Gated tokens: (B, T * height * width, C) float, time slowest, then rows."""
        maps = _pool(tokens).unflatten(1, (-1, height, width)).flatten(0, 1).permute(0, 3, 1, 2)
        gate = self.conv1(maps).sigmoid()
        return tokens * gate.reshape(*tokens.shape[:2], 1)


class TemporalLiem(nn.Module):
    """tokens * sigmoid(w0 * max + w1 * mean) with statistics over the channels of each token."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = _Pair()

    def forward(self, tokens: Tensor) -> Tensor:
        """Gated tokens: (B, N, C) float."""
        return tokens * self.conv1(_pool(tokens)).sigmoid()


class _Pair(nn.Module):
    """Two weights with the key of a linear layer; quantisers, which look for those, leave it alone."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, 2))

    def forward(self, x: Tensor) -> Tensor:
        """(..., 1) of x: (..., 2)."""
        return F.linear(x, self.weight)


def _pool(tokens: Tensor) -> Tensor:
    return torch.cat([tokens.amax(-1, keepdim=True), tokens.mean(-1, keepdim=True)], -1)
