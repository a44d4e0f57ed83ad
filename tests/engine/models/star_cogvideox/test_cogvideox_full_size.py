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
    """The most memory of this process that is not a page of a mapped file (which the system takes back)."""

    def __init__(self) -> None:
        self.peak = 0

    def look(self, *_: object) -> None:
        info = psutil.Process().memory_info()
        self.peak = max(self.peak, info.rss - info.shared)

    @property
    def gib(self) -> float:
        self.look()
        return self.peak / 2**30


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
    converting_gib = memory.gib
    published.unlink()
    assert conversion.source_tensors == n_tensors == 1192
    assert (conversion.form, conversion.merged_layers, conversion.silent_layers) == ("lora", 84, 0)
    assert (conversion.tensors, conversion.parameters) == (1108, 5_570_483_880)

    network, load_seconds = timed(lambda: load_network(path, FIVE_B.transformer))
    memory = Memory()
    for block in network.transformer_blocks:
        block.register_forward_hook(memory.look)
    x, lq = torch.randn(2, 1, 1, 16, 2, 2, dtype=torch.bfloat16)
    text = torch.randn(1, FIVE_B.transformer.text_length, 4096, dtype=torch.bfloat16)

    @torch.inference_mode()
    def call() -> Tensor:
        return network.velocity(x, torch.tensor([999.0]), text, lq)

    v, call_seconds = timed(call)
    stored_gb = path.stat().st_size / 1e9
    print(  # noqa: T201
        f"{published_gb:.1f} GB converted to {stored_gb:.1f} GB in {convert_seconds:.0f} s and {converting_gib:.1f} "
        f"GiB, loaded in {load_seconds:.1f} s, one call {call_seconds:.0f} s and {memory.gib:.1f} GiB beside "
        f"the mapped weights"
    )
    assert v.shape == x.shape
    assert v.isfinite().all()
    assert v.float().std() > 0
