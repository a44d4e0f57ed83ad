"""What stands beside the source, what the slider does to it, and what scrubbing costs."""

import gc
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from PySide6.QtCore import QEventLoop, QPointF, QSizeF, Qt, QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.frame_loader import ImageCache, Lanczos, Pair, PairRequest
from app.main_window import MainWindow
from app.pictures import difference, lanczos, to_array, to_image
from app.previewer import PreviewStage
from app.viewing import STRIP_BETAS, Beside
from app.widgets.view_geometry import ViewGeometry
from engine.errors import ModelError
from engine.job import JobState
from tests.app.driving import open_clip
from tests.app.fakes import FakeEngine, picture


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A playhead on the move is still on the move on the slowest machine."""
    monkeypatch.setattr("app.viewing.SHARPEN_MS", 600_000)


@pytest.fixture
def large(window: MainWindow, clip: Path, qtbot: QtBot, engine: FakeEngine) -> MainWindow:
    """A window on a clip that is larger than its view."""
    engine.width, engine.height = 2560, 1440
    open_clip(window, clip, qtbot)
    qtbot.waitUntil(lambda: window.workshop.session.film is not None, timeout=15000)
    return window


def end_the_move(window: MainWindow) -> None:
    """The playhead has stood still for long enough."""
    timer = window.workshop.viewing.findChild(QTimer, "sharpen")
    assert timer is not None
    assert timer.isActive()
    timer.start(0)


def shown_green(window: MainWindow) -> int:
    return window.stage.view.pictures()[1].pixelColor(3, 3).green()


def test_previewing_a_frame_shows_it_restored(opened: MainWindow, qtbot: QtBot, engine: FakeEngine) -> None:
    opened.workshop.session.seek(7)
    opened.desk.do("preview_frame")
    qtbot.waitUntil(lambda: shown_green(opened) == 100, timeout=15000)
    assert engine.live == [7]


def test_a_moving_playhead_gets_quick_pictures_and_a_resting_one_exact_ones(
    unhurried: None, large: MainWindow, qtbot: QtBot
) -> None:
    session, view = large.workshop.session, large.stage.view
    pairs: list[Pair] = []
    large.workshop.viewing.pair_shown.connect(lambda pair, _beside: pairs.append(pair))
    for frame in range(10, 20):
        session.seek(frame)
        qtbot.waitUntil(lambda: not large.workshop.loader.busy, timeout=15000)
    moving = [pair for pair in pairs if pair.request.frame >= 10]
    assert {pair.before.width() for pair in moving} == {view.shown_width()}
    end_the_move(large)
    qtbot.waitUntil(lambda: view.pictures()[0].width() == 2560, timeout=15000)
    assert pairs[-1].exact
    assert pairs[-1].request.frame == 19


def test_a_hand_that_races_sees_key_frames_and_then_the_frame_itself(
    unhurried: None, large: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    session = large.workshop.session
    shown: list[tuple[int, bool]] = []
    large.workshop.viewing.pair_shown.connect(
        lambda pair, _beside: shown.append((pair.request.frame, pair.exact))
    )
    engine.decoded.clear()
    for frame in (45, 20, 40):
        session.seek(frame)
        qtbot.waitUntil(lambda: not large.workshop.loader.busy, timeout=15000)
    assert shown[1:] == [(0, False), (0, False)]
    end_the_move(large)
    qtbot.waitUntil(lambda: shown[-1] == (40, True), timeout=15000)


def test_no_quick_picture_is_ever_smaller_than_what_is_shown_of_it(large: MainWindow, qtbot: QtBot) -> None:
    session, view = large.workshop.session, large.stage.view
    view.zoom_to(1.0)
    with qtbot.waitSignal(large.workshop.viewing.pair_shown, timeout=15000) as shown:
        session.seek(10)
    pair = shown.args[0]
    assert pair.exact
    assert pair.before.width() == 2560


def test_a_snapshot_of_a_moving_playhead_waits_for_the_exact_pictures(
    large: MainWindow, clip: Path, qtbot: QtBot
) -> None:
    session = large.workshop.session
    with qtbot.waitSignal(large.workshop.viewing.pair_shown, timeout=15000):
        session.seek(10)
    with qtbot.waitSignal(large.presenter.snapshot_saved, timeout=15000):
        large.desk.do("snapshot")
    assert QImage(str(clip.with_name("tape_000010_source.png"))).width() == 2560


def test_the_slider_moves_a_previewed_frame_without_restoring_again(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    opened.desk.do("preview_frame")
    qtbot.waitUntil(lambda: shown_green(opened) == 100, timeout=15000)
    for beta, green in ((0.5, 50), (2.0, 200), (0.0, 0)):
        opened.desk.set_beta(beta)
        qtbot.waitUntil(lambda green=green: shown_green(opened) == green, timeout=15000)
    assert engine.live == [0]


def test_a_sampling_model_previews_again_after_a_rest(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    opened.presenter.choose_model("sampler")
    opened.desk.do("preview_frame")
    viewing = opened.workshop.viewing
    qtbot.waitUntil(lambda: viewing._last_beside is Beside.FRAME, timeout=15000)
    seen: list[Beside] = []
    viewing.pair_shown.connect(lambda _pair, beside: seen.append(beside))
    for step in range(10):  # a hand that drags for longer than the rest takes
        opened.desk.set_beta(1.5 + step * 0.05)
        qtbot.wait(100)
    assert len(engine.live) == 1
    qtbot.waitUntil(lambda: viewing._last_beside is Beside.FRAME, timeout=15000)
    assert len(engine.live) == 2
    assert set(seen) == {Beside.EARLIER, Beside.FRAME}


def test_a_previewed_frame_comes_back_when_the_playhead_does(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    opened.desk.do("preview_frame")
    qtbot.waitUntil(lambda: shown_green(opened) == 100, timeout=15000)
    session = opened.workshop.session
    session.seek(5)
    qtbot.waitUntil(lambda: shown_green(opened) != 100, timeout=15000)
    session.seek(0)
    qtbot.waitUntil(lambda: shown_green(opened) == 100, timeout=15000)
    assert engine.live == [0]
    assert opened.workshop.viewing.cached_ranges() == ((0, 1),)


def test_three_seconds_are_restored_by_the_real_job_and_shown(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    engine.n_frames = 50
    opened.workshop.session.seek(10)
    opened.desk.do("preview_clip")
    qtbot.waitUntil(lambda: opened.workshop.viewing._last_beside is Beside.CLIP, timeout=20000)
    (job,) = engine.restored
    assert (job.first_frame, job.stop_frame) == (10, 50)
    assert opened.workshop.queue.entries == ()


@pytest.mark.parametrize("command", ["preview_frame", "preview_clip"])
def test_a_running_job_stands_aside_for_a_preview(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine, command: str
) -> None:
    queue, previewer = opened.workshop.queue, opened.workshop.previewer
    engine.frame_seconds = 0.02
    opened.desk.do("upscale")
    qtbot.waitUntil(lambda: queue.running is not None and queue.running.done_frames > 5, timeout=15000)
    ready = previewer.frame_ready if command == "preview_frame" else previewer.clip_ready
    with qtbot.waitSignal(ready, timeout=15000):
        opened.desk.do(command)
    assert queue.running is not None
    assert queue.running.done_frames < 50
    qtbot.waitSignal(queue.ran_dry, timeout=20000).wait()
    assert queue.entries[0].state is JobState.DONE
    assert len(engine.restored) == (1 if command == "preview_frame" else 2)


def test_a_preview_is_shown_while_the_queue_is_paused(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    engine.frame_seconds = 0.02
    opened.desk.do("upscale")
    queue = opened.workshop.queue
    qtbot.waitUntil(lambda: queue.running is not None and queue.running.done_frames > 5, timeout=15000)
    opened.desk.do("pause")
    opened.desk.do("preview_frame")
    qtbot.waitUntil(lambda: shown_green(opened) == 100, timeout=15000)
    assert queue.entries[0].state is JobState.PAUSED
    with qtbot.waitSignal(queue.ran_dry, timeout=20000):
        opened.desk.do("pause")


def test_a_preview_waits_for_the_next_step_of_the_job_and_says_so(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    engine.frame_seconds = 1.0
    opened.desk.do("upscale")
    qtbot.waitUntil(lambda: opened.workshop.queue.running is not None, timeout=15000)
    opened.desk.do("preview_frame")
    assert "waits" in opened.panel.activity()
    engine.frame_seconds = 0.0
    qtbot.waitUntil(lambda: engine.live == [0], timeout=15000)


def test_only_the_newest_preview_wish_is_carried_out(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    engine.frame_seconds = 1.0
    opened.desk.do("upscale")
    qtbot.waitUntil(lambda: opened.workshop.queue.running is not None, timeout=15000)
    with qtbot.waitSignal(opened.workshop.previewer.frame_ready, timeout=15000):
        for frame in (3, 4, 5):
            opened.workshop.session.seek(frame)
            opened.desk.do("preview_frame")
        engine.frame_seconds = 0.0
    assert engine.live == [5]


def test_a_preview_that_came_too_late_for_the_job_is_made_after_it(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    engine.n_frames, engine.frame_seconds = 50, 0.0
    bench = opened.workshop.bench
    opened.desk.do("upscale")
    qtbot.waitUntil(lambda: opened.workshop.queue.running is not None, timeout=15000)
    time.sleep(0.5)  # the job has ended; the window does not know it yet
    assert bench.welcomes
    opened.desk.do("preview_frame")
    qtbot.waitUntil(lambda: engine.live == [0], timeout=15000)


def test_a_preview_that_fails_is_explained(opened: MainWindow, qtbot: QtBot, engine: FakeEngine) -> None:
    engine.fail_with = ModelError("the weights of Compact are missing")
    opened.desk.do("preview_clip")
    qtbot.waitUntil(opened.panel.trouble.isVisible, timeout=15000)
    opened.panel.trouble.show_failure(None)


def test_a_preview_can_be_ended(opened: MainWindow, qtbot: QtBot, engine: FakeEngine) -> None:
    engine.held = True
    stages: list[PreviewStage] = []
    opened.workshop.previewer.stage_changed.connect(lambda stage, _done, _all: stages.append(stage))
    opened.desk.do("preview_clip")
    qtbot.waitUntil(lambda: PreviewStage.CLIP in stages, timeout=15000)
    opened.workshop.previewer.cancel()
    qtbot.waitUntil(lambda: stages[-1] is PreviewStage.IDLE, timeout=15000)
    assert not opened.workshop.bench.busy


def test_comparing_looks_shows_five_and_a_click_takes_one(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    opened.desk.do("compare_betas")
    strip = opened.stage.strip
    qtbot.waitUntil(strip.isVisible, timeout=15000)
    assert engine.live == [0]
    place = strip.cell(STRIP_BETAS.index(1.5)).center().toPoint()
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place)
    assert opened.workshop.session.choice.restoration.beta == 1.5


def test_playback_keeps_the_clock_and_both_sides_in_step(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    session, player = opened.workshop.session, opened.workshop.player
    moves: list[tuple[int, float]] = []
    started = time.monotonic()
    session.playhead_moved.connect(lambda frame: moves.append((frame, time.monotonic() - started)))
    player.toggle()
    qtbot.waitUntil(lambda: session.playhead >= 20, timeout=20000)
    player.stop()
    late = sorted(seconds * 25 - frame for frame, seconds in moves)
    assert late[len(late) // 2] == pytest.approx(0.5, abs=1.5)
    qtbot.waitUntil(lambda: not opened.workshop.loader.busy, timeout=15000)
    before, after = opened.stage.view.pictures()
    assert before.pixelColor(0, 0).red() == pytest.approx(after.pixelColor(0, 0).red(), abs=1)


def test_scrubbing_drops_what_is_out_of_date(opened: MainWindow, qtbot: QtBot, engine: FakeEngine) -> None:
    engine.decode_seconds = 0.02
    engine.decoded.clear()
    for frame in range(1, 50):
        opened.workshop.session.seek(frame)
    qtbot.waitUntil(lambda: opened.stage.view.pictures()[0].pixelColor(0, 0).red() == 49, timeout=15000)
    shown = opened.stage.view.pictures()[0].pixelColor(0, 0).red()
    assert shown == 49
    assert len(engine.decoded) < 30


@pytest.mark.parametrize("n_seeks", [200, pytest.param(1800, marks=pytest.mark.slow, id="half an hour")])
def test_scrubbing_leaves_nothing_behind(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine, n_seeks: int
) -> None:
    """Half an hour is a seek for each second; each is waited for."""
    loader, session = opened.workshop.loader, opened.workshop.session
    rng = np.random.default_rng(1)

    def scrub(n: int) -> None:
        for frame in rng.integers(0, 50, n):
            session.seek(int(frame))
            while loader.busy:
                QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)

    scrub(100)
    gc.collect()
    before, threads = psutil.Process().memory_info().rss, threading.active_count()
    scrub(n_seeks)
    gc.collect()
    assert psutil.Process().memory_info().rss - before < 24 << 20
    assert threading.active_count() == threads


def test_the_image_cache_keeps_to_its_limit() -> None:
    cache = ImageCache(10 * 300)
    for number in range(30):
        cache.put(number, to_image(np.zeros((10, 10, 3), np.uint8)))
    assert cache.n_bytes <= 10 * 320
    assert cache.get(0) is None
    assert cache.get(29) is not None


def test_pixels_survive_the_way_to_qt_and_back() -> None:
    pixels = picture(9, 33, 17)
    assert np.array_equal(to_array(to_image(pixels)), pixels)


def test_the_difference_of_a_picture_with_itself_is_black() -> None:
    image = to_image(picture(3, 20, 10))
    assert to_array(difference(image, image, 16.0)).max() == 0


def test_a_plain_upscale_has_the_size_of_the_result() -> None:
    assert lanczos(picture(1, 20, 10), 80, 40).shape == (40, 80, 3)


def test_zooming_keeps_the_point_under_the_pointer() -> None:
    room, at = QSizeF(800, 600), QPointF(500, 200)
    view = ViewGeometry(width=1920, height=1080).zoomed(1.0, QPointF(400, 300), room)
    closer = view.zoomed(2.0, at, room)
    first, second = view.rect(room), closer.rect(room)
    u = (at.x() - first.x()) / first.width()
    assert (at.x() - second.x()) / second.width() == pytest.approx(u, abs=0.002)


def test_a_zoomed_picture_cannot_be_pushed_off_the_screen() -> None:
    room = QSizeF(800, 600)
    view = ViewGeometry(width=1920, height=1080).zoomed(1.0, QPointF(0, 0), room).panned(5000, 5000, room)
    assert view.rect(room).topLeft() == QPointF(0, 0)


def test_above_two_to_one_pixels_are_squares(opened: MainWindow) -> None:
    view = opened.stage.view
    image = QImage(4, 4, QImage.Format.Format_RGB888)
    image.fill(QColor("#000000"))
    image.setPixelColor(1, 1, QColor("#ffffff"))
    view.show_pair(image, image, ("", ""), QSizeF(4, 4))
    view.zoom_to(16.0, QPointF(view.width() / 2, view.height() / 2))
    colors = {view.grab().toImage().pixelColor(x, view.height() // 2 - 8).red() for x in range(5, 40)}
    shades = set(to_array(view._layer("after")).ravel().tolist())
    assert shades <= {0, 255, 0x2E}
    assert colors


def test_the_slider_blend_is_quick_enough_to_drag(opened: MainWindow) -> None:
    from tests.app.fakes import FakeHeads

    heads = FakeHeads(1, 1280, 720)
    took: list[float] = []
    for _ in range(5):
        started = time.monotonic()
        to_image(heads.blend(0.7))
        took.append(time.monotonic() - started)
    assert min(took) < 0.2


def test_the_loader_answers_a_request_with_both_pictures(opened: MainWindow, qtbot: QtBot) -> None:
    film = opened.workshop.session.film
    assert film is not None
    request = PairRequest(number=99, source=film, frame=12, after=Lanczos(width=64, height=36))
    with qtbot.waitSignal(opened.workshop.loader.pair_loaded, timeout=15000) as caught:
        opened.workshop.loader.request(request)
    assert caught.args is not None
    assert caught.args[0].after.width() == 64


def test_changing_the_target_keeps_the_same_part_on_screen(opened: MainWindow, qtbot: QtBot) -> None:
    view, session = opened.stage.view, opened.workshop.session
    view.zoom_to(2.0)
    height = view.geometry_now.rect(QSizeF(view.size())).height()
    choice = session.choice
    session.change(replace(choice, restoration=replace(choice.restoration, scale=2.0)))
    qtbot.waitUntil(lambda: view.geometry_now.height == 180, timeout=15000)
    assert view.geometry_now.rect(QSizeF(view.size())).height() == pytest.approx(height)


def test_a_snapshot_saves_both_pictures_beside_the_clip(opened: MainWindow, clip: Path) -> None:
    opened.desk.do("snapshot")
    assert {path.name for path in clip.parent.glob("*.png")} == {
        "tape_000000_source.png",
        "tape_000000_restored.png",
    }
