"""A study: variants of one run, several seeds each, measured on clips that none of them saw; a table and a plot.

Rows are written as they come, and a study that is started again goes on after the last one.
"""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from statistics import mean, stdev
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.metrics.fidelity import psnr_rgb
from engine.metrics.flow import Flow
from engine.metrics.temporal import flicker_residuals, warping_errors
from engine.training.config import ConfigError
from engine.training.degrade import to_uint8
from engine.training.video.clips import Clips, procedural_scene
from engine.training.video.config import ClipsConfig, RunConfig, read_toml, run_of
from engine.training.video.kinds import build_task
from engine.training.video.loop import VideoEvent, seed_step, train_video
from engine.training.video.plot import write_plot
from engine.training.video.start import read_weights
from engine.training.video.tables import read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class PartConfig:
    """A run that others build upon: they name its weights as "{name}"."""

    name: str
    config: str
    """A TOML file beside the study's."""
    once: bool = False
    """The same weights for every seed."""
    folder: str = ""
    """Where it lies, so that studies share it; empty: in the study's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantConfig:
    """One column of the comparison."""

    name: str
    config: str
    """A TOML file beside the study's."""
    value: float | None = None
    """Where it stands on the plot's axis; None: in the order of the file."""
    weights_of: str = ""
    """A variant before this one that was trained alike: its weights are measured otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyConfig:
    """The whole comparison."""

    title: str
    folder: str
    """Where everything goes, relative to the working directory."""
    seeds: tuple[int, ...]
    axis: str
    """What the variants differ in."""
    part: tuple[PartConfig, ...] = ()
    """Runs that come first."""
    variant: tuple[VariantConfig, ...]
    test_clips: int = 12
    """Clips that nothing was trained on."""
    test_steps: int = 10
    """Network evaluations a restoration."""

    def __post_init__(self) -> None:
        if not self.seeds or not self.variant:
            raise ConfigError("study: at least one seed and one [[variant]] are needed")
        names = [variant.name for variant in self.variant]
        for place, variant in enumerate(self.variant):
            if variant.weights_of and variant.weights_of not in names[:place]:
                raise ConfigError(
                    f"study: {variant.name} wants weights of {variant.weights_of}, which is not before it"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one variant with one seed came to, mean over the test clips."""

    variant: str
    seed: int
    psnr: float
    """dB over all colours."""
    warping_error: float
    """E*warp in thousandths along the exact motion (Lai et al. 2018); blur lowers it."""
    flicker: float
    """Flicker that the ground truth does not have, levels of 255."""
    sharpness: float
    """Fine detail over the ground truth's: energy of the Laplacian, 1 is as much."""
    seconds: float
    """CPU time of training and measuring."""


StudyEvent = VideoEvent | Row


def read_study(path: Path) -> tuple[StudyConfig, list[dict[str, Any]]]:
    """A study and, for every variant, the tables that it puts over those of its run; raises ConfigError."""
    tables = read_toml(path)
    tables.pop("kind")
    changes = [entry.pop("set", {}) for entry in tables.get("variant", [])]
    return read_table(StudyConfig, tables, "study"), changes


def run_study(
    path: Path, *, on_event: Callable[[StudyEvent], None], is_cancelled: Callable[[], bool] = lambda: False
) -> Path:
    """Do what is missing of a study; gives its table (Markdown). A cancelled one keeps its rows.

    Raises ConfigError, ModelError, OSError.
    """
    study, changes = read_study(path)
    folder = Path(study.folder)
    folder.mkdir(parents=True, exist_ok=True)
    rows, table, run = _read_rows(folder / "rows.csv"), folder / "table.md", None
    for seed in study.seeds:
        weights = _train_parts(path, study, seed, on_event, is_cancelled)
        for variant, change in zip(study.variant, changes, strict=True):
            if is_cancelled():
                return table
            place = _variant_place(folder, variant.weights_of or variant.name, seed)
            run = declared_run(path.with_name(variant.config), change, weights, place, seed)
            if any((row.variant, row.seed) == (variant.name, seed) for row in rows):
                continue
            begin, finished = time.process_time(), place / "weights.safetensors"
            if not variant.weights_of:
                train_video(run, on_event=on_event, is_cancelled=is_cancelled)
            if is_cancelled():
                return table
            row = measure(run, finished, study, variant.name, seed)
            rows.append(replace(row, seconds=time.process_time() - begin))
            _append(folder / "rows.csv", rows[-1])
            on_event(rows[-1])
            _publish(study, rows, "")
    if run is not None:
        _publish(study, rows, measure_bounds(run, study))
    return table


