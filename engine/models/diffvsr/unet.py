"""DiffVSR's video U-Net (Li et al. 2025): the x4 upscaler's U-Net, grown along time.

Predicts the velocity v = alpha eps - sigma x0 (Salimans & Ho 2022) of a noisy latent that is concatenated with
the noised lq frames. Tensors are (B, C, T, H, W). GroupNorms see all frames of a clip together; 2D
convolutions see one frame at a time. Modules have the published names, so that the published keys load.
"""

import math
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.diffvsr.config import UNetConfig
from engine.models.diffvsr.msta import MultiScaleTemporal, Rotary, in_parts

TEMPORAL_EPS = 1e-6
"""Of the GroupNorms in temporal modules and in front of transformers."""


def per_frame(module: nn.Module, x: Tensor) -> Tensor:
    """module, made for (N, C, H, W), on every frame of x: (B, C, T, H, W)."""
    frames = x.transpose(1, 2)
    return module(frames.flatten(0, 1)).unflatten(0, frames.shape[:2]).transpose(1, 2)


def embed_time(t: Tensor, width: int) -> Tensor:
    """(B, width) float32 of t: (B,): cosines, then sines, of t at frequencies from 1 down to 1e-4."""
    half = width // 2
    frequencies = torch.exp(torch.arange(half, device=t.device) * (-math.log(10000.0) / half))
    angles = t[:, None].float() * frequencies
    return torch.cat([angles.cos(), angles.sin()], 1)


class ResBlock(nn.Module):
    """Two normalised convolutions with the time embedding between them, added to the input."""

    def __init__(
        self, conv1: nn.Module, conv2: nn.Module, in_channels: int, out_channels: int,
        time_width: int | None, groups: int, eps: float,
    ) -> None:  # fmt: skip
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, in_channels, eps=eps)
        self.conv1 = conv1
        self.time_emb_proj = None if time_width is None else nn.Linear(time_width, out_channels)
        self.norm2 = nn.GroupNorm(groups, out_channels, eps=eps)
        self.conv2 = conv2

    def forward(self, x: Tensor, time: Tensor | None = None) -> Tensor:
        """(B, C', T, H, W) of x: (B, C, T, H, W); time: (B, time_width), where the block was built for it."""
        h = self._convolve(self.conv1, F.silu(self.norm1(x), inplace=True))
        if self.time_emb_proj is not None and time is not None:
            h += self.time_emb_proj(F.silu(time))[:, :, None, None, None]
        h = F.silu(self.norm2(h), inplace=True)
        h = self._convolve(self.conv2, h)
        return self._shortcut(x) + h

    def _convolve(self, conv: nn.Module, x: Tensor) -> Tensor:
        return conv(x)

    def _shortcut(self, x: Tensor) -> Tensor:
        return x


class SpatialResBlock(ResBlock):
    """3x3 convolutions within a frame."""

    def __init__(
        self, in_channels: int, out_channels: int, time_width: int, groups: int = 32, eps: float = 1e-5
    ) -> None:
        conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        super().__init__(conv1, conv2, in_channels, out_channels, time_width, groups, eps)
        same = in_channels == out_channels
        self.conv_shortcut = None if same else nn.Conv2d(in_channels, out_channels, 1)

    def _convolve(self, conv: nn.Module, x: Tensor) -> Tensor:
        return per_frame(conv, x)

    def _shortcut(self, x: Tensor) -> Tensor:
        return x if self.conv_shortcut is None else per_frame(self.conv_shortcut, x)


class TemporalResBlock(ResBlock):
    """Convolutions over `kernel` and then three frames of one pixel, zeros beyond the ends."""

    def __init__(
        self, channels: int, kernel: int, time_width: int | None = None, groups: int = 32,
        eps: float = TEMPORAL_EPS,
    ) -> None:  # fmt: skip
        conv1, conv2 = _conv_over_time(channels, kernel), _conv_over_time(channels, 3)
        super().__init__(conv1, conv2, channels, channels, time_width, groups, eps)


