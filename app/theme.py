"""Two themes of neutral greys with one gold accent, and the style sheet made from them."""

from dataclasses import dataclass
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
    return Template(_SHEET).substitute(colors, small=SMALL_PX, large=LARGE_PX, control=CONTROL_PX)


_SHEET = """
QWidget { color: $text; }
QMainWindow, QDialog { background: $window; }
QToolTip { background: $panel; color: $text; border: 1px solid $line; padding: 4px 8px; }
QLabel { background: transparent; }
QLabel[role="secondary"] { color: $secondary; font-size: ${small}px; }
QLabel[role="heading"] { font-weight: 600; }
QLabel[role="title"] { font-size: ${large}px; }
QLabel[role="good"] { color: $good; }
QLabel[role="warn"] { color: $warn; }
QLabel[role="bad"] { color: $bad; }
QLabel[role="plate"] { background: rgba(28, 28, 28, 200); color: #e6e6e6; border-radius: 4px; padding: 2px 8px; font-size: ${small}px; }
#top_bar, #panel, #transport, #queue_panel { background: $panel; }
#top_bar { border-bottom: 1px solid $line; }
#panel_frame { background: $panel; border-left: 1px solid $line; }
#queue_panel { border-top: 1px solid $line; }
#transport { border-top: 1px solid $line; }
#action_area { background: $panel; border-top: 1px solid $line; }
#card { background: $window; border-radius: 4px; }
#overlay { background: $panel; border: 1px solid $line; border-radius: 4px; }
#separator { background: $line; }
QScrollArea, QScrollArea > QWidget > #panel { background: $panel; border: none; }
QPushButton { background: $hover; border: 1px solid transparent; border-radius: 4px; padding: 0 12px; min-height: ${control}px; max-height: ${control}px; }
QPushButton:hover { background: $pressed; }
QPushButton:pressed { background: $line; }
QPushButton:disabled { color: $secondary; background: $window; }
QPushButton:focus { border-color: $accent; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; font-weight: 600; min-height: 36px; max-height: 36px; }
QPushButton[role="primary"]:disabled { background: $line; color: $secondary; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="flat"] { background: transparent; padding: 0 8px; text-align: left; }
QPushButton[role="flat"]:hover { background: $hover; }
QPushButton[role="link"] { background: transparent; color: $accent; padding: 0 4px; text-align: left; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 0 6px; min-height: 26px; max-height: 26px; min-width: 16px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $pressed; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $secondary; }
QToolButton::menu-indicator { image: none; }
#segments { background: $window; border-radius: 4px; }
#segments QToolButton { padding: 0 10px; min-height: 24px; max-height: 24px; color: $secondary; }
#segments QToolButton:checked { background: $pressed; color: $text; }
#segments QToolButton:hover { color: $text; }
QComboBox, QLineEdit, QSpinBox, QDoubleSpinBox { background: $field; border: 1px solid $line; border-radius: 4px; padding: 0 8px; min-height: 26px; max-height: 26px; selection-background-color: $accent; selection-color: $on_accent; }
QComboBox:hover, QLineEdit:hover, QSpinBox:hover { border-color: $secondary; }
QComboBox:focus, QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus { border-color: $accent; }
QComboBox:disabled, QLineEdit:disabled, QSpinBox:disabled { color: $secondary; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $line; outline: none; padding: 4px; }
QComboBox QAbstractItemView::item { min-height: 26px; padding: 0 8px; border-radius: 4px; color: $text; }
QComboBox QAbstractItemView::item:selected { background: $pressed; color: $text; }
QPlainTextEdit, QTextEdit { background: $field; border: 1px solid $line; border-radius: 4px; padding: 4px; font-size: ${small}px; }
QTreeWidget, QListWidget, QTableWidget { background: $panel; border: 1px solid $line; border-radius: 4px; outline: none; alternate-background-color: $window; gridline-color: $line; }
QTreeWidget::item, QListWidget::item { min-height: 26px; padding: 0 4px; }
QTreeWidget::item:selected, QListWidget::item:selected, QTableWidget::item:selected { background: $pressed; color: $text; }
QHeaderView { background: $panel; }
QHeaderView::section { background: $panel; color: $secondary; border: none; border-bottom: 1px solid $line; padding: 4px 8px; font-size: ${small}px; }
QMenu { background: $panel; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 4px 24px 4px 12px; border-radius: 4px; min-height: 20px; }
QMenu::item:selected { background: $pressed; }
QMenu::item:disabled { color: $secondary; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QCheckBox { spacing: 8px; min-height: 24px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $secondary; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: $line; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QProgressBar[state="paused"]::chunk { background: $secondary; }
QProgressBar[state="failed"]::chunk { background: $bad; }
QProgressBar[state="done"]::chunk { background: $good; }
"""
