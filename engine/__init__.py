"""Evenstar's engine: everything that works without a screen. Importing it loads no torch."""

from engine.cancel import Cancelled, CancelToken
from engine.clip import Clip, ColorTags, FieldOrder, StreamInfo, StreamKind
from engine.errors import (
    DiskFullError,
    EngineError,
    ExportError,
    MemoryBudgetError,
    ModelError,
    SettingsError,
    SourceError,
    StoreError,
    VerificationError,
)
from engine.events import (
    Event,
    Notice,
    OnEvent,
    Planned,
    Preview,
    Progress,
    SegmentDone,
    Severity,
    Verified,
)
from engine.job import Job, JobState
from engine.settings import Codec, Deinterlace, ExportSettings, Preset, RestorationSettings

__all__ = [
    "CancelToken",
    "Cancelled",
    "Clip",
    "Codec",
    "ColorTags",
    "Deinterlace",
    "DiskFullError",
    "EngineError",
    "Event",
    "ExportError",
    "ExportSettings",
    "FieldOrder",
    "Job",
    "JobState",
    "MemoryBudgetError",
    "ModelError",
    "Notice",
    "OnEvent",
    "Planned",
    "Preset",
    "Preview",
    "Progress",
    "RestorationSettings",
    "SegmentDone",
    "SettingsError",
    "Severity",
    "SourceError",
    "StoreError",
    "StreamInfo",
    "StreamKind",
    "VerificationError",
    "Verified",
]
