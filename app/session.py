"""What the window is about: the clip, the settings, the playhead and the range."""

import logging
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from app.choice import (
    Choice,
    choice_dict,
    choice_from,
    job_for,
    output_scale,
    suggested_short_side,
    target_for,
)
from app.frame_loader import OpenClip
from app.history import History
from app.messages import Failure
from app.preferences import Preferences
from app.surveyor import SOURCE, Surveyor, SurveyTask
from engine.clip import Clip, SourceState
from engine.errors import EngineError, SettingsError
from engine.job import Job
from engine.settings import Preset

logger = logging.getLogger(__name__)

RESULT = "result"
PREVIEW_SECONDS = 3.0
KEEP_MS = 400
"""Settings are written to disk once they have rested so long: a dragged slider must not wait for the disk."""


class Session(QObject):
    """Decides; widgets ask it to do things and listen to what came of it."""

    clip_opening = Signal(object)
    """Path: its frames are being walked through."""
    clip_probed = Signal(object)
    """Clip: the facts are known."""
    first_seen = Signal(QImage)
    walked = Signal(int)
    """Frames seen so far of the clip that is opening."""
    clip_opened = Signal()
    clip_judged = Signal(object)
    """SourceState of the open clip, a moment after clip_opened."""
    """`film` and `shots` are there."""
    open_failed = Signal(object, object)
    """Path, Failure."""
    thumb_made = Signal(int, QImage)
    choice_changed = Signal()
    playhead_moved = Signal(int)
    range_changed = Signal()
    result_opened = Signal(object)
    """OpenClip of a finished film that was asked for."""

    def __init__(self, surveyor: Surveyor, preferences: Preferences, parent: QObject) -> None:
        super().__init__(parent)
        self._surveyor = surveyor
        self._preferences = preferences
        self._history = History(_last_choice(preferences))
        self._keep_timer = QTimer(self)
        self._keep_timer.setSingleShot(True)
        self._keep_timer.setInterval(KEEP_MS)
        self._keep_timer.timeout.connect(self.keep)
        self.clip: Clip | None = None
        self.film: OpenClip | None = None
        self.shots: tuple[int, ...] = ()
        self.playhead = 0
        self.range: tuple[int, int] | None = None
        """Half-open range of frames to restore; None: all."""
        surveyor.probed.connect(self._on_probed)
        surveyor.first_seen.connect(self._on_first_seen)
        surveyor.walked.connect(self._on_walked)
        surveyor.thumb_made.connect(self._on_thumb_made)
        surveyor.opened.connect(self._on_opened)
        surveyor.judged.connect(self._on_judged)
        surveyor.failed.connect(self._on_failed)

    # the clip

    @property
    def n_frames(self) -> int:
        """Frames of the open clip, 0 without one."""
        return len(self.film.index) if self.film else 0

    def open(self, path: Path) -> None:
        """Open a clip; the old one leaves at once."""
        self.clip, self.film, self.shots, self.range, self.playhead = None, None, (), None, 0
        self.clip_opening.emit(path)
        self._surveyor.open(path, SOURCE)

    def open_result(self, path: Path) -> None:
        """Open a finished film for looking; answered by `result_opened`."""
        self._surveyor.open(path, RESULT)

    def seconds_at(self, frame: int) -> float:
        """Time of a frame from the start of the clip, by its own time stamps."""
        if self.film is None or not self.n_frames:
            return 0.0
        pts = self.film.index.pts
        offset = int(pts[min(frame, len(pts) - 1)] - pts[0])
        return float(offset * self.film.clip.time_base)

    def frame_at(self, seconds: float) -> int:
        """The frame that is on screen at a time from the start of the clip."""
        if self.film is None or not self.n_frames:
            return 0
        pts = self.film.index.pts
        wanted = int(pts[0]) + seconds / float(self.film.clip.time_base)
        return min(max(int(pts.searchsorted(wanted + 0.5, side="right")) - 1, 0), len(pts) - 1)

    # the playhead and the range

    def seek(self, frame: int) -> None:
        """Move the playhead, kept inside the clip."""
        inside = max(0, min(frame, self.n_frames - 1))
        if self.n_frames and inside != self.playhead:
            self.playhead = inside
            self.playhead_moved.emit(inside)

    def set_range(self, wanted: tuple[int, int] | None) -> None:
        """Choose the half-open range to restore; the whole clip is None."""
        if wanted is not None:
            start = max(0, min(wanted[0], self.n_frames - 1))
            stop = max(start + 1, min(wanted[1], self.n_frames))
            wanted = None if (start, stop) == (0, self.n_frames) else (start, stop)
        if wanted != self.range:
            self.range = wanted
            self.range_changed.emit()

    def set_in(self, frame: int) -> None:
        """Let the range begin here."""
        stop = self.range[1] if self.range else self.n_frames
        self.set_range((frame, stop if stop > frame else self.n_frames))

    def set_out(self, frame: int) -> None:
        """Let the range end with this frame."""
        start = self.range[0] if self.range else 0
        self.set_range((start if start <= frame else 0, frame + 1))

    # the settings

    @property
    def choice(self) -> Choice:
        """The present settings."""
        return self._history.now

    @property
    def can_undo(self) -> bool:
        """True when a settings change can be taken back."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """True when an undone settings change can come back."""
        return self._history.can_redo

    def change(self, choice: Choice, control: str = "") -> None:
        """Make settings the present ones; changes of one named control in quick succession are one step."""
        if self._history.change(choice, control):
            self._tell_choice()

    def settle(self, choice: Choice) -> None:
        """Adjust settings to what the clip and the model allow; no step for undo."""
        if self._history.settle(choice):
            self._tell_choice()

    def use_preset(self, preset: Preset) -> None:
        """Take over a preset's settings."""
        self.change(self.choice.with_preset(preset))

    def undo(self) -> None:
        """Take the last settings change back."""
        if self._history.undo():
            self._tell_choice()

    def redo(self) -> None:
        """Bring an undone settings change back."""
        if self._history.redo():
            self._tell_choice()

    # jobs

    def job(self, taken: frozenset[Path]) -> Job:
        """The request for the open clip as it stands; raises SettingsError when the name makes no sense."""
        if self.clip is None:
            raise SettingsError("no clip is open")
        first, stop = self.range or (0, None)
        return job_for(self.clip, self.choice, target_for(self.clip, self.choice, taken), first, stop)

    def preview_job(self, start: int = 0, stop: int | None = None) -> Job | None:
        """The request for a look at some frames, or None without a clip."""
        if self.clip is None:
            return None
        alone = replace(self.choice, devices="")
        return job_for(self.clip, alone, self.clip.path.with_suffix(".preview.mkv"), start, stop)

    def preview_range(self) -> tuple[int, int]:
        """The frames of the three seconds from the playhead on."""
        stop = self.frame_at(self.seconds_at(self.playhead) + PREVIEW_SECONDS) + 1
        start = max(0, min(self.playhead, self.n_frames - 1))
        return start, max(start + 1, min(stop, self.n_frames))

    # what the surveyor says

    @Slot(object, object)
    def _on_probed(self, task: SurveyTask, clip: Clip) -> None:
        if task.purpose == SOURCE and not task.cancel.cancelled:
            self.clip = clip
            self.clip_probed.emit(clip)

    @Slot(object, QImage)
    def _on_first_seen(self, task: SurveyTask, image: QImage) -> None:
        if not task.cancel.cancelled:
            self.first_seen.emit(image)

    @Slot(object, int)
    def _on_walked(self, task: SurveyTask, n_frames: int) -> None:
        if task.purpose == SOURCE and not task.cancel.cancelled:
            self.walked.emit(n_frames)

    @Slot(object, int, QImage)
    def _on_thumb_made(self, task: SurveyTask, frame: int, image: QImage) -> None:
        if task.purpose == SOURCE and not task.cancel.cancelled:
            self.thumb_made.emit(frame, image)

    @Slot(object, object, object)
    def _on_opened(self, task: SurveyTask, film: OpenClip, shots: tuple[int, ...]) -> None:
        if task.cancel.cancelled:
            return
        if task.purpose != SOURCE:
            self.result_opened.emit(film)
            return
        self.clip, self.film, self.shots = film.clip, film, shots
        self._preferences.remember_clip(film.clip.path)
        self.clip_opened.emit()
        self.playhead_moved.emit(0)

    @Slot(object, object)
    def _on_judged(self, task: SurveyTask, state: SourceState) -> None:
        if task.purpose == SOURCE and not task.cancel.cancelled:
            self.clip_judged.emit(state)

    @Slot(object, object)
    def _on_failed(self, task: SurveyTask, failure: Failure) -> None:
        if not task.cancel.cancelled:
            self.open_failed.emit(task.path, failure)

    @Slot()
    def keep(self) -> None:
        """Write the settings to disk now."""
        self._keep_timer.stop()
        self._preferences.change(choice=choice_dict(self.choice))

    def _tell_choice(self) -> None:
        self._keep_timer.start()
        self.choice_changed.emit()


def fitting(choice: Choice, clip: Clip, largest_factor: float) -> Choice:
    """The same settings with a target the model can reach from this clip."""
    factor = output_scale(clip, choice.restoration)
    if 1.0 <= factor <= largest_factor:
        return choice
    side = suggested_short_side(clip, largest_factor)
    scale = None if side else largest_factor
    return replace(choice, restoration=replace(choice.restoration, short_side=side, scale=scale))


def _last_choice(preferences: Preferences) -> Choice:
    try:
        return choice_from(preferences.now.choice)
    except EngineError as error:
        logger.warning("the last settings are not usable: %s", error)
        return Choice()
