"""One frame at five places of the slider; a click takes one over."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import theme, words

GAP = 8
CAPTION = 24


class BetaStrip(QWidget):
    """Shows pictures with their beta; lies over the foot of the viewer."""

    chosen = Signal(float)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("This frame at five places of the slider"))
        self._images: tuple[QImage, ...] = ()
        self._betas: tuple[float, ...] = ()
        self._now = 1.0
        self._pointed = -1
        self.setVisible(False)

    def show_strip(self, betas: tuple[float, ...], images: tuple[QImage, ...], now: float) -> None:
        """Show the pictures and mark the present value."""
        self._betas, self._images, self._now = betas, images, now
        self._pointed = -1
        self.setVisible(True)
        self.setFocus()
        self.update()

    def set_now(self, beta: float) -> None:
        """Mark another value."""
        self._now = beta
        self.update()

    def heightForWidth(self, width: int) -> int:
        """High enough for the pictures at a width."""
        if not self._images:
            return 0
        image = self._images[0]
        cell = (width - GAP * (len(self._images) + 1)) / len(self._images)
        return round(cell * image.height() / max(1, image.width())) + CAPTION + 2 * GAP

    def sizeHint(self) -> QSize:
        """For the present width."""
        return QSize(self.width(), self.heightForWidth(self.width()))

    def cell(self, number: int) -> QRectF:
        """Where a picture lies, its caption included."""
        width = (self.width() - GAP * (len(self._images) + 1)) / max(1, len(self._images))
        return QRectF(GAP + number * (width + GAP), GAP, width, self.height() - 2 * GAP)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the picture under the pointer."""
        self._point_at(self._at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """Mark none."""
        super().leaveEvent(event)
        self._point_at(-1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take one over."""
        number = self._at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and number >= 0:
            self.chosen.emit(self._betas[number])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows mark, Return takes over, Escape closes."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None:
            self._point_at(max(0, min(len(self._betas) - 1, self._pointed + step)))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._pointed >= 0:
            self.chosen.emit(self._betas[self._pointed])
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the strip."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(28, 28, 28, 235))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for number, image in enumerate(self._images):
            self._paint_cell(painter, number, image)
        painter.end()

    def _paint_cell(self, painter: QPainter, number: int, image: QImage) -> None:
        cell = self.cell(number)
        picture = QRectF(cell.x(), cell.y(), cell.width(), cell.height() - CAPTION)
        painter.drawImage(picture, image)
        chosen = abs(self._betas[number] - self._now) < 0.01
        if chosen or number == self._pointed:
            color = theme.DARK.accent if chosen else theme.DARK.text
            painter.setPen(QPen(QColor(color), 2))
            painter.drawRect(picture.adjusted(1, 1, -1, -1))
        painter.setPen(QColor(theme.DARK.accent if chosen else theme.DARK.text))
        painter.setFont(theme.font(theme.TEXT_PX, bold=chosen))
        caption = QRectF(cell.x(), picture.bottom(), cell.width(), CAPTION)
        painter.drawText(caption, Qt.AlignmentFlag.AlignCenter, self._caption(number))

    def _caption(self, number: int) -> str:
        value = words.decimal(self._betas[number], 2)
        if number == 0:
            return self.tr("{}  perception").format(value)
        if number == len(self._betas) - 1:
            return self.tr("{}  fidelity").format(value)
        return value

    def _at(self, x: float) -> int:
        return next(
            (i for i in range(len(self._betas)) if self.cell(i).left() <= x <= self.cell(i).right()), -1
        )

    def _point_at(self, number: int) -> None:
        if number != self._pointed:
            self._pointed = number
            self.update()
