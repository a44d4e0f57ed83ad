"""The published size in the published layout, random numbers: converted, loaded strictly, called once on the CPU."""

import mmap
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import torch
from torch import Tensor

from engine.models.star_cogvideox.config import FIVE_B
from engine.models.star_cogvideox.published import recipes, sources
from engine.models.star_cogvideox.weights import convert, load_network, network_shapes

RANK = 512
TEXT_LENGTH = 8
"""Of 226: a processor takes a quarter of an hour for all, and the network takes any number."""


def published_shapes() -> dict[str, tuple[int, ...]]:
    """The form with LoRA: the larger one, and the likelier to be the published one."""
    ours, made = network_shapes(FIVE_B.transformer), recipes(FIVE_B.transformer)
    shapes: dict[str, tuple[int, ...]] = {}
    for key, recipe in made.items():
        whole, *adapter = sources(recipe, lora=True)
        rows = ours[key][0] // len(recipe.chunks) * recipe.n_chunks
        shapes[whole] = (rows, *ours[key][1:])
        if adapter:
            shapes[adapter[0]], shapes[adapter[1]] = (RANK, ours[key][1]), (ours[key][0], RANK)
    return shapes


def write_checkpoint(path: Path) -> int:
    """A checkpoint of random bfloat16 numbers, filled in place on the disk; its number of tensors."""
    state = {key: torch.empty(shape, dtype=torch.bfloat16) for key, shape in published_shapes().items()}
    with torch.serialization.skip_data():
        torch.save({"module": state, "iteration": 1}, path)
    del state
    generator = torch.Generator().manual_seed(0)
    with torch.serialization.set_default_mmap_options(mmap.MAP_SHARED):
        state = torch.load(path, mmap=True, weights_only=True)["module"]
    for key, value in state.items():
        if value.ndim == 1:
            value.fill_(1.0 if key.endswith("weight") else 0.0)
        else:
            bound = value[0].numel() ** -0.5
            value.uniform_(-bound, bound, generator=generator)
    return len(state)


class Memory:
    """The most memory of this process whenever somebody looked: in all, and without pages of mapped files.

    Those the system takes back where others need the memory.
    """

    def __init__(self) -> None:
        self.peak = self.own_peak = 0
        self.look()

    def look(self, *_: object) -> None:
        info = psutil.Process().memory_info()
        self.peak = max(self.peak, info.rss)
        self.own_peak = max(self.own_peak, info.rss - info.shared)

    def __str__(self) -> str:
        self.look()
        return f"{self.peak / 2**30:.1f} GiB, {self.own_peak / 2**30:.1f} of them beside mapped files"


def timed(do: Callable[[], object]) -> tuple[object, float]:
    begun = time.monotonic()
    return do(), time.monotonic() - begun


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_the_published_size_is_converted_loaded_and_called(tmp_path: Path):
    published, path = tmp_path / "mp_rank_00_model_states.pt", tmp_path / "star.safetensors"
    n_tensors = write_checkpoint(published)
    published_gb = published.stat().st_size / 1e9
    memory = Memory()
    conversion, convert_seconds = timed(lambda: convert(published, path, FIVE_B, memory.look)[0])
    converting = str(memory)
    published.unlink()
    assert conversion.source_tensors == n_tensors == 1192
    assert (conversion.form, conversion.merged_layers, conversion.silent_layers) == ("lora", 84, 0)
    assert (conversion.tensors, conversion.parameters) == (1108, 5_570_483_880)

    network, load_seconds = timed(lambda: load_network(path, FIVE_B.transformer))
    memory = Memory()
    for block in network.transformer_blocks:
        block.register_forward_hook(memory.look)
    x, lq = torch.randn(2, 1, 1, 16, 2, 2, dtype=torch.bfloat16)
    text = torch.randn(1, TEXT_LENGTH, 4096, dtype=torch.bfloat16)

    @torch.inference_mode()
    def call() -> Tensor:
        return network.velocity(x, torch.tensor([999.0]), text, lq)

    v, call_seconds = timed(call)
    stored_gb = path.stat().st_size / 1e9
    print(  # noqa: T201
        f"{published_gb:.1f} GB converted to {stored_gb:.1f} GB in {convert_seconds:.0f} s with {converting}; "
        f"loaded in {load_seconds:.1f} s; one call {call_seconds:.0f} s with {memory}"
    )
    assert v.shape == x.shape
    assert v.isfinite().all()
    assert v.float().std() > 0
