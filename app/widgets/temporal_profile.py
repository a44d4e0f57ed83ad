"""One row of pixels over time, of source and result: still edges are vertical lines, flicker is a comb."""

from collections import OrderedDict

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import theme

AROUND = 24
"""Frames shown before and after the playhead."""
LINE = 3
"""Screen pixels a frame."""
GAP = 8
CAPTION = 24
KEPT_WIDTH = 480
MOST_KEPT = 2 * AROUND + 1
HEIGHT = MOST_KEPT * LINE + CAPTION + GAP


class TemporalProfile(QWidget):
    """Collects the pictures that are shown and stacks one row of each; lies over the foot of the viewer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Temporal profile: one row of pixels over time"))
        self._kept: OrderedDict[int, tuple[QImage, QImage]] = OrderedDict()
        self._words = ("", "")
        self._playhead = 0
        self._row = 0.5
        self.setVisible(False)

    @property
    def frames(self) -> tuple[int, ...]:
        """Frames that have a line."""
        return tuple(sorted(self._kept))

    def add(self, frame: int, before: QImage, after: QImage, words: tuple[str, str]) -> None:
        """Take the pair that is shown now; nothing is kept while the profile is hidden."""
        if self.isHidden():
            return
        self._playhead, self._words = frame, words
        self._kept[frame] = (_kept(before), _kept(after))
        self._kept.move_to_end(frame)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        self.update()

    def set_row(self, row: float) -> None:
        """Show another row, a fraction of the picture's height."""
        self._row = row
        self.update()

    def clear(self) -> None:
        """Forget all lines: another clip, or other settings."""
        self._kept.clear()
        self.update()

    def sizeHint(self) -> QSize:
        """Wide, and high enough for its lines."""
        return QSize(640, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint both stacks, and the frame at the playhead marked."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(28, 28, 28, 235))
        width = (self.width() - 3 * GAP) / 2
        for side in (0, 1):
            self._paint_side(
                painter, QRectF(GAP + side * (width + GAP), CAPTION, width, MOST_KEPT * LINE), side
            )
        painter.fillRect(QRectF(0, CAPTION + AROUND * LINE, GAP - 2, LINE), QColor(theme.DARK.accent))
        painter.end()

    def _paint_side(self, painter: QPainter, place: QRectF, side: int) -> None:
        painter.fillRect(place, QColor("#3a3a3a"))
        for frame, pair in self._kept.items():
            line = frame - self._playhead + AROUND
            if 0 <= line < MOST_KEPT:
                image = pair[side]
                row = min(image.height() - 1, int(self._row * image.height()))
                painter.drawImage(
                    QRectF(place.x(), place.y() + line * LINE, place.width(), LINE),
                    image,
                    QRectF(0, row, image.width(), 1),
                )
        painter.setFont(theme.font(theme.SMALL_PX))
        painter.setPen(QColor(theme.DARK.text))
        caption = QRectF(place.x(), 0, place.width(), CAPTION)
        words = self._words[side]
        if side == 0 and len(self._kept) < AROUND:
            words += "   " + self.tr(
                "Play: every frame adds a line. Drag the line in the picture to choose a row."
            )
        metrics = painter.fontMetrics()
        painter.drawText(
            caption,
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(place.width())),
        )


def _kept(image: QImage) -> QImage:
    # Fast, that is by the same pixels of every frame: a mean would hide flicker.
    return image.scaledToWidth(min(image.width(), KEPT_WIDTH), Qt.TransformationMode.FastTransformation)
