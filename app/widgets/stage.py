"""The left part of the window: the viewer or the empty state, the strip of looks, time and timeline."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app import theme
from app.messages import Failure
from app.widgets.beta_strip import BetaStrip
from app.widgets.compare_view import CompareView
from app.widgets.empty_state import EmptyState
from app.widgets.temporal_profile import TemporalProfile
from app.widgets.transport import Transport


class Stage(QWidget):
    """Holds the parts that show the picture."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.pages = QStackedWidget(self)
        self.view = CompareView(self.pages)
        self.empty = EmptyState(self.pages)
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.view)
        self.strip = BetaStrip(self.view)
        self.strip.closed.connect(self.strip.hide)
        self.profile = TemporalProfile(self.view)
        self.view.row_moved.connect(self.profile.set_row)
        self.transport = Transport(self)
        self._drop = _DropHint(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pages, 1)
        column.addWidget(self.transport)

    def show_empty(self, recent: tuple[str, ...], demo: bool) -> None:
        """Show what to do."""
        self.empty.show_recent(recent)
        self.empty.show_demo(demo)
        self.pages.setCurrentWidget(self.empty)

    def show_clip(self) -> None:
        """Show the picture."""
        self.empty.show_opening("")
        self.pages.setCurrentWidget(self.view)

    def show_opening(self, words: str) -> None:
        """Say that a clip is being read."""
        self.view.clear()
        self.strip.hide()
        self.empty.show_opening(words)
        self.pages.setCurrentWidget(self.empty)

    def show_failure(self, failure: Failure) -> None:
        """Explain why the clip could not be opened."""
        self.empty.show_opening("")
        self.empty.trouble.show_failure(failure)
        self.pages.setCurrentWidget(self.empty)

    def show_strip(self, shown: bool) -> None:
        """Show or hide the strip of looks."""
        self.strip.setVisible(shown)
        if not shown:
            self.view.setFocus()
        self._place()

    def show_profile(self, shown: bool) -> None:
        """Show or hide the temporal profile and the line that chooses its row."""
        self.profile.setVisible(shown)
        self.profile.clear()
        self.view.show_row(shown)
        self._place()

    def show_drop(self, shown: bool) -> None:
        """Show that files can be dropped."""
        self._drop.setGeometry(self.rect())
        self._drop.setVisible(shown)
        self._drop.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the strip at the foot of the viewer."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        height = self.strip.heightForWidth(self.view.width())
        self.strip.setGeometry(0, self.view.height() - height, self.view.width(), height)
        self.strip.raise_()
        profile = min(self.view.height(), self.profile.sizeHint().height())
        self.profile.setGeometry(0, self.view.height() - profile, self.view.width(), profile)


class _DropHint(QWidget):
    """Covers the stage while files are dragged over the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setVisible(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim the stage and say what a drop does."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(28, 28, 28, 200))
        painter.setPen(QPen(QColor(theme.DARK.accent), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(16, 16, -16, -16), 4, 4)
        painter.setFont(theme.font(theme.LARGE_PX))
        painter.setPen(QColor(theme.DARK.text))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Drop to open"))
        painter.end()
