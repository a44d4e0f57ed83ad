"""Multi-scale temporal attention (MSTA; Li et al. 2025), as the published weights were run.

Every pixel attends to itself in the other frames, once on the grid as it is and once on a grid of half the
size, whose larger pixels follow larger motion:

    full  = z + A(norm z),     s' = s + A_small(norm s),  s = DOWN z
    z'    = full + ALPHA UP(s')

Where paper and weights differ, the weights decide: eq. 3 has h_down in place of `full`, and the norms before
the attentions are plain LayerNorms, without the time embedding.
"""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.diffvsr.config import HEAD_WIDTH

ALPHA = 0.5
"""Weight of the small branch; a constant, not learned."""
ROTARY_WIDTH = HEAD_WIDTH
"""Channels of a head that are rotated by the frame index; the others pass."""
BUCKETS, FARTHEST = 32, 32
"""Buckets of relative frame distances, and the distance from which on all share the last one."""
TOKENS_PER_PART = 1 << 16
"""Tokens that enter a token-wise or row-wise part at once: bounds memory (a feed-forward holds 8 C a token), and
keeps the rows of one attention call below the 65535 that CUDA's attention kernels can count."""


def in_parts(function: Callable[[Tensor], Tensor], rows: Tensor) -> Tensor:
    """function(rows), computed on few rows at a time; rows: (N, L, C), which must not interact."""
    rows_per_part = max(TOKENS_PER_PART // rows.shape[1], 1)
    if len(rows) <= rows_per_part:
        return function(rows)
    return torch.cat([function(part) for part in rows.split(rows_per_part)])


class Rotary(nn.Module):
    """Rotary position code (Su et al. 2021, eq. 15) over the frames of a window, counted from 0."""

    def __init__(self, width: int = ROTARY_WIDTH) -> None:
        super().__init__()
        exponent = torch.arange(0, width, 2).float() / width
        self.freqs = nn.Parameter(10000.0**-exponent, requires_grad=False)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "Rotary":
        """Follow the network to its device, not to its number format: rounded angles would drift."""
        exact = self.freqs.data
        super()._apply(fn, recurse)
        self.freqs.data = exact.to(self.freqs.device)
        return self

    def forward(self, x: Tensor) -> Tensor:
        """x (N, heads, T, width), its first channels rotated in pairs (2i, 2i + 1) by t * freqs[i]."""
        frames = torch.arange(x.shape[2], device=x.device, dtype=torch.float32)
        angles = frames[:, None] * self.freqs.float()
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        turned, passed = x.tensor_split([2 * len(self.freqs)], -1)
        a, b = turned[..., 0::2], turned[..., 1::2]
        pairs = torch.stack([a * cos - b * sin, b * cos + a * sin], -1)
        return torch.cat([pairs.flatten(-2), passed], -1)


class RelativeBias(nn.Module):
    """A learned bias per head and bucket of relative frame distance (Raffel et al. 2020, section 2.1)."""

    def __init__(self, heads: int, buckets: int = BUCKETS, farthest: int = FARTHEST) -> None:
        super().__init__()
        self.farthest = farthest
        self.relative_attention_bias = nn.Embedding(buckets, heads)

    def forward(self, n_frames: int, device: torch.device) -> Tensor:
        """(1, heads, T, T) bias of query frame (third axis) and key frame (fourth)."""
        table = self.relative_attention_bias
        buckets = distance_buckets(n_frames, table.num_embeddings, self.farthest).to(device)
        return table(buckets).permute(2, 0, 1)[None]


def distance_buckets(n_frames: int, buckets: int = BUCKETS, farthest: int = FARTHEST) -> Tensor:
    """(T, T) int64 buckets of query index - key index, half of them for keys that come later.

    Of each half one half holds a single distance per bucket; the others grow logarithmically up to farthest.
    """
    index = torch.arange(n_frames)
    d = index[:, None] - index[None, :]
    half, exact = buckets // 2, buckets // 4
    octave = (d.abs().clamp(min=1).float() / exact).log() / math.log(farthest / exact)
    far = (exact + (octave * (half - exact)).long()).clamp(max=half - 1)
    return torch.where(d.abs() < exact, d.abs(), far) + half * (d < 0)


class TemporalAttention(nn.Module):
    """Self-attention over the frames of one pixel, with rotary and relative positions."""

    def __init__(
        self, width: int, heads: int, rotary: Rotary | None = None, bias: RelativeBias | None = None
    ) -> None:
        super().__init__()
        self.heads = heads
        self.to_q, self.to_k, self.to_v = (nn.Linear(width, width, bias=False) for _ in range(3))
        self.to_out = nn.ModuleList([nn.Linear(width, width)])
        self.time_rel_pos_bias = bias or RelativeBias(heads)
        self.rotary_emb = rotary or Rotary()

    def forward(self, x: Tensor) -> Tensor:
        """(N, T, width) of x: (N, T, width) float."""
        q, k, v = (to(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for to in self._projections())
        bias = self.time_rel_pos_bias(x.shape[1], x.device).to(x.dtype)
        mixed = F.scaled_dot_product_attention(self.rotary_emb(q), self.rotary_emb(k), v, attn_mask=bias)
        return self.to_out[0](mixed.transpose(1, 2).flatten(2))

    def _projections(self) -> tuple[nn.Module, ...]:
        return self.to_q, self.to_k, self.to_v


class MultiScaleTemporal(nn.Module):
    """MSTA's layers; the transformer block that owns them is a child class, because they share its keys."""

    def __init__(self, width: int, heads: int, rotary: Rotary | None = None) -> None:
        super().__init__()
        self.norm_temporal, self.norm_temporal_small = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn_temporal = TemporalAttention(width, heads, rotary)
        self.attn_temporal_small = TemporalAttention(width, heads, rotary)
        self.temporal_down_conv = nn.Conv2d(width, width, 3, stride=2, padding=1)
        self.temporal_up_conv = nn.ConvTranspose2d(width, width, 4, stride=2, padding=1)

    def attend_over_time(self, tokens: Tensor, n_clips: int, height: int) -> Tensor:
        """z' (B*T, H*W, C) of z: (B*T, H*W, C), row by row; n_clips: B, height: H."""
        full = _residual(tokens, n_clips, self.attn_temporal, self.norm_temporal)
        grid = tokens.transpose(1, 2).unflatten(2, (height, -1))
        up = self.small_branch(grid, n_clips)
        if up.shape[2:] != grid.shape[2:]:
            up = F.interpolate(up, grid.shape[2:], mode="bilinear", align_corners=False)
        return full + ALPHA * up.flatten(2).transpose(1, 2)

    def small_branch(self, grid: Tensor, n_clips: int) -> Tensor:
        """UP(s') (B*T, C, H', W') of grid: (B*T, C, H, W); H' and W' are H and W, rounded up to even."""
        small = self.temporal_down_conv(grid)
        tokens = small.flatten(2).transpose(1, 2)
        tokens = _residual(tokens, n_clips, self.attn_temporal_small, self.norm_temporal_small)
        return self.temporal_up_conv(tokens.transpose(1, 2).unflatten(2, small.shape[2:]))


def _residual(tokens: Tensor, n_clips: int, attention: nn.Module, norm: nn.Module) -> Tensor:
    """z + attention(norm z) over the frames of every pixel; tokens: (B*T, P, C), and the result too."""
    tracks = tokens.unflatten(0, (n_clips, -1)).transpose(1, 2).flatten(0, 1)
    tracks = in_parts(lambda rows: rows + attention(norm(rows)), tracks)
    return tracks.unflatten(0, (n_clips, -1)).transpose(1, 2).flatten(0, 1)
