"""Local information enhancement (STAR, Xie et al. 2025, section 3.2): a gate from channel statistics.

As released, not as printed: the spatial gate is a 7x7 convolution, the temporal one a pair of weights, both
without bias, and a LayerNorm follows. LayerNorm(g x) = LayerNorm(x) up to its eps, so the gate shows only
where activations are tiny or the gate closes. It is computed all the same: the weights were trained with it.
"""

import torch
from torch import Tensor, nn


class SpatialLiem(nn.Module):
    """x * sigmoid(conv7x7([max, mean] over channels))."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(2, 1, 7, padding=3, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Gated x; x: (N, C, H, W) float."""
        pooled = torch.cat([x.amax(1, keepdim=True), x.mean(1, keepdim=True)], 1)
        return x * self.conv1(pooled).sigmoid()


class TemporalLiem(nn.Module):
    """x * sigmoid(w0 * max + w1 * mean) with statistics over the channels of each token."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Linear(2, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Gated x; x: (N, T, C) float."""
        pooled = torch.cat([x.amax(-1, keepdim=True), x.mean(-1, keepdim=True)], -1)
        return x * self.conv1(pooled).sigmoid()
