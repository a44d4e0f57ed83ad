"""No network, no weights that were not vouched for, no way out of the chosen folder, one run at a time."""

import ast
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from engine.batch import find_clips
from engine.device import Placement
from engine.errors import ModelError, SourceError, StoreError
from engine.events import Event, SegmentDone
from engine.models.compact import restorer as compact
from engine.models.compact.spec import COMPACT
from engine.presets import save
from engine.restore import restore
from engine.settings import Preset
from engine.store import SegmentStore
from tests.reliability.figures import Count
from tests.reliability.films import leftovers, toy_job

pytestmark = pytest.mark.reliability
ROOT = Path(__file__).parent.parent.parent
NO_NETWORK = """
import socket, sys
def refuse(*arguments, **options):
    raise SystemExit("a socket was opened")
class Refused(socket.socket):
    def __init__(self, *arguments, **options):
        refuse()
socket.socket = Refused
socket.create_connection = socket.getaddrinfo = refuse
sys.addaudithook(lambda event, arguments: refuse() if event.startswith("socket.") else None)
from engine.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(autouse=True)
def counted(count: Count) -> None:
    count("trust")


def test_an_upscale_opens_no_socket(source: Path) -> None:
    target = source.parent / "film.mkv"
    command = [sys.executable, "-c", NO_NETWORK, "upscale", str(source), "-o", str(target), "--scale", "2"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert target.exists()


def test_embedded_weights_load_only_when_their_sha256_is_the_pinned_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = resources.files("resources").joinpath("weights", COMPACT.weights[0].name)
    folder = tmp_path / "weights"
    folder.mkdir()
    with resources.as_file(shipped) as path:
        content = bytearray(path.read_bytes())
    content[-100] ^= 1
    (folder / COMPACT.weights[0].name).write_bytes(content)
    monkeypatch.setattr(compact.resources, "files", lambda package: tmp_path)
    with pytest.raises(ModelError, match="sha256"):
        compact.load(COMPACT, Placement(device="cpu", dtype="float32"))


def test_pickles_are_read_with_weights_only() -> None:
    """Nothing in the engine calls torch.load without weights_only=True, or unpickles by itself."""
    found = []
    for path in sorted((ROOT / "engine").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if name in ("pickle.load", "pickle.loads", "joblib.load", "numpy.load"):
                found.append(f"{path.name}: {name}")
            if name == "torch.load":
                given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}  # type: ignore[attr-defined]
                if given.get("weights_only") != "True":
                    found.append(f"{path.name}: {ast.unparse(node)}")
    assert found == []


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "a/../../b", "..", "con\x00nul", "evil\n"])
def test_names_of_presets_stay_in_their_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "presets"
    path = save(Preset(name=name), folder)
    assert path.resolve().parent == folder.resolve()
    assert leftovers(tmp_path, "presets") == [f"presets/{path.name}"]


@pytest.mark.parametrize(
    "name", ["..mkv", "...mkv", "%2e%2e%2fevil.mkv", "a\\..\\b.mkv", "-o.mkv", "new\nline.mkv"]
)
def test_names_of_clips_stay_in_the_out_folder(tmp_path: Path, name: str) -> None:
    clips, out = tmp_path / "clips", tmp_path / "out"
    clips.mkdir()
    (clips / name).touch()
    for item in find_clips(clips, out).items:
        assert item.target.resolve().is_relative_to(out.resolve())


def test_a_link_to_a_folder_elsewhere_is_not_followed(tmp_path: Path) -> None:
    clips, elsewhere = tmp_path / "clips", tmp_path / "elsewhere"
    clips.mkdir()
    elsewhere.mkdir()
    (elsewhere / "a.mkv").touch()
    (clips / "link").symlink_to(elsewhere)
    assert find_clips(clips, tmp_path / "out").items == ()


def test_two_processes_on_one_film_refuse_politely(source: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom engine.store import SegmentStore\n"
        "with SegmentStore(Path(sys.argv[1]), {}):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    target = source.parent / "film.mkv"
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(target)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdin is not None
    try:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(StoreError, match=r"another run of Evenstar is working on film\.mkv"):
            restore(toy_job(source))
    finally:
        other.stdin.close()
        other.wait()
        other.stdout.close()
    restore(toy_job(source))
    assert leftovers(source.parent, "source.mp4") == ["film.mkv"]


CONTENDER = """
import sys
from pathlib import Path
from engine.errors import StoreError
from engine.store import SegmentStore
target, inside, held = Path(sys.argv[1]), Path(sys.argv[2]), 0
for _ in range(300):
    try:
        with SegmentStore(target, {}):
            inside.touch(exist_ok=False)  # FileExistsError: somebody else is inside too
            held += 1
            inside.unlink()
    except StoreError as error:
        assert "another run" in str(error), error
print(held)
"""


def test_runs_that_come_and_go_never_hold_one_store_together(tmp_path: Path) -> None:
    """Each takes its empty store away when it goes, lock file included, while others open it."""
    command = [sys.executable, "-c", CONTENDER, str(tmp_path / "film.mkv"), str(tmp_path / "inside")]
    runs = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    ends = [(run.communicate(), run.returncode) for run in runs]
    assert [code for _, code in ends] == [0] * 4, [said[1] for said, _ in ends]
    assert sum(int(said[0]) for said, _ in ends) > 0
    assert list(tmp_path.iterdir()) == []


def test_a_source_that_changes_under_the_work_is_not_joined_with_it(source: Path) -> None:
    def listen(event: Event) -> None:
        if isinstance(event, SegmentDone) and event.index == 0:
            with source.open("r+b") as file:
                file.seek(-20, 2)
                file.write(bytes(20))

    with pytest.raises(SourceError, match=r"source\.mp4 has changed while it was restored"):
        restore(toy_job(source), listen)
    assert not (source.parent / "film.mkv").exists()


def test_a_source_that_goes_away_is_missed_in_one_sentence(source: Path) -> None:
    def listen(event: Event) -> None:
        if isinstance(event, SegmentDone) and event.index == 0:
            source.unlink()

    with pytest.raises(SourceError, match=r"source\.mp4 can no longer be read"):
        restore(toy_job(source), listen)
    assert not (source.parent / "film.mkv").exists()


def test_a_store_that_was_thrown_away_does_not_hold_the_name(tmp_path: Path) -> None:
    target = tmp_path / "film.mkv"
    with SegmentStore(target, {}) as store:
        shutil.rmtree(store.folder.parent)
    assert list(tmp_path.iterdir()) == []
