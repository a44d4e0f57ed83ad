"""When the program itself fails."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app.crash_reports import KEPT, CrashReports, without_home


@pytest.fixture
def reports(tmp_path: Path, qapp: object) -> Iterator[CrashReports]:
    made = CrashReports(tmp_path / "crashes")
    made.install()
    yield made
    made.close()


def fail(words: str = "the sky fell") -> None:
    raise RuntimeError(words)


def report(reports: CrashReports, words: str) -> None:
    try:
        fail(words)
    except RuntimeError as error:
        reports.write(type(error), error, error.__traceback__)


def test_a_failure_in_a_slot_leaves_a_report(reports: CrashReports, qtbot: QtBot) -> None:
    hook = sys.excepthook
    with qtbot.captureExceptions():  # pytest-qt puts its own hook there
        sys.excepthook = hook
        with qtbot.waitSignal(reports.written, timeout=5000) as told:
            QTimer.singleShot(0, fail)
    text = told.args[0].read_text()  # type: ignore[index]
    assert "RuntimeError: the sky fell" in text
    assert "PySide6-Essentials" in text


def test_a_failure_in_a_thread_leaves_a_report(reports: CrashReports, qtbot: QtBot) -> None:
    with qtbot.waitSignal(reports.written, timeout=5000):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()


def test_the_same_failure_is_written_once(reports: CrashReports) -> None:
    for _ in range(3):
        report(reports, "again")
    assert len(list(reports.folder.glob("crash-*.txt"))) == 1


def test_old_reports_go(reports: CrashReports) -> None:
    for number in range(KEPT + 5):
        report(reports, f"number {number}")
    kept = list(reports.folder.glob("crash-*.txt"))
    assert len(kept) == KEPT
    assert any(f"number {KEPT + 4}" in path.read_text() for path in kept)


def test_a_name_in_a_path_stays_at_home() -> None:
    assert without_home(f"File {Path.home() / 'films' / 'a.py'}") == f"File {Path('~') / 'films' / 'a.py'}"


def test_a_crash_of_native_code_is_told_at_the_next_start(tmp_path: Path, qapp: object) -> None:
    folder = tmp_path / "crashes"
    code = (
        "import ctypes, sys; from pathlib import Path; from app.crash_reports import CrashReports\n"
        "CrashReports(Path(sys.argv[1])).install(); ctypes.string_at(0)"
    )
    root = Path(__file__).parent.parent.parent
    ended = subprocess.run([sys.executable, "-c", code, str(folder)], cwd=root, check=False)
    assert ended.returncode != 0
    reports = CrashReports(folder)
    left = reports.install()
    reports.close()
    assert left is not None
    assert "Segmentation fault" in left.read_text() or "access violation" in left.read_text()
    assert CrashReports(folder)._left_behind() is None


def test_a_folder_that_cannot_be_written_is_no_second_failure(tmp_path: Path, qapp: object) -> None:
    (tmp_path / "crashes").write_text("a file in the way")
    reports = CrashReports(tmp_path / "crashes")
    reports.install()
    report(reports, "nowhere to write")
    reports.close()


def test_an_interrupt_is_no_crash(reports: CrashReports, capsys: pytest.CaptureFixture[str]) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert list(reports.folder.glob("crash-*.txt")) == []
