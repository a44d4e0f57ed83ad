"""Colours of the result follow those of the source.

AdaIN moves mean and spread of every channel to the source's (Huang & Belongie 2017, eq. 8). Frame by frame it
flickers, because the statistics do; `match_colors` therefore smooths the correction over time.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

SMOOTHING = 0.9
"""Share of the frame before in a frame's correction: a time constant of about ten frames, 0.4 s of film."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ColorState:
    """The correction in force after a frame: result * gain + offset."""

    gain: Tensor
    """(3,) float32."""
    offset: Tensor
    """(3,) float32."""


class ColorStatistics(NamedTuple):
    """What is matched, frame by frame."""

    mean: Tensor
    """(T, 3) float32."""
    spread: Tensor
    """(T, 3) float32, standard deviation."""

    def of(self, start: int, stop: int) -> "ColorStatistics":
        """Those of frames [start, stop)."""
        return ColorStatistics(mean=self.mean[start:stop], spread=self.spread[start:stop])


def statistics(frames: Tensor) -> ColorStatistics:
    """Channel means and spreads of (T, 3, H, W) float frames in [0, 1]."""
    pixels = frames.flatten(2).float()
    return ColorStatistics(mean=pixels.mean(-1), spread=(pixels.var(-1) + 1e-5).sqrt())


def match_colors(
    frames: Tensor, source: ColorStatistics, state: ColorState | None, *, smoothing: float = SMOOTHING
) -> tuple[Tensor, ColorState]:
    """frames with the source's channel means and spreads, and the state to give with the next frames.

    frames: (T, 3, H, W) float in [0, 1]; source: of T frames, on the same device.
    state: None at the start of a shot. How a shot is cut into calls does not change the result: a frame's
    correction is smoothing times that of the frame before plus (1 - smoothing) times its own.
    """
    if not len(frames):
        raise ValueError("no frames to match")
    gains, offsets = _correction(frames, source)
    matched = torch.empty_like(frames)
    for i in range(len(frames)):
        if state is not None:
            gains[i] = smoothing * state.gain + (1 - smoothing) * gains[i]
            offsets[i] = smoothing * state.offset + (1 - smoothing) * offsets[i]
        state = ColorState(gain=gains[i], offset=offsets[i])
        matched[i] = frames[i] * gains[i, :, None, None] + offsets[i, :, None, None]
    return matched.clamp_(0, 1), ColorState(gain=gains[-1], offset=offsets[-1])


def match_statistics(frames: Tensor, source: Tensor) -> Tensor:
    """AdaIN frame by frame, as published; frames and source: (T, 3, any, any) float in [0, 1]."""
    gains, offsets = _correction(frames, statistics(source))
    return (frames * gains[..., None, None] + offsets[..., None, None]).clamp(0, 1)


def match_low_band(frames: Tensor, source: Tensor, levels: int = 5) -> Tensor:
    """Detail of frames on the low band of source (a-trous wavelet); both (T, 3, H, W) float in [0, 1]."""
    return (frames - low_band(frames, levels) + low_band(source, levels)).clamp(0, 1)


def low_band(frames: Tensor, levels: int = 5) -> Tensor:
    """frames: (T, 3, H, W) without the detail of the finest `levels` octaves."""
    for level in range(levels):
        frames = blur(frames, 2**level)
    return frames


def blur(frames: Tensor, radius: int) -> Tensor:
    """(T, C, H, W) convolved with [1 2 1] x [1 2 1] / 16 at a spacing of radius, borders replicated."""
    row = torch.tensor([0.25, 0.5, 0.25], dtype=frames.dtype, device=frames.device)
    kernel = (row[:, None] * row).expand(frames.shape[1], 1, 3, 3)
    padded = F.pad(frames, (radius,) * 4, mode="replicate")
    return F.conv2d(padded, kernel, dilation=radius, groups=frames.shape[1])


def _correction(frames: Tensor, source: ColorStatistics) -> tuple[Tensor, Tensor]:
    found = statistics(frames)
    gain = source.spread / found.spread
    return gain, source.mean - gain * found.mean
