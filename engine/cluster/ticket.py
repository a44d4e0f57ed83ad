"""What workers must know about a film, as a file in its store: facts only, no code."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from engine.clip import FieldOrder
from engine.decision import Decision, Settled, decide
from engine.device import Placement
from engine.errors import EngineError, StoreError
from engine.job import Job
from engine.media.frames import Cadence, Fields, FrameIndex
from engine.media.probe import probe
from engine.models.spec import ModelSpec
from engine.models.weights_folder import needed_sha256
from engine.plan import Plan, Segment, Shot
from engine.presets import settings_dict, settings_from
from engine.settings import ExportSettings, RestorationSettings
from engine.source import Source
from engine.store import SegmentStore

_NAME = "ticket.json"
_PLAIN = tuple(
    field.name
    for field in fields(FrameIndex)
    if field.name not in ("pts", "raw_pts", "keyframes", "fields", "spread", "picked")
)
_UNBOUNDED = 1 << 62
"""Memory of who cuts no plan: the ticket's knobs say how it was cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A film as a worker sees it."""

    job: Job
    source: Source
    """Without what only verification needs."""
    decision: Decision
    plan: Plan

    def segments(self, first: int, last: int) -> tuple[Segment, ...]:
        """Return the segments with these numbers, both included; raises StoreError when there are not so many."""
        found = self.decision.plan.segments[first : last + 1]
        if first < 0 or len(found) != last + 1 - first:
            raise StoreError(
                f"there are no segments {first} to {last}: the film has {len(self.decision.plan.segments)}"
            )
        return found


def versions() -> dict[str, str]:
    """Return what must be the same wherever one film is made: its pixels and packets depend on it."""
    return {name: metadata.version(name) for name in ("evenstar", "torch", "av", "numpy")}


def pins_of(spec: ModelSpec) -> dict[str, str]:
    """Return the sha256 of the model's files, as far as they are known on this machine."""
    pins = {file.name: needed_sha256(spec, file) for file in spec.weights}
    return {name: sha256 for name, sha256 in pins.items() if sha256 is not None}


def write_ticket(
    store: SegmentStore, job: Job, source: Source, decision: Decision, knobs: dict[str, int]
) -> None:
    """Put the ticket into the store's folder, whole or not at all; raises DiskFullError or StoreError."""
    content = {
        "versions": versions(),
        "job": job_dict(job),
        "index": _index_dict(source.index),
        "shots": [[shot.start, shot.stop] for shot in source.shots],
        "range": [source.start, source.stop],
        "deinterlace": source.deinterlace,
        "condition": decision.condition,
        "keeps_frames": decision.keeps_frames,
        "weights": decision.facts["weights"],
        "placement": decision.facts["placement"],
        "knobs": knobs,
    }
    store.write(store.folder / _NAME, json.dumps(content).encode())


def ticket_of(folder: Path, device: str) -> Ticket:
    """Return the ticket in a store's folder for a model on `device`; raises an EngineError.

    What it says is decided again here from the source, and must come to the same.
    """
    try:
        return _read(folder, device, (folder / _NAME).stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise StoreError(f"there is no {_NAME} in {folder}: no film is being made there") from error


@lru_cache(maxsize=2)
def _read(folder: Path, device: str, mtime_ns: int) -> Ticket:
    del mtime_ns
    try:
        told = json.loads((folder / _NAME).read_bytes())
        _need_versions(told["versions"])
        job = job_from(told["job"], folder.parent.parent)
        source = _source(told, job)
        settled = Settled(
            placement=Placement(device=device, dtype=str(told["placement"]["dtype"])),
            weights_sha256=str(told["weights"]),
            budget_bytes=_UNBOUNDED,
            condition=float(told["condition"]),
        )
        keeps, knobs = bool(told["keeps_frames"]), {str(k): int(v) for k, v in told["knobs"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
        raise StoreError(f"{_NAME} in {folder} is damaged: {error}") from error
    decision = decide(job, source, settled=settled)
    if SegmentStore.folder_name(decision.facts) != folder.name:
        raise StoreError(f"{job.source.name} is not here what it is where the film was planned")
    return Ticket(
        job=job,
        source=source,
        decision=replace(decision, keeps_frames=keeps),
        plan=decision.plan.turned(knobs),
    )


def job_dict(job: Job) -> dict[str, Any]:
    """The job as JSON values; its paths are absolute."""
    return {
        "source": str(job.source.absolute()),
        "target": job.target.name,
        "restoration": settings_dict(job.restoration),
        "export": settings_dict(job.export),
        "first_frame": job.first_frame,
        "stop_frame": job.stop_frame,
    }


def job_from(told: dict[str, Any], folder: Path) -> Job:
    """The job from JSON values; its target lies in `folder`."""
    prompts: Sequence[Any] = told["restoration"].pop("shot_prompts", ())
    restoration = settings_from(RestorationSettings, told["restoration"], _NAME)
    return Job(
        source=Path(told["source"]),
        target=folder / str(told["target"]),
        restoration=replace(restoration, shot_prompts=tuple((int(at), str(text)) for at, text in prompts)),
        export=settings_from(ExportSettings, told["export"], _NAME),
        first_frame=told["first_frame"],
        stop_frame=told["stop_frame"],
    )


def _need_versions(wanted: dict[str, str]) -> None:
    for name, version in versions().items():
        if wanted[name] != version:
            raise EngineError(f"this worker has {name} {version}, the film was planned with {wanted[name]}")


def _source(told: dict[str, Any], job: Job) -> Source:
    clip = probe(job.source)
    start, stop = told["range"]
    return Source(
        clip=replace(clip, tone_mapped=job.restoration.tone_map and clip.color.is_hdr),
        index=_index(told["index"]),
        shots=tuple(Shot(start=int(a), stop=int(b)) for a, b in told["shots"]),
        start=int(start),
        stop=int(stop),
        samples={},
        looks=np.zeros((0, 0, 0), np.uint16),
        deinterlace=bool(told["deinterlace"]),
        notices=(),
    )


def _index_dict(index: FrameIndex) -> dict[str, Any]:
    return {name: getattr(index, name) for name in _PLAIN} | {
        "pts": index.pts.tolist(),
        "raw_pts": index.raw_pts,
        "keyframes": index.keyframes,
        "fields": [index.fields.cadence.value, index.fields.order.value],
        "spread": index.spread and _index_dict(index.spread),
        "picked": index.picked,
    }


def _index(told: dict[str, Any]) -> FrameIndex:
    cadence, order = told["fields"]
    return FrameIndex(
        **{name: int(told[name]) for name in _PLAIN},
        pts=np.array(told["pts"], np.int64),
        raw_pts=tuple(told["raw_pts"]),
        keyframes=tuple(told["keyframes"]),
        fields=Fields(cadence=Cadence(cadence), order=FieldOrder(order)),
        spread=told["spread"] and _index(told["spread"]),
        picked=tuple(told["picked"]),
    )
