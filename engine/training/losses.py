"""What a restored picture is punished for."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.training.config import DetailConfig

CHARBONNIER_EPSILON = 1e-3
NEIGHBOURHOOD = 16  # ground-truth pixels that share one energy of fine detail
ENERGY_FLOOR = 0.3  # squared levels; rounding to 8 bit alone leaves 1/12
MARGIN = 16  # pixels mirrored around a picture before its spectrum is cut
UNSHARP_SIGMA = 1.5  # ground-truth pixels: passes what lies near and above the Nyquist frequency of an x4 lq


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactMotion:
    """The known motion of n consecutive frames (dead_leaves.Scene), in the order of time."""

    flow: Tensor
    """(B, n - 1, 2, H, W) float pixels (x, y): where what is seen in frame t lies in frame t + 1."""
    visible: Tensor
    """(B, n - 1, 1, H, W) bool: it is seen there."""
    backwards: Tensor
    """(B,) bool: the clips that come with it run from the last frame to the first."""

    def forwards(self, clips: Tensor) -> Tensor:
        """The clips in the order of time: (B, n, 3, H, W)."""
        return torch.where(self.backwards.view(-1, 1, 1, 1, 1), clips.flip(1), clips)


def fidelity_loss(fidelity: Tensor, gt: Tensor, temporal: float, motion: ExactMotion | None = None) -> Tensor:
    """Charbonnier, plus the flicker where it has weight; (B, n, 3, H, W) float in [0, 1]."""
    loss = charbonnier(fidelity, gt)
    return loss + temporal * _flicker(fidelity, gt, motion) if temporal else loss


def detail_loss(
    detailed: Tensor, gt: Tensor, settings: DetailConfig, motion: ExactMotion | None = None
) -> Tensor:
    """What fidelity + detail is punished for: (B, n, 3, H, W) float in [0, 1] to a scalar.

    The target is the sharpened ground truth (Real-ESRGAN, Wang et al. 2021, section 3.4). Its conditional mean
    is the fidelity picture with its own fine detail raised, so the detail is orthogonal to the fidelity end's
    error and PSNR falls with every bit of it that the slider adds (research: sota.md 2.4).
    """
    target = sharpened(gt, gt.new_full((len(gt),), settings.amount))
    return charbonnier(detailed, target) + settings.temporal * _flicker(detailed, target, motion)


def grain_loss(detailed: Tensor, strength: Tensor, gt: Tensor, scale: int) -> Tensor:
    """How badly `strength` fills the energy of fine luma detail that `detailed` lacks; a scalar.

    detailed, gt: (N, 3, H, W) float in [0, 1]; detailed is taken as given. strength: (N, 1, H, W) >= 0, of grain
    with unit variance. Per neighbourhood the deviance of a gamma law, T / mu + log mu, whose minimum is the mean of
    the ground truth's energy: a mean of roots or logarithms would fall short of it.
    """
    wanted = _pooled(fine_luma(gt, scale) ** 2) + ENERGY_FLOOR
    present = _pooled(fine_luma(detailed.detach(), scale) ** 2) + ENERGY_FLOOR
    energy = present + _pooled((255 * strength) ** 2)
    return (wanted / energy + energy.log()).mean()


def fine_luma(pictures: Tensor, scale: int) -> Tensor:
    """What of the luma lies above the lq's Nyquist frequency: (N, 3, H, W) in [0, 1] to (N, 1, H, W) in levels."""
    red, green, blue = pictures.unbind(1)
    luma = F.pad((255 * (0.299 * red + 0.587 * green + 0.114 * blue))[:, None], (MARGIN,) * 4, mode="reflect")
    rows = torch.fft.fftfreq(luma.shape[-2], device=luma.device)[:, None]
    columns = torch.fft.rfftfreq(luma.shape[-1], device=luma.device)[None]
    passed = torch.hypot(rows, columns) > 0.5 / scale
    fine = torch.fft.irfft2(torch.fft.rfft2(luma) * passed, s=luma.shape[-2:])
    return fine[..., MARGIN:-MARGIN, MARGIN:-MARGIN]


