"""Weights of STAR on CogVideoX: the published checkpoint in, safetensors out, strictly loaded.

The checkpoint is a torch pickle of 11 to 32 GB. It is read memory-mapped with weights_only=True and converted once;
from then on only our file is read. That file is written tensor by tensor, so that no part of it, or shard of
several, is held in memory. VAE and text encoder are read as published.
"""

import hashlib
import json
import logging
import math
import pickle
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from engine.errors import ModelError
from engine.models.star_cogvideox.config import TransformerConfig, Variant
from engine.models.star_cogvideox.published import Layout, Recipe, examine, made_shape, make, recipes

logger = logging.getLogger(__name__)

_NAMES = {torch.bfloat16: "BF16", torch.float16: "F16", torch.float32: "F32"}
"""Number formats as safetensors spells them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What a conversion found and wrote; kept as JSON in the metadata of its file."""

    form: str
    """"lora" (merged here) or "plain"."""
    source_tensors: int
    dropped_tensors: int
    """Known and not needed: position tables, T5, VAE."""
    merged_layers: int
    """Attention projections that LoRA was added to: two a layer, or 0."""
    silent_layers: int
    """Of these, how many add nothing because their B is zero; a trained file has none."""
    source_dtypes: tuple[str, ...]
    tensors: int
    """Written: as many as the network has."""
    parameters: int
    dtype: str

    def describe(self) -> str:
        """The counts as one sentence, for the person who imported the file."""
        form = (
            f"LoRA merged into {self.merged_layers} projections" if self.form == "lora" else "plain weights"
        )
        return (
            f"{self.source_tensors} tensors ({', '.join(self.source_dtypes)}; {form}; {self.dropped_tensors} not "
            f"needed) became {self.tensors} tensors, {self.parameters:,} parameters in {self.dtype}"
        )


def convert(
    published: Path,
    target: Path,
    variant: Variant,
    on_tensor: Callable[[int, int], None] = lambda _i, _n: None,
) -> tuple[Conversion, str]:
    """Write the transformer of a published checkpoint to target: what was found, and target's sha256.

    on_tensor(i, n): told before every tensor how many are done; may raise Cancelled. Raises ModelError when the
    file cannot be read, or when not every tensor of the network is in it, in its shape, with nothing unknown
    left over. target appears whole or not at all.
    """
    state = read_checkpoint(published)
    layout = check_checkpoint(state, variant, published)
    conversion = _describe(state, layout, variant)
    part = target.with_name(target.name + ".part")
    try:
        sha256 = _write(part, state, layout, variant, conversion, on_tensor)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    logger.info("%s: %s", published.name, conversion.describe())
    if conversion.silent_layers:
        logger.warning("%s: LoRA adds nothing to %d projections", published.name, conversion.silent_layers)
    return conversion, sha256


def check_checkpoint(state: Mapping[str, Tensor], variant: Variant, path: Path) -> Layout:
    """The checkpoint's layout; raises ModelError unless it fits the network exactly."""
    made = recipes(variant.transformer)
    shapes = {key: tuple(value.shape) for key, value in state.items()}
    layout = examine(shapes, made)
    for problem, keys in (("lacks", layout.missing), ("has unknown", layout.unknown)):
        _refuse(path, variant.name, problem, keys)
    expected = network_shapes(variant.transformer)
    assert expected.keys() == made.keys()
    wrong = [k for k, r in made.items() if made_shape(r, shapes, lora=layout.lora) != expected[k]]
    _refuse(path, variant.name, "has another shape of", sorted(made[key].source for key in wrong))
    return layout


def load_network(path: Path, config: TransformerConfig, *, dtype: torch.dtype | None = None) -> Any:
    """network.VideoTransformer with converted weights, on the CPU, in evaluation mode, without gradients.

    dtype: of the weights; None or as stored: memory-mapped, read from the disk as they are used. Raises
    ModelError.
    """
    from engine.models.star_cogvideox.network import VideoTransformer

    network = load_strictly([path], lambda: VideoTransformer(config), "transformer", dtype=dtype)
    if not config.rotary:
        network.restore_positions()
    return network


