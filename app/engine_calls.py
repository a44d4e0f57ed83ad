"""The engine as the window calls it: heavy imports wait until a thread needs them, tests put fakes here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from engine.cancel import CancelToken
from engine.clip import Clip, SourceState
from engine.events import Notice, OnEvent
from engine.job import Job
from engine.models.spec import ModelSpec
from engine.models.weights_folder import FileState, OnProgress

if TYPE_CHECKING:  # the window opens without numpy
    import numpy as np
    from numpy.typing import NDArray

    from engine.media.frames import FrameIndex
    from engine.outlook import Outlook

Picture: TypeAlias = "NDArray[np.uint8]"
"""(H, W, 3) uint8 RGB."""
OnThumb = Callable[[int, Picture], None]
"""Called with a frame's index and a small picture of it while a clip is surveyed."""


class Blendable(Protocol):
    """A restored frame as two heads; engine.preview.LiveFrame and the tests' stand-in."""

    def blend(self, beta: float) -> Picture:
        """The frame at a beta, (H, W, 3) uint8, in milliseconds."""
        ...


class FrameSource(Protocol):
    """An open clip that yields upright frames; engine.media.reader.Reader and the tests' stand-in."""

    def frames(self, start: int, width: int | None = None) -> Iterator[Picture]:
        """Frames from `start` to the end, one by one; quicker and not exact at a smaller width."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What is known about a model on this computer without reading its files."""

    state: FileState
    accepted: bool
    """Its terms were accepted here, or it has none."""
    lacking_bytes: int
    """About how much a download would bring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsCalls:
    """What the window asks about weights; each is called in the librarian's thread."""

    facts: Callable[[ModelSpec], ModelFacts]
    download: Callable[[ModelSpec, OnProgress, CancelToken], None]
    """The person has accepted the model's terms."""
    take: Callable[[ModelSpec, Path, OnProgress, CancelToken], None]
    """Import from a file or a folder."""
    verify: Callable[[ModelSpec, OnProgress, CancelToken], None]
    """Raises ModelError when a file is damaged or missing."""
    remove: Callable[[ModelSpec], int]
    """Gives the bytes freed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineCalls:
    """What the window asks of the engine; each is called in a worker thread unless it says otherwise."""

    restore: Callable[[Job, OnEvent, CancelToken], Path]
    discard: Callable[[Job], None]
    live_frame: Callable[[Job, int, CancelToken], Blendable]
    free_memory: Callable[[], None]
    """Let go of the model, so that others can use the graphics card."""
    probe: Callable[[Path], Clip]
    first_frame: Callable[[Clip], Picture | None]
    """The first frame, before anything else is known about the others; None when it cannot be decoded."""
    index: Callable[[Clip, CancelToken], FrameIndex]
    """The truth about a clip's frames alone; quicker than a survey."""
    survey: Callable[[Clip, OnThumb, CancelToken], tuple[FrameIndex, tuple[int, ...]]]
    """One walk through a clip: the truth about its frames, and the first frames of its later shots."""
    state: Callable[[Clip, FrameIndex], SourceState]
    """How damaged a clip is."""
    notices: Callable[[Clip, FrameIndex, Job, int, int], tuple[Notice, ...]]
    """What a person should know before the job starts, at an output width and height; takes no time."""
    open_frames: Callable[[Clip, FrameIndex], FrameSource]
    specs: Callable[[], tuple[ModelSpec, ...]]
    """Facts only; may be called in any thread."""
    encoders: Callable[[], tuple[str, ...]]
    """Names of the Codec values that really open on this machine."""
    cards: Callable[[], tuple[str, ...]]
    """Graphics cards that can restore together; empty where there is one, or what that needs is not installed."""
    outlook: Callable[[], Outlook]
    """How fast this machine would be with each model; computes for less than a second."""
    weights: WeightsCalls
