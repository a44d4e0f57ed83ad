"""Preset, target size, model and the slider: what most people set."""

from dataclasses import replace

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app import guide, words
from app.choice import SCALES, SHORT_SIDES, Choice, output_size
from app.engine_words import in_words
from app.widgets.beta_slider import BetaSlider
from app.widgets.controls import ComboBox, IconButton, Segments, button, choose_row, fill_box, label
from app.widgets.section import Section, titled
from engine.clip import Clip
from engine.models.spec import ModelSpec
from engine.settings import RestorationSettings


class LookSections(QWidget):
    """Shows a Choice, emits edited ones."""

    edited = Signal(object, str)
    """Choice, name of the control."""
    preset_chosen = Signal(str)
    save_preset_wanted = Signal()
    models_wanted = Signal()
    betas_wanted = Signal()
    beta_released = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._choice = Choice()
        self._size = Section(self.tr("Restoration"), self)
        self._look = Section(self.tr("Look"), self)
        self._preset = ComboBox(self.tr("Preset"), self.tr("Settings that suit a kind of source."), self)
        self._sides = Segments(self.tr("Target by lines"), self)
        self._scales = Segments(self.tr("Target by factor"), self)
        self._model = ComboBox(self.tr("Model"), self.tr("Which network restores the picture."), self)
        self.slider = BetaSlider(self)
        self._value = label(words.decimal(1, 2), self, "heading")
        self._fill_size()
        self._fill_look()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self._size)
        column.addWidget(self._look)
        self._size.reset_wanted.connect(self._on_size_reset)
        self._look.reset_wanted.connect(self._on_look_reset)

    def set_presets(self, names: tuple[str, ...]) -> None:
        """Offer these presets."""
        rows = [("", self.tr("Your own settings")), *((name, _shown_preset(name)) for name in names)]
        fill_box(self._preset, rows)
        choose_row(self._preset, self._choice.preset)

    def set_models(self, specs: tuple[ModelSpec, ...]) -> None:
        """Offer these models."""
        fill_box(self._model, [(spec.id, spec.title) for spec in specs])
        for row, spec in enumerate(specs):
            summary = QCoreApplication.translate("Models", spec.summary)
            if spec.custom:
                summary = in_words(spec.summary)
            self._model.setItemData(row, summary, Qt.ItemDataRole.ToolTipRole)
        choose_row(self._model, self._choice.restoration.model)

    def show_choice(self, choice: Choice, clip: Clip | None) -> None:
        """Show settings without saying so."""
        self._choice = choice
        settings = choice.restoration
        choose_row(self._preset, choice.preset)
        choose_row(self._model, settings.model)
        self._sides.choose(str(settings.short_side) if settings.short_side else None)
        self._scales.choose(f"{settings.scale:g}" if settings.scale else None)
        self.slider.set_value(settings.beta)
        self._value.setText(words.decimal(settings.beta, 2))
        self._look.set_changed(settings.beta != RestorationSettings().beta)
        self._size.set_changed(settings.model != RestorationSettings().model)
        width, height = output_size(clip, settings) if clip else (0, 0)
        self._size.set_note(f"{width}×{height}" if clip else "")

    def set_reach(self, clip: Clip | None, largest_factor: float) -> None:
        """Offer only targets between the source's own size and the model's reach."""
        short = min(clip.width, clip.height) if clip else 0
        for lines in SHORT_SIDES:
            fits = not clip or short <= lines <= short * largest_factor
            self._sides.button(str(lines)).setEnabled(fits)
        for scale in SCALES:
            self._scales.button(f"{scale:g}").setEnabled(scale <= largest_factor)

    def _fill_size(self) -> None:
        for lines in SHORT_SIDES:
            tip = self.tr("The short side becomes {} pixels.").format(lines)
            self._sides.add(str(lines), f"{lines}p", tip)
        for scale in SCALES:
            tip = self.tr("Width and height become {} times as large.").format(words.shortest(scale, 2))
            self._scales.add(f"{scale:g}", f"×{words.shortest(scale, 2)}", tip)
        save = IconButton("save", self.tr("Save these settings as a preset"), self)
        save.clicked.connect(self.save_preset_wanted)
        facts = IconButton("info", self.tr("What the models are and what they need"), self)
        facts.clicked.connect(self.models_wanted)
        self._size.body.addLayout(_with(titled(self.tr("Preset"), self._preset, self, 56), save))
        self._size.body.addWidget(self._sides)
        self._size.body.addWidget(self._scales)
        self._size.body.addLayout(_with(titled(self.tr("Model"), self._model, self, 56), facts))
        self._preset.activated.connect(self._on_preset_activated)
        self._model.activated.connect(self._on_model_activated)
        self._sides.chosen.connect(self._on_side_chosen)
        self._scales.chosen.connect(self._on_scale_chosen)

    def _fill_look(self) -> None:
        ends = QHBoxLayout()
        ends.addWidget(label(self.tr("Perception"), self, "secondary"))
        ends.addStretch(1)
        ends.addWidget(self._value)
        ends.addStretch(1)
        ends.addWidget(label(self.tr("Fidelity"), self, "secondary"))
        tip = self.tr("Shows this frame at five places of the slider; click the one you like.")
        self.compare = button(self.tr("Compare five looks"), tip, self)
        self.compare.clicked.connect(self.betas_wanted)
        self._look.body.addWidget(self.slider)
        self._look.body.addLayout(ends)
        more = IconButton("info", self.tr("What the slider does, with pictures"), self)
        more.clicked.connect(self._on_more_clicked)
        row = QHBoxLayout()
        row.addWidget(self.compare, 1)
        self._look.body.addLayout(_with(row, more))
        self.slider.moved.connect(self._on_slider_moved)
        self.slider.released.connect(self.beta_released)

    def _edit(self, control: str, **values: object) -> None:
        restoration = replace(self._choice.restoration, **values)  # type: ignore[arg-type]
        preset = self._choice.preset if control == "beta" else ""
        self.edited.emit(replace(self._choice, restoration=restoration, preset=preset), control)

    @Slot(int)
    def _on_preset_activated(self, row: int) -> None:
        self.preset_chosen.emit(self._preset.itemData(row))

    @Slot(int)
    def _on_model_activated(self, row: int) -> None:
        self._edit("model", model=self._model.itemData(row))

    @Slot(str)
    def _on_side_chosen(self, key: str) -> None:
        self._edit("target", short_side=int(key), scale=None)

    @Slot(str)
    def _on_scale_chosen(self, key: str) -> None:
        self._edit("target", short_side=None, scale=float(key))

    @Slot(float)
    def _on_slider_moved(self, value: float) -> None:
        self._edit("beta", beta=value)

    @Slot()
    def _on_more_clicked(self) -> None:
        guide.open_page("beta")

    @Slot()
    def _on_size_reset(self) -> None:
        self._edit("target", short_side=1080, scale=None, model=RestorationSettings().model)

    @Slot()
    def _on_look_reset(self) -> None:
        self._edit("beta", beta=RestorationSettings().beta)


def _with(row: QHBoxLayout, extra: QWidget) -> QHBoxLayout:
    row.addWidget(extra)
    return row


def _shown_preset(name: str) -> str:
    return QCoreApplication.translate("Presets", name)


SHIPPED_NAMES = (
    QT_TRANSLATE_NOOP("Presets", "Old tape / DVD"),
    QT_TRANSLATE_NOOP("Presets", "Phone clip"),
    QT_TRANSLATE_NOOP("Presets", "Web video"),
    QT_TRANSLATE_NOOP("Presets", "Animation"),
    QT_TRANSLATE_NOOP("Presets", "AI clip"),
    QT_TRANSLATE_NOOP("Presets", "Draft"),
)
"""Names of the shipped presets, here so that the translators see them."""