def _pooled(energies: Tensor) -> Tensor:
    """Means over overlapping neighbourhoods."""
    return F.avg_pool2d(energies, NEIGHBOURHOOD, NEIGHBOURHOOD // 2)


def charbonnier(output: Tensor, gt: Tensor) -> Tensor:
    """Mean sqrt(d**2 + eps**2) (Charbonnier et al. 1994): a scalar. Both float in [0, 1], the same shape."""
    return ((output - gt) ** 2 + CHARBONNIER_EPSILON**2).sqrt().mean()


def temporal_difference(output: Tensor, gt: Tensor) -> Tensor:
    """Charbonnier between the frame-to-frame changes of both: flicker costs, motion does not.

    output, gt: (B, n, 3, H, W) float in [0, 1], n >= 2 consecutive frames.
    """
    return charbonnier(output[:, 1:] - output[:, :-1], gt[:, 1:] - gt[:, :-1])


def temporal_difference_along(output: Tensor, gt: Tensor, flow: Tensor, visible: Tensor) -> Tensor:
    """Charbonnier between the changes of both along the motion, over visible pixels: a scalar, 0 where there are none.

    A change is frame t + 1 fetched along the flow to t, minus frame t: the flicker residual of engine/metrics, which
    is the warping error of Lai et al. (2018), equation 8, of output - gt, with Charbonnier's root for its square.
    output, gt: (B, n, 3, H, W) float in [0, 1], n >= 2 consecutive frames; flow, visible: as in ExactMotion.
    Pixels whose way leads out of the picture do not count either.
    """
    error = output - gt
    fetched, inside = _fetched(error[:, 1:].flatten(0, 1), flow.flatten(0, 1).to(error.dtype))
    residual = fetched - error[:, :-1].flatten(0, 1)
    seen = (visible.flatten(0, 1) & inside).expand_as(residual)
    return ((residual**2 + CHARBONNIER_EPSILON**2).sqrt() * seen).sum() / seen.sum().clamp(min=1)


def _flicker(output: Tensor, gt: Tensor, motion: ExactMotion | None) -> Tensor:
    """The temporal term: along the motion where it is known."""
    if motion is None:
        return temporal_difference(output, gt)
    clips = motion.forwards(output), motion.forwards(gt)
    return temporal_difference_along(*clips, motion.flow, motion.visible)


def _fetched(pictures: Tensor, flow: Tensor) -> tuple[Tensor, Tensor]:
    """Pictures (N, C, H, W) along a flow (N, 2, H, W), bilinear, and (N, 1, H, W) bool: where it stays inside."""
    extent = flow.new_tensor([pictures.shape[-1], pictures.shape[-2]]) - 1
    rows, columns = (torch.arange(n, device=flow.device, dtype=flow.dtype) for n in pictures.shape[-2:])
    places = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), -1) + flow.movedim(1, -1)
    inside = ((places >= 0) & (places <= extent)).all(-1)[:, None]
    grid = 2 * places / extent - 1
    return F.grid_sample(pictures, grid, padding_mode="border", align_corners=True), inside


def sharpened(clips: Tensor, amounts: Tensor) -> Tensor:
    """Unsharp masking, clip + amount * (clip - Gaussian(clip)), not clamped.

    clips: (B, n, 3, H, W) float in [0, 1]. amounts: (B,) float, >= 0.
    """
    pictures = clips.flatten(0, 1)
    reach = round(3 * UNSHARP_SIGMA)
    taps = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, device=clips.device) / UNSHARP_SIGMA) ** 2)
    taps = (taps / taps.sum()).expand(3, 1, 1, -1)
    padded = F.pad(pictures, (reach,) * 4, mode="replicate")
    blurred = F.conv2d(F.conv2d(padded, taps, groups=3), taps.mT, groups=3)
    return clips + amounts.view(-1, 1, 1, 1, 1) * (clips - blurred.view_as(clips))
