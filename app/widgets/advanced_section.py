"""The settings most people leave alone: sampling, source handling, memory."""

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.choice import Choice
from app.widgets.controls import ComboBox, SpinBox, choose_row, field, fill_box
from app.widgets.section import Section, titled
from engine.models.spec import ModelSpec
from engine.settings import Deinterlace, ExportSettings, RestorationSettings

_NAMES = (
    "seed",
    "steps",
    "fast",
    "compiled",
    "prompt",
    "deinterlace",
    "tone_map",
    "condition",
    "tile",
    "window",
    "memory_bytes",
)


class AdvancedSection(Section):
    """Shows a Choice, emits edited ones."""

    edited = Signal(object, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(QCoreApplication.translate("AdvancedSection", "Advanced"), parent, foldable=True)
        self._choice = Choice()
        self._fill()
        self.reset_wanted.connect(self._on_reset_wanted)

    def show_choice(self, choice: Choice, spec: ModelSpec | None) -> None:
        """Show settings without saying so; hides what the model has no use for."""
        self._choice = choice
        settings, standard = choice.restoration, RestorationSettings()
        changed = any(getattr(settings, name) != getattr(standard, name) for name in _NAMES)
        self.set_changed(changed or choice.export.keep_frames is not None or bool(choice.devices))
        choose_row(self._keep, choice.export.keep_frames)
        with QSignalBlocker(self._tone_map):
            self._tone_map.setChecked(settings.tone_map)
        choose_row(self._deinterlace, settings.deinterlace)
        _show(self._seed, settings.seed)
        _show(self._steps, settings.steps or 0)
        _show(self._tile, settings.tile or 0)
        _show(self._window, settings.window or 0)
        _show(self._memory, round((settings.memory_bytes or 0) / 2**30))
        _show(self._condition, -1 if settings.condition is None else round(settings.condition * 100))
        self._prompt.setText(settings.prompt or "")
        sampling = spec is not None and not spec.live_beta
        for row in self._sampling_rows:
            row.setVisible(sampling)
        with QSignalBlocker(self._fast):
            self._fast.setChecked(settings.fast)
        # What was chosen stays in sight where the model has none, so that it can be taken back.
        self._fast.setVisible(settings.fast or (spec is not None and spec.can_be_fast))
        with QSignalBlocker(self._compiled):
            self._compiled.setChecked(settings.compiled)
        self._compiled.setVisible(settings.compiled or (spec is not None and spec.can_compile))
        self._condition_row.setVisible(spec is None or spec.has_condition)
        choose_row(self._devices, choice.devices)

    @Slot(object)
    def set_cards(self, cards: tuple[str, ...]) -> None:
        """Offer to restore on several graphics cards at once, where there are several."""
        fill_box(
            self._devices,
            [("", self.tr("The fastest alone")), (",".join(cards), self.tr("All together: {0}"))],
        )
        self._devices.setItemText(1, self._devices.itemText(1).format(", ".join(cards)))
        self._devices_row.setVisible(bool(cards))
        choose_row(self._devices, self._choice.devices)

    def _fill(self) -> None:
        self._deinterlace = ComboBox(
            self.tr("Deinterlace"), self.tr("Removes the comb lines of old video before anything else."), self
        )
        fill_box(
            self._deinterlace,
            [
                ("", self.tr("When needed")),
                ("", self.tr("Always")),
                ("", self.tr("Never")),
                ("", self.tr("Film on video, 24 fps")),
            ],
        )
        kinds = (Deinterlace.AUTO, Deinterlace.ON, Deinterlace.OFF, Deinterlace.FILM)
        for row, data in enumerate(kinds):
            self._deinterlace.setItemData(row, data)
        tip = self.tr("Undoes 3:2 pulldown: the film's own frames come back, four of every five.")
        self._deinterlace.setItemData(3, tip, Qt.ItemDataRole.ToolTipRole)
        self._tone_map = QCheckBox(self.tr("HDR becomes SDR"), self)
        self._tone_map.setToolTip(
            self.tr(
                "Bright HDR pictures are fitted to ordinary screens (BT.709); SDR clips stay as they are."
            )
        )
        self._fast = QCheckBox(self.tr("Faster sampling"), self)
        self._fast.setToolTip(
            self.tr("Computes less; not yet measured against the full sampling with real weights.")
        )
        self._compiled = QCheckBox(self.tr("Compile the network first"), self)
        self._compiled.setToolTip(
            self.tr(
                "Takes minutes at the start, so it is for long films on a graphics card; not yet measured."
            )
        )
        self._keep = ComboBox(
            self.tr("Kept frames"),
            self.tr("Restored frames kept without loss: other export settings then run no model."),
            self,
        )
        fill_box(
            self._keep,
            [
                ("", self.tr("While there is room")),
                ("", self.tr("Keep for good")),
                ("", self.tr("Do not keep")),
            ],
        )
        for row, keep in enumerate((None, True, False)):
            self._keep.setItemData(row, keep)
        self._devices = ComboBox(
            self.tr("Devices"), self.tr("Several cards restore one film together, each its own parts."), self
        )
        self._devices.activated.connect(self._on_devices_activated)
        self._condition = self._spin(
            self.tr("Damage"), self.tr("How damaged the source is; auto measures it."), -1, 100, " %"
        )
        self._tile = self._spin(
            self.tr("Tile"), self.tr("Smaller tiles need less memory and take longer."), 0, 4096, " px"
        )
        self._window = self._spin(
            self.tr("Window"), self.tr("Frames restored together; fewer need less memory."), 0, 512, ""
        )
        self._memory = self._spin(
            self.tr("Memory"), self.tr("The most memory the model may use."), 0, 512, " GB"
        )
        self._seed = self._spin(
            self.tr("Seed"),
            self.tr("Another number gives other invented detail."),
            0,
            2**31 - 1,
            "",
            auto=False,
        )
        self._steps = self._spin(
            self.tr("Steps"), self.tr("More steps take longer and change fine detail."), 0, 200, ""
        )
        self._prompt = field(
            self.tr("Prompt"), self.tr("What is to be seen, for models that read text."), self
        )
        self._prompt.setPlaceholderText(self.tr("what is to be seen"))
        self._add_rows()
        self._deinterlace.activated.connect(self._on_deinterlace_activated)
        self._tone_map.toggled.connect(self._on_tone_map_toggled)
        self._fast.toggled.connect(self._on_fast_toggled)
        self._compiled.toggled.connect(self._on_compiled_toggled)
        self._keep.activated.connect(self._on_keep_activated)
        self._prompt.editingFinished.connect(self._on_prompt_finished)

    def _add_rows(self) -> None:
        self._row(self.tr("Deinterlace"), self._deinterlace)
        self.body.addWidget(self._tone_map)
        self._condition_row = self._row(self.tr("Damage"), self._condition)
        self._row(self.tr("Tile"), self._tile)
        self._row(self.tr("Window"), self._window)
        self._row(self.tr("Memory"), self._memory)
        self._devices_row = self._row(self.tr("Devices"), self._devices)
        self._devices_row.hide()
        self._row(self.tr("Kept frames"), self._keep)
        self._row(self.tr("Seed"), self._seed)
        self._sampling_rows = (
            self._row(self.tr("Steps"), self._steps),
            self._row(self.tr("Prompt"), self._prompt),
        )
        self.body.addWidget(self._fast)
        self.body.addWidget(self._compiled)

    def _row(self, text: str, control: QWidget) -> QWidget:
        holder = QWidget(self)
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(titled(text, control, holder, 88))
        self.body.addWidget(holder)
        return holder

    def _spin(self, name: str, tip: str, low: int, high: int, suffix: str, *, auto: bool = True) -> SpinBox:
        spin = SpinBox(name, tip, self)
        spin.setRange(low, high)
        spin.setSuffix(suffix)
        if auto:
            spin.setSpecialValueText(self.tr("auto"))
        spin.valueChanged.connect(self._on_number_changed)
        return spin

    def _edit(self, control: str, **values: object) -> None:
        restoration = replace(self._choice.restoration, **values)  # type: ignore[arg-type]
        self.edited.emit(replace(self._choice, restoration=restoration, preset=""), control)

    @Slot(int)
    def _on_number_changed(self, value: int) -> None:
        spin = self.sender()
        if spin is self._seed:
            self._edit("seed", seed=value)
        elif spin is self._steps:
            self._edit("steps", steps=value or None)
        elif spin is self._tile:
            self._edit("tile", tile=max(32, value) if value else None)
        elif spin is self._window:
            self._edit("window", window=value or None)
        elif spin is self._memory:
            self._edit("memory", memory_bytes=value * 2**30 if value else None)
        elif spin is self._condition:
            self._edit("condition", condition=None if value < 0 else value / 100)

    @Slot(int)
    def _on_deinterlace_activated(self, row: int) -> None:
        self._edit("deinterlace", deinterlace=self._deinterlace.itemData(row))

    @Slot(bool)
    def _on_tone_map_toggled(self, checked: bool) -> None:
        self._edit("tone map", tone_map=checked)

    @Slot(bool)
    def _on_fast_toggled(self, checked: bool) -> None:
        self._edit("fast", fast=checked)

    @Slot(bool)
    def _on_compiled_toggled(self, checked: bool) -> None:
        self._edit("compile", compiled=checked)

    @Slot(int)
    def _on_keep_activated(self, row: int) -> None:
        export = replace(self._choice.export, keep_frames=self._keep.itemData(row))
        self.edited.emit(replace(self._choice, export=export), "keep frames")

    @Slot(int)
    def _on_devices_activated(self, row: int) -> None:
        self.edited.emit(replace(self._choice, devices=str(self._devices.itemData(row))), "devices")

    @Slot()
    def _on_prompt_finished(self) -> None:
        text = self._prompt.text().strip() or None
        if text != self._choice.restoration.prompt:
            self._edit("prompt", prompt=text)

    @Slot()
    def _on_reset_wanted(self) -> None:
        standard = RestorationSettings()
        values = {name: getattr(standard, name) for name in _NAMES}
        restoration = replace(self._choice.restoration, **values)
        export = replace(self._choice.export, keep_frames=ExportSettings().keep_frames)
        choice = replace(self._choice, restoration=restoration, export=export, preset="", devices="")
        self.edited.emit(choice, "advanced")


def _show(spin: SpinBox, value: int) -> None:
    blocked = spin.blockSignals(True)
    spin.setValue(value)
    spin.blockSignals(blocked)
