"""Models that sample, from the window to a verified file: the real engine and tiny networks.

    pytest -n 0 -m slow tests/app/test_samplers_in_the_window.py
EVENSTAR_CLIP names another clip than a synthesised one; its first six frames are restored.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.preferences import Places, Preferences
from app.real_engine import real_engine
from engine.job import JobState
from engine.models import weights_folder
from engine.models.spec import ModelSpec
from tests.app.driving import close
from tests.app.fakes import FakeDesktop
from tests.clips import make_clip, slow_picture
from tests.tiny_cogvideox import install_tiny_cogvideox
from tests.tiny_diffvsr import install_tiny_diffvsr
from tests.tiny_star import install_tiny_star

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


@pytest.fixture
def window(
    qtbot: QtBot, dressed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    monkeypatch.setenv(weights_folder.FOLDER_VARIABLE, str(tmp_path / "weights"))
    places = Places(config=tmp_path / "config", state=tmp_path / "state", cache=tmp_path / "cache")
    made = MainWindow(real_engine(), places, Preferences(places.config / "p.json"), FakeDesktop())
    made.show()
    qtbot.waitExposed(made)
    yield made
    close(made)


@pytest.mark.parametrize(
    ("install", "scale"),
    [(install_tiny_star, 1.0), (install_tiny_diffvsr, 4.0), (install_tiny_cogvideox, 4.0)],
)
def test_a_sampling_model_restores_a_clip(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, install: Callable[..., ModelSpec], scale: float
) -> None:
    model = install(tmp_path, wired=True).id
    (tmp_path / "clips").mkdir()
    if "EVENSTAR_CLIP" in os.environ:
        clip = Path(shutil.copy(os.environ["EVENSTAR_CLIP"], tmp_path / "clips"))
    else:
        clip = make_clip(
            tmp_path / "clips" / "clip.mp4", n_frames=8, width=96, height=64, picture=slow_picture
        )
    window.open_paths([clip])
    session, queue = window.workshop.session, window.workshop.queue
    qtbot.waitUntil(lambda: session.film is not None, timeout=120_000)
    restoration = replace(
        session.choice.restoration, model=model, scale=scale, short_side=None, steps=3, memory_bytes=1 << 36
    )
    session.change(replace(session.choice, restoration=restoration))
    session.set_range((0, 6))
    upscale = window.findChild(QPushButton, "upscale")
    assert upscale is not None
    qtbot.waitUntil(upscale.isEnabled, timeout=20_000)
    upscale.click()
    qtbot.waitUntil(lambda: len(queue.entries) == 1 and queue.entries[0].finished, timeout=1_000_000)
    entry = queue.entries[0]
    assert entry.state is JobState.DONE, entry.failure
    assert entry.job.restoration.model == model
    assert entry.job.target.is_file()
