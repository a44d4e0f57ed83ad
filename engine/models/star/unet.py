"""The video U-Net of STAR on I2VGen-XL, in the layout of the published state dict.

Shapes: B clips, T frames, latent grid H x W. Spatial modules see (B*T, C, H, W), the frames of a clip side
by side; temporal modules see (B, C, T, H, W). Attributes are the published keys ("temopral_conv" is theirs).

Downsampling pads rows by two, upsampling crops a row at either end, so only latent sizes with height = 2 and
width = 0 (mod 8) come back as they went in: 90 x 160 -> 46 x 80 -> 24 x 40 -> 13 x 20 and back.

Half precision: torch's normalisation and attention kernels accumulate in float32 for every float type.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.star.config import NetworkConfig
from engine.models.star.liem import SpatialLiem, TemporalLiem


def embed_time(t: Tensor, width: int) -> Tensor:
    """(B, width) float32 features of t: (B,), cosines first (Vaswani et al. 2017, section 3.5)."""
    half = width // 2
    frequencies = torch.pow(10000, -torch.arange(half, device=t.device).float() / half)
    angles = t.float()[:, None] * frequencies
    return F.pad(torch.cat([angles.cos(), angles.sin()], -1), (0, width % 2))


def split_frames(x: Tensor, n_clips: int) -> Tensor:
    """(B, C, T, H, W) view of x: (B*T, C, H, W)."""
    return x.unflatten(0, (n_clips, -1)).transpose(1, 2)


def join_frames(x: Tensor) -> Tensor:
    """(B*T, C, H, W) copy or view of x: (B, C, T, H, W)."""
    return x.transpose(1, 2).flatten(0, 1)


def in_parts(function: Callable[..., Tensor], rows_per_part: int, *rows: Tensor) -> Tensor:
    """function(*rows), computed on at most rows_per_part rows at a time (0: all); rows must not interact."""
    n_rows = rows[0].shape[0]
    if not 0 < rows_per_part < n_rows:
        return function(*rows)
    parts = zip(*(r.split(rows_per_part) for r in rows), strict=True)
    return torch.cat([function(*part) for part in parts])


MOST_ROWS = 32_768
"""Rows of one attention call: CUDA's kernels count batches in 16 bits (65,535)."""


class GatedGelu(nn.Module):
    """a * gelu(g) with [a, g] = W x (GEGLU, Shazeer 2020)."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.proj = nn.Linear(width, 2 * inner)

    def forward(self, x: Tensor) -> Tensor:
        """(..., inner) of x: (..., width) float."""
        values, gates = self.proj(x).chunk(2, -1)
        return values * F.gelu(gates)


class FeedForward(nn.Module):
    """Token-wise network with a gated hidden layer of four times the width."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.net = nn.Sequential(GatedGelu(width, 4 * width), nn.Identity(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        """(..., width) of x: (..., width) float."""
        return self.net(x)


class Attention(nn.Module):
    """Multi-head scaled dot-product attention (Vaswani et al. 2017, eq. 1) of x to a context."""

    def __init__(self, width: int, heads: int, context_width: int | None = None) -> None:
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k = nn.Linear(context_width or width, width, bias=False)
        self.to_v = nn.Linear(context_width or width, width, bias=False)
        self.to_out = nn.Sequential(nn.Linear(width, width), nn.Identity())

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """(N, L, width) of x: (N, L, width); context: (N, S, context_width), None for x itself."""
        source = x if context is None else context
        q, k, v = (self._split(p) for p in (self.to_q(x), self.to_k(source), self.to_v(source)))
        mixed = F.scaled_dot_product_attention(q, k, v)
        return self.to_out(mixed.transpose(1, 2).flatten(2))

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


class SpatialBlock(nn.Module):
    """Self-attention over the pixels of a frame, cross-attention to the text, feed-forward."""

    def __init__(self, width: int, heads: int, context_width: int) -> None:
        super().__init__()
        self.attn1 = Attention(width, heads)
        self.ff = FeedForward(width)
        self.attn2 = Attention(width, heads, context_width)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))
        self.local1 = SpatialLiem()

    def forward(self, x: Tensor, context: Tensor, height: int) -> Tensor:
        """(N, H*W, width) of x: (N, H*W, width), rows first; context: (N, S, context_width); height: H."""
        return self.read(self.look(x, height), context)

    def look(self, x: Tensor, height: int) -> Tensor:
        """x, like x, after what the text has no part in."""
        grid = x.transpose(1, 2).unflatten(2, (height, -1))
        gated = self.local1(grid).flatten(2).transpose(1, 2)
        return x + self.attn1(self.norm1(gated))

    def read(self, x: Tensor, context: Tensor) -> Tensor:
        """The rest of the block, of what look() gave."""
        x = x + self.attn2(self.norm2(x), context)
        return x + self.ff(self.norm3(x))


class TemporalBlock(nn.Module):
    """Two self-attentions over the frames of a pixel, feed-forward; no position code, no mask, no text."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attn1 = Attention(width, heads)
        self.ff = FeedForward(width)
        self.attn2 = Attention(width, heads)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))
        self.local1, self.local2 = TemporalLiem(), TemporalLiem()

    def forward(self, x: Tensor) -> Tensor:
        """(N, T, width) of x: (N, T, width)."""
        x = x + self.attn1(self.norm1(self.local1(x)))
        x = x + self.attn2(self.norm2(self.local2(x)))
        return x + self.ff(self.norm3(x))


