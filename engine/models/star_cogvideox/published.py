"""The published checkpoint's layout: which of its tensors become which of ours.

The file is written by SwissArmyTransformer; a layer's query, key and value projections are one matrix there, and
so are the modulations of its two norms. Two forms are read: plain weights, and weights with LoRA beside them
(Hu et al. 2022, eq. 3): W = original + (alpha / r) B A with r = rows of A and alpha = 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.models.star_cogvideox.config import TransformerConfig

PREFIX = "model.diffusion_model."
"""Of the transformer's keys in a checkpoint of the whole engine."""
LORA_ALPHA = 1.0
_OTHER_PARTS = ("conditioner.", "first_stage_model.")
"""T5 and VAE, where they were saved along; their own published files are used."""
_UNUSED = (
    "mixins.pos_embed.freqs_sin",
    "mixins.pos_embed.freqs_cos",
    "transformer.position_embeddings.weight",
    "transformer.word_embeddings.weight",
    "mixins.patch_embed.proj.weight",
    "mixins.patch_embed.proj.bias",
)
"""Tables that are computed here, leftovers of a base class, and the base model's own 16-channel projection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one of our tensors is made."""

    source: str
    """Published key of a plain checkpoint."""
    chunks: tuple[int, ...] = (0,)
    """Which equal chunks of its rows, in order."""
    n_chunks: int = 1
    adapter: str | None = None
    """Name of the projection that LoRA may stand beside; its part is chunks[0]."""


def recipes(config: TransformerConfig) -> dict[str, Recipe]:
    """A recipe for every tensor of network.VideoTransformer, by its key."""
    made = {
        f"{ours}.{kind}": Recipe(source=f"{PREFIX}{theirs}.{kind}")
        for ours, theirs in _OUTSIDE_LAYERS.items()
        for kind in ("weight", "bias")
    }
    for layer in range(config.layers):
        made |= _layer_recipes(layer)
    return made


_OUTSIDE_LAYERS = {
    "patch_embed.proj": "mixins.patch_embed.proj_sr",
    "patch_embed.text_proj": "mixins.patch_embed.text_proj",
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "norm_final": "transformer.final_layernorm",
    "norm_out.norm": "mixins.final_layer.norm_final",
    "norm_out.linear": "mixins.final_layer.adaLN_modulation.1",
    "proj_out": "mixins.final_layer.linear",
}


