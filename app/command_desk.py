"""Carries out commands: which key or button does what."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from app.widgets.beta_slider import LARGEST, STEP
from app.widgets.compare_view import STEP as ZOOM_STEP
from app.widgets.compare_view import WIPE_STEP, CompareView
from app.workshop import Workshop
from engine.job import JobState

GAINS = (1.0, 2.0, 4.0, 8.0, 16.0)


class CommandDesk(QObject):
    """The commands that need no dialog and no layout; the window adds the rest."""

    model_lacking = Signal(str)
    """Id of the chosen model, whose weights must be fetched before anything can be restored."""

    def __init__(self, workshop: Workshop, view: CompareView, parent: QObject) -> None:
        super().__init__(parent)
        self._workshop = workshop
        self._session = workshop.session
        self._view = view
        player = workshop.player
        self._doers: dict[str, Callable[[], object]] = {
            "play": player.toggle,
            "stop": player.stop,
            "faster": player.faster,
            "backwards": player.backwards,
            "step_back": self._step_back,
            "step_forward": self._step_forward,
            "previous_shot": self._previous_shot,
            "next_shot": self._next_shot,
            "to_start": self._to_start,
            "to_end": self._to_end,
            "set_in": self._set_in,
            "set_out": self._set_out,
            "clear_range": self._clear_range,
            "wipe_left": self._wipe_left,
            "wipe_right": self._wipe_right,
            "gain_up": self._gain_up,
            "gain_down": self._gain_down,
            "fit": view.fit,
            "zoom_one": self._zoom_one,
            "zoom_two": self._zoom_two,
            "zoom_in": self._zoom_in,
            "zoom_out": self._zoom_out,
            "preview_frame": self._preview_frame,
            "preview_clip": self._preview_clip,
            "compare_betas": self._compare_betas,
            "beta_down": self._beta_down,
            "beta_up": self._beta_up,
            "pause": self._pause,
            "undo": self._session.undo,
            "redo": self._session.redo,
        }

    def add(self, doers: dict[str, Callable[[], object]]) -> None:
        """Add what only the window can do."""
        self._doers |= doers

    @Slot(str)
    def do(self, command_id: str) -> None:
        """Carry out a command."""
        self._doers[command_id]()

    def knows(self, command_id: str) -> bool:
        """True when somebody carries the command out."""
        return command_id in self._doers

    def _step_back(self) -> None:
        self._step(-1)

    def _step_forward(self) -> None:
        self._step(1)

    def _step(self, frames: int) -> None:
        self._workshop.player.stop()
        self._session.seek(self._session.playhead + frames)

    def _previous_shot(self) -> None:
        before = [shot for shot in (0, *self._session.shots) if shot < self._session.playhead]
        self._jump(before[-1] if before else 0)

    def _next_shot(self) -> None:
        after = [shot for shot in self._session.shots if shot > self._session.playhead]
        self._jump(after[0] if after else self._session.n_frames - 1)

    def _to_start(self) -> None:
        self._jump(0)

    def _to_end(self) -> None:
        self._jump(self._session.n_frames - 1)

    def _jump(self, frame: int) -> None:
        self._workshop.player.stop()
        self._session.seek(frame)

    def _set_in(self) -> None:
        self._session.set_in(self._session.playhead)

    def _set_out(self) -> None:
        self._session.set_out(self._session.playhead)

    def _clear_range(self) -> None:
        self._session.set_range(None)

    def _wipe_left(self) -> None:
        self._view.move_wipe(self._view.wipe - WIPE_STEP)

    def _wipe_right(self) -> None:
        self._view.move_wipe(self._view.wipe + WIPE_STEP)

    def _gain_up(self) -> None:
        self._gain(1)

    def _gain_down(self) -> None:
        self._gain(-1)

    def _gain(self, step: int) -> None:
        at = GAINS.index(self._view.gain) + step
        self._view.set_gain(GAINS[max(0, min(len(GAINS) - 1, at))])
        self.do("mode_difference")

    def _zoom_one(self) -> None:
        self._view.zoom_to(1.0 / self._view.devicePixelRatioF())

    def _zoom_two(self) -> None:
        self._view.zoom_to(2.0 / self._view.devicePixelRatioF())

    def _zoom_in(self) -> None:
        self._view.zoom_by(ZOOM_STEP)

    def _zoom_out(self) -> None:
        self._view.zoom_by(1 / ZOOM_STEP)

    def has_model(self) -> bool:
        """False when the chosen model must be fetched first; `model_lacking` then says so."""
        model = self._workshop.lacking_model()
        if model:
            self.model_lacking.emit(model)
        return not model

    @Slot(object, str)
    def mind_model(self, _choice: object, control: str) -> None:
        """After the panel chose another model: offer its download when it is not here."""
        if control == "model":
            self.has_model()

    def _compare_betas(self) -> None:
        if self.has_model():
            self._workshop.viewing.want_strip()

    def _preview_frame(self) -> None:
        job = self._session.preview_job()
        if job is not None and self._session.n_frames and self.has_model():
            self._workshop.previewer.want_frame(job, self._session.playhead)

    def _preview_clip(self) -> None:
        job = self._session.preview_job(*self._session.preview_range())
        if job is not None and self._session.n_frames and self.has_model():
            self._workshop.previewer.want_clip(job)

    def _beta_down(self) -> None:
        self._shift_beta(-STEP)

    def _beta_up(self) -> None:
        self._shift_beta(STEP)

    def _shift_beta(self, step: float) -> None:
        self.set_beta(round(self._session.choice.restoration.beta + step, 2))

    @Slot(float)
    def set_beta(self, beta: float) -> None:
        """Move the slider."""
        choice = self._session.choice
        inside = max(0.0, min(LARGEST, beta))
        self._session.change(replace(choice, restoration=replace(choice.restoration, beta=inside)), "beta")

    def _pause(self) -> None:
        queue = self._workshop.queue
        if queue.running is not None:
            queue.pause(queue.running.id)
            return
        if queue.waiting is not None:
            queue.resume(queue.waiting.id)
            return
        paused = [entry for entry in queue.entries if entry.state is JobState.PAUSED]
        if paused:
            queue.resume(paused[0].id)
        else:
            queue.release()
