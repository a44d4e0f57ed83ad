"""What the GPU bench runs: the published networks and the clips of the issue's rows, or tiny ones for its tests."""

from dataclasses import dataclass, field

from engine.models.diffvsr.config import UNetConfig
from engine.models.diffvsr.config import VaeConfig as TeVaeConfig
from engine.models.star.config import NetworkConfig
from engine.models.star.config import VaeConfig as StarVaeConfig
from engine.models.star.frames import legal_padding
from engine.models.star_cogvideox.config import TransformerConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of frames, pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Networks and clips; the defaults are the published and the promised ones."""

    star: NetworkConfig = field(default_factory=NetworkConfig)
    star_vae: StarVaeConfig = field(default_factory=StarVaeConfig)
    star_window: int = 32
    star_frames: int = 72
    """Of the clip; published memory: 39 GB for 72 frames of 426x240 to 1704x960."""
    large: Size = field(default_factory=lambda: Size(width=1704, height=960))
    """Results of the 426x240 clip at x4."""
    hd: Size = field(default_factory=lambda: Size(width=1280, height=720))
    small: Size = field(default_factory=lambda: Size(width=640, height=480))
    """A result below 720p: the published procedure pads it to 1280x720."""
    diffvsr: UNetConfig = field(default_factory=UNetConfig)
    te_vae: TeVaeConfig = field(default_factory=TeVaeConfig)
    diffvsr_lq: Size = field(default_factory=lambda: Size(width=320, height=180))
    cogvideox: TransformerConfig = field(default_factory=TransformerConfig)
    compact_lq: Size = field(default_factory=lambda: Size(width=960, height=540))
    compact_frames: int = 96
    """At most as many as the demo clip has."""
    training_frames: int = 8
    training: Size = field(default_factory=lambda: Size(width=320, height=336))
    """A size that the U-Net accepts: 42 x 40 latent pixels."""
    memory_bytes: int = 8 << 30
    """Of the rows within a small card's memory."""
    compiler: str = "inductor"
    """Backend of torch.compile."""
    probe: int = 8192
    """Edge of the matrices that tell the card's ceilings."""

    def latent(self, size: Size) -> tuple[int, int]:
        """Rows and columns of the latent grid that STAR restores a size on."""
        padding = legal_padding(size.height, size.width, self.star, self.star_vae)
        stride = self.star_vae.stride
        return (size.height + padding.bottom) // stride, (size.width + padding.right) // stride


FULL = Sizes()
