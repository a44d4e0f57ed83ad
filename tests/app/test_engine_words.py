"""Every sentence of the engine has its words in the window's languages."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from app.engine_words import LICENCES, PARTS, SENTENCES, SUMMARIES, WRAPPED, in_words
from engine.models.registry import SPECS
from tests.engine_sentences import engine_shapes

ROOT = Path(__file__).parent.parent.parent
OWN = {
    "no clip is open",
    "damaged or missing: {0}; download or import again",
    "The preferences could not be read and were set aside as {0}.",
    "The queue could not be read and was set aside as {0}.",
}
"""Said by the window itself."""
HOW = "add its shape to app/engine_words.py, then translate it in resources/translations (lupdate, lrelease)"


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    translator = QTranslator()
    assert translator.load(str(ROOT / "resources/translations/evenstar_de.qm"))
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.mark.parametrize(("shape", "room"), sorted(engine_shapes().items()), ids=lambda text: text[:60])
def test_every_error_and_notice_of_the_engine_has_words(shape: str, room: str) -> None:
    assert shape in SENTENCES, f"{room} says {shape!r}: {HOW}"


def test_the_reader_of_the_code_finds_the_sentences() -> None:
    found = engine_shapes()
    assert len(found) > 120
    assert found["{0} is empty (0 bytes)"] == "media/probe.py"


def test_no_words_are_kept_that_nobody_says() -> None:
    assert set(SENTENCES) - set(engine_shapes()) - OWN == set()


@pytest.mark.parametrize("shape", [*SENTENCES, *PARTS, *WRAPPED], ids=lambda text: text[:60])
@pytest.mark.usefixtures("german")
def test_a_shape_is_recognised_and_said_in_german(shape: str) -> None:
    root = ElementTree.parse(ROOT / "resources/translations/evenstar_de.ts").getroot()
    context = next(c for c in root.iter("context") if c.findtext("name") == "Engine")
    texts = {m.findtext("source"): m.findtext("translation") for m in context.iter("message")}
    filled = [f"x{number}.mkv" for number in range(5)]
    wanted = (texts[shape] or "").format(*filled)
    assert wanted != shape.format(*filled)
    if shape in PARTS:
        assert in_words(
            f"film.mkv cannot carry {shape.format(*filled)} here; players will show square pixels"
        ) == (f"film.mkv kann {wanted} hier nicht tragen; Player zeigen quadratische Pixel")
    elif shape in SENTENCES:
        assert in_words(shape.format(*filled)) == wanted


@pytest.mark.usefixtures("german")
def test_a_sentence_in_a_sentence_is_translated_too() -> None:
    text = in_words("the preset a.json has no name. It was set aside as a.json.damaged.")
    assert text == "die Vorlage a.json hat keinen Namen. Die Datei wurde als a.json.damaged beiseitegelegt."


@pytest.mark.usefixtures("german")
def test_a_notice_about_a_track_is_german_throughout() -> None:
    text = in_words("the subtitle track 3 (hdmv_pgs_subtitle, eng) does not fit into MP4")
    assert text == "die Untertitelspur 3 (hdmv_pgs_subtitle, eng) passt nicht in MP4"


@pytest.mark.usefixtures("german")
def test_names_of_files_are_not_translated() -> None:
    assert in_words("0 to 100.mkv is empty (0 bytes)") == "0 to 100.mkv ist leer (0 Byte)"


def test_without_a_translation_the_engines_words_stay() -> None:
    assert in_words("tape.mkv is empty (0 bytes)") == "tape.mkv is empty (0 bytes)"
    assert in_words("something unheard of") == "something unheard of"


def test_what_models_are_good_for_and_their_terms_have_words() -> None:
    assert {spec.summary for spec in SPECS.values()} <= set(SUMMARIES)
    assert {terms.summary for spec in SPECS.values() for terms in spec.licences} <= set(LICENCES)


def test_every_hole_of_a_shape_is_numbered_from_zero() -> None:
    for shape in (*SENTENCES, *PARTS):
        holes = [int(hole) for hole in re.findall(r"\{(\d)\}", shape)]
        assert holes == list(range(len(holes))), shape
