"""How long a start takes: from the birth of the process to the first painted window."""

import json
import sys
import time

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget


class FirstPaint(QObject):
    """Says once when the window was painted, then closes it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._told = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the window's first paint; what it holds is painted in the same turn of the event loop."""
        if event.type() is QEvent.Type.Paint and not self._told:
            self._told = True
            QTimer.singleShot(0, self._tell)
        return super().eventFilter(watched, event)

    def _tell(self) -> None:
        painted = time.time()
        told = {"event": "first_paint", "seconds": round(painted - birth(), 3)}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        self._window.close()


def birth() -> float:
    """When this process began, seconds of time.time(), to 10 ms on Linux."""
    import psutil  # a twentieth of a second that belongs to no person's start

    return psutil.Process().create_time()
