"""`evenstar bench --quality`: the embedded model at beta 2 against bicubic and Lanczos, on clips with ground truth."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

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
from engine.metrics.development import QualityRow, quality_rows
from engine.models.registry import spec_of
from engine.models.restorer import RestoreRequest
from engine.models.slot import slot
from engine.plan import Shot, make_plan
from engine.settings import RestorationSettings
from engine.stages import to_pixels

SUFFIXES = (".mp4", ".mkv", ".mov", ".avi", ".webm")
MOST_FRAMES = 120
"""Of a clip: enough for a mean, bounded in memory."""

Frames = NDArray[np.uint8]


def measure_quality(clips: Sequence[Path], device: str, beta: float = 2.0) -> dict[str, Any]:
    """Return a table of PSNR-Y and SSIM per clip and degradation.

    clips: ground-truth files, or folders (their gt_* files, or all videos when there are none). The state of
    the source is measured as in a real run, not told. Raises SettingsError when there is no clip.
    """
    files = ground_truth_files(clips)
    if not files:
        raise SettingsError("give ground-truth clips, or a folder that holds some")
    conditions: list[float] = []

    def restored(lq: Frames, _: float) -> Frames:
        conditions.append(estimate_condition(lq[:: max(len(lq) // 5, 1)]))
        return restore_frames(lq, device, beta, conditions[-1])

    found = list(quality_rows([(path.stem, read_frames(path)) for path in files], restored))
    rows = [[*_cells(row), condition] for row, condition in zip(found, conditions, strict=True)]
    means = [_mean(found, degradation) for degradation in ("bicubic", "degraded")]
    return {
        "title": f"PSNR-Y (dB) and SSIM at x4, Compact at beta {beta:g}",
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
        "rows": [*rows, *means],
        "notes": [
            "bicubic input: antialiased bicubic x1/4. degraded: blur 1.2, bicubic x1/4, noise 4/255, x264 CRF 28.",
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


def read_frames(path: Path) -> Frames:
    """Return the first frames of a clip, (T, H, W, 3) uint8 RGB, at most MOST_FRAMES."""
    clip = probe(path)
    index = survey(clip, thumb=None, thumb_width=0, cancel=CancelToken())
    with Reader(clip, index, deep=False, deinterlace=False) as reader:
        batches = reader.read(0, min(len(index), MOST_FRAMES))
        return np.concatenate([batch.pixels for batch in batches]).astype(np.uint8, copy=False)


def restore_frames(lq: Frames, device: str, beta: float, condition: float) -> Frames:
    """Return (T, h, w, 3) uint8 restored at x4 by the embedded model, 8 bit, as one shot."""
    spec = spec_of("compact")
    placement = place(device, spec.dtypes)
    shot = Shot(start=0, stop=len(lq))
    height, width = lq.shape[1:3]
    budget = memory_budget(placement.device)
    plan = make_plan(spec, [shot], width=width, height=height, budget_bytes=budget)
    batch = FrameBatch(pixels=lq, pts=np.arange(len(lq)), first=0)
    view = LqView(iter([batch]), 0, torch.device(placement.device))
    restorer = slot.load(spec, placement)

    def parts() -> Iterator[Frames]:
        for segment in plan.segments:
            request = RestoreRequest(
                segment=segment,
                lq=view,
                plan=plan,
                placement=placement,
                settings=RestorationSettings(beta=beta),
                scale=4,
                condition=condition,
            )
            for frames in restorer.restore(request, ignore, CancelToken()):
                yield to_pixels(frames, deep=False).astype(np.uint8, copy=False)

    return np.concatenate(list(parts()))


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
