"""The panel on the right: source, settings, and at its foot what it will cost and the one prominent button."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.choice import Choice
from app.previewer import PreviewStage
from app.widgets.advanced_section import AdvancedSection
from app.widgets.controls import IconButton, button, label
from app.widgets.export_section import ExportSection
from app.widgets.look_section import LookSections
from app.widgets.source_card import SourceCard
from app.widgets.trouble_card import TroubleCard
from engine.clip import Clip
from engine.models.spec import ModelSpec

WIDTH = 320


class SettingsPanel(QWidget):
    """Shows the session's choice; emits edits and wishes."""

    edited = Signal(object, str)
    upscale_wanted = Signal()
    wanted = Signal(str)
    """Id of a command: preview_frame, preview_clip, compare_betas."""
    preview_cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel_frame")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self.source = SourceCard(self)
        self.look = LookSections(self)
        self.advanced = AdvancedSection(self)
        self.export = ExportSection(self)
        self.trouble = TroubleCard(self)
        self._specs: tuple[ModelSpec, ...] = ()
        self._preview_stage = PreviewStage.IDLE
        self._unfolded: QWidget | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scrolled(), 1)
        column.addWidget(self._actions())
        for part in (self.look, self.advanced, self.export):
            part.edited.connect(self.edited)
        for section in (self.advanced, self.export):
            section.folded_changed.connect(self._on_folded_changed)
        self.look.betas_wanted.connect(self._on_betas_wanted)
        self.set_ready(False)

    @Slot(bool)
    def _on_folded_changed(self, folded: bool) -> None:
        """Bring what was unfolded into sight, once it has its size."""
        section = self.sender()
        if not folded and isinstance(section, QWidget):
            self._unfolded = section
            QTimer.singleShot(0, self._show_unfolded)

    @Slot()
    def _show_unfolded(self) -> None:
        section = self._unfolded
        if section is not None:
            self.area.ensureWidgetVisible(section, 0, 8)
            bar = self.area.verticalScrollBar()
            bar.setValue(min(bar.value(), section.y() - 8))  # of a long one the title, not the end

    def set_models(self, specs: tuple[ModelSpec, ...]) -> None:
        """Offer these models."""
        self._specs = specs
        self.look.set_models(specs)

    def show_choice(self, choice: Choice, clip: Clip | None) -> None:
        """Show settings without saying so."""
        spec = next((spec for spec in self._specs if spec.id == choice.restoration.model), None)
        self.look.show_choice(choice, clip)
        self.advanced.show_choice(choice, spec)
        self.export.show_choice(choice)

    def set_ready(self, ready: bool) -> None:
        """Whether there is a clip to work on."""
        for wish in (self._upscale, self._frame, self._seconds, self.look.compare):
            wish.setEnabled(ready)

    def show_estimate(self, time: str, cost: str, note: str) -> None:
        """What the job will take, and what will be lost or changed if anything."""
        self._time.setText(time)
        self._cost.setText(cost)
        self._note.setText(note)
        self._note.setToolTip(note)

    def show_preview_stage(self, stage: PreviewStage, done: int, total: int) -> None:
        """Say what the previewer does, and offer to end it."""
        self._preview_stage = stage
        words = {
            PreviewStage.IDLE: "",
            PreviewStage.WAITING: self.tr("The preview waits for the next step of the running job."),
            PreviewStage.FRAME: self.tr("Restoring this frame"),
            PreviewStage.CLIP: self.tr("Restoring 3 seconds: {} of {} frames").format(done, total),
        }
        self._activity.setText(words[stage])
        busy = stage is not PreviewStage.IDLE
        self._activity.setVisible(busy)
        self._note.setVisible(not busy)
        self._stop.setVisible(busy)

    def activity(self) -> str:
        """What is said about the preview under way."""
        return self._activity.text()

    def _scrolled(self) -> QScrollArea:
        inside = QWidget(self)
        inside.setObjectName("panel")
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        for part in (self.source, self.trouble, self.look, self.advanced, self.export):
            column.addWidget(part)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area = area
        return area

    def _actions(self) -> QWidget:
        foot = QWidget(self)
        foot.setObjectName("action_area")
        foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._make_actions(foot)
        column = QVBoxLayout(foot)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(8)
        costs = QHBoxLayout()
        costs.addWidget(self._time)
        costs.addStretch(1)
        costs.addWidget(self._cost)
        column.addLayout(costs)
        activity = QHBoxLayout()
        activity.setSpacing(8)
        activity.addWidget(self._note, 1)
        activity.addWidget(self._activity, 1)
        activity.addWidget(self._stop)
        column.addLayout(activity)
        previews = QHBoxLayout()
        previews.setSpacing(8)
        previews.addWidget(self._frame, 1)
        previews.addWidget(self._seconds, 1)
        column.addLayout(previews)
        column.addWidget(self._upscale)
        return foot

    def _make_actions(self, foot: QWidget) -> None:
        self._time = label("", foot, "heading")
        self._time.setFixedHeight(20)
        self._time.setAccessibleName(self.tr("Time it will take"))
        self._cost = label("", foot, "secondary")
        self._cost.setAccessibleName(self.tr("Size and memory it will take"))
        self._note = label("", foot, "secondary", wrap=True)
        self._note.setMinimumHeight(32)  # grows upwards: what lies below keeps its place
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._activity = label("", foot, wrap=True)
        self._activity.setFixedHeight(32)
        self._activity.setVisible(False)
        self._stop = IconButton("close", self.tr("End the preview"), foot)
        self._stop.setVisible(False)
        tip = self.tr("Restores the frame you see, with its neighbours in time, as the whole film would be.")
        self._frame = button(self.tr("Preview frame"), tip, foot)
        self._seconds = button(self.tr("Preview 3 s"), self.tr("Restores three seconds from here on."), foot)
        self._upscale = button(
            self.tr("Upscale"), self.tr("Restores the film and checks it."), foot, "primary"
        )
        self._upscale.setObjectName("upscale")
        self._frame.setObjectName("preview_frame")
        self._seconds.setObjectName("preview_clip")
        self._frame.clicked.connect(self._on_preview_clicked)
        self._seconds.clicked.connect(self._on_preview_clicked)
        self._upscale.clicked.connect(self.upscale_wanted)
        self._stop.clicked.connect(self._on_stop_clicked)

    @Slot()
    def _on_preview_clicked(self) -> None:
        self.wanted.emit(self.sender().objectName())

    @Slot()
    def _on_betas_wanted(self) -> None:
        self.wanted.emit("compare_betas")

    @Slot()
    def _on_stop_clicked(self) -> None:
        self.preview_cancelled.emit()
