"""What the models are, what they need, under which licence, and what is on this computer."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.engine_calls import ModelFacts
from app.librarian import Transfer, Verb
from app.messages import Failure
from app.widgets.controls import button, label
from app.widgets.dialog import Dialog
from app.widgets.guide_link import GuideLink
from app.widgets.model_card import ModelCard
from engine.models.spec import ModelSpec

WIDTH = 720
AREA_HEIGHT = 420


class ModelsDialog(Dialog):
    """Lists the models; emits what is wanted of them."""

    wanted = Signal(str, str)
    """Model id; use, download, file, folder, verify, remove or stop."""

    adapt_wanted = Signal()

    def __init__(self, specs: tuple[ModelSpec, ...], now: str, parent: QWidget) -> None:
        super().__init__(self.tr("Models"), parent, WIDTH)
        self._now = now
        self._facts: dict[str, ModelFacts] = {}
        inside = QWidget(self)
        inside.setObjectName("plain")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        self._cards = {spec.id: ModelCard(spec, inside) for spec in specs}
        for card in self._cards.values():
            card.wanted.connect(self._on_wanted)
            column.addWidget(card)
        column.addStretch(1)
        self._area = QScrollArea(self)
        self._area.setObjectName("plain")
        self._area.setWidget(inside)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setMinimumHeight(min(AREA_HEIGHT, parent.height() - 240))
        self.body.addWidget(self._area)
        hint = self.tr(
            "Nothing is fetched before you have seen size and licence. Downloads go on while you work."
        )
        self.body.addWidget(label(hint, self, "secondary", wrap=True))
        close = button(self.tr("Close"), self.tr("Back to the window."), self, "primary")
        close.clicked.connect(self.accept)
        adapt = button(
            self.tr("Adapt to your footage…"),
            self.tr("Make a model for a kind of clips of your own."),
            self,
            "large",
        )
        adapt.setObjectName("adapt")
        adapt.setAutoDefault(False)
        adapt.clicked.connect(self._on_adapt_clicked)
        self.buttons.addWidget(adapt)
        self.buttons.addWidget(GuideLink("models", self))
        self.buttons.addStretch(1)
        self.buttons.addWidget(close)

    def show_facts(self, model: str, facts: ModelFacts | None) -> None:
        """Show what is known about a model's weights."""
        if facts is not None:
            self._facts[model] = facts
        if model in self._cards:
            self._cards[model].show_facts(facts, used=model == self._now)

    def show_errand(self, model: str, verb: Verb | None) -> None:
        """Show that an errand is under way for a model; verb None: that it has ended."""
        for other, card in self._cards.items():
            mine = verb if other == model else None
            card.show_errand(mine, other=verb is not None and other != model)

    def show_transfer(self, model: str, transfer: Transfer) -> None:
        """Show how far it is."""
        self._cards[model].show_transfer(transfer)

    def show_failure(self, model: str, failure: Failure | None) -> None:
        """Explain what went wrong."""
        card = self._cards.get(model)
        if card is None:
            return
        card.show_failure(failure)
        if failure is not None:
            self._area.ensureWidgetVisible(card.trouble)

    def drop(self, model: str) -> None:
        """A model has left the list."""
        card = self._cards.pop(model, None)
        if card is not None:
            card.setVisible(False)
            card.deleteLater()

    def ask_terms(self, model: str) -> None:
        """Open the terms of a model that is to be downloaded."""
        self._cards[model].ask("terms")
        self._area.ensureWidgetVisible(self._cards[model])

    @Slot()
    def _on_adapt_clicked(self) -> None:
        self.accept()
        self.adapt_wanted.emit()

    @Slot(str, str)
    def _on_wanted(self, model: str, key: str) -> None:
        self.wanted.emit(model, key)
        if key == "use":
            self.accept()
