import pytest
import torch

from engine.models.star.config import VaeConfig
from engine.models.star.vae import build_vae, decode_frames, encode_frames, posterior
from engine.sampling.tiles import cut_tiles

TINY = VaeConfig(block_channels=(32, 32), layers_per_block=1)


@pytest.fixture(scope="module")
def vae() -> torch.nn.Module:
    torch.manual_seed(0)
    return build_vae(TINY).eval().requires_grad_(False)


def random(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(4))


def psnr(found: torch.Tensor, expected: torch.Tensor) -> float:
    span = expected.max() - expected.min()
    return float(10 * torch.log10(span**2 / (found - expected).square().mean()))


def test_the_latent_is_the_scaled_posterior_sample(vae):
    frames, noise = random(2, 3, 8, 12).clamp(-1, 1), random(2, 4, 4, 6)
    mean, spread = posterior(vae, frames)
    assert torch.allclose(encode_frames(vae, frames, noise), (mean + spread * noise) * 0.18215, atol=1e-6)


@pytest.mark.parametrize("n_frames", [1, 2, 3, 7])
@pytest.mark.parametrize("overlap", [0, 1])
def test_every_frame_is_decoded(vae, n_frames: int, overlap: int):
    decoded = decode_frames(vae, random(n_frames, 4, 4, 6), frames_per_part=3, overlap=overlap)
    assert decoded.shape == (n_frames, 3, 8, 12)


def test_tiles_come_near_to_whole_frames(vae):
    """Near, not equal: the norms see tiles. Untrained weights show the order of the difference."""
    tiling = cut_tiles(20, 24, 14, 16, overlap=8, halo=2)
    latents, frames = random(1, 4, 20, 24), random(1, 3, 40, 48).clamp(-1, 1)
    tiled = decode_frames(vae, latents, tiling=tiling)
    assert psnr(tiled, decode_frames(vae, latents)) > 35
    assert psnr(posterior(vae, frames, tiling)[0], posterior(vae, frames)[0]) > 30


def test_overlapping_parts_step_less_than_separate_ones(vae):
    """One frame for ever: what changes in the result is the border of the parts alone."""
    latents = random(1, 4, 6, 6).expand(9, -1, -1, -1)
    separate = decode_frames(vae, latents).diff(dim=0).square().mean()
    faded = decode_frames(vae, latents, frames_per_part=5, overlap=3).diff(dim=0).square().mean()
    assert faded < separate


def test_half_weights_compute_in_half_and_answer_in_float32(vae):
    half = build_vae(TINY).eval().requires_grad_(False)
    half.load_state_dict(vae.state_dict())
    decoded = decode_frames(half.to(torch.bfloat16), random(2, 4, 4, 6))
    assert decoded.dtype == torch.float32
    assert psnr(decoded, decode_frames(vae, random(2, 4, 4, 6))) > 30
