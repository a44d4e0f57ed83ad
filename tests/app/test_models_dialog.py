"""The models dialog against a hub on the loopback address: terms, progress, stop, resume, import, check, remove."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.librarian import Librarian, Transfer, Verb
from app.main_window import MainWindow
from app.real_engine import real_engine
from app.widgets.model_card import ModelCard, transfer_words
from app.widgets.models_dialog import ModelsDialog
from engine.models.weights_folder import FileState, WeightsProgress, model_state
from tests.app.driving import OpenWindow
from tests.app.fakes import COMPACT, FakeEngine
from tests.hub_server import Hub
from tests.toy_model import NETWORK_FILE, SETTINGS_FILE, toy_model

TOY = toy_model(NETWORK_FILE, SETTINGS_FILE)
CONTENT = bytes(range(256)) * 2400
SMALL = b'{"steps": 15}\n'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with Hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def hub(server: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Hub:
    monkeypatch.setenv("EVENSTAR_HUB", server.address)
    monkeypatch.setenv("EVENSTAR_WEIGHTS", str(tmp_path / "weights"))
    server.put("some/toy", "deep/net.pt", CONTENT)
    server.put("some/toy", "settings.json", SMALL, lfs=False)
    server.reset()
    return server


@pytest.fixture
def window(open_window: OpenWindow, engine: FakeEngine, hub: Hub) -> MainWindow:
    engine.specs = (COMPACT, TOY)
    engine.weights = real_engine().weights
    return open_window()


def card_of(window: MainWindow, qtbot: QtBot) -> ModelCard:
    window.dialogs.open_models()
    dialog = window.dialogs.models
    assert isinstance(dialog, ModelsDialog)
    qtbot.waitUntil(lambda: window.workshop.librarian.facts("toy") is not None, timeout=15000)
    return next(card for card in dialog.findChildren(ModelCard) if card.spec.id == "toy")


def visible(card: ModelCard) -> set[str]:
    return {button.text() for button in card.findChildren(QPushButton) if button.isVisible()}


def click(card: ModelCard, text: str) -> None:
    found = [b for b in card.findChildren(QPushButton) if b.text() == text and b.isVisible()]
    assert found, f"{text} is not among {visible(card)}"
    found[-1].click()


def fetch(window: MainWindow, card: ModelCard, qtbot: QtBot) -> None:
    click(card, "Download")
    with qtbot.waitSignal(window.workshop.librarian.done, timeout=20000):
        click(card, "Accept and download")


def test_size_licence_and_time_are_shown_before_anything_is_fetched(
    window: MainWindow, qtbot: QtBot, hub: Hub
) -> None:
    card = card_of(window, qtbot)
    assert {"Download", "Import"} <= visible(card)
    assert "Accept and download" not in visible(card)
    click(card, "Download")
    words = card._terms_words()
    assert "Attribution 4.0" in words
    assert "Name the authors." in words
    assert "https://example.org/by" in words
    assert "0.6 MB" in words or "614 KB" in words
    assert "0 s" in words
    assert hub.log() == []
    click(card, "Not now")
    assert "Accept and download" not in visible(card)
    assert hub.log() == []


def test_an_accepted_model_arrives_and_can_be_used(window: MainWindow, qtbot: QtBot, hub: Hub) -> None:
    card = card_of(window, qtbot)
    threads: list[object] = []
    told: list[Transfer] = []
    window.workshop.librarian.moved.connect(lambda _model, transfer: told.append(transfer))
    window.workshop.librarian.moved.connect(lambda *_: threads.append(QThread.currentThread()))
    fetch(window, card, qtbot)
    assert model_state(TOY) is FileState.PRESENT
    assert told[-1].progress.done_bytes == told[-1].progress.total_bytes == len(CONTENT) + len(SMALL)
    assert {id(thread) for thread in threads} == {id(window.thread())}
    qtbot.waitUntil(lambda: "Use" in visible(card), timeout=15000)
    click(card, "Use")
    assert window.workshop.session.choice.restoration.model == "toy"


def test_a_stopped_download_goes_on_where_it_was(window: MainWindow, qtbot: QtBot, hub: Hub) -> None:
    card = card_of(window, qtbot)
    hub.plan({"pause": 0.02})
    click(card, "Download")
    click(card, "Accept and download")
    librarian = window.workshop.librarian
    qtbot.waitUntil(
        lambda: librarian.transfer is not None and librarian.transfer.progress.done_bytes > 100_000,
        timeout=15000,
    )
    assert visible(card) >= {"Stop"}
    with qtbot.waitSignal(librarian.ended, timeout=15000):
        click(card, "Stop")
    qtbot.waitUntil(lambda: "Resume download" in visible(card), timeout=15000)
    click(card, "Resume download")
    assert "before" in card._terms_words()  # the terms were accepted already
    with qtbot.waitSignal(librarian.done, timeout=20000):
        click(card, "Accept and download")
    assert model_state(TOY) is FileState.PRESENT
    assert any(request["range"] for request in hub.log())


def test_without_network_one_sentence_says_so(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENSTAR_HUB", "http://127.0.0.1:1")
    card = card_of(window, qtbot)
    click(card, "Download")
    with qtbot.waitSignal(window.workshop.librarian.ended, timeout=20000):
        click(card, "Accept and download")
    qtbot.waitUntil(card.trouble.isVisible, timeout=15000)
    assert card.trouble.failure is not None
    assert card.trouble.failure.kind == "DownloadError"
    assert "cannot be reached" in card.trouble.failure.message
    assert "Download" in visible(card)
    card.show_failure(None)


def test_files_are_taken_from_a_folder_without_network(
    window: MainWindow, qtbot: QtBot, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "Stick ä"
    stick.mkdir()
    (stick / "net.pt").write_bytes(CONTENT)
    (stick / "settings.json").write_bytes(SMALL)
    card = card_of(window, qtbot)
    monkeypatch.setattr(window.dialogs, "_pick_folder", lambda _title: str(stick))
    with qtbot.waitSignal(window.workshop.librarian.done, timeout=20000):
        card.wanted.emit("toy", "folder")
    assert model_state(TOY) is FileState.PRESENT
    assert hub.log() == []


def test_a_check_finds_damage_and_says_what_to_do(window: MainWindow, qtbot: QtBot, hub: Hub) -> None:
    from engine.models.weights_folder import path_of

    card = card_of(window, qtbot)
    fetch(window, card, qtbot)
    path = path_of(TOY, NETWORK_FILE)
    damaged = bytearray(CONTENT)
    damaged[1000] ^= 1
    path.write_bytes(damaged)
    qtbot.waitUntil(lambda: "Check" in visible(card), timeout=15000)
    with qtbot.waitSignal(window.workshop.librarian.ended, timeout=15000):
        click(card, "Check")
    qtbot.waitUntil(card.trouble.isVisible, timeout=15000)
    assert card.trouble.failure is not None
    assert "net.pt" in card.trouble.failure.message
    qtbot.waitUntil(lambda: "Download" in visible(card), timeout=15000)
    card.show_failure(None)


def test_removing_asks_first(window: MainWindow, qtbot: QtBot, hub: Hub) -> None:
    card = card_of(window, qtbot)
    fetch(window, card, qtbot)
    qtbot.waitUntil(lambda: "Remove" in visible(card), timeout=15000)
    click(card, "Remove")
    assert model_state(TOY) is FileState.PRESENT
    click(card, "Keep")
    click(card, "Remove")
    with qtbot.waitSignal(window.workshop.librarian.done, timeout=15000):
        click(card, "Remove")
    assert model_state(TOY) is FileState.MISSING


def test_choosing_a_model_that_is_not_here_shows_its_terms(
    window: MainWindow, qtbot: QtBot, hub: Hub, clip: Path
) -> None:
    from tests.app.driving import open_clip

    open_clip(window, clip, qtbot)
    qtbot.waitUntil(lambda: window.workshop.librarian.facts("toy") is not None, timeout=15000)
    window.presenter.choose_model("toy")
    for command in ("upscale", "preview_frame", "preview_clip", "compare_betas"):
        window.desk.do(command)
        dialog = window.dialogs.models
        assert dialog is not None, command
        card = next(card for card in dialog.findChildren(ModelCard) if card.spec.id == "toy")
        assert "Accept and download" in visible(card)
        dialog.close()
        qtbot.waitUntil(lambda: window.dialogs.models is None, timeout=15000)
    assert window.workshop.queue.entries == ()
    assert hub.log() == []


def test_a_download_goes_on_when_the_dialog_is_closed(window: MainWindow, qtbot: QtBot, hub: Hub) -> None:
    card = card_of(window, qtbot)
    hub.plan({"pause": 0.02})
    click(card, "Download")
    click(card, "Accept and download")
    dialog = window.dialogs.models
    assert dialog is not None
    qtbot.waitUntil(lambda: window.workshop.librarian.transfer is not None, timeout=15000)
    dialog.close()
    again = card_of(window, qtbot)
    assert visible(again) >= {"Stop"}
    qtbot.waitSignal(window.workshop.librarian.done, timeout=20000).wait()
    assert "ready" in window.toast.words()


def test_closing_the_window_ends_a_download_and_keeps_what_came(
    window: MainWindow, qtbot: QtBot, hub: Hub
) -> None:
    card = card_of(window, qtbot)
    hub.plan({"pause": 0.02})
    click(card, "Download")
    click(card, "Accept and download")
    qtbot.waitUntil(lambda: window.workshop.librarian.transfer is not None, timeout=15000)
    assert window.workshop.close()
    assert model_state(TOY) is FileState.PARTIAL


def test_numbers_beyond_32_bits_cross_the_threads(
    hub: Hub, qtbot: QtBot, engine: FakeEngine, tmp_path: Path
) -> None:
    owner = QObject()
    weights = engine.weights
    big = toy_model(type(NETWORK_FILE)(**{**_fields(), "n_bytes": 9_400_000_000}))
    librarian = Librarian(weights, (big,), owner)
    told: list[Transfer] = []
    librarian.moved.connect(lambda _model, transfer: told.append(transfer))
    with qtbot.waitSignal(librarian.done, timeout=15000):
        librarian.start(Verb.DOWNLOAD, "toy")
    assert told[-1].progress.done_bytes == 9_400_000_000
    assert librarian.close()
    shutil.rmtree(tmp_path, ignore_errors=True)


def _fields() -> dict[str, object]:
    return {name: getattr(NETWORK_FILE, name) for name in NETWORK_FILE.__slots__}


def test_the_speed_and_the_time_left_are_said() -> None:
    progress = WeightsProgress(
        name="unet.pt", stage="download", done_bytes=1_200_000_000, total_bytes=8_200_000_000
    )
    transfer = Transfer(verb=Verb.DOWNLOAD, progress=progress, bytes_per_second=12_000_000.0)
    text = transfer_words(transfer)
    assert text == "Fetching unet.pt  ·  1.2 GB of 8.2 GB  ·  12.0 MB/s  ·  10 min left"
