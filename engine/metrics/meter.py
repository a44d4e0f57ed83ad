"""Everything measured on one clip, frame by frame: memory does not grow with its length."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.metrics.fidelity import luma, psnrs, ssim
from engine.metrics.flow import Flow, FlowSource, dis, flows
from engine.metrics.resample import Kernel, resample
from engine.metrics.sharpness import detail_energies, gradients
from engine.metrics.temporal import (
    background_consistency,
    descriptions,
    flicker_residuals,
    temporal_flickering,
    warping_errors,
)

Frame = NDArray[np.uint8]
RESTORED, GT = "restored", "ground truth"
YARDSTICKS: tuple[Kernel, ...] = ("bicubic", "lanczos")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """What a column of the report means."""

    name: str
    better: str
    """higher, lower, or closer (to the ground truth's own value)."""
    about: str
    """One sentence: definition and unit."""
    rewards_blur: bool = False
    """A blurred film scores better than its ground truth: said wherever the figure is shown."""


PSNR_Y = Metric(name="PSNR-Y", better="higher", about="dB, BT.601 luma 16..235, no border left out.")
PSNR_RGB = Metric(name="PSNR", better="higher", about="dB over the three channels, no border left out.")
SSIM_Y = Metric(name="SSIM", better="higher", about="Luma, Gaussian window of 11 taps (Wang et al. 2004).")
SOURCE = Metric(
    name="source PSNR-Y",
    better="higher",
    about="dB of the picture shrunk to the source's size (mean of areas) against the source: is it the same picture?",
    rewards_blur=True,
)
DETAIL = Metric(
    name="detail", better="closer", about="Luma energy above the source's Nyquist frequency, squared levels."
)
GRADIENT = Metric(name="sharpness", better="closer", about="Mean gradient of the luma, levels a pixel.")
WARPING = Metric(
    name="E*warp",
    better="lower",
    about="1000 x squared difference along the flow over pixels seen in both frames (Lai et al. 2018).",
    rewards_blur=True,
)
FLICKER = Metric(
    name="flicker residual",
    better="lower",
    about="Change along the ground truth's flow that the ground truth does not have, levels of 255.",
)
STEADINESS = Metric(
    name="temporal flickering",
    better="closer",
    about="1 - mean difference of neighbours / 255 (VBench); meant for static scenes.",
    rewards_blur=True,
)
BACKGROUND = Metric(
    name="background consistency",
    better="closer",
    about="Likeness to the frame before and the first (VBench) of 16x16 thumbnails; papers use CLIP features.",
    rewards_blur=True,
)
METRICS = (PSNR_Y, PSNR_RGB, SSIM_Y, SOURCE, DETAIL, GRADIENT, WARPING, FLICKER, STEADINESS, BACKGROUND)
FROM_SECOND_FRAME = (WARPING, FLICKER, STEADINESS, BACKGROUND)
"""They compare neighbours: their first value belongs to frame 1."""


@dataclass(slots=True, kw_only=True)
class Meter:
    """Collects the figures of one clip; feed it with the frames in order."""

    scale: int = 4
    """Output over source, for the frequency where fine detail begins."""
    flow: FlowSource = field(default_factory=dis)
    """What measures the motion."""
    series: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    """Metric name to contestant to one value a frame."""
    _before: dict[str, Frame] = field(default_factory=dict)
    _first: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    def add(self, restored: Frame, gt: Frame | None = None, lq: Frame | None = None) -> None:
        """Measure one frame: (H, W, 3) uint8 RGB each, lq smaller by `scale`."""
        contestants = {RESTORED: restored}
        if lq is not None:
            contestants |= {kernel: enlarged_by(lq, restored.shape, kernel) for kernel in YARDSTICKS}
        if gt is not None:
            contestants[GT] = gt
        for name, frame in contestants.items():
            self._still(name, frame, gt)
            if lq is not None:
                small = cv2.resize(frame, (lq.shape[1], lq.shape[0]), interpolation=cv2.INTER_AREA)
                shrunk = np.asarray(small, np.uint8)[None]
                self._put(SOURCE, name, *psnrs(luma(shrunk), luma(lq[None])))
        if self._before:
            self._moving(contestants, GT if gt is not None else "lanczos" if lq is not None else RESTORED)
        self._before = contestants

    def means(self) -> dict[str, dict[str, float]]:
        """Metric name to contestant to the mean over frames."""
        return {m: {c: float(np.mean(v)) for c, v in of.items()} for m, of in self.series.items()}

    def _still(self, name: str, frame: Frame, gt: Frame | None) -> None:
        picture = frame[None]
        self._put(DETAIL, name, *detail_energies(picture, self.scale))
        self._put(GRADIENT, name, *gradients(picture))
        if gt is None or name == GT:
            return
        self._put(PSNR_Y, name, *psnrs(luma(picture), luma(gt[None])))
        self._put(PSNR_RGB, name, *psnrs(picture, gt[None]))
        self._put(SSIM_Y, name, ssim(luma(frame), luma(gt)))

    def _moving(self, contestants: dict[str, Frame], source: str) -> None:
        """Figures of the step from the frame before, along the flow of `source`."""
        pairs = {name: np.stack([self._before[name], frame]) for name, frame in contestants.items()}
        path: list[Flow] = list(flows(pairs[source], self.flow))
        for name, pair in pairs.items():
            now = descriptions(pair)
            first = self._first.setdefault(name, now[:1])
            self._put(WARPING, name, *warping_errors(pair, path))
            self._put(STEADINESS, name, *temporal_flickering(pair))
            self._put(BACKGROUND, name, background_consistency(np.concatenate([first, now]))[-1])
            if GT in pairs and name != GT:
                self._put(FLICKER, name, *flicker_residuals(pair, pairs[GT], path))

    def _put(self, metric: Metric, contestant: str, *values: float) -> None:
        self.series.setdefault(metric.name, {}).setdefault(contestant, []).extend(values)


def flow_source(*, has_gt: bool, has_lq: bool) -> str:
    """Whose motion the figures along the flow follow, for the report."""
    return "ground truth" if has_gt else "source, enlarged" if has_lq else "restored film itself"


def enlarged_by(lq: Frame, shape: tuple[int, ...], kernel: Kernel) -> Frame:
    """The lq (h, w, 3) at the height and width that `shape` begins with, rounded to 8 bit."""
    values = resample(lq[None], shape[0], shape[1], kernel)[0]
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
