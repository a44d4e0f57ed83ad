"""Where the picture lies in the viewer: one zoom and one centre for both sides."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF

SMALLEST_ZOOM = 0.05
LARGEST_ZOOM = 32.0
STEP = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewGeometry:
    """Picture units are pixels of the result, stretched to square ones."""

    width: float = 16.0
    """Of the picture."""
    height: float = 9.0
    zoom: float | None = None
    """Screen pixels per picture pixel; None: as large as fits."""
    center_x: float = 0.5
    """Of the viewer, as a fraction of the picture's width."""
    center_y: float = 0.5

    def scale(self, viewport: QSizeF) -> float:
        """Screen pixels per picture pixel in a viewport."""
        if self.zoom is not None:
            return self.zoom
        if viewport.width() <= 0 or viewport.height() <= 0:
            return 1.0
        return min(viewport.width() / self.width, viewport.height() / self.height)

    def rect(self, viewport: QSizeF) -> QRectF:
        """Where the whole picture lies in a viewport, in screen pixels."""
        scale = self.scale(viewport)
        width, height = self.width * scale, self.height * scale
        x, y = (0.5, 0.5) if self.zoom is None else (self.center_x, self.center_y)
        left = viewport.width() / 2 - x * width
        top = viewport.height() / 2 - y * height
        return QRectF(
            _settle(left, width, viewport.width()), _settle(top, height, viewport.height()), width, height
        )

    def fitted(self) -> "ViewGeometry":
        """As large as fits."""
        return replace(self, zoom=None, center_x=0.5, center_y=0.5)

    def zoomed(self, zoom: float, at: QPointF, viewport: QSizeF) -> "ViewGeometry":
        """Another zoom that keeps the picture point under `at` where it is."""
        zoom = max(SMALLEST_ZOOM, min(LARGEST_ZOOM, zoom))
        rect = self.rect(viewport)
        u, v = (at.x() - rect.x()) / rect.width(), (at.y() - rect.y()) / rect.height()
        x = u - (at.x() - viewport.width() / 2) / (self.width * zoom)
        y = v - (at.y() - viewport.height() / 2) / (self.height * zoom)
        return replace(self, zoom=zoom, center_x=_inside(x), center_y=_inside(y))

    def panned(self, dx: float, dy: float, viewport: QSizeF) -> "ViewGeometry":
        """Moved by screen pixels; a fitted picture stays."""
        if self.zoom is None:
            return self
        rect = self.rect(viewport)
        x = (viewport.width() / 2 - rect.x() - dx) / rect.width()
        y = (viewport.height() / 2 - rect.y() - dy) / rect.height()
        return replace(self, center_x=_inside(x), center_y=_inside(y))

    def of_size(self, width: float, height: float) -> "ViewGeometry":
        """The same view of a picture of another size: the same part of it stays on screen."""
        zoom = None if self.zoom is None else self.zoom * self.height / max(1.0, height)
        return replace(self, width=max(1.0, width), height=max(1.0, height), zoom=zoom)


def _inside(fraction: float) -> float:
    return max(0.0, min(1.0, fraction))


def _settle(start: float, length: float, room: float) -> float:
    """Whole pixels: a picture smaller than the viewer in its middle, a larger one without empty edges."""
    if length <= room:
        return round((room - length) / 2)
    return round(max(room - length, min(0.0, start)))
