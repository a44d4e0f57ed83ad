"""How the result is stored: container, codec, quality, tracks, name and place."""

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from app.choice import CONTAINERS, Choice
from app.widgets.controls import ComboBox, IconButton, choose_row, field, fill_box, label
from app.widgets.section import Section, titled
from engine.settings import Codec, EncodedBy, ExportSettings

LOSSY = (Codec.H264, Codec.H265, Codec.AV1)
QUALITY_STEPS = (-5, 0, 4, 8)
"""CRF away from the codec's own default: master, very good, good, small."""
STANDARD_CRF = {Codec.H264: 17, Codec.H265: 18, Codec.AV1: 20}
TEN_BIT = "yuv420p10le"
EIGHT_BIT = "yuv420p"
CODECS_OF = {
    "mkv": (Codec.H264, Codec.H265, Codec.AV1, Codec.FFV1, Codec.PRORES),
    "mp4": (Codec.H264, Codec.H265, Codec.AV1),
    "mov": (Codec.H264, Codec.H265, Codec.PRORES),
}


class ExportSection(Section):
    """Shows a Choice, emits edited ones."""

    edited = Signal(object, str)
    folder_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(QCoreApplication.translate("ExportSection", "Export"), parent, foldable=True)
        self._choice = Choice()
        self._working: frozenset[str] = frozenset(codec.value for codec in Codec)
        """And EncodedBy.NVENC's value where a card's encoder opens."""
        self._make()
        self._lay_rows()
        self._connect()
        self.reset_wanted.connect(self._on_reset_wanted)

    def set_encoders(self, names: tuple[str, ...]) -> None:
        """Offer only codecs, and the graphics card's encoder, that really open on this machine."""
        self._working = frozenset(names)
        self.show_choice(self._choice)

    def show_choice(self, choice: Choice) -> None:
        """Show settings without saying so."""
        self._choice = choice
        export = choice.export
        choose_row(self._container, choice.container)
        self._fill_codecs()
        choose_row(self._codec, export.codec.value if export.codec else "")
        choose_row(self._quality, self._quality_step())
        self._quality.setEnabled(export.codec is None or export.codec in LOSSY)
        for box, value in self._checks():
            with QSignalBlocker(box):
                box.setChecked(value)
        by_card = export.encoder is EncodedBy.NVENC
        self._on_card.setVisible(by_card or EncodedBy.NVENC.value in self._working)
        self._on_card.setEnabled(by_card or export.codec in (None, Codec.H264, Codec.H265))
        self._name.setText(choice.name)
        self._name.setCursorPosition(0)
        self._folder.setText(choice.folder)
        self.set_note(f"{choice.container.upper()}  {self._codec.currentText()}")
        standard = Choice()
        same = ("export", "container", "name", "folder")
        self.set_changed(any(getattr(choice, key) != getattr(standard, key) for key in same))

    def show_folder(self, folder: str) -> None:
        """Take over a folder that was picked."""
        self.edited.emit(replace(self._choice, folder=folder), "folder")

    def _make(self) -> None:
        self._container = ComboBox(
            self.tr("Container"), self.tr("MKV holds every track; MP4 plays everywhere."), self
        )
        fill_box(self._container, [(key, key.upper()) for key in CONTAINERS])
        self._codec = ComboBox(self.tr("Codec"), self.tr("How the picture is packed."), self)
        self._quality = ComboBox(self.tr("Quality"), self.tr("Better quality makes a larger file."), self)
        texts = (
            self.tr("Master, large"),
            self.tr("Very good"),
            self.tr("Good, smaller"),
            self.tr("Small, to send"),
        )
        fill_box(self._quality, [("", text) for text in texts])
        for row, step in enumerate(QUALITY_STEPS):
            self._quality.setItemData(row, step)
        self._ten_bit = QCheckBox(self.tr("10 bit: smoother skies and shadows"), self)
        self._on_card = QCheckBox(self.tr("Pack on the graphics card (NVENC)"), self)
        self._on_card.setToolTip(self.tr("Sooner done, larger file; for H.264 and H.265."))
        self._audio = QCheckBox(self.tr("Keep all sound tracks"), self)
        self._subtitles = QCheckBox(self.tr("Keep subtitles"), self)
        self._rest = QCheckBox(self.tr("Keep chapters, attachments, metadata"), self)
        self._name = field(
            self.tr("Name"),
            self.tr("Name of the result. Filled in: {stem} {width} {height} {scale} {model} {preset} {beta}"),
            self,
        )
        self._folder = field(self.tr("Folder"), self.tr("Where the result goes."), self)
        self._folder.setPlaceholderText(self.tr("beside the source"))
        self._pick = IconButton("open", self.tr("Choose a folder"), self)

    def _lay_rows(self) -> None:
        self.body.addLayout(titled(self.tr("Container"), self._container, self))
        self.body.addLayout(titled(self.tr("Codec"), self._codec, self))
        self.body.addLayout(titled(self.tr("Quality"), self._quality, self))
        for box in (self._ten_bit, self._on_card, self._audio, self._subtitles, self._rest):
            self.body.addWidget(box)
        self.body.addLayout(titled(self.tr("Name"), self._name, self))
        folder = QHBoxLayout()
        folder.addLayout(titled(self.tr("Folder"), self._folder, self), 1)
        folder.addWidget(self._pick)
        self.body.addLayout(folder)
        self.body.addWidget(
            label(
                self.tr("A name that is taken gets a number; nothing is overwritten."),
                self,
                "secondary",
                wrap=True,
            )
        )

    def _connect(self) -> None:
        self._container.activated.connect(self._on_container_activated)
        self._codec.activated.connect(self._on_codec_activated)
        self._quality.activated.connect(self._on_quality_activated)
        for box, _ in self._checks():
            box.toggled.connect(self._on_toggled)
        self._name.editingFinished.connect(self._on_text_finished)
        self._folder.editingFinished.connect(self._on_text_finished)
        self._pick.clicked.connect(self.folder_wanted)

    def _fill_codecs(self) -> None:
        titles = {
            Codec.H264: "H.264",
            Codec.H265: "H.265",
            Codec.AV1: "AV1",
            Codec.PRORES: self.tr("ProRes, for editing"),
            Codec.FFV1: self.tr("FFV1, lossless"),
        }
        fitting = [codec for codec in CODECS_OF[self._choice.container] if codec.value in self._working]
        rows = [("", self.tr("Automatic")), *((codec.value, titles[codec]) for codec in fitting)]
        fill_box(self._codec, rows)

    def _checks(self) -> tuple[tuple[QCheckBox, bool], ...]:
        export = self._choice.export
        rest = export.copy_chapters and export.copy_attachments and export.copy_metadata
        return (
            (self._ten_bit, export.pixel_format == TEN_BIT),
            (self._on_card, export.encoder is EncodedBy.NVENC),
            (self._audio, export.copy_audio),
            (self._subtitles, export.copy_subtitles),
            (self._rest, rest),
        )

    def _quality_step(self) -> int:
        export = self._choice.export
        if export.crf is None:
            return 0
        away = export.crf - STANDARD_CRF.get(export.codec or Codec.H264, 17)
        return min(QUALITY_STEPS, key=lambda step: abs(step - away))

    def _edit(self, control: str, **values: object) -> None:
        export = replace(self._choice.export, **values)  # type: ignore[arg-type]
        self.edited.emit(replace(self._choice, export=export), control)

    @Slot(int)
    def _on_container_activated(self, row: int) -> None:
        container = self._container.itemData(row)
        export = self._choice.export
        if export.codec is not None and export.codec not in CODECS_OF[container]:
            export = replace(export, codec=None, crf=None)
        self.edited.emit(replace(self._choice, container=container, export=export), "container")

    @Slot(int)
    def _on_codec_activated(self, row: int) -> None:
        value = self._codec.itemData(row)
        codec = Codec(value) if value else None
        lossy = codec is None or codec in LOSSY
        self._edit(
            "codec", codec=codec, crf=None, pixel_format=self._choice.export.pixel_format if lossy else None
        )

    @Slot(int)
    def _on_quality_activated(self, row: int) -> None:
        step = self._quality.itemData(row)
        codec = self._choice.export.codec or Codec.H264
        self._edit("quality", crf=STANDARD_CRF[codec] + step if step else None)

    @Slot(bool)
    def _on_toggled(self, checked: bool) -> None:
        box = self.sender()
        if box is self._ten_bit:
            self._edit("ten bit", pixel_format=TEN_BIT if checked else None)
        elif box is self._on_card:
            self._edit("graphics card", encoder=EncodedBy.NVENC if checked else EncodedBy.PROCESSOR)
        elif box is self._audio:
            self._edit("audio", copy_audio=checked)
        elif box is self._subtitles:
            self._edit("subtitles", copy_subtitles=checked)
        else:
            self._edit("rest", copy_chapters=checked, copy_attachments=checked, copy_metadata=checked)

    @Slot()
    def _on_text_finished(self) -> None:
        name, folder = self._name.text().strip() or Choice().name, self._folder.text().strip()
        if (name, folder) != (self._choice.name, self._choice.folder):
            self.edited.emit(replace(self._choice, name=name, folder=folder), "name")

    @Slot()
    def _on_reset_wanted(self) -> None:
        standard = Choice()
        self.edited.emit(
            replace(
                self._choice,
                export=ExportSettings(),
                container=standard.container,
                name=standard.name,
                folder=standard.folder,
            ),
            "export",
        )
