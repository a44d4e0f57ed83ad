"""Every size of STAR's networks; the defaults are the published ones."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkConfig:
    """Sizes of the video U-Net and of its control network."""

    in_channels: int = 4
    """Channels of the noisy latent and of the hint."""
    out_channels: int = 4
    """Channels of the predicted velocity."""
    width: int = 320
    """Channels of the first level, a multiple of 32 (the group count of every GroupNorm)."""
    multipliers: tuple[int, ...] = (1, 2, 4, 4)
    """Channels of each level over width; level i works at 1 / 2**i of the latent grid."""
    res_blocks: int = 2
    """Residual blocks per encoder level; the decoder has one more."""
    attention_levels: tuple[int, ...] = (0, 1, 2)
    """Levels with transformers; the middle block always has them."""
    head_width: int = 64
    """Channels of one attention head."""
    first_heads: int = 8
    """Heads of the first temporal transformer, whose inner width is first_heads * head_width."""
    context_width: int = 1024
    """Channels of one text token."""
    dropout: float = 0.0
    """Of the residual blocks; matters in training only (published: 0.1)."""

    def __post_init__(self) -> None:
        if self.width % 32:
            raise ValueError(f"width is {self.width}, need a multiple of 32")
        if self.width < self.head_width:
            raise ValueError(f"width is {self.width}, need at least one head of {self.head_width}")
        if any(not 0 <= level < len(self.multipliers) for level in self.attention_levels):
            raise ValueError(f"attention levels {self.attention_levels} of {len(self.multipliers)} levels")

    @property
    def time_width(self) -> int:
        """Channels of the time embedding."""
        return 4 * self.width

    @property
    def grid(self) -> int:
        """Step g of the legal latent sizes: height = 2 (mod g), width = 0 (mod g)."""
        return 2 ** (len(self.multipliers) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextConfig:
    """Sizes of the CLIP text tower (defaults: open_clip ViT-H-14)."""

    context_length: int = 77
    """Tokens per prompt."""
    vocabulary: int = 49408
    """Rows of the token table."""
    width: int = 1024
    """Channels of one token."""
    heads: int = 16
    layers: int = 24
    """Published layers; the last one and the projection are in the file, but are not used."""
    projection: int = 1024
    """Columns of the unused text projection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VaeConfig:
    """Sizes of the temporal-decoder VAE (defaults: Stable Video Diffusion)."""

    block_channels: tuple[int, ...] = (128, 256, 512, 512)
    """Channels of each level; every level but the last halves the grid."""
    layers_per_block: int = 2
    latent_channels: int = 4
    scaling_factor: float = 0.18215
    """Latent = posterior sample times this."""
    sample_size: int = 768
    """Written into the published config; changes nothing."""

    @property
    def stride(self) -> int:
        """Pixels per latent pixel along each axis."""
        return 2 ** (len(self.block_channels) - 1)
