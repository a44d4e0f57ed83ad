"""What the slider does to a clip: five places of beta from one run of the network, against the ground truth."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.metrics.fidelity import psnr_y
from engine.metrics.flow import Flow
from engine.metrics.pictures import CROP_HEIGHT, CROP_WIDTH, crop, lively_places
from engine.metrics.sharpness import detail_energies
from engine.metrics.temporal import flicker_residuals, warping_errors

BETAS = (0.0, 0.5, 1.0, 1.5, 2.0)
PSNR_TOLERANCE = 0.02
"""dB that a step of beta towards fidelity may lose."""
DETAIL_RANGE = (0.6, 1.1)
"""Of the ground truth's fine detail, wanted at beta 0."""
CAPTION = 18
"""Pixels above a crop of the sheet."""

Frames = NDArray[np.uint8]
AtBeta = Callable[[float], Frames]
"""The clip at a place of the slider, (T, H, W, 3) uint8, without another run of the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SliderStudy:
    """One clip under one degradation along the slider."""

    clip: str
    degradation: str
    psnr_y: tuple[float, ...]
    """At BETAS, dB."""
    warping: tuple[float, ...]
    """E*warp at BETAS, thousandths, along the ground truth's flow."""
    detail: tuple[float, ...]
    """Energy of fine detail at BETAS over the ground truth's."""
    warping_gt: float
    flicker_ratio: float
    """Flicker residual at beta 2 over that of Lanczos."""

    @property
    def faults(self) -> list[str]:
        """What the slider owes: PSNR rising, E*warp and detail falling with beta, detail at 0 in its range."""
        rising = all(b > a - PSNR_TOLERANCE for a, b in zip(self.psnr_y, self.psnr_y[1:], strict=False))
        steadier, softer = (
            all(b < a for a, b in itertools.pairwise(values)) for values in (self.warping, self.detail)
        )
        found = [
            name for name, kept in (("PSNR", rising), ("E*warp", steadier), ("detail", softer)) if not kept
        ]
        low, high = DETAIL_RANGE
        if not low <= self.detail[0] <= high:
            found.append(f"detail at 0 outside {low:g}..{high:g}")
        return found


def study(
    clip: str,
    degradation: str,
    gt: Frames,
    lanczos: Frames,
    at_beta: AtBeta,
    paths: Sequence[Flow],
    scale: int,
) -> SliderStudy:
    """Measure one clip along the slider; paths: the flow of its ground truth."""
    wanted = float(np.mean(detail_energies(gt, scale)))
    psnrs, warpings, details, flicker = [], [], [], 0.0
    for beta in BETAS:
        frames = at_beta(beta)
        psnrs.append(psnr_y(frames, gt))
        warpings.append(float(np.mean(warping_errors(frames, paths))))
        details.append(float(np.mean(detail_energies(frames, scale))) / wanted)
        if beta == BETAS[-1]:
            flicker = float(np.mean(flicker_residuals(frames, gt, paths)))
    return SliderStudy(
        clip=clip,
        degradation=degradation,
        psnr_y=tuple(psnrs),
        warping=tuple(warpings),
        detail=tuple(details),
        warping_gt=float(np.mean(warping_errors(gt, paths))),
        flicker_ratio=flicker / float(np.mean(flicker_residuals(lanczos, gt, paths))),
    )


def slider_table(studies: Sequence[SliderStudy]) -> dict[str, Any]:
    """The studies for print_table."""
    return {
        "title": f"The slider at beta {', '.join(f'{beta:g}' for beta in BETAS)}",
        "columns": [
            "clip",
            "input",
            "PSNR-Y",
            "E*warp",
            "E*warp of GT",
            "detail / GT",
            "flicker residual / Lanczos",
            "broken",
        ],
        "rows": [
            [
                s.clip,
                s.degradation,
                _line(s.psnr_y, 2),
                _line(s.warping, 3),
                s.warping_gt,
                _line(s.detail, 2),
                s.flicker_ratio,
                ", ".join(s.faults) or "nothing",
            ]
            for s in studies
        ],
        "notes": [
            "PSNR must rise (tolerance 0.02 dB), E*warp and detail must fall with beta; detail at 0 lies in 0.6..1.1.",
            "detail: luma energy above the lq's Nyquist frequency under a Hann window. E*warp in thousandths.",
            "flicker residual: at beta 2; at most 1.04 of Lanczos's is wanted on degraded clips.",
        ],
    }


def shuffled_sheet(
    crops: Sequence[tuple[str, dict[str, NDArray[np.uint8]]]], seed: int
) -> tuple[NDArray[np.uint8], list[str]]:
    """Crops side by side in an order drawn from `seed`, numbered, and the key.

    crops: for each row its name and pictures by name, (CROP_HEIGHT, CROP_WIDTH, 3) uint8 RGB each. Gives the
    sheet, uint8 RGB, and one line of key a row.
    """
    rng = np.random.default_rng(seed)
    rows, key, number = [], [], 0
    for name, pictures in crops:
        tiles, names = [], [list(pictures)[at] for at in rng.permutation(len(pictures))]
        for picture in names:
            number += 1
            tile = np.full((CROP_HEIGHT + CAPTION, CROP_WIDTH + 4, 3), 255, np.uint8)
            shown = pictures[picture]
            tile[CAPTION : CAPTION + len(shown), : shown.shape[1]] = shown
            cv2.putText(
                tile, str(number), (2, CAPTION - 5), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA
            )
            tiles.append(tile)
        rows.append(np.concatenate(tiles, 1))
        key.append(
            f"{name}: " + ", ".join(f"{number - len(names) + 1 + at} {n}" for at, n in enumerate(names))
        )
    return np.concatenate(rows), key


def sheet_crops(gt: Frames, lanczos: Frames, at_beta: AtBeta) -> dict[str, NDArray[np.uint8]]:
    """The liveliest place of the middle frame: beta 0, beta 2 and Lanczos."""
    middle = len(gt) // 2
    (place,) = lively_places(gt[middle], 1)
    frames = {"beta 0": at_beta(0.0), "beta 2": at_beta(2.0), "Lanczos": lanczos}
    return {name: crop(clip[middle], place) for name, clip in frames.items()}


def _line(values: Sequence[float], digits: int) -> str:
    return " / ".join(f"{value:.{digits}f}" for value in values)