class TemporalModule(nn.Module):
    """What follows every level: x + shift_conv(spatial(temporal(x))); shift_conv is zero before training."""

    def __init__(self, channels: int, time_width: int, groups: int = 32) -> None:
        super().__init__()
        self.resblocks_3d_t = TemporalResBlock(channels, 5, time_width, groups)
        self.resblocks_3d_s = SpatialResBlock(channels, channels, time_width, groups, TEMPORAL_EPS)
        self.shift_conv = _zeroed(nn.Conv2d(channels, channels, 1))

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        """(B, C, T, H, W) of x: (B, C, T, H, W); time: (B, time_width)."""
        h = self.resblocks_3d_s(self.resblocks_3d_t(x, time), time)
        return x + per_frame(self.shift_conv, h)


class Attention(nn.Module):
    """Multi-head scaled dot-product attention (Vaswani et al. 2017, eq. 1)."""

    def __init__(self, width: int, heads: int, context_width: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k = nn.Linear(context_width, width, bias=False)
        self.to_v = nn.Linear(context_width, width, bias=False)
        self.to_out = nn.ModuleList([nn.Linear(width, width)])

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """(N, L, width) of x: (N, L, width); context: (M, S, context_width), each row for N / M rows of x."""
        queries = self.to_q(x).reshape(context.shape[0], -1, x.shape[2])
        q, k, v = (self._split(p) for p in (queries, self.to_k(context), self.to_v(context)))
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(x.shape)
        return self.to_out[0](mixed)

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


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


class TransformerBlock(MultiScaleTemporal):
    """Attention in the frame or to the text, attention to the text, MSTA, feed-forward: all residual."""

    def __init__(
        self, width: int, heads: int, text_width: int, *, self_attention: bool, rotary: Rotary | None = None
    ) -> None:
        super().__init__(width, heads, rotary)
        self.self_attention = self_attention
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))
        self.attn1 = Attention(width, heads, width if self_attention else text_width)
        self.attn2 = Attention(width, heads, text_width)
        self.ff = FeedForward(width)

    def forward(self, x: Tensor, text: Tensor, n_clips: int, height: int) -> Tensor:
        """(B*T, H*W, C) of x: the same; text: (B or B*T, S, text_width); n_clips: B, height: H."""
        x = self.attend_over_time(self.attend_in_frame(x, text), n_clips, height)
        return in_parts(lambda rows: rows + self.ff(self.norm3(rows)), x)

    def attend_in_frame(self, x: Tensor, text: Tensor) -> Tensor:
        """x after both spatial attentions: what MSTA gets."""
        queries = self.norm1(x)
        x = x + self.attn1(queries, queries if self.self_attention else text)
        return x + self.attn2(self.norm2(x), text)


class Transformer(nn.Module):
    """A temporal residual block, then one transformer block between projections, added to its result."""

    def __init__(
        self, channels: int, heads: int, text_width: int, *, self_attention: bool,
        rotary: Rotary | None = None, groups: int = 32,
    ) -> None:  # fmt: skip
        super().__init__()
        self.resblock_temporal = TemporalResBlock(channels, 3, None, groups)
        self.norm = nn.GroupNorm(groups, channels, eps=TEMPORAL_EPS)
        self.proj_in = nn.Linear(channels, channels)
        block = TransformerBlock(channels, heads, text_width, self_attention=self_attention, rotary=rotary)
        self.transformer_blocks = nn.ModuleList([block])
        self.proj_out = nn.Linear(channels, channels)

    def forward(self, x: Tensor, text: Tensor) -> Tensor:
        """(B, C, T, H, W) of x: (B, C, T, H, W); text: (B, S, text_width). The norm sees single frames."""
        x = self.resblock_temporal(x)
        n_clips, height = x.shape[0], x.shape[3]
        frames = x.transpose(1, 2).flatten(0, 1)
        tokens = self.proj_in(self.norm(frames).flatten(2).transpose(1, 2))
        tokens = self.transformer_blocks[0](tokens, text, n_clips, height)
        frames = self.proj_out(tokens).transpose(1, 2).reshape(frames.shape)
        return x + frames.unflatten(0, (n_clips, -1)).transpose(1, 2)


class Downsample(nn.Module):
    """Halves the grid, rounding up, with a strided convolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T, ceil(H / 2), ceil(W / 2)) of x: (B, C, T, H, W)."""
        return per_frame(self.conv, x)


