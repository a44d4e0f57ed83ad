"""Which two pictures are on screen: decides what stands beside the source, and asks the loader for both."""

from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from app.choice import output_size
from app.engine_calls import Blendable
from app.frame_loader import (
    After,
    FrameLoader,
    FromFilm,
    FromHeads,
    FromImage,
    Lanczos,
    OpenClip,
    Pair,
    PairRequest,
    StripRequest,
)
from app.previewer import PreviewClip, Previewer
from app.session import Session
from app.surveyor import Surveyor, SurveyTask
from engine.job import Job
from engine.settings import RestorationSettings

PREVIEW = "preview"
STRIP_BETAS = (0.0, 0.5, 1.0, 1.5, 2.0)
STRIP_WIDTH = 480
SHARPEN_MS = 150
"""A playhead that stands still so long gets exact pictures; while it moves, quick ones of the size shown."""
REST_MS = 600
"""A slider that needs inference waits so long after its last move."""


class Beside(Enum):
    """What the right-hand picture is."""

    PLAIN = "plain"
    """The plain upscale."""
    FRAME = "frame"
    """A previewed frame."""
    EARLIER = "earlier"
    """A previewed frame at other settings, until the new one is there."""
    CLIP = "clip"
    """A frame of previewed seconds."""
    RUNNING = "running"
    """The latest frame of a running job."""
    RESULT = "result"
    """A frame of a finished film."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Result:
    """A finished film of the open clip."""

    film: OpenClip
    start: int
    """First frame of the source that is in it."""
    settings: RestorationSettings
    """It was made with these."""

    def holds(self, frame: int) -> bool:
        """True when the source's frame was restored in it."""
        return self.start <= frame < self.start + len(self.film.index)


