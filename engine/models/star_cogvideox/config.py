"""Every size of STAR on CogVideoX; the defaults are those of CogVideoX-5B."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformerConfig:
    """Sizes of the video transformer."""

    layers: int = 42
    heads: int = 48
    head_width: int = 64
    """Channels of one attention head, a multiple of 8 (rotary: a quarter for time, three eighths each way)."""
    latent_channels: int = 16
    """Channels of the noisy latent and of the predicted velocity; the lq's latent adds as many to the input."""
    patch: int = 2
    """Latent pixels per token along height and width."""
    time_width: int = 512
    """Channels of the time embedding."""
    text_width: int = 4096
    """Channels of one text token."""
    text_length: int = 226
    """Text tokens, padding included."""
    rotary: bool = True
    """Positions rotate queries and keys (5B); False: sines are added to the tokens (2B)."""
    height: int = 60
    """Latent rows of the native size: 480 pixels."""
    width: int = 90
    """Latent columns of the native size: 720 pixels."""

    def __post_init__(self) -> None:
        if self.head_width % 8:
            raise ValueError(f"a head has {self.head_width} channels, need a multiple of 8")
        if self.height % self.patch or self.width % self.patch:
            raise ValueError(
                f"the native latent is {self.height}x{self.width}, need multiples of {self.patch}"
            )

    @property
    def hidden(self) -> int:
        """Channels of one token."""
        return self.heads * self.head_width


@dataclass(frozen=True, slots=True, kw_only=True)
class VaeConfig:
    """Sizes of the causal 3D VAE."""

    block_channels: tuple[int, ...] = (128, 256, 256, 512)
    """Channels of each level; every level but the last halves the grid."""
    layers_per_block: int = 3
    latent_channels: int = 16
    groups: int = 32
    """Groups of every GroupNorm."""
    scaling_factor: float = 0.7
    """Latent = posterior sample times this. diffusers' own default is that of 2B: never rely on it."""

    @property
    def stride(self) -> int:
        """Pixels per latent pixel along height and width."""
        return 2 ** (len(self.block_channels) - 1)


FRAMES_PER_LATENT = 4
"""The first latent of a clip is one frame, every other one four."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextConfig:
    """Sizes of the T5 v1.1 encoder (defaults: XXL)."""

    vocabulary: int = 32128
    """Rows of the token table."""
    width: int = 4096
    """Channels of one token."""
    head_width: int = 64
    inner_width: int = 10240
    """Channels of the hidden layer of a feed-forward network."""
    layers: int = 24
    heads: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What one base model fixes."""

    name: str
    """For messages."""
    transformer: TransformerConfig = field(default_factory=TransformerConfig)
    vae: VaeConfig = field(default_factory=VaeConfig)
    text: TextConfig = field(default_factory=TextConfig)
    snr_shift: float = 1.0
    """Divides the signal-to-noise ratio of every time (Hoogeboom et al. 2023); 1: as it is."""
    dtype: str = "bfloat16"
    """What the base model was trained in, by torch's name."""


FIVE_B = Variant(name="STAR on CogVideoX-5B")

TWO_B = Variant(
    name="STAR on CogVideoX-2B",
    transformer=TransformerConfig(layers=30, heads=30, rotary=False),
    vae=VaeConfig(scaling_factor=1.15258426),
    snr_shift=3.0,
    dtype="float16",
)
"""Sizes of the smaller base; nobody has published weights of STAR for it."""
