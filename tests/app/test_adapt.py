"""Adapting to one's own footage from the window, with a child process that only talks like the real one."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app import adapter as adapter_module
from app.adapter import Adapting, AdaptWish, after, command
from app.main_window import MainWindow
from app.pictures import to_image
from app.widgets.adapt_dialog import AdaptDialog
from app.widgets.model_card import ModelCard
from app.widgets.quit_dialog import TrainingQuitDialog
from tests.app.fakes import COMPACT, FakeEngine
from tests.clips import make_clip
from tests.engine.training.test_adapt import speckled

SUMMARY = "Adapted, x4: better than Compact by +0.30 dB (±0.10 dB; ahead on 3 of 3 held-back pieces)."
TALK = """
import json, sys, time
from pathlib import Path
label, picture, wishes = sys.argv[1], sys.argv[2], Path(sys.argv[3])
def say(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)
def heed():
    if not wishes.exists():
        return ""
    wish = wishes.read_text()
    wishes.unlink()
    return wish
say("stride", phase="look", done=1, total=3)
say("divided", n_clips=3, n_training=3, n_held_back=3, by="time")
say("notice", code="clip-left-out", message="left out, no video: notes.txt", severity="info")
if label == "fail":
    say("failed", kind="SettingsError", message="/x holds no video: give a folder of good clips")
    sys.exit(2)
if label == "crash":
    sys.exit(9)
wish, step = "", 0
while label == "endless" and not wish:
    step += 1
    say("learned", stage="fidelity", steps=step, share=0.5, loss=0.05 / step, seconds_left=60.0)
    say("sampled", path=picture, steps=step)
    time.sleep(0.02)
    wish = heed()
if wish == "stop":
    say("stopped")
    sys.exit(130)
if wish == "discard":
    say("discarded")
    sys.exit(130)
label = "better" if label == "endless" else label
kept = label != "worse" or "--keep-worse" in sys.argv
say("outcome", model="mine", title="Mine", kept=kept, label=label, summary=sys.argv[4], picture=picture, measured={})
"""


@pytest.fixture
def talk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The label that the next child ends with; its only entry may be changed."""
    script = tmp_path / "talk.py"
    script.write_text(TALK, encoding="utf-8")
    picture = tmp_path / "picture.png"
    to_image(np.full((60, 188, 3), 90, np.uint8)).save(str(picture))
    label = ["better"]

    def child(wish: AdaptWish, wishes: Path) -> list[str]:
        more = ["--keep-worse"] if wish.keep_worse else []
        return [sys.executable, "-S", str(script), label[0], str(picture), str(wishes), SUMMARY, *more]

    monkeypatch.setattr(adapter_module, "command", child)
    return label


@pytest.fixture
def dialog(window: MainWindow) -> AdaptDialog:
    window.dialogs.open_adapt()
    assert window.dialogs.adapting is not None
    return window.dialogs.adapting


def press(dialog: AdaptDialog, name: str) -> None:
    made = dialog.findChild(QPushButton, name)
    assert made is not None
    assert made.isVisibleTo(dialog)
    assert made.isEnabled()
    made.click()


def shown(dialog: AdaptDialog) -> str:
    return " | ".join(one.text() for one in dialog.findChildren(QLabel) if one.isVisibleTo(dialog))


def begin(dialog: AdaptDialog, tmp_path: Path) -> None:
    dialog.set_folder(tmp_path / "good clips")
    press(dialog, "start")


def wait_for(qtbot: QtBot, window: MainWindow, phase: str) -> Adapting:
    def there() -> bool:
        now = window.workshop.adapter.now
        return now is not None and now.phase == phase and (now.running or not window.workshop.adapter.running)

    qtbot.waitUntil(there, timeout=15000)
    assert window.workshop.adapter.now is not None
    return window.workshop.adapter.now


