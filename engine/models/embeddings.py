"""What a text encoder made of a prompt, kept on the disk: the encoder is needed once a prompt, not once a film."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from engine.atomic import write_atomically
from engine.errors import ModelError
from engine.models.spec import ModelSpec
from engine.models.weights_folder import folder_of

Embeddings = dict[str, Tensor]


def cached_embeddings(
    spec: ModelSpec, facts: Mapping[str, str | bool | None], compute: Callable[[], Embeddings]
) -> Embeddings:
    """Return what `compute` gives, from the cache where an earlier call with the same facts left it.

    facts: everything the embeddings depend on: the prompt, the sha256 of the encoder. A damaged file of the
    cache is made again. Raises ModelError when the cache cannot be written, and what `compute` raises.
    """
    path = cache_folder(spec) / f"{_key(facts)}.safetensors"
    if path.is_file():
        try:
            return load_file(path)
        except (SafetensorError, OSError):
            path.unlink(missing_ok=True)
    embeddings = {name: tensor.detach().cpu().contiguous() for name, tensor in compute().items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, save(embeddings))
    except OSError as error:
        raise ModelError(f"cannot keep the prompt's embeddings in {path.parent}: {error.strerror}") from error
    return embeddings


def cached_texts(
    spec: ModelSpec,
    encoder_sha256: str | None,
    read: Callable[[str | None], tuple[Tensor, Tensor]],
    prompt: str | None,
) -> tuple[Tensor, Tensor]:
    """Return the embedded prompt and negative prompt that `read` gives, from the cache where they were read before."""

    def compute() -> Embeddings:
        prompted, negative = read(prompt)
        return {"prompt": prompted, "negative": negative}

    embeddings = cached_embeddings(spec, {"prompt": prompt, "encoder": encoder_sha256}, compute)
    return embeddings["prompt"], embeddings["negative"]


def cache_folder(spec: ModelSpec) -> Path:
    """The folder of a family's embeddings."""
    return folder_of(spec) / "embeddings"


def _key(facts: Mapping[str, str | bool | None]) -> str:
    return hashlib.sha256(json.dumps(dict(facts), sort_keys=True).encode()).hexdigest()[:24]
