"""How the network's weights lie in memory: as they are, or smaller, and where they wait between their calls.

Smaller forms lose precision and are chosen by the plan, never in silence. Norms, gates, embeddings and the last
projection stay as they are: they are small, and errors in them reach every token.
"""

from enum import Enum
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.errors import ModelError


class Storage(Enum):
    """The number format that weights wait in."""

    PLAIN = "plain"
    """The network's own dtype."""
    FP8 = "fp8"
    """Eight-bit floats (e4m3), cast as they are used; the modulations stay plain."""
    INT8 = "int8"
    """Whole numbers of eight bits with a scale for each output channel."""


KEPT_WIDE = ("patch_embed", "time_embedding", "norm_out", "proj_out")
"""What lies outside the blocks. Inside them the norms with their gates and modulations stay plain by themselves in
FP8; in INT8 the gates do, which are no linear layers."""


def settle(network: Any, rung: str, device: torch.device, dtype: torch.dtype) -> Any:
    """A network.VideoTransformer from the CPU, ready to be called with tensors on device; changed in place.

    rung: name of one of the spec's rungs. Raises ModelError for one that is not known here.
    """
    if rung == "offload":
        offload(network, device)
        return network
    try:
        store(network, Storage.PLAIN if rung == "resident" else Storage(rung), dtype)
    except ValueError:
        raise ModelError(f"weights cannot be kept as {rung!r} here") from None
    return nn.Module.to(network, device)  # diffusers' own warns for nothing


def store(network: Any, storage: Storage, compute_dtype: torch.dtype) -> None:
    """Change how a network.VideoTransformer keeps its weights; in place, once, before it is moved."""
    if storage is Storage.FP8:
        network.enable_layerwise_casting(
            storage_dtype=torch.float8_e4m3fn,
            compute_dtype=compute_dtype,
            skip_modules_pattern=KEPT_WIDE,
        )
    elif storage is Storage.INT8:
        quantise(network)


def offload(network: Any, device: torch.device) -> None:
    """Keep the network in the processor's memory and bring it to `device` block by block, as it is called.

    On a CUDA device the next block comes while the present one computes.
    """
    network.enable_group_offload(
        onload_device=device,
        offload_device=torch.device("cpu"),
        offload_type="block_level",
        num_blocks_per_group=1,
        use_stream=device.type == "cuda",
    )


def quantise(network: nn.Module) -> None:
    """Put a WholeNumbers in the place of every linear layer but KEPT_WIDE."""
    for name, module in list(network.named_modules()):
        if type(module) is not nn.Linear or name.startswith(KEPT_WIDE):
            continue
        parent, _, child = name.rpartition(".")
        setattr(network.get_submodule(parent), child, WholeNumbers(module))


class WholeNumbers(nn.Module):
    """A linear layer whose weights are eight-bit whole numbers times a scale for each output channel."""

    weight: Tensor
    scale: Tensor

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight = linear.weight.detach()
        scale = weight.float().abs().amax(1).clamp(min=1e-12) / 127
        self.register_buffer("weight", (weight.float() / scale[:, None]).round().to(torch.int8))
        self.register_buffer("scale", scale.to(weight.dtype))
        self.bias = linear.bias

    def forward(self, x: Tensor) -> Tensor:
        """(..., out) of x: (..., in), in x's dtype."""
        scaled = F.linear(x, self.weight.to(x.dtype)) * self.scale
        return scaled if self.bias is None else scaled + self.bias
