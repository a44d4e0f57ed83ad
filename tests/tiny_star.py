"""A STAR of a few thousand weights, random but always the same, as a custom model in the weights folder."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

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


def install_tiny_star(folder: Path, *, segment_frames: int = 4) -> ModelSpec:
    """Make the model known; EVENSTAR_WEIGHTS must name the weights folder. folder: for files on their way.

    The files have the published layout: a pickle under "state_dict", a whole CLIP, a VAE as safetensors.
    """
    torch.manual_seed(0)
    network = ControlledUNet(NetworkConfig(**as_config(NETWORK)))
    tower = TextTower(TextConfig(**as_config(TEXT)))
    for parameter in tower.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    vae = build_vae(VaeConfig(**as_config(VAE)))
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
        tile=64,
    )
    add(spec, "star-light", {name: folder / name for name in names})
    return spec


def as_config(sizes: dict[str, Any]) -> dict[str, Any]:
    """Sizes as the config classes take them."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in sizes.items()}
