"""How long a move of the slider takes on a real frame of 1280x720, from the hand to the painted picture."""

import logging
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.demo import demo_clip
from app.main_window import MainWindow
from app.pictures import to_image
from app.preferences import Places, Preferences
from app.real_engine import real_engine
from app.viewing import Beside
from tests.app.driving import close, open_clip
from tests.app.fakes import FakeDesktop

logger = logging.getLogger(__name__)

LIMIT_SECONDS = 0.05


@pytest.fixture
def window(qtbot: QtBot, dressed: None, tmp_path: Path) -> Iterator[MainWindow]:
    """A window on the demo clip with a previewed frame of 720 lines."""
    clip = demo_clip()
    assert clip is not None
    places = Places(config=tmp_path / "config", state=tmp_path / "state", cache=tmp_path / "cache")
    made = MainWindow(real_engine(), places, Preferences(places.config / "p.json"), FakeDesktop())
    made.resize(1440, 900)
    made.show()
    qtbot.waitExposed(made)
    open_clip(made, clip, qtbot)
    session = made.workshop.session
    qtbot.waitUntil(lambda: session.film is not None, timeout=60000)
    restoration = replace(session.choice.restoration, short_side=720, scale=None)
    session.change(replace(session.choice, restoration=restoration))
    made.desk.do("preview_frame")
    qtbot.waitUntil(lambda: made.workshop.viewing._last_beside is Beside.FRAME, timeout=120000)
    yield made
    close(made)


@pytest.mark.slow
def test_the_slider_blends_a_frame_of_720_lines_within_50_ms(window: MainWindow) -> None:
    session, loader = window.workshop.session, window.workshop.loader
    job = session.preview_job()
    assert job is not None
    heads = window.workshop.previewer.heads(job, session.playhead)
    assert heads is not None
    assert heads.blend(1.0).shape == (720, 1280, 3)
    blends, moves = [], []
    for step in range(41):
        begun = time.perf_counter()
        to_image(heads.blend(step * 0.05))
        blends.append(time.perf_counter() - begun)
    for step in range(41):
        begun = time.perf_counter()
        window.desk.set_beta(step * 0.05)
        while loader.busy:
            QApplication.processEvents()
            time.sleep(0.0002)
        QApplication.processEvents()  # paints
        moves.append(time.perf_counter() - begun)
    for name, seconds in (("blend alone", blends), ("hand to picture", moves)):
        rows = sorted(1000 * value for value in seconds)
        middle, low, high = statistics.median(rows), rows[4], rows[36]
        logger.info("%s: median %.1f ms, 80 %% between %.1f and %.1f ms", name, middle, low, high)
    assert sorted(moves)[len(moves) // 4] < LIMIT_SECONDS  # other programs may hold the cores
