"""A person's whole way through the real window: real X events, the real engine, a verified file.

Runs where there is an X display and xdotool:
    xvfb-run -a -s "-screen 0 1440x900x24" env QT_QPA_PLATFORM=xcb pytest -n 0 -m slow tests/app/test_end_to_end.py -s
EVENSTAR_CLIP names another clip than the demo.
"""

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QProcess
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.demo import demo_clip
from app.main_window import MainWindow
from app.preferences import Places, Preferences
from app.real_engine import real_engine
from engine.job import JobState
from tests.app.driving import close
from tests.app.fakes import FakeDesktop

logger = logging.getLogger(__name__)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


class Hand:
    """Moves the pointer and presses keys through the X server."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot

    def do(self, *arguments: object) -> None:
        process = QProcess()
        process.start("xdotool", [str(part) for part in arguments])
        self._qtbot.waitUntil(lambda: process.state() is QProcess.ProcessState.NotRunning, timeout=20000)
        self._qtbot.wait(60)

    def move_to(self, widget: QWidget, x: float, y: float) -> None:
        place = widget.mapToGlobal(QPoint(round(x), round(y)))
        self.do("mousemove", place.x(), place.y())

    def click(self, widget: QWidget) -> None:
        self.move_to(widget, widget.width() / 2, widget.height() / 2)
        self.do("click", 1)

    def drag(self, widget: QWidget, start: tuple[float, float], stop: tuple[float, float]) -> None:
        self.move_to(widget, *start)
        self.do("mousedown", 1)
        for part in (0.25, 0.5, 0.75, 1.0):
            x = start[0] + (stop[0] - start[0]) * part
            self.move_to(widget, x, start[1] + (stop[1] - start[1]) * part)
        self.do("mouseup", 1)


@pytest.fixture
def real_window(qtbot: QtBot, dressed: None, tmp_path: Path) -> Iterator[MainWindow]:
    if QGuiApplication.platformName() != "xcb" or shutil.which("xdotool") is None:
        pytest.skip("needs an X display and xdotool")
    places = Places(config=tmp_path / "config", state=tmp_path / "state", cache=tmp_path / "cache")
    preferences = Preferences(places.config / "preferences.json")
    window = MainWindow(real_engine(), places, preferences, FakeDesktop())
    window.setGeometry(0, 0, 1440, 900)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    yield window
    close(window)


def test_open_look_drag_and_upscale_to_a_verified_file(
    real_window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window, hand = real_window, Hand(qtbot)
    origin = Path(os.environ["EVENSTAR_CLIP"]) if "EVENSTAR_CLIP" in os.environ else demo_clip()
    assert origin is not None
    clip = Path(shutil.copy(origin, tmp_path))
    window.open_paths([clip])
    view, session, queue = window.stage.view, window.workshop.session, window.workshop.queue
    qtbot.waitUntil(lambda: session.film is not None and view.has_picture, timeout=120_000)

    hand.drag(view, (view.width() * 0.5, 300), (view.width() * 0.25, 320))
    assert view.wipe == pytest.approx(0.25, abs=0.02)

    hand.do("key", "period")
    hand.do("key", "period")
    assert session.playhead == 2

    slider = window.panel.look.slider
    hand.drag(slider, (slider.x_of(1.0), 14), (slider.x_of(1.4), 14))
    assert session.choice.restoration.beta == pytest.approx(1.4, abs=0.051)

    hand.do("key", "ctrl+z")
    assert session.choice.restoration.beta == 1.0
    hand.do("key", "ctrl+shift+z")
    assert session.choice.restoration.beta != 1.0

    session.set_range((0, int(os.environ.get("EVENSTAR_FRAMES", "12"))))
    upscale = window.findChild(QPushButton, "upscale")
    assert upscale is not None
    hand.click(upscale)
    qtbot.waitUntil(lambda: len(queue.entries) == 1, timeout=20000)
    qtbot.waitUntil(lambda: queue.running is not None, timeout=60_000)
    hand.do("key", "ctrl+p")
    qtbot.waitUntil(lambda: queue.entries[0].state is JobState.PAUSED, timeout=60_000)
    hand.do("key", "ctrl+p")
    qtbot.waitUntil(lambda: queue.entries[0].state is JobState.RUNNING, timeout=60_000)
    qtbot.waitUntil(lambda: queue.entries[0].finished, timeout=1_500_000)
    entry = queue.entries[0]
    assert entry.state is JobState.DONE, entry.failure
    assert entry.job.target.is_file()
    assert entry.psnr is not None
    logger.warning(
        "%s: %d frames, verified, %s dB, beta %s",
        entry.job.target.name,
        entry.done_frames,
        entry.psnr,
        entry.job.restoration.beta,
    )
    qtbot.waitUntil(lambda: window.workshop.viewing.result is not None, timeout=60_000)
    window.grab().save(str(tmp_path / "end.png"))
