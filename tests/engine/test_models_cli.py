"""`evenstar models`: what it prints and which exit code it gives."""

import hashlib
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from engine.models.registry import SPECS
from engine.models.weights_folder import folder_of, part_path
from engine.models_cli import models_app
from tests.hub_server import Hub
from tests.toy_model import NETWORK_FILE, toy_model

ROOT = Path(__file__).parents[2]
CONTENT = b"weights" * 10_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
TOY = toy_model(replace(NETWORK_FILE, n_bytes=len(CONTENT)))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with Hub(tmp_path_factory.mktemp("hub")) as running:
        running.put("some/toy", "deep/net.pt", CONTENT)
        yield running


@pytest.fixture(autouse=True)
def hub(server: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Hub:
    monkeypatch.setenv("EVENSTAR_HUB", server.address)
    monkeypatch.setenv("EVENSTAR_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setitem(SPECS, "toy", TOY)
    server.reset()
    return server


def models(*arguments: str) -> Result:
    return CliRunner().invoke(models_app, arguments, env={"COLUMNS": "200"})


def objects(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def answer(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """A person at a terminal who types `words`."""

    class Keyboard(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("engine.models_console.sys.stdin", Keyboard(words + "\n"))
    monkeypatch.setattr("builtins.input", lambda: words)


def ask_as_person(monkeypatch: pytest.MonkeyPatch, words: str) -> int:
    from engine.models_console import ModelsConsole

    answer(monkeypatch, words)
    return ModelsConsole(as_json=False).download("toy", accept_licence=False)


def test_list_shows_size_licence_and_state(hub: Hub) -> None:
    table = objects(models("list", "--json"))[0]
    assert ["toy", "Toy", "70 kB", "CC-BY-4.0", "missing"] in table["rows"]
    assert ["compact", "Compact", "0 B", "MIT", "comes with Evenstar"] in table["rows"]
    assert hub.log() == []


def test_list_is_a_table_for_people() -> None:
    assert "comes with Evenstar" in models("list").stdout


def test_info_names_terms_and_files(hub: Hub) -> None:
    shown = models("info", "toy").stdout
    for words in (
        "For tests.",
        "Name the authors. https://example.org/by",
        "deep/net.pt of some/toy at main",
    ):
        assert words in shown
    assert hub.log() == []


def test_download_fetches_and_says_how_far_it_is(hub: Hub) -> None:
    result = models("download", "toy", "--accept-licence", "--json")
    said = objects(result)
    assert result.exit_code == 0
    assert said[-1] == {"event": "done", "model": "toy", "state": "present"}
    assert {"stage": "download", "done_bytes": len(CONTENT)}.items() <= said[-3].items()
    assert (folder_of(TOY) / "net.pt").read_bytes() == CONTENT


def test_without_a_terminal_the_licence_must_be_named(hub: Hub) -> None:
    result = models("download", "toy")
    assert result.exit_code == 2
    assert "--accept-licence" in result.stderr
    assert hub.log() == []


def test_a_person_sees_the_terms_and_agrees(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask_as_person(monkeypatch, "y") == 0
    shown = capsys.readouterr().err
    assert "Name the authors." in shown
    assert "about 70 kB" in shown


def test_a_person_declines(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask_as_person(monkeypatch, "n") == 130
    assert hub.log() == []


def test_an_accepted_licence_is_not_asked_about_again() -> None:
    models("download", "toy", "--accept-licence")
    (folder_of(TOY) / "net.pt").unlink()
    assert models("download", "toy").exit_code == 0


def test_a_failed_download_is_one_sentence(hub: Hub) -> None:
    hub.plan({"corrupt": 3})
    result = models("download", "toy", "--accept-licence")
    assert result.exit_code == 1
    assert result.stderr.startswith("evenstar: net.pt arrived damaged")


def test_ctrl_c_stops_and_keeps_what_came(hub: Hub) -> None:
    hub.plan({"cut": 20_000, "stall": 0.5})
    code = (
        "from engine.models.registry import SPECS; from engine.models_cli import models_app\n"
        "from tests.toy_model import toy_model; SPECS['toy'] = toy_model()\n"
        "models_app(['download', 'toy', '--accept-licence'])"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    part = part_path(folder_of(TOY) / "net.pt")
    while not part.exists() or part.stat().st_size < 20_000:
        time.sleep(0.01)
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert "stopped on request" in process.communicate()[1]
    assert process.returncode == 130
    assert part.stat().st_size == 20_000


def test_an_unknown_model_is_a_wrong_argument() -> None:
    result = models("download", "nobody", "--json")
    assert result.exit_code == 2
    assert objects(result)[0]["kind"] == "SettingsError"


def test_import_shows_what_it_pins(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "net.pt").write_bytes(CONTENT)
    result = models("import", "toy", str(tmp_path), "--json")
    file = next(said for said in objects(result) if said["event"] == "file")
    assert result.exit_code == 0
    assert (file["sha256"], file["needed"], file["state"]) == (SHA256, None, "present")
    assert hub.log() == []


def test_import_says_for_people_that_it_pins(tmp_path: Path) -> None:
    (tmp_path / "net.pt").write_bytes(CONTENT)
    shown = models("import", "toy", str(tmp_path / "net.pt")).stderr
    assert f"net.pt: sha256 {SHA256}, pinned now on first use" in shown
    assert "Toy is ready to use." in shown


def test_verify_fails_for_a_damaged_file() -> None:
    models("download", "toy", "--accept-licence")
    assert models("verify", "toy").exit_code == 0
    (folder_of(TOY) / "net.pt").write_bytes(CONTENT[::-1])
    result = models("verify", "--json")
    assert result.exit_code == 1
    assert objects(result)[-1]["message"] == "damaged or missing: net.pt; download or import again"


def test_verify_passes_over_models_that_are_not_here() -> None:
    assert models("verify").exit_code == 0
    assert models("verify", "toy").exit_code == 1


def test_remove_frees_the_disk() -> None:
    models("download", "toy", "--accept-licence")
    result = models("remove", "toy", "--json")
    assert objects(result) == [{"event": "done", "model": "toy", "freed_bytes": len(CONTENT)}]
    assert not (folder_of(TOY) / "net.pt").exists()


def test_the_embedded_model_cannot_be_removed() -> None:
    result = models("remove", "compact")
    assert result.exit_code == 1
    assert "comes with Evenstar" in result.stderr


@pytest.mark.parametrize("module", ["engine.models_cli", "engine.models_console"])
def test_importing_loads_no_torch(module: str) -> None:
    code = f"import {module}, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_verbs_alone_are_light() -> None:
    """The window asks the command line for its verbs: that must not load the network's modules."""
    code = "import engine.models_cli, sys; sys.exit('engine.models.hub' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
