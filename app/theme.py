"""Two themes of neutral greys with one gold accent, and the style sheet made from them."""

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

TEXT_PX = 13
SMALL_PX = 11
LARGE_PX = 20
CONTROL_PX = 28
"""Height of buttons, fields and boxes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colours as #rrggbb; text on every ground reaches a contrast of 4.5 to 1."""

    name: str
    window: str
    panel: str
    line: str
    text: str
    secondary: str
    accent: str
    on_accent: str
    field: str
    hover: str
    pressed: str
    faint: str
    """Words of what cannot be used now; no contrast is promised for them."""
    good: str
    warn: str
    bad: str
    surround: str = "#2e2e2e"
    """Around the picture: the same in both themes, because colour is judged in it."""
    on_surround: str = "#d0d0d0"


DARK = Theme(
    name="dark",
    window="#1c1c1c",
    panel="#242424",
    line="#333333",
    text="#e6e6e6",
    secondary="#9a9a9a",
    accent="#e0b050",
    on_accent="#1c1c1c",
    field="#1c1c1c",
    hover="#303030",
    pressed="#3a3a3a",
    faint="#5c5c5c",
    good="#7cc47f",
    warn="#e8a54b",
    bad="#f28b82",
)
LIGHT = Theme(
    name="light",
    window="#f3f3f3",
    panel="#ffffff",
    line="#d9d9d9",
    text="#1c1c1c",
    secondary="#666666",
    accent="#8a6200",
    on_accent="#ffffff",
    field="#ffffff",
    hover="#e9e9e9",
    pressed="#dedede",
    faint="#b4b4b4",
    good="#2b6e2f",
    warn="#8a5200",
    bad="#b3261e",
)

_current = DARK


def current() -> Theme:
    """The theme that is shown now."""
    return _current


def choose(wish: str) -> Theme:
    """The theme for a wish of "dark", "light" or "system"."""
    if wish == "system":
        scheme = QGuiApplication.styleHints().colorScheme()
        return LIGHT if scheme is Qt.ColorScheme.Light else DARK
    return LIGHT if wish == "light" else DARK


def apply(app: QApplication, wish: str) -> Theme:
    """Dress the application; returns the theme that was put on."""
    global _current
    _current = choose(wish)
    app.setStyle("Fusion")
    app.setFont(font())
    app.setPalette(_palette(_current))
    app.setStyleSheet(_style_sheet(_current))
    return _current


def font(pixels: int = TEXT_PX, *, bold: bool = False) -> QFont:
    """The interface font with figures of equal width."""
    face = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    face.setPixelSize(pixels)
    face.setBold(bold)
    face.setFeature(QFont.Tag("tnum"), 1)
    return face


def reduced_motion() -> bool:
    """True when the system asks for no animation."""
    return not QApplication.isEffectEnabled(Qt.UIEffect.UI_General)


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for which, color in (
        (role.Window, theme.window),
        (role.Base, theme.field),
        (role.AlternateBase, theme.panel),
        (role.Button, theme.panel),
        (role.Text, theme.text),
        (role.WindowText, theme.text),
        (role.ButtonText, theme.text),
        (role.BrightText, theme.text),
        (role.ToolTipBase, theme.panel),
        (role.ToolTipText, theme.text),
        (role.PlaceholderText, theme.secondary),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.on_accent),
        (role.Accent, theme.accent),
        (role.Link, theme.accent),
        (role.Mid, theme.line),
        (role.Dark, theme.line),
        (role.Light, theme.hover),
        (role.Midlight, theme.hover),
        (role.Shadow, theme.line),
    ):
        palette.setColor(which, QColor(color))
    for which in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.secondary))
    return palette


def _style_sheet(theme: Theme) -> str:
    colors = {name: getattr(theme, name) for name in Theme.__dataclass_fields__}
    sheet = resources.files("resources").joinpath("theme.qss").read_text(encoding="utf-8")
    tick = Path(str(resources.files("resources").joinpath("icons", f"ticked-{theme.name}.svg")))
    colors["check"] = f'"{tick.as_posix()}"'
    return Template(sheet).substitute(colors, small=SMALL_PX, large=LARGE_PX, control=CONTROL_PX)