class SpatialTransformer(nn.Module):
    """One SpatialBlock between two projections, added to its input."""

    def __init__(self, channels: int, heads: int, head_width: int, context_width: int) -> None:
        super().__init__()
        self.rows_per_part = MOST_ROWS
        """Frames computed at once, 0 for all: bounds memory, changes no result."""
        inner = heads * head_width
        self.norm = nn.GroupNorm(32, channels, eps=1e-6)
        self.proj_in = nn.Linear(channels, inner)
        self.transformer_blocks = nn.ModuleList([SpatialBlock(inner, heads, context_width)])
        self.proj_out = nn.Linear(inner, channels)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """(N, C, H, W) of x: (N, C, H, W); context: (N, S, context_width)."""
        tokens = self.norm(x).flatten(2).transpose(1, 2)

        def attend(rows: Tensor, text: Tensor) -> Tensor:
            return self.proj_out(self.transformer_blocks[0](self.proj_in(rows), text, x.shape[2]))

        mixed = in_parts(attend, self.rows_per_part, tokens, context)
        return x + mixed.transpose(1, 2).unflatten(2, x.shape[2:])

    def look(self, x: Tensor) -> Tensor:
        """Tokens (N, H*W, inner) of x: (N, C, H, W) after what the text has no part in."""
        block: SpatialBlock = self.transformer_blocks[0]  # type: ignore[assignment]
        tokens = self.norm(x).flatten(2).transpose(1, 2)
        return in_parts(lambda rows: block.look(self.proj_in(rows), x.shape[2]), self.rows_per_part, tokens)

    def read(self, x: Tensor, tokens: Tensor, context: Tensor) -> Tensor:
        """What forward() gives for x, of the tokens that look() gave."""
        block: SpatialBlock = self.transformer_blocks[0]  # type: ignore[assignment]

        def attend(rows: Tensor, text: Tensor) -> Tensor:
            return self.proj_out(block.read(rows, text))

        mixed = in_parts(attend, self.rows_per_part, tokens, context)
        return x + mixed.transpose(1, 2).unflatten(2, x.shape[2:])


class PointwiseConv(nn.Conv1d):
    """A published 1x1 convolution, applied to channels that lie last: one matrix product."""

    def __init__(self, channels: int, out_channels: int) -> None:
        super().__init__(channels, out_channels, 1)

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  (the name in torch)
        """(..., out_channels) of input: (..., channels) float."""
        return F.linear(input, self.weight[:, :, 0], self.bias)


