"""Adapting the default to a folder of one's own: what is wanted, how far it is, what became of it."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from app import words
from app.adapter import Adapted, Adapting, AdaptWish
from app.engine_words import in_words, sentence
from app.widgets.controls import (
    ComboBox,
    IconButton,
    IconLabel,
    button,
    choose_row,
    field,
    fill_box,
    label,
    set_role,
)
from app.widgets.dialog import Dialog
from app.widgets.loss_curve import LossCurve
from app.widgets.section import titled
from app.widgets.trouble_card import TroubleCard

WIDTH = 760
TITLES = 72
CAPTION_GAP = 4
MINUTES = (5, 10, 30, 60, 120, 240)
USUAL_MINUTES = 30
_LABELS = {"better": ("check", "good"), "no better": ("warning", "warn"), "worse": ("error", "bad")}


class AdaptDialog(Dialog):
    """Asks what to adapt to, shows how far it is and what came of it; emits what is wanted."""

    start_wanted = Signal(object)
    """AdaptWish."""
    asked = Signal(str)
    """finish, stop or discard."""
    folder_wanted = Signal()
    model_wanted = Signal(str)
    """Take this model for the next job."""

    def __init__(self, scales: tuple[int, ...], parent: QWidget) -> None:
        super().__init__(self.tr("Adapt to your footage"), parent, WIDTH)
        self._now: Adapting | None = None
        self._n_sample = -1
        self._name_is_own = False
        self._make_form(scales)
        self._make_progress()
        self._make_result()
        self.trouble = TroubleCard(self)
        for part in (self._form, self._progress, self._result, self.trouble):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self._make_buttons()
        self.show_state(None)

    def set_folder(self, folder: Path) -> None:
        """Choose the folder; its name becomes the model's unless one was written."""
        self._folder.setText(str(folder))
        if not self._name_is_own:
            self._name.setText(folder.name)
        self._refresh_start()

    def show_state(self, now: Adapting | None) -> None:
        """Show how far it is; None: nothing was begun."""
        self._now = now
        running = now is not None and now.running
        result = None if now is None else now.result
        if now is not None and now.phase == "discarded":
            now = None
        self._form.setVisible(result is None and not running)
        self._progress.setVisible(running)
        self._result.setVisible(result is not None and not running)
        self.trouble.show_failure(now.failure if now is not None and not running else None)
        self._stopped.setVisible(now is not None and now.phase == "stopped")
        if now is not None and running:
            self._show_progress(now)
        if now is not None and not running:
            self._fill(now.wish)
        if result is not None:
            self._show_result(result)
        self._refresh_buttons(now)
        QTimer.singleShot(0, self._make_room)  # once the parts have heard of their new contents

    @Slot()
    def _make_room(self) -> None:
        """Grow to what is shown now: text that wraps asks for its height only once the width is known."""
        column = self.layout()
        if column is None:
            return
        column.activate()
        width = max(self.width(), column.totalMinimumSize().width())
        wanted = column.totalMinimumSize().height()
        if column.hasHeightForWidth():
            wanted = max(wanted, column.totalHeightForWidth(width))
        if wanted > self.height():
            self.resize(width, wanted)

    # building

    def _make_form(self, scales: tuple[int, ...]) -> None:
        self._form = QWidget(self)
        column = QVBoxLayout(self._form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        about = self.tr(
            "Give a folder of good clips of the same kind as those you want to restore: the well kept part of an "
            "archive, a style of animation. Evenstar damages them in many ways, learns to undo it, and measures on "
            "a part it has not learned from whether that helped. The Compact model itself is not changed."
        )
        column.addWidget(label(about, self._form, "secondary", wrap=True))
        self._folder = field(self.tr("Folder"), self.tr("The folder with the good clips."), self._form)
        self._name = field(self.tr("Name"), self.tr("Of the new model, in the list of models."), self._form)
        self._scale = ComboBox(self.tr("Size"), self.tr("How much the new model enlarges."), self._form)
        fill_box(self._scale, [(str(scale), f"×{scale}") for scale in reversed(scales)])
        self._minutes = ComboBox(
            self.tr("Time"), self.tr("Of training; looking and measuring come on top."), self._form
        )
        fill_box(self._minutes, [(str(minutes), words.rough_duration(60 * minutes)) for minutes in MINUTES])
        choose_row(self._minutes, str(USUAL_MINUTES))
        row = titled(self.tr("Folder"), self._folder, self._form, TITLES)
        pick = IconButton("open", self.tr("Choose a folder"), self._form)
        pick.clicked.connect(self.folder_wanted)
        row.addWidget(pick)
        column.addLayout(row)
        column.addLayout(titled(self.tr("Name"), self._name, self._form, TITLES))
        column.addLayout(titled(self.tr("Size"), self._scale, self._form, TITLES))
        column.addLayout(titled(self.tr("Time"), self._minutes, self._form, TITLES))
        stopped = self.tr(
            "Stopped. What was learned is kept: starting with the same folder, name and size goes on."
        )
        self._stopped = label(stopped, self._form, wrap=True)
        column.addWidget(self._stopped)
        self._folder.textChanged.connect(self._refresh_start)
        self._name.textChanged.connect(self._refresh_start)
        self._name.textEdited.connect(self._on_name_edited)

    def _make_progress(self) -> None:
        self._progress = QWidget(self)
        column = QVBoxLayout(self._progress)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._phase = label("", self._progress, "heading")
        self._left = label("", self._progress, "secondary")
        head = QHBoxLayout()
        head.addWidget(self._phase, 1)
        head.addWidget(self._left)
        column.addLayout(head)
        self._bar = QProgressBar(self._progress)
        self._bar.setTextVisible(False)
        column.addWidget(self._bar)
        self._found = label("", self._progress, "secondary", wrap=True)
        column.addWidget(self._found)
        self._curve = LossCurve(self._progress)
        column.addWidget(self._curve)
        self._sample = _Pictures((self.tr("Compact"), self.tr("Yours so far")), self._progress)
        column.addWidget(self._sample)

    def _make_result(self) -> None:
        self._result = QWidget(self)
        self._result.setObjectName("dialog_card")
        self._result.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self._result)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        self._mark = IconLabel("check", "good", self._result)
        self._headline = label("", self._result, "heading", wrap=True)
        head.addWidget(self._mark)
        head.addWidget(self._headline, 1)
        column.addLayout(head)
        self._summary = label("", self._result, wrap=True)
        column.addWidget(self._summary)
        captions = ("Lanczos", self.tr("Compact"), self.tr("Yours"))
        self._compared = _Pictures(captions, self._result)
        column.addWidget(self._compared)
        about = self.tr(
            "A held-back picture, damaged and enlarged; of all pieces the one with the middle gain."
        )
        column.addWidget(label(about, self._result, "secondary", wrap=True))

    def _make_buttons(self) -> None:
        def made(text: str, tip: str, name: str, role: str = "large") -> QWidget:
            one = button(text, tip, self, role)
            one.setObjectName(name)
            one.setAutoDefault(False)
            one.clicked.connect(self._on_clicked)
            return one

        self._discard = made(self.tr("Discard"), self.tr("Throw away what was learned."), "discard")
        self._stop = made(self.tr("Stop"), self.tr("What was learned is kept; go on any time."), "stop")
        self._finish = made(
            self.tr("Finish now"), self.tr("Ends the training and measures what was learned."), "finish"
        )
        self._keep = made(self.tr("Keep it anyway"), self.tr("Adds it to the list of models."), "keep")
        self._close = made(self.tr("Close"), self.tr("Training goes on while you work."), "close")
        self._start = made(self.tr("Start"), self.tr("Nothing leaves this computer."), "start", "primary")
        self._use = made(self.tr("Use"), self.tr("Take this model for the next job."), "use", "primary")
        self.buttons.addWidget(self._discard)
        self.buttons.addStretch(1)
        for part in (self._stop, self._finish, self._keep, self._close, self._start, self._use):
            self.buttons.addWidget(part)

    # showing

    def _fill(self, wish: AdaptWish) -> None:
        """The form as it was asked for, so that going on is one click."""
        self._folder.setText(str(wish.folder))
        self._name.setText(wish.name)
        choose_row(self._scale, str(wish.scale))
        choose_row(self._minutes, str(wish.minutes))

    def _show_progress(self, now: Adapting) -> None:
        self._phase.setText(_phase_words(now))
        learning = now.phase == "learn"
        self._left.setText(words.time_left(now.seconds_left, None) if learning else "")
        if learning:
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(1000 * now.share))
        elif now.total:
            self._bar.setRange(0, now.total)
            self._bar.setValue(now.done)
        else:
            self._bar.setRange(0, 0)
        found = []
        if now.n_clips:
            found.append(
                self.tr("{} clips: {} pieces to learn from, {} held back to measure on.").format(
                    now.n_clips, now.n_training, now.n_held_back
                )
            )
        found += [sentence(message) for message in now.notices]
        self._found.setText("\n".join(found))
        self._found.setVisible(bool(found))
        self._curve.setVisible(bool(now.curves))
        self._curve.show_curves(now.curves)
        if now.n_sample != self._n_sample:
            self._n_sample = now.n_sample
            self._sample.show_file(now.sample)

    def _show_result(self, result: Adapted) -> None:
        icon, role = _LABELS.get(result.label, _LABELS["no better"])
        self._mark.set_icon(icon, role)
        title = result.title
        headline = {
            "better": self.tr("{} is better than Compact on your footage"),
            "no better": self.tr("{} is no better than Compact"),
            "worse": self.tr("{} is worse than Compact, so it was not added to the models"),
        }.get(result.label, "{}")
        if result.label == "worse" and result.kept:
            headline = self.tr("{} is worse than Compact; it was added as you wished")
        self._headline.setText(headline.format(title))
        set_role(self._headline, "heading")
        self._summary.setText(in_words(result.summary))
        self._compared.show_file(str(result.picture))

    def _refresh_buttons(self, now: Adapting | None) -> None:
        running = now is not None and now.running
        free = running and now is not None and not now.asked
        result = None if now is None or running else now.result
        left = now is not None and now.phase in ("stopped", "worse")
        self._discard.setVisible(running or left)
        self._stop.setVisible(running)
        self._finish.setVisible(running)
        self._finish.setEnabled(bool(free and now is not None and now.phase == "learn"))
        for part in (self._discard, self._stop):
            part.setEnabled(bool(free) or not running)
        self._keep.setVisible(result is not None and not result.kept)
        self._use.setVisible(result is not None and result.kept)
        self._start.setVisible(result is None and not running)
        again = now is not None and now.phase == "stopped"
        self._start.setText(self.tr("Go on") if again else self.tr("Start"))  # type: ignore[attr-defined]
        self._refresh_start()

    @Slot()
    def _refresh_start(self) -> None:
        self._start.setEnabled(bool(self._folder.text().strip() and self._name.text().strip()))

    # reactions

    @Slot()
    def _on_name_edited(self) -> None:
        self._name_is_own = True

    @Slot()
    def _on_clicked(self) -> None:
        key = self.sender().objectName()
        if key == "close":
            self.accept()
        elif key == "start":
            self.start_wanted.emit(self._wish())
        elif key == "keep" and self._now is not None:
            wish = self._now.wish
            self.start_wanted.emit(
                AdaptWish(
                    folder=wish.folder,
                    name=wish.name,
                    scale=wish.scale,
                    minutes=wish.minutes,
                    keep_worse=True,
                )
            )
        elif key == "use" and self._now is not None and self._now.result is not None:
            self.model_wanted.emit(self._now.result.model)
            self.accept()
        else:
            self.asked.emit(key)

    def _wish(self) -> AdaptWish:
        return AdaptWish(
            folder=Path(self._folder.text().strip()),
            name=self._name.text().strip(),
            scale=int(self._scale.currentData()),
            minutes=int(self._minutes.currentData()),
        )


