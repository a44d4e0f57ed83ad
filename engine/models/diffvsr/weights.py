"""DiffVSR's weight files: published forms in, our safetensors out, strictly loaded.

Published: DiffVSR_UNet.pt (a pickle with the state under "ema"), TE-3DVAE.pt (a pickle that is the state), and
upscaler4x/, a folder of which text encoder, tokenizer and the settings of two schedulers are used. Pickles are
read with weights_only=True. Each is converted once; from then on only our file is read.
"""

import hashlib
import json
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.errors import ModelError
from engine.models.diffvsr.config import TextConfig, UNetConfig, VaeConfig
from engine.models.diffvsr.te_vae import TemporalVae
from engine.models.diffvsr.text import TextEncoder, Tokenizer, read_tokenizer
from engine.models.diffvsr.unet import VideoUNet

State = dict[str, Tensor]
ROTARY_KEY = "temporal_rotary_emb.freqs"
FREQS = ".freqs"
"""End of the keys of rotary frequencies: one tensor, kept in float32 because angles need it."""
_SCHEDULER: dict[str, Any] = {
    "beta_start": 1e-4, "beta_end": 0.02, "num_train_timesteps": 1000, "prediction_type": "v_prediction",
    "steps_offset": 1, "set_alpha_to_one": False, "clip_sample": False,
}  # fmt: skip
_LOW_RES_SCHEDULER: dict[str, Any] = {
    "beta_start": 1e-4, "beta_end": 0.02, "num_train_timesteps": 1000, "beta_schedule": "scaled_linear",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One module and how its file is read."""

    name: str
    """For messages."""
    build: Callable[[], nn.Module]
    """The untrained module; built on the meta device."""
    dtype: torch.dtype | None
    """Stored dtype of floating tensors; None: as published."""
    select: Callable[[State], State] = dict
    """The module's tensors out of those of a file, published or ours."""


def unet_part(config: UNetConfig | None = None) -> Part:
    """The U-Net, stored in float16 as it was run when published."""
    built = config or UNetConfig()
    return Part(
        name="DiffVSR U-Net", build=lambda: VideoUNet(built), dtype=torch.float16, select=_unet_tensors
    )


def vae_part(config: VaeConfig | None = None) -> Part:
    """The TE-3DVAE, stored as published: it was run in float32."""
    built = config or VaeConfig()
    return Part(name="TE-3DVAE", build=lambda: TemporalVae(built), dtype=None)


def text_part(config: TextConfig | None = None) -> Part:
    """The text encoder, stored in float16 as it was run when published."""
    built = config or TextConfig()
    return Part(
        name="x4 upscaler text encoder",
        build=lambda: TextEncoder(built),
        dtype=torch.float16,
        select=lambda state: {k: v for k, v in state.items() if not k.endswith("position_ids")},
    )


def convert(published: Path, target: Path, part: Part) -> str:
    """Write part's tensors from a published file to target as safetensors and return target's sha256.

    Raises ModelError when the file cannot be read or its keys or shapes are not exactly the module's. target
    appears whole or not at all.
    """
    state = part.select(read_tensors(published))
    check_layout(state, part, published)
    stored = {key: _cast(key, value, part.dtype).contiguous().clone() for key, value in state.items()}
    partial = target.with_name(target.name + ".part")
    try:
        save_file(stored, partial, metadata={"part": part.name, "source_sha256": sha256_of(published)})
        digest = sha256_of(partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return digest


def load(path: Path, part: Part, *, dtype: torch.dtype | None = None, sha256: str | None = None) -> nn.Module:
    """The module with the weights of a file, on the CPU, in evaluation mode, without gradients.

    dtype: of floating weights; None: as stored. sha256: checked first when given. Raises ModelError.
    """
    if sha256 is not None and sha256_of(path) != sha256:
        raise ModelError(f"{path}: the file is damaged (sha256 {sha256_of(path)}, need {sha256})")
    state = part.select(read_tensors(path))
    check_layout(state, part, path)
    with torch.device("meta"):
        module = part.build()
    module.load_state_dict({key: _cast(key, value, dtype) for key, value in state.items()}, assign=True)
    return module.eval().requires_grad_(False)


def read_tensors(path: Path) -> State:
    """What a .safetensors file or a torch pickle holds, on the CPU; ModelError when it is neither."""
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        found = torch.load(path, map_location="cpu", weights_only=True, mmap=_is_zip(path))
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError, SafetensorError) as error:
        raise ModelError(f"{path}: not a readable weight file ({error})") from error
    if not isinstance(found, dict):
        raise ModelError(f"{path}: holds a {type(found).__name__}, need a dictionary of tensors")
    return found


def check_layout(state: Mapping[str, Tensor], part: Part, path: Path) -> None:
    """Raise ModelError unless state has exactly the keys and shapes of part."""
    with torch.device("meta"):
        expected = {key: tuple(value.shape) for key, value in part.build().state_dict().items()}
    found = {key: tuple(value.shape) for key, value in state.items() if isinstance(value, Tensor)}
    shared = expected.keys() & found.keys()
    problems = {
        "lacks": expected.keys() - found.keys(),
        "has unknown": state.keys() - expected.keys(),
        "has another shape of": {key for key in shared if expected[key] != found[key]},
    }
    for problem, keys in problems.items():
        if keys:
            more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
            raise ModelError(f"{path}: not a {part.name}: it {problem} {min(map(str, keys))}{more}")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscalerFiles:
    """What is used of the published upscaler4x/ folder."""

    text_encoder: Path
    text_config: Path
    vocabulary: Path
    merges: Path
    special_tokens: Path
    scheduler: Path
    low_res_scheduler: Path


def read_text_side(files: UpscalerFiles) -> tuple[Tokenizer, TextConfig]:
    """Tokenizer, and sizes of the text encoder.

    Raises ModelError when something is missing, or when the schedulers are not those that are built in.
    """
    check_schedulers(files)
    config = read_text_config(files.text_config)
    return read_tokenizer(files.vocabulary, files.merges, files.special_tokens, config.length), config


def read_text_config(path: Path) -> TextConfig:
    """Sizes out of a published text_encoder/config.json; raises ModelError."""
    facts = _read_json(path)
    try:
        return TextConfig(
            length=facts.get("max_position_embeddings", 77),
            vocabulary=facts["vocab_size"],
            width=facts["hidden_size"],
            inner_width=facts["intermediate_size"],
            layers=facts["num_hidden_layers"],
            heads=facts["num_attention_heads"],
            norm_eps=facts.get("layer_norm_eps", 1e-5),
            activation=facts["hidden_act"],
        )
    except (KeyError, ValueError) as error:
        raise ModelError(f"{path}: not the settings of a text encoder ({error!r})") from error


def check_schedulers(files: UpscalerFiles) -> None:
    """Raise ModelError unless both schedulers are the ones that sampling.py computes.

    beta_schedule of the first is not looked at: the published script overrides it with "linear".
    """
    for path, expected in ((files.scheduler, _SCHEDULER), (files.low_res_scheduler, _LOW_RES_SCHEDULER)):
        facts = _read_json(path)
        for key, value in expected.items():
            if facts.get(key) != value:
                raise ModelError(f"{path}: {key} is {facts.get(key)}, need {value}")


def sha256_of(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unet_tensors(state: State) -> State:
    """The averaged weights of a training state, with every alias of the one rotary tensor.

    The published file names it 33 times; where aliases differ or are missing, the last one there is wins.
    """
    inner = state.get("ema", state)
    tensors: State = dict(inner) if isinstance(inner, dict) else state
    aliases = [key for key in tensors if key.endswith(FREQS)]
    if not aliases:
        return tensors
    attentions = [key.removesuffix("to_q.weight") for key in tensors if _is_temporal_query(key)]
    names = [ROTARY_KEY, *(attention + "rotary_emb.freqs" for attention in attentions)]
    return tensors | dict.fromkeys(names, tensors[aliases[-1]])


def _is_temporal_query(key: str) -> bool:
    return key.endswith((".attn_temporal.to_q.weight", ".attn_temporal_small.to_q.weight"))


def _cast(key: str, value: Tensor, dtype: torch.dtype | None) -> Tensor:
    if key.endswith(FREQS):
        return value.float()
    return value.to(dtype) if dtype is not None and value.is_floating_point() else value


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: not readable ({error})") from error


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"
