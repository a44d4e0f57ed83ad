"""A Job is a frozen request: one source, one target, one set of settings."""

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from engine.errors import SettingsError
from engine.settings import ExportSettings, RestorationSettings


class JobState(Enum):
    """Where a queue entry stands."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything that a run depends on; the engine reads no global."""

    source: Path
    """Video file, or printf pattern of an image sequence."""
    target: Path
    """File to write, or printf pattern (name_%06d.png); its suffix chooses the container."""
    restoration: RestorationSettings = field(default_factory=RestorationSettings)
    export: ExportSettings = field(default_factory=ExportSettings)
    first_frame: int = 0
    """Start of the half-open frame range, >= 0."""
    stop_frame: int | None = None
    """End of the half-open frame range; None: the end of the clip."""
    device: str = "auto"
    """auto, cpu, cuda, cuda:N or mps."""
    resume: bool = True
    """Use the finished segments of an earlier run with the same settings."""
    overwrite: bool = False
    """Replace an existing target when, and only when, the new film was verified."""

    def __post_init__(self) -> None:
        if self.first_frame < 0:
            raise SettingsError(f"the range starts at {self.first_frame}, need 0 or more")
        if self.stop_frame is not None and self.stop_frame <= self.first_frame:
            raise SettingsError(
                f"the range {self.first_frame}-{self.stop_frame} holds no frame: its end must be the larger"
            )
