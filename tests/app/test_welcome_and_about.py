"""The first start, and what the program says about itself."""

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.estimate import Speeds
from app.main_window import MainWindow
from app.outlook_words import basis, hardware
from app.widgets.about_dialog import AboutDialog, bundled, text_of, version
from engine.job import Job
from engine.models.registry import SPECS
from engine.outlook import DeviceFacts, outlook
from engine.settings import RestorationSettings
from tests.app.fakes import LAPTOP, FakeDesktop, FakeEngine
from tests.app.test_dialogs import press

CARD = DeviceFacts(
    device="cuda:0",
    name="RTX 4060",
    budget_bytes=7_200_000_000,
    formats=("float16", "bfloat16"),
    flops_per_second=3e13,
)


def test_the_first_start_welcomes_and_the_second_does_not(window: MainWindow) -> None:
    window.greet()
    assert window.dialogs.welcome is not None
    press(window.dialogs.welcome, "Skip")
    assert window.dialogs.welcome is None
    window.greet()
    assert window.dialogs.welcome is None


def test_the_welcome_says_what_this_computer_is(window: MainWindow, qtbot: QtBot) -> None:
    window.greet()
    dialog = window.dialogs.welcome
    assert dialog is not None
    assert dialog.hardware() == "Looking at this computer."
    qtbot.waitUntil(lambda: "Compact: about" in dialog.hardware(), timeout=15000)
    dialog.reject()


def test_the_demo_is_opened_and_previewed(window: MainWindow, qtbot: QtBot, engine: FakeEngine) -> None:
    window.greet()
    assert window.dialogs.welcome is not None
    press(window.dialogs.welcome, "Restore the demo clip")
    qtbot.waitUntil(lambda: any(job.source.name == "clip.mp4" for job in engine.restored), timeout=15000)
    assert (window.workshop.session.clip.path.parent.name) == "demo"  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["Models", "Skip"])
def test_the_other_buttons_lead_on_or_away(window: MainWindow, name: str, engine: FakeEngine) -> None:
    window.greet()
    assert window.dialogs.welcome is not None
    press(window.dialogs.welcome, name)
    assert (window.dialogs.models is not None) == (name == "Models")
    assert engine.restored == []


def test_without_a_card_slow_models_are_named(tmp_path: Path) -> None:
    found = outlook(SPECS.values(), LAPTOP)
    lines = hardware(found, Speeds(tmp_path / "speeds.json")).splitlines()
    assert lines[0] == "No graphics card that models can use: the processor works."
    assert lines[1].startswith("Compact: about ")
    assert lines[-1].startswith("Too large or too slow for this computer: STAR light, STAR heavy, DiffVSR")


def test_with_a_card_its_memory_and_the_models_times_are_said(tmp_path: Path) -> None:
    lines = hardware(outlook(SPECS.values(), CARD), Speeds(tmp_path / "speeds.json"))
    assert "RTX 4060 with 7.2 GB for a model." in lines
    assert "STAR light: about 9 h 47 min for a minute of 1080p film." in lines


def test_a_finished_job_replaces_the_estimate(tmp_path: Path) -> None:
    speeds, found = Speeds(tmp_path / "speeds.json"), outlook(SPECS.values(), LAPTOP)
    assert basis(found, speeds).startswith("Estimated")
    job = Job(source=tmp_path / "a.mkv", target=tmp_path / "b.mkv", restoration=RestorationSettings())
    speeds.learn(job, 1_000_000, 0.1)
    assert basis(found, speeds).startswith("From jobs")
    assert "Compact: about 5 min for a minute" in hardware(found, speeds)


@pytest.fixture
def about(window: MainWindow) -> AboutDialog:
    window.dialogs.open_about()
    dialog = window.findChild(AboutDialog)
    assert dialog is not None
    return dialog


def test_everything_bundled_is_listed_with_terms(about: AboutDialog) -> None:
    parts = bundled()
    assert about.table.topLevelItemCount() == len(parts)
    assert all(part["licence"] for part in parts)
    names = {part["name"] for part in parts}
    assert {"torch", "av", "numpy"} <= names
    assert any("x264" in name for name in names)
    assert any("x265" in name for name in names)


def test_gpl_is_said_where_it_holds() -> None:
    for wanted in ("x264", "x265"):
        (part,) = [part for part in bundled() if part["name"].startswith(wanted)]
        assert "GPL" in part["licence"]
        assert "GNU GENERAL PUBLIC LICENSE" in text_of(part)


def test_a_chosen_part_shows_its_text(about: AboutDialog) -> None:
    (row,) = [
        row
        for row in map(about.table.topLevelItem, range(about.table.topLevelItemCount()))
        if row is not None and row.text(0) == "numpy"
    ]
    about.table.setCurrentItem(row)
    assert "BSD" in about.text.toPlainText()
    assert "Redistribution and use" in about.text.toPlainText()


def test_versions_can_be_copied(about: AboutDialog) -> None:
    press(about, "Copy versions")
    assert f"Evenstar {version()}" in QGuiApplication.clipboard().text()


def test_the_folder_of_reports_can_be_seen(about: AboutDialog, desktop: FakeDesktop) -> None:
    press(about, "Crash reports")
    assert desktop.done[-1].startswith("folder crash")


def test_a_failure_of_the_program_is_told(window: MainWindow, tmp_path: Path, desktop: FakeDesktop) -> None:
    window.tell_crash(tmp_path / "crash-1.txt")
    assert "crash-1.txt" in window.toast.words()
    window._on_toast_acted("crash")
    assert desktop.done[-1].startswith("folder crash")
