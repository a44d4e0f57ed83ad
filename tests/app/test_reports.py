"""What is said about a finished film: the report of verification, the analysis, and what cancelling costs."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.analyst import Analysis, command
from app.main_window import MainWindow
from app.queue_file import QueueEntry
from app.real_engine import real_engine
from app.report_words import rows
from app.widgets.cancel_dialog import CancelDialog
from app.widgets.queue_row import numbers_of
from app.widgets.temporal_profile import AROUND, CAPTION, LINE
from app.workshop import peak_bytes
from engine.cancel import CancelToken
from engine.events import Finding, Notice, Progress, WorkerState
from engine.job import Job, JobState
from engine.models.registry import spec_of
from engine.settings import Deinterlace, RestorationSettings
from tests.app.fakes import FakeDesktop, FakeEngine
from tests.clips import make_clip, picture

STAR = spec_of("star-light")


def finished(window: MainWindow, qtbot: QtBot) -> int:
    with qtbot.waitSignal(window.workshop.queue.ran_dry, timeout=20000):
        window.desk.do("upscale")
    return window.workshop.queue.entries[0].id


def test_the_report_unfolds_beside_the_finished_entry(opened: MainWindow, qtbot: QtBot) -> None:
    number = finished(opened, qtbot)
    opened.queue_panel.set_open(True, animated=False)
    row = opened.queue_panel.row(number)
    assert not row.report_shown
    row._buttons["report"].click()
    assert row.report_shown
    said = {made.text() for made in row._report.findChildren(QLabel)}
    assert {"Frames", "50", "Sound 1", "aac, every packet the same (01234567)"} <= said
    row._buttons["report"].click()
    assert not row.report_shown


def test_every_finding_of_the_engine_has_words() -> None:
    found = rows(
        (
            Finding(name="timestamps", found="50 within 0.500 ms"),
            Finding(name="colour", found="1/1/1 limited range (H.273)"),
            Finding(name="pictures", found="50 compared, 41.5 dB in colour"),
            Finding(name="subtitle 2", found="subrip, sha256 0123456789abcdef"),
        )
    )
    assert found == (
        ("Time of every frame", "50 frames, each within 0.500 ms"),
        ("Colour tags", "1/1/1, limited range"),
        ("Pictures against the source", "50 frames compared, 41.5 dB"),
        ("Subtitle 2", "subrip, every packet the same (01234567)"),
    )


def test_cancelling_work_that_is_done_asks_and_pause_keeps_it(
    opened: MainWindow, qtbot: QtBot, engine: FakeEngine
) -> None:
    engine.frame_seconds = 0.02
    queue = opened.workshop.queue
    opened.desk.do("upscale")
    qtbot.waitSignal(queue.segment_saved, timeout=20000).wait()
    opened.queue_desk.act(queue.entries[0].id, "cancel")
    (dialog,) = opened.findChildren(CancelDialog)
    assert queue.running is not None
    dialog.findChild(QPushButton, "pause").click()
    assert queue.entries[0].state is JobState.PAUSED
    assert engine.discarded == []
    opened.queue_desk.act(queue.entries[0].id, "cancel")
    dialog = next(made for made in opened.findChildren(CancelDialog) if made.isVisible())
    dialog.findChild(QPushButton, "cancel").click()
    qtbot.waitUntil(lambda: len(engine.discarded) == 1, timeout=15000)
    assert queue.entries[0].state is JobState.CANCELLED


def test_several_cards_are_offered_and_seen_at_work(opened: MainWindow) -> None:
    advanced, session = opened.panel.advanced, opened.workshop.session
    assert advanced._devices_row.isHidden()
    opened.workshop.surveyor.cards_found.emit(("cuda:0", "cuda:1"))
    assert not advanced._devices_row.isHidden()
    advanced._devices.setCurrentIndex(1)
    advanced._devices.activated.emit(1)
    job, preview = session.job(frozenset()), session.preview_job()
    assert (job.device, preview and preview.device) == ("cuda:0,cuda:1", "auto")
    entry = QueueEntry(
        id=1,
        job=job,
        state=JobState.RUNNING,
        progress=Progress(
            done_frames=3, total_frames=9, fps=2.0, seconds_left=3.0, finish_time=0.0, stage="restore"
        ),
        workers=(
            WorkerState(name="a", device="cuda:0", segments=("clip.mp4 7",), fps=1.5),
            WorkerState(name="b", device="cuda:1"),
        ),
    )
    assert numbers_of(entry).endswith("cuda:0: part 7 (1.5 fps)  ·  cuda:1: waiting")


def test_the_advanced_settings_hold_film_tone_mapping_and_kept_frames(opened: MainWindow) -> None:
    advanced, session = opened.panel.advanced, opened.workshop.session
    advanced._deinterlace.activated.emit(3)
    assert session.choice.restoration.deinterlace is Deinterlace.FILM
    advanced._tone_map.click()
    assert session.choice.restoration.tone_map
    advanced._keep.activated.emit(1)
    assert session.choice.export.keep_frames is True
    session.undo()
    assert session.choice.export.keep_frames is None
    advanced.reset_wanted.emit()
    assert session.choice.restoration.deinterlace is Deinterlace.AUTO
    assert not session.choice.restoration.tone_map


def test_the_memory_of_a_sampler_follows_the_film_and_the_limit(opened: MainWindow) -> None:
    clip = opened.workshop.session.clip
    assert clip is not None
    small = peak_bytes(STAR, clip, RestorationSettings(model=STAR.id, scale=2.0))
    large = peak_bytes(STAR, replace(clip, width=1280, height=720), RestorationSettings(scale=2.0))
    held = RestorationSettings(scale=2.0, memory_bytes=12 << 30)
    assert small < large
    assert peak_bytes(STAR, replace(clip, width=1280, height=720), held) <= 12 << 30


def test_a_stopped_analysis_leaves_no_process(tmp_path: Path, opened: MainWindow, qtbot: QtBot) -> None:
    analyst = opened.workshop.analyst
    film = make_clip(tmp_path / "film.mkv", n_frames=200, width=320, height=180)
    analyst.analyse(1, Job(source=film, target=film))
    assert analyst._process is not None
    assert analyst._process.waitForStarted(20000)
    number = analyst._process.processId()
    with qtbot.waitSignal(analyst.moved, timeout=20000, check_params_cb=lambda _id, _done, all_: all_ == 0):
        analyst.stop(1)
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_an_analysis_that_cannot_be_made_says_why(tmp_path: Path, opened: MainWindow, qtbot: QtBot) -> None:
    analyst = opened.workshop.analyst
    with qtbot.waitSignal(analyst.failed, timeout=60000) as failed:
        analyst.analyse(1, Job(source=tmp_path / "gone.mkv", target=tmp_path / "gone_too.mkv"))
    assert "gone" in failed.args[1].message


def test_analyse_result_opens_the_report_on_the_range_that_was_restored(
    tmp_path: Path, opened: MainWindow, qtbot: QtBot, desktop: FakeDesktop
) -> None:
    source = make_clip(tmp_path / "source.mkv", n_frames=20)
    film = make_clip(tmp_path / "film.mkv", n_frames=6, picture=lambda n, h, w: picture(n + 8, h, w))
    seen: list[tuple[int, int]] = []
    analyst = opened.workshop.analyst
    analyst.moved.connect(lambda _id, done, total: seen.append((done, total)))
    with qtbot.waitSignal(analyst.finished, timeout=120000) as done:
        analyst.analyse(1, Job(source=source, target=film, first_frame=8, stop_frame=14))
    page = done.args[1].read_text()
    assert "Temporal profiles" in page
    assert "source PSNR-Y" in page
    assert (6, 6) in seen
    assert desktop.done == [f"open {done.args[1].name}"]
    asked = command(Analysis(entry_id=1, job=Job(source=source, target=film, first_frame=8), page=film))
    assert asked[asked.index("--first-frame") + 1] == "8"


def test_the_temporal_profile_grows_with_every_frame_shown(opened: MainWindow, qtbot: QtBot) -> None:
    stage, session = opened.stage, opened.workshop.session
    opened.desk.do("profile")
    for frame in (3, 4, 5):
        session.seek(frame)
        qtbot.waitUntil(lambda frame=frame: frame in stage.profile.frames, timeout=15000)
    lines = stage.profile.grab().toImage()
    reds = [lines.pixelColor(20, CAPTION + (AROUND + at) * LINE + 1).red() for at in (-2, -1, 0)]
    assert reds == [3, 4, 5]  # the fake's frames carry their number in red
    opened.desk.do("escape")
    assert stage.profile.isHidden()
    assert stage.profile.frames == ()


def test_the_row_of_the_profile_is_dragged_in_the_picture(opened: MainWindow, qtbot: QtBot) -> None:
    view, profile = opened.stage.view, opened.stage.profile
    opened.desk.do("profile")
    opened.workshop.session.seek(3)
    qtbot.waitUntil(lambda: profile.frames == (3,), timeout=15000)
    place = view.geometry_now.rect(view._room())
    start = QPoint(200, round(place.y() + view.row * place.height()))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    goal = QPoint(200, round(place.y() + 0.25 * place.height()))
    QTest.mouseMove(view, goal)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=goal)
    assert abs(view.row - 0.25) < 0.02
    green = profile.grab().toImage().pixelColor(20, CAPTION + AROUND * LINE + 1).green()
    assert abs(green - 0.25 * 255) < 8  # the fake's green grows downwards


def test_what_the_settings_make_of_the_source_is_said_before_the_start(
    opened: MainWindow, engine: FakeEngine
) -> None:
    engine.notice = Notice(code="tone-mapped", message="HDR (up to 1000 cd/m2) is tone-mapped to SDR, BT.709")
    opened.presenter._show_cost()
    said = {made.text() for made in opened.panel.findChildren(QLabel)}
    assert any("tone-mapped to SDR" in text and "Nothing is lost" in text for text in said)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (RestorationSettings(deinterlace=Deinterlace.FILM), "pulldown-undone"),
        (RestorationSettings(deinterlace=Deinterlace.ON), "deinterlaced"),
        (RestorationSettings(tone_map=True), "not-hdr"),
    ],
)
def test_the_engine_tells_the_window_what_is_to_be_expected(
    tmp_path: Path, settings: RestorationSettings, code: str
) -> None:
    path = make_clip(tmp_path / "a.mkv", n_frames=4)
    calls = real_engine()
    clip = calls.probe(path)
    index = calls.index(clip, CancelToken())
    job = Job(source=path, target=tmp_path / "b.mkv", restoration=settings)
    assert code in {notice.code for notice in calls.notices(clip, index, job, 192, 128)}
