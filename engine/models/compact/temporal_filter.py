"""Noise that changes from frame to frame is averaged away along the motion, before the network sees the frame."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

WINDOW = 5  # pixels of a level that share one motion, and over which a motion is smoothed after every step
ITERATIONS = 2  # at every level
MOST_LEVELS = 5  # halvings of the frame: motion up to about 2**5 pixels of lq
SMALLEST_SIDE = 12  # pixels of the coarsest level
STIFFNESS = 4.0  # squared levels a pixel: where the gradient has less, the motion around counts
LONGEST_STEP = 1.5  # pixels of a level that one iteration may add
REACH = 1  # neighbours on each side: two of them gave the same for twice the time
MOST = 0.8  # of the mean, at condition 1; chosen on the development clips, see resources/weights/README.md
TRUSTED = (
    5 / 255
)  # difference after alignment up to which a neighbour is believed; from twice that, it is not
GATE_SIDE = 3  # pixels of lq over which that difference is averaged, so that noise alone does not count


def filtered(frames: Tensor, centre: int, condition: float) -> Tensor:
    """The frame at `centre` with a share of the mean of the frames around as seen from there: (3, h, w).

    frames: (F, 3, h, w) float32 in [0, 1] of one shot, any size; REACH of them on each side count. condition in
    [0, 1]: the share is MOST of it, so that a clean source (0) passes untouched. Motion-compensated temporal
    filtering (Dubois and Sabri 1984), not recursive: a frame depends on its window only.
    """
    if condition <= 0:
        return frames[centre]
    first = max(centre - REACH, 0)
    near = frames[first : centre + REACH + 1]
    return torch.lerp(frames[centre], aligned(near, centre - first).mean(0), MOST * condition)


def aligned(frames: Tensor, centre: int) -> Tensor:
    """Every frame as seen at `centre`; where that fails (hidden, cut, too fast), the middle frame itself.

    frames: (F, 3, h, w) float32 in [0, 1] of one shot, any size. Gives the same shape; the middle frame is untouched.
    """
    others = [at for at in range(len(frames)) if at != centre]
    middle, neighbours = frames[centre : centre + 1], frames[others]
    moved = warped(neighbours, flow(middle, neighbours))
    gap = _mean(moved - middle, GATE_SIDE).abs().mean(1, keepdim=True)
    trust = (2 - gap / TRUSTED).clamp(0, 1)
    result = frames.clone()
    result[others] = torch.lerp(middle.expand_as(moved), moved, trust)
    return result


def flow(middle: Tensor, neighbours: Tensor) -> Tensor:
    """Where the middle frame's pixels lie in each neighbour: (N, 2, h, w) pixels (x, y).

    middle: (1, 3, h, w), neighbours: (N, 3, h, w), float32 in [0, 1]. Inverse compositional Lucas-Kanade (Baker and
    Matthews 2004, equations 35 and 36) with a translation per pixel, measured up to half the frame's size.
    """
    pyramid = _pyramid(torch.cat([_luma(middle), _luma(neighbours)]))
    found = torch.zeros(len(neighbours), 2, *pyramid[-1].shape[-2:], device=middle.device)
    for level in reversed(pyramid):
        found = _enlarged(found, level.shape[-2:])
        found = _refined(level[:1], level[1:], found)
    return _enlarged(found, middle.shape[-2:])


def warped(frames: Tensor, flows: Tensor) -> Tensor:
    """frames (N, C, h, w) fetched along flows (N, 2, h, w) in pixels, bilinear, border repeated."""
    height, width = frames.shape[-2:]
    y, x = torch.meshgrid(
        torch.arange(height, device=frames.device, dtype=torch.float32),
        torch.arange(width, device=frames.device, dtype=torch.float32),
        indexing="ij",
    )
    places = torch.stack(
        [(x + flows[:, 0] + 0.5) * (2 / width) - 1, (y + flows[:, 1] + 0.5) * (2 / height) - 1], -1
    )
    return F.grid_sample(frames, places, mode="bilinear", padding_mode="border", align_corners=False)


def _refined(middle: Tensor, neighbours: Tensor, found: Tensor) -> Tensor:
    """A few steps of Lucas-Kanade at one level; all (N or 1, C, h, w)."""
    padded = F.pad(middle, (1, 1, 1, 1), mode="replicate")
    gx = (padded[..., 1:-1, 2:] - padded[..., 1:-1, :-2]) / 2
    gy = (padded[..., 2:, 1:-1] - padded[..., :-2, 1:-1]) / 2
    xx, xy, yy = _mean(torch.cat([gx * gx, gx * gy, gy * gy], 1), WINDOW).unbind(1)
    xx, yy = xx + STIFFNESS, yy + STIFFNESS
    determinant = xx * yy - xy * xy
    for _ in range(ITERATIONS):
        gap = warped(neighbours, found) - middle
        bx, by = _mean(torch.cat([gx * gap, gy * gap], 1), WINDOW).unbind(1)
        step = torch.stack([(yy * bx - xy * by) / determinant, (xx * by - xy * bx) / determinant], 1)
        found = _mean(found - step.clamp(-LONGEST_STEP, LONGEST_STEP), WINDOW)
    return found


def _pyramid(luma: Tensor) -> list[Tensor]:
    """Halvings, the largest first; a frame too small to halve is its own only level."""
    levels = [luma]
    while len(levels) <= MOST_LEVELS and min(levels[-1].shape[-2:]) >= 2 * SMALLEST_SIDE:
        levels.append(F.avg_pool2d(levels[-1], 2, ceil_mode=True, count_include_pad=False))
    return levels[1:] or levels


def _enlarged(found: Tensor, size: torch.Size) -> Tensor:
    """A flow on a larger grid, its pixels larger as well."""
    if found.shape[-2:] == size:
        return found
    growth = found.new_tensor([size[1] / found.shape[-1], size[0] / found.shape[-2]]).view(1, 2, 1, 1)
    return F.interpolate(found, size=tuple(size), mode="bilinear", align_corners=False) * growth


def _luma(frames: Tensor) -> Tensor:
    weights = frames.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
    return 255 * (frames * weights).sum(1, keepdim=True)


def _mean(values: Tensor, side: int) -> Tensor:
    """Means over side x side pixels, the border repeated; sums of shifted views are quicker than a pooling here."""
    height, width = values.shape[-2:]
    padded = F.pad(values, (side // 2,) * 4, mode="replicate")
    rows = sum((padded[..., at : at + height, :] for at in range(1, side)), padded[..., :height, :])
    return sum((rows[..., at : at + width] for at in range(1, side)), rows[..., :width]) / side**2
