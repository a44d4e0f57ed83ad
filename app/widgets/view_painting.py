"""What is painted in the viewer besides the layers themselves: the dividing line, the words, parts of images."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from app import theme

PLATE = QColor(28, 28, 28, 200)
KNOB = 13
MARGIN = 12


def draw_wipe_line(painter: QPainter, x: int, height: int) -> None:
    """Draw the dividing line with its knob at a pixel column."""
    painter.fillRect(x - 1, 0, 3, height, QColor(0, 0, 0, 90))
    painter.fillRect(x, 0, 1, height, QColor("#ffffff"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("#ffffff"), 1.4))
    painter.setBrush(PLATE)
    middle = height / 2
    painter.drawEllipse(QPointF(x + 0.5, middle), KNOB, KNOB)
    for side in (-1, 1):
        tip = x + 0.5 + side * 8
        back = tip - side * 4
        painter.drawPolyline([QPointF(back, middle - 4), QPointF(tip, middle), QPointF(back, middle + 4)])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def draw_plate(painter: QPainter, room: int, words: str, side: Qt.AlignmentFlag) -> None:
    """Draw words on a dark plate in the upper left or right corner of a viewer `room` pixels wide."""
    if not words:
        return
    painter.setFont(theme.font(theme.SMALL_PX))
    metrics = painter.fontMetrics()
    words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, max(40, room // 2 - 40))
    width, height = metrics.horizontalAdvance(words) + 16, metrics.height() + 6
    left = MARGIN if side is Qt.AlignmentFlag.AlignLeft else room - width - MARGIN
    plate = QRectF(left, MARGIN, width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(PLATE)
    painter.drawRoundedRect(plate, 4, 4)
    painter.setPen(QColor("#e6e6e6"))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)


def draw_part(painter: QPainter, image: QImage, place: QRectF, shown: QRectF, ratio: float) -> None:
    """Draw the visible part of an image that fills `place`; shrinking averages, so that nothing aliases."""
    if image.isNull() or shown.isEmpty():
        return
    sx, sy = image.width() / place.width(), image.height() / place.height()
    left, top = (shown.x() - place.x()) * sx, (shown.y() - place.y()) * sy
    part = QRectF(left, top, shown.width() * sx, shown.height() * sy)
    if sx > ratio:
        whole = part.toAlignedRect().intersected(image.rect())
        size = QSizeF(whole.width() / sx * ratio, whole.height() / sy * ratio).toSize()
        smooth = Qt.TransformationMode.SmoothTransformation
        image = image.copy(whole).scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        x, y = place.x() + whole.x() / sx, place.y() + whole.y() / sy
        shown = QRectF(x, y, whole.width() / sx, whole.height() / sy)
        part = QRectF(image.rect())
    painter.drawImage(shown, image, part)
