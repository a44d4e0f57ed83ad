from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.errors import SettingsError
from engine.job import Job
from engine.store import store_folder
from engine.target import files_of, finish_publication, publish, refuse_existing, working_name


def job(tmp_path: Path, name: str, *, overwrite: bool = False) -> Job:
    return Job(source=tmp_path / "source.mp4", target=tmp_path / name, overwrite=overwrite)


def built(tmp_path: Path, name: str) -> Path:
    """Where the film of that name is built; the folder exists."""
    folder = store_folder(tmp_path / name) / "settings"
    folder.mkdir(parents=True)
    return working_name(folder, tmp_path / name)


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
    film = built(tmp_path, "x.mkv")
    film.write_bytes(b"film")
    publish(film, job(tmp_path, "x.mkv"))
    assert (tmp_path / "x.mkv").read_bytes() == b"film"
    assert not film.exists()


def test_a_file_that_took_the_name_meanwhile_is_kept(tmp_path: Path) -> None:
    film = built(tmp_path, "x.mkv")
    film.write_bytes(b"film")
    (tmp_path / "x.mkv").write_bytes(b"somebody's")
    with pytest.raises(SettingsError, match="exists already"):
        publish(film, job(tmp_path, "x.mkv"))
    assert (tmp_path / "x.mkv").read_bytes() == b"somebody's"
    assert film.exists()


def test_frames_get_their_pattern_and_replace_older_ones(tmp_path: Path) -> None:
    film = built(tmp_path, "f_%03d.png")
    for number in (1, 2):
        (film.parent / (film.name % number)).write_bytes(b"new")
    (tmp_path / "f_007.png").write_bytes(b"old")
    publish(film, job(tmp_path, "f_%03d.png", overwrite=True))
    assert sorted(p.name for p in tmp_path.glob("*.png")) == ["f_001.png", "f_002.png"]


def test_other_percent_signs_of_a_name_are_only_signs(tmp_path: Path) -> None:
    film = built(tmp_path, "50%x_%04d.png")
    (film.parent / (film.name % 1)).write_bytes(b"new")
    publish(film, job(tmp_path, "50%x_%04d.png"))
    assert (tmp_path / "50%x_0001.png").exists()


class DiedError(Exception):
    """Stands for a process that ends in the middle."""


@pytest.mark.parametrize("steps", range(7))
def test_a_process_that_dies_while_it_names_frames_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    wanted = job(tmp_path, "f_%03d.png", overwrite=True)
    film = built(tmp_path, "f_%03d.png")
    for number in (1, 2, 3):
        (film.parent / (film.name % number)).write_bytes(b"new")
        (tmp_path / f"f_{number + 1:03d}.png").write_bytes(b"old")
    left = iter([True] * steps)
    rename, unlink = Path.replace, Path.unlink

    def or_die(act: Callable[..., Any]) -> Callable[..., Any]:
        def acting(path: Path, *arguments: Any, **options: Any) -> Any:
            if not next(left, False):
                raise DiedError
            return act(path, *arguments, **options)

        return acting

    with monkeypatch.context() as dying:
        dying.setattr(Path, "replace", or_die(rename))
        dying.setattr(Path, "unlink", or_die(unlink))
        with pytest.raises(DiedError):
            publish(film, wanted)
    if steps == 0:
        assert not finish_publication(wanted)  # it had not begun: the old frames stand
        assert len(list(tmp_path.glob("f_*.png"))) == 3
        return
    assert finish_publication(wanted)
    assert [p.read_bytes() for p in sorted(tmp_path.glob("f_*.png"))] == [b"new"] * 3
    assert [p.name for p in sorted(tmp_path.glob("f_*.png"))] == ["f_001.png", "f_002.png", "f_003.png"]


def test_a_note_about_another_job_is_completed_but_not_taken_for_this_one(tmp_path: Path) -> None:
    film = built(tmp_path, "x.mkv")
    film.write_bytes(b"film")
    publish(film, job(tmp_path, "x.mkv"))
    other = Job(source=tmp_path / "other.mp4", target=tmp_path / "x.mkv")
    assert not finish_publication(other)
    assert (tmp_path / "x.mkv").read_bytes() == b"film"


def test_a_damaged_note_is_forgotten(tmp_path: Path) -> None:
    film = built(tmp_path, "x.mkv")
    (film.parent / "publishing").write_bytes(b"{")
    assert not finish_publication(job(tmp_path, "x.mkv"))
    assert not (film.parent / "publishing").exists()