def test_a_better_model_joins_the_list_and_can_be_chosen(
    window: MainWindow, dialog: AdaptDialog, talk: list[str], engine: FakeEngine, tmp_path: Path, qtbot: QtBot
) -> None:
    engine.specs = (COMPACT, replace(COMPACT, id="mine", title="Mine", summary=SUMMARY, custom=True))
    begin(dialog, tmp_path)
    now = wait_for(qtbot, window, "kept")
    assert now.notices == ("left out, no video: notes.txt",)
    assert "Mine is better than Compact on your footage" in shown(dialog)
    assert "+0.30 dB" in shown(dialog)
    press(dialog, "use")
    assert window.workshop.session.choice.restoration.model == "mine"
    assert [spec.id for spec in window.workshop.specs] == ["compact", "mine"]


def test_a_worse_model_is_added_only_when_that_is_wished(
    window: MainWindow, dialog: AdaptDialog, talk: list[str], tmp_path: Path, qtbot: QtBot
) -> None:
    talk[0] = "worse"
    begin(dialog, tmp_path)
    wait_for(qtbot, window, "worse")
    assert "it was not added to the models" in shown(dialog)
    press(dialog, "keep")
    assert wait_for(qtbot, window, "kept").wish.keep_worse
    assert "it was added as you wished" in shown(dialog)


@pytest.mark.parametrize(
    ("button", "phase"), [("stop", "stopped"), ("discard", "discarded"), ("finish", "kept")]
)
def test_training_ends_as_wished(
    button: str,
    phase: str,
    window: MainWindow,
    dialog: AdaptDialog,
    talk: list[str],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    talk[0] = "endless"
    begin(dialog, tmp_path)
    wait_for(qtbot, window, "learn")
    press(dialog, button)
    wait_for(qtbot, window, phase)
    start = dialog.findChild(QPushButton, "start")
    assert start is not None
    assert start.isVisibleTo(dialog) == (phase != "kept")
    if phase == "stopped":
        assert start.text() == "Go on"


def test_closing_the_dialog_lets_training_go_on_and_opening_it_shows_how_far(
    window: MainWindow, dialog: AdaptDialog, talk: list[str], tmp_path: Path, qtbot: QtBot
) -> None:
    talk[0] = "endless"
    begin(dialog, tmp_path)
    wait_for(qtbot, window, "learn")
    press(dialog, "close")
    assert window.workshop.adapter.running
    window.dialogs.open_adapt()
    again = window.dialogs.adapting
    assert again is not None
    assert "Learning to stay close to the picture" in shown(again)
    assert "Yours so far" in shown(again)


def test_closing_the_window_asks_and_keeps_what_was_learned(
    window: MainWindow, dialog: AdaptDialog, talk: list[str], tmp_path: Path, qtbot: QtBot
) -> None:
    talk[0] = "endless"
    begin(dialog, tmp_path)
    wait_for(qtbot, window, "learn")
    press(dialog, "close")
    window.close()
    assert window.isVisible()
    question = window.findChild(TrainingQuitDialog)
    assert question is not None
    stop = question.findChild(QPushButton, "stop")
    assert stop is not None
    stop.click()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=15000)
    now = window.workshop.adapter.now
    assert now is not None
    assert now.phase == "stopped"


