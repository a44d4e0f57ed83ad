"""A DiffVSR of a few hundred thousand weights, random but always the same, in the published layout."""

import json
import math
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from engine.models.diffvsr.config import TextConfig, UNetConfig, VaeConfig
from engine.models.diffvsr.te_vae import TemporalVae
from engine.models.diffvsr.text import END, START, TextEncoder
from engine.models.diffvsr.unet import VideoUNet
from engine.models.registry import SPECS
from engine.models.spec import ModelSpec, WeightFile

MODEL = "tiny-diffvsr"
TINY_UNET = UNetConfig(
    block_channels=(32, 32),
    attention_levels=(False, True),
    self_attention_levels=(False, True),
    heads=(1, 1),
    res_blocks=1,
    text_width=8,
    noise_classes=400,
    groups=4,
)
TINY_VAE = VaeConfig(block_channels=(8, 8, 16), layers_per_block=1, groups=4)
WIRED_VAE = VaeConfig(block_channels=(8, 8, 8), layers_per_block=1, groups=4)


def tiny_text(activation: str = "gelu") -> TextConfig:
    return TextConfig(vocabulary=530, width=16, inner_width=32, layers=2, heads=2, activation=activation)


TINY_SIZES = {"unet": asdict(replace(TINY_UNET, text_width=tiny_text().width)), "vae": asdict(TINY_VAE)}
"""As a ModelSpec says them; the text encoder's are in its own file."""


def seeded(module: Any, generator: torch.Generator) -> Any:
    """module with matrices of about unit gain, small biases and norms about one; nothing is left at zero."""
    for name, p in module.named_parameters():
        noise = torch.randn(p.shape, generator=generator)
        if name.endswith("freqs"):
            continue
        if p.ndim > 1:
            p.data = noise * (p[0].numel() ** -0.5)
        elif "norm" in name and name.endswith("weight"):
            p.data = 1 + 0.1 * noise
        else:
            p.data = 0.1 * noise
    return module.eval().requires_grad_(False)


