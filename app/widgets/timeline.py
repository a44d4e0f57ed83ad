"""The clip as a strip: thumbnails, cuts, what is cached, the range to restore, the playhead."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app import theme

STRIP_TOP = 14
STRIP_HEIGHT = 40
CACHE_HEIGHT = 3
HEIGHT = STRIP_TOP + STRIP_HEIGHT + CACHE_HEIGHT + 5
MARGIN = 12
GRIP = 6
"""Pixels around an in or out mark in which it can be grabbed."""


class Timeline(QWidget):
    """Shows frames 0 to n; says where the person wants to be."""

    sought = Signal(int)
    range_dragged = Signal(int, int)
    """Half-open range while an in or out mark is dragged."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(self.tr("Timeline"))
        self._n_frames = 0
        self._playhead = 0
        self._range: tuple[int, int] | None = None
        self._shots: tuple[int, ...] = ()
        self._cached: tuple[tuple[int, int], ...] = ()
        self._thumbs: dict[int, QImage] = {}
        self._drag = ""

    def clear(self) -> None:
        """Forget the clip."""
        self._thumbs.clear()
        self._shots, self._cached, self._range = (), (), None
        self.set_frames(0)

    def set_frames(self, n_frames: int) -> None:
        """How many frames the clip has."""
        self._n_frames = n_frames
        self._playhead = 0
        self.update()

    def set_playhead(self, frame: int) -> None:
        """Where the playhead stands."""
        self._playhead = frame
        self.update()

    def set_range(self, wanted: tuple[int, int] | None) -> None:
        """The half-open range to restore; None: all."""
        self._range = wanted
        self.update()

    def set_shots(self, shots: tuple[int, ...]) -> None:
        """First frames of the shots after the first."""
        self._shots = shots
        self.update()

    def set_cached(self, ranges: tuple[tuple[int, int], ...]) -> None:
        """Half-open ranges that can be shown restored."""
        self._cached = ranges
        self.update()

    def add_thumb(self, frame: int, image: QImage) -> None:
        """A small picture of a frame."""
        self._thumbs[frame] = image
        self._n_frames = max(self._n_frames, frame + 1)
        self.update()

    def sizeHint(self) -> QSize:
        """As high as its parts."""
        return QSize(400, HEIGHT)

    # geometry

    def x_of(self, frame: float) -> float:
        """Where a frame begins, in pixels."""
        room = self.width() - 2 * MARGIN
        return MARGIN + frame / max(1, self._n_frames) * room

    def frame_of(self, x: float) -> int:
        """The frame under a pixel."""
        room = max(1, self.width() - 2 * MARGIN)
        return max(0, min(self._n_frames - 1, int((x - MARGIN) / room * self._n_frames)))

    # events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab an in or out mark, or the playhead from anywhere."""
        if event.button() != Qt.MouseButton.LeftButton or not self._n_frames:
            return
        self._drag = self._mark_at(event.position().x()) or "playhead"
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what was grabbed."""
        x = event.position().x()
        if not self._n_frames:
            return
        frame = self.frame_of(x)
        start, stop = self._range or (0, self._n_frames)
        if self._drag == "playhead":
            self.sought.emit(frame)
        elif self._drag == "in":
            self.range_dragged.emit(min(frame, stop - 1), stop)
        elif self._drag == "out":
            self.range_dragged.emit(start, max(frame + 1, start + 1))
        else:
            grip = self._mark_at(x)
            self.setCursor(Qt.CursorShape.SplitHCursor if grip else Qt.CursorShape.ArrowCursor)
            QToolTip.showText(event.globalPosition().toPoint(), self.tr("Frame {}").format(frame), self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        del event
        self._drag = ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step, Home and End jump."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        goal = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: self._n_frames - 1}.get(Qt.Key(event.key()))
        if step is not None:
            self.sought.emit(max(0, self._playhead + step))
        elif goal is not None:
            self.sought.emit(max(0, goal))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the strip."""
        del event
        now = theme.current()
        painter = QPainter(self)
        strip = QRectF(MARGIN, STRIP_TOP, self.width() - 2 * MARGIN, STRIP_HEIGHT)
        painter.fillRect(strip, QColor(now.window))
        if self._n_frames:
            self._paint_thumbs(painter, strip)
            self._paint_range(painter, strip)
            self._paint_shots(painter, strip)
            self._paint_cached(painter, strip)
            self._paint_playhead(painter, strip)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(now.accent), 1))
            painter.drawRect(strip.adjusted(-1, -1, 0, 0))
        painter.end()

    # painting

    def _paint_thumbs(self, painter: QPainter, strip: QRectF) -> None:
        painter.save()
        painter.setClipRect(strip)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        right = -1.0
        for frame, image in sorted(self._thumbs.items()):
            x = self.x_of(frame)
            if x < right:
                continue
            width = image.width() * STRIP_HEIGHT / max(1, image.height())
            painter.drawImage(QRectF(x, strip.y(), width, STRIP_HEIGHT), image)
            right = x + width
        painter.restore()

    def _paint_range(self, painter: QPainter, strip: QRectF) -> None:
        if self._range is None:
            return
        now = theme.current()
        left, right = self.x_of(self._range[0]), self.x_of(self._range[1])
        shade = QColor(now.panel)
        shade.setAlpha(190)
        painter.fillRect(QRectF(strip.left(), strip.y(), left - strip.left(), STRIP_HEIGHT), shade)
        painter.fillRect(QRectF(right, strip.y(), strip.right() - right, STRIP_HEIGHT), shade)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.text))
        for x, way in ((left, 1), (right, -1)):
            painter.drawRect(QRectF(x - 1, strip.y() - 4, 2, STRIP_HEIGHT + 8))
            painter.drawRect(QRectF(min(x, x + way * 6), strip.y() - 4, 6, 2))
            painter.drawRect(QRectF(min(x, x + way * 6), strip.bottom() + 2, 6, 2))

    def _paint_shots(self, painter: QPainter, strip: QRectF) -> None:
        for shot in self._shots:
            x = round(self.x_of(shot))
            painter.fillRect(QRectF(x - 1, strip.y(), 3, STRIP_HEIGHT), QColor(0, 0, 0, 120))
            painter.fillRect(QRectF(x, strip.y() - 3, 1, STRIP_HEIGHT + 3), QColor("#ffffff"))

    def _paint_cached(self, painter: QPainter, strip: QRectF) -> None:
        good = QColor(theme.current().good)
        for start, stop in self._cached:
            left = self.x_of(start)
            width = max(3.0, self.x_of(stop) - left)
            painter.fillRect(QRectF(left, strip.bottom() + 2, width, CACHE_HEIGHT), good)

    def _paint_playhead(self, painter: QPainter, strip: QRectF) -> None:
        x = round(self.x_of(self._playhead + 0.5))
        accent = QColor(theme.current().accent)
        painter.fillRect(QRectF(x, strip.y() - 4, 2, STRIP_HEIGHT + 8), accent)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        top = strip.y() - 11
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x - 5, top),
                    QPointF(x + 7, top),
                    QPointF(x + 7, top + 5),
                    QPointF(x + 1, top + 10),
                    QPointF(x - 5, top + 5),
                ]
            )
        )

    def _mark_at(self, x: float) -> str:
        if self._range is None:
            return ""
        near = {"in": abs(x - self.x_of(self._range[0])), "out": abs(x - self.x_of(self._range[1]))}
        name = min(near, key=lambda key: near[key])
        return name if near[name] <= GRIP else ""
