"""Damaged files of all kinds end in a film or in one sentence: no crash, no hang, no traceback, no huge allocation."""

import contextlib
import errno
import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.estimate import Speeds
from app.preferences import Preferences
from app.queue_file import QueueEntry, QueueFile
from engine.errors import ModelError, SettingsError
from engine.job import Job
from engine.models.custom import custom_specs
from engine.models.registry import SPECS
from engine.models.weights_folder import read_ledger
from engine.plan import Segment, Shot
from engine.presets import as_dict, find, parse, shipped
from engine.store import SegmentStore
from tests.clips import make_clip, make_images
from tests.reliability.figures import Count

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(900)]
ROOT = Path(__file__).parent.parent.parent
MUTANTS = 40
"""Of each kind of file."""
KINDS: dict[str, dict[str, Any]] = {
    "a.mp4": {"audio": "aac"},
    "b.mkv": {"audio": "aac", "extras": True},
    "c.avi": {"codec": "mpeg4"},
    "d.ts": {"audio": "aac"},
    "e.mov": {"codec": "qtrle", "pixel_format": "argb"},
    "f.h264": {},
    "g.mpg": {"codec": "mpeg2video"},
    "h.webm": {"codec": "libvpx-vp9"},
    "i.gif": {"codec": "gif", "pixel_format": "rgb8"},
}


