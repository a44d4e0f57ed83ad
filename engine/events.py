"""What a running job says; "done" is a return value, "failed" an exception."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from engine.clip import SourceState


class Severity(Enum):
    """How much a notice matters to the film."""

    INFO = "info"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One sentence the person should know: a decision taken for them, or something that cannot be kept."""

    code: str
    """Stable, machine-readable name, e.g. "subtitles-dropped"."""
    message: str
    """One plain sentence."""
    severity: Severity = Severity.INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """How the work was cut, told before the first frame is restored."""

    n_frames: int
    n_shots: int
    n_segments: int
    segments_done: int
    """Segments found in the store, finished by an earlier run."""
    done_frames: int
    """Frames of those segments."""
    width: int
    """Of the output, pixels."""
    height: int
    """Of the output, pixels."""
    model: str
    device: str
    dtype: str
    codec: str
    pixel_format: str
    window: int
    """Frames per network call."""
    tile_height: int
    """Source pixels."""
    tile_width: int
    """Source pixels."""
    condition: float | None
    """State of the source, 0 clean to 1 damaged; None where the model has no such input."""
    peak_bytes: int
    """Announced peak of the model's working memory."""
    state: SourceState | None = None
    """The signs it was measured by; None where it was chosen or plays no part."""
    disk_bytes: int = 0
    """About how much room on the disk the job needs while it works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the job is."""

    done_frames: int
    total_frames: int
    fps: float | None
    """Over the last seconds of this run; None until two batches are through."""
    seconds_left: float | None
    finish_time: float | None
    """Unix time at which the last frame is expected; None while unknown."""
    stage: str
    """"restore", "mux" or "verify"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far a family that samples is with the segment at hand; the main path makes Progress of it."""

    done: int
    """Network calls finished."""
    total: int
    """Network calls of the segment."""
    n_frames: int
    """Frames that the segment adds to the film."""

    @property
    def frames(self) -> float:
        """The part done, in frames."""
        return self.n_frames * self.done / self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One restored frame to look at while the job runs."""

    frame: int
    """Absolute index in the source."""
    width: int
    height: int
    rgb: bytes
    """Packed 8-bit RGB rows, height * width * 3 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentDone:
    """A segment is on disk, whole, and recorded."""

    index: int
    start: int
    stop: int
    seconds: float
    n_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One promise that was checked and holds."""

    name: str
    """What was checked, e.g. "timestamps" or "audio 2"."""
    found: str
    """What the finished film has, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The finished film was opened again and compared with what the source promised."""

    n_frames: int
    psnr: float | None
    """Mean PSNR in dB of sampled frames, shrunk to source size, against the source; None: not comparable."""
    checks: tuple[str, ...]
    """Names of the promises that were checked and hold."""
    findings: tuple[Finding, ...] = ()
    """The same promises with what was found: the report beside the queue entry and in `--json`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerState:
    """One process that restores segments for a coordinator."""

    name: str
    device: str
    """torch's name."""
    segments: tuple[str, ...] = ()
    """What it has in hand: name of the source and number of the segment."""
    fps: float | None = None
    """Over the last seconds; None until it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """Who works, and on what; told about once a second."""

    workers: tuple[WorkerState, ...]
    in_flight: int
    """Segments that workers have in hand."""
    films_left: int
    seconds_left: float | None
    """For all films, by those that are finished; None until one is."""
    dashboard: str = ""
    """Address of Dask's own pages; empty: there are none."""


Event = Notice | Planned | Progress | Step | Preview | SegmentDone | Verified | Workers
OnEvent = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Listen to nothing."""
    del event
