"""Dialogs and what comes of them."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.widgets.batch_dialog import BatchDialog
from app.widgets.countdown_dialog import CountdownDialog
from app.widgets.models_dialog import ModelsDialog
from app.widgets.preferences_dialog import PreferencesDialog
from app.widgets.queue_row import QueueRow
from app.widgets.shortcuts_overlay import ShortcutsOverlay
from engine.errors import MemoryBudgetError
from engine.events import Notice, Severity
from engine.job import JobState
from tests.app.fakes import FakeDesktop, FakeEngine


def press(parent: QWidget, text: str) -> None:
    (found,) = [b for b in parent.findChildren(QPushButton) if b.text() == text and not b.isHidden()]
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


@pytest.fixture
def tapes(tmp_path: Path) -> Path:
    folder = tmp_path / "tapes"
    for name in ("a.mkv", "1994/b.avi", "notes.txt"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"film")
    return folder


def open_batch(window: MainWindow, folder: Path, qtbot: QtBot) -> BatchDialog:
    window.dialogs.open_batch(folder)
    dialog = window.dialogs.batch
    assert dialog is not None
    qtbot.waitUntil(lambda: len(dialog.picked()) == 2, timeout=15000)
    return dialog


def test_a_folder_is_queued_into_a_mirrored_tree(
    window: MainWindow, tapes: Path, qtbot: QtBot, engine: FakeEngine
) -> None:
    dialog = open_batch(window, tapes, qtbot)
    with qtbot.waitSignal(window.workshop.queue.ran_dry, timeout=20000):
        press(dialog, "Add 2 to the queue")
    out = tapes.with_name("tapes_restored")
    assert [job.target for job in engine.restored] == [out / "1994/b.mkv", out / "a.mkv"]


def test_each_clip_of_a_batch_can_have_its_own_preset(
    window: MainWindow, tapes: Path, qtbot: QtBot, engine: FakeEngine
) -> None:
    dialog = open_batch(window, tapes, qtbot)
    box = dialog._rows[1][2]
    box.setCurrentIndex(box.findData("Draft"))
    with qtbot.waitSignal(window.workshop.queue.ran_dry, timeout=20000):
        press(dialog, "Add 2 to the queue")
    assert [job.restoration.short_side for job in engine.restored] == [1080, 720]


def test_a_watched_folder_queues_new_clips_by_itself(
    window: MainWindow, tapes: Path, qtbot: QtBot, engine: FakeEngine
) -> None:
    window.workshop.watch_folder(tapes)
    (tapes / "neu.mkv").write_bytes(b"film")
    for _ in range(4):
        window.workshop.watch.look()
    qtbot.waitUntil(lambda: [job.source.name for job in engine.restored] == ["neu.mkv"], timeout=15000)
    assert str(tapes) in window._preferences.now.watch_folders


def test_a_growing_file_is_left_alone(window: MainWindow, tapes: Path) -> None:
    arrived: list[Path] = []
    window.workshop.watch.clip_arrived.connect(arrived.append)
    window.workshop.watch.watch(tapes)
    path = tapes / "copying.mkv"
    for size in range(1, 6):
        path.write_bytes(b"x" * size)
        window.workshop.watch.look()
    assert arrived == []


def test_the_models_dialog_states_facts_and_takes_one_over(window: MainWindow) -> None:
    window.dialogs.open_models()
    dialog = window.findChild(ModelsDialog)
    assert dialog is not None
    press(dialog, "Use")
    assert window.workshop.session.choice.restoration.model == "sampler"


def test_keys_can_be_changed_and_work(opened: MainWindow) -> None:
    opened.dialogs.open_preferences()
    dialog = opened.findChild(PreferencesDialog)
    assert dialog is not None
    dialog.key_edit("step_forward").setKeySequence(QKeySequence("N"))
    press(dialog, "Save")
    opened.stage.view.setFocus()
    QTest.keyClick(opened.stage.view, Qt.Key.Key_N)
    assert opened.workshop.session.playhead == 1
    assert opened._preferences.now.shortcuts == {"step_forward": "N"}


def test_one_key_for_two_commands_is_refused(window: MainWindow) -> None:
    window.dialogs.open_preferences()
    dialog = window.findChild(PreferencesDialog)
    assert dialog is not None
    dialog.key_edit("play").setKeySequence(QKeySequence("K"))
    (save,) = [b for b in dialog.findChildren(QPushButton) if b.text() == "Save"]
    assert not save.isEnabled()
    dialog.reject()


def test_the_overlay_shows_every_command_and_any_key_leads_back(opened: MainWindow) -> None:
    QTest.keyClicks(opened.stage.view, "?")
    overlay = opened.findChild(ShortcutsOverlay)
    assert overlay is not None
    QTest.keyClick(overlay, Qt.Key.Key_A)
    assert not overlay.isVisible()


def test_no_two_commands_share_a_key(window: MainWindow) -> None:
    keys = [key for command in window.commands.table for key in command.keys]
    assert len(keys) == len(set(keys))


def test_an_own_preset_is_saved_and_offered(opened: MainWindow) -> None:
    opened.desk.set_beta(0.7)
    opened.dialogs._on_preset_named("Omas Bänder")
    assert opened.workshop.presets[-1].restoration.beta == 0.7
    assert "Omas Bänder" in opened.toast.words()


def test_choosing_a_preset_fills_the_panel_and_can_be_undone(opened: MainWindow) -> None:
    session = opened.workshop.session
    opened._on_preset_chosen("AI clip")
    assert session.choice.restoration.beta == 0.75
    session.undo()
    assert session.choice.restoration.beta == 1.0


def test_when_all_is_done_the_person_has_a_minute_to_say_no(
    opened: MainWindow, qtbot: QtBot, desktop: FakeDesktop
) -> None:
    opened._preferences.change(after_done="sleep")
    with qtbot.waitSignal(opened.workshop.queue.ran_dry, timeout=20000):
        opened.desk.do("upscale")
    dialog = opened.findChild(CountdownDialog)
    assert dialog is not None
    for _ in range(59):
        dialog.tick()
    assert desktop.done == []
    dialog.tick()
    assert desktop.done == ["sleep"]


def test_staying_awake_stops_the_countdown(opened: MainWindow, qtbot: QtBot, desktop: FakeDesktop) -> None:
    opened.dialogs.open_countdown("shutdown")
    dialog = opened.findChild(CountdownDialog)
    assert dialog is not None
    press(dialog, "Stay awake")
    assert desktop.done == []


def test_the_machine_stays_awake_only_while_a_job_runs(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine, desktop: FakeDesktop
) -> None:
    engine.held = True
    opened.desk.do("upscale")
    qtbot.waitUntil(lambda: desktop.awake, timeout=15000)
    engine.held = False
    qtbot.waitUntil(lambda: not desktop.awake, timeout=15000)
    assert desktop.notes == [("The queue is done", "1 done")]
    assert any("%" in tip for tip in desktop.tips)


def test_a_failed_job_explains_itself_and_can_be_retried(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    engine.fail_with = MemoryBudgetError("there is not enough memory")
    opened.desk.do("upscale")
    queue = opened.workshop.queue
    qtbot.waitUntil(lambda: bool(queue.entries and queue.entries[0].state is JobState.FAILED), timeout=20000)
    assert opened.queue_panel.is_open
    row = opened.queue_panel.row(queue.entries[0].id)
    engine.fail_with = None
    with qtbot.waitSignal(queue.ran_dry, timeout=20000):
        press(row, "Retry")
    assert queue.entries[0].state is JobState.DONE


def test_a_row_is_dragged_to_another_place(opened: MainWindow, qtbot: QtBot, engine: FakeEngine) -> None:
    engine.held = True
    for _ in range(3):
        opened.desk.do("upscale")
    opened.queue_panel.set_open(True, animated=False)
    QApplication.processEvents()
    queue = opened.workshop.queue
    first, second, third = (entry.id for entry in queue.entries)
    row = opened.queue_panel.row(third)
    target = opened.queue_panel.row(second).y() - row.y() + 2
    QTest.mousePress(row, Qt.MouseButton.LeftButton, pos=QPoint(60, 10))
    QTest.mouseMove(row, QPoint(60, -10))
    QTest.mouseMove(row, QPoint(60, target))
    QTest.mouseRelease(row, Qt.MouseButton.LeftButton, pos=QPoint(60, target))
    assert [entry.id for entry in queue.entries] == [first, third, second]
    engine.held = False
    qtbot.waitSignal(queue.ran_dry, timeout=20000).wait()


def test_a_waiting_job_can_take_over_the_panels_settings(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    engine.held = True
    opened.desk.do("upscale")
    opened.desk.do("upscale")
    queue = opened.workshop.queue
    opened.desk.set_beta(0.3)
    opened.queue_desk.act(queue.entries[1].id, "settings")
    assert queue.entries[1].job.restoration.beta == 0.3
    assert queue.entries[0].job.restoration.beta == 1.0
    engine.held = False
    qtbot.waitSignal(queue.ran_dry, timeout=20000).wait()


def test_what_will_be_lost_is_said_before_the_start(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    engine.notice = Notice(
        code="x", message="the PGS subtitles cannot go into MP4", severity=Severity.WARNING
    )
    opened.presenter.show_choice()
    qtbot.waitUntil(lambda: "PGS" in opened.panel._note.text(), timeout=15000)


def test_the_time_is_known_after_a_run(opened: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(opened.workshop.queue.ran_dry, timeout=20000):
        opened.desk.do("upscale")
    qtbot.waitUntil(lambda: opened.panel._time.text().endswith("s"), timeout=15000)


def test_every_control_of_the_window_has_a_name_for_screen_readers(opened: MainWindow) -> None:
    nameless = [
        child.metaObject().className()
        for child in opened.findChildren(QWidget)
        if child.focusPolicy() is not Qt.FocusPolicy.NoFocus
        and not child.accessibleName()
        and not getattr(child, "text", str)()
        and type(child).__name__
        in {"IconButton", "ComboBox", "SpinBox", "BetaSlider", "Timeline", "QueueRow"}
    ]
    assert nameless == []


def test_dragging_over_the_window_says_what_a_drop_does(window: MainWindow) -> None:
    window.stage.show_drop(True)
    assert window.stage._drop.isVisible()
    QApplication.sendEvent(window, QEvent(QEvent.Type.DragLeave))
    window.stage.show_drop(False)


def test_delete_on_a_row_removes_it(opened: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(opened.workshop.queue.ran_dry, timeout=20000):
        opened.desk.do("upscale")
    row: QueueRow = opened.queue_panel.row(opened.workshop.queue.entries[0].id)
    QTest.keyClick(row, Qt.Key.Key_Delete)
    assert opened.workshop.queue.entries == ()


def test_a_folder_can_be_typed_letter_by_letter(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    tapes = tmp_path / "tapes"
    tapes.mkdir()
    (tapes / "a.mkv").write_bytes(b"film")
    opened.dialogs.open_batch()
    dialog = opened.dialogs.batch
    assert dialog is not None
    QTest.keyClicks(dialog._in, str(tapes))
    QTest.keyClick(dialog._in, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(dialog.picked()) == 1, timeout=15000)
    assert dialog.isVisible()
    assert dialog._out.text() == str(tmp_path / "tapes_restored")
