"""The TE-3DVAE (Li et al. 2025): frames to latents one by one, latents back to frames together.

The encoder is that of a 2D autoencoder. The decoder looks along time in every residual block (3x3x3
convolutions), in the one attention of its middle and in a last convolution of the colours. Decoder tensors are
(B*T, C, H, W). Modules have the published names, so that the published keys load.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.diffvsr.config import VaeConfig
from engine.models.diffvsr.msta import in_parts

SPATIAL_EPS, TEMPORAL_EPS = 1e-6, 1e-5
"""Of the GroupNorms."""


class ResBlock(nn.Module):
    """Two normalised 3x3 convolutions, added to the input."""

    def __init__(self, in_channels: int, out_channels: int, groups: int = 32) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, in_channels, eps=SPATIAL_EPS)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.norm2 = nn.GroupNorm(groups, out_channels, eps=SPATIAL_EPS)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        same = in_channels == out_channels
        self.conv_shortcut = None if same else nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C', H, W) of x: (N, C, H, W)."""
        h = self.conv1(_activated(self.norm1, x))
        h = _activated(self.norm2, h)
        h = self.conv2(h)
        return h + (x if self.conv_shortcut is None else self.conv_shortcut(x))


class TemporalResBlock(nn.Module):
    """Two normalised 3x3x3 convolutions, added to the input; the norms see all frames of a clip."""

    def __init__(self, channels: int, groups: int = 32) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, channels, eps=TEMPORAL_EPS)
        self.conv1 = nn.Conv3d(channels, channels, 3, padding=1)
        self.norm2 = nn.GroupNorm(groups, channels, eps=TEMPORAL_EPS)
        self.conv2 = nn.Conv3d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T, H, W) of x: (B, C, T, H, W)."""
        h = self.conv1(_activated(self.norm1, x))
        h = _activated(self.norm2, h)
        return x + self.conv2(h)


class Mixer(nn.Module):
    """A learned share: sigmoid(mix_factor)."""

    def __init__(self) -> None:
        super().__init__()
        self.mix_factor = nn.Parameter(torch.zeros(1))

    def forward(self, zero: Tensor, one: Tensor) -> Tensor:
        """(1 - a) zero + a one."""
        return torch.lerp(zero, one, self.mix_factor.sigmoid())


class SpatioTemporalResBlock(nn.Module):
    """A block in space, a block in time on its result, and a learned mix; a large factor means time."""

    def __init__(self, in_channels: int, out_channels: int, groups: int = 32) -> None:
        super().__init__()
        self.spatial_res_block = ResBlock(in_channels, out_channels, groups)
        self.temporal_res_block = TemporalResBlock(out_channels, groups)
        self.time_mixer = Mixer()

    def forward(self, x: Tensor, n_clips: int) -> Tensor:
        """(B*T, C', H, W) of x: (B*T, C, H, W)."""
        x = self.spatial_res_block(x)
        clips = _split_frames(x, n_clips)
        return _join_frames(self.time_mixer(clips, self.temporal_res_block(clips)))


class SpatialAttention(nn.Module):
    """Single-head self-attention among the pixels of a frame (the encoder's middle)."""

    def __init__(self, channels: int, groups: int = 32) -> None:
        super().__init__()
        self.group_norm = nn.GroupNorm(groups, channels, eps=SPATIAL_EPS)
        self.to_q, self.to_k, self.to_v = (nn.Linear(channels, channels) for _ in range(3))
        self.to_out = nn.ModuleList([nn.Linear(channels, channels)])

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) of x: (N, C, H, W)."""
        tokens = self.group_norm(x).flatten(2).transpose(1, 2)
        mixed = _attend(self.to_q(tokens), self.to_k(tokens), self.to_v(tokens))
        return x + self.to_out[0](mixed).transpose(1, 2).reshape(x.shape)


class VideoAttention(nn.Module):
    """Self-attention in the frame, then along time with frame numbers, and a learned mix of the two.

    Here a large factor means space: the opposite of the residual blocks.
    """

    def __init__(self, channels: int, groups: int = 32) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, eps=SPATIAL_EPS)
        self.q, self.k, self.v = (nn.Conv2d(channels, channels, 1) for _ in range(3))
        self.time_mix_block = TimeBlock(channels)
        self.video_time_embed = nn.Sequential(
            nn.Linear(channels, 4 * channels), nn.SiLU(), nn.Linear(4 * channels, channels)
        )
        self.mix_factor = nn.Parameter(torch.zeros(1))
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor, n_clips: int) -> Tensor:
        """(B*T, C, H, W) of x: (B*T, C, H, W)."""
        normed = self.norm(x)
        q, k, v = (to(normed).flatten(2).transpose(1, 2) for to in (self.q, self.k, self.v))
        in_space = _attend(q, k, v)
        numbers = self.video_time_embed(_embed_frames(len(x) // n_clips, x.shape[1], x))
        tracks = in_space.unflatten(0, (n_clips, -1)) + numbers[:, None]
        in_time = in_parts(self.time_mix_block, tracks.transpose(1, 2).flatten(0, 1))
        in_time = in_time.unflatten(0, (n_clips, -1)).transpose(1, 2).flatten(0, 1)
        mixed = torch.lerp(in_time, in_space, self.mix_factor.sigmoid())
        return x + self.proj_out(mixed.transpose(1, 2).reshape(x.shape))


class TimeBlock(nn.Module):
    """Feed-forward, two self-attentions over the frames of a pixel, feed-forward: all residual."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm_in, self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(4))
        self.ff_in, self.ff = FeedForward(width), FeedForward(width)
        self.attn1, self.attn2 = TimeAttention(width), TimeAttention(width)

    def forward(self, x: Tensor) -> Tensor:
        """(N, T, width) of x: (N, T, width)."""
        x = x + self.ff_in(self.norm_in(x))
        x = x + self.attn1(self.norm1(x))
        x = x + self.attn2(self.norm2(x))
        return x + self.ff(self.norm3(x))