def write_tokenizer(folder: Path, padding: str = "!") -> Path:
    """A published `tokenizer/` folder with a dozen merges."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = [chr(b) for b in printable] + [chr(256 + i) for i in range(256 - len(printable))]
    merges = ["t h", "th e</w>", "q u", "qu a", "l i", "t y</w>", "li ty</w>", "qua lity</w>", "h a"]
    symbols = letters + [letter + "</w>" for letter in letters] + [m.replace(" ", "") for m in merges]
    ids = {symbol: i for i, symbol in enumerate([*symbols, START, END])}
    folder.mkdir(parents=True)
    (folder / "vocab.json").write_text(json.dumps(ids), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8")
    (folder / "special_tokens_map.json").write_text(json.dumps({"pad_token": padding}), encoding="utf-8")
    return folder


def write_upscaler(
    folder: Path, config: TextConfig | None = None, *, extra: dict[str, Tensor] | None = None
) -> Path:
    """What is used of a published upscaler4x/ folder, with a random text encoder of the given sizes."""
    config = config or tiny_text()
    write_tokenizer(folder / "tokenizer")
    schedulers = {
        "scheduler": {
            "beta_start": 1e-4, "beta_end": 0.02, "beta_schedule": "scaled_linear", "clip_sample": False,
            "num_train_timesteps": 1000, "prediction_type": "v_prediction", "set_alpha_to_one": False,
            "steps_offset": 1, "skip_prk_steps": True, "trained_betas": None,
        },
        "low_res_scheduler": {
            "beta_start": 1e-4, "beta_end": 0.02, "beta_schedule": "scaled_linear", "clip_sample": True,
            "num_train_timesteps": 1000, "prediction_type": "epsilon", "variance_type": "fixed_small",
        },
    }  # fmt: skip
    for name, facts in schedulers.items():
        (folder / name).mkdir()
        (folder / name / "scheduler_config.json").write_text(json.dumps(facts))
    facts = {
        "vocab_size": config.vocabulary, "hidden_size": config.width, "intermediate_size": config.inner_width,
        "num_hidden_layers": config.layers, "num_attention_heads": config.heads,
        "hidden_act": config.activation, "max_position_embeddings": config.length,
        "layer_norm_eps": config.norm_eps,
    }  # fmt: skip
    (folder / "text_encoder").mkdir()
    (folder / "text_encoder" / "config.json").write_text(json.dumps(facts))
    encoder = seeded(TextEncoder(config), torch.Generator().manual_seed(1))
    tensors = encoder.state_dict() | (extra or {})
    save_file(tensors, folder / "text_encoder" / "model.safetensors")
    return folder


def wire(unet: VideoUNet, vae: TemporalVae) -> None:
    """Lead colours through the networks by hand, past the seeded weights, which only whisper.

    Channels go in pairs of c and -c: norms keep them so, and silu(z) - silu(-z) = z. The velocity is -LOUDNESS
    times the standardised lq whatever the time; a quarter turn of it, pi / 2, is far above the noise that sampling
    starts from. Colours get mean and spread back from the colour match.
    """
    for name, parameter in (*unet.named_parameters(), *vae.named_parameters()):
        if not name.endswith("freqs"):
            parameter.data *= WHISPER
    own, coder = unet.state_dict(), vae.state_dict()
    path = (
        "conv_in",
        "conv_norm_out",
        "conv_out",
        "conv_shortcut",
        "downsamplers",
        "upsamplers",
        "quant_conv",
    )
    for name, tensor in (*own.items(), *coder.items()):
        if any(step in name for step in path):
            tensor.fill_(1.0 if name.endswith("conv_norm_out.weight") else 0.0)
    coder["decoder.time_conv_out.weight"].fill_(0.0)
    for c in range(3):
        _pair(own["conv_in.weight"], 4 + c, c)
        _unpair(own["conv_out.weight"], c, -LOUDNESS)
        _pair(coder["encoder.conv_in.weight"], c, c)
        _unpair(coder["encoder.conv_out.weight"], c, LOUDNESS * math.pi / 2 / WIRED_VAE.scaling_factor)
        _pair(coder["decoder.conv_in.weight"], c, c)
        _unpair(coder["decoder.conv_out.weight"], c, 0.3)
        coder["decoder.time_conv_out.weight"][c, c, 1, 1, 1] = 1
    for c in range(4):
        coder["quant_conv.weight"][c, c] = coder["post_quant_conv.weight"][c, c] = 1
    for c in range(8):
        own["up_blocks.1.resnets.1.conv_shortcut.weight"][c, TINY_UNET.block_channels[0] + c] = 1
        for level in range(2):
            coder[f"encoder.down_blocks.{level}.downsamplers.0.conv.weight"][c, c, :2, :2] = 1 / 4
            coder[f"decoder.up_blocks.{level}.upsamplers.0.conv.weight"][c, c] = 1 / 9


LOUDNESS, WHISPER = 20.0, 0.1


def _pair(weight: Tensor, channel: int, place: int) -> None:
    """A channel of the input to a pair of the output, the second one negative."""
    weight[2 * place, channel, 1, 1], weight[2 * place + 1, channel, 1, 1] = 1, -1


def _unpair(weight: Tensor, place: int, gain: float) -> None:
    """A pair of the input to one channel of the output."""
    weight[place, 2 * place, 1, 1], weight[place, 2 * place + 1, 1, 1] = gain, -gain


def write_published(folder: Path, *, wired: bool = False) -> Path:
    """The authors' pretrained_models/ folder: U-Net under "ema", flat VAE, upscaler4x/."""
    generator = torch.Generator().manual_seed(3)
    unet = seeded(VideoUNet(replace(TINY_UNET, text_width=tiny_text().width)), generator)
    vae = seeded(TemporalVae(WIRED_VAE if wired else TINY_VAE), generator)
    if wired:
        wire(unet, vae)
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({"ema": unet.state_dict(), "step": 7}, folder / "DiffVSR_UNet.pt")
    torch.save(vae.state_dict(), folder / "TE-3DVAE.pt")
    write_upscaler(folder / "upscaler4x")
    return folder


def install_tiny_diffvsr(folder: Path, *, segment_frames: int = 4, wired: bool = False) -> ModelSpec:
    """Make the model known; EVENSTAR_WEIGHTS must name the weights folder. folder: for files on their way.

    wired: its film shows what the source shows, so that it passes verification; else it is noise.
    """
    from engine.models.custom import add

    base = SPECS["diffvsr"]
    published = write_published(folder / "pretrained_models", wired=wired)
    files = {f"tiny_{file.name}": published / file.repo_path for file in base.weights}
    spec = replace(
        base,
        id=MODEL,
        title="Tiny DiffVSR",
        summary="For tests.",
        sizes=TINY_SIZES | ({"vae": asdict(WIRED_VAE)} if wired else {}),
        weights=tuple(WeightFile(name=name) for name in files),
        custom=True,
        segment_frames=segment_frames,
    )
    add(spec, base.id, files)
    return spec
