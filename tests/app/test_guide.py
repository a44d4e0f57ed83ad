"""The guide says what the application is: its labels, keys, commands, links and pictures are held to the code."""

import re
import shlex
import tomllib
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
import typer.main
from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtGui import QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app import commands, guide, theme
from app.main_window import MainWindow
from app.messages import Failure, explain
from app.widgets.guide_link import GuideLink
from app.widgets.guide_window import GuideWindow
from engine import cli, errors
from engine.batch import VIDEO_SUFFIXES
from engine.media.encoder import CONTAINERS
from engine.media.sequence import SUFFIXES
from engine.models.registry import SPECS

ROOT = Path(__file__).parent.parent.parent
HELP = ROOT / "resources" / "help"
LANGUAGES = ("en", "de")
PAGES = [(code, page) for code in LANGUAGES for page in guide.PAGES]
MOST_BYTES = 3_000_000
BOLD = re.compile(r"\*\*(.+?)\*\*")
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)]+)\)")
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")
FENCE = re.compile(r"```\n(.*?)```", re.DOTALL)
BESIDE_THE_TABLE = (
    *("Left", "Right", "PgUp", "PgDown", "Home", "End"),  # the slider
    *("Return", "Del", "Alt+Up", "Alt+Down"),  # the queue
    *("Ctrl+F", "Alt+Left", "Alt+Right"),  # the guide
    "Ctrl+C",  # a terminal
)
"""Keys that are no commands of the window."""
OTHER_CODE = {
    *("clip.txt", "clip.mp4", "prompts.csv", "custom", "presets", "weights", "crashes", "evenstar"),
    *("~/.config", "~/.local/state", "~/.cache", "~/.local/share", "_restored", ".NAME.evenstar"),
    *("NAME_restored_HEIGHTp.mkv", "1080p", "×2", "i", "output = B + a(β) D"),
}
"""Names of files and folders, and what the window shows beside labels."""


def text_of(code: str, page: str) -> str:
    return (HELP / code / f"{page}.md").read_text(encoding="utf-8")


def prose_of(code: str, page: str) -> str:
    return FENCE.sub("", text_of(code, page))


def plain_of(code: str, page: str) -> str:
    return CODE.sub("", prose_of(code, page))


def headings(code: str, page: str) -> list[tuple[int, str]]:
    found = re.findall(r"^(#+) (.+)$", prose_of(code, page), re.MULTILINE)
    return [(len(marks), words) for marks, words in found]


def labels(code: str) -> set[str]:
    """Every text of the window in a language, and the names of the models."""
    root = ElementTree.parse(ROOT / "resources/translations/evenstar_de.ts").getroot()
    part = "source" if code == "en" else "translation"
    texts = {message.findtext(part) or "" for message in root.iter("message")}
    return texts | {spec.title for spec in SPECS.values()}


