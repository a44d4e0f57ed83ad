"""The small controls everything is made of: icon buttons, boxes, segments, labels, fields."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QWidget,
)

from app import icons, theme

_RESTYLED = (QEvent.Type.StyleChange, QEvent.Type.PaletteChange)


class IconButton(QToolButton):
    """A button with an icon, or an icon and a word; its tooltip says what it does and by which key."""

    def __init__(self, icon_name: str, tip: str, parent: QWidget, text: str = "") -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._ratio = 0.0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(20, 20))
        self.set_words(text, tip)
        self._draw()

    def set_words(self, text: str, tip: str) -> None:
        """Set the word beside the icon and the tooltip, which is also the accessible name."""
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(text or tip)
        if text:
            self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        self.setToolButtonStyle(beside if text else Qt.ToolButtonStyle.ToolButtonIconOnly)

    def set_icon_name(self, name: str) -> None:
        """Show another icon."""
        if name != self._icon_name:
            self._icon_name = name
            self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Redraw the icon when the theme changes."""
        super().changeEvent(event)
        if event.type() in (*_RESTYLED, QEvent.Type.EnabledChange):
            self._draw()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon anew first on a screen of another pixel ratio."""
        if self.devicePixelRatioF() != self._ratio:
            self._draw()
        super().paintEvent(event)

    def _draw(self) -> None:
        now = theme.current()
        color = now.text if self.isEnabled() else now.faint
        self._ratio = self.devicePixelRatioF()
        self.setIcon(icons.icon(self._icon_name, color, ratio=self._ratio))


class IconLabel(QLabel):
    """An icon as a label, in a role's colour."""

    def __init__(self, icon_name: str, role: str, parent: QWidget, size: int = 16) -> None:
        super().__init__(parent)
        self._icon_name, self._role, self._size = icon_name, role, size
        self.setFixedSize(size, size)
        self._draw()

    def set_icon(self, icon_name: str, role: str) -> None:
        """Show another icon in another role's colour."""
        self._icon_name, self._role = icon_name, role
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Redraw the icon when the theme changes."""
        super().changeEvent(event)
        if event.type() in _RESTYLED:
            self._draw()

    def _draw(self) -> None:
        color = str(getattr(theme.current(), self._role))
        self.setPixmap(icons.pixmap(self._icon_name, color, self._size, self.devicePixelRatioF()))


class ComboBox(QComboBox):
    """A box with a drawn chevron that ignores the wheel unless it has the focus."""

    def __init__(self, name: str, tip: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the panel, not the value, unless the box has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box and its chevron."""
        super().paintEvent(event)
        painter = QPainter(self)
        picture = icons.pixmap("chevron-down", theme.current().secondary, 16, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - 22, (self.height() - 16) // 2, picture)
        painter.end()


class SpinBox(QSpinBox):
    """A number field without arrows; up and down keys change it, "auto" stands for its minimum."""

    def __init__(self, name: str, tip: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setKeyboardTracking(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the number the whole field.

        WORKAROUND: with a style sheet and no buttons Qt 6.11 gives the inner field a width of one pixel.
        """
        super().resizeEvent(event)
        self._spread()

    def showEvent(self, event: QShowEvent) -> None:
        """The style lays the field out once more when it is shown."""
        super().showEvent(event)
        self._spread()

    def changeEvent(self, event: QEvent) -> None:
        """And when it changes."""
        super().changeEvent(event)
        if event.type() in (*_RESTYLED, QEvent.Type.FontChange):
            self._spread()

    def _spread(self) -> None:
        self.lineEdit().setGeometry(self.rect().adjusted(8, 1, -8, -1))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the panel, not the value, unless the field has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Segments(QWidget):
    """A row of buttons of which one is down."""

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("segments")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.buttonClicked.connect(self._on_button_clicked)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2, 2, 2, 2)
        self._row.setSpacing(2)
        self._keys: dict[str, QToolButton] = {}

    def add(self, key: str, text: str, tip: str, icon_name: str = "") -> QToolButton:
        """Append a button; returns it."""
        button = IconButton(icon_name, tip, self, text) if icon_name else QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text or tip)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._group.addButton(button)
        self._row.addWidget(button)
        self._keys[key] = button
        return button

    def choose(self, key: str | None) -> None:
        """Show a button as down without saying so; None lifts all."""
        self._group.setExclusive(key in self._keys)
        for other, button in self._keys.items():
            button.setChecked(other == key)

    @property
    def key(self) -> str | None:
        """Of the button that is down."""
        return next((key for key, button in self._keys.items() if button.isChecked()), None)

    def button(self, key: str) -> QToolButton:
        """The button of that key."""
        return self._keys[key]

    @Slot(object)
    def _on_button_clicked(self, clicked: QToolButton) -> None:
        self._group.setExclusive(True)
        self.chosen.emit(next(key for key, button in self._keys.items() if button is clicked))


class Elided(QLabel):
    """A label that shortens its text where it does not fit, and tells the whole in its tooltip."""

    def __init__(self, parent: QWidget, role: str = "") -> None:
        super().__init__(parent)
        self._whole = ""
        if role:
            self.setProperty("role", role)
        self.setMinimumWidth(24)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_whole(self, text: str) -> None:
        """Set the text before shortening."""
        self._whole = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, self.width())
        if shown != self.text():
            self.setText(shown)
        super().paintEvent(event)


def label(text: str, parent: QWidget, role: str = "", wrap: bool = False) -> QLabel:
    """A label in a role: secondary, heading, title, good, warn, bad, plate."""
    made = QLabel(text, parent)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget another role's look."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().polish(widget)


def button(text: str, tip: str, parent: QWidget, role: str = "") -> QPushButton:
    """A push button; clicking it leaves the focus with the picture."""
    made = QPushButton(text, parent)
    made.setToolTip(tip)
    made.setProperty("role", role)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


def field(name: str, tip: str, parent: QWidget) -> QLineEdit:
    """A line to write in."""
    made = QLineEdit(parent)
    made.setAccessibleName(name)
    made.setToolTip(tip)
    return made


def separator(parent: QWidget) -> QFrame:
    """A line of one pixel."""
    line = QFrame(parent)
    line.setObjectName("separator")
    line.setFixedHeight(1)
    return line


def fill_box(box: QComboBox, rows: Sequence[tuple[str, str]]) -> None:
    """Put (data, text) rows into a box without saying so."""
    blocked = box.blockSignals(True)
    box.clear()
    for data, text in rows:
        box.addItem(text, data)
    box.blockSignals(blocked)


def choose_row(box: QComboBox, data: object) -> None:
    """Show the row with that data without saying so; no row when there is none."""
    blocked = box.blockSignals(True)
    box.setCurrentIndex(box.findData(data))
    box.blockSignals(blocked)
