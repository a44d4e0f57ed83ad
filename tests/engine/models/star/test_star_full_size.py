"""The published size, random weights: converted, loaded and run once on the CPU, as small as is legal."""

import resource
import time
from pathlib import Path

import pytest
import torch

from engine.models.star.config import NetworkConfig
from engine.models.star.control import build_on_meta
from engine.models.star.weights import convert, load, network_part


def random_state() -> dict[str, torch.Tensor]:
    """Weights small enough that float16 holds what they compute; norms get ones."""
    generator = torch.Generator().manual_seed(0)
    state = {}
    for key, meta in build_on_meta(NetworkConfig()).state_dict().items():
        value = torch.empty(meta.shape, dtype=torch.float16)
        if meta.ndim == 1:
            state[key] = value.fill_(1.0 if "norm" in key and key.endswith("weight") else 0.0)
        else:
            bound = (meta[0].numel()) ** -0.5
            state[key] = value.uniform_(-bound, bound, generator=generator)
    return state


@pytest.mark.slow
def test_the_published_size_is_converted_loaded_and_run(tmp_path: Path):
    state = random_state()
    torch.save({"state_dict": state}, tmp_path / "light_deg.pt")
    del state
    started = time.monotonic()
    digest = convert(tmp_path / "light_deg.pt", tmp_path / "star.safetensors", network_part())
    (tmp_path / "light_deg.pt").unlink()
    converted = time.monotonic()
    network = load(tmp_path / "star.safetensors", network_part(), sha256=digest)
    loaded = time.monotonic()
    x, hint = torch.randn(2, 1, 4, 2, 2, 8, dtype=torch.float16)
    with torch.inference_mode():
        v = network(x, torch.tensor([899]), torch.randn(1, 77, 1024, dtype=torch.float16), hint)
    done = time.monotonic()
    peak_gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(  # noqa: T201
        f"convert {converted - started:.0f} s, load {loaded - converted:.0f} s, call {done - loaded:.0f} s, "
        f"peak {peak_gib:.1f} GiB"
    )
    assert v.shape == x.shape
    assert v.isfinite().all()
