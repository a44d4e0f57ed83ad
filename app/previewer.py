"""Looking before paying: one frame, three seconds or a strip of betas, by the real job, kept by settings."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.engine_calls import Blendable
from app.messages import Failure
from app.worker import Finished, FrameTask, Outcome, RestoreTask, Stopped, Workbench
from engine.cancel import CancelToken
from engine.events import Event, Progress
from engine.job import Job

MAX_HEADS = 6
"""Frames kept as two heads; each takes some 50 MB at 1080 lines."""
MAX_CLIPS = 24


class PreviewStage(Enum):
    """What the previewer is doing."""

    IDLE = "idle"
    WAITING = "waiting"
    """For the next step of the queue's running job."""
    FRAME = "frame"
    CLIP = "clip"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewClip:
    """A few restored seconds in the cache folder."""

    path: Path
    source: Path
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    job: Job
    frame: int | None
    """Of a frame preview; None: a clip."""


class Previewer(QObject):
    """One preview at a time, the newest wish wins; a running job of the queue stands aside for it."""

    stage_changed = Signal(object, int, int)
    """PreviewStage, frames done, frames in all."""
    frame_ready = Signal(object, int)
    """Job, frame: its heads can be asked for."""
    clip_ready = Signal(object)
    """PreviewClip."""
    failed = Signal(object)
    """Failure."""

    def __init__(self, bench: Workbench, cache: Path, live: frozenset[str], parent: QObject) -> None:
        super().__init__(parent)
        self._bench = bench
        self._live = live
        self._cache = cache
        self._heads: OrderedDict[tuple[Hashable, int], Blendable] = OrderedDict()
        self._clips: OrderedDict[tuple[Hashable, int], PreviewClip] = OrderedDict()
        self._wish: _Wish | None = None
        self._running: tuple[int, _Wish] | None = None
        bench.began.connect(self._on_began)
        bench.told.connect(self._on_told)
        bench.ended.connect(self._on_ended)
        bench.freed.connect(self._on_freed)

    def heads(self, job: Job, frame: int) -> Blendable | None:
        """The restored frame as two heads, when it was previewed with these settings (beta aside)."""
        return self._heads.get(self._frame_key(job, frame))

    def clip_at(self, job: Job, frame: int) -> PreviewClip | None:
        """The previewed seconds that hold this frame with exactly these settings."""
        return next((clip for clip in self.clips(job) if clip.start <= frame < clip.stop), None)

    def clips(self, job: Job) -> tuple[PreviewClip, ...]:
        """All previewed seconds with exactly these settings."""
        key = _settings_key(job)
        return tuple(clip for (settings, _), clip in self._clips.items() if settings == key)

    def frames(self, job: Job) -> tuple[int, ...]:
        """Frames previewed with these settings (beta aside)."""
        key = self._frame_key(job, 0)[0]
        return tuple(frame for settings, frame in self._heads if settings == key)

    def want_frame(self, job: Job, frame: int) -> None:
        """Restore one frame at the next opportunity."""
        if self.heads(job, frame) is not None:
            self.frame_ready.emit(job, frame)
            return
        self._want(_Wish(job=job, frame=frame))

    def want_clip(self, job: Job) -> None:
        """Restore the job's frame range at the next opportunity."""
        self._want(_Wish(job=job, frame=None))

    def cancel(self) -> None:
        """Forget the wish and end the preview under way."""
        self._wish = None
        self._stop_running()
        if self._running is None:
            self.stage_changed.emit(PreviewStage.IDLE, 0, 0)

    def know(self, live: frozenset[str]) -> None:
        """Take over another list of models whose slider re-blends finished heads."""
        self._live = live

    def is_live(self, job: Job) -> bool:
        """True when the slider moves a previewed frame without inference."""
        return job.restoration.model in self._live

    def _frame_key(self, job: Job, frame: int) -> tuple[Hashable, int]:
        return (_settings_key(_without_beta(job) if self.is_live(job) else job), frame)

    def close(self) -> None:
        """Remove the previewed seconds from the cache folder."""
        for clip in self._clips.values():
            clip.path.unlink(missing_ok=True)
        self._clips.clear()

    def _want(self, wish: _Wish) -> None:
        if self._running and self._running[1] == wish:
            return
        self._wish = wish
        self._stop_running()
        self._advance()

    def _stop_running(self) -> None:
        if self._running:
            self._bench.stop(self._running[0])

    def _advance(self) -> None:
        if self._wish is None or self._running:
            return
        self.stage_changed.emit(PreviewStage.WAITING, 0, 0)
        if self._bench.busy and not self._bench.welcomes:
            return
        wish, self._wish = self._wish, None
        self._running = (self._bench.new_ticket(), wish)
        task = self._task(*self._running)
        if self._bench.busy:
            self._bench.visit(task)
        else:
            self._bench.start(task)

    def _task(self, ticket: int, wish: _Wish) -> FrameTask | RestoreTask:
        if wish.frame is not None:
            return FrameTask(ticket=ticket, job=wish.job, frame=wish.frame, cancel=CancelToken())
        self._cache.mkdir(parents=True, exist_ok=True)
        target = self._cache / f"preview_{ticket}_{abs(hash(_settings_key(wish.job))):x}.mkv"
        job = replace(wish.job, target=target, overwrite=True, resume=False)
        return RestoreTask(ticket=ticket, job=job, cancel=CancelToken())

    def _tell_start(self, wish: _Wish) -> None:
        if wish.frame is not None:
            self.stage_changed.emit(PreviewStage.FRAME, 0, 1)
        else:
            self.stage_changed.emit(PreviewStage.CLIP, 0, _n_frames(wish.job))

    @Slot(int)
    def _on_began(self, ticket: int) -> None:
        if self._running and ticket == self._running[0]:
            self._tell_start(self._running[1])

    @Slot(int, object)
    def _on_told(self, ticket: int, event: Event) -> None:
        if self._running and ticket == self._running[0] and isinstance(event, Progress):
            self.stage_changed.emit(PreviewStage.CLIP, event.done_frames, event.total_frames)

    @Slot(int, object)
    def _on_ended(self, ticket: int, outcome: Outcome) -> None:
        if not self._running or ticket != self._running[0]:
            return
        wish, self._running = self._running[1], None
        self.stage_changed.emit(PreviewStage.IDLE, 0, 0)
        match outcome:
            case Finished(value=value):
                self._keep(wish, value)
            case Failure():
                self.failed.emit(outcome)
            case Stopped():
                pass

    @Slot()
    def _on_freed(self) -> None:
        self._advance()

    def _keep(self, wish: _Wish, value: object) -> None:
        if wish.frame is None:
            self._keep_clip(wish.job, value)
            return
        self._heads[self._frame_key(wish.job, wish.frame)] = value  # type: ignore[assignment]
        while len(self._heads) > MAX_HEADS:
            self._heads.popitem(last=False)
        self.frame_ready.emit(wish.job, wish.frame)

    def _keep_clip(self, job: Job, value: object) -> None:
        if not isinstance(value, Path):
            raise TypeError(f"a preview gave {type(value).__name__}, need a path")
        start = job.first_frame
        clip = PreviewClip(path=value, source=job.source, start=start, stop=start + _n_frames(job))
        self._clips[(_settings_key(job), start)] = clip
        while len(self._clips) > MAX_CLIPS:
            self._clips.popitem(last=False)[1].path.unlink(missing_ok=True)
        self.clip_ready.emit(clip)


def _without_beta(job: Job) -> Job:
    return replace(job, restoration=replace(job.restoration, beta=1.0))


def _settings_key(job: Job) -> Hashable:
    return (job.source, job.restoration, job.device)


def _n_frames(job: Job) -> int:
    return (job.stop_frame or job.first_frame + 1) - job.first_frame