def _layer_recipes(layer: int) -> dict[str, Recipe]:
    block, theirs = f"transformer_blocks.{layer}", f"{PREFIX}transformer.layers.{layer}"
    made = {
        f"{block}.norm1.{gate}.conv1.weight": Recipe(source=f"{theirs}.{gate}.conv1.weight")
        for gate in ("spa_local", "temp_local")
    }
    adaln = f"{PREFIX}mixins.adaln_layer"
    for kind in ("weight", "bias"):
        copies = {
            "attn1.norm_q": f"{adaln}.query_layernorm_list.{layer}",
            "attn1.norm_k": f"{adaln}.key_layernorm_list.{layer}",
            "norm1.norm": f"{theirs}.input_layernorm",
            "norm2.norm": f"{theirs}.post_attention_layernorm",
            "ff.net.0.proj": f"{theirs}.mlp.dense_h_to_4h",
            "ff.net.2": f"{theirs}.mlp.dense_4h_to_h",
        }
        made |= {f"{block}.{ours}.{kind}": Recipe(source=f"{key}.{kind}") for ours, key in copies.items()}
        modulation = f"{adaln}.adaLN_modulations.{layer}.1.{kind}"
        # Published: image (shift, scale, gate before attention; the same before the MLP), then text alike.
        for norm, chunks in (("norm1", (0, 1, 2, 6, 7, 8)), ("norm2", (3, 4, 5, 9, 10, 11))):
            made[f"{block}.{norm}.linear.{kind}"] = Recipe(source=modulation, chunks=chunks, n_chunks=12)
        qkv, dense = f"{theirs}.attention.query_key_value", f"{theirs}.attention.dense"
        for i, name in enumerate(("to_q", "to_k", "to_v")):
            made[f"{block}.attn1.{name}.{kind}"] = Recipe(
                source=f"{qkv}.{kind}", chunks=(i,), n_chunks=3, adapter=qkv
            )
        made[f"{block}.attn1.to_out.0.{kind}"] = Recipe(source=f"{dense}.{kind}", adapter=dense)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which form a checkpoint has, and how its tensors are used."""

    lora: bool
    """LoRA stands beside every attention projection."""
    merged: int
    """Projections that LoRA is added to: two a layer, or none."""
    dropped: tuple[str, ...]
    """Keys that are known and not needed."""
    unknown: tuple[str, ...]
    missing: tuple[str, ...]


def examine(shapes: Mapping[str, tuple[int, ...]], made: Mapping[str, Recipe]) -> Layout:
    """What a checkpoint with these keys is, compared with the recipes."""
    lora = any(".matrix_A." in key or ".original." in key for key in shapes if key.startswith(PREFIX))
    needed = {key for recipe in made.values() for key in sources(recipe, lora=lora)}
    others = [key for key in shapes if key not in needed]
    dropped = [key for key in others if _is_dropped(key)]
    adapters = {recipe.adapter for recipe in made.values() if recipe.adapter} if lora else set()
    return Layout(
        lora=lora,
        merged=len(adapters),
        dropped=tuple(dropped),
        unknown=tuple(sorted(set(others) - set(dropped))),
        missing=tuple(sorted(needed - shapes.keys())),
    )


def sources(recipe: Recipe, *, lora: bool) -> tuple[str, ...]:
    """The published keys that a recipe reads."""
    if not (lora and recipe.adapter):
        return (recipe.source,)
    kind = recipe.source.rpartition(".")[2]
    original = f"{recipe.adapter}.original.{kind}"
    if kind == "bias":
        return (original,)
    part = recipe.chunks[0]
    return original, f"{recipe.adapter}.matrix_A.{part}", f"{recipe.adapter}.matrix_B.{part}"


def make(recipe: Recipe, state: Mapping[str, Tensor], *, lora: bool) -> Tensor:
    """The tensor of a recipe, in the checkpoint's dtype, or in float32 where LoRA was added to it."""
    whole, *adapter = (state[key] for key in sources(recipe, lora=lora))
    pieces = whole.chunk(recipe.n_chunks)
    piece = torch.cat([pieces[i] for i in recipe.chunks])
    if not adapter:
        return piece
    a, b = (matrix.float() for matrix in adapter)
    return torch.addmm(piece.float(), b, a, alpha=LORA_ALPHA / a.shape[0])


def published_state(ours: Mapping[str, Tensor], config: TransformerConfig) -> dict[str, Tensor]:
    """A plain published checkpoint that `make` turns into these tensors of ours: the way back."""
    pieces: dict[str, dict[int, Tensor]] = {}
    for key, recipe in recipes(config).items():
        parts = ours[key].chunk(len(recipe.chunks))
        pieces.setdefault(recipe.source, {}).update(zip(recipe.chunks, parts, strict=True))
    return {source: torch.cat([parts[i] for i in sorted(parts)]) for source, parts in pieces.items()}


def made_shape(
    recipe: Recipe, shapes: Mapping[str, tuple[int, ...]], *, lora: bool
) -> tuple[int, ...] | None:
    """The shape that `make` gives, without reading; None where the published shapes do not fit each other."""
    whole, *adapter = (shapes[key] for key in sources(recipe, lora=lora))
    if not whole or whole[0] % recipe.n_chunks:
        return None
    shape = (whole[0] // recipe.n_chunks * len(recipe.chunks), *whole[1:])
    if adapter:
        a, b = adapter
        if len(a) != 2 or len(b) != 2 or b[1] != a[0] or (b[0], a[1]) != shape:
            return None
    return shape


def _is_dropped(key: str) -> bool:
    return key.startswith(_OTHER_PARTS) or key.removeprefix(PREFIX) in _UNUSED