class TemporalTransformer(nn.Module):
    """One TemporalBlock between two 1x1 projections, added to its input."""

    def __init__(self, channels: int, heads: int, head_width: int) -> None:
        super().__init__()
        self.rows_per_part = MOST_ROWS
        """Pixels computed at once, 0 for all: bounds memory, changes no result."""
        inner = heads * head_width
        self.norm = nn.GroupNorm(32, channels, eps=1e-6)
        self.proj_in = PointwiseConv(channels, inner)
        self.transformer_blocks = nn.ModuleList([TemporalBlock(inner, heads)])
        self.proj_out = PointwiseConv(inner, channels)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T, H, W) of x: (B, C, T, H, W)."""
        b, _, _, h, w = x.shape
        tracks = self.norm(x).permute(0, 3, 4, 2, 1).flatten(0, 2)
        mixed = in_parts(self._attend, self.rows_per_part, tracks)
        return x + mixed.unflatten(0, (b, h, w)).permute(0, 4, 3, 1, 2)

    def _attend(self, tracks: Tensor) -> Tensor:
        return self.proj_out(self.transformer_blocks[0](self.proj_in(tracks)))


class TemporalConvBlock(nn.Module):
    """Four normalised 3x1x1 convolutions over time, added to their input."""

    def __init__(self, channels: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.conv1 = nn.Sequential(*_normalised(channels), _conv_over_time(channels))
        self.conv2, self.conv3, self.conv4 = (
            nn.Sequential(*_normalised(channels), nn.Dropout(dropout), _conv_over_time(channels))
            for _ in range(3)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, T, H, W) of x: (B, C, T, H, W); the norms see all frames of a clip."""
        return x + self.conv4(self.conv3(self.conv2(self.conv1(x))))


class ResBlock(nn.Module):
    """Two normalised 3x3 convolutions with the time embedding between them, then convolutions over time."""

    def __init__(self, channels: int, out_channels: int, time_width: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.in_layers = nn.Sequential(*_normalised(channels), _conv(channels, out_channels))
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(time_width, out_channels))
        self.out_layers = nn.Sequential(
            *_normalised(out_channels), nn.Dropout(dropout), _conv(out_channels, out_channels)
        )
        same = channels == out_channels
        self.skip_connection = nn.Identity() if same else nn.Conv2d(channels, out_channels, 1)
        self.temopral_conv = TemporalConvBlock(out_channels, dropout)

    def forward(self, x: Tensor, time: Tensor, n_clips: int) -> Tensor:
        """(B*T, out_channels, H, W) of x: (B*T, channels, H, W); time: (B*T, time_width)."""
        h = self.in_layers(x) + self.emb_layers(time)[:, :, None, None]
        h = self.out_layers(h) + self.skip_connection(x)
        return join_frames(self.temopral_conv(split_frames(h, n_clips)))


class Downsample(nn.Module):
    """Halves the grid with a strided convolution that pads rows by two and columns by one."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.op = nn.Conv2d(channels, channels, 3, stride=2, padding=(2, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, (H + 1) // 2 + 1, (W - 1) // 2 + 1) of x: (N, C, H, W)."""
        return self.op(x)


class Upsample(nn.Module):
    """Doubles the grid, drops the first and the last row, convolves."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, 2 H - 2, 2 W) of x: (N, C, H, W)."""
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest")[:, :, 1:-1])


class Stack(nn.ModuleList):
    """Modules applied in turn, each given what its kind asks for."""

    def forward(self, x: Tensor, time: Tensor, context: Tensor, n_clips: int) -> Tensor:
        """(B*T, C', H', W') of x: (B*T, C, H, W); time: (B*T, time_width), context: (B*T, S, C_text)."""
        for module in self:
            match module:
                case ResBlock():
                    x = module(x, time, n_clips)
                case SpatialTransformer():
                    x = module(x, context)
                case TemporalTransformer():
                    x = join_frames(module(split_frames(x, n_clips)))
                case _:
                    x = module(x)
        return x