class Viewing(QObject):
    """Turns playhead, settings and what is cached into one pair of pictures."""

    pair_shown = Signal(object, object)
    """Pair, Beside."""
    strip_shown = Signal(object)
    """Strip."""
    cached_changed = Signal()
    """Frames that can be shown restored have changed."""

    def __init__(
        self,
        session: Session,
        loader: FrameLoader,
        previewer: Previewer,
        surveyor: Surveyor,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._loader = loader
        self._previewer = previewer
        self._surveyor = surveyor
        self._number = 0
        self._beside: dict[int, Beside] = {}
        self._result: Result | None = None
        self._awaited: tuple[int, RestorationSettings] = (0, RestorationSettings())
        self._clip_films: dict[PreviewClip, OpenClip] = {}
        self._opening_clip: PreviewClip | None = None
        self._running: tuple[int, QImage] | None = None
        self._strip_frame: int | None = None
        self._last_beside = Beside.PLAIN
        self._followed: tuple[int, Blendable] | None = None
        """The previewed frame at the playhead; a sampling model's slider previews it anew."""
        self._shown_width: int | None = None
        self._sharpen = QTimer(self)
        self._sharpen.setObjectName("sharpen")
        self._sharpen.setSingleShot(True)
        self._sharpen.setInterval(SHARPEN_MS)
        self._sharpen.timeout.connect(self.refresh)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._on_rest_timeout)
        session.clip_opening.connect(self._on_clip_opening)
        session.playhead_moved.connect(self._on_playhead_moved)
        session.choice_changed.connect(self._on_choice_changed)
        session.result_opened.connect(self._on_result_opened)
        previewer.frame_ready.connect(self._on_frame_ready)
        previewer.clip_ready.connect(self._on_clip_ready)
        surveyor.opened.connect(self._on_surveyed)
        loader.pair_loaded.connect(self._on_pair_loaded)
        loader.strip_loaded.connect(self.strip_shown)

    @property
    def result(self) -> Result | None:
        """The finished film on the right, or None."""
        return self._result

    def cached_ranges(self) -> tuple[tuple[int, int], ...]:
        """Half-open ranges of source frames that can be shown restored with the present settings."""
        job = self._session.preview_job()
        if job is None:
            return ()
        ranges = [(frame, frame + 1) for frame in self._previewer.frames(job)]
        ranges += [(clip.start, clip.stop) for clip in self._previewer.clips(job)]
        if self._result:
            ranges.append((self._result.start, self._result.start + len(self._result.film.index)))
        return tuple(sorted(ranges))

    def show_result(self, job: Job) -> None:
        """Put the finished film of a job on the open clip on the right."""
        self._awaited = (job.first_frame, job.restoration)
        self._session.open_result(job.target)

    def show_running(self, frame: int, image: QImage) -> None:
        """Put the latest frame of the running job of this clip on the right, when the playhead is there."""
        self._running = (frame, image)
        if frame == self._session.playhead:
            self.refresh()

    def want_strip(self) -> None:
        """Show the current frame at five betas, restoring it first where needed."""
        self._strip_frame = self._session.playhead
        self._fill_strip()

    def set_shown_width(self, width: int) -> None:
        """Each picture is so wide on screen, in its pixels; while the playhead moves none is made larger."""
        self._shown_width = width

    @Slot()
    def refresh(self) -> None:
        """Ask for the exact pair at the playhead again."""
        self._sharpen.stop()
        self._ask(None)

    def _ask(self, width: int | None, *, passing: bool = False) -> None:
        film = self._session.film
        if film is None:
            return
        after, beside = self._after(film)
        self._number += 1
        self._beside = {self._number: beside} | dict(list(self._beside.items())[:8])
        frame = self._session.playhead
        self._loader.request(
            PairRequest(
                number=self._number, source=film, frame=frame, after=after, width=width, passing=passing
            )
        )

    def _fill_strip(self) -> None:
        """Ask for the first frame that is still missing, or for the finished strip."""
        job, frame = self._session.preview_job(), self._strip_frame
        if job is None or frame is None:
            return
        heads: list[Blendable] = []
        for beta in STRIP_BETAS:
            asked = replace(job, restoration=replace(job.restoration, beta=beta))
            found = self._previewer.heads(asked, frame)
            if found is None:
                self._previewer.want_frame(asked, frame)
                return
            heads.append(found)
        self._strip_frame = None
        self._number += 1
        self._loader.request(
            StripRequest(number=self._number, heads=tuple(heads), betas=STRIP_BETAS, width=STRIP_WIDTH)
        )

    def _after(self, film: OpenClip) -> tuple[After, Beside]:
        frame = self._session.playhead
        job = self._session.preview_job()
        result = self._result if self._result and self._result.holds(frame) else None
        if job and result and result.settings == job.restoration:
            return FromFilm(film=result.film, frame=frame - result.start), Beside.RESULT
        heads = self._previewer.heads(job, frame) if job else None
        if job and heads is not None:
            self._followed = (frame, heads)
            return FromHeads(heads=heads, beta=job.restoration.beta), Beside.FRAME
        clip = self._previewer.clip_at(job, frame) if job else None
        if clip in self._clip_films and clip is not None:
            return FromFilm(film=self._clip_films[clip], frame=frame - clip.start), Beside.CLIP
        if result:
            return FromFilm(film=result.film, frame=frame - result.start), Beside.RESULT
        if self._running and self._running[0] == frame:
            return FromImage(image=self._running[1]), Beside.RUNNING
        if job and self._followed and self._follows(job):
            return FromHeads(heads=self._followed[1], beta=job.restoration.beta), Beside.EARLIER
        width, height = output_size(film.clip, self._session.choice.restoration)
        return Lanczos(width=width, height=height), Beside.PLAIN

    def _follows(self, job: Job) -> bool:
        """True when the frame at the playhead was previewed by a model whose slider needs inference."""
        at = self._followed[0] if self._followed else None
        return at == self._session.playhead and not self._previewer.is_live(job)

    @Slot(object)
    def _on_clip_opening(self, _path: object) -> None:
        self._followed = None
        self._rest.stop()
        self._result, self._running, self._strip_frame = None, None, None
        self._clip_films.clear()
        self.cached_changed.emit()

    @Slot(int)
    def _on_playhead_moved(self, frame: int) -> None:
        if self._followed is not None and self._followed[0] != frame:
            self._followed = None
            self._rest.stop()
        self._ask(self._shown_width, passing=self._sharpen.isActive())
        self._sharpen.start()

    @Slot()
    def _on_choice_changed(self) -> None:
        self.cached_changed.emit()
        job = self._session.preview_job()
        if job and self._follows(job):
            self._rest.start()
        self.refresh()

    @Slot()
    def _on_rest_timeout(self) -> None:
        job = self._session.preview_job()
        frame = self._session.playhead
        if job is not None and self._follows(job) and self._previewer.heads(job, frame) is None:
            self._previewer.want_frame(job, frame)

    @Slot(object)
    def _on_result_opened(self, film: OpenClip) -> None:
        start, settings = self._awaited
        self._result = Result(film=film, start=start, settings=settings)
        self.cached_changed.emit()
        self.refresh()

    @Slot(object, int)
    def _on_frame_ready(self, _job: object, _frame: int) -> None:
        self.cached_changed.emit()
        self.refresh()
        self._fill_strip()

    @Slot(object)
    def _on_clip_ready(self, clip: PreviewClip) -> None:
        self._opening_clip = clip
        self._surveyor.open(clip.path, PREVIEW)

    @Slot(object, object, object)
    def _on_surveyed(self, task: SurveyTask, film: OpenClip, _shots: object) -> None:
        clip = self._opening_clip
        if task.purpose != PREVIEW or clip is None or task.path != clip.path:
            return
        self._clip_films[clip] = film
        self.cached_changed.emit()
        self.refresh()

    @Slot(object)
    def _on_pair_loaded(self, pair: Pair) -> None:
        if pair.request.source is self._session.film:
            if pair.exact and pair.request.frame == self._session.playhead:
                self._sharpen.stop()
            self._last_beside = self._beside.get(pair.request.number, Beside.PLAIN)
            self.pair_shown.emit(pair, self._last_beside)
