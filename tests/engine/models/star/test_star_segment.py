from dataclasses import replace

import pytest
import torch
from torch import Tensor

from engine.models.star.config import NetworkConfig, VaeConfig
from engine.models.star.control import ControlledUNet
from engine.models.star.sampler import Grid, SampleSettings
from engine.models.star.segment import Models, SegmentRequest, restore_segment
from engine.models.star.vae import build_vae
from engine.sampling.beta import Slider
from engine.sampling.tiles import cut_tiles

TINY_NETWORK = NetworkConfig(
    width=32,
    multipliers=(1, 1),
    res_blocks=1,
    attention_levels=(0,),
    head_width=16,
    first_heads=1,
    context_width=8,
)
TINY_VAE = VaeConfig(block_channels=(32, 32, 32, 32), layers_per_block=1)
TEXTS = tuple(torch.randn(2, 1, 5, 8, generator=torch.Generator().manual_seed(2)))
TWO_STEPS = SampleSettings(grid=Grid.NORMAL, steps=2)
REQUEST = SegmentRequest(first=10, height=20, width=30, seed=42, sample=TWO_STEPS)


@pytest.fixture(scope="module")
def models() -> Models:
    torch.manual_seed(0)
    network = ControlledUNet(TINY_NETWORK).eval().requires_grad_(False)
    vae = build_vae(TINY_VAE).eval().requires_grad_(False)
    return Models(network=network, vae=vae, network_config=TINY_NETWORK, vae_config=TINY_VAE)


def lq(n_frames: int = 3) -> Tensor:
    return torch.rand(n_frames, 3, 10, 15, generator=torch.Generator().manual_seed(6))


def restore(
    models: Models, request: SegmentRequest = REQUEST, frames: Tensor | None = None, **given
) -> Tensor:
    return restore_segment(models, lq() if frames is None else frames, TEXTS, request, **given)[0]


def test_frames_come_out_as_many_as_went_in_in_the_size_asked_for(models: Models):
    restored = restore(models)
    assert restored.shape == (3, 3, 20, 30)
    assert restored.min() >= 0
    assert restored.max() <= 1


def test_the_same_request_gives_the_same_film(models: Models):
    assert torch.equal(restore(models), restore(models))


def test_another_seed_gives_another_film(models: Models):
    assert not torch.equal(restore(models), restore(models, replace(REQUEST, seed=43)))


def test_colours_follow_the_source(models: Models):
    dark = 0.3 * lq(1)
    restored, state = restore_segment(models, dark, TEXTS, REQUEST)
    assert torch.allclose(restored.mean((0, 2, 3)), dark.mean((0, 2, 3)), atol=0.02)
    assert state is not None


def test_windows_and_tiles_restore_the_whole_frame(models: Models):
    tiling = cut_tiles(4, 4, 4, 2, overlap=1)
    request = replace(REQUEST, sample=replace(TWO_STEPS, window=2, tiling=tiling), vae_tiling=tiling)
    assert restore(models, request).shape == (3, 3, 20, 30)


def test_a_cleaned_source_has_a_say_above_one_only(models: Models):
    cleaned = torch.full((3, 3, 20, 30), 0.5)
    above, below = (
        replace(REQUEST, sample=replace(TWO_STEPS, slider=Slider(beta=beta))) for beta in (2.0, 0.5)
    )
    assert not torch.equal(restore(models, above, cleaned=cleaned), restore(models, above))
    assert torch.equal(restore(models, below, cleaned=cleaned), restore(models, below))


@pytest.mark.slow
def test_the_reference_mode_restores_in_a_white_frame(models: Models):
    request = replace(REQUEST, sample=SampleSettings(reference=True, grid=Grid.NORMAL, steps=1))
    assert restore(models, request, lq(1)).shape == (1, 3, 20, 30)
