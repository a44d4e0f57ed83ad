"""The icon set, drawn in the colour asked for and sharp at every pixel ratio."""

from functools import cache, lru_cache
from importlib import resources

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

STROKE = "#808080"
"""The colour that stands in every icon file and is replaced when it is drawn."""


@lru_cache(maxsize=512)
def icon(name: str, color: str, size: int = 20, ratio: float = 1.0) -> QIcon:
    """The icon of that name in one colour, sharp on a screen of that pixel ratio."""
    return QIcon(pixmap(name, color, size, ratio))


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
    return QByteArray(_text(name).replace(STROKE, color).encode())


@cache
def _text(name: str) -> str:
    return resources.files("resources").joinpath("icons", f"{name}.svg").read_text(encoding="utf-8")