class TimeAttention(nn.Module):
    """Single-head self-attention over the frames of a pixel."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.to_q, self.to_k, self.to_v = (nn.Linear(width, width, bias=False) for _ in range(3))
        self.to_out = nn.ModuleList([nn.Linear(width, width)])

    def forward(self, x: Tensor) -> Tensor:
        """(N, T, width) of x: (N, T, width)."""
        return self.to_out[0](_attend(self.to_q(x), self.to_k(x), self.to_v(x)))


class GatedGelu(nn.Module):
    """a * gelu(g) with [a, g] = W x (GEGLU, Shazeer 2020)."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.proj = nn.Linear(width, 2 * inner)

    def forward(self, x: Tensor) -> Tensor:
        """(..., inner) of x: (..., width)."""
        value, gate = self.proj(x).chunk(2, -1)
        return value * F.gelu(gate)


class FeedForward(nn.Module):
    """Token-wise network with a gated hidden layer of four times the width."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.net = nn.Sequential(GatedGelu(width, 4 * width), nn.Identity(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        """(..., width) of x: (..., width)."""
        return self.net(x)


class Downsample(nn.Module):
    """Halves the grid; only the right and the lower border are padded."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H // 2, W // 2) of x: (N, C, H, W)."""
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class Upsample(nn.Module):
    """Doubles the grid by repetition, then convolves."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, 2 H, 2 W) of x: (N, C, H, W)."""
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class EncoderLevel(nn.Module):
    """Residual blocks and, except in the last level, a downsampler."""

    def __init__(self, in_channels: int, channels: int, config: VaeConfig, *, last: bool) -> None:
        super().__init__()
        firsts = [in_channels] + [channels] * (config.layers_per_block - 1)
        self.resnets = nn.ModuleList(ResBlock(first, channels, config.groups) for first in firsts)
        self.downsamplers = nn.ModuleList([] if last else [Downsample(channels)])

    def forward(self, x: Tensor) -> Tensor:
        """(N, C', H', W') of x: (N, C, H, W)."""
        for module in (*self.resnets, *self.downsamplers):
            x = module(x)
        return x


class EncoderMiddle(nn.Module):
    """Residual block, attention, residual block."""

    def __init__(self, channels: int, groups: int) -> None:
        super().__init__()
        self.attentions = nn.ModuleList([SpatialAttention(channels, groups)])
        self.resnets = nn.ModuleList(ResBlock(channels, channels, groups) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) of x: (N, C, H, W)."""
        return self.resnets[1](self.attentions[0](self.resnets[0](x)))


class Encoder(nn.Module):
    """Frames to the moments of their latents; used in training, not in restoration."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        channels = config.block_channels
        self.conv_in = nn.Conv2d(3, channels[0], 3, padding=1)
        firsts = (channels[0], *channels[:-1])
        self.down_blocks = nn.ModuleList(
            EncoderLevel(first, width, config, last=i == len(channels) - 1)
            for i, (first, width) in enumerate(zip(firsts, channels, strict=True))
        )
        self.mid_block = EncoderMiddle(channels[-1], config.groups)
        self.conv_norm_out = nn.GroupNorm(config.groups, channels[-1], eps=SPATIAL_EPS)
        self.conv_out = nn.Conv2d(channels[-1], 2 * config.latent_channels, 3, padding=1)

    def forward(self, frames: Tensor) -> Tensor:
        """(N, 8, h, w) of frames: (N, 3, H, W) in [-1, 1]."""
        x = self.conv_in(frames)
        for block in self.down_blocks:
            x = block(x)
        return self.conv_out(_activated(self.conv_norm_out, self.mid_block(x)))


