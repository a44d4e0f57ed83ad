"""An adapted model beside the default on footage that neither was taught: figures, spread, and what may be said."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.condition import estimate_condition
from engine.metrics.development import Degradation, Frames, enlarged, trials
from engine.metrics.fidelity import psnr_y, ssim_y
from engine.metrics.flow import flows
from engine.metrics.quality_bench import restore_frames
from engine.metrics.temporal import flicker_residuals, warping_errors
from engine.models.restorer import LiveRestorer

BETA = 2.0
"""The fidelity end: what PSNR can judge."""
LEAST_GAIN = 0.05
"""dB: less is nobody's reason to change a model."""
MOST_FLICKER = 1.05
"""Flicker over the default's: a model that flickers more than this is not called better."""
T_95 = (6.31, 2.92, 2.35, 2.13, 2.02, 1.94, 1.90, 1.86, 1.83, 1.81, 1.80)
"""Student's t, one-sided 95 %, for 1 to 11 degrees of freedom (Student 1908)."""
FEWEST = 3
"""Pieces below which no spread can be told."""
PICTURE_SIDE = 216
"""Pixels of a crop in the picture that shows the difference; three of them fit into the dialog."""
PICTURE_GAP = 4

Label = Literal["better", "no better", "worse"]
CONTESTANTS = ("lanczos", "default", "yours")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One contestant on one piece under one degradation."""

    psnr_y: float
    """dB."""
    ssim: float
    warping: float
    """E*warp, thousandths; blur lowers it."""
    flicker: float
    """Flicker that the ground truth does not have, levels of 255."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One piece of film under one degradation."""

    piece: str
    degradation: Degradation
    condition: float
    """As measured on the degraded piece, as in a real run."""
    figures: Mapping[str, Figures]
    """By contestant, see CONTESTANTS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rows allow to say."""

    label: Label
    gain_db: float
    """Mean over pieces of the PSNR-Y over the default's, clean and degraded input alike."""
    margin_db: float | None
    """Half of the 90 % interval around it; None where there are too few pieces to tell."""
    n_ahead: int
    """Pieces on which it has the higher PSNR-Y."""
    n_pieces: int
    flicker_ratio: float
    """Flicker over the default's, mean over rows."""


def verdict(rows: Sequence[Row]) -> Verdict:
    """What may be said of the adapted model.

    "better" needs a mean gain of LEAST_GAIN that is above 0 with 95 % confidence (Student's t over pieces) and no
    more flicker than MOST_FLICKER of the default's. "worse" is said as soon as the mean loss reaches LEAST_GAIN or
    is below 0 with that confidence: doubt speaks for the default. Everything else is "no better".
    """
    pieces = list(dict.fromkeys(row.piece for row in rows))
    gains = np.array([np.mean([_gain(row) for row in rows if row.piece == piece]) for piece in pieces])
    mean, n = float(gains.mean()), len(gains)
    margin = None
    if n >= FEWEST:
        margin = T_95[min(n - 1, len(T_95)) - 1] * float(gains.std(ddof=1)) / n**0.5
    ratio = _mean_flicker(rows, "yours") / max(_mean_flicker(rows, "default"), 1e-9)
    sure = margin is not None
    label: Label = "no better"
    if mean <= -LEAST_GAIN or (margin is not None and mean + margin < 0):
        label = "worse"
    elif sure and mean >= LEAST_GAIN and mean - (margin or 0.0) > 0 and ratio <= MOST_FLICKER:
        label = "better"
    return Verdict(
        label=label,
        gain_db=mean,
        margin_db=margin,
        n_ahead=int((gains > 0).sum()),
        n_pieces=n,
        flicker_ratio=ratio,
    )


