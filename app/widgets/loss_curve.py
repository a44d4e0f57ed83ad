"""How the training gets on, as a picture: one line for each stage, falling."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app import theme

HEIGHT = 96
MARGIN = 8
SMOOTHED = 0.85
"""Share of the past in the line that is drawn strongly; single losses say little."""


class LossCurve(QWidget):
    """Draws the losses of every stage, each on its own scale, side by side."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._curves: tuple[tuple[float, ...], ...] = ()
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(self.tr("Progress of the training"))
        self.setToolTip(self.tr("The error on what is learned: it falls, then levels out."))

    def show_curves(self, curves: tuple[tuple[float, ...], ...]) -> None:
        """Show these losses."""
        self._curves = curves
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Faint: the losses; strong: their moving mean."""
        del event
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.panel))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        n_stages = max(2, len(self._curves))
        width = (self.width() - MARGIN * (n_stages + 1)) / n_stages
        for number, losses in enumerate(self._curves):
            place = QRectF(MARGIN + number * (width + MARGIN), MARGIN, width, HEIGHT - 2 * MARGIN)
            self._paint_stage(painter, place, losses)

    def _paint_stage(self, painter: QPainter, place: QRectF, losses: tuple[float, ...]) -> None:
        if len(losses) < 2:
            return
        colours = theme.current()
        means = [losses[0]]
        for loss in losses[1:]:
            means.append(SMOOTHED * means[-1] + (1 - SMOOTHED) * loss)
        low, high = min(losses), max(losses)
        span = (high - low) or 1.0
        for values, colour, thickness in ((losses, colours.pressed, 1.0), (means, colours.accent, 2.0)):
            painter.setPen(QPen(QColor(colour), thickness))
            points = [
                QPointF(
                    place.left() + place.width() * at / (len(values) - 1),
                    place.bottom() - place.height() * (value - low) / span,
                )
                for at, value in enumerate(values)
            ]
            painter.drawPolyline(QPolygonF(points))
