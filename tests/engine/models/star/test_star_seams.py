"""Tiles of the whole network, random weights: how far they move a film, and whether their borders show.

pytest -n 0 -s tests/engine/models/star/test_star_seams.py
"""

import pytest
import torch

from engine.models.star.config import NetworkConfig, VaeConfig
from engine.models.star.control import ControlledUNet
from engine.models.star.sampler import (
    FAST_LEVERS,
    Grid,
    Levers,
    SampleSettings,
    sample_latent,
    star_tiling,
)
from engine.models.star.segment import Models, SegmentRequest, restore_segment
from engine.models.star.vae import build_vae
from tests.tiny_star import NETWORK, VAE, as_config

HEIGHT, WIDTH = 80, 128
"""Of the film; its latent grid is 10 x 16."""


@pytest.mark.slow
def test_the_smallest_tiles_keep_the_picture() -> None:
    torch.manual_seed(0)
    config, vae_config = NetworkConfig(**as_config(NETWORK)), VaeConfig(**as_config(VAE))
    network = ControlledUNet(config).eval().requires_grad_(False)
    models = Models(
        network=network,
        vae=build_vae(vae_config).eval().requires_grad_(False),
        network_config=config,
        vae_config=vae_config,
    )
    lq = torch.rand(2, 3, HEIGHT // 2, WIDTH // 2, generator=torch.Generator().manual_seed(1))
    texts = tuple(torch.randn(2, 1, 5, 32, generator=torch.Generator().manual_seed(2)))
    tiling = star_tiling(10, 16, 10, 8, config)
    films = [
        restore_segment(
            models,
            lq,
            texts,
            SegmentRequest(
                first=0,
                height=HEIGHT,
                width=WIDTH,
                seed=3,
                sample=SampleSettings(grid=Grid.NORMAL, steps=3, tiling=tiles),
            ),
        )[0]
        for tiles in (None, tiling)
    ]
    borders = sorted({8 * edge for start, stop in tiling.columns for edge in (start, stop) if 0 < edge < 16})
    psnr = -10 * (films[0] - films[1]).square().mean().log10()
    whole, tiled = (seam_energy(film, borders) for film in films)
    print(  # noqa: T201
        f"tiled against untiled {psnr:.1f} dB; seam energy at tile borders {tiled:.3f}, untiled {whole:.3f}"
    )
    assert psnr > 12
    assert tiled < 2 * whole


def test_faster_sampling_shows_its_borders_no_more_than_the_full_one() -> None:
    """In time and in space, on the latents of a still scene: steps at borders over steps elsewhere."""
    torch.manual_seed(0)
    config = NetworkConfig(**as_config(NETWORK))
    network = ControlledUNet(config).eval().requires_grad_(False)
    still = torch.randn(1, 4, 1, 10, 16, generator=torch.Generator().manual_seed(1)).expand(
        -1, -1, 12, -1, -1
    )
    texts = tuple(torch.randn(2, 1, 5, 32, generator=torch.Generator().manual_seed(2)))
    tiling = star_tiling(10, 16, 10, 8, config)
    levers = {"full": Levers(), "fast": FAST_LEVERS}
    noise = torch.randn(still.shape, generator=torch.Generator().manual_seed(3))[:, :, :1].expand(still.shape)
    found: dict[str, tuple[float, float]] = {}
    for name, chosen in levers.items():
        settings = SampleSettings(
            grid=Grid.NORMAL, steps=4, window=6, overlap=2, tiling=tiling, levers=chosen, shares_prelude=True
        )
        latent = sample_latent(network, still, texts, lambda _purpose, _step: noise, settings)[0]
        edges = sorted({e for span in settings.windows(12) for e in span if 0 < e < 12})
        columns = sorted({e for span in tiling.columns for e in span if 0 < e < 16})
        in_time = latent.transpose(0, 1).flatten(1).T.reshape(1, 1, -1, 12)
        found[name] = seam_energy(in_time, edges), seam_energy(latent.transpose(0, 1), columns)
    print("; ".join(f"{name}: in time {t:.3f}, in space {s:.3f}" for name, (t, s) in found.items()))  # noqa: T201
    assert found["fast"][0] < 1.25 * found["full"][0]
    assert found["fast"][1] < 1.25 * found["full"][1]


def seam_energy(film: torch.Tensor, columns: list[int]) -> float:
    """Mean squared step across the given columns over that across all columns; 1: they do not stand out."""
    steps = film.diff(dim=-1).square().mean((0, 1, 2))
    return float(steps[[column - 1 for column in columns]].mean() / steps.mean())