@pytest.fixture(params=LANGUAGES)
def code(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    """A language, in which the window speaks during the test."""
    translators = [QTranslator(), QTranslator()]
    if request.param == "de":
        assert translators[0].load(str(ROOT / "resources/translations/evenstar_de.qm"))
        standard = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        assert translators[1].load("qtbase_de", standard)
        for translator in translators:
            qapp.installTranslator(translator)
    yield request.param
    for translator in translators:
        qapp.removeTranslator(translator)


@pytest.fixture
def guide_window(code: str, dressed: None, qtbot: QtBot) -> Iterator[GuideWindow]:
    parent = QWidget()
    qtbot.addWidget(parent)
    window = GuideWindow(parent)
    window.show()
    qtbot.waitExposed(window)
    QTest.qWait(200)
    yield window
    window.close()


# the pages


def test_every_language_has_exactly_the_pages() -> None:
    for code in LANGUAGES:
        assert {path.stem for path in (HELP / code).glob("*.md")} == set(guide.PAGES)


@pytest.mark.parametrize("page", guide.PAGES)
def test_a_page_has_the_same_shape_in_both_languages(page: str) -> None:
    english, german = text_of("en", page), text_of("de", page)
    assert [level for level, _ in headings("en", page)] == [level for level, _ in headings("de", page)]
    assert len(PICTURE.findall(english)) == len(PICTURE.findall(german))
    assert FENCE.findall(english) == FENCE.findall(german)
    rows = [[line.count("|") for line in t.splitlines() if line.startswith("|")] for t in (english, german)]
    assert rows[0] == rows[1]


@pytest.mark.parametrize(("code", "page"), PAGES)
def test_every_link_leads_somewhere(code: str, page: str) -> None:
    for link in LINK.findall(plain_of(code, page)):
        file, _, section = link.partition("#")
        target = file.removesuffix(".md") or page
        assert target in guide.PAGES, link
        if section:
            assert section in {guide.slug(words) for _, words in headings(code, target)}, link


@pytest.mark.parametrize(("code", "page"), PAGES)
def test_every_picture_is_there(code: str, page: str) -> None:
    for link in PICTURE.findall(text_of(code, page)):
        assert not QImage(str(HELP / code / link)).isNull(), link


def test_every_picture_is_used_and_all_are_small() -> None:
    used = {
        (HELP / code / link).resolve()
        for code, page in PAGES
        for link in PICTURE.findall(text_of(code, page))
    }
    there = {path.resolve() for folder in ("pictures", "*/pictures") for path in HELP.glob(f"{folder}/*.jpg")}
    assert there == used
    assert sum(path.stat().st_size for path in there) < MOST_BYTES


def test_the_contents_page_names_every_other_page() -> None:
    for code in LANGUAGES:
        linked = [link.removesuffix(".md") for link in LINK.findall(plain_of(code, guide.FIRST))]
        assert linked == list(guide.PAGES[1:])
        for link, words in re.findall(r"\[([^\]]+)\]\(([^)]+)\)", text_of(code, guide.FIRST)):
            assert link == guide.title_of(words.removesuffix(".md"), code)


# what they quote


@pytest.mark.parametrize(("code", "page"), PAGES)
def test_every_label_that_is_quoted_stands_in_the_window(code: str, page: str) -> None:
    assert set(BOLD.findall(prose_of(code, page))) - labels(code) == set()


def test_every_key_command_and_file_that_is_quoted_exists(code: str) -> None:
    keys = {_native(key) for command in commands.table() for key in command.keys}
    keys |= {_native(key) for key in BESIDE_THE_TABLE}
    for page in guide.PAGES:
        for span in CODE.findall(prose_of(code, page)):
            assert span in keys or _is_known(span), f"{page}: {span}"


@pytest.mark.parametrize("line", FENCE.findall(text_of("en", "command-line")))
def test_every_command_of_the_examples_is_understood(line: str) -> None:
    for command in line.splitlines():
        _parse(command)


def test_the_page_of_keys_has_every_command_with_its_keys(code: str) -> None:
    rows = re.findall(r"^\| (`.+`) \| \*\*(.+)\*\* \|$", text_of(code, "keys"), re.MULTILINE)
    assert rows == [
        (" ".join(f"`{_native(key)}`" for key in command.keys), command.text) for command in commands.table()
    ]
    groups = list(dict.fromkeys(command.group for command in commands.table()))
    assert [words for level, words in headings(code, "keys") if level == 2][: len(groups)] == groups


def test_every_failure_has_its_section(code: str) -> None:
    sections = {words for _, words in headings(code, "trouble")}
    for kind in (*(name for name in dir(errors) if name.endswith("Error")), "ValueError"):
        if kind != "EngineError":
            assert explain(Failure(kind=kind, message="x")).headline in sections


def test_the_pages_and_pictures_are_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["resources"]
    for path in (*HELP.rglob("*.md"), *HELP.rglob("*.jpg")):
        inside = PurePosixPath(path.relative_to(ROOT / "resources").as_posix())
        assert any(pattern == "**/*" or inside.match(pattern) for pattern in patterns), inside


def test_the_reader_of_quotes_can_fail() -> None:
    assert not _is_known("--no-such-option")
    assert not _is_known("Ctrl+Alt+Shift+F12")
    assert not _is_known("EVENSTAR_NOTHING")
    with pytest.raises(AssertionError):
        _parse("evenstar upscale clip.mp4 --no-such-option")
    with pytest.raises(AssertionError):
        _parse("evenstar models info no-such-model")


# the window


def test_a_key_and_the_menu_open_the_guide(window: MainWindow, qtbot: QtBot) -> None:
    window.commands.action("guide").trigger()
    assert window.guide_desk.guide is not None
    assert window.guide_desk.guide.shown() == guide.FIRST
    assert window.commands.key("guide") == "F1"
    assert window.commands.key("shortcuts") == "?"
    window.close()
    assert not window.guide_desk.guide.isVisible()


def test_the_guide_speaks_the_language_of_the_window(guide_window: GuideWindow, code: str) -> None:
    assert guide_window.page.toPlainText().startswith(guide.title_of(guide.FIRST, code))
    assert guide_window.page.source().toLocalFile().endswith(f"help/{code}/index.md")


def test_links_lead_on_and_back_again(guide_window: GuideWindow) -> None:
    guide_window.show_page("beta")
    guide_window.show_page("models")
    assert guide_window.contents.currentRow() == guide.PAGES.index("models")
    guide_window.page.backward()
    assert guide_window.shown() == "beta"
    guide_window.page.forward()
    assert guide_window.shown() == "models"


def test_a_section_is_scrolled_to(guide_window: GuideWindow) -> None:
    section = guide_window.page.headings
    guide_window.show_page("trouble")
    guide_window.show_page("trouble", section()[6])
    assert guide_window.page.verticalScrollBar().value() > 200


def test_pictures_and_tables_fit_the_width(guide_window: GuideWindow) -> None:
    for width in (980, 640):
        guide_window.resize(width, 700)
        QTest.qWait(300)
        for page in guide.PAGES:
            guide_window.show_page(page)
            if (
                page != "command-line" or width > 700
            ):  # a command is not broken: it scrolls in a narrow window
                assert guide_window.page.horizontalScrollBar().maximum() == 0, page


def test_search_keeps_the_pages_with_the_words(guide_window: GuideWindow, code: str) -> None:
    word = {"en": "grain", "de": "Korn"}[code]
    guide_window.search.setText(word)
    shown = [page for page, item in guide_window._items() if not item.isHidden()]
    assert shown == [page for page in guide.PAGES if word.lower() in guide_window._text(page)]
    assert "beta" in shown
    assert "privacy" not in shown
    QTest.keyClick(guide_window.search, "\r")
    assert guide_window.shown() == shown[0]
    assert guide_window.page.textCursor().selectedText().lower() == word.lower()
    guide_window.search.setText("no such word anywhere")
    assert all(item.isHidden() for _, item in guide_window._items())


def test_both_themes_dress_the_page(guide_window: GuideWindow, qapp: QApplication) -> None:
    try:
        for wish, wanted in (("light", theme.LIGHT), ("dark", theme.DARK)):
            theme.apply(qapp, wish)
            QTest.qWait(50)
            guide_window.show_page(guide.FIRST)
            block = guide_window.page.document().begin()
            assert block.begin().fragment().charFormat().foreground().color().name() == wanted.text
    finally:
        theme.apply(qapp, "dark")


def test_a_trouble_card_leads_to_its_section(window: MainWindow, qtbot: QtBot) -> None:
    window.panel.trouble.show_failure(Failure(kind="DiskFullError", message="x"))
    link = window.panel.trouble.findChild(GuideLink)
    assert isinstance(link, QPushButton)
    link.click()
    desk = window.guide_desk
    qtbot.waitUntil(lambda: desk.guide is not None and desk.guide.shown() == "trouble")
    assert desk.guide is not None
    assert desk.guide.page.source().fragment() == "the-disk-is-full"


def test_a_dialog_does_not_lock_the_guide_out(window: MainWindow, qtbot: QtBot) -> None:
    window.dialogs.show_models()
    dialog = window.dialogs.models
    assert dialog is not None
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is dialog)
    guide.open_page("models")
    shown = window.guide_desk.guide
    assert shown is not None
    assert shown.parentWidget() is dialog
    dialog.accept()
    assert shown.parentWidget() is window
    assert shown.isVisible()


