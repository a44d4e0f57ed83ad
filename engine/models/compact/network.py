"""The embedded default's network: five lq frames in, a fidelity picture and a detail residual out."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

BASE_RADIUS = 2  # a cubic kernel reaches 2 lq pixels: 5 taps cover every output phase of an integer scale
STRENGTH_UNIT = 0.02  # a strength before training is softplus(0) of this: 3.5 levels of 255
# Of a strength, in parts of white, what is shown: little missing texture is left missing (grain on a wall is noise),
# much is given more, up to a limit (at a contour it would be grit). Chosen by eye and by the energy of fine detail on
# the development clips: see resources/weights/README.md.
GRAIN_THRESHOLD, GRAIN_LIMIT = 1 / 255, 11 / 255
GRAIN_FOR_DAMAGE = (
    0.08  # more of it at condition 1: what the codec took, the trunk's detail does not bring back
)
LEAK = 0.1  # LeakyReLU, not PReLU: the same quality here and 1.3x faster on CPU (research/default_model.md 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactConfig:
    """Sizes of one CompactNet. 48 channels and 6 blocks are 277 K parameters without the detail head."""

    channels: int = 48
    """Width of the trunk, > 0; multiples of 16 use the hardware best."""
    blocks: int = 6
    """Residual blocks of two 3x3 convolutions each, > 0."""
    frames: int = 5
    """Stacked lq frames, odd; the middle one is restored."""
    scale: int = 4
    """Integer enlargement, >= 2."""
    detail_head: bool = False
    """Whether the network has the second head D."""
    grain: bool = False
    """Whether the second head also says how much fine texture the lq has lost, to be filled with grain."""
    grain_gain: float = 2.2
    """Of the strength above GRAIN_THRESHOLD, how much is shown."""

    def __post_init__(self) -> None:
        if min(self.channels, self.blocks, self.frames) < 1:
            raise ValueError(f"CompactConfig: channels, blocks and frames must be positive, found {self}")
        if self.frames % 2 == 0:
            raise ValueError(f"CompactConfig: frames must be odd, found {self.frames}")
        if self.scale < 2:
            raise ValueError(f"CompactConfig: scale must be 2 or more, found {self.scale}")


class CompactNet(nn.Module):
    """Early fusion, a residual trunk, and two heads over a fixed bicubic base.

    The picture for the slider's beta is `fidelity + a(beta) * detail` with a(0) = 1, a(1) = a1, a(2) = 0.
    """

    base_kernel: Tensor
    base_phases: Tensor
    phase_order: Tensor

    def __init__(self, config: CompactConfig) -> None:
        super().__init__()
        self.config = config
        width, out_channels = config.channels, 3 * config.scale**2
        self.fusion = nn.Conv2d(3 * config.frames + 1, width, 3, padding=1)
        self.trunk = nn.Sequential(*(ResidualBlock(width) for _ in range(config.blocks)))
        self.fidelity_head = nn.Conv2d(width, out_channels, 3, padding=1)
        self.register_buffer("base_kernel", bicubic_phases(config.scale), persistent=False)
        order = torch.arange(out_channels).view(3, -1).T.reshape(-1)
        self.register_buffer("phase_order", order, persistent=False)
        self.register_buffer("base_phases", _ungrouped(self.base_kernel)[order], persistent=False)
        _set_to_zero(self.fidelity_head)
        nn.init.normal_(self.fidelity_head.weight, std=1e-3)  # training starts near the bicubic base
        extra = config.scale**2 if config.grain else 0
        self.detail_head = DetailHead(width, out_channels + extra) if config.detail_head else None

    @property
    def radius(self) -> int:
        """Lq pixels an output pixel can see in each direction: the halo that makes tiled equal untiled."""
        return 2 + 2 * self.config.blocks + (1 if self.config.detail_head else 0)

    def forward(
        self, lq: Tensor, condition: Tensor, grain: Tensor | None = None, *, want_detail: bool = True
    ) -> tuple[Tensor, Tensor | None]:
        """Restore the middle frame.

        lq: (B, F, 3, h, w) float in [0, 1]. condition: (B,) float in [0, 1], 0 clean, 1 compressed or noisy.
        grain: (B, 1, s*h, s*w) float of unit variance, or None for detail without it.
        Gives fidelity (B, 3, s*h, s*w), nominally in [0, 1] but not clamped, and detail (same shape, a signed
        residual around 0) or None without a detail head or where it is not wanted. Device and dtype of lq.
        """
        fidelity, detail, strength = self.ends(lq, condition, want_detail=want_detail)
        if detail is not None and strength is not None and grain is not None:
            detail = torch.addcmul(detail, self._shown(strength, condition), grain)
        return fidelity, detail

    def blended(self, lq: Tensor, condition: Tensor, grain: Tensor | None, amount: float) -> Tensor:
        """What `fidelity + amount * detail` of `forward` is, for one place of the slider: (B, 3, s*h, s*w).

        Everything is added before the pixels are spread, and the ends come phase by phase, so that a picture's three
        colours lie side by side from the start: less time than `forward`, equal but for rounding.
        """
        features, head, order = self._features(lq, condition), self.fidelity_head, self.phase_order
        assert head.bias is not None
        ends = self._base(lq[:, lq.shape[1] // 2], self.base_phases, groups=1)
        ends = ends.add_(F.conv2d(features, head.weight[order], head.bias[order], padding=1))
        if self.detail_head is None or amount == 0:
            return _spread(ends, self.config.scale)
        hidden, last = self.detail_head.hidden(features), self.detail_head.second
        assert last.bias is not None
        ends = ends.add_(F.conv2d(hidden, last.weight[order], last.bias[order], padding=1), alpha=amount)
        picture = _spread(ends, self.config.scale)
        if grain is None or not self.config.grain:
            return picture
        texture = slice(len(order), None)
        found = F.conv2d(hidden, last.weight[texture], last.bias[texture], padding=1)
        shown = self._shown(F.softplus(found) * STRENGTH_UNIT, condition).mul_(amount)
        return picture.add_(_spread(shown, self.config.scale).mul_(grain))

    def _shown(self, strength: Tensor, condition: Tensor) -> Tensor:
        """How much of the grain is shown where so much texture is missing: any shape, pixel by pixel."""
        shown = (strength - GRAIN_THRESHOLD).mul_(self.config.grain_gain).clamp_(0, GRAIN_LIMIT)
        return shown.mul_(1 + GRAIN_FOR_DAMAGE * condition.to(shown.dtype).view(-1, 1, 1, 1))

    def ends(
        self, lq: Tensor, condition: Tensor, *, want_detail: bool = True
    ) -> tuple[Tensor, Tensor | None, Tensor | None]:
        """Fidelity and detail as forward gives them, but the grain's strength (B, 1, s*h, s*w) >= 0 apart."""
        features = self._features(lq, condition)
        base = self._base(lq[:, lq.shape[1] // 2], self.base_kernel, groups=3)
        fidelity = F.pixel_shuffle(self.fidelity_head(features) + base, self.config.scale)
        if self.detail_head is None or not want_detail:
            return fidelity, None, None
        found = F.pixel_shuffle(self.detail_head(features), self.config.scale)
        if not self.config.grain:
            return fidelity, found, None
        strength = found[:, 3:].contiguous()  # softplus is five times slower on every fourth number
        return fidelity, found[:, :3], F.softplus(strength) * STRENGTH_UNIT

    def _features(self, lq: Tensor, condition: Tensor) -> Tensor:
        """What both heads see: (B, C, h, w)."""
        n_batch, n_frames, _, height, width = lq.shape
        plane = condition.to(lq.dtype).view(n_batch, 1, 1, 1).expand(n_batch, 1, height, width)
        stack = torch.cat([lq.reshape(n_batch, 3 * n_frames, height, width), plane], dim=1)
        return self.trunk(F.leaky_relu(self.fusion(stack), LEAK, inplace=True))

    def _base(self, centre: Tensor, kernel: Tensor, groups: int) -> Tensor:
        """Bicubic phases of the middle frame before the shuffle: (B, 3, h, w) to (B, 3*s*s, h, w)."""
        padded = F.pad(centre, (BASE_RADIUS,) * 4, mode="replicate")
        padded = padded.contiguous(memory_format=torch.channels_last)  # as the trunk's features lie
        with torch.autocast(centre.device.type, enabled=False):  # 8 mantissa bits would quantise the picture
            return F.conv2d(padded, kernel.to(centre.dtype), groups=groups)


class ResidualBlock(nn.Module):
    """x + conv(leaky(conv(x)))."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        with torch.no_grad():
            self.second.weight.mul_(0.1)  # a deep sum of blocks starts near the identity

    def forward(self, features: Tensor) -> Tensor:
        """features: (B, C, h, w) float, any range; same shape back."""
        return self.second(F.leaky_relu(self.first(features), LEAK, inplace=True)).add_(features)


class DetailHead(nn.Module):
    """Two convolutions from the trunk's features to detail and strength of grain; starts at zero."""

    def __init__(self, width: int, out_channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, out_channels, 3, padding=1)
        _set_to_zero(self.second)

    def forward(self, features: Tensor) -> Tensor:
        """features: (B, C, h, w) float; gives (B, out_channels, h, w), before the pixel shuffle."""
        return self.second(self.hidden(features))

    def hidden(self, features: Tensor) -> Tensor:
        """Between the two convolutions: (B, C, h, w)."""
        return F.leaky_relu(self.first(features), LEAK, inplace=True)


def _set_to_zero(module: nn.Module) -> None:
    """All parameters to zero, in place."""
    for parameter in module.parameters():
        nn.init.zeros_(parameter)


def bicubic_phases(scale: int) -> Tensor:
    """Bicubic enlargement as one grouped convolution before a pixel shuffle: (3*s*s, 1, 5, 5) float32.

    Keys (1981, equation 4) with a = -0.5, the kernel PIL and torch's antialiased resize use.
    """
    phases = (torch.arange(scale, dtype=torch.float64) + 0.5) / scale - 0.5
    taps = torch.arange(-BASE_RADIUS, BASE_RADIUS + 1, dtype=torch.float64)
    rows = _cubic(taps[None, :] - phases[:, None])
    kernel = rows[:, None, :, None] * rows[None, :, None, :]
    return kernel.reshape(scale**2, 1, 5, 5).repeat(3, 1, 1, 1).float()


def _ungrouped(kernel: Tensor) -> Tensor:
    """The kernel of a convolution in three groups, (3*n, 1, k, k), as one without groups: (3*n, 3, k, k)."""
    own = torch.eye(3).repeat_interleave(len(kernel) // 3, dim=0)
    return own[:, :, None, None] * kernel


def _spread(ends: Tensor, scale: int) -> Tensor:
    """A pixel shuffle of channels that come phase by phase: (B, s*s*C, h, w) to (B, C, s*h, s*w)."""
    n_batch, _, height, width = ends.shape
    phases = ends.permute(0, 2, 3, 1).reshape(n_batch, height, width, scale, scale, -1)
    lines = phases.permute(0, 1, 3, 2, 4, 5).reshape(n_batch, scale * height, scale * width, -1)
    return lines.permute(0, 3, 1, 2)


def _cubic(distance: Tensor) -> Tensor:
    """Keys' cubic convolution kernel, a = -0.5, at signed distances in lq pixels."""
    x = distance.abs()
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return torch.where(x <= 1, near, torch.where(x < 2, far, torch.zeros_like(x)))
