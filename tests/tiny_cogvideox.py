"""A STAR on CogVideoX of a few thousand weights, random but always the same, as a custom model."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from sentencepiece import SentencePieceTrainer

from engine.models.custom import add
from engine.models.registry import SPECS
from engine.models.spec import ModelSpec, WeightFile
from engine.models.star_cogvideox.config import TextConfig, TransformerConfig, VaeConfig
from engine.models.star_cogvideox.text import build_text_encoder
from engine.models.star_cogvideox.vae import build_vae
from tests.engine.models.star_cogvideox.tiny import published_checkpoint

NETWORK: dict[str, Any] = {
    "layers": 2,
    "heads": 2,
    "head_width": 16,
    "time_width": 16,
    "text_width": 8,
    "text_length": 6,
    "height": 4,
    "width": 6,
}
"""Its native tile is 32 x 48 pixels."""
VAE: dict[str, Any] = {"block_channels": [8, 8, 8, 8], "layers_per_block": 1, "groups": 4}
TEXT: dict[str, Any] = {
    "vocabulary": 64,
    "width": 8,
    "head_width": 4,
    "inner_width": 16,
    "layers": 2,
    "heads": 2,
}
MODEL = "tiny-cogvideox"


def install_tiny_cogvideox(folder: Path, *, segment_frames: int = 6, window: int = 9) -> ModelSpec:
    """Make the model known; EVENSTAR_WEIGHTS must name the weights folder. folder: for files on their way.

    The files have the published layout: a trainer's pickle with LoRA, a VAE, a tokenizer, and T5 in two shards.
    """
    names = (
        "tiny_net.pt",
        "tiny_vae.safetensors",
        "tiny_spiece.model",
        "t5_1.safetensors",
        "t5_2.safetensors",
    )
    paths = {name: folder / name for name in names}
    state = published_checkpoint(TransformerConfig(**NETWORK), rank=2)
    torch.save({"module": state, "iteration": 1}, paths["tiny_net.pt"])
    torch.manual_seed(0)
    vae = build_vae(VaeConfig(**{**VAE, "block_channels": tuple(VAE["block_channels"])}))
    save_file(vae.state_dict(), paths["tiny_vae.safetensors"])
    paths["tiny_spiece.model"].write_bytes(tiny_tokenizer())
    encoder = build_text_encoder(TextConfig(**TEXT)).state_dict()
    encoder.pop("encoder.embed_tokens.weight")
    keys = sorted(encoder)
    for name, part in zip(names[3:], (keys[:7], keys[7:]), strict=True):
        save_file({key: encoder[key].clone() for key in part}, paths[name])
    spec = replace(
        SPECS["star-cogvideox"],
        id=MODEL,
        title="Tiny STAR on CogVideoX",
        summary="For tests.",
        sizes={"network": NETWORK, "vae": VAE, "text": TEXT, "variant": {"dtype": "float32"}},
        weights=tuple(WeightFile(name=name) for name in names),
        custom=True,
        segment_frames=segment_frames,
        window=window,
    )
    add(spec, "star-cogvideox", paths)
    return spec


def tiny_tokenizer() -> bytes:
    """A tokenizer like T5's, trained on three sentences."""
    words, trained = ["a street at night", "two children play in the snow", "old film of a train"], BytesIO()
    SentencePieceTrainer.train(  # type: ignore
        sentence_iterator=iter(words * 20),
        model_writer=trained,
        vocab_size=30,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        minloglevel=2,
    )
    return trained.getvalue()
