from pathlib import Path

import pytest

from engine.errors import SettingsError
from engine.job import Job
from engine.target import files_of, publish, refuse_existing, working_name


def job(tmp_path: Path, name: str, *, overwrite: bool = False) -> Job:
    return Job(source=tmp_path / "source.mp4", target=tmp_path / name, overwrite=overwrite)


def test_a_free_name_is_accepted(tmp_path: Path) -> None:
    refuse_existing(job(tmp_path, "film.mkv"))


def test_an_existing_target_is_kept_unless_asked(tmp_path: Path) -> None:
    (tmp_path / "film.mkv").touch()
    with pytest.raises(SettingsError, match="exists already"):
        refuse_existing(job(tmp_path, "film.mkv"))
    refuse_existing(job(tmp_path, "film.mkv", overwrite=True))


def test_the_source_is_never_the_target(tmp_path: Path) -> None:
    (tmp_path / "source.mp4").touch()
    with pytest.raises(SettingsError, match="is the source itself"):
        refuse_existing(job(tmp_path, "source.mp4", overwrite=True))


def test_a_folder_is_not_a_target(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(SettingsError, match="is a folder"):
        refuse_existing(job(tmp_path, "out"))


def test_existing_frames_of_a_pattern_are_seen(tmp_path: Path) -> None:
    for name in ("f_000001.png", "f_000002.png", "f_x.png", "g_000001.png"):
        (tmp_path / name).touch()
    assert [p.name for p in files_of(tmp_path / "f_%06d.png")] == ["f_000001.png", "f_000002.png"]
    with pytest.raises(SettingsError, match="exists already"):
        refuse_existing(job(tmp_path, "f_%06d.png"))


def test_a_film_gets_its_name(tmp_path: Path) -> None:
    film = working_name(tmp_path, tmp_path / "x.mkv")
    film.write_bytes(b"film")
    publish(film, tmp_path / "x.mkv")
    assert [p.name for p in tmp_path.iterdir()] == ["x.mkv"]


def test_frames_get_their_pattern_and_replace_older_ones(tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    film = working_name(store, tmp_path / "f_%03d.png")
    for number in (1, 2):
        (store / (film.name % number)).write_bytes(b"new")
    (tmp_path / "f_007.png").write_bytes(b"old")
    publish(film, tmp_path / "f_%03d.png")
    assert sorted(p.name for p in tmp_path.glob("*.png")) == ["f_001.png", "f_002.png"]
