"""One model in the models dialog: what it is, its terms, and what can be done with its weights."""

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QProgressBar, QVBoxLayout, QWidget

from app import words
from app.engine_calls import ModelFacts
from app.engine_words import in_words
from app.librarian import Transfer, Verb
from app.messages import Failure
from app.widgets.controls import IconLabel, button, label, set_role
from app.widgets.trouble_card import TroubleCard
from engine.models.spec import ModelSpec
from engine.models.weights_folder import FileState

COMMON_RATE = 50e6 / 8
"""Bytes a second that a download's time is stated for before its own speed is known: a line of 50 Mbit/s."""
_MARKS = {
    FileState.PRESENT: ("check", "good"),
    FileState.UNCHECKED: ("warning", "warn"),
    FileState.PARTIAL: ("clock", "warn"),
    FileState.MISSING: ("download", "secondary"),
    FileState.DAMAGED: ("error", "bad"),
}


class ModelCard(QWidget):
    """Shows a model; emits what is wanted of it."""

    wanted = Signal(str, str)
    """Model id; use, download, file, folder, verify, remove or stop."""

    def __init__(self, spec: ModelSpec, parent: QWidget) -> None:
        super().__init__(parent)
        self.spec = spec
        self._facts: ModelFacts | None = None
        self._asking = ""
        """The question that is open: terms, remove or nothing."""
        self._busy = False
        """An errand of any model is under way."""
        self._moving = False
        """This model's."""
        self._used = False
        self.setObjectName("dialog_card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._mark = IconLabel("download", "secondary", self)
        self._state = label("", self, "secondary")
        self._in_use = label(self.tr("In use"), self, "secondary")
        self._in_use.setMinimumHeight(28)
        self._make_buttons()
        self._make_parts()
        self._lay_out()
        self._refresh()

    def show_facts(self, facts: ModelFacts | None, *, used: bool) -> None:
        """Show what is known about the weights, and whether the next job takes this model."""
        self._facts, self._used = facts, used
        self._refresh()

    def show_errand(self, verb: Verb | None, *, other: bool) -> None:
        """Show that an errand is under way for this model (verb) or another one, or for none."""
        self._busy, self._moving = verb is not None or other, verb is not None
        if verb is not None:
            self._asking = ""
            self.trouble.show_failure(None)
            self._bar.setRange(0, 0)
            self._numbers.setText(_doing(verb))
        self._refresh()

    def show_transfer(self, transfer: Transfer) -> None:
        """Show how far the errand is."""
        progress = transfer.progress
        total = max(1, progress.total_bytes)
        self._bar.setRange(0, 1000)
        self._bar.setValue(progress.done_bytes * 1000 // total)
        self._numbers.setText(transfer_words(transfer))

    def ask(self, question: str) -> None:
        """Open a question: terms or remove; nothing closes it."""
        self._asking = question
        self._refresh()

    # building

    def _make_buttons(self) -> None:
        self._use = button(self.tr("Use"), self.tr("Take this model for the next job."), self)
        self._download = button("", self.tr("See size, licence and time first."), self)
        self._import = button(
            self.tr("Import"), self.tr("Take the files from this computer, without network."), self
        )
        menu = QMenu(self)
        menu.addAction(self.tr("A file")).setData("file")
        menu.addAction(self.tr("A folder")).setData("folder")
        menu.triggered.connect(self._on_menu_triggered)
        self._import.setMenu(menu)
        self._verify = button(
            self.tr("Check"), self.tr("Read every file and compare it with its checksum."), self
        )
        self._remove = button(self.tr("Remove"), self.tr("Delete the files from this computer."), self)
        for made, key in ((self._use, "use"), (self._verify, "verify")):
            made.setObjectName(key)
            made.clicked.connect(self._on_clicked)
        self._download.clicked.connect(self._on_download_clicked)
        self._remove.clicked.connect(self._on_remove_clicked)

    def _make_parts(self) -> None:
        self._terms = self._make_question(
            self._terms_words(), self.tr("Not now"), "accept", self.tr("Accept and download"), "download"
        )
        words_ = self.tr("The files are deleted from this computer. They can be downloaded again.")
        if self.spec.custom:
            words_ = self.tr("This model was made on this computer and cannot be fetched again.")
        self._removal = self._make_question(words_, self.tr("Keep"), "delete", self.tr("Remove"), "remove")
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._numbers = label("", self, "secondary", wrap=True)
        self._stop = button(self.tr("Stop"), self.tr("What has arrived is kept for the next time."), self)
        self._stop.setObjectName("stop")
        self._stop.clicked.connect(self._on_clicked)
        self._progress = QWidget(self)
        row = QHBoxLayout(self._progress)
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(16)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self._bar)
        column.addWidget(self._numbers)
        row.addLayout(column, 1)
        row.addWidget(self._stop)
        self.trouble = TroubleCard(self)

    def _make_question(self, text: str, no: str, name: str, yes: str, key: str) -> QWidget:
        question = QWidget(self)
        words_ = label(text, question, wrap=True)
        words_.setTextFormat(Qt.TextFormat.RichText)
        words_.setOpenExternalLinks(True)
        words_.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        agree = button(yes, "", question, "primary")
        agree.setObjectName(key)
        agree.setAccessibleName(name)
        agree.clicked.connect(self._on_clicked)
        refuse = button(no, self.tr("Nothing changes."), question, "large")
        refuse.clicked.connect(self._on_refused)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(agree)
        row.addWidget(refuse)
        row.addStretch(1)
        column = QVBoxLayout(question)
        column.setContentsMargins(0, 8, 0, 4)
        column.setSpacing(8)
        column.addWidget(words_)
        column.addLayout(row)
        question.setProperty("words", words_)
        return question

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(self.spec.title, self, "heading"))
        head.addWidget(self._mark)
        head.addWidget(self._state)
        head.addStretch(1)
        for part in (self._in_use, self._verify, self._remove, self._import, self._download, self._use):
            head.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(4)
        column.addLayout(head)
        summary = self.spec.summary
        told = in_words(summary) if self.spec.custom else QCoreApplication.translate("Models", summary)
        column.addWidget(label(told, self, wrap=True))
        self._facts_line = label("", self, "secondary", wrap=True)
        column.addWidget(self._facts_line)
        for part in (self._terms, self._removal, self._progress, self.trouble):
            column.addWidget(part)

    # showing

    def _refresh(self) -> None:
        facts, embedded = self._facts, self.spec.embedded
        state = FileState.PRESENT if embedded or facts is None else facts.state
        icon, role = _MARKS[state]
        self._mark.set_icon(icon, role)
        self._mark.setVisible(embedded or facts is not None)
        self._state.setText(self._state_words(state))
        set_role(self._state, role)
        whole, free = state is FileState.PRESENT, not self._busy
        known = facts is not None and not embedded
        self._use.setVisible(whole and not self._used and (known or embedded))
        self._in_use.setVisible(self._used and whole)
        begun = state is FileState.PARTIAL
        self._download.setText(self.tr("Resume download") if begun else self.tr("Download"))
        self._download.setVisible(
            known and not self.spec.custom and state not in (FileState.PRESENT, FileState.UNCHECKED)
        )
        self._import.setVisible(known and not whole and not self.spec.custom)
        self._verify.setVisible(known and state is not FileState.MISSING and not begun)
        self._remove.setVisible(known and (self.spec.custom or state is not FileState.MISSING))
        for part in (self._download, self._import, self._verify, self._remove):
            part.setEnabled(free)
        self._terms.property("words").setText(self._terms_words())
        self._terms.setVisible(self._asking == "terms" and free)
        self._removal.setVisible(self._asking == "remove" and free)
        self._progress.setVisible(self._moving)
        self._facts_line.setText("  ·  ".join(self._fact_words()))

    def _state_words(self, state: FileState) -> str:
        if self.spec.embedded:
            return self.tr("Comes with Evenstar")
        if self._facts is None:
            return self.tr("Looking")
        return {
            FileState.PRESENT: self.tr("Installed and checked"),
            FileState.UNCHECKED: self.tr("Not checked yet"),
            FileState.PARTIAL: self.tr("Begun, not complete"),
            FileState.MISSING: self.tr("Needs a download"),
            FileState.DAMAGED: self.tr("Damaged: download again"),
        }[state]

    def _fact_words(self) -> list[str]:
        spec = self.spec
        scales = ", ".join(f"×{scale}" for scale in spec.scales)
        facts = [
            self.tr("Enlarges {}").format(scales),
            self.tr("up to {} of memory").format(words.size(spec.most_bytes)),
            self.tr("licence {}").format(_licence_words(self.spec)),
        ]
        n_bytes = sum(weight.n_bytes or 0 for weight in spec.weights)
        if n_bytes:
            facts.append(self.tr("download {}").format(words.size(n_bytes)))
        facts.append(self.tr("slider live") if spec.live_beta else self.tr("slider by preview"))
        return facts

    def _terms_words(self) -> str:
        lacking = self._facts.lacking_bytes if self._facts else 0
        if lacking:
            time = words.rough_duration(lacking / COMMON_RATE)
            cost = self.tr("{} are fetched: about {} on a line of 50 Mbit/s.").format(
                words.size(lacking), time
            )
        else:
            cost = self.tr("The size is known once the download begins.")
        lines = [cost]
        whole_text = self.tr("Read the whole text")  # lupdate does not look into f-strings
        for licence in self.spec.licences:
            link = f'<a href="{licence.url}">{whole_text}</a>'
            summary = QCoreApplication.translate("Licences", licence.summary)
            lines.append(f"<b>{licence.title}</b>: {summary} {link}")
        if self._facts and self._facts.accepted:
            lines.append(self.tr("You have accepted these terms before."))
        return "<br>".join(lines)

    # reactions

    @Slot()
    def _on_clicked(self) -> None:
        key = self.sender().objectName()
        if key != "stop":
            self._asking = ""
        self.wanted.emit(self.spec.id, key)

    @Slot()
    def _on_download_clicked(self) -> None:
        self.ask("" if self._asking == "terms" else "terms")

    @Slot()
    def _on_remove_clicked(self) -> None:
        self.ask("" if self._asking == "remove" else "remove")

    @Slot()
    def _on_refused(self) -> None:
        self.ask("")

    @Slot(object)
    def _on_menu_triggered(self, action: object) -> None:
        self.wanted.emit(self.spec.id, action.data())  # type: ignore[attr-defined]

    def show_failure(self, failure: Failure | None) -> None:
        """Explain what went wrong with this model's weights."""
        self.trouble.show_failure(failure)