class Upsample(nn.Module):
    """Repeats pixels up to the size of the skip that comes next, then convolves."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor, height: int, width: int) -> Tensor:
        """(B, C, T, height, width) of x: (B, C, T, H, W)."""
        larger = F.interpolate(x, (x.shape[2], height, width), mode="nearest")
        return per_frame(self.conv, larger)


class Level(nn.Module):
    """Residual blocks, each followed by a transformer where the level has them."""

    def __init__(self, config: UNetConfig, level: int, widths: list[tuple[int, int]], rotary: Rotary) -> None:
        """widths: channels into and out of each residual block."""
        super().__init__()
        self.resnets = nn.ModuleList(
            SpatialResBlock(*io, config.time_width, config.groups, config.norm_eps) for io in widths
        )
        attended = widths if config.attention_levels[level] else []
        self.attentions = nn.ModuleList(_transformer(config, level, rotary) for _ in attended)

    def step(self, i: int, x: Tensor, time: Tensor, text: Tensor) -> Tensor:
        """x after residual block i and its transformer; (B, C', T, H, W) of (B, C, T, H, W)."""
        x = self.resnets[i](x, time)
        return self.attentions[i](x, text) if self.attentions else x


class DownLevel(Level):
    """A contracting level; its results are the skips."""

    def __init__(self, config: UNetConfig, level: int, rotary: Rotary) -> None:
        channels = config.block_channels[level]
        first = config.block_channels[max(level - 1, 0)]
        widths = [(first if i == 0 else channels, channels) for i in range(config.res_blocks)]
        super().__init__(config, level, widths, rotary)
        last = level == len(config.block_channels) - 1
        self.downsamplers = nn.ModuleList([] if last else [Downsample(channels)])

    def forward(self, x: Tensor, time: Tensor, text: Tensor) -> list[Tensor]:
        """The level's skips, the last of which is its result."""
        skips: list[Tensor] = []
        for i in range(len(self.resnets)):
            x = self.step(i, x, time, text)
            skips.append(x)
        return skips + [downsample(x) for downsample in self.downsamplers]


class Middle(nn.Module):
    """Residual block, transformer with self-attention, residual block."""

    def __init__(self, config: UNetConfig, rotary: Rotary) -> None:
        super().__init__()
        channels = config.block_channels[-1]
        self.resnets = nn.ModuleList(
            SpatialResBlock(channels, channels, config.time_width, config.groups, config.norm_eps)
            for _ in range(2)
        )
        self.attentions = nn.ModuleList([_transformer(config, -1, rotary, self_attention=True)])

    def forward(self, x: Tensor, time: Tensor, text: Tensor) -> Tensor:
        """(B, C, T, H, W) of x: (B, C, T, H, W)."""
        return self.resnets[1](self.attentions[0](self.resnets[0](x, time), text), time)


class UpLevel(Level):
    """An expanding level; each residual block also takes a skip."""

    def __init__(self, config: UNetConfig, level: int, skip_widths: list[int], rotary: Rotary) -> None:
        channels = config.block_channels[level]
        before = config.block_channels[min(level + 1, len(config.block_channels) - 1)]
        firsts = [before] + [channels] * config.res_blocks
        widths = [(first + skip, channels) for first, skip in zip(firsts, skip_widths, strict=True)]
        super().__init__(config, level, widths, rotary)
        self.upsamplers = nn.ModuleList([Upsample(channels)] if level else [])

    def forward(self, x: Tensor, skips: list[Tensor], time: Tensor, text: Tensor) -> Tensor:
        """(B, C', T, H', W') of x: (B, C, T, H, W); takes its skips off the end of the list."""
        for i in range(len(self.resnets)):
            x = torch.cat([x, skips.pop()], 1)
            x = self.step(i, x, time, text)
        for upsample in self.upsamplers:
            x = upsample(x, *skips[-1].shape[3:])
        return x


class TimeEmbedding(nn.Module):
    """Linear, SiLU, Linear."""

    def __init__(self, width: int, time_width: int) -> None:
        super().__init__()
        self.linear_1, self.linear_2 = nn.Linear(width, time_width), nn.Linear(time_width, time_width)

    def forward(self, features: Tensor) -> Tensor:
        """(B, time_width) of features: (B, width)."""
        return self.linear_2(F.silu(self.linear_1(features)))


class VideoUNet(nn.Module):
    """The whole network; one Rotary is shared by all temporal attentions (33 keys name one tensor)."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        channels, levels = config.block_channels, range(len(config.block_channels))
        rotary = self.temporal_rotary_emb = Rotary()
        self.conv_in = nn.Conv2d(config.latent_channels + config.lq_channels, channels[0], 3, padding=1)
        self.time_embedding = TimeEmbedding(channels[0], config.time_width)
        self.class_embedding = nn.Embedding(config.noise_classes, config.time_width)
        self.down_blocks = nn.ModuleList(DownLevel(config, level, rotary) for level in levels)
        self.down_temporal_blocks = nn.ModuleList(_temporal(config, level) for level in levels)
        self.mid_block = Middle(config, rotary)
        self.mid_temporal_block = _temporal(config, -1)
        self.up_blocks = nn.ModuleList(
            UpLevel(config, level, _skip_widths(config, level), rotary) for level in reversed(levels)
        )
        self.up_temporal_blocks = nn.ModuleList(_temporal(config, level) for level in reversed(levels))
        self.conv_norm_out = nn.GroupNorm(config.groups, channels[0], eps=config.norm_eps)
        self.conv_out = nn.Conv2d(channels[0], config.latent_channels, 3, padding=1)

    def forward(self, latent: Tensor, t: Tensor, lq: Tensor, text: Tensor, noise_level: Tensor) -> Tensor:
        """Velocity (B, 4, T, H, W) of latent: (B, 4, T, H, W) at t: (B,) in 0..999, in the weights' dtype.

        lq: (B, 3, T, H, W) in [-1, 1], noised to noise_level: (B,) int64; text: (B, S, text_width).
        H and W: any size >= 1.
        """
        time = self.embed(t, noise_level)
        skips = [per_frame(self.conv_in, torch.cat([latent, lq], 1))]
        x = skips[0]
        for block, temporal in zip(self.down_blocks, self.down_temporal_blocks, strict=True):
            skips += block(x, time, text)
            x = temporal(skips[-1], time)
        x = self.mid_temporal_block(self.mid_block(x, time, text), time)
        for block, temporal in zip(self.up_blocks, self.up_temporal_blocks, strict=True):
            x = temporal(block(x, skips, time, text), time)
        return per_frame(self.conv_out, F.silu(self.conv_norm_out(x), inplace=True))

    def embed(self, t: Tensor, noise_level: Tensor) -> Tensor:
        """(B, time_width): the embedding of t plus that of the lq's noise level."""
        features = embed_time(t, self.config.block_channels[0]).to(self.conv_in.weight.dtype)
        return self.time_embedding(features) + self.class_embedding(noise_level)


def _transformer(
    config: UNetConfig, level: int, rotary: Rotary, *, self_attention: bool | None = None
) -> Transformer:
    own = config.self_attention_levels[level] if self_attention is None else self_attention
    return Transformer(
        config.block_channels[level],
        config.heads[level],
        config.text_width,
        self_attention=own,
        rotary=rotary,
        groups=config.groups,
    )


def _temporal(config: UNetConfig, level: int) -> TemporalModule:
    return TemporalModule(config.block_channels[level], config.time_width, config.groups)


def _skip_widths(config: UNetConfig, level: int) -> list[int]:
    """Channels of the skips that an expanding level takes, in its order."""
    below = config.block_channels[max(level - 1, 0)]
    return [config.block_channels[level]] * config.res_blocks + [below]


def _conv_over_time(channels: int, kernel: int) -> nn.Conv3d:
    return nn.Conv3d(channels, channels, (kernel, 1, 1), padding=(kernel // 2, 0, 0))


def _zeroed(conv: nn.Conv2d) -> nn.Conv2d:
    nn.init.zeros_(conv.weight)
    nn.init.zeros_(cast("nn.Parameter", conv.bias))
    return conv
