"""A STAR on CogVideoX of a few thousand weights, random but always the same, as a custom model."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from sentencepiece import SentencePieceTrainer
from torch import Tensor, nn

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


SIZES = {"network": NETWORK, "vae": VAE, "text": TEXT, "variant": {"dtype": "float32"}}
"""As a ModelSpec says them."""


def write_published(folder: Path, *, wired: bool = False) -> list[Path]:
    """The published layout, in the order of the spec's files: a trainer's pickle with LoRA, a VAE, a tokenizer, and
    T5 in two shards."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ("net.pt", "vae.safetensors", "spiece.model", "t5_1.safetensors", "t5_2.safetensors")
    network, coder, tokenizer, *encoders = paths = [folder / f"tiny_{name}" for name in names]
    state = published_checkpoint(TransformerConfig(**NETWORK), rank=2)
    vae = seeded_vae()
    if wired:
        wire(state, vae.state_dict())
    torch.save({"module": state, "iteration": 1}, network)
    save_file(vae.state_dict(), coder)
    tokenizer.write_bytes(tiny_tokenizer())
    encoder = build_text_encoder(TextConfig(**TEXT)).state_dict()
    encoder.pop("encoder.embed_tokens.weight")
    keys = sorted(encoder)
    for path, part in zip(encoders, (keys[:7], keys[7:]), strict=True):
        save_file({key: encoder[key].clone() for key in part}, path)
    return paths


def seeded_vae() -> nn.Module:
    torch.manual_seed(0)
    return build_vae(VaeConfig(**{**VAE, "block_channels": tuple(VAE["block_channels"])}))


def wire(state: dict[str, Tensor], coder: dict[str, Tensor]) -> None:
    """Lead colours through a checkpoint and a VAE by hand, past the seeded weights, which only whisper; in place.

    Channels go in pairs of c and -c: norms keep them so, and silu(z) - silu(-z) = z. Two more channels, PILLAR and
    -PILLAR, are most of what a token's norm sees, so that it divides all tokens alike. The velocity is -LOUDNESS
    times the lq's latent whatever the time, far above the noise that sampling starts from. Colours get mean and
    spread back from the colour match.
    """
    for tensor in (*state.values(), *coder.values()):
        tensor *= WHISPER
    lasts = ("mixins.final_layer", "final_layernorm", "patch_embed.proj_sr", "_out", "conv_in", "samplers")
    for name, tensor in (*state.items(), *coder.items()):
        if any(last in name for last in lasts):
            ones = name.endswith(("norm_final.weight", "final_layernorm.weight", "norm_out.weight"))
            tensor.fill_(1.0 if ones or name.endswith(("norm_layer.weight", "conv_y.conv.bias")) else 0.0)
    into = state["model.diffusion_model.mixins.patch_embed.proj_sr.weight"]
    pillars = state["model.diffusion_model.mixins.patch_embed.proj_sr.bias"]
    out = state["model.diffusion_model.mixins.final_layer.linear.weight"]
    pillars[-2:] = torch.tensor([PILLAR, -PILLAR])
    for place in range(12):
        c, row, column = place // 4, place // 2 % 2, place % 2
        into[2 * place, 16 + c, row, column], into[2 * place + 1, 16 + c, row, column] = 1, -1
        out[place, 2 * place], out[place, 2 * place + 1] = -LOUDNESS * PILLAR / 8, LOUDNESS * PILLAR / 8
    for c in range(3):
        _pair(coder["encoder.conv_in.conv.weight"], c)
        _pair(coder["decoder.conv_in.conv.weight"], c)
        _unpair(coder["encoder.conv_out.conv.weight"], c, 1.0)
        _unpair(coder["decoder.conv_out.conv.weight"], c, 0.3)
    coder["encoder.conv_out.conv.bias"][16:] = -20.0  # log variance: the latent is its mean
    for c in range(8):
        for level in range(3):
            coder[f"encoder.down_blocks.{level}.downsamplers.0.conv.weight"][c, c, :2, :2] = 1 / 4
            coder[f"decoder.up_blocks.{level}.upsamplers.0.conv.weight"][c, c] = 1 / 9


LOUDNESS, WHISPER, PILLAR = 20.0, 0.1, 20.0


def _pair(weight: Tensor, channel: int) -> None:
    """A channel of the input to a pair of the output, the second one negative; of the present frame."""
    weight[2 * channel, channel, 2, 1, 1], weight[2 * channel + 1, channel, 2, 1, 1] = 1, -1


def _unpair(weight: Tensor, channel: int, gain: float) -> None:
    """A pair of the input to one channel of the output."""
    weight[channel, 2 * channel, 2, 1, 1], weight[channel, 2 * channel + 1, 2, 1, 1] = gain, -gain


def install_tiny_cogvideox(
    folder: Path, *, segment_frames: int = 6, window: int = 9, wired: bool = False
) -> ModelSpec:
    """Make the model known; EVENSTAR_WEIGHTS must name the weights folder. folder: for files on their way.

    wired: its film shows what the source shows, so that it passes verification; else it is noise.
    """
    paths = {path.name: path for path in write_published(folder, wired=wired)}
    spec = replace(
        SPECS["star-cogvideox"],
        id=MODEL,
        title="Tiny STAR on CogVideoX",
        summary="For tests.",
        sizes=SIZES,
        weights=tuple(WeightFile(name=name) for name in paths),
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
