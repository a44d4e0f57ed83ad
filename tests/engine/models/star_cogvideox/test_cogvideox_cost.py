"""What one native tile of one window costs, by storage: counted on the meta device at the published size.

Run with -m slow -rP to see the figures that BENCHMARKS.md quotes.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import nn

from engine.footprint import footprint, weight_bytes
from engine.models.star_cogvideox.config import FIVE_B, TransformerConfig, Variant
from engine.models.star_cogvideox.network import VideoTransformer
from engine.models.star_cogvideox.spec import STAR_COGVIDEOX
from engine.models.star_cogvideox.storage import Storage, store
from engine.models.star_cogvideox.vae import VAE_TILE, build_vae, posterior
from engine.sampling.tiles import Tiling, cut_tiles

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

HALF = torch.bfloat16
LATENT = (1, 7, 16, 60, 90)
"""Of 25 frames of 480 x 720."""


def cost(do: Callable[[], object]) -> tuple[float, float]:
    """TFLOP and GB of activations."""
    found = footprint(do)
    return found.flops / 1e12, found.peak_bytes / 1e9


def network_on_meta(config: TransformerConfig, storage: Storage = Storage.PLAIN) -> VideoTransformer:
    with torch.device("meta"):
        network = VideoTransformer(config).to(HALF).eval().requires_grad_(False)
        store(network, storage, HALF)
    return network


def one_call(network: VideoTransformer, variant: Variant = FIVE_B) -> tuple[float, float]:
    text = torch.empty(1, variant.transformer.text_length, 4096, device="meta", dtype=HALF)
    x, time = torch.empty(LATENT, device="meta", dtype=HALF), torch.empty(1, device="meta")
    return cost(lambda: network.velocity(x, time, text, x))


@pytest.fixture(scope="module")
def vae() -> nn.Module:
    with torch.device("meta"):
        return build_vae(FIVE_B.vae).to(HALF).eval().requires_grad_(False)


@pytest.mark.parametrize(("storage", "expected"), [("plain", 11.14), ("fp8", 6.4), ("int8", 5.6)])
def test_weights_of_every_storage(storage: str, expected: float):
    gb = weight_bytes(network_on_meta(FIVE_B.transformer, Storage(storage))) / 1e9
    print(f"{storage}: {gb:.2f} GB of weights")  # noqa: T201
    assert gb == pytest.approx(expected, rel=0.02)
    assert STAR_COGVIDEOX.sampling is not None
    planned = {rung.name: rung.n_bytes / 1e9 for rung in STAR_COGVIDEOX.sampling.rungs}
    widened = 0.0 if storage == "plain" else LARGEST_LAYER / 1e9
    assert (
        gb + widened <= planned["resident" if storage == "plain" else storage] + 1e-6 <= 1.01 * (gb + widened)
    )


LARGEST_LAYER = 2 * 3072 * 4 * 3072
"""Bytes of a feed-forward layer in the number format it computes in: 8-bit weights are widened one at a time."""


def test_one_block_at_a_time_is_what_stays_when_the_network_waits_elsewhere():
    network = network_on_meta(FIVE_B.transformer)
    block = weight_bytes(network.transformer_blocks[0])
    outside = weight_bytes(network) - weight_bytes(network.transformer_blocks)
    print(f"one block {block / 1e9:.2f} GB, outside the blocks {outside / 1e9:.2f} GB")  # noqa: T201
    assert block < 0.3e9


def test_one_call_of_the_network():
    tflop, gb = one_call(network_on_meta(FIVE_B.transformer))
    print(f"one call: {tflop:.0f} TFLOP, {gb:.2f} GB of activations; a window: {tflop * 100 / 1e3:.1f} PFLOP")  # noqa: T201
    assert tflop == pytest.approx(140, rel=0.02)
    assert gb <= (STAR_COGVIDEOX.fixed_bytes - LIBRARIES) / 1e9 <= 1.1 * gb


LIBRARIES = 486_000_000
"""Of the announced fixed memory, what the device's libraries take: as in every family."""


def test_one_layer_fewer_costs_a_layer_less():
    short = replace(FIVE_B.transformer, layers=1)
    longer = replace(FIVE_B.transformer, layers=2)
    one, two = (one_call(network_on_meta(config))[0] for config in (short, longer))
    assert two - one == pytest.approx(140 / 42, rel=0.02)


QUARTER = cut_tiles(60, 90, *VAE_TILE, overlap=8)


@pytest.mark.parametrize(
    ("name", "tiling", "chunked"),
    [
        ("whole", None, False),
        ("chunks", None, True),
        ("tiles", QUARTER, False),
        ("tiles, chunks", QUARTER, True),
    ],
)
def test_encoding_a_window(vae: nn.Module, name: str, tiling: Tiling | None, chunked: bool):
    frames = torch.empty(25, 3, 480, 720, device="meta")
    tflop, gb = cost(lambda: posterior(vae, frames, tiling=tiling, chunked=chunked))
    print(f"encode, {name}: {tflop:.0f} TFLOP, {gb:.1f} GB")  # noqa: T201
    assert gb <= announced(*LATENT[-2:] if tiling is None else VAE_TILE)


def announced(rows: int, columns: int) -> float:
    """GB that the planner expects of the VAE, for a window in tiles of so many latent pixels."""
    assert STAR_COGVIDEOX.sampling is not None
    facts, stride = STAR_COGVIDEOX.sampling.vae, FIVE_B.vae.stride
    return facts.window * rows * columns * stride**2 * facts.bytes_per_pixel / 1e9


@pytest.mark.parametrize(("name", "size"), [("whole", (60, 90)), ("one tile", VAE_TILE)])
def test_decoding_a_window(vae: nn.Module, name: str, size: tuple[int, int]):
    latent = torch.empty(1, 16, 7, *size, device="meta", dtype=HALF)
    tflop, gb = cost(lambda: vae.decode(latent))  # type: ignore
    print(f"decode, {name}: {tflop:.0f} TFLOP, {gb:.1f} GB")  # noqa: T201
    assert 0.9 * announced(*size) <= gb <= announced(*size)
