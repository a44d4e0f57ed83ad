"""Every size of DiffVSR's networks; the defaults are the published ones."""

from dataclasses import dataclass

HEAD_WIDTH = 32
"""Least channels of an attention head: as many are rotated by the frame index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UNetConfig:
    """Sizes of the video U-Net."""

    latent_channels: int = 4
    """Channels of the noisy latent and of the predicted velocity."""
    lq_channels: int = 3
    """Channels of the noised lq frames, which enter beside the latent at the same size."""
    block_channels: tuple[int, ...] = (256, 512, 512, 1024)
    """Channels of each level, multiples of `groups`; level i works at 1 / 2**i of the latent grid."""
    attention_levels: tuple[bool, ...] = (False, True, True, True)
    """Levels with a transformer after every residual block; the middle always has one."""
    self_attention_levels: tuple[bool, ...] = (False, False, False, True)
    """Levels whose first attention is among the pixels of a frame; elsewhere it is to the text, like the second."""
    heads: tuple[int, ...] = (8, 8, 8, 8)
    """Attention heads of each level; the middle has those of the last."""
    res_blocks: int = 2
    """Residual blocks per contracting level; an expanding level has one more."""
    text_width: int = 1024
    """Channels of one text token."""
    noise_classes: int = 1000
    """Rows of the table of lq noise levels."""
    groups: int = 32
    """Groups of every GroupNorm."""
    norm_eps: float = 1e-5
    """Of the GroupNorms in the U-Net's own residual blocks."""

    def __post_init__(self) -> None:
        per_level = (self.attention_levels, self.self_attention_levels, self.heads)
        if any(len(values) != len(self.block_channels) for values in per_level):
            raise ValueError(f"{len(self.block_channels)} levels need as many attention flags and heads")
        if any(channels % self.groups for channels in self.block_channels):
            raise ValueError(f"channels are {self.block_channels}, need multiples of {self.groups} groups")
        for channels, heads, attended in zip(
            self.block_channels, self.heads, self.attention_levels, strict=True
        ):
            if attended and (channels % heads or channels // heads < HEAD_WIDTH):
                raise ValueError(
                    f"{channels} channels need to divide into {heads} heads of {HEAD_WIDTH} or more"
                )

    @property
    def time_width(self) -> int:
        """Channels of the time embedding."""
        return 4 * self.block_channels[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class VaeConfig:
    """Sizes of the TE-3DVAE."""

    block_channels: tuple[int, ...] = (128, 256, 512)
    """Channels of each level; every level but the last halves the grid."""
    layers_per_block: int = 2
    """Residual blocks per encoder level; a decoder level has one more."""
    latent_channels: int = 4
    scaling_factor: float = 0.08333
    """Latent = posterior mean times this."""
    groups: int = 32
    """Groups of every GroupNorm."""

    @property
    def stride(self) -> int:
        """Pixels per latent pixel along each axis: also the scale, since the latent has the size of the lq."""
        return 2 ** (len(self.block_channels) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextConfig:
    """Sizes of the text encoder (defaults: the one of Stable Diffusion 2 and its x4 upscaler)."""

    length: int = 77
    """Tokens per prompt."""
    vocabulary: int = 49408
    """Rows of the token table."""
    width: int = 1024
    """Channels of one token."""
    inner_width: int = 4096
    """Channels of the hidden layer of a feed-forward network."""
    layers: int = 23
    heads: int = 16
    norm_eps: float = 1e-5
    activation: str = "gelu"
    """Of the feed-forward networks: "gelu" (exact) or "quick_gelu"."""

    def __post_init__(self) -> None:
        if self.activation not in ("gelu", "quick_gelu"):
            raise ValueError(f"the activation is {self.activation}, need gelu or quick_gelu")
