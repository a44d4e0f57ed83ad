"""What the models are: what they are good for, what they need, under which licence."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app import words
from app.widgets.controls import IconLabel, button, label
from app.widgets.dialog import Dialog
from engine.models.spec import ModelSpec


class ModelsDialog(Dialog):
    """Lists the registry's facts; a model can be taken over."""

    chosen = Signal(str)

    def __init__(self, specs: tuple[ModelSpec, ...], now: str, parent: QWidget) -> None:
        super().__init__(self.tr("Models"), parent, 640)
        inside = QWidget(self)
        inside.setObjectName("plain")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        for spec in specs:
            column.addWidget(self._card(spec, now, inside))
        column.addStretch(1)
        area = QScrollArea(self)
        area.setObjectName("plain")
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.viewport().setAutoFillBackground(False)
        area.setMinimumHeight(min(420, 150 * len(specs) + 16))
        self.body.addWidget(area)
        hint = self.tr(
            "A model that needs a download says its size, licence and time before anything is fetched."
        )
        self.body.addWidget(label(hint, self, "secondary", wrap=True))
        close = button(self.tr("Close"), self.tr("Back to the window."), self, "primary")
        close.clicked.connect(self.accept)
        self.buttons.addStretch(1)
        self.buttons.addWidget(close)

    def _card(self, spec: ModelSpec, now: str, parent: QWidget) -> QWidget:
        card = QWidget(parent)
        card.setObjectName("dialog_card")
        card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(4)
        column.addLayout(self._head(spec, now, card))
        column.addWidget(label(spec.summary, card, wrap=True))
        column.addWidget(label("  ·  ".join(self._facts(spec)), card, "secondary", wrap=True))
        return card

    def _head(self, spec: ModelSpec, now: str, card: QWidget) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(spec.title, card, "heading"))
        embedded = spec.embedded
        head.addWidget(
            IconLabel("check" if embedded else "download", "good" if embedded else "secondary", card)
        )
        state = self.tr("Comes with Evenstar") if embedded else self.tr("Needs a download")
        head.addWidget(label(state, card, "good" if embedded else "secondary"))
        head.addStretch(1)
        if spec.id == now:
            used = label(self.tr("In use"), card, "secondary")
            used.setMinimumHeight(28)
            head.addWidget(used)
        else:
            use = button(self.tr("Use"), self.tr("Take this model for the next job."), card)
            use.setProperty("model", spec.id)
            use.clicked.connect(self._on_use_clicked)
            head.addWidget(use)
        return head

    def _facts(self, spec: ModelSpec) -> list[str]:
        scales = ", ".join(f"×{scale}" for scale in spec.scales)
        tile_bytes = spec.fixed_bytes + spec.bytes_per_pixel * spec.window * (spec.tile + 2 * spec.halo) ** 2
        facts = [
            self.tr("Enlarges {}").format(scales),
            self.tr("up to {} of memory").format(words.size(tile_bytes)),
            self.tr("licence {}").format(spec.licence),
        ]
        n_bytes = sum(weight.n_bytes or 0 for weight in spec.weights)
        if n_bytes:
            facts.append(self.tr("download {}").format(words.size(n_bytes)))
        facts.append(self.tr("slider live") if spec.live_beta else self.tr("slider by preview"))
        return facts

    @Slot()
    def _on_use_clicked(self) -> None:
        self.chosen.emit(self.sender().property("model"))
        self.accept()
