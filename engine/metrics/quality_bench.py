"""`evenstar bench --quality`: what the embedded model owes, measured on clips with ground truth."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from engine.cancel import CancelToken
from engine.condition import estimate_condition
from engine.device import memory_budget, place
from engine.errors import SettingsError
from engine.events import ignore
from engine.lq_view import LqView
from engine.media.frames import FrameBatch
from engine.media.probe import probe
from engine.media.reader import Reader
from engine.media.survey import survey
from engine.metrics.cost_bench import measure_cost
from engine.metrics.development import QualityRow, enlarged, quality_row, trials
from engine.metrics.flow import Flow, flows
from engine.metrics.slider_bench import AtBeta, sheet_crops, shuffled_sheet, slider_table, study
from engine.models.registry import DEFAULT, spec_of
from engine.models.restorer import LiveRestorer, RestoreRequest
from engine.models.slot import slot
from engine.plan import Shot, make_plan
from engine.settings import RestorationSettings
from engine.stages import to_pixels

SUFFIXES = (".mp4", ".mkv", ".mov", ".avi", ".webm")
MOST_FRAMES = 120
"""Of a clip: enough for a mean, bounded in memory."""

SHEET_SEED = 6
"""Of the order of crops in the sheet."""

Frames = NDArray[np.uint8]


def measure_quality(
    clips: Sequence[Path],
    device: str,
    *,
    scale: int = 4,
    n_frames: int = MOST_FRAMES,
    sheet: Path | None = None,
    model: str = DEFAULT,
) -> list[dict[str, Any]]:
    """Return the tables of an embedded model: against bicubic and Lanczos, along the slider, and its cost.

    clips: ground-truth files, or folders (their gt_* files, or all videos when there are none). The state of
    the source is measured as in a real run, not told. n_frames: of each clip, at most MOST_FRAMES. sheet: where a
    shuffled sheet of crops goes. Raises SettingsError when there is no clip.
    """
    files = ground_truth_files(clips)
    if not files:
        raise SettingsError("give ground-truth clips, or a folder that holds some")
    rows, conditions, studies, crops = [], [], [], []
    paths: dict[str, list[Flow]] = {}
    for name, degradation, gt, lq in trials(
        [(path.stem, read_frames(path, n_frames)) for path in files], scale
    ):
        condition = estimate_condition(lq[:: max(len(lq) // 5, 1)])
        at_beta = restore_frames(lq, device, condition, scale, model)
        if name not in paths:
            paths = {name: list(flows(gt))}
        lanczos = enlarged(lq, scale, "lanczos")
        rows.append(quality_row(name, degradation, gt, lq, at_beta(2.0), scale))
        conditions.append(condition)
        studies.append(study(name, degradation, gt, lanczos, at_beta, paths[name], scale))
        crops.append((f"{name}, {degradation}", sheet_crops(gt, lanczos, at_beta)))
    tables = [
        _fidelity_table(rows, conditions, spec_of(model).title, scale),
        slider_table(studies),
        measure_cost(scale),
    ]
    if sheet is not None:
        picture, key = shuffled_sheet(crops, SHEET_SEED)
        cv2.imwrite(str(sheet), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 94])
        tables[1]["notes"] += [f"{sheet} shows {line}" for line in key]
    return tables


def _fidelity_table(
    rows: list[QualityRow], conditions: list[float], title: str, scale: int
) -> dict[str, Any]:
    means = [_mean(rows, degradation) for degradation in ("bicubic", "degraded")]
    return {
        "title": f"PSNR-Y (dB) and SSIM at x{scale}, {title} at beta 2",
        "columns": [
            "clip",
            "input",
            "bicubic",
            "Lanczos",
            "Evenstar",
            "over bicubic",
            "over Lanczos",
            "SSIM bicubic",
            "SSIM Lanczos",
            "SSIM Evenstar",
            "source state",
        ],
        "rows": [*([*_cells(row), state] for row, state in zip(rows, conditions, strict=True)), *means],
        "notes": [
            f"bicubic input: antialiased bicubic x1/{scale}. "
            f"degraded: blur 1.2, bicubic x1/{scale}, noise 4/255, x264 CRF 28.",
            "BT.601 luma 16..235, border 4; bicubic is a = -0.5, Lanczos has 3 lobes.",
        ],
    }


def ground_truth_files(clips: Sequence[Path]) -> list[Path]:
    """Return the files that the arguments mean, folders opened."""
    files: list[Path] = []
    for path in clips:
        if not path.is_dir():
            files.append(path)
            continue
        videos = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES)
        files += [p for p in videos if p.name.startswith("gt_")] or videos
    return files


def read_frames(path: Path, n_frames: int = MOST_FRAMES) -> Frames:
    """Return the first frames of a clip, (T, H, W, 3) uint8 RGB, at most n_frames and MOST_FRAMES."""
    clip = probe(path)
    index = survey(clip, thumb=None, thumb_width=0, cancel=CancelToken())
    with Reader(clip, index, deep=False, deinterlace=False) as reader:
        batches = reader.read(0, min(len(index), n_frames, MOST_FRAMES))
        return np.concatenate([batch.pixels for batch in batches]).astype(np.uint8, copy=False)


def restore_frames(
    lq: Frames,
    device: str,
    condition: float,
    scale: int,
    model: str = DEFAULT,
    restorer: LiveRestorer | None = None,
) -> AtBeta:
    """Restore (T, h, w, 3) uint8 by an embedded model as one shot; gives its 8-bit pictures at any beta.

    restorer: takes the place of `model`; a variant of it, loaded on the same device.
    Both heads of every frame are kept, in half precision: 2 GB for 120 frames of 1280x720.
    """
    spec = spec_of(model)
    placement = place(device, spec.dtypes)
    shot = Shot(start=0, stop=len(lq))
    height, width = lq.shape[1:3]
    budget = memory_budget(placement.device)
    plan = make_plan(spec, [shot], width=width, height=height, budget_bytes=budget, window=1)
    batch = FrameBatch(pixels=lq, pts=np.arange(len(lq)), first=0)
    view = LqView(iter([batch]), 0, torch.device(placement.device))
    loaded = restorer or cast("LiveRestorer", slot.load(spec, placement))
    bases, details = [], []
    for segment in plan.segments:
        request = RestoreRequest(
            segment=segment,
            lq=view,
            plan=plan,
            placement=placement,
            settings=RestorationSettings(),
            scale=scale,
            condition=condition,
        )
        for frame in range(segment.start, segment.stop):
            heads = loaded.heads(request, frame, ignore, CancelToken())
            bases.append(heads.base.cpu())
            details.append(torch.zeros(()) if heads.detail is None else heads.detail.half().cpu())

    def at_beta(beta: float) -> Frames:
        amount = loaded.amount(beta)
        blended = (base + amount * detail.float() for base, detail in zip(bases, details, strict=True))
        pixels = [to_pixels(frame.clamp(0, 1)[None], deep=False) for frame in blended]
        return np.concatenate(pixels).astype(np.uint8, copy=False)

    return at_beta


def _cells(row: QualityRow) -> list[Any]:
    return [
        row.clip,
        row.degradation,
        row.psnr_y_bicubic,
        row.psnr_y_lanczos,
        row.psnr_y_ours,
        row.psnr_y_ours - row.psnr_y_bicubic,
        row.gain,
        row.ssim_bicubic,
        row.ssim_lanczos,
        row.ssim_ours,
    ]


def _mean(rows: list[QualityRow], degradation: str) -> list[Any]:
    columns = zip(*(_cells(row)[2:] for row in rows if row.degradation == degradation), strict=True)
    return ["mean", degradation, *(float(np.mean(column)) for column in columns), ""]
