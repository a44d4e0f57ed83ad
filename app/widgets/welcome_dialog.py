"""The first start: what the program does, on what computer it finds itself, and a clip to see it on."""

from importlib import resources

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.widgets.controls import IconLabel, button, label
from app.widgets.dialog import Dialog

WIDTH = 720
PICTURE_WIDTH = WIDTH - 48


class WelcomeDialog(Dialog):
    """Can be left at once; emits what is wanted next."""

    wanted = Signal(str)
    """demo, models or guide."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(self.tr("Welcome to Evenstar"), parent, WIDTH)
        self.body.setSpacing(12)
        picture = _picture(self.devicePixelRatioF())
        if picture is not None:
            self.body.addWidget(self._framed(picture))
        drop = self.tr(
            "Drop a clip, move the line across the picture to compare, choose between crisp and faithful with one "
            "slider, and click Upscale. A folder goes through the batch while you sleep."
        )
        models = self.tr(
            "A small model comes along and works at once. Larger ones bring more believable detail; each says its "
            "size and licence before anything is fetched."
        )
        private = self.tr(
            "Your films stay on this computer. If the program ever fails, it writes a report as a file that you "
            "can attach to a message; nothing is sent by itself."
        )
        self._hardware = label(self.tr("Looking at this computer."), self, wrap=True)
        self._basis = label(" ", self, "secondary", wrap=True)
        self.body.addLayout(self._row("film", label(drop, self, wrap=True)))
        self.body.addLayout(self._row("models", label(models, self, wrap=True)))
        self.body.addLayout(self._row("clock", self._hardware, self._basis))
        self.body.addLayout(self._row("check", label(private, self, wrap=True)))
        self._hardware.setMinimumHeight(
            4 * self.fontMetrics().lineSpacing()
        )  # nothing moves when it is known
        self._hardware.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._fill_buttons()

    def show_hardware(self, lines: str, basis: str) -> None:
        """Say what this computer is, and how that is known."""
        self._hardware.setText(lines)
        self._basis.setText(basis)
        self.adjustSize()

    def hardware(self) -> str:
        """What is said about this computer."""
        return self._hardware.text()

    def _framed(self, picture: QPixmap) -> QLabel:
        shown = QLabel(self)
        shown.setPixmap(picture)
        shown.setFixedHeight(round(picture.height() / picture.devicePixelRatio()))
        shown.setAccessibleName(
            self.tr("A frame of a film: on the left as it was, on the right as it was restored.")
        )
        return shown

    def _row(self, icon_name: str, *parts: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(IconLabel(icon_name, "accent", self, 20), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(2)
        for part in parts:
            column.addWidget(part)
        row.addLayout(column, 1)
        return row

    def _fill_buttons(self) -> None:
        skip = button(self.tr("Skip"), self.tr("This page is in the menu behind the gear."), self, "large")
        skip.clicked.connect(self.reject)
        guide = button(self.tr("Guide"), self.tr("Read how everything works."), self, "large")
        models = button(
            self.tr("Models"), self.tr("See what there is, and under which terms."), self, "large"
        )
        demo = button(
            self.tr("Restore the demo clip"), self.tr("Three seconds of film, to compare."), self, "primary"
        )
        self.buttons.addWidget(skip)
        self.buttons.addStretch(1)
        for made, key in ((guide, "guide"), (models, "models"), (demo, "demo")):
            made.setObjectName(key)
            made.clicked.connect(self._on_clicked)
            self.buttons.addWidget(made)
        demo.setDefault(True)
        demo.setFocus()

    @Slot()
    def _on_clicked(self) -> None:
        key = self.sender().objectName()
        self.accept()
        self.wanted.emit(key)


def _picture(ratio: float) -> QPixmap | None:
    """The picture at the dialog's width, or None where it was left out."""
    file = resources.files("resources").joinpath("help", "welcome.jpg")
    whole = QPixmap(str(file))
    if whole.isNull():
        return None
    scaled = whole.scaledToWidth(round(PICTURE_WIDTH * ratio), Qt.TransformationMode.SmoothTransformation)
    scaled.setDevicePixelRatio(ratio)
    return scaled