def transfer_words(transfer: Transfer) -> str:
    """The file at hand, how much of how much, how fast, how long still."""
    translate = QCoreApplication.translate
    progress = transfer.progress
    doing = {
        "download": translate("ModelCard", "Fetching {}"),
        "copy": translate("ModelCard", "Copying {}"),
        "check": translate("ModelCard", "Checking {}"),
    }[progress.stage].format(progress.name)
    shape = translate("ModelCard", "{} of {}")
    parts = [doing, shape.format(words.size(progress.done_bytes), words.size(progress.total_bytes))]
    if transfer.bytes_per_second is not None and transfer.seconds_left is not None:
        parts.append(f"{words.size(transfer.bytes_per_second)}/s")
        parts.append(words.time_left(transfer.seconds_left, None))
    return "  ·  ".join(parts)


def _doing(verb: Verb) -> str:
    translate = QCoreApplication.translate
    return {
        Verb.LOOK: translate("ModelCard", "Looking"),
        Verb.DOWNLOAD: translate("ModelCard", "Asking the hub"),
        Verb.IMPORT: translate("ModelCard", "Looking for the files"),
        Verb.VERIFY: translate("ModelCard", "Reading the files"),
        Verb.REMOVE: translate("ModelCard", "Removing the files"),
    }[verb]


def _licence_words(spec: ModelSpec) -> str:
    """Which terms hold, as people call them."""
    names = (licence.id.removeprefix("LicenseRef-").replace("-", " ") for licence in spec.licences)
    return ", ".join(dict.fromkeys(names)) or spec.licence
