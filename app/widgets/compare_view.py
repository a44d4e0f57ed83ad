"""The centre of the window: the source and its restoration in one view, compared in four ways."""

from enum import Enum

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, QSizeF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app import theme
from app.pictures import difference
from app.widgets.view_geometry import STEP, ViewGeometry
from app.widgets.view_painting import draw_part, draw_plate, draw_wipe_line
from app.words import shortest

WIPE_STEP = 0.02
DRAG_START = 3
ROW_REACH = 6
"""Pixels from the row's line within which it is dragged."""
FLICKER_MS = 500
SIDE_GAP = 2
KEYED = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
NEAREST_ABOVE = 2.0
"""Zoom from which pixels are shown as squares."""


class Mode(Enum):
    """How the two pictures are compared."""

    WIPE = "wipe"
    SIDE = "side"
    DIFFERENCE = "difference"
    FLICKER = "flicker"


class CompareView(QWidget):
    """Paints two images; knows nothing of clips, frames or models."""

    wipe_moved = Signal(float)
    row_moved = Signal(float)
    """Fraction of the picture's height at which the temporal profile looks."""
    zoom_changed = Signal(float)
    """Screen pixels per result pixel."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(320, 180)
        self.setAccessibleName(self.tr("Comparison of source and result"))
        self._before, self._after = QImage(), QImage()
        self._halves: dict[str, QImage] = {}
        self._words = ("", "")
        self._layers: dict[str, QImage] = {}
        self._geometry = ViewGeometry()
        self.mode = Mode.WIPE
        self.wipe = 0.5
        self.gain = 8.0
        self.holding_before = False
        self.row = 0.4
        self._row_shown = False
        self._flicker_before = False
        self._drag: tuple[str, QPointF] | None = None
        self._space_down = False
        self._ring = False
        self._flicker_timer = QTimer(self)
        self._flicker_timer.setInterval(FLICKER_MS)
        self._flicker_timer.timeout.connect(self._on_flicker_timeout)

    # state

    @property
    def geometry_now(self) -> ViewGeometry:
        """Zoom and centre."""
        return self._geometry

    @property
    def has_picture(self) -> bool:
        """True once a pair is shown."""
        return not self._before.isNull()

    def pictures(self) -> tuple[QImage, QImage]:
        """Both images as they are, before any zoom."""
        return self._before, self._after

    def show_pair(
        self,
        before: QImage,
        after: QImage,
        words: tuple[str, str],
        size: QSizeF,
        halves: tuple[QImage | None, QImage | None] = (None, None),
    ) -> None:
        """Show two images of one frame; both are stretched to `size`, in square result pixels.

        halves: the same at half their size, which large pictures are painted from when they are shown small.
        """
        source_layer = self._layers.get("before") if before.cacheKey() == self._before.cacheKey() else None
        self._before, self._after, self._words = before, after, words
        self._halves = {name: half for name, half in zip(("before", "after"), halves, strict=True) if half}
        if (size.width(), size.height()) != (self._geometry.width, self._geometry.height):
            self._set_geometry(self._geometry.of_size(size.width(), size.height()))
            source_layer = None
        self._forget_layers()
        if source_layer is not None:
            self._layers["before"] = source_layer

    def set_words(self, words: tuple[str, str]) -> None:
        """Call the two pictures something else."""
        self._words = words
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._before, self._after = QImage(), QImage()
        self._halves.clear()
        self._forget_layers()

    def set_mode(self, mode: Mode) -> None:
        """Compare in another way."""
        self.mode = mode
        self._flicker_before = False
        if mode is Mode.FLICKER:
            self._flicker_timer.start()
        else:
            self._flicker_timer.stop()
        self._forget_layers()
        self.zoom_changed.emit(self.scale())

    def set_gain(self, gain: float) -> None:
        """Amplify the difference by another factor."""
        self.gain = gain
        self._forget_layers()

    def hold_before(self, holding: bool) -> None:
        """Show the source alone while a key is held."""
        self.holding_before = holding
        self.update()

    def move_wipe(self, position: float) -> None:
        """Put the dividing line at a fraction of the viewer's width."""
        self.wipe = max(0.0, min(1.0, position))
        self.wipe_moved.emit(self.wipe)
        self.update()

    def show_row(self, shown: bool) -> None:
        """Show or hide the line that chooses the row of the temporal profile."""
        self._row_shown = shown
        self.row_moved.emit(self.row)
        self.update()

    def move_row(self, row: float) -> None:
        """Put the row's line at a fraction of the picture's height."""
        self.row = max(0.0, min(1.0, row))
        self.row_moved.emit(self.row)
        self.update()

    @Slot()
    def fit(self) -> None:
        """Show the whole picture."""
        self._set_geometry(self._geometry.fitted())

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom, keeping the picture point at a place of the viewer."""
        place = self._centre() if at is None else self._folded(at)
        self._set_geometry(self._geometry.zoomed(zoom, place, self._room()))

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom by a factor."""
        self.zoom_to(self.scale() * factor, at)

    def scale(self) -> float:
        """Screen pixels per result pixel now."""
        return self._geometry.scale(self._room()) * self.devicePixelRatioF()

    def shown_width(self) -> int:
        """How wide each whole picture is on screen now, in its pixels."""
        return round(self._geometry.rect(self._room()).width() * self.devicePixelRatioF())

    def sizeHint(self) -> QSize:
        """Room for a picture."""
        return QSize(960, 540)

    # events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Layers are made for one size."""
        super().resizeEvent(event)
        self._forget_layers()
        self.zoom_changed.emit(self.scale())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        steps = event.angleDelta().y() / 120
        if steps and self.has_picture:
            self.zoom_by(STEP**steps, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag the wipe, or the picture with the middle button or the space key."""
        if event.button() == Qt.MouseButton.LeftButton and self._near_row(event.position()):
            self._drag = ("row", event.position())
        elif event.button() == Qt.MouseButton.MiddleButton or (
            event.button() == Qt.MouseButton.LeftButton and (self._space_down or self.mode is not Mode.WIPE)
        ):
            self._drag = ("pan", event.position())
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._drag = ("maybe wipe", event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what the press began to drag."""
        if self._drag is None:
            self._show_cursor(event.position())
            return
        what, start = self._drag
        moved = event.position() - start
        if what == "row":
            place = self._geometry.rect(self._room())
            self.move_row((event.position().y() - place.y()) / max(1.0, place.height()))
        elif what == "pan":
            self._drag = ("pan", event.position())
            self._set_geometry(self._geometry.panned(moved.x(), moved.y(), self._room()))
        elif what == "wipe" or abs(moved.x()) >= DRAG_START:
            self._drag = ("wipe", start)
            self.move_wipe(event.position().x() / max(1, self.width()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""
        self._drag = None
        self._show_cursor(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit, or 1:1 at the pointer when already fitted."""
        if self._geometry.zoom is None:
            self.zoom_to(1.0 / self.devicePixelRatioF(), event.position())
        else:
            self.fit()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Say by the cursor what can be dragged."""
        self._show_cursor(event.position())
        super().enterEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space held down lets the picture be dragged; Shift and arrows move the wipe."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space_down = True
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        step = {Qt.Key.Key_Left: -WIPE_STEP, Qt.Key.Key_Right: WIPE_STEP}.get(Qt.Key(event.key()))
        if step and shift and self.mode is Mode.WIPE:
            self.move_wipe(self.wipe + step)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space is up again."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space_down = False
        super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a ring when the focus came by key."""
        self._ring = event.reason() in KEYED
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        self._ring, self._space_down, self.holding_before = False, False, False
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the comparison."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.current().surround))
        if self.has_picture:
            self._paint_mode(painter)
            if self._row_shown:
                painter.fillRect(QRectF(0, self._row_y(), self.width(), 1), QColor(theme.DARK.accent))
        if self._ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.current().accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Repaint in the new theme."""
        super().changeEvent(event)
        self.update()

    # painting

    def _paint_mode(self, painter: QPainter) -> None:
        if self.holding_before:
            self._paint_one(painter, "before", self._words[0])
        elif self.mode is Mode.WIPE:
            self._paint_wipe(painter)
        elif self.mode is Mode.SIDE:
            self._paint_side(painter)
        elif self.mode is Mode.DIFFERENCE:
            self._paint_difference(painter)
        else:
            which = 0 if self._flicker_before else 1
            self._paint_one(painter, ("before", "after")[which], self._words[which])

    def _paint_one(self, painter: QPainter, layer: str, words: str) -> None:
        painter.drawImage(0, 0, self._layer(layer))
        draw_plate(painter, self.width(), words, Qt.AlignmentFlag.AlignLeft)

    def _paint_wipe(self, painter: QPainter) -> None:
        x = round(self.wipe * self.width())
        painter.drawImage(0, 0, self._layer("after"))
        painter.setClipRect(QRect(0, 0, x, self.height()))
        painter.drawImage(0, 0, self._layer("before"))
        painter.setClipping(False)
        draw_wipe_line(painter, x, self.height())
        draw_plate(painter, self.width(), self._words[0], Qt.AlignmentFlag.AlignLeft)
        draw_plate(painter, self.width(), self._words[1], Qt.AlignmentFlag.AlignRight)

    def _paint_side(self, painter: QPainter) -> None:
        right = int(self._room().width()) + SIDE_GAP
        painter.drawImage(0, 0, self._layer("before"))
        painter.drawImage(right, 0, self._layer("after"))
        painter.fillRect(right - SIDE_GAP, 0, SIDE_GAP, self.height(), QColor("#101010"))
        draw_plate(painter, self.width(), self._words[0], Qt.AlignmentFlag.AlignLeft)
        draw_plate(painter, self.width(), self._words[1], Qt.AlignmentFlag.AlignRight)

    def _paint_difference(self, painter: QPainter) -> None:
        painter.drawImage(0, 0, self._layer("difference"))
        said = self.tr("Difference, {} times").format(shortest(self.gain, 1))
        draw_plate(painter, self.width(), said, Qt.AlignmentFlag.AlignLeft)

    def _layer(self, name: str) -> QImage:
        if name not in self._layers:
            self._layers[name] = self._make_layer(name)
        return self._layers[name]

    def _make_layer(self, name: str) -> QImage:
        if name == "difference":
            made = difference(self._layer("before"), self._layer("after"), self.gain)
            made.setDevicePixelRatio(self.devicePixelRatioF())
            return made
        return self._rendered(self._before if name == "before" else self._after, self._halves.get(name))

    def _rendered(self, image: QImage, half: QImage | None) -> QImage:
        ratio = self.devicePixelRatioF()
        room = self._room()
        if half is not None and half.width() >= self._geometry.rect(room).width() * ratio:
            image = half
        layer = QImage(room.toSize() * ratio, QImage.Format.Format_RGB32)
        layer.setDevicePixelRatio(ratio)
        layer.fill(QColor(theme.current().surround))
        place = self._geometry.rect(room)
        shown = place.intersected(QRectF(0, 0, room.width(), room.height()))
        painter = QPainter(layer)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.scale() <= NEAREST_ABOVE)
        draw_part(painter, image, place, shown, ratio)
        painter.end()
        return layer

    # pieces

    def _room(self) -> QSizeF:
        if self.mode is Mode.SIDE and not self.holding_before:
            return QSizeF((self.width() - SIDE_GAP) // 2, self.height())
        return QSizeF(self.width(), self.height())

    def _centre(self) -> QPointF:
        room = self._room()
        return QPointF(room.width() / 2, room.height() / 2)

    def _folded(self, at: QPointF) -> QPointF:
        room = self._room()
        return QPointF(at.x() - room.width() - SIDE_GAP, at.y()) if at.x() > room.width() else at

    def _set_geometry(self, geometry: ViewGeometry) -> None:
        if geometry != self._geometry:
            self._geometry = geometry
            self._forget_layers()
            self.zoom_changed.emit(self.scale())

    def _forget_layers(self) -> None:
        self._layers.clear()
        self.update()

    def _row_y(self) -> float:
        place = self._geometry.rect(self._room())
        return place.y() + self.row * place.height()

    def _near_row(self, at: QPointF) -> bool:
        return self._row_shown and self.has_picture and abs(at.y() - self._row_y()) < ROW_REACH

    def _show_cursor(self, at: QPointF) -> None:
        near = abs(at.x() - self.wipe * self.width()) < 12
        if self._space_down:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif self._near_row(at):
            self.setCursor(Qt.CursorShape.SplitVCursor)
        elif self.mode is Mode.WIPE and self.has_picture and near:
            self.setCursor(Qt.CursorShape.SplitHCursor)
        else:
            self.unsetCursor()

    @Slot()
    def _on_flicker_timeout(self) -> None:
        self._flicker_before = not self._flicker_before
        self.update()
