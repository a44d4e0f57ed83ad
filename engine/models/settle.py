"""Where a network's weights lie while it works: on the device, there in 8 bits, or brought layer by layer."""

from typing import cast

import torch
from torch import nn

from engine.device import Placement, laid_out
from engine.errors import ModelError


def settle(network: nn.Module, placement: Placement, rung: str, keep: tuple[str, ...] = ()) -> nn.Module:
    """Return the network, ready to be called with tensors on the placement's device in its number format.

    network: on the CPU, in evaluation mode. rung: name of one of the spec's rungs. keep: patterns of names of
    layers that 8-bit storage leaves alone, beside the norms, which it never touches. Raises ModelError for a
    rung that is not known here.
    """
    network = laid_out(network.to(placement.torch_dtype), placement.device)
    if rung == "resident":
        return network.to(placement.torch_device)
    if rung == "fp8":
        from diffusers.hooks.layerwise_casting import apply_layerwise_casting

        apply_layerwise_casting(
            network,
            storage_dtype=torch.float8_e4m3fn,
            compute_dtype=placement.torch_dtype,
            skip_modules_pattern=cast("tuple[str, ...]", keep),
        )
        return network.to(placement.torch_device)
    if rung == "offload":
        from diffusers.hooks.group_offloading import apply_group_offloading

        apply_group_offloading(
            network,
            onload_device=placement.torch_device,
            offload_device=torch.device("cpu"),
            offload_type="leaf_level",
            use_stream=placement.device.startswith("cuda"),
        )
        return network
    raise ModelError(f"weights cannot be kept as {rung!r} here")
