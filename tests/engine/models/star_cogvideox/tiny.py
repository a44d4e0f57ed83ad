"""Tiny seeded networks of the family, and checkpoints in the published layout made of them."""

import torch
from torch import Tensor

from engine.models.star_cogvideox.config import TransformerConfig, VaeConfig, Variant
from engine.models.star_cogvideox.network import VideoTransformer
from engine.models.star_cogvideox.published import Recipe, recipes
from engine.models.star_cogvideox.weights import network_shapes

NETWORK = TransformerConfig(
    layers=2, heads=2, head_width=16, time_width=16, text_width=8, text_length=5, height=4, width=6
)
VAE = VaeConfig(block_channels=(8, 8, 8, 8), layers_per_block=1, groups=4)
VARIANT = Variant(name="tiny STAR", transformer=NETWORK, vae=VAE, dtype="float32")


def tiny_network(config: TransformerConfig = NETWORK, seed: int = 0) -> VideoTransformer:
    """Every tensor random, so that nothing hides behind a zero."""
    torch.manual_seed(seed)
    network = VideoTransformer(config).eval().requires_grad_(False)
    for name, parameter in network.named_parameters():
        spread = 0.3 if parameter.ndim > 1 else 0.1
        torch.nn.init.normal_(parameter, 1.0 if "norm" in name and parameter.ndim == 1 else 0.0, spread)
    return network


def published_checkpoint(
    config: TransformerConfig = NETWORK, *, rank: int = 0, seed: int = 0
) -> dict[str, Tensor]:
    """A random checkpoint: plain, or with LoRA of the given rank; with what is to be dropped."""
    generator = torch.Generator().manual_seed(seed)
    shapes, state = network_shapes(config), {}
    whole: dict[str, list[tuple[Recipe, tuple[int, ...]]]] = {}
    for key, recipe in recipes(config).items():
        whole.setdefault(recipe.source, []).append((recipe, shapes[key]))
    for source, users in whole.items():
        recipe, shape = users[0]
        rows = sum(used[0] for _, used in users)
        full = (rows, *shape[1:])
        value = 0.3 * torch.randn(full, generator=generator)
        if not (rank and recipe.adapter):
            state[source] = value
            continue
        kind = source.rpartition(".")[2]
        state[f"{recipe.adapter}.original.{kind}"] = value
        for i in range(len(users) if kind == "weight" else 0):
            a = torch.randn(rank, shape[1], generator=generator)
            state[f"{recipe.adapter}.matrix_A.{i}"] = a
            state[f"{recipe.adapter}.matrix_B.{i}"] = torch.randn(shape[0], rank, generator=generator)
    state["model.diffusion_model.mixins.pos_embed.freqs_sin"] = torch.zeros(6, config.head_width)
    state["conditioner.embedders.0.transformer.shared.weight"] = torch.zeros(3, 2)
    return state