def _train_parts(
    path: Path,
    study: StudyConfig,
    seed: int,
    on_event: Callable[[StudyEvent], None],
    is_cancelled: Callable[[], bool],
) -> dict[str, str]:
    """The weights of every part, by its name, as far as it was not cancelled."""
    weights: dict[str, str] = {}
    for part in study.part:
        place = _place_of(Path(study.folder), part, seed)
        own_seed = study.seeds[0] if part.once else seed
        run = declared_run(path.with_name(part.config), {}, weights, place, own_seed)
        if not is_cancelled():
            weights[part.name] = str(train_video(run, on_event=on_event, is_cancelled=is_cancelled))
    return weights


def _publish(study: StudyConfig, rows: list[Row], bounds: str) -> None:
    """Write table and plot."""
    folder = Path(study.folder)
    (folder / "table.md").write_text(as_table(study, rows) + bounds, encoding="utf-8")
    write_plot(folder / "plot.png", study.title, study.axis, _points(study, rows))


@torch.no_grad()
def measure(run: RunConfig, weights: Path, study: StudyConfig, variant: str, seed: int) -> Row:
    """The finished weights on procedural clips of another seed than any run has."""
    task = cast("Any", build_task(run))
    read_weights(task.network, weights)
    task.eval()
    found: list[tuple[float, ...]] = []
    for number, (frames, paths, batch) in enumerate(_trials(run.clips, study.test_clips)):
        seed_step(0, number, 0)
        restored = _pixels(task.restore(batch, steps=study.test_steps, seed=number))
        found.append(
            (
                psnr_rgb(restored, frames),
                mean(warping_errors(restored, paths)),
                mean(flicker_residuals(restored, frames, paths)),
                _detail(restored) / _detail(frames),
            )
        )
    psnr, warping, flicker, sharpness = (mean(values) for values in zip(*found, strict=True))
    return Row(
        variant=variant,
        seed=seed,
        psnr=psnr,
        warping_error=warping,
        flicker=flicker,
        sharpness=sharpness,
        seconds=0,
    )


@torch.no_grad()
def measure_bounds(run: RunConfig, study: StudyConfig) -> str:
    """A sentence on what lies below and above every variant: the lq enlarged, the VAE there and back, the gt."""
    task = cast("Any", build_task(run))
    task.eval()
    found: list[tuple[float, ...]] = []
    for frames, paths, batch in _trials(run.clips, study.test_clips):
        seed_step(0, 0, 0)
        gt = batch["gt"]
        size = gt.shape[-2:]
        larger = F.interpolate(batch["lq"][0].transpose(0, 1), size, mode="bicubic", align_corners=False)
        enlarged = _pixels(larger.transpose(0, 1)[None])
        coded = _pixels(task.decode(task.encode(gt)))
        errors = [mean(warping_errors(pictures, paths)) for pictures in (enlarged, coded, frames)]
        found.append((psnr_rgb(enlarged, frames), psnr_rgb(coded, frames), *errors))
    lq, vae, lq_warp, vae_warp, gt_warp = (mean(values) for values in zip(*found, strict=True))
    return (
        f"\nFor comparison: the lq enlarged (bicubic) {lq:.2f} dB, E*warp {lq_warp:.2f}; the ground truth through the "
        f"VAE {vae:.2f} dB, {vae_warp:.2f}; the ground truth's own E*warp {gt_warp:.2f}.\n"
    )


def _trials(clips: ClipsConfig, count: int) -> Any:
    """Ground truth (T, H, W, 3), its exact motion, and lq and gt as a task takes them."""
    if clips.source != "procedural":
        raise ConfigError(f"study: clips are {clips.source}, need procedural ones, whose motion is known")
    unseen = replace(clips, seed=clips.seed + 1_000_003, n_clips=count, flips=False, batch=1)
    source = Clips(unseen, seed=0)
    for number in range(count):
        scene = procedural_scene(unseen, number)
        paths = [Flow(forward=f, valid=v) for f, v in zip(scene.flow, scene.visible, strict=True)]
        yield scene.frames, paths, {name: clip[None] for name, clip in source.sample_of(number).items()}


def _pixels(clip: Tensor) -> np.ndarray:
    """(1, 3, T, H, W) in [-1, 1] as (T, H, W, 3) uint8."""
    return to_uint8((clip[0].float().clamp(-1, 1).permute(1, 2, 3, 0).cpu().numpy() + 1) * 127.5)


def _detail(frames: np.ndarray) -> float:
    """Mean energy of the Laplacian of the light."""
    light = frames.astype(np.float32).mean(-1)
    inner = light[:, 1:-1, 1:-1]
    around = light[:, :-2, 1:-1] + light[:, 2:, 1:-1] + light[:, 1:-1, :-2] + light[:, 1:-1, 2:]
    return float(((4 * inner - around) ** 2).mean()) + 1e-6


