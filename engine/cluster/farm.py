"""Render farms: an Open Job Description template whose tasks are `evenstar segment`, and the steps around them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from engine.atomic import write_atomically
from engine.cancel import CancelToken
from engine.cluster.ticket import job_dict, job_from, ticket_of, write_ticket
from engine.cluster.unit import left_by_others, restore_part
from engine.decision import decide, film_format
from engine.device import place
from engine.errors import SettingsError, StoreError
from engine.events import OnEvent
from engine.job import Job
from engine.media.probe import probe
from engine.models.registry import spec_of
from engine.plan import cut_segments
from engine.restore import Work, open_store
from engine.source import look_at
from engine.stages import StageTimes
from engine.store import store_folder
from engine.target import finish_publication, refuse_existing

VERSION = "jobtemplate-2023-09"
_LINK = "plan"
"""Name, in the store, of the file that says which of its folders the farm works in."""
_JOB = "farm-job.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What a template holds."""

    path: Path
    n_films: int
    n_tasks: int


def export(jobs: Sequence[Job], path: Path, on_event: OnEvent, cancel: CancelToken) -> Exported:
    """Write a template for these jobs: of each one step that plans, one of segments, one that joins and verifies.

    Each source is walked through here, because the number of its tasks must be known; its job goes into a file in
    its store, and nothing else is written. Raises SettingsError when there are no jobs, and what restore() raises.
    """
    if not jobs:
        raise SettingsError("there is no clip to restore: the template would hold no task")
    steps: list[dict[str, Any]] = []
    n_tasks = 0
    for number, job in enumerate(jobs, 1):
        parts = _parts(job, on_event, cancel)
        note = _note(job)
        steps += _steps(number, job, note, parts)
        n_tasks += len(parts)
    template = {
        "specificationVersion": VERSION,
        "name": f"Evenstar {path.stem}"[:128],
        "description": f"{len(jobs)} films, {n_tasks} tasks",
        "steps": steps,
    }
    write_atomically(path, _as_yaml(template).encode())
    return Exported(path=path, n_films=len(jobs), n_tasks=n_tasks)


def plan(note: Path, on_event: OnEvent, device: str = "auto") -> Path:
    """Decide how the job of a template is cut, where its segments will be made; returns the folder of its store."""
    job = _job_of(note)
    cancel = CancelToken()
    refuse_existing(job)
    clip = probe(job.source)
    film_format(job, clip)
    source = look_at(job, clip, cancel)
    decision = decide(replace(job, device=device), source)
    with open_store(job, decision, on_event) as store:
        store.keep()
        write_ticket(store, job, source, decision, store.knobs or decision.plan.knobs())
        write_atomically(note.parent / _LINK, store.folder.name.encode())
        return store.folder


def segments(place_of: Path, first: int, last: int, on_event: OnEvent, device: str = "auto") -> float:
    """Restore segments of a planned film, in order; what is whole already is left. Returns the seconds it took.

    place_of: the folder with the ticket, or the store in which a farm planned.
    """
    folder = _planned_folder(place_of)
    ticket = ticket_of(folder, place(device, ("float32",)).device)
    wanted = ticket.segments(first, last)
    begun = 0.0
    if left_by_others(folder, ticket, wanted):
        return begun
    name = f"{first:06d}_{uuid4().hex[:12]}"
    return restore_part(
        folder, first, last, name=name, device=device, on_event=on_event, cancel=CancelToken()
    )


def finish(note: Path, on_event: OnEvent, device: str = "auto") -> Path:
    """Take over the segments, restore here what a farm left out, join, verify and publish; returns the film."""
    job = _job_of(note)
    if finish_publication(job):
        return job.target
    refuse_existing(job)
    folder = _planned_folder(note.parent)
    cancel = CancelToken()
    placement = place(device, ("float32",))
    ticket = ticket_of(folder, placement.device)
    source = look_at(job, probe(job.source), cancel)
    with open_store(job, ticket.decision, on_event) as store:
        work = Work(source, ticket.decision, store, on_event, cancel, StageTimes())
        work.begin()
        work.restore_missing()
        work.finish(job)
        note.unlink(missing_ok=True)
        (note.parent / _LINK).unlink(missing_ok=True)
        store.remove(keep_frames=bool(job.export.keep_frames))
    return job.target


def _planned_folder(place_of: Path) -> Path:
    link = place_of / _LINK
    if not link.is_file():
        return place_of
    name = link.read_text(encoding="ascii").strip()
    if not name.isalnum():
        raise StoreError(f"the plan in {place_of} is damaged")
    return place_of / name


def _parts(job: Job, on_event: OnEvent, cancel: CancelToken) -> list[str]:
    """What the tasks are called: numbers of segments, or ranges where those of a shot need each other."""
    refuse_existing(job)
    clip = probe(job.source)
    film_format(job, clip, runs_here=False)
    source = look_at(job, clip, cancel)
    for notice in source.notices:
        on_event(notice)
    spec = spec_of(job.restoration.model)
    cut = cut_segments(source.shots, spec.segment_frames)
    if not spec.carries:
        return [str(segment.index) for segment in cut]
    starts = [segment.index for segment in cut if segment.start == segment.shot.start]
    ends = [start - 1 for start in starts[1:]] + [cut[-1].index]
    return [f"{start}-{end}" for start, end in zip(starts, ends, strict=True)]


def _note(job: Job) -> Path:
    """Write the job into its store, where the tasks find it."""
    folder = store_folder(job.target.absolute())
    folder.mkdir(parents=True, exist_ok=True)
    told = job_dict(job) | {"overwrite": job.overwrite}
    write_atomically(folder / _JOB, json.dumps(told, indent=1).encode())
    return folder / _JOB


def _job_of(note: Path) -> Job:
    try:
        told = json.loads(note.read_bytes())
        return replace(job_from(told, note.parent.parent), overwrite=bool(told["overwrite"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{note} holds no job: {error}") from error


def _steps(number: int, job: Job, note: Path, parts: Sequence[str]) -> list[dict[str, Any]]:
    stem = f"{number:04d}"
    store = str(note.parent)
    work = {
        "name": f"Restore{stem}",
        "dependencies": [{"dependsOn": f"Plan{stem}"}],
        "parameterSpace": {
            "taskParameterDefinitions": [{"name": "Part", "type": "STRING", "range": list(parts)}]
        },
        **_script("segment", store, "{{Task.Param.Part}}"),
    }
    return [
        {
            "name": f"Plan{stem}",
            "description": _printable(job.source.name),
            **_script("farm", "plan", str(note)),
        },
        work,
        {
            "name": f"Finish{stem}",
            "dependencies": [{"dependsOn": f"Restore{stem}"}],
            **_script("farm", "finish", str(note)),
        },
    ]


def _script(*arguments: str) -> dict[str, Any]:
    """An action that runs `evenstar`, which must be on the farm's path."""
    return {"script": {"actions": {"onRun": {"command": "evenstar", "args": list(arguments)}}}}


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "_" for letter in text)[:2048] or "film"


def _as_yaml(value: dict[str, Any]) -> str:
    """JSON is YAML: no second library is needed to write it."""
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
