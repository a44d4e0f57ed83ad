import pytest
import torch
from torch import Tensor, nn

from engine.models.star_cogvideox.config import VaeConfig
from engine.models.star_cogvideox.vae import build_vae, decode_clip, encode_clip, latent_frames, posterior
from engine.sampling.tiles import cut_tiles
from tests.engine.models.star_cogvideox.tiny import VAE


@pytest.fixture(scope="module")
def vae() -> nn.Module:
    torch.manual_seed(0)
    return build_vae(VAE).eval().requires_grad_(False)


def clip(n_frames: int = 17) -> Tensor:
    return torch.rand(n_frames, 3, 32, 48, generator=torch.Generator().manual_seed(1)) * 2 - 1


@pytest.mark.parametrize("n_frames", [9, 17, 25])
def test_a_clip_comes_back_with_as_many_frames(vae: nn.Module, n_frames: int):
    latent = encode_clip(vae, clip(n_frames), None)
    assert latent.shape == (1, latent_frames(n_frames), 16, 4, 6)
    assert decode_clip(vae, latent).shape == (n_frames, 3, 32, 48)


def test_latents_are_scaled_by_what_the_config_says(vae: nn.Module):
    mean, logvar = posterior(vae, clip())
    assert torch.equal(encode_clip(vae, clip(), None), mean * 0.7)
    ones = torch.ones_like(mean)
    assert torch.allclose(encode_clip(vae, clip(), ones), (mean + (0.5 * logvar).exp()) * 0.7)


def test_the_published_vae_has_the_published_size():
    with torch.device("meta"):
        module = build_vae(VaeConfig())
    assert sum(p.numel() for p in module.parameters()) == 215_583_907


def test_chunks_are_asked_for_and_not_remembered(vae: nn.Module):
    whole, _ = posterior(vae, clip())
    chunked, _ = posterior(vae, clip(), chunked=True)
    assert not torch.allclose(chunked, whole, atol=1e-3)
    assert torch.equal(posterior(vae, clip())[0], whole)


def test_the_first_chunk_does_not_know_the_second(vae: nn.Module):
    changed = clip()
    changed[9:] = 0
    first = posterior(vae, clip(), chunked=True)[0][:, :3]
    assert torch.equal(posterior(vae, changed, chunked=True)[0][:, :3], first)


def test_decoding_works_through_pairs_of_latents_with_a_memory(vae: nn.Module):
    latent = torch.randn(1, 5, 16, 4, 6, generator=torch.Generator().manual_seed(2))
    changed = latent.clone()
    changed[:, 3:] = 0
    assert torch.equal(decode_clip(vae, latent)[:9], decode_clip(vae, changed)[:9])
    changed = latent.clone()
    changed[:, :3] = 0
    assert not torch.equal(decode_clip(vae, latent)[9:], decode_clip(vae, changed)[9:])


@pytest.mark.parametrize("chunked", [False, True])
def test_tiles_cover_every_pixel(vae: nn.Module, chunked: bool):
    tiling = cut_tiles(4, 6, 3, 4, overlap=2)
    latent = encode_clip(vae, clip(), None, tiling=tiling, chunked=chunked)
    assert latent.shape == (1, 5, 16, 4, 6)
    assert latent.isfinite().all()
    assert decode_clip(vae, latent, tiling=tiling).shape == (17, 3, 32, 48)


def test_one_tile_is_the_whole(vae: nn.Module):
    tiling = cut_tiles(4, 6, 4, 6, overlap=1)
    latent = encode_clip(vae, clip(), None)
    assert torch.equal(encode_clip(vae, clip(), None, tiling=tiling), latent)
    assert torch.equal(decode_clip(vae, latent, tiling=tiling), decode_clip(vae, latent))
