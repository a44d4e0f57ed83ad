"""The icon set, drawn in the colour asked for and sharp at every pixel ratio."""

from functools import lru_cache
from importlib import resources

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

STROKE = "#808080"
"""The colour that stands in every icon file and is replaced when it is drawn."""
RATIOS = (1.0, 1.5, 2.0, 3.0)


@lru_cache(maxsize=512)
def icon(name: str, color: str, size: int = 20) -> QIcon:
    """The icon of that name in one colour, at the common pixel ratios."""
    made = QIcon()
    for ratio in RATIOS:
        made.addPixmap(pixmap(name, color, size, ratio))
    return made


@lru_cache(maxsize=512)
def pixmap(name: str, color: str, size: int = 20, ratio: float = 1.0) -> QPixmap:
    """The icon of that name as a picture of size x size device-independent pixels."""
    canvas = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    canvas.fill(Qt.GlobalColor.transparent)
    painter = QPainter(canvas)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(_drawing(name, color)).render(painter, QRectF(0, 0, canvas.width(), canvas.height()))
    painter.end()
    canvas.setDevicePixelRatio(ratio)
    return canvas


def _drawing(name: str, color: str) -> QByteArray:
    file = resources.files("resources").joinpath("icons", f"{name}.svg")
    return QByteArray(file.read_text(encoding="utf-8").replace(STROKE, color).encode())