class Encoder(nn.Module):
    """Time embedding, contracting half and middle block: what the U-Net and the control network both have."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.time_embed = nn.Sequential(
            nn.Linear(config.width, config.time_width),
            nn.SiLU(),
            nn.Linear(config.time_width, config.time_width),
        )
        first = nn.Conv2d(config.in_channels, config.width, 3, padding=1)
        lift = TemporalTransformer(config.width, config.first_heads, config.head_width)
        self.input_blocks = nn.ModuleList([Stack([first, lift])])
        self.block_channels = [config.width]
        for level in range(len(config.multipliers)):
            self._add_level(level)
        self.middle_block = _middle(config)

    def _add_level(self, level: int) -> None:
        config = self.config
        channels = config.width * config.multipliers[level]
        for _ in range(config.res_blocks):
            self.input_blocks.append(_stage(config, self.block_channels[-1], channels, level))
            self.block_channels.append(channels)
        if level < len(config.multipliers) - 1:
            self.input_blocks.append(Downsample(channels))
            self.block_channels.append(channels)

    @property
    def has_prelude(self) -> bool:
        """True where the first level reads the text, so that something comes before that."""
        return 0 in self.config.attention_levels

    @property
    def shallow_blocks(self) -> int:
        """Encoder blocks of the first level, which are as many as the decoder's."""
        return self.config.res_blocks + 1

    def embed(self, t: Tensor, context: Tensor, n_frames: int) -> tuple[Tensor, Tensor]:
        """Time (B*T, time_width) and text (B*T, S, C) for every frame; t: (B,), context: (B, S, C)."""
        features = embed_time(t, self.config.width).to(context.dtype)
        time = self.time_embed(features)
        return time.repeat_interleave(n_frames, 0), context.repeat_interleave(n_frames, 0)

    def begin(self, x: Tensor, time: Tensor, n_clips: int) -> "Prelude":
        """What is computed before the text is read; x: the result of input_blocks.0.0."""
        res, spatial, _ = self.input_blocks[1]  # type: ignore[misc]
        lifted = join_frames(self.input_blocks[0][1](split_frames(x, n_clips)))  # type: ignore[index]
        before = res(lifted, time, n_clips)
        return Prelude(lifted=lifted, before=before, tokens=spatial.look(before))

    def encode(
        self, x: Tensor, time: Tensor, context: Tensor, n_clips: int, prelude: "Prelude | None" = None
    ) -> Iterable[Tensor]:
        """Yields each block's result, the middle block's last; x: the result of input_blocks.0.0.

        prelude: of begin(), which is not computed again then.
        """
        blocks = list(self.input_blocks[1:])
        if prelude is None:
            x = self.input_blocks[0][1:](x, time, context, n_clips)  # type: ignore[index]
            yield x
        else:
            yield prelude.lifted
            _, spatial, temporal = blocks.pop(0)  # type: ignore[misc]
            x = spatial.read(prelude.before, prelude.tokens, context)
            x = join_frames(temporal(split_frames(x, n_clips)))
            yield x
        for block in blocks:
            x = block(x) if isinstance(block, Downsample) else block(x, time, context, n_clips)
            yield x
        yield self.middle_block(x, time, context, n_clips)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prelude:
    """The beginning of an encoder that depends on x, t and hint alone: the same for every text, bit for bit."""

    lifted: Tensor
    """(B*T, C, H, W): the first block's result."""
    before: Tensor
    """(B*T, C, H, W): what the first transformer over a frame is added to."""
    tokens: Tensor
    """(B*T, H*W, inner): its tokens after self-attention."""


@dataclass(slots=True, kw_only=True)
class Reuse:
    """What a call takes from an earlier one instead of computing it, and what it leaves for a later one.

    Given: the control network's results (for the other text, same x and t), or the deep half's result (for the
    same text and place at a neighbouring time; DeepCache, Ma et al. 2024, section 3.2). Left: both, where asked.
    """

    control: list[Tensor] | None = None
    """As VideoControlNet gives it; None: it is run."""
    deep: Tensor | None = None
    """As left by a call whose `keeps_deep` was set: then levels below the first are not run."""
    keeps_control: bool = False
    keeps_deep: bool = False
    preludes: dict[str, Prelude] | None = None
    """By encoder, of one x, t and hint: the first call fills it, later ones take from it. None: not shared."""
    left_control: list[Tensor] | None = None
    left_deep: Tensor | None = None
    """(B*T, C, H', W'): what the first level's decoder is about to enlarge."""

    def prelude(self, name: str, like: Tensor, begin: Callable[[], Prelude]) -> Prelude | None:
        """The one of that encoder, taken or computed; None where none is shared.

        One in another number format than like is computed again: a call that overflowed left it.
        """
        if self.preludes is None:
            return None
        found = self.preludes.get(name)
        if found is None or found.lifted.dtype != like.dtype:
            found = self.preludes[name] = begin()
        return found


