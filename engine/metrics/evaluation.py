"""`evenstar evaluate`: restored films beside their ground truth and sources, in numbers and pictures."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.cancel import CancelToken
from engine.errors import SettingsError
from engine.media.probe import probe
from engine.media.reader import Reader
from engine.media.survey import survey
from engine.metrics.externals import EXTERNALS, run_external
from engine.metrics.flow import FlowSource, dis
from engine.metrics.meter import GT, METRICS, RESTORED, YARDSTICKS, Meter, Metric, enlarged_by, flow_source
from engine.metrics.pictures import crop, lively_places

SUFFIXES = (".mp4", ".mkv", ".mov", ".avi", ".webm", ".m4v", ".mpg", ".ts")
MOST_PROFILE_FRAMES = 240
"""Lines of a temporal profile: bounded in memory."""
N_CROPS = 3

Frame = NDArray[np.uint8]
PairMetric = Callable[[Frame, Frame], float]
"""(H, W, 3) uint8 restored and ground truth to a figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trio:
    """Files that belong together."""

    name: str
    restored: Path
    gt: Path | None
    lq: Path | None


@dataclass(slots=True, kw_only=True)
class ClipReport:
    """What was found out about one film."""

    name: str
    n_frames: int
    meter: Meter
    flow_source: str
    externals: dict[str, float] = field(default_factory=dict)
    profiles: dict[str, Frame] = field(default_factory=dict)
    """Contestant to (T, W, 3): one row of pixels over time."""
    crops: list[dict[str, Frame]] = field(default_factory=list)
    """Places of the middle frame: contestant to crop."""
    notes: list[str] = field(default_factory=list)


def trios(restored: Path, gt: Path | None, lq: Path | None) -> list[Trio]:
    """Every restored film with its ground truth and source, matched by name.

    Each argument is a film or a folder of films. A name belongs to another when it is the same or begins with it
    and a dot, underscore or hyphen, so `cups_restored_1440p.mkv` finds `cups.mp4`; `gt_` and `lq_` in front
    do not count. Raises SettingsError for a restored film without partner where a folder was given for one.
    """
    films = _films(restored)
    if not films:
        raise SettingsError(f"there is no film in {restored}")
    if gt is None and lq is None:
        raise SettingsError("give the ground truth or the source to compare with")
    return [
        Trio(
            name=film.stem,
            restored=film,
            gt=None if gt is None else _partner(film, gt),
            lq=None if lq is None else _partner(film, lq),
        )
        for film in films
    ]


def evaluate(
    found: Sequence[Trio],
    *,
    lpips: PairMetric | None = None,
    externals: dict[str, str] | None = None,
    flow: FlowSource | None = None,
    first_frame: int = 0,
    on_frame: Callable[[int, int], None] | None = None,
    on_clip: Callable[[ClipReport], None] = lambda _: None,
) -> list[ClipReport]:
    """Measure every trio; raises SettingsError when sizes do not fit and EngineError when a file cannot be read.

    first_frame: of the sources, where the restored films begin. on_frame: called with frames done and in all.
    """
    reports = []
    for trio in found:
        report = _evaluate_one(trio, lpips, flow or dis(), first_frame, on_frame)
        for name, command in (externals or {}).items():
            report.externals[name] = run_external(command, trio.restored)
        on_clip(report)
        reports.append(report)
    return reports


def table(reports: Sequence[ClipReport]) -> dict[str, Any]:
    """The means as a table for print_table: one row per clip and contestant, then their means."""
    shown = [m for m in (*METRICS, LPIPS) if any(m.name in report.meter.series for report in reports)]
    externals = sorted({name for report in reports for name in report.externals})
    rows = [row for report in reports for row in _rows(report, shown, externals)]
    if len(reports) > 1:
        names = dict.fromkeys(row[1] for row in rows)
        rows += [_mean_row(name, [row for row in rows if row[1] == name]) for name in names]
    blur = ", ".join(metric.name for metric in shown if metric.rewards_blur)
    return {
        "title": f"{len(reports)} restored films; flow: {reports[0].meter.flow.name}",
        "columns": ["film", "picture", *(m.name for m in shown), *externals],
        "rows": rows,
        "notes": [
            *(f"{report.name}: {note}" for report in reports for note in report.notes),
            f"Blur improves {blur}: read them beside detail and sharpness.",
            *(f"{m.name}: {m.about} Better: {m.better}." for m in shown),
        ],
        "series": {report.name: report.meter.series for report in reports},
    }


LPIPS = Metric(name="LPIPS", better="lower", about="AlexNet, version 0.1 (Zhang et al. 2018).")


