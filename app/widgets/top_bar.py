"""The bar above: open, batch, how to compare, how large, help."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QWidget

from app import icons, theme
from app.widgets.compare_view import Mode
from app.widgets.controls import IconButton, Segments, label


class TopBar(QWidget):
    """Emits ids of commands; is told mode and zoom."""

    wanted = Signal(str)
    mode_chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("top_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(48)
        self._buttons: dict[str, IconButton] = {}
        self.zooms = Segments(self.tr("Zoom"), self)
        self.modes = Segments(self.tr("Comparison"), self)
        self._zoom = label("", self, "secondary")
        self._zoom.setFixedWidth(44)
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._fill_segments()
        self._lay_out()
        self.zooms.chosen.connect(self.wanted)
        self.modes.chosen.connect(self._on_mode_chosen)

    def show_zoom(self, zoom: float, fitted: bool) -> None:
        """Show how many screen pixels one result pixel takes."""
        self._zoom.setText(f"{zoom * 100:.0f} %")
        exact = {1.0: "zoom_one", 2.0: "zoom_two"}.get(round(zoom, 3))
        self.zooms.choose("fit" if fitted else exact)

    def show_mode(self, mode: Mode) -> None:
        """Show how the pictures are compared."""
        self.modes.choose(mode.value)

    def set_menu(self, menu: QMenu) -> None:
        """The menu behind the gear."""
        self._buttons["menu"].setMenu(menu)
        self._buttons["menu"].setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)

    def set_tips(self, tips: dict[str, str]) -> None:
        """Tooltips with the keys as they are mapped now."""
        for key, button in self._buttons.items():
            if key in tips:
                button.set_words(button.text(), tips[key])
        for key in ("fit", "zoom_one", "zoom_two"):
            self.zooms.button(key).setToolTip(tips.get(key, ""))
        for mode in Mode:
            self.modes.button(mode.value).setToolTip(tips.get(f"mode_{mode.value}", ""))

    def _fill_segments(self) -> None:
        self.zooms.add("fit", self.tr("Fit"), "")
        self.zooms.add("zoom_one", "1:1", "")
        self.zooms.add("zoom_two", "2:1", "")
        self.modes.add(Mode.WIPE.value, self.tr("Wipe"), "")
        self.modes.add(Mode.SIDE.value, self.tr("Side"), "")
        self.modes.add(Mode.DIFFERENCE.value, self.tr("Diff"), "")
        self.modes.add(Mode.FLICKER.value, self.tr("Flicker"), "")

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(4)
        row.addWidget(self._logo())
        row.addWidget(label("Evenstar", self, "heading"))
        row.addSpacing(8)
        row.addWidget(self._make("open", "open", self.tr("Open")))
        row.addWidget(self._make("batch", "batch", self.tr("Batch")))
        row.addStretch(1)
        row.addWidget(self._zoom)
        row.addWidget(self.zooms)
        row.addSpacing(8)
        row.addWidget(self.modes)
        row.addStretch(1)
        for key, icon_name in (("undo", "undo"), ("redo", "redo"), ("panel", "panel")):
            row.addWidget(self._make(key, icon_name, ""))
        row.addWidget(self._make("menu", "gear", ""))
        row.addWidget(self._make("shortcuts", "help", ""))
        self._buttons["menu"].set_words("", self.tr("More"))

    def _logo(self) -> QLabel:
        mark = QLabel(self)
        accent = theme.DARK.accent
        mark.setPixmap(icons.pixmap("star", accent, 20, self.devicePixelRatioF()))
        return mark

    def _make(self, key: str, icon_name: str, text: str) -> IconButton:
        button = IconButton(icon_name, text or key, self, text)
        button.setObjectName(key)
        button.setIconSize(QSize(18, 18))
        button.clicked.connect(self._on_clicked)
        self._buttons[key] = button
        return button

    def set_enabled(self, key: str, enabled: bool) -> None:
        """Whether a button can be used."""
        self._buttons[key].setEnabled(enabled)

    @Slot()
    def _on_clicked(self) -> None:
        if self.sender().objectName() != "menu":
            self.wanted.emit(self.sender().objectName())

    @Slot(str)
    def _on_mode_chosen(self, key: str) -> None:
        self.mode_chosen.emit(Mode(key))
