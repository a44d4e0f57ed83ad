"""The VAE between frames and latents: CogVideoX's causal 3D VAE (Yang et al. 2024), as diffusers implements it.

diffusers is imported when a VAE is built, not before. As published a clip is encoded in one pass, and decoded
two latent frames at a time with a memory of those before. Encoding in chunks of frames or in tiles changes what
the norms see: an approximation for small memory, whose tiles are blended.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.star_cogvideox.config import FRAMES_PER_LATENT, VaeConfig
from engine.sampling.tiles import Tiling, over_tiles

CHUNK = 8
"""Frames of a chunk; the first one has one more. diffusers' own choice, and one that its memory allows."""
VAE_TILE = (34, 49)
"""Rows and columns of the latent tiles for small memory: two by two, 64 pixels shared, cover one native frame."""


def build_vae(config: VaeConfig) -> nn.Module:
    """The VAE with untrained weights and the published keys."""
    from diffusers.models.autoencoders.autoencoder_kl_cogvideox import AutoencoderKLCogVideoX

    levels = len(config.block_channels)
    return AutoencoderKLCogVideoX(
        down_block_types=("CogVideoXDownBlock3D",) * levels,  # type: ignore
        up_block_types=("CogVideoXUpBlock3D",) * levels,  # type: ignore
        block_out_channels=config.block_channels,  # type: ignore
        latent_channels=config.latent_channels,
        layers_per_block=config.layers_per_block,
        norm_num_groups=config.groups,
        temporal_compression_ratio=FRAMES_PER_LATENT,
        scaling_factor=config.scaling_factor,
    )


def latent_frames(n_frames: int) -> int:
    """Latents of a clip of 4 k + 1 frames."""
    return (n_frames - 1) // FRAMES_PER_LATENT + 1


def posterior(
    vae: nn.Module, frames: Tensor, *, tiling: Tiling | None = None, chunked: bool = False
) -> tuple[Tensor, Tensor]:
    """Mean and logarithm of the variance, each (1, T', C, h, w) float32 on the VAE's device, of latents.

    frames: (T, 3, H, W) in [-1, 1] on any device, T = 8 k + 1, H and W multiples of the stride. tiling: of the
    latent grid; None: whole frames. chunked: a few frames at a time, in less memory and with another result.
    """
    _diffusers(vae).num_sample_frames_batch_size = CHUNK if chunked else len(frames)
    stride = _stride(vae)

    def moments(blocks: Tensor) -> Tensor:
        clip = F.pixel_shuffle(blocks, stride)[None].to(_device(vae), _dtype(vae))
        latent = _diffusers(vae).encode(clip).latent_dist
        return torch.cat([latent.mean, latent.logvar], 1).float()

    blocks = F.pixel_unshuffle(frames.transpose(0, 1), stride)
    both = moments(blocks) if tiling is None else over_tiles(moments, tiling, blocks)
    mean, logvar = both.transpose(1, 2).chunk(2, 2)
    return mean, logvar


def encode_clip(
    vae: nn.Module,
    frames: Tensor,
    noise: Tensor | None,
    *,
    tiling: Tiling | None = None,
    chunked: bool = False,
) -> Tensor:
    """A scaled sample of the posterior (1, T', C, h, w), float32, or its mean without noise.

    noise: unit noise like the result; frames and the rest as for `posterior`.
    """
    mean, logvar = posterior(vae, frames, tiling=tiling, chunked=chunked)
    latent = mean if noise is None else mean + (0.5 * logvar).exp() * noise.to(mean)
    return latent * _scaling(vae)


def decode_clip(vae: nn.Module, latent: Tensor, *, tiling: Tiling | None = None) -> Tensor:
    """Frames (T, 3, H, W) float32, about [-1, 1] and not clamped, of a scaled latent (1, T', C, h, w) float.

    They lie on the CPU: a tile at a time comes from the device, which never holds a whole window of large frames.
    """

    def decode(part: Tensor) -> Tensor:
        scaled = part.to(_device(vae), _dtype(vae)) / _scaling(vae)
        return _diffusers(vae).decode(scaled).sample.float().cpu()

    clip = latent.transpose(1, 2)
    frames = decode(clip) if tiling is None else over_tiles(decode, tiling, clip, scale=_stride(vae))
    return frames[0].transpose(0, 1)


def _diffusers(vae: nn.Module) -> Any:
    """vae with the methods that its class, known only once diffusers is loaded, adds."""
    return vae


def _scaling(vae: nn.Module) -> float:
    return _diffusers(vae).config.scaling_factor


def _stride(vae: nn.Module) -> int:
    return 2 ** (len(_diffusers(vae).config.block_out_channels) - 1)


def _device(vae: nn.Module) -> torch.device:
    return next(vae.parameters()).device


def _dtype(vae: nn.Module) -> torch.dtype:
    return next(vae.parameters()).dtype