class _Pictures(QWidget):
    """A file with pictures side by side, and a caption under each."""

    def __init__(self, captions: tuple[str, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self._picture = QLabel(self)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setAccessibleName(", ".join(captions))
        row = QHBoxLayout()
        row.setSpacing(0)
        for caption in captions:
            one = label(caption, self, "secondary")
            one.setAlignment(Qt.AlignmentFlag.AlignCenter)
            row.addWidget(one, 1)
        self._row = QWidget(self)
        self._row.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(CAPTION_GAP)
        column.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._row, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setVisible(False)

    def show_file(self, path: str) -> None:
        """Show the picture at a path; hides where there is none."""
        pixmap = QPixmap(path) if path else QPixmap()
        self.setVisible(not pixmap.isNull())
        if not pixmap.isNull():
            self._picture.setPixmap(pixmap)
            self._picture.setFixedSize(pixmap.size())
            self._row.setFixedWidth(pixmap.width())
            self.setFixedHeight(pixmap.height() + CAPTION_GAP + self._row.sizeHint().height())


def _phase_words(now: Adapting) -> str:
    translate = QCoreApplication.translate
    if now.asked:
        return {
            "finish": translate("AdaptDialog", "Finishing"),
            "stop": translate("AdaptDialog", "Stopping and keeping what was learned"),
            "discard": translate("AdaptDialog", "Throwing away what was learned"),
        }[now.asked]
    if now.phase == "learn":
        detail = now.stage == "detail"
        return (
            translate("AdaptDialog", "Learning fine detail")
            if detail
            else translate("AdaptDialog", "Learning to stay close to the picture")
        )
    return {
        "look": translate("AdaptDialog", "Looking at the clips: {} of {}"),
        "cut": translate("AdaptDialog", "Cutting out sharp parts: {} of {}"),
        "measure": translate("AdaptDialog", "Measuring on the held-back part: {} of {}"),
    }.get(now.phase, translate("AdaptDialog", "Starting")).format(now.done, now.total)