def _evaluate_one(
    trio: Trio,
    lpips: PairMetric | None,
    flow: FlowSource,
    first_frame: int,
    on_frame: Callable[[int, int], None] | None,
) -> ClipReport:
    readers = {RESTORED: trio.restored, GT: trio.gt, "source": trio.lq}
    starts = {"source": first_frame}
    streams = {name: _Film(path, starts.get(name, 0)) for name, path in readers.items() if path is not None}
    scale = _check_sizes(trio.name, streams)
    counts = {name: len(film) for name, film in streams.items()}
    n_frames = min(counts.values())
    report = ClipReport(
        name=trio.name,
        n_frames=n_frames,
        meter=Meter(scale=scale, flow=flow),
        flow_source=flow_source(has_gt=trio.gt is not None, has_lq=trio.lq is not None),
    )
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{name} has {count}" for name, count in counts.items())
        report.notes.append(f"the films differ in length ({told} frames): the first {n_frames} were compared")
    report.notes.append(f"motion follows the {report.flow_source}")
    row = streams[RESTORED].height // 2
    profiles: dict[str, list[Frame]] = {}
    for at, frames in enumerate(_together(streams, n_frames)):
        restored, gt, lq = (frames.get(name) for name in (RESTORED, GT, "source"))
        assert restored is not None
        report.meter.add(restored, gt, lq)
        if on_frame is not None:
            on_frame(at + 1, n_frames)
        if lpips is not None and gt is not None:
            report.meter.series.setdefault(LPIPS.name, {}).setdefault(RESTORED, []).append(
                lpips(restored, gt)
            )
        shown = _shown(restored, gt, lq)
        if at < MOST_PROFILE_FRAMES:
            for name, frame in shown.items():
                profiles.setdefault(name, []).append(frame[row].copy())
        if at == n_frames // 2:
            places = lively_places(gt if gt is not None else restored, N_CROPS)
            report.crops = [{name: crop(f, place) for name, f in shown.items()} for place in places]
    report.profiles = {name: np.stack(rows) for name, rows in profiles.items()}
    report.notes += _suspicions(report.meter)
    return report


def _suspicions(meter: Meter) -> list[str]:
    """Where a figure is good because the film is soft."""
    means = meter.means()
    detail, steady = means["detail"], means.get("E*warp", {})
    reference = GT if GT in detail else "lanczos"
    softer = detail[RESTORED] < 0.9 * detail[reference]
    if reference in steady and steady[RESTORED] < steady[reference] and softer:
        return [f"E*warp is below the {reference}'s, but so is the detail: blur makes it so"]
    return []


def _shown(restored: Frame, gt: Frame | None, lq: Frame | None) -> dict[str, Frame]:
    """The pictures that a report puts side by side."""
    shown = {} if lq is None else {"source (Lanczos)": enlarged_by(lq, restored.shape, "lanczos")}
    shown[RESTORED] = restored
    return shown if gt is None else shown | {GT: gt}


class _Film:
    """A film's frames in order, eight bits a component."""

    def __init__(self, path: Path, start: int = 0) -> None:
        self._start = start
        self._clip = probe(path)
        self._index = survey(self._clip, thumb=None, thumb_width=0, cancel=CancelToken())
        self.width, self.height = self._clip.width, self._clip.height

    def __len__(self) -> int:
        return max(0, len(self._index) - self._start)

    def frames(self) -> Iterator[Frame]:
        """Every frame, (H, W, 3) uint8."""
        with Reader(self._clip, self._index, deep=False, deinterlace=False) as reader:
            for batch in reader.read(self._start, len(self._index)):
                yield from batch.pixels.astype(np.uint8, copy=False)


def _together(streams: dict[str, _Film], n_frames: int) -> Iterator[dict[str, Frame]]:
    """The films' frames side by side."""
    iterators = [film.frames() for film in streams.values()]
    for _, frames in zip(range(n_frames), zip(*iterators, strict=False), strict=False):
        yield dict(zip(streams, frames, strict=True))


def _check_sizes(name: str, streams: dict[str, _Film]) -> int:
    """Output over source, rounded; raises SettingsError when the films cannot be compared."""
    size = {stream: (film.width, film.height) for stream, film in streams.items()}
    if GT in size and size[GT] != size[RESTORED]:
        raise SettingsError(
            f"{name}: the restored film is {size[RESTORED][0]}x{size[RESTORED][1]}, need the ground truth's "
            f"{size[GT][0]}x{size[GT][1]}"
        )
    if "source" not in size:
        return 4
    return max(round(size[RESTORED][1] / size["source"][1]), 1)


def _films(place: Path) -> list[Path]:
    if not place.exists():
        raise SettingsError(f"{place} does not exist")
    if place.is_file():
        return [place]
    return sorted(p for p in place.iterdir() if p.suffix.lower() in SUFFIXES)


def _partner(film: Path, place: Path) -> Path:
    """The film of `place` that belongs to `film`; the longest name that fits wins."""
    if place.is_file():
        return place
    ours = _bare(film)
    fitting = [p for p in _films(place) if _belongs(ours, _bare(p))]
    if not fitting:
        raise SettingsError(
            f"nothing in {place} belongs to {film.name}: its name must begin with its partner's"
        )
    return max(fitting, key=lambda p: len(_bare(p)))


def _belongs(ours: str, theirs: str) -> bool:
    return ours == theirs or (ours.startswith(theirs) and ours[len(theirs)] in "._- ")


def _bare(film: Path) -> str:
    return film.stem.removeprefix("gt_").removeprefix("lq_")


def _rows(report: ClipReport, metrics: Sequence[Metric], externals: Sequence[str]) -> list[list[Any]]:
    means = report.meter.means()
    order = [name for name in (*YARDSTICKS, RESTORED, GT) if name in means["detail"]]
    return [
        [
            report.name,
            name,
            *(means.get(metric.name, {}).get(name, "") for metric in metrics),
            *(report.externals.get(external, "") if name == RESTORED else "" for external in externals),
        ]
        for name in order
    ]


def _mean_row(name: str, rows: list[list[Any]]) -> list[Any]:
    columns = [
        [cell for cell in column if cell != ""] for column in zip(*(row[2:] for row in rows), strict=True)
    ]
    return ["mean", name, *(float(np.mean(column)) if column else "" for column in columns)]


def external_notes() -> list[str]:
    """The metrics of others that can be added, with their terms."""
    return [f"{e.name} ({e.about}; {e.licence}; {e.warning})" for e in EXTERNALS]
