"""Contrast, words, icons, preferences, translations."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from fractions import Fraction
from importlib import resources
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from app import icons, words
from app.messages import Failure, explain
from app.preferences import Preferences
from app.theme import DARK, LIGHT, Theme

ROOT = Path(__file__).parent.parent.parent


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


INKS = ("text", "secondary", "accent", "good", "warn", "bad")


@pytest.mark.parametrize(("theme", "ink"), list(product((DARK, LIGHT), INKS)), ids=str)
def test_words_can_be_read_on_every_ground(theme: Theme, ink: str) -> None:
    for ground in (theme.window, theme.panel, theme.field):
        assert contrast(getattr(theme, ink), ground) >= 4.5


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_the_primary_button_can_be_read(theme: Theme) -> None:
    assert contrast(theme.on_accent, theme.accent) >= 4.5


def test_the_surround_of_the_picture_is_the_same_in_both_themes() -> None:
    assert DARK.surround == LIGHT.surround == "#2e2e2e"


def test_every_icon_that_is_named_exists_and_draws(qapp: QApplication) -> None:
    folder = resources.files("resources").joinpath("icons")
    for name in (entry.name.removesuffix(".svg") for entry in folder.iterdir()):
        assert not icons.pixmap(name, "#ff0000", 20, 2.0).isNull()
    used = set()
    for path in (ROOT / "app").rglob("*.py"):
        used |= set(re.findall(r'(?:IconButton|IconLabel)\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8")))
    assert all(folder.joinpath(f"{name}.svg").is_file() for name in used)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (45, "45 s"), (760, "12 min 40 s"), (13200, "3 h 40 min"), (100800, "1 d 4 h")],
)
def test_durations_are_said_in_two_units_at_most(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_the_time_left_names_the_clock() -> None:
    assert re.fullmatch(r"4 min left, done \d\d:\d\d", words.time_left(240, 1_800_000_000))
    assert words.time_left(None, None) == "measuring the time left"


@pytest.mark.parametrize(
    ("frame_seconds", "text"), [(0.0, "00:00:00:00"), (12.28, "00:00:12:07"), (3599.96, "00:59:59:24")]
)
def test_time_codes_count_frames_inside_the_second(frame_seconds: float, text: str) -> None:
    assert words.timecode(frame_seconds, Fraction(25)) == text


@pytest.mark.parametrize(
    ("n", "text"), [(999, "1 KB"), (3.1e9, "3.1 GB"), (640e6, "640 MB"), (2e12, "2.0 TB")]
)
def test_sizes_keep_their_unit(n: float, text: str) -> None:
    assert words.size(n) == text


@pytest.mark.parametrize(("code", "mark"), [("en", "."), ("de", ",")])
def test_numbers_are_written_as_the_language_does(code: str, mark: str) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(code))
    try:
        assert words.decimal(1.25, 2) == f"1{mark}25"
        assert words.decimal(1234.5, 1) == f"1234{mark}5"
        assert words.shortest(1.50, 2) == f"1{mark}5"
        assert words.shortest(2.0, 2) == "2"
        assert words.size(3.1e9) == f"3{mark}1 GB"
        assert words.rate(Fraction(30000, 1001)) == f"29{mark}97 fps"
    finally:
        QLocale.setDefault(before)


def test_every_engine_error_has_advice() -> None:
    from engine import errors

    kinds = [name for name in dir(errors) if name.endswith("Error") and name != "EngineError"]
    for kind in kinds:
        advice = explain(Failure(kind=kind, message="x"))
        assert advice.headline != explain(Failure(kind="ValueError", message="x")).headline
        assert advice.todo


@pytest.mark.parametrize("text", ["", "{", "[]", '{"recent": 4}', '{"theme": 7}'])
def test_damaged_preferences_are_set_aside_and_reported(tmp_path: Path, text: str) -> None:
    path = tmp_path / "preferences.json"
    path.write_text(text)
    preferences = Preferences(path)
    assert preferences.now.theme == "system"
    assert "preferences.json.damaged" in preferences.report


def test_preferences_of_a_later_version_are_read_as_far_as_known(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    path.write_text('{"theme": "light", "hologram": true}')
    assert Preferences(path).now.theme == "light"


def german() -> ElementTree.Element:
    return ElementTree.parse(ROOT / "resources/translations/evenstar_de.ts").getroot()


def test_every_string_is_translated_into_german() -> None:
    left = [
        message.findtext("source")
        for message in german().iter("message")
        if (translation := message.find("translation")) is None
        or translation.get("type") == "unfinished"
        or not translation.text
    ]
    assert left == []


def test_the_german_translation_keeps_every_placeholder() -> None:
    for message in german().iter("message"):
        source, text = message.findtext("source") or "", message.findtext("translation") or ""
        assert sorted(re.findall(r"\{[^}]*\}", source)) == sorted(re.findall(r"\{[^}]*\}", text)), source


def test_the_translation_knows_every_string_of_the_code(tmp_path: Path) -> None:
    copy = tmp_path / "now.ts"
    sources = [str(path) for path in sorted((ROOT / "app").rglob("*.py"))]
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    subprocess.run([str(tool), *sources, "-ts", str(copy)], check=True, capture_output=True)

    def strings(root: ElementTree.Element) -> set[tuple[str, str]]:
        return {
            (context.findtext("name") or "", message.findtext("source") or "")
            for context in root.iter("context")
            for message in context.iter("message")
        }

    assert strings(ElementTree.parse(copy).getroot()) - strings(german()) == set()


def test_the_german_words_are_compiled_and_used(qapp: QApplication) -> None:
    translator = QTranslator()
    assert translator.load(str(ROOT / "resources/translations/evenstar_de.qm"))
    qapp.installTranslator(translator)
    try:
        assert QCoreApplication.translate("SettingsPanel", "Upscale") == "Hochrechnen"
        assert words.duration(760) == "12 min 40 s"
    finally:
        qapp.removeTranslator(translator)


def test_importing_the_window_loads_neither_torch_nor_av() -> None:
    code = "import app.launch, sys; sys.exit(bool({'torch', 'av', 'cv2'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
