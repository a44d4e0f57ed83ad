"""The facts of the open clip, in two lines."""

from PySide6.QtCore import QLocale, Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import words
from app.widgets.controls import Elided, label
from engine.clip import Clip, FieldOrder, SourceState, StreamKind


class SourceCard(QWidget):
    """Says what was opened, in the field's words."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._name = Elided(self, "heading")
        self._facts = label("", self, "secondary", wrap=True)
        self._facts.setMinimumHeight(32)
        self._facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addWidget(self._name)
        column.addWidget(self._facts)
        self.clear()

    def clear(self) -> None:
        """Show that nothing is open."""
        self._name.set_whole(self.tr("No clip open"))
        self._facts.setText(self.tr("Size, rate and tracks appear here."))

    def show_name(self, name: str) -> None:
        """Show what is being opened, before its facts are known."""
        self._name.set_whole(name)
        self._facts.setText(self.tr("Reading the clip"))

    def show_clip(self, clip: Clip, n_frames: int) -> None:
        """Show the facts."""
        self._name.set_whole(clip.path.name)
        self._facts.setToolTip("")
        facts = (fact.replace(" ", "\u00a0") for fact in self._facts_of(clip, n_frames))
        self._facts.setText("  · ".join(facts))

    @Slot(object)
    def show_state(self, state: SourceState) -> None:
        """Add how damaged the clip is; what it was measured by is in the tip."""
        percent = self.tr("{} % damage").format(round(100 * state.condition)).replace(" ", "\u00a0")
        self._facts.setText(f"{self._facts.text()}  · {percent}")
        signs = [
            self.tr("noise {} of 255").format(QLocale().toString(state.noise, "f", 1)),
            self.tr("block edges x{}").format(QLocale().toString(state.blocking, "f", 2)),
        ]
        if state.quantiser is not None:
            signs.append(self.tr("quantiser {} of 51").format(round(state.quantiser)))
        tip = self.tr("Damage as measured: {}. Advanced settings override it.").format(", ".join(signs))
        self._facts.setToolTip(tip)
        self._facts.setAccessibleDescription(tip)

    def facts(self) -> str:
        """The line of facts."""
        return self._facts.text()

    def signs(self) -> str:
        """What the damage was measured by, "" before that."""
        return self._facts.toolTip()

    def _facts_of(self, clip: Clip, n_frames: int) -> list[str]:
        scan = "" if clip.field_order is FieldOrder.PROGRESSIVE else self.tr("i", "interlaced, as in 576i")
        facts = [f"{clip.width}×{clip.height}{scan}", words.rate(clip.frame_rate)]
        if clip.sample_aspect_ratio != 1:
            aspect = clip.sample_aspect_ratio
            facts.append(self.tr("pixels {}:{}").format(aspect.numerator, aspect.denominator))
        if n_frames:
            facts.append(self.tr("{} frames").format(words.count(n_frames)))
        facts.append(clip.codec.upper())
        facts += self._depth(clip) + self._tracks(clip)
        return facts

    def _depth(self, clip: Clip) -> list[str]:
        facts = [] if clip.bit_depth == 8 else [self.tr("{} bit").format(clip.bit_depth)]
        return facts + (["HDR"] if clip.color.is_hdr else [])

    def _tracks(self, clip: Clip) -> list[str]:
        audio = [stream for stream in clip.streams if stream.kind is StreamKind.AUDIO]
        subtitles = sum(stream.kind is StreamKind.SUBTITLE for stream in clip.streams)
        facts = [" + ".join(stream.codec.upper() for stream in audio)] if audio else [self.tr("no sound")]
        return facts + ([self.tr("{} subtitles").format(subtitles)] if subtitles else [])
