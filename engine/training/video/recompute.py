"""Gradient checkpointing from outside: blocks forget what they computed and compute it again on the way back."""

from __future__ import annotations

from functools import partial

from torch import nn
from torch.utils.checkpoint import checkpoint


def recompute(network: nn.Module, kinds: tuple[type[nn.Module], ...]) -> int:
    """Make every module of these kinds recompute (Chen et al. 2016); gives how many there are.

    Results and gradients stay the same, random numbers included; a step takes about a third longer.
    """
    blocks = [module for module in network.modules() if isinstance(module, kinds)]
    for block in blocks:
        block.forward = partial(checkpoint, block.forward, use_reentrant=False)
    return len(blocks)
