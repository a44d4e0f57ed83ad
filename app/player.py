"""Playback: moves the playhead by the clock, so that slow decoding drops frames instead of slowing time."""

import time

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.session import Session

TICK_MS = 8
SPEEDS = (1.0, 2.0, 4.0)


class Player(QObject):
    """Plays the clip, or the chosen range in a loop, at a signed speed."""

    speed_changed = Signal(float)
    """0 while it stands still."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.speed = 0.0
        self._clock = 0.0
        self._seconds = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_timeout)
        session.clip_opening.connect(self._on_clip_opening)

    @Slot()
    def toggle(self) -> None:
        """Play at source rate, or stand still."""
        self.play(0.0 if self.speed else 1.0)

    @Slot()
    def faster(self) -> None:
        """Play forwards; once more doubles the speed."""
        self.play(self._next(1.0))

    @Slot()
    def backwards(self) -> None:
        """Play backwards; once more doubles the speed."""
        self.play(self._next(-1.0))

    @Slot()
    def stop(self) -> None:
        """Stand still."""
        self.play(0.0)

    def play(self, speed: float) -> None:
        """Play at a signed multiple of the source rate; 0 stands still."""
        if not self._session.n_frames:
            speed = 0.0
        self._clock = time.monotonic()
        self._seconds = self._session.seconds_at(self._session.playhead)
        if speed > 0 and self._session.playhead >= self._bounds()[1] - 1:
            self._seconds = self._session.seconds_at(self._bounds()[0])
        if speed:
            self._timer.start()
        else:
            self._timer.stop()
        if speed != self.speed:
            self.speed = speed
            self.speed_changed.emit(speed)

    def _next(self, sign: float) -> float:
        if self.speed * sign <= 0:
            return sign
        return sign * min(SPEEDS[-1], abs(self.speed) * 2)

    def _bounds(self) -> tuple[int, int]:
        return self._session.range or (0, self._session.n_frames)

    @Slot()
    def _on_timeout(self) -> None:
        now = time.monotonic()
        self._seconds += (now - self._clock) * self.speed
        self._clock = now
        frame, (start, stop) = self._session.frame_at(max(0.0, self._seconds)), self._bounds()
        if self.speed > 0 and frame >= stop - 1:
            self._session.seek(stop - 1)
            self._wrap(start)
        elif self._seconds <= 0 and self.speed < 0:
            self._session.seek(start)
            self.stop()
        else:
            self._session.seek(frame)

    def _wrap(self, start: int) -> None:
        if self._session.range is None:
            self.stop()
        else:
            self._seconds = self._session.seconds_at(start)

    @Slot(object)
    def _on_clip_opening(self, _path: object) -> None:
        self.stop()