def mutated(content: bytes, dice: random.Random) -> bytes:
    """One kind of damage: flipped bits, other bytes near the start, a cut, a hole, or a doubled piece."""
    data = bytearray(content)
    kind = dice.choice(["flips", "header", "cut", "hole", "double", "sizes"])
    if kind == "flips":
        for _ in range(dice.randint(1, 60)):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    elif kind == "header":
        for _ in range(dice.randint(1, 12)):
            data[dice.randrange(min(len(data), 600))] = dice.randrange(256)
    elif kind == "cut":
        del data[dice.randrange(1, len(data)) :]
    elif kind == "hole":
        at = dice.randrange(len(data))
        data[at : at + 2000] = bytes(len(data[at : at + 2000]))
    elif kind == "double":
        at = dice.randrange(len(data))
        data[at:at] = data[at : at + 1500]
    else:
        at = dice.randrange(max(len(data) - 4, 1))
        data[at : at + 4] = dice.choice([b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x00\xea\x60"])
    return bytes(data)


@pytest.mark.parametrize("name", [*KINDS, "pictures"])
def test_mutants_of_media_are_read_or_refused(tmp_path: Path, name: str, count: Count) -> None:
    dice = random.Random(name)
    if name == "pictures":
        make_images(tmp_path / "p", "p_%02d.png", [1])
        original, suffix = tmp_path / "p" / "p_01.png", ".png"
    else:
        original, suffix = make_clip(tmp_path / name, n_frames=10, **KINDS[name]), Path(name).suffix
    content = original.read_bytes()
    mutants = []
    for number in range(MUTANTS):
        path = tmp_path / f"mutant{number:03d}{suffix}"
        path.write_bytes(mutated(content, dice))
        mutants.append(path)
    command = [sys.executable, "-m", "tests.reliability.fuzz_child", *map(str, mutants)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, errors="replace")
    last = run.stdout.splitlines()[-1] if run.stdout else "nothing was read"
    assert run.returncode == 0, f"ended with {run.returncode} at {last}: {run.stderr[-2000:]}"
    assert run.stdout.count("\nend ") == MUTANTS
    count("mutants", MUTANTS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
QUICK = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


def damage_json(data: Any, draw: Callable[..., Any]) -> Any:
    """The data with one value, at any depth, replaced or left out."""
    here, path = data, []
    while isinstance(here, dict | list) and here and draw(st.booleans() if path else st.just(True)):
        key = draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
        path.append((here, key))
        here = here[key]
    holder, key = path[-1]
    if isinstance(holder, dict) and draw(st.booleans()):
        del holder[key]
    else:
        holder[key] = draw(JSON)
    return data


@given(st.data())
@QUICK
def test_damaged_presets_are_refused_in_a_sentence(count: Count, data: Any) -> None:
    text = json.dumps(damage_json(as_dict(data.draw(st.sampled_from(shipped()))), data.draw))
    with contextlib.suppress(SettingsError):
        parse(text, "fuzz.json")
    count("documents", part="presets")


@given(st.binary(max_size=300))
@QUICK
def test_any_bytes_as_a_queue_are_set_aside(
    tmp_path_factory: pytest.TempPathFactory, count: Count, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("queue") / "queue.json"
    path.write_bytes(content)
    file = QueueFile(path)
    assert file.read() == () or file.report == ""
    count("documents", part="queues")


@given(st.data())
@QUICK
def test_damaged_queues_are_read_or_set_aside(
    tmp_path_factory: pytest.TempPathFactory, count: Count, data: Any
) -> None:
    path = tmp_path_factory.mktemp("queue") / "queue.json"
    entries = (QueueEntry(id=1, job=Job(source=Path("a.mkv"), target=Path("b.mkv")), done_frames=5),)
    QueueFile(path).write(entries)
    path.write_text(json.dumps(damage_json(json.loads(path.read_text()), data.draw)))
    file = QueueFile(path)
    found = file.read()
    if file.report:
        assert found == ()
        assert not path.exists()
        assert [p.name for p in path.parent.iterdir()] == ["queue.json.damaged"]
    count("documents", part="queues")


@given(st.data())
@QUICK
def test_damaged_manifests_are_read_or_set_aside(
    tmp_path_factory: pytest.TempPathFactory, count: Count, data: Any
) -> None:
    target = tmp_path_factory.mktemp("store") / "film.mkv"
    segment = Segment(index=0, start=0, stop=4, shot=Shot(start=0, stop=4))
    with SegmentStore(target, {"seed": 1}) as store:
        store.path(segment).write_bytes(b"frames")
        store.record(segment)
        path = store.folder / "manifest.json"
    path.write_text(json.dumps(damage_json(json.loads(path.read_text()), data.draw)))
    with SegmentStore(target, {"seed": 1}) as again:
        held = again.holds(segment)  # whatever the manifest says, this answers
        if again.reports:
            assert not held
            assert (again.folder / "manifest.damaged").exists()
    count("documents", part="manifests")


DEEP = "[" * 100_000
"""Makes Python's JSON reader give up by recursion, not by a ValueError."""


def test_a_manifest_that_is_too_deep_is_set_aside(tmp_path: Path) -> None:
    target = tmp_path / "film.mkv"
    with SegmentStore(target, {}) as store:
        folder = store.folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(DEEP)
    with SegmentStore(target, {}) as again:
        assert again.reports


@pytest.mark.parametrize(
    "content",
    [DEEP, "", "null", "[]", "{}", '{"a": NaN}', "\ud800", "{" * 9],
    ids=["deep", "empty", "null", "list", "table", "nan", "surrogate", "open"],
)
def test_every_file_of_the_application_may_hold_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, count: Count
) -> None:
    """Queue, preferences, learned speeds, presets, model descriptions and pinned checksums."""
    monkeypatch.setenv("EVENSTAR_WEIGHTS", str(tmp_path))
    data = content.encode("utf-8", "surrogatepass")
    for name in ("queue.json", "preferences.json", "speeds.json", "weights.json", "custom/mine.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    queue = QueueFile(tmp_path / "queue.json")
    assert queue.read() == ()
    assert queue.report
    Preferences(tmp_path / "preferences.json")
    Speeds(tmp_path / "speeds.json")
    specs, reports = custom_specs(SPECS)
    assert specs == ()
    assert len(reports) == 1
    with contextlib.suppress(ModelError):
        read_ledger(tmp_path)
    with pytest.raises(SettingsError):
        find(str(tmp_path / "custom" / "mine.json"))
    count("documents", 6, part="other files")


def test_a_queue_whose_failure_is_cut_short_is_set_aside(tmp_path: Path) -> None:
    path, entry = (
        tmp_path / "queue.json",
        QueueEntry(id=1, job=Job(source=Path("a.mkv"), target=Path("b.mkv"))),
    )
    QueueFile(path).write((entry,))
    data = json.loads(path.read_text())
    data["entries"][0]["failure"] = [None]
    path.write_text(json.dumps(data))
    file = QueueFile(path)
    assert file.read() == ()
    assert file.report


def test_a_disk_that_refuses_the_queue_leaves_the_one_saved_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path, entry = (
        tmp_path / "queue.json",
        QueueEntry(id=1, job=Job(source=Path("a.mkv"), target=Path("b.mkv"))),
    )
    QueueFile(path).write((entry,))

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("app.preferences.write_atomically", refuse)
    QueueFile(path).write(())
    assert [found.id for found in QueueFile(path).read()] == [1]
    assert "cannot be saved" in caplog.text


def test_events_can_be_written_as_json() -> None:
    from engine.events import Finding, Verified

    report = Verified(
        n_frames=1, psnr=None, checks=("frames",), findings=(Finding(name="frames", found="1"),)
    )
    assert json.loads(json.dumps(asdict(report)))["findings"] == [{"name": "frames", "found": "1"}]