@pytest.mark.parametrize(
    ("label", "words"),
    [("fail", "/x holds no video: give a folder of good clips."), ("crash", "The training ended early")],
)
def test_what_went_wrong_is_said_and_the_form_is_there_again(
    label: str,
    words: str,
    window: MainWindow,
    dialog: AdaptDialog,
    talk: list[str],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    talk[0] = label
    begin(dialog, tmp_path)
    wait_for(qtbot, window, "failed")
    assert words in shown(dialog)
    start = dialog.findChild(QPushButton, "start")
    assert start is not None
    assert start.isVisibleTo(dialog)


def test_a_model_of_ones_own_can_be_removed_and_leaves_the_list(
    window: MainWindow, engine: FakeEngine, qtbot: QtBot
) -> None:
    engine.specs = (COMPACT, replace(COMPACT, id="mine", title="Mine", summary=SUMMARY, custom=True))
    window.workshop.renew_models()
    window.dialogs.open_models()
    models = window.dialogs.models
    assert models is not None
    qtbot.waitUntil(lambda: window.workshop.librarian.facts("mine") is not None)
    card = next(card for card in models.findChildren(ModelCard) if card.spec.id == "mine")
    assert SUMMARY in {one.text() for one in card.findChildren(QLabel)}
    engine.specs = (COMPACT,)
    remove = card.findChild(QPushButton, "remove") or card
    card.wanted.emit("mine", "remove")
    assert remove is not None
    qtbot.waitUntil(lambda: [spec.id for spec in window.workshop.specs] == ["compact"], timeout=15000)


def test_the_real_command_line_says_what_a_folder_lacks(
    window: MainWindow, dialog: AdaptDialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENSTAR_WEIGHTS", str(tmp_path / "weights"))
    (tmp_path / "good clips").mkdir()
    begin(dialog, tmp_path)
    qtbot.waitUntil(lambda: not window.workshop.adapter.running, timeout=120000)
    assert "holds no video: give a folder of good clips" in shown(dialog)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_real_run_that_is_finished_early_ends_with_a_measured_model(
    window: MainWindow, dialog: AdaptDialog, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENSTAR_WEIGHTS", str(tmp_path / "weights"))
    (tmp_path / "good clips").mkdir()
    for name in ("a", "b", "c"):
        path = tmp_path / "good clips" / f"{name}.mkv"
        make_clip(path, n_frames=32, width=128, height=96, options={"crf": "4"}, picture=speckled)
    adapter = window.workshop.adapter
    adapter.start(AdaptWish(folder=tmp_path / "good clips", name="Real", scale=2, minutes=5, keep_worse=True))
    for stage in ("fidelity", "detail"):
        qtbot.waitUntil(lambda stage=stage: adapter.now.stage == stage, timeout=300000)  # type: ignore[union-attr]
        adapter.ask("finish")
    qtbot.waitUntil(lambda: not adapter.running, timeout=300000)
    now = adapter.now
    assert now is not None
    assert now.result is not None
    assert (now.phase, now.result.model) == ("kept", "real")
    assert now.result.summary.startswith("Adapted, x2: ")
    assert (tmp_path / "weights" / "compact" / "real_x2.safetensors").is_file()
    assert not list((tmp_path / "weights" / "adapting").iterdir())


def test_the_child_is_told_everything() -> None:
    wish = AdaptWish(folder=Path("/f"), name="N", scale=2, minutes=5, keep_worse=True)
    line = " ".join(command(wish, Path("/w")))
    assert line.endswith(
        "train --on /f --name N --scale 2 --minutes 5 --wishes /w --keep-worse --json".replace(
            "/", str(Path("/"))
        )
    )


def test_each_stage_has_a_curve_of_its_own() -> None:
    now = Adapting(wish=AdaptWish(folder=Path("/f"), name="N", scale=2, minutes=5))
    for stage, loss in (("fidelity", 3.0), ("fidelity", 2.0), ("detail", 9.0)):
        told = {"event": "learned", "stage": stage, "share": 0.1, "loss": loss, "seconds_left": 1.0}
        now = after(now, told)
    assert now.curves == ((3.0, 2.0), (9.0,))


def test_once_a_wish_to_finish_is_heard_another_can_be_made() -> None:
    wish = AdaptWish(folder=Path("/f"), name="N", scale=2, minutes=5)
    now = Adapting(wish=wish, phase="learn", stage="fidelity", curves=((1.0,),), asked="finish")
    told = {"event": "learned", "share": 0.1, "loss": 1.0, "seconds_left": 1.0}
    assert after(now, told | {"stage": "fidelity"}).asked == "finish"
    assert after(now, told | {"stage": "detail"}).asked == ""
    assert after(now, {"event": "stride", "phase": "measure", "done": 1, "total": 6}).asked == ""
