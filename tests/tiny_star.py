"""A STAR of a few thousand weights, random but always the same, as a custom model in the weights folder."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn

from engine.models.custom import add
from engine.models.registry import SPECS
from engine.models.spec import ModelSpec, WeightFile
from engine.models.star.config import NetworkConfig, TextConfig, VaeConfig
from engine.models.star.control import ControlledUNet
from engine.models.star.text import TextTower
from engine.models.star.vae import build_vae

NETWORK = {
    "width": 32,
    "multipliers": [1, 1],
    "res_blocks": 1,
    "attention_levels": [0],
    "head_width": 16,
    "first_heads": 1,
    "context_width": 32,
}
TEXT = {"width": 32, "heads": 2, "layers": 2, "projection": 32}
VAE = {"block_channels": [32, 32, 32, 32], "layers_per_block": 1}
MODEL = "tiny-star"


def install_tiny_star(folder: Path, *, segment_frames: int = 4, wired: bool = False) -> ModelSpec:
    """Make the model known; EVENSTAR_WEIGHTS must name the weights folder. folder: for files on their way.

    wired: its film shows what the source shows, so that it passes verification; else it is noise.

    The files have the published layout: a pickle under "state_dict", a whole CLIP, a VAE as safetensors.
    """
    torch.manual_seed(0)
    network = ControlledUNet(NetworkConfig(**as_config(NETWORK)))
    tower = TextTower(TextConfig(**as_config(TEXT)))
    for parameter in tower.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    vae = build_vae(VaeConfig(**as_config(VAE)))
    if wired:
        wire(network, vae)
    torch.save({"state_dict": network.state_dict()}, folder / "tiny_net.pt")
    torch.save({**tower.state_dict(), "logit_scale": torch.zeros(())}, folder / "tiny_clip.bin")
    save_file(vae.state_dict(), folder / "tiny_vae.safetensors")
    names = ("tiny_net.pt", "tiny_clip.bin", "tiny_vae.safetensors")
    spec = replace(
        SPECS["star-light"],
        id=MODEL,
        title="Tiny STAR",
        summary="For tests.",
        sizes={"network": NETWORK, "text": TEXT, "vae": VAE},
        weights=tuple(WeightFile(name=name) for name in names),
        custom=True,
        segment_frames=segment_frames,
        window=4,
        context=2,
        tile=512 if wired else 64,  # each tile of a wired network would be standardised by itself
    )
    add(spec, "star-light", {name: folder / name for name in names})
    return spec


def as_config(sizes: dict[str, Any]) -> dict[str, Any]:
    """Sizes as the config classes take them."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in sizes.items()}


def wire(network: nn.Module, vae: nn.Module) -> None:
    """Lead colours through the networks by hand: everything is zero but a few taps and the three last norms.

    Channels go in pairs of c and -c: a norm with one channel a group makes them z and -z, and
    silu(z) - silu(-z) = z, so that norms and activations pass them on, standardised. The network then says
    v = -hint whatever the time; colours get mean and spread back from the colour match.
    """
    with torch.no_grad():
        for parameter in (*network.parameters(), *vae.parameters()):
            parameter.zero_()
    own, coder = network.state_dict(), vae.state_dict()
    for norm in (
        own["out.0.weight"],
        coder["encoder.conv_norm_out.weight"],
        coder["decoder.conv_norm_out.weight"],
    ):
        norm.fill_(1)
    for c in range(4):
        _pair(own["VideoControlNet.input_hint_block.weight"], c)
        own["out.2.weight"][c, c, 1, 1], own["out.2.weight"][c, 4 + c, 1, 1] = -1, 1
        _pair(coder["decoder.conv_in.weight"], c)
        coder["quant_conv.weight"][c, c] = 1
    for c in range(3):
        _pair(coder["encoder.conv_in.weight"], c)
        scaled = 1 / VaeConfig().scaling_factor
        coder["encoder.conv_out.weight"][c, c, 1, 1] = scaled
        coder["encoder.conv_out.weight"][c, 4 + c, 1, 1] = -scaled
        coder["decoder.conv_out.weight"][c, c, 1, 1], coder["decoder.conv_out.weight"][c, 4 + c, 1, 1] = (
            0.3,
            -0.3,
        )
        coder["decoder.time_conv_out.weight"][c, c, 1] = 1
    coder["quant_conv.bias"][4:] = -20.0  # log variance: the latent is its mean
    for c in range(8):
        own["VideoControlNet.zero_convs.0.0.weight"][c, c] = 1
        own["output_blocks.3.0.skip_connection.weight"][c, 32 + c] = 1
        for level in range(3):
            coder[f"encoder.down_blocks.{level}.downsamplers.0.conv.weight"][c, c, :2, :2] = 0.25
            coder[f"decoder.up_blocks.{level}.upsamplers.0.conv.weight"][c, c] = 1 / 9


def _pair(weight: torch.Tensor, channel: int) -> None:
    """Channel c of the input to channels c and 4 + c of the output, the second one negative."""
    weight[channel, channel, 1, 1], weight[4 + channel, channel, 1, 1] = 1, -1
