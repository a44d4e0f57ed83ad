import json
from pathlib import Path

import pytest

from engine.atomic import write_atomically
from engine.errors import StoreError
from engine.plan import Segment, Shot
from engine.store import SegmentStore, discard, source_fingerprint, store_folder

SHOT = Shot(start=0, stop=20)
FIRST = Segment(index=0, start=0, stop=10, shot=SHOT)
SECOND = Segment(index=1, start=10, stop=20, shot=SHOT)


def finish(store: SegmentStore, segment: Segment, content: bytes = b"frames") -> None:
    store.path(segment).write_bytes(content)
    store.record(segment)


def test_a_recorded_segment_is_found_by_the_next_run(tmp_path: Path) -> None:
    target = tmp_path / "film.mkv"
    with SegmentStore(target, {"seed": 1}) as store:
        finish(store, FIRST)
    with SegmentStore(target, {"seed": 1}) as again:
        assert again.holds(FIRST)
        assert not again.holds(SECOND)


def test_other_settings_keep_their_own_segments(tmp_path: Path) -> None:
    target = tmp_path / "film.mkv"
    with SegmentStore(target, {"seed": 1}) as store:
        finish(store, FIRST)
    with SegmentStore(target, {"seed": 2}) as other:
        assert not other.holds(FIRST)
        finish(other, FIRST, b"others")
    with SegmentStore(target, {"seed": 1}) as store:
        assert store.holds(FIRST)


@pytest.mark.parametrize("damage", [b"", b"framez", b"frames and more"])
def test_a_damaged_segment_does_not_count(tmp_path: Path, damage: bytes) -> None:
    with SegmentStore(tmp_path / "film.mkv", {}) as store:
        finish(store, FIRST)
        store.path(FIRST).write_bytes(damage)
        assert not store.holds(FIRST)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 99}', '{"version": 2, "facts": {}}'])
def test_a_damaged_manifest_is_set_aside(tmp_path: Path, content: str) -> None:
    target = tmp_path / "film.mkv"
    with SegmentStore(target, {}) as store:
        finish(store, FIRST)
        folder = store.folder
    (folder / "manifest.json").write_text(content)
    with SegmentStore(target, {}) as again:
        assert not again.holds(FIRST)
        assert (folder / "manifest.damaged").exists()
        assert again.reports == (
            "the record of the finished parts was damaged and set aside as manifest.damaged",
        )


def test_two_runs_on_one_target_refuse_politely(tmp_path: Path) -> None:
    target = tmp_path / "film.mkv"
    with SegmentStore(target, {}), pytest.raises(StoreError, match=r"another run .* film\.mkv"):
        SegmentStore(target, {})


def test_an_empty_store_leaves_nothing(tmp_path: Path) -> None:
    with SegmentStore(tmp_path / "film.mkv", {}):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_finished_film_leaves_no_store(tmp_path: Path) -> None:
    with SegmentStore(tmp_path / "film.mkv", {}) as store:
        finish(store, FIRST)
        store.remove()
    assert list(tmp_path.iterdir()) == []


def test_restored_frames_are_found_whatever_the_film_is_encoded_with(tmp_path: Path) -> None:
    target = tmp_path / "film.mkv"
    with SegmentStore(target, {"codec": "h264"}, {"seed": 1}) as store:
        store.frames.folder.mkdir()
        store.frames.path(FIRST).write_bytes(b"frames")
        store.frames.record(FIRST)
    with SegmentStore(target, {"codec": "av1"}, {"seed": 1}) as other:
        assert not other.holds(FIRST)
        assert other.frames.holds(FIRST)
        other.remove(keep_frames=True)
    with SegmentStore(target, {"codec": "av1"}, {"seed": 1}) as again:
        assert again.frames.holds(FIRST)
        again.remove()
    assert list(tmp_path.iterdir()) == []


def test_the_plan_of_a_run_is_left_for_the_next(tmp_path: Path) -> None:
    target = tmp_path / "film.mkv"
    with SegmentStore(target, {}) as store:
        store.knobs = {"window": 2}
        finish(store, FIRST)
    with SegmentStore(target, {}) as again:
        assert again.knobs == {"window": 2}


def test_discard_removes_everything(tmp_path: Path) -> None:
    target = tmp_path / "film.mkv"
    with SegmentStore(target, {}) as store:
        finish(store, FIRST)
    discard(target)
    assert not store_folder(target).exists()


def test_the_manifest_can_be_read_by_people(tmp_path: Path) -> None:
    with SegmentStore(tmp_path / "film.mkv", {"model": "compact"}) as store:
        finish(store, SECOND)
        manifest = json.loads((store.folder / "manifest.json").read_text())
    assert manifest["facts"] == {"model": "compact"}
    assert (manifest["segments"][0]["start"], manifest["segments"][0]["stop"]) == (10, 20)


def test_the_fingerprint_sees_a_change_at_either_end(tmp_path: Path) -> None:
    path = tmp_path / "clip.bin"
    prints = []
    for content in (b"a" * 3_000_000, b"b" + b"a" * 2_999_999, b"a" * 2_999_999 + b"b"):
        path.write_bytes(content)
        prints.append(source_fingerprint(path)["ends"])
    assert len(set(prints)) == 3


def test_writing_atomically_leaves_no_part_file(tmp_path: Path) -> None:
    write_atomically(tmp_path / "queue.json", b"{}")
    assert [path.name for path in tmp_path.iterdir()] == ["queue.json"]
