"""The window as a person drives it, on a fake engine."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.viewing import Beside
from app.widgets.compare_view import Mode
from app.widgets.shortcuts_overlay import ShortcutsOverlay
from engine.job import JobState
from tests.app.driving import OpenWindow, close, open_clip
from tests.app.fakes import FakeEngine


def upscale_button(window: MainWindow) -> QPushButton:
    found = window.findChild(QPushButton, "upscale")
    assert found is not None
    return found


def drop(window: MainWindow, paths: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), copy, data, left, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), copy, data, left, none))


def test_an_empty_window_says_what_to_do_and_offers_no_job(window: MainWindow) -> None:
    assert window.stage.empty.isVisible()
    assert not upscale_button(window).isEnabled()


def test_a_clip_shows_its_source_beside_a_plain_upscale(opened: MainWindow) -> None:
    assert opened.stage.view.has_picture
    before, after = opened.stage.view.pictures()
    assert (before.width(), before.height()) == (160, 90)
    assert after.width() > before.width()
    assert "1 frame" not in opened.panel.source.facts()
    assert "160×90" in opened.panel.source.facts()


def test_a_clip_shows_how_damaged_it_is_and_by_what_signs(opened: MainWindow, qtbot: QtBot) -> None:
    source = opened.panel.source
    qtbot.waitUntil(lambda: "34\u00a0%\u00a0damage" in source.facts())
    for sign in ("quantiser 12 of 51", "noise 0.8 of 255", "block edges x1.22"):
        assert sign in source.signs()


def test_a_small_clip_gets_a_target_the_model_can_reach(opened: MainWindow) -> None:
    restoration = opened.workshop.session.choice.restoration
    assert (restoration.short_side, restoration.scale) == (None, 4.0)


def test_files_with_any_letters_in_their_names_can_be_dropped(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "Großmutter – 祖母 ✨ 1987.mkv"
    path.write_bytes(b"film")
    with qtbot.waitSignal(window.workshop.session.clip_opened, timeout=20000):
        drop(window, [path])
    assert window.workshop.session.clip is not None
    assert window.workshop.session.clip.path == path


def test_several_dropped_files_are_queued(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, engine: FakeEngine
) -> None:
    paths = [tmp_path / name for name in ("eins.mkv", "zwei ü.mkv")]
    for path in paths:
        path.write_bytes(b"film")
    with qtbot.waitSignal(window.workshop.queue.ran_dry, timeout=20000):
        drop(window, paths)
    assert [job.source for job in engine.restored] == paths


def test_a_dropped_folder_opens_the_batch_dialog(window: MainWindow, clip: Path, qtbot: QtBot) -> None:
    drop(window, [clip.parent])
    assert window.dialogs.batch is not None
    qtbot.waitUntil(lambda: len(window.dialogs.batch.picked()) == 1, timeout=15000)
    window.dialogs.batch.reject()


def test_a_damaged_file_is_explained_where_it_failed(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    with qtbot.waitSignal(window.workshop.session.open_failed, timeout=20000):
        window.open_clip(path)
    assert window.stage.empty.trouble.isVisible()
    assert upscale_button(window).isEnabled() is False


def test_dragging_the_timeline_shows_that_very_frame(opened: MainWindow, qtbot: QtBot) -> None:
    timeline = opened.stage.transport.timeline
    x = round(timeline.x_of(30.5))
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(x, 30))
    assert opened.workshop.session.playhead == 30
    qtbot.waitUntil(lambda: opened.stage.view.pictures()[0].pixelColor(0, 0).red() == 30, timeout=15000)


def test_the_keys_step_frame_by_frame(opened: MainWindow) -> None:
    view = opened.stage.view
    view.setFocus()
    for key in (Qt.Key.Key_Period, Qt.Key.Key_Period, Qt.Key.Key_Comma):
        QTest.keyClick(view, key)
    assert opened.workshop.session.playhead == 1


def test_in_and_out_choose_the_range_of_the_job(opened: MainWindow) -> None:
    session = opened.workshop.session
    session.seek(10)
    QTest.keyClick(opened.stage.view, Qt.Key.Key_I)
    session.seek(19)
    QTest.keyClick(opened.stage.view, Qt.Key.Key_O)
    job = session.job(frozenset())
    assert (job.first_frame, job.stop_frame) == (10, 20)


def test_the_wipe_is_dragged_from_anywhere(opened: MainWindow) -> None:
    view = opened.stage.view
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.mouseMove(view, QPoint(200, 120))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 120))
    assert view.wipe == pytest.approx(200 / view.width(), abs=0.01)


def test_the_wipe_moves_by_key(opened: MainWindow) -> None:
    view = opened.stage.view
    QTest.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert view.wipe == pytest.approx(0.48)


@pytest.mark.parametrize(("key", "mode"), [("1", Mode.WIPE), ("2", Mode.SIDE), ("3", Mode.DIFFERENCE)])
def test_each_comparison_has_its_key(opened: MainWindow, key: str, mode: Mode) -> None:
    QTest.keyClicks(opened.stage.view, key)
    opened.grab()
    assert opened.stage.view.mode is mode


def test_holding_the_key_shows_the_source(opened: MainWindow) -> None:
    view = opened.stage.view
    QTest.keyPress(view, Qt.Key.Key_Backslash)
    assert view.holding_before
    QTest.keyRelease(view, Qt.Key.Key_Backslash)
    assert not view.holding_before


def test_the_wheel_zooms_at_the_pointer_for_both_sides(opened: MainWindow, qtbot: QtBot) -> None:
    view = opened.stage.view
    before = view.scale()
    view.zoom_by(1.25, QPointF(10, 10))
    assert view.scale() == pytest.approx(before * 1.25)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    assert view.scale() == pytest.approx(before)


def test_tab_hides_the_panel(opened: MainWindow) -> None:
    opened.stage.view.setFocus()
    QTest.keyClick(opened.stage.view, Qt.Key.Key_Tab)
    assert opened.panel.isHidden()


def test_dragging_beta_sets_it_and_undo_takes_the_drag_back_as_one_step(opened: MainWindow) -> None:
    slider = opened.panel.look.slider
    session = opened.workshop.session
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.x_of(1.0)), 14))
    for value in (1.1, 1.25, 1.4):
        QTest.mouseMove(slider, QPoint(round(slider.x_of(value)), 14))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton)
    assert session.choice.restoration.beta == pytest.approx(1.4)
    session.undo()
    assert session.choice.restoration.beta == 1.0
    session.redo()
    assert slider.value == pytest.approx(1.4)


def test_upscale_queues_runs_and_finishes_a_file(opened: MainWindow, qtbot: QtBot, clip: Path) -> None:
    with qtbot.waitSignal(opened.workshop.queue.ran_dry, timeout=20000):
        QTest.mouseClick(upscale_button(opened), Qt.MouseButton.LeftButton)
    (entry,) = opened.workshop.queue.entries
    assert entry.state is JobState.DONE
    assert entry.job.target.is_file()
    assert entry.job.target.parent == clip.parent
    qtbot.waitUntil(lambda: opened.workshop.viewing.result is not None, timeout=15000)


def test_a_finished_job_puts_its_result_on_the_right(opened: MainWindow, qtbot: QtBot) -> None:
    shown: list[Beside] = []
    opened.workshop.viewing.pair_shown.connect(lambda _pair, beside: shown.append(beside))
    opened.desk.do("upscale")
    qtbot.waitUntil(lambda: Beside.RESULT in shown, timeout=20000)


def test_ctrl_return_upscales(opened: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(opened.workshop.queue.ran_dry, timeout=20000):
        QTest.keyClick(opened.stage.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_a_name_that_cannot_be_filled_in_is_said_at_the_button(opened: MainWindow) -> None:
    session = opened.workshop.session
    from dataclasses import replace

    session.change(replace(session.choice, name="{nonsense}"))
    opened.desk.do("upscale")
    assert opened.panel.trouble.isVisible()
    assert opened.workshop.queue.entries == ()


def test_pausing_holds_the_queue_and_resuming_finishes_it(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    queue = opened.workshop.queue
    engine.held = True
    opened.desk.do("upscale")
    qtbot.waitUntil(lambda: queue.running is not None, timeout=15000)
    opened.desk.do("pause")
    assert queue.entries[0].state is JobState.PAUSED
    assert queue.running is None
    engine.held = False
    with qtbot.waitSignal(queue.ran_dry, timeout=20000):
        opened.desk.do("pause")
    assert queue.entries[0].state is JobState.DONE


def test_leaving_while_a_job_runs_asks_with_the_real_numbers(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    from app.widgets.quit_dialog import QuitDialog

    engine.held = True
    opened.desk.do("upscale")
    qtbot.waitUntil(lambda: opened.workshop.queue.running is not None, timeout=15000)
    opened.close()
    dialog = opened.findChild(QuitDialog)
    assert opened.isVisible()
    assert dialog is not None
    assert {b.objectName() for b in dialog.findChildren(QPushButton)} == {
        "tray",
        "after segment",
        "now",
        "stay",
    }
    dialog.reject()


def test_stopping_after_this_part_leaves_a_job_that_goes_on_next_time(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine, open_window: OpenWindow
) -> None:
    from app.widgets.quit_dialog import Leave

    engine.frame_seconds = 0.01
    queue = opened.workshop.queue
    opened.desk.do("upscale")
    qtbot.waitUntil(lambda: queue.running is not None and queue.running.done_frames > 1, timeout=15000)
    with qtbot.waitSignal(queue.entry_ended, timeout=20000):
        opened._on_leave_decided(Leave.AFTER_SEGMENT)
    qtbot.waitUntil(lambda: not opened.isVisible(), timeout=15000)
    again = open_window()
    (entry,) = again.workshop.queue.entries
    assert entry.state is JobState.PAUSED
    assert entry.done_frames % 10 == 0
    assert entry.done_frames > 0
    with qtbot.waitSignal(again.workshop.queue.ran_dry, timeout=20000):
        again.workshop.queue.release()
        again.workshop.queue.resume(entry.id)


def test_keeping_in_the_tray_hides_the_window_and_runs_on(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine, desktop: object
) -> None:
    from app.widgets.quit_dialog import Leave

    engine.frame_seconds = 0.005
    opened.desk.do("upscale")
    opened._on_leave_decided(Leave.TRAY)
    assert not opened.isVisible()
    assert desktop.tray_shown  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: opened.workshop.queue.running is None, timeout=20000)
    opened.come_back()
    assert opened.isVisible()


def test_the_settings_come_back_after_a_restart(open_window: OpenWindow, clip: Path, qtbot: QtBot) -> None:
    first = open_window()
    open_clip(first, clip, qtbot)
    first.desk.set_beta(1.5)
    close(first)
    again = open_window()
    assert again.workshop.session.choice.restoration.beta == 1.5
    assert str(clip) in again._preferences.now.recent


def test_clicking_through_every_command_breaks_nothing(opened: MainWindow, qtbot: QtBot) -> None:
    left_out = {"quit", "open", "upscale", "full_screen"}
    for command in opened.commands.table:
        assert opened.desk.knows(command.id)
        if command.id in left_out:
            continue
        opened.desk.do(command.id)
        QApplication.processEvents()
        for dialog in [w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not opened]:
            dialog.close()
    opened.workshop.player.stop()


def test_a_section_unfolds_by_its_title_and_comes_into_sight(opened: MainWindow, qtbot: QtBot) -> None:
    opened.resize(1024, 700)
    advanced = opened.panel.advanced
    opened.panel.area.ensureWidgetVisible(advanced)
    QTest.mouseClick(advanced, Qt.MouseButton.LeftButton, pos=QPoint(60, 10))
    assert not advanced.folded
    bar = opened.panel.area.verticalScrollBar()
    room = opened.panel.area.viewport().height()

    def in_sight() -> bool:
        whole = advanced.geometry().bottom() <= bar.value() + room
        return advanced.y() >= bar.value() and (whole or bar.value() == advanced.y() - 8)

    qtbot.waitUntil(in_sight, timeout=5000)


def test_a_timeline_with_the_focus_still_shows_its_pictures(opened: MainWindow, qtbot: QtBot) -> None:
    timeline = opened.stage.transport.timeline
    opened.workshop.session.seek(40)
    before = timeline.grab().toImage().pixelColor(60, 30)
    timeline.setFocus()
    qtbot.waitUntil(timeline.hasFocus, timeout=5000)
    assert timeline.grab().toImage().pixelColor(60, 30) == before


def test_jumping_ends_playback(opened: MainWindow, qtbot: QtBot) -> None:
    session = opened.workshop.session
    opened.desk.do("play")
    qtbot.waitUntil(lambda: session.playhead > 2, timeout=10000)
    opened.desk.do("to_start")
    qtbot.wait(100)
    assert (session.playhead, opened.workshop.player.speed) == (0, 0.0)


def test_closing_the_overlay_gives_the_keys_back_to_the_picture(opened: MainWindow, qtbot: QtBot) -> None:
    view = opened.stage.view
    opened.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus, timeout=5000)
    opened.desk.do("shortcuts")
    overlay = opened.findChild(ShortcutsOverlay)
    QTest.keyClick(overlay, Qt.Key.Key_Escape)
    assert view.hasFocus()
