"""A real window on a fake engine, closed after every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app import theme
from app.main_window import MainWindow
from app.preferences import Places, Preferences
from tests.app.driving import OpenWindow, close, open_clip
from tests.app.fakes import FakeDesktop, FakeEngine


@pytest.fixture(scope="session")
def dressed(qapp: QApplication) -> None:
    theme.apply(qapp, "dark")


@pytest.fixture
def holder(qtbot: QtBot) -> QWidget:
    """A parent for one part of the window, closed after the test."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def desktop() -> FakeDesktop:
    return FakeDesktop()


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(config=tmp_path / "config", state=tmp_path / "state", cache=tmp_path / "cache")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clips" / "tape.mkv"
    path.parent.mkdir()
    path.write_bytes(b"film")
    return path


@pytest.fixture
def open_window(
    qtbot: QtBot, dressed: None, engine: FakeEngine, places: Places, desktop: FakeDesktop
) -> Iterator[OpenWindow]:
    made: list[MainWindow] = []

    def build() -> MainWindow:
        preferences = Preferences(places.config / "preferences.json")
        window = MainWindow(engine.calls(), places, preferences, desktop)
        made.append(window)
        window.resize(1200, 800)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield build
    for window in made:
        close(window)


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window()


@pytest.fixture
def opened(window: MainWindow, clip: Path, qtbot: QtBot) -> MainWindow:
    """A window with a clip open and its first pair of pictures on screen."""
    open_clip(window, clip, qtbot)
    return window
