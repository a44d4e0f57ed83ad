"""Shows the session in the viewer, the timeline and the panel: words, numbers, pictures."""

import logging
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QSizeF, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from app import words
from app.choice import Choice, output_size
from app.engine_words import sentence
from app.frame_loader import Pair, Strip
from app.messages import Failure
from app.previewer import PreviewStage
from app.session import fitting
from app.viewing import Beside
from app.widgets.settings_panel import SettingsPanel
from app.widgets.stage import Stage
from app.widgets.top_bar import TopBar
from app.workshop import Workshop
from engine.clip import Clip
from engine.errors import EngineError
from engine.events import Severity
from engine.job import Job

logger = logging.getLogger(__name__)

CHANGES = ("pulldown-undone", "deinterlaced", "tone-mapped", "not-hdr")
"""Notices of what the settings make of the source; the others that are not warnings wait until the start."""
NOTICES_AFTER_MS = 150
"""Notices and estimates follow a dragged control after a short rest."""


class Presenter(QObject):
    """From what is decided to what is seen."""

    snapshot_saved = Signal(str)

    def __init__(
        self, workshop: Workshop, stage: Stage, panel: SettingsPanel, top: TopBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._workshop, self._session = workshop, workshop.session
        self._stage, self._panel, self._top = stage, panel, top
        self._waiting_result: Job | None = None
        self._are_exact, self._snapshot_waits = True, False
        self._cost_timer = QTimer(self)
        self._cost_timer.setSingleShot(True)
        self._cost_timer.setInterval(NOTICES_AFTER_MS)
        self._cost_timer.timeout.connect(self._show_cost)
        self._connect()

    def _connect(self) -> None:
        session, viewing = self._session, self._workshop.viewing
        session.clip_opening.connect(self._on_clip_opening)
        session.clip_probed.connect(self._on_clip_probed)
        session.first_seen.connect(self._on_first_seen)
        session.walked.connect(self._on_walked)
        session.clip_opened.connect(self._on_clip_opened)
        session.clip_judged.connect(self._panel.source.show_state)
        session.thumb_made.connect(self._stage.transport.timeline.add_thumb)
        session.choice_changed.connect(self.show_choice)
        session.playhead_moved.connect(self._on_playhead_moved)
        session.range_changed.connect(self._on_range_changed)
        viewing.pair_shown.connect(self._on_pair_shown)
        viewing.strip_shown.connect(self._on_strip_shown)
        viewing.cached_changed.connect(self._on_cached_changed)
        self._workshop.player.speed_changed.connect(self._on_speed_changed)
        self._workshop.previewer.stage_changed.connect(self._on_stage_changed)
        self._workshop.previewer.failed.connect(self._on_preview_failed)
        self._workshop.loader.load_failed.connect(self._on_preview_failed)
        self._workshop.queue.entry_ended.connect(self._on_run_ended)
        self._workshop.previewer.clip_ready.connect(self._on_run_ended)
        timeline = self._stage.transport.timeline
        timeline.sought.connect(self._on_sought)
        timeline.range_dragged.connect(self._on_range_dragged)
        self._stage.view.zoom_changed.connect(self._on_zoom_changed)

    # the settings

    @Slot()
    def show_choice(self) -> None:
        """Show the settings, and what they cost."""
        self._stage.profile.clear()
        self._panel.show_choice(self._session.choice, self._session.clip)
        self._panel.look.set_reach(self._session.clip, float(self._workshop.spec.scales[-1]))
        self._top.set_enabled("undo", self._session.can_undo)
        self._top.set_enabled("redo", self._session.can_redo)
        self._stage.strip.set_now(self._session.choice.restoration.beta)
        self._cost_timer.start()

    @Slot(object, str)
    def edit(self, choice: Choice, control: str) -> None:
        """Take over settings that a control of the panel has changed."""
        self._session.change(choice, control)
        if control == "model":
            self.fit_choice()

    @Slot(str)
    def choose_model(self, model: str) -> None:
        """Take another model."""
        choice = self._session.choice
        self._session.change(replace(choice, restoration=replace(choice.restoration, model=model)), "model")
        self.fit_choice()

    def fit_choice(self) -> None:
        """Bring a target that is out of the model's reach back into it."""
        if self._session.clip is not None:
            reach = float(self._workshop.spec.scales[-1])
            self._session.settle(fitting(self._session.choice, self._session.clip, reach))

    @Slot()
    def _show_cost(self) -> None:
        estimate = self._workshop.estimate()
        if estimate is None:
            self._panel.show_estimate("", "", "")
            return
        time = self.tr("Time not known yet")
        if estimate.seconds is not None:
            time = words.duration(estimate.seconds)
        shape = self.tr("up to {} memory") if estimate.peak_is_bound else self.tr("{} memory")
        memory = shape.format(words.size(estimate.peak_bytes))
        cost = f"{words.size(estimate.n_bytes)}, {memory}"
        self._panel.show_estimate(time, cost, self._what_is_lost())

    def _what_is_lost(self) -> str:
        try:
            notices = self._workshop.notices()
        except EngineError as error:
            return sentence(str(error))
        warnings = [sentence(notice.message) for notice in notices if notice.severity is Severity.WARNING]
        if not warnings:
            warnings = [self.tr("Nothing is lost: sound, subtitles, times and colours are kept.")]
        changes = [sentence(notice.message) for notice in notices if notice.code in CHANGES]
        return " ".join((*warnings, *changes))

    # the clip

    @Slot(object)
    def _on_clip_opening(self, path: Path) -> None:
        self._stage.show_opening(self.tr("Reading {}").format(path.name))
        self._stage.profile.clear()
        self._stage.transport.timeline.clear()
        self._stage.transport.set_enabled(False)
        self._stage.transport.set_range("")
        self._panel.source.show_name(path.name)
        self._panel.set_ready(False)
        self._panel.show_estimate("", "", "")

    @Slot(object)
    def _on_clip_probed(self, clip: Clip) -> None:
        self._panel.source.show_clip(clip, 0)
        self._stage.transport.timeline.set_frames(clip.estimated_frames or 0)
        self.show_choice()

    @Slot(QImage)
    def _on_first_seen(self, image: QImage) -> None:
        clip = self._session.clip
        if clip is None:
            return
        width, height = output_size(clip, self._session.choice.restoration)
        size = QSizeF(width * float(clip.sample_aspect_ratio), height)
        self._stage.show_clip()
        self._stage.view.show_pair(image, image, (self.tr("Reading the clip"), ""), size)

    @Slot(int)
    def _on_walked(self, n_frames: int) -> None:
        clip = self._session.clip
        if clip is None:
            return
        total = clip.estimated_frames
        text = self.tr("Reading {}: frame {}").format(clip.path.name, words.count(n_frames))
        if total:
            text = self.tr("Reading {}: {} %").format(clip.path.name, words.percent(n_frames, total))
        self._stage.empty.show_opening(text)
        self._stage.view.set_words((text, ""))

    @Slot()
    def _on_clip_opened(self) -> None:
        film = self._session.film
        if film is None:
            return
        self._panel.source.show_clip(film.clip, len(film.index))
        self._stage.transport.timeline.set_frames(len(film.index))
        self._stage.transport.timeline.set_shots(self._session.shots)
        self._stage.transport.set_enabled(True)
        self._panel.set_ready(True)
        self._stage.view.fit()
        self.show_choice()
        self.show_waiting_result()

    @Slot(int)
    def _on_playhead_moved(self, frame: int) -> None:
        clip = self._session.clip
        if clip is None:
            return
        time = words.timecode(self._session.seconds_at(frame), clip.frame_rate)
        position = self.tr("frame {} of {}").format(words.count(frame), words.count(self._session.n_frames))
        self._stage.transport.set_time(time, position)
        self._stage.transport.timeline.set_playhead(frame)

    @Slot()
    def _on_range_changed(self) -> None:
        chosen = self._session.range
        self._stage.transport.timeline.set_range(chosen)
        self._stage.transport.set_range(self._range_words(chosen))
        self._cost_timer.start()

    def _range_words(self, chosen: tuple[int, int] | None) -> str:
        clip = self._session.clip
        if chosen is None or clip is None:
            return ""
        start = words.timecode(self._session.seconds_at(chosen[0]), clip.frame_rate)
        stop = words.timecode(self._session.seconds_at(chosen[1] - 1), clip.frame_rate)
        return self.tr("in {}  out {}").format(start, stop)

    @Slot(int)
    def _on_sought(self, frame: int) -> None:
        self._workshop.player.stop()
        self._session.seek(frame)

    @Slot(int, int)
    def _on_range_dragged(self, start: int, stop: int) -> None:
        self._session.set_range((start, stop))

    # the pictures

    @Slot(object, object)
    def _on_pair_shown(self, pair: Pair, beside: Beside) -> None:
        clip = pair.request.source.clip
        width, height = pair.after_size
        if beside is Beside.PLAIN:
            width, height = output_size(clip, self._session.choice.restoration)
        size = QSizeF(width * float(clip.sample_aspect_ratio), height)
        halves = (pair.before_half, pair.after_half)
        before = self.tr("Source  {}×{}").format(clip.width, clip.height)
        self._stage.view.show_pair(pair.before, pair.after, (before, self._after_words(beside)), size, halves)
        names = (self.tr("Source"), self._after_words(beside))
        self._stage.profile.add(pair.request.frame, pair.before, pair.after, names)
        self._are_exact = pair.exact
        if self._snapshot_waits and pair.exact:
            self._snapshot_waits = False
            self.save_snapshot()

    def _after_words(self, beside: Beside) -> str:
        beta = words.decimal(self._session.choice.restoration.beta, 2)
        return {
            Beside.PLAIN: self.tr("Plain upscale (Lanczos), not restored"),
            Beside.FRAME: self.tr("Preview  {}").format(beta),
            Beside.EARLIER: self.tr("Preview at earlier settings"),
            Beside.CLIP: self.tr("Preview  {}").format(beta),
            Beside.RUNNING: self.tr("Running job"),
            Beside.RESULT: self.tr("Result"),
        }[beside]

    @Slot(object)
    def _on_strip_shown(self, strip: Strip) -> None:
        beta = self._session.choice.restoration.beta
        self._stage.strip.show_strip(strip.request.betas, strip.images, beta)
        self._stage.show_strip(True)

    @Slot()
    def _on_cached_changed(self) -> None:
        self._stage.transport.timeline.set_cached(self._workshop.viewing.cached_ranges())

    @Slot(float)
    def _on_zoom_changed(self, zoom: float) -> None:
        self._top.show_zoom(zoom, self._stage.view.geometry_now.zoom is None)
        self._workshop.viewing.set_shown_width(self._stage.view.shown_width())

    @Slot(float)
    def _on_speed_changed(self, speed: float) -> None:
        self._stage.transport.set_playing(speed != 0)

    @Slot(object, int, int)
    def _on_stage_changed(self, stage: PreviewStage, done: int, total: int) -> None:
        self._panel.show_preview_stage(stage, done, total)

    @Slot(object)
    def _on_preview_failed(self, failure: Failure) -> None:
        self._panel.trouble.show_failure(failure)

    @Slot(object)
    def _on_run_ended(self, _what: object) -> None:
        self._cost_timer.start()

    # results

    def show_after_opening(self, job: Job | None) -> None:
        """Put a job's result beside the clip that is about to be opened."""
        self._waiting_result = job

    def show_waiting_result(self) -> None:
        """Put the waiting result beside the open clip."""
        if self._waiting_result is not None:
            job, self._waiting_result = self._waiting_result, None
            self._workshop.viewing.show_result(job)

    def save_snapshot(self) -> None:
        """Save both pictures beside the source, once they are exact."""
        clip, view = self._session.clip, self._stage.view
        if clip is None or not view.has_picture:
            return
        if not self._are_exact:
            self._snapshot_waits = True
            self._workshop.player.stop()
            self._workshop.viewing.refresh()
            return
        stem = f"{clip.path.stem}_{self._session.playhead:06d}"
        pictures: dict[str, QImage] = dict(zip(("source", "restored"), view.pictures(), strict=True))
        for name, image in pictures.items():
            image.save(str(clip.path.with_name(f"{stem}_{name}.png")))
        self.snapshot_saved.emit(self.tr("Both pictures were saved beside the clip."))
