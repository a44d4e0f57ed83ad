"""A folder becomes jobs."""

from pathlib import Path

import pytest

from engine.batch import find_clips, jobs_of, standard_out_folder
from engine.errors import SourceError
from engine.settings import Preset, RestorationSettings


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "Bänder"
    for name in ("b.MP4", "a.mkv", "1994/sommer ☀.avi", "1994/tief/x.mov", "notes.txt", ".hidden.mkv"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"film")
    return folder


def test_clips_are_found_in_all_folders_with_a_mirrored_tree(tree: Path) -> None:
    batch = find_clips(tree)
    relative = [str(item.target.relative_to(batch.out_folder)) for item in batch.items]
    assert relative == ["1994/sommer ☀.mkv", "1994/tief/x.mkv", "a.mkv", "b.mkv"]
    assert batch.out_folder == tree.with_name("Bänder_restored")
    assert batch.n_other == 1


def test_only_the_folder_itself_when_asked(tree: Path) -> None:
    assert [item.source.name for item in find_clips(tree, recursive=False).items] == ["a.mkv", "b.MP4"]


def test_types_can_be_chosen(tree: Path) -> None:
    assert [item.source.name for item in find_clips(tree, suffixes=("mp4",)).items] == ["b.MP4"]


def test_finished_clips_are_told_from_new_ones(tree: Path) -> None:
    out = standard_out_folder(tree)
    out.mkdir()
    (out / "a.mkv").write_bytes(b"done")
    batch = find_clips(tree)
    assert [item.source.name for item in batch.items if item.finished] == ["a.mkv"]
    assert len(batch.unfinished) == 3


def test_results_inside_the_folder_are_not_taken_for_clips(tree: Path) -> None:
    out = tree / "restored"
    out.mkdir()
    (out / "a.mkv").write_bytes(b"done")
    assert all(out not in item.source.parents for item in find_clips(tree, out).items)


def test_two_clips_of_one_name_get_two_results(tree: Path) -> None:
    (tree / "a.mp4").write_bytes(b"film")
    targets = [item.target.name for item in find_clips(tree, recursive=False).items]
    assert len(set(targets)) == len(targets) == 3


def test_a_file_is_not_a_folder(tree: Path) -> None:
    with pytest.raises(SourceError, match="not a folder"):
        find_clips(tree / "a.mkv")


def test_jobs_take_the_settings_of_their_preset(tree: Path) -> None:
    preset = Preset(name="p", restoration=RestorationSettings(beta=0.5))
    jobs = jobs_of(find_clips(tree).items, preset)
    assert {job.restoration.beta for job in jobs} == {0.5}
    assert jobs[0].source.name == "sommer ☀.avi"
