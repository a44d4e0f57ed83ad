"""The queue on disk: written whole on every change, so that a crash or a power cut loses nothing of it."""

import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.messages import Failure
from app.preferences import write_json
from engine.errors import SettingsError
from engine.events import Finding, Notice, Planned, Progress, WorkerState
from engine.job import Job, JobState
from engine.presets import set_aside, settings_dict, settings_from
from engine.settings import ExportSettings, RestorationSettings

logger = logging.getLogger(__name__)

SCHEMA = 1
_JOB_PLAIN = ("first_frame", "stop_frame", "device", "resume", "overwrite")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEntry:
    """One job in the queue and where it stands."""

    id: int
    job: Job
    state: JobState = JobState.QUEUED
    done_frames: int = 0
    total_frames: int = 0
    progress: Progress | None = None
    """The latest of the present run; None while it does not run."""
    planned: Planned | None = None
    notices: tuple[Notice, ...] = ()
    failure: Failure | None = None
    psnr: float | None = None
    """Of the verified result against its source, dB."""
    findings: tuple[Finding, ...] = ()
    """What was checked on the finished film, and what it has."""
    workers: tuple[WorkerState, ...] = ()
    """Who restores it, where several devices do; of the present run."""
    interrupted: bool = False
    """It was under way when the application ended; its finished parts are on disk."""

    @property
    def finished(self) -> bool:
        """True when nothing more will happen to it by itself."""
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)

    @property
    def active(self) -> bool:
        """True while it runs or can go on."""
        return not self.finished


class QueueFile:
    """Reads and writes one queue file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.report = ""
        """One sentence when the file was damaged and set aside, else empty."""

    def write(self, entries: tuple[QueueEntry, ...]) -> None:
        """Save the queue, whole or not at all; on a disk that refuses, the one saved last stays."""
        write_json(self._path, {"schema": SCHEMA, "entries": [_entry_dict(entry) for entry in entries]})

    def read(self) -> tuple[QueueEntry, ...]:
        """The saved queue; what ran is now paused. A damaged file is set aside and reported."""
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
            return tuple(_restored(_entry_from(entry)) for entry in data["entries"])
        except FileNotFoundError:
            return ()
        except (
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            RecursionError,
            OSError,
            SettingsError,
        ) as error:
            logger.warning("the queue %s is damaged: %s", self._path, error)
            self.report = f"The queue could not be read and was set aside as {self._move_away()}."
            return ()

    def _move_away(self) -> str:
        return set_aside(self._path).name if self._path.is_file() else self._path.name


def _restored(entry: QueueEntry) -> QueueEntry:
    if entry.state is JobState.RUNNING:
        return replace(entry, state=JobState.PAUSED, interrupted=True)
    return entry


def _entry_dict(entry: QueueEntry) -> dict[str, Any]:
    failure = entry.failure
    return {
        "id": entry.id,
        "job": _job_dict(entry.job),
        "state": entry.state.value,
        "done_frames": entry.done_frames,
        "total_frames": entry.total_frames,
        "failure": [failure.kind, failure.message, failure.details] if failure else None,
        "psnr": entry.psnr,
        "findings": [[finding.name, finding.found] for finding in entry.findings],
        "interrupted": entry.interrupted,
    }


def _entry_from(data: dict[str, Any]) -> QueueEntry:
    failure = data.get("failure")
    return QueueEntry(
        id=int(data["id"]),
        job=_job_from(data["job"]),
        state=JobState(data["state"]),
        done_frames=int(data.get("done_frames", 0)),
        total_frames=int(data.get("total_frames", 0)),
        failure=Failure(kind=failure[0], message=failure[1], details=failure[2]) if failure else None,
        psnr=data.get("psnr"),
        findings=tuple(Finding(name=str(name), found=str(found)) for name, found in data.get("findings", ())),
        interrupted=bool(data.get("interrupted", False)),
    )


def _job_dict(job: Job) -> dict[str, Any]:
    plain = {name: getattr(job, name) for name in _JOB_PLAIN}
    return plain | {
        "source": str(job.source),
        "target": str(job.target),
        "restoration": settings_dict(job.restoration),
        "export": settings_dict(job.export),
    }


def _job_from(data: dict[str, Any]) -> Job:
    return Job(
        source=Path(data["source"]),
        target=Path(data["target"]),
        restoration=settings_from(RestorationSettings, data["restoration"], "the queue"),
        export=settings_from(ExportSettings, data["export"], "the queue"),
        **{name: data[name] for name in _JOB_PLAIN},
    )
