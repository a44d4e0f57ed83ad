"""STAR's control network and the U-Net that it steers: the module whose state dict is published."""

from itertools import islice

import torch
from torch import Tensor, nn

from engine.models.star.config import NetworkConfig
from engine.models.star.unet import (
    Encoder,
    Reuse,
    SpatialTransformer,
    TemporalTransformer,
    VideoUNet,
    join_frames,
)


class VideoControlNet(Encoder):
    """A second encoder, of the noisy and the lq latent (ControlNet, Zhang et al. 2023, for video)."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config)
        self.zero_convs = nn.ModuleList(nn.ModuleList([nn.Conv2d(c, c, 1)]) for c in self.block_channels)
        last = self.block_channels[-1]
        self.middle_block_out = nn.ModuleList([nn.Conv2d(last, last, 1)])
        self.input_hint_block = nn.Conv2d(config.in_channels, config.width, 3, padding=1)

    def forward(
        self,
        x: Tensor,
        t: Tensor,
        context: Tensor,
        hint: Tensor | None,
        reuse: Reuse | None = None,
    ) -> list[Tensor]:
        """One (B*T, C, H', W') tensor per encoder block, the middle block's last.

        x, hint: (B, in_channels, T, H, W); t: (B,); context: (B, S, context_width). Without a hint nothing is
        added after the first convolution; the network still runs. reuse: with a deep half of another call, the
        first level's blocks alone.
        """
        n_clips, _, n_frames = x.shape[:3]
        time, text = self.embed(t, context, n_frames)
        h = self.input_blocks[0][0](join_frames(x))  # type: ignore[index]
        if hint is not None:
            h = h + self.input_hint_block(join_frames(hint))
        outlets = [conv[0] for conv in self.zero_convs] + [self.middle_block_out[0]]  # type: ignore[index]
        prelude = None
        if reuse is not None and self.has_prelude:
            prelude = reuse.prelude("control", h, lambda: self.begin(h, time, n_clips))
        results = self.encode(h, time, text, n_clips, prelude)
        if reuse is not None and reuse.deep is not None:
            outlets, results = outlets[: self.shallow_blocks], islice(results, self.shallow_blocks)
        return [outlet(result) for outlet, result in zip(outlets, results, strict=True)]


class ControlledUNet(VideoUNet):
    """The published module: U-Net keys at the root, those of the control network under "VideoControlNet."."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config)
        self.VideoControlNet = VideoControlNet(config)

    def forward(
        self, x: Tensor, t: Tensor, context: Tensor, hint: Tensor | None, reuse: Reuse | None = None
    ) -> Tensor:
        """Velocity (B, out_channels, T, H, W) of the noisy latent x.

        x, hint: (B, in_channels, T, H, W) in the weights' dtype, height = 2 and width = 0 modulo config.grid;
        t: (B,) int64 in 0..999; context: (B, S, context_width). hint is the lq latent, scaled like x0.
        reuse: what is taken from other calls, and left for them.
        """
        if reuse is None:
            return self.denoise(x, t, context, self.VideoControlNet(x, t, context, hint))
        if reuse.control is not None:
            control = [features.to(x.dtype) for features in reuse.control]
        else:
            control = self.VideoControlNet(x, t, context, hint, reuse)
        reuse.left_control = control if reuse.keeps_control else None
        return self.denoise(x, t, context, control, reuse)


FRAMES_PER_PART, PIXELS_PER_PART = 2, 1024
"""At these a call's peak is set by the convolutions and skips (measured: BENCHMARKS.md, Memory of one call)."""


def bound_memory(
    network: nn.Module, *, frames_per_part: int = FRAMES_PER_PART, pixels_per_part: int = PIXELS_PER_PART
) -> None:
    """Make transformers work on parts of their independent rows; 0: all at once. Results stay the same."""
    for module in network.modules():
        if isinstance(module, SpatialTransformer):
            module.rows_per_part = frames_per_part
        elif isinstance(module, TemporalTransformer):
            module.rows_per_part = pixels_per_part


def build_on_meta(config: NetworkConfig) -> ControlledUNet:
    """The network without memory for its weights: for its keys and shapes, and to assign weights to."""
    with torch.device("meta"):
        return ControlledUNet(config)
