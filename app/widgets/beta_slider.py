"""The slider between perception and fidelity: 0 to 2, with a notch in the middle."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import theme, words

STEP = 0.05
LARGEST = 2.0
MIDDLE = 1.0
NOTCH_PIXELS = 5
"""So near to the middle the knob falls into it."""
MARGIN = 9


class BetaSlider(QWidget):
    """A value in steps of 0.05; filled from the middle, because the middle is the model as it was made."""

    moved = Signal(float)
    """While dragging and by keys."""
    released = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.value = MIDDLE
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(28)
        self.setAccessibleName(self.tr("Perception to fidelity"))
        self.setToolTip(
            self.tr(
                "Left: livelier detail, more of it invented. Right: closer to what the source really shows.\n"
                "Arrow keys move it, double-click puts it back to 1.00."
            )
        )
        self.setAccessibleDescription(words.decimal(1, 2))

    def set_value(self, value: float) -> None:
        """Show a value without saying so."""
        self.value = value
        self.setAccessibleDescription(words.decimal(value, 2))
        self.update()

    def sizeHint(self) -> QSize:
        """One control high."""
        return QSize(200, 28)

    def x_of(self, value: float) -> float:
        """Where a value lies, in pixels."""
        return MARGIN + value / LARGEST * (self.width() - 2 * MARGIN)

    def value_at(self, x: float) -> float:
        """The value under a pixel, on a step, caught by the middle."""
        if abs(x - self.x_of(MIDDLE)) <= NOTCH_PIXELS:
            return MIDDLE
        raw = (x - MARGIN) / max(1, self.width() - 2 * MARGIN) * LARGEST
        return _on_step(raw)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to the pointer and drag from there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self._move_to(self.value_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if self._dragging:
            self._move_to(self.value_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        del event
        if self._dragging:
            self._dragging = False
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the middle."""
        del event
        self._move_to(MIDDLE)
        self.released.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the panel, not the value, unless the slider has the focus."""
        if not self.hasFocus():
            event.ignore()
            return
        self._move_to(_on_step(self.value + (STEP if event.angleDelta().y() > 0 else -STEP)))
        self.released.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step, page keys leap, Home and End are the ends."""
        steps = {
            Qt.Key.Key_Left: -STEP,
            Qt.Key.Key_Down: -STEP,
            Qt.Key.Key_Right: STEP,
            Qt.Key.Key_Up: STEP,
            Qt.Key.Key_PageDown: -5 * STEP,
            Qt.Key.Key_PageUp: 5 * STEP,
            Qt.Key.Key_Home: -LARGEST,
            Qt.Key.Key_End: LARGEST,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._move_to(_on_step(self.value + step))
        self.released.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint groove, notch, filled part and knob."""
        del event
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, knob, y = self.x_of(MIDDLE), self.x_of(self.value), self.height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.line))
        painter.drawRoundedRect(QRectF(MARGIN, y - 2, self.width() - 2 * MARGIN, 4), 2, 2)
        painter.setBrush(QColor(now.secondary))
        painter.drawRect(QRectF(middle - 0.75, y - 8, 1.5, 16))
        accent = QColor(now.accent if self.isEnabled() else now.secondary)
        painter.setBrush(accent)
        painter.drawRoundedRect(QRectF(min(middle, knob), y - 2, abs(knob - middle), 4), 2, 2)
        painter.setBrush(accent)
        painter.setPen(QPen(QColor(now.panel), 2))
        painter.drawEllipse(QPointF(knob, y), 8, 8)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(now.text), 1.5))
            painter.drawEllipse(QPointF(knob, y), 8, 8)
        painter.end()

    def _move_to(self, value: float) -> None:
        if value != self.value:
            self.set_value(value)
            self.moved.emit(value)


def _on_step(raw: float) -> float:
    return round(max(0.0, min(LARGEST, round(raw / STEP) * STEP)), 2)
