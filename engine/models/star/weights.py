"""STAR's weight files: published forms in, our safetensors out, strictly loaded.

Published: the U-Net with its control network as a torch pickle (light_deg.pt, heavy_deg.pt; bare or under
"state_dict"); the text tower inside a whole open_clip ViT-H-14; the VAE as diffusers safetensors. Pickles are
read with weights_only=True. Each is converted once; from then on only our file is read.
"""

import hashlib
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.errors import ModelError
from engine.models.star.config import NetworkConfig, TextConfig, VaeConfig
from engine.models.star.control import ControlledUNet
from engine.models.star.text import TextTower
from engine.models.star.vae import build_vae

State = dict[str, Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the three modules and how its file is read."""

    name: str
    """For messages."""
    build: Callable[[], nn.Module]
    """The untrained module; built on the meta device."""
    dtype: torch.dtype | None
    """Stored dtype of floating tensors; None: as published."""
    select: Callable[[State], State]
    """The module's tensors out of those of the published file."""


def network_part(config: NetworkConfig | None = None) -> Part:
    """U-Net and control network, stored in float16 as they were run when published."""
    built = config or NetworkConfig()
    return Part(name="STAR network", build=lambda: ControlledUNet(built), dtype=torch.float16, select=_unwrap)


def text_part(config: TextConfig | None = None) -> Part:
    """The text tower, stored as published: it is used once per prompt, in float32."""
    built = config or TextConfig()
    return Part(name="CLIP text tower", build=lambda: TextTower(built), dtype=None, select=_text_only)


def vae_part(config: VaeConfig | None = None) -> Part:
    """The VAE, stored as published (float16) and run in float32."""
    built = config or VaeConfig()
    return Part(name="VAE", build=lambda: build_vae(built), dtype=None, select=_unwrap)


def convert(published: Path, target: Path, part: Part) -> str:
    """Write part's tensors from a published file to target as safetensors and return target's sha256.

    Raises ModelError when the file cannot be read or its keys or shapes are not exactly the module's. target
    appears whole or not at all.
    """
    state = part.select(read_published(published))
    check_layout(state, part, published)
    stored = {key: _stored(value, part.dtype) for key, value in state.items()}
    partial = target.with_name(target.name + ".part")
    try:
        save_file(stored, partial, metadata={"part": part.name, "source_sha256": sha256_of(published)})
        digest = sha256_of(partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return digest


def load(path: Path, part: Part, *, dtype: torch.dtype | None = None, sha256: str | None = None) -> nn.Module:
    """The module with the weights of our file, on the CPU, in evaluation mode, without gradients.

    dtype: of floating weights; None: as stored. sha256: checked first when given. Raises ModelError.
    """
    if sha256 is not None and sha256_of(path) != sha256:
        raise ModelError(f"{path}: the file is damaged (sha256 {sha256_of(path)}, need {sha256})")
    state = read_published(path)
    check_layout(state, part, path)
    with torch.device("meta"):
        module = part.build()
    module.load_state_dict({key: _cast(value, dtype) for key, value in state.items()}, assign=True)
    return module.eval().requires_grad_(False)


def read_published(path: Path) -> State:
    """All tensors of a .safetensors file or a torch pickle, on the CPU; ModelError when it is neither."""
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        return torch.load(path, map_location="cpu", weights_only=True, mmap=_is_zip(path))
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError, SafetensorError) as error:
        raise ModelError(f"{path}: not a readable weight file ({error})") from error


def check_layout(state: Mapping[str, Tensor], part: Part, path: Path) -> None:
    """Raise ModelError unless state has exactly the keys and shapes of part."""
    with torch.device("meta"):
        expected = {key: tuple(value.shape) for key, value in part.build().state_dict().items()}
    found = {key: tuple(value.shape) for key, value in state.items() if isinstance(value, Tensor)}
    for problem, keys in (
        ("lacks", sorted(expected.keys() - found.keys())),
        ("has unknown", sorted(state.keys() - expected.keys())),
        (
            "has another shape of",
            sorted(k for k in expected.keys() & found.keys() if expected[k] != found[k]),
        ),
    ):
        if keys:
            more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
            raise ModelError(f"{path}: not a {part.name}: it {problem} {keys[0]}{more}")


def sha256_of(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unwrap(state: State) -> State:
    inner = state.get("state_dict")
    return inner if isinstance(inner, dict) else state


def _text_only(state: State) -> State:
    """Without the image tower, the logit scale and the mask buffer of a whole CLIP."""
    others = ("visual.", "logit_scale", "logit_bias", "attn_mask")
    return {key: value for key, value in _unwrap(state).items() if not key.startswith(others)}


def _stored(value: Tensor, dtype: torch.dtype | None) -> Tensor:
    return _cast(value, dtype).contiguous().clone()


def _cast(value: Tensor, dtype: torch.dtype | None) -> Tensor:
    return value.to(dtype) if dtype is not None and value.is_floating_point() else value


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"