def read_conversion(path: Path) -> Conversion:
    """What was written into a file; raises ModelError when it is not a converted checkpoint."""
    try:
        with safe_open(path, "pt") as file:
            facts: dict[str, Any] = json.loads((file.metadata() or {})["conversion"])
        facts["source_dtypes"] = tuple(facts["source_dtypes"])
        return Conversion(**facts)
    except (OSError, SafetensorError, ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{path}: not a converted checkpoint ({error})") from error


def load_strictly(
    files: Sequence[Path],
    build: Callable[[], nn.Module],
    name: str,
    *,
    dtype: torch.dtype | None = None,
    aliases: Mapping[str, str] | None = None,
) -> Any:
    """The module that build makes, with exactly the tensors of safetensors files; as load_network otherwise.

    aliases: keys that may be absent, and the keys of the tensors they stand for.
    """
    state = {key: value for file in files for key, value in read_safetensors(file).items()}
    for key, original in (aliases or {}).items():
        if original in state:
            state.setdefault(key, state[original])
    with torch.device("meta"):
        module = build()
    check_shapes(state, module, name, files[0])
    cast = {k: v.to(dtype) if dtype and v.is_floating_point() else v for k, v in state.items()}
    module.load_state_dict(cast, assign=True)
    return module.eval().requires_grad_(False)


def check_shapes(state: Mapping[str, Tensor], module: nn.Module, name: str, path: Path) -> None:
    """Raise ModelError unless state has exactly the keys and shapes of module."""
    expected = {key: tuple(value.shape) for key, value in module.state_dict().items()}
    shared = expected.keys() & state.keys()
    _refuse(path, name, "lacks", sorted(expected.keys() - state.keys()))
    _refuse(path, name, "has unknown", sorted(state.keys() - expected.keys()))
    _refuse(
        path, name, "has another shape of", sorted(k for k in shared if tuple(state[k].shape) != expected[k])
    )


def network_shapes(config: TransformerConfig) -> dict[str, tuple[int, ...]]:
    """Key and shape of every tensor of the network, built without memory."""
    from engine.models.star_cogvideox.network import VideoTransformer

    with torch.device("meta"):
        network = VideoTransformer(config)
    return {key: tuple(value.shape) for key, value in network.state_dict().items()}


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """All tensors of a published checkpoint, memory-mapped; ModelError when it is not one.

    Beside the tensors a trainer's file holds its random states, which need two of numpy's types; nothing else
    is unpickled.
    """
    if path.suffix == ".safetensors":
        return read_safetensors(path)
    try:
        with torch.serialization.safe_globals(_numpy_types()):
            content = torch.load(path, map_location="cpu", weights_only=True, mmap=_is_zip(path))
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        raise ModelError(f"{path}: not a readable weight file ({error})") from error
    for wrapper in ("module", "state_dict"):
        if isinstance(content, dict) and isinstance(content.get(wrapper), dict):
            content = content[wrapper]
    if not isinstance(content, dict) or not all(isinstance(value, Tensor) for value in content.values()):
        raise ModelError(f'{path}: not a weight file: need tensors by name, bare or under "module"')
    return content


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """All tensors of a safetensors file, memory-mapped; ModelError when it is not one."""
    try:
        with safe_open(path, "pt") as file:
            return {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 (not a dict)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path}: not a readable weight file ({error})") from error


def _describe(state: Mapping[str, Tensor], layout: Layout, variant: Variant) -> Conversion:
    shapes, made = network_shapes(variant.transformer), recipes(variant.transformer)
    read = [value for key, value in state.items() if key not in layout.dropped]
    return Conversion(
        form="lora" if layout.lora else "plain",
        source_tensors=len(state),
        dropped_tensors=len(layout.dropped),
        merged_layers=layout.merged,
        silent_layers=_silent(state, made) if layout.lora else 0,
        source_dtypes=tuple(sorted({str(value.dtype).removeprefix("torch.") for value in read})),
        tensors=len(shapes),
        parameters=sum(math.prod(shape) for shape in shapes.values()),
        dtype=variant.dtype,
    )


def _write(
    path: Path,
    state: Mapping[str, Tensor],
    layout: Layout,
    variant: Variant,
    conversion: Conversion,
    on_tensor: Callable[[int, int], None],
) -> str:
    """Write a safetensors file one tensor at a time and return its sha256."""
    dtype, shapes = getattr(torch, variant.dtype), network_shapes(variant.transformer)
    made, digest = recipes(variant.transformer), hashlib.sha256()
    with path.open("wb") as file:
        head = _header(shapes, dtype, {"format": "pt", "conversion": json.dumps(asdict(conversion))})
        file.write(head)
        digest.update(head)
        for i, key in enumerate(shapes):
            on_tensor(i, len(shapes))
            tensor = make(made[key], state, lora=layout.lora).to(dtype).contiguous()
            content = tensor.view(torch.uint8).numpy().tobytes()
            file.write(content)
            digest.update(content)
    return digest.hexdigest()


def _header(shapes: Mapping[str, tuple[int, ...]], dtype: torch.dtype, metadata: dict[str, str]) -> bytes:
    """The head of a safetensors file: its length, and where every tensor lies behind it, as JSON."""
    entries: dict[str, Any] = {"__metadata__": metadata}
    at = 0
    for key, shape in shapes.items():
        stop = at + math.prod(shape) * dtype.itemsize
        entries[key] = {"dtype": _NAMES[dtype], "shape": list(shape), "data_offsets": [at, stop]}
        at = stop
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text


def _silent(state: Mapping[str, Tensor], made: Mapping[str, Recipe]) -> int:
    """Projections whose B matrices are all zero."""
    adapters = {recipe.adapter for recipe in made.values() if recipe.adapter}
    return sum(
        not any(bool(value.any()) for key, value in state.items() if key.startswith(f"{adapter}.matrix_B."))
        for adapter in adapters
    )


def _refuse(path: Path, name: str, problem: str, keys: Sequence[str]) -> None:
    if keys:
        more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
        raise ModelError(f"{path}: not a {name}: it {problem} {keys[0]}{more}")


def _numpy_types() -> list[Any]:
    """What numpy's random states are pickled with."""
    reconstruct = np.zeros(1).__reduce__()[0]
    return [reconstruct, np.ndarray, np.dtype, type(np.dtype(np.uint32))]


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"
