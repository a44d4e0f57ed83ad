"""Time, stepping, playing and the range, in one row above the timeline."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.widgets.controls import IconButton, label
from app.widgets.timeline import Timeline


class Transport(QWidget):
    """Emits what is wanted; is told what is."""

    wanted = Signal(str)
    """Id of a command: play, step_back, step_forward, to_start, to_end, set_in, set_out, clear_range."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.timeline = Timeline(self)
        self._time = label("00:00:00:00", self, "heading")
        self._time.setAccessibleName(self.tr("Time of the playhead"))
        self._frame = label("", self, "secondary")
        self._range = label("", self, "secondary")
        self._buttons: dict[str, IconButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(0)
        column.addLayout(self._row())
        column.addWidget(self.timeline)
        self.set_enabled(False)

    def set_enabled(self, enabled: bool) -> None:
        """Whether there is a clip to move in."""
        for button in self._buttons.values():
            button.setEnabled(enabled)

    def set_time(self, time: str, frame: str) -> None:
        """Show where the playhead is."""
        self._time.setText(time)
        self._frame.setText(frame)

    def set_range(self, words: str) -> None:
        """Show the chosen range; "" for the whole clip."""
        self._range.setText(words)
        self._buttons["clear_range"].setVisible(bool(words))

    def set_playing(self, playing: bool) -> None:
        """Show whether the clip plays."""
        self._buttons["play"].set_icon_name("pause" if playing else "play")

    def set_tips(self, tips: dict[str, str]) -> None:
        """Tooltips with the keys as they are mapped now."""
        for key, button in self._buttons.items():
            if key in tips:
                button.set_words("", tips[key])

    def labels(self) -> tuple[QLabel, QLabel, QLabel]:
        """Time, frame and range."""
        return self._time, self._frame, self._range

    def _row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(2)
        self._time.setFixedWidth(92)
        self._frame.setFixedWidth(136)
        row.addWidget(self._time)
        row.addWidget(self._frame)
        row.addStretch(1)
        for key, icon_name, tip in self._definitions()[:5]:
            row.addWidget(self._make(key, icon_name, tip))
        row.addStretch(1)
        row.addWidget(self._range)
        for key, icon_name, tip in self._definitions()[5:]:
            row.addWidget(self._make(key, icon_name, tip))
        self._buttons["clear_range"].setVisible(False)
        return row

    def _definitions(self) -> tuple[tuple[str, str, str], ...]:
        return (
            ("to_start", "to-start", self.tr("To the start")),
            ("step_back", "step-back", self.tr("One frame back")),
            ("play", "play", self.tr("Play or stand still")),
            ("step_forward", "step-forward", self.tr("One frame forward")),
            ("to_end", "to-end", self.tr("To the end")),
            ("set_in", "set-in", self.tr("Restore from here")),
            ("set_out", "set-out", self.tr("Restore up to here")),
            ("clear_range", "close", self.tr("Restore the whole clip")),
        )

    def _make(self, key: str, icon_name: str, tip: str) -> IconButton:
        button = IconButton(icon_name, tip, self)
        button.setObjectName(key)
        button.setIconSize(QSize(18, 18))
        button.clicked.connect(self._on_clicked)
        self._buttons[key] = button
        return button

    @Slot()
    def _on_clicked(self) -> None:
        self.wanted.emit(self.sender().objectName())