def compare(
    pieces: list[tuple[str, Frames]],
    default: LiveRestorer,
    yours: LiveRestorer,
    scale: int,
    device: str,
    on_row: Callable[[int, int], None],
) -> Iterator[tuple[Row, Mapping[str, Frames]]]:
    """Every piece under both degradations of the development protocol, the same lq for all, and its pictures.

    pieces: names with (T, H, W, 3) uint8 ground truth, T >= 2. on_row hears how many rows are done, and of how many.
    """
    paths = {}
    for number, (name, degradation, gt, lq) in enumerate(trials(pieces, scale), 1):
        condition = estimate_condition(lq[:: max(len(lq) // 5, 1)])
        pictures = {
            "lanczos": enlarged(lq, scale, "lanczos"),
            "default": restore_frames(lq, device, condition, scale, restorer=default)(BETA),
            "yours": restore_frames(lq, device, condition, scale, restorer=yours)(BETA),
        }
        if name not in paths:
            paths = {name: list(flows(gt))}
        figures = {
            contestant: Figures(
                psnr_y=psnr_y(frames, gt),
                ssim=ssim_y(frames, gt),
                warping=float(np.mean(warping_errors(frames, paths[name]))),
                flicker=float(np.mean(flicker_residuals(frames, gt, paths[name]))),
            )
            for contestant, frames in pictures.items()
        }
        row = Row(piece=name, degradation=degradation, condition=condition, figures=figures)
        yield row, pictures
        on_row(number, 2 * len(pieces))


def side_by_side(frames: Sequence[Frames]) -> Frames:
    """The liveliest square of the first frame in all of them, left to right with a white gap: uint8 RGB.

    frames: (H, W, 3) uint8 RGB of one size.
    """
    height, width = frames[0].shape[:2]
    side = min(PICTURE_SIDE, height, width)
    grey = cv2.cvtColor(frames[0], cv2.COLOR_RGB2GRAY)
    energy = cv2.boxFilter(np.abs(cv2.Laplacian(grey, cv2.CV_32F)), -1, (side, side))
    half = side // 2
    corners = energy[half : height - side + half + 1, half : width - side + half + 1]
    y, x = (int(at) for at in np.unravel_index(int(np.argmax(corners)), corners.shape))
    gap = np.full((side, PICTURE_GAP, 3), 255, np.uint8)
    parts: list[NDArray[np.uint8]] = []
    for frame in frames:
        parts += [frame[y : y + side, x : x + side], gap]
    return np.concatenate(parts[:-1], 1)


def report(rows: Sequence[Row], found: Verdict) -> dict[str, Any]:
    """Rows and verdict as plain JSON."""
    return {"verdict": asdict(found), "beta": BETA, "rows": [asdict(row) for row in rows]}


def report_table(title: str, measured: Mapping[str, Any]) -> dict[str, Any]:
    """What `report` gave, for print_table."""
    rows = []
    for row in cast("list[dict[str, Any]]", measured["rows"]):
        figures = row["figures"]
        cells = [f"{figures[c]['psnr_y']:.2f}" for c in CONTESTANTS]
        cells += [f"{figures[c]['ssim']:.4f}" for c in CONTESTANTS[1:]]
        cells += [f"{figures[c]['flicker']:.2f}" for c in CONTESTANTS[1:]]
        cells += [f"{figures[c]['warping']:.2f}" for c in CONTESTANTS[1:]]
        rows.append([row["piece"], row["degradation"], *cells])
    return {
        "title": title,
        "columns": [
            "held-back piece",
            "input",
            *("PSNR-Y Lanczos", "default", "yours"),
            *("SSIM default", "yours"),
            *("flicker default", "yours"),
            *("E*warp default", "yours"),
        ],
        "rows": rows,
        "notes": [
            "Fidelity end (beta 2), both models on the same degraded input. PSNR-Y in dB and SSIM: higher is better.",
            "flicker: change the ground truth does not have, levels of 255; E*warp in thousandths: lower is better.",
        ],
    }


def _gain(row: Row) -> float:
    return row.figures["yours"].psnr_y - row.figures["default"].psnr_y


def _mean_flicker(rows: Sequence[Row], contestant: str) -> float:
    return float(np.mean([row.figures[contestant].flicker for row in rows]))