def _place_of(folder: Path, part: PartConfig, seed: int) -> Path:
    """Where a part's run lies."""
    if part.folder:
        return Path(part.folder) if part.once else Path(part.folder) / f"seed_{seed}"
    return folder / part.name if part.once else folder / f"seed_{seed}" / part.name


def _variant_place(folder: Path, name: str, seed: int) -> Path:
    """Where a variant's run lies."""
    return folder / f"seed_{seed}" / re.sub(r"[^\w.]+", "_", name)


def declared_run(
    path: Path, change: Mapping[str, Any], weights: Mapping[str, str], place: Path, seed: int
) -> RunConfig:
    """A run's file with what the study changes in it; raises ConfigError."""
    tables = _filled(_merged(read_toml(path), change), weights)
    return run_of(tables | {"seed": seed, "folder": str(place)})


def _merged(tables: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """The tables with those of `change` put over them, key by key."""
    merged = dict(tables)
    for name, value in change.items():
        known = merged.get(name)
        both = isinstance(value, dict) and isinstance(known, dict)
        merged[name] = _merged(cast("Any", known), value) if both else value
    return merged


def _filled(value: Any, weights: Mapping[str, str]) -> Any:
    """Tables whose "{part}" became the file of that part's weights."""
    if isinstance(value, dict):
        return {name: _filled(entry, weights) for name, entry in value.items()}
    if isinstance(value, str) and value.startswith("{"):
        if value[1:-1] not in weights:
            raise ConfigError(f"study: {value} names no [[part]]; known are {', '.join(weights) or 'none'}")
        return weights[value[1:-1]]
    return value


def as_table(study: StudyConfig, rows: list[Row]) -> str:
    """The rows as Markdown: mean over seeds, and from the least to the most of them."""
    names = ("psnr", "warping_error", "flicker", "sharpness")
    lines = [
        f"| {study.axis} | seeds | PSNR, dB | E*warp, 1e-3 | flicker, levels | detail over gt's |",
        "|---|---|---|---|---|---|",
    ]
    for variant in study.variant:
        own = [row for row in rows if row.variant == variant.name]
        if own:
            cells = [_cell([getattr(row, name) for row in own]) for name in names]
            lines.append(f"| {variant.name} | {len(own)} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *_directions(study, rows)]) + "\n"


def _cell(values: list[float]) -> str:
    spread = f" ({min(values):.3f} .. {max(values):.3f})" if len(values) > 1 else ""
    return f"{mean(values):.3f}{spread}"


def _directions(study: StudyConfig, rows: list[Row]) -> list[str]:
    """For each neighbouring pair of variants the paired change over seeds."""
    lines = []
    for before, after in pairwise(study.variant):
        pairs = [
            (a, b) for a in rows for b in rows
            if a.seed == b.seed and (a.variant, b.variant) == (before.name, after.name)
        ]  # fmt: skip
        if pairs:
            psnr, warp = (
                [getattr(b, n) - getattr(a, n) for a, b in pairs] for n in ("psnr", "warping_error")
            )
            lines.append(
                f"* {before.name} to {after.name}, paired over {len(pairs)} seeds: PSNR {_change(psnr)} dB, "
                f"E*warp {_change(warp)}"
            )
    return lines


def _change(values: list[float]) -> str:
    spread = f" (standard deviation {stdev(values):.3f})" if len(values) > 1 else ""
    return f"{mean(values):+.3f}{spread}"


def _points(study: StudyConfig, rows: list[Row]) -> dict[str, list[tuple[float, str, list[float]]]]:
    """For each panel of the plot: place on the axis, name and values over seeds."""
    panels: dict[str, list[tuple[float, str, list[float]]]] = {}
    for title, name in (("PSNR, dB", "psnr"), ("E*warp, 1e-3", "warping_error")):
        panels[title] = []
        for place, variant in enumerate(study.variant):
            values = [getattr(row, name) for row in rows if row.variant == variant.name]
            at = float(place) if variant.value is None else variant.value
            panels[title].append((at, variant.name, values))
    return panels


def _read_rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Row(
                variant=entry["variant"],
                seed=int(entry["seed"]),
                **{f.name: float(entry[f.name]) for f in fields(Row) if f.name not in ("variant", "seed")},
            )
            for entry in csv.DictReader(file)
        ]


def _append(path: Path, row: Row) -> None:
    fresh = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, [f.name for f in fields(Row)])
        if fresh:
            table.writeheader()
        table.writerow(asdict(row))
