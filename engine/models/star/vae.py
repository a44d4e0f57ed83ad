"""The VAE between pixels and latents: Stable Video Diffusion's temporal decoder, as diffusers implements it.

diffusers is imported when a VAE is built, not before. Work is cut in time and space here, as diffusers does
neither for this class; both change what the norms see, so both are approximations, and are blended.
"""

from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.star.config import VaeConfig
from engine.sampling.tiles import Tiling, over_tiles
from engine.sampling.windows import cut_windows, fade_stream


def build_vae(config: VaeConfig) -> nn.Module:
    """The VAE with untrained weights and the published keys."""
    from diffusers.models.autoencoders.autoencoder_kl_temporal_decoder import AutoencoderKLTemporalDecoder

    return AutoencoderKLTemporalDecoder(
        down_block_types=("DownEncoderBlock2D",) * len(config.block_channels),  # type: ignore
        block_out_channels=config.block_channels,  # type: ignore
        layers_per_block=config.layers_per_block,
        latent_channels=config.latent_channels,
        sample_size=config.sample_size,
        scaling_factor=config.scaling_factor,
    )


def encode_frames(vae: nn.Module, frames: Tensor, noise: Tensor, *, tiling: Tiling | None = None) -> Tensor:
    """Scaled posterior samples (T, C, h, w), float32, one frame at a time.

    frames: (T, 3, H, W) in [-1, 1], H and W multiples of the stride; noise: unit noise like the result.
    tiling: of the latent grid; None: whole frames.
    """
    latents = []
    for frame, unit in zip(frames.split(1), noise.split(1), strict=True):
        mean, spread = posterior(vae, frame, tiling)
        latents.append((mean + spread * unit.to(mean)) * _scaling(vae))
    return torch.cat(latents)


def posterior(vae: nn.Module, frames: Tensor, tiling: Tiling | None = None) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation (T, C, h, w), float32, of latents; frames: (T, 3, H, W) in [-1, 1]."""
    stride = _stride(vae)

    def moments(blocks: Tensor) -> Tensor:
        pixels = F.pixel_shuffle(blocks, stride).to(_dtype(vae))
        latent = _diffusers(vae).encode(pixels).latent_dist
        return torch.cat([latent.mean, latent.std], 1).float()

    blocks = F.pixel_unshuffle(frames, stride)
    both = moments(blocks) if tiling is None else over_tiles(moments, tiling, blocks)
    mean, spread = both.chunk(2, 1)
    return mean, spread


def decode_frames(
    vae: nn.Module,
    latents: Tensor,
    *,
    frames_per_part: int = 3,
    overlap: int = 0,
    tiling: Tiling | None = None,
) -> Tensor:
    """(T, 3, H, W) float32, about [-1, 1] and not clamped, of scaled latents: (T, C, h, w) float."""
    frames_per_part = min(frames_per_part, len(latents))
    return torch.cat(
        [*decode_stream(vae, latents, frames_per_part, min(overlap, frames_per_part - 1), tiling)]
    )


def decode_stream(
    vae: nn.Module, latents: Tensor, frames_per_part: int, overlap: int, tiling: Tiling | None = None
) -> Iterator[Tensor]:
    """The frames of `decode_frames` in order, some at a time.

    The decoder's temporal layers see frames_per_part frames at once. Published: 3 without overlap, the last
    part shorter. With an overlap the parts are cross-faded, so that their borders do not show in time.
    """

    @torch.inference_mode()
    def decode(part: Tensor) -> Tensor:
        scaled = (part / _scaling(vae)).to(_dtype(vae))
        return _diffusers(vae).decode(scaled, num_frames=len(part)).sample.float()

    def decode_tiled(part: Tensor) -> Tensor:
        return decode(part) if tiling is None else over_tiles(decode, tiling, part, scale=_stride(vae))

    if overlap == 0:
        yield from (decode_tiled(part) for part in latents.split(frames_per_part))
        return
    windows = cut_windows(len(latents), frames_per_part, overlap)
    yield from fade_stream((decode_tiled(latents[start:stop]) for start, stop in windows), windows)


def _diffusers(vae: nn.Module) -> Any:
    """vae with the methods that its class, known only once diffusers is loaded, adds."""
    return vae


def _scaling(vae: nn.Module) -> float:
    return _diffusers(vae).config.scaling_factor


def _stride(vae: nn.Module) -> int:
    return 2 ** (len(_diffusers(vae).config.block_out_channels) - 1)


def _dtype(vae: nn.Module) -> torch.dtype:
    return next(vae.parameters()).dtype