# reading quotes


def _native(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def _is_known(span: str) -> bool:
    if span.startswith("evenstar "):
        _parse(span)
        return True
    if span.startswith("-"):
        return any(span in options for options in _options().values())
    if span.startswith("EVENSTAR_"):
        return any(
            f'"{span}"' in path.read_text(encoding="utf-8") for path in (ROOT / "engine").rglob("*.py")
        )
    if span.startswith("{"):
        return any(span in label for label in labels("en") if label.startswith("Name of the result"))
    suffixes = {*VIDEO_SUFFIXES, *SUFFIXES, *CONTAINERS}
    return span in suffixes or span in OTHER_CODE


def _commands() -> dict[str, object]:
    group = typer.main.get_command(cli.app)
    found: dict[str, object] = {}
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        inside = getattr(command, "commands", None)
        found |= {f"{name} {verb}": one for verb, one in inside.items()} if inside else {name: command}
    return found


def _options() -> dict[str, set[str]]:
    return {
        name: {option for p in command.params for option in (*p.opts, *p.secondary_opts)} | {"--help"}  # type: ignore[attr-defined]
        for name, command in _commands().items()
    }


def _parse(line: str) -> None:
    """Fail unless the command line is one that Evenstar takes."""
    words = shlex.split(line)
    assert words.pop(0) == "evenstar"
    verb = " ".join(words[: 2 if words[:1] == ["models"] else 1])
    if verb.endswith(".mp4"):
        return  # a clip for the window
    assert verb in _options(), line
    for word in words:
        assert not word.startswith("-") or word in _options()[verb], f"{line}: {word}"
    for before, word in zip(["", *words], words, strict=False):
        if before == "--model" or (before in ("info", "download", "import", "remove") and verb != "batch"):
            assert word in SPECS, f"{line}: {word}"