class VideoUNet(Encoder):
    """Predicts the velocity v = alpha eps - sigma x0 of a noisy latent (Salimans & Ho 2022, section 4)."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config)
        self.output_blocks = nn.ModuleList()
        skips = list(self.block_channels)
        channels = skips[-1]
        for level in reversed(range(len(config.multipliers))):
            for i in range(config.res_blocks + 1):
                out_channels = config.width * config.multipliers[level]
                block = _stage(config, channels + skips.pop(), out_channels, level)
                channels = out_channels
                if level and i == config.res_blocks:
                    block.append(Upsample(channels))
                self.output_blocks.append(block)
        self.out = nn.Sequential(*_normalised(channels), _conv(channels, config.out_channels))

    def denoise(
        self,
        x: Tensor,
        t: Tensor,
        context: Tensor,
        control: list[Tensor] | None,
        reuse: Reuse | None = None,
    ) -> Tensor:
        """Velocity (B, out_channels, T, H, W) of x: (B, in_channels, T, H, W) at t: (B,).

        context: (B, S, context_width). control: a tensor per encoder block and one for the middle, added
        to the skips and to the middle result; None: the U-Net alone.
        """
        n_clips, _, n_frames = x.shape[:3]
        time, text = self.embed(t, context, n_frames)
        h = self.input_blocks[0][0](join_frames(x))  # type: ignore[index]
        prelude = None
        if reuse is not None and self.has_prelude:
            prelude = reuse.prelude("network", h, lambda: self.begin(h, time, n_clips))
        encoded = self.encode(h, time, text, n_clips, prelude)
        turn = len(self.output_blocks) - self.shallow_blocks
        if reuse is not None and reuse.deep is not None:
            skips = list(islice(encoded, self.shallow_blocks))
            if control is not None:
                skips = [s + c for s, c in zip(skips, control, strict=False)]
            h = self.output_blocks[turn - 1][-1](reuse.deep.to(x.dtype))  # type: ignore[index]
            blocks = list(self.output_blocks)[turn:]
        else:
            *skips, h = encoded
            if control is not None:
                skips, h = [s + c for s, c in zip(skips, control, strict=False)], h + control[-1]
            blocks = list(self.output_blocks)
            if reuse is not None and reuse.keeps_deep:
                for block in blocks[: turn - 1]:
                    h = block(torch.cat([h, skips.pop()], 1), time, text, n_clips)
                before, enlarge = blocks[turn - 1][:-1], blocks[turn - 1][-1]  # type: ignore[index]
                reuse.left_deep = before(torch.cat([h, skips.pop()], 1), time, text, n_clips)
                h, blocks = enlarge(reuse.left_deep), blocks[turn:]
        for block in blocks:
            h = block(torch.cat([h, skips.pop()], 1), time, text, n_clips)
        return split_frames(self.out(h), n_clips)


def _stage(config: NetworkConfig, channels: int, out_channels: int, level: int) -> Stack:
    stage = Stack([ResBlock(channels, out_channels, config.time_width, config.dropout)])
    return stage.extend(_transformers(config, out_channels) if level in config.attention_levels else [])


def _middle(config: NetworkConfig) -> Stack:
    channels = config.width * config.multipliers[-1]
    res = (ResBlock(channels, channels, config.time_width, config.dropout) for _ in range(2))
    return Stack([next(res), *_transformers(config, channels), next(res)])


def _transformers(config: NetworkConfig, channels: int) -> list[nn.Module]:
    heads = channels // config.head_width
    return [
        SpatialTransformer(channels, heads, config.head_width, config.context_width),
        TemporalTransformer(channels, heads, config.head_width),
    ]


def _normalised(channels: int) -> tuple[nn.Module, nn.Module]:
    return nn.GroupNorm(32, channels, eps=1e-5), nn.SiLU()


def _conv(channels: int, out_channels: int) -> nn.Conv2d:
    return nn.Conv2d(channels, out_channels, 3, padding=1)


def _conv_over_time(channels: int) -> nn.Conv3d:
    return nn.Conv3d(channels, channels, (3, 1, 1), padding=(1, 0, 0))
