from pathlib import Path

from engine.naming import default_target


def test_the_target_lies_beside_the_source(tmp_path: Path) -> None:
    assert default_target(tmp_path / "tape.avi", 1080) == tmp_path / "tape_restored_1080p.mkv"


def test_a_taken_name_gets_a_number(tmp_path: Path) -> None:
    (tmp_path / "tape_restored_1080p.mkv").touch()
    assert default_target(tmp_path / "tape.avi", 1080).name == "tape_restored_1080p (2).mkv"
    (tmp_path / "tape_restored_1080p (2).mkv").touch()
    assert default_target(tmp_path / "tape.avi", 1080).name == "tape_restored_1080p (3).mkv"


def test_dots_in_a_name_are_kept(tmp_path: Path) -> None:
    assert default_target(tmp_path / "a.b.c.mp4", 720).name == "a.b.c_restored_720p.mkv"


def test_a_sequence_loses_its_number_pattern(tmp_path: Path) -> None:
    assert default_target(tmp_path / "frame_%04d.png", 720).name == "frame_restored_720p.mkv"
    assert default_target(tmp_path / "%04d.png", 720).name == f"{tmp_path.name}_restored_720p.mkv"