class DecoderLevel(nn.Module):
    """Residual blocks in space and time and, except in the last level, an upsampler."""

    def __init__(self, in_channels: int, channels: int, config: VaeConfig, *, last: bool) -> None:
        super().__init__()
        firsts = [in_channels] + [channels] * config.layers_per_block
        self.resnets = nn.ModuleList(
            SpatioTemporalResBlock(first, channels, config.groups) for first in firsts
        )
        self.upsamplers = nn.ModuleList([] if last else [Upsample(channels)])

    def steps(self, n_clips: int) -> Iterator[Callable[[Tensor], Tensor]]:
        """Yield what to apply in turn; the caller holds the one tensor, so that no step's input outlives it."""
        for resnet in self.resnets:
            yield partial(resnet, n_clips=n_clips)
        yield from self.upsamplers


class DecoderMiddle(nn.Module):
    """Residual block, attention, residual block, all in space and time."""

    def __init__(self, channels: int, groups: int) -> None:
        super().__init__()
        self.attentions = nn.ModuleList([VideoAttention(channels, groups)])
        self.resnets = nn.ModuleList(SpatioTemporalResBlock(channels, channels, groups) for _ in range(2))

    def forward(self, x: Tensor, n_clips: int) -> Tensor:
        """(B*T, C, H, W) of x: (B*T, C, H, W)."""
        x = self.attentions[0](self.resnets[0](x, n_clips), n_clips)
        return self.resnets[1](x, n_clips)


class Decoder(nn.Module):
    """Latents to frames."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        channels = config.block_channels[::-1]
        self.conv_in = nn.Conv2d(config.latent_channels, channels[0], 3, padding=1)
        self.mid_block = DecoderMiddle(channels[0], config.groups)
        firsts = (channels[0], *channels[:-1])
        self.up_blocks = nn.ModuleList(
            DecoderLevel(first, width, config, last=i == len(channels) - 1)
            for i, (first, width) in enumerate(zip(firsts, channels, strict=True))
        )
        self.conv_norm_out = nn.GroupNorm(config.groups, channels[-1], eps=SPATIAL_EPS)
        self.conv_out = nn.Conv2d(channels[-1], 3, 3, padding=1)
        self.time_conv_out = nn.Conv3d(3, 3, 3, padding=1)

    def forward(self, latents: Tensor, n_clips: int) -> Tensor:
        """(B*T, 3, H, W) of latents: (B*T, 4, h, w)."""
        x = self.mid_block(self.conv_in(latents), n_clips)
        for block in self.up_blocks:
            for step in cast("DecoderLevel", block).steps(n_clips):
                x = step(x)
        frames = self.conv_out(_activated(self.conv_norm_out, x))
        return _join_frames(self.time_conv_out(_split_frames(frames, n_clips)))


class TemporalVae(nn.Module):
    """The whole autoencoder; computes in the dtype of its weights."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder, self.decoder = Encoder(config), Decoder(config)
        moments = 2 * config.latent_channels
        self.quant_conv = nn.Conv2d(moments, moments, 1)
        self.post_quant_conv = nn.Conv2d(config.latent_channels, config.latent_channels, 1)

    def encode(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance, each (N, 4, h, w) and unscaled, of frames: (N, 3, H, W) in [-1, 1]."""
        mean, log_variance = self.quant_conv(self.encoder(frames)).chunk(2, 1)
        return mean, log_variance.clamp(-30, 20)

    def decode(self, latents: Tensor, n_frames: int) -> Tensor:
        """Frames (B*T, 3, H, W), about [-1, 1], of unscaled latents: (B*T, 4, h, w); n_frames: T."""
        return self.decoder(self.post_quant_conv(latents), len(latents) // n_frames)


def _activated(norm: nn.Module, x: Tensor) -> Tensor:
    """SiLU of norm(x), without a tensor more: at the last level each one is as large as 43 frames."""
    return F.silu(norm(x), inplace=True)


def _attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Scaled dot-product attention with one head; (N, L, C) each. The head axis lets the fast kernels in."""
    return F.scaled_dot_product_attention(q[:, None], k[:, None], v[:, None])[:, 0]


def _embed_frames(n_frames: int, width: int, like: Tensor) -> Tensor:
    """(n_frames, width) in like's dtype, on its device: cosines, then sines, of the frame numbers from 0."""
    half = width // 2
    frequencies = torch.exp(torch.arange(half, device=like.device) * (-math.log(10000.0) / half))
    angles = torch.arange(n_frames, device=like.device)[:, None] * frequencies
    return torch.cat([angles.cos(), angles.sin()], 1).to(like.dtype)


def _split_frames(x: Tensor, n_clips: int) -> Tensor:
    return x.unflatten(0, (n_clips, -1)).transpose(1, 2)


def _join_frames(x: Tensor) -> Tensor:
    return x.transpose(1, 2).flatten(0, 1)
