"""The self-test of an installed application passes here, and fails with a sentence where something is broken."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from app import selftest
from app.file_requests import FileRequests
from engine import own_process

LOADED_ANYWAY = {"torch", "numpy", "cv2", "safetensors"}
"""What every restoration imports."""
ROOT = Path(__file__).parent.parent.parent


def run_selftest(code: str = "") -> subprocess.CompletedProcess[str]:
    """In a process of its own, after `code` has broken something."""
    start = f"import sys, app.selftest as s\ns.N_FRAMES = 3\n{code}\nsys.exit(s.selftest(as_json=True))"
    return subprocess.run(
        [sys.executable, "-c", start], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_it_passes_and_says_what_it_did() -> None:
    ended = run_selftest()
    told = json.loads(ended.stdout)
    assert (ended.returncode, told["ok"], told["message"]) == (0, True, "")
    steps = {step["name"]: step["found"] for step in told["steps"]}
    assert list(steps) == ["window", "demo clip", "film", "models", "child"]
    assert "3 frames restored on the processor and verified" in steps["film"]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("s.demo_clip = lambda: None", "the demo clip is missing"),
        ("s.IMPORTED_LATE = ('no_such_module',)", "no_such_module cannot be imported"),
    ],
)
def test_it_fails_with_a_sentence(code: str, sentence: str) -> None:
    ended = run_selftest(code)
    assert ended.returncode == 1
    assert sentence in json.loads(ended.stdout)["message"]


def test_what_nobody_caught_fails_it() -> None:
    broken = "import app.queue_desk as q\nq.QueueDesk._on_picture_arrived = lambda *_: 1 / 0"
    ended = run_selftest(broken)
    assert ended.returncode == 1
    assert "ZeroDivisionError" in json.loads(ended.stdout)["message"]


def late_imports(path: Path) -> set[str]:
    """Modules from outside that a file imports inside a function."""
    found: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module)
                elif isinstance(node, ast.Import):
                    found.update(alias.name for alias in node.names)
    outside = {n for n in found if n.split(".")[0] not in {*sys.stdlib_module_names, "engine"}}
    return {name for name in outside if name.split(".")[0] not in LOADED_ANYWAY}


def test_everything_that_the_families_import_late_is_tried() -> None:
    wanted = set().union(*(late_imports(path) for path in (ROOT / "engine/models").rglob("*.py")))
    assert wanted - set(selftest.IMPORTED_LATE) == set()


def test_from_sources_the_command_line_is_started_by_its_file() -> None:
    program, script, *arguments = own_process.own_command("evaluate", "--progress")
    assert (program, arguments) == (sys.executable, ["evaluate", "--progress"])
    assert Path(script).samefile(ROOT / "main.py")


@pytest.mark.parametrize(
    ("platform", "program", "started"),
    [
        ("linux", "/opt/evenstar/evenstar", "/opt/evenstar/evenstar"),
        ("darwin", "/Applications/Evenstar.app/x/evenstar", "/Applications/Evenstar.app/x/evenstar"),
        ("win32", "/apps/Evenstar/evenstarw.exe", "/apps/Evenstar/evenstar.exe"),
    ],
)
def test_an_installed_application_starts_itself(
    monkeypatch: pytest.MonkeyPatch, platform: str, program: str, started: str
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys, "executable", program)
    assert own_process.own_command("train", "a.toml") == [started, "train", "a.toml"]


def test_a_file_that_macos_asks_for_is_opened(qapp: QApplication, tmp_path: Path) -> None:
    asked: list[list[Path]] = []
    requests = FileRequests(qapp, asked.append)
    try:
        QApplication.sendEvent(qapp, QFileOpenEvent(str(tmp_path / "tape.mkv")))
    finally:
        qapp.removeEventFilter(requests)
        requests.deleteLater()
    assert asked == [[tmp_path / "tape.mkv"]]
