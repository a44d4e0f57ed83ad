from pathlib import Path

import pytest

from engine.errors import SettingsError
from engine.prompts import LONGEST, prompts_for
from engine.settings import RestorationSettings

NOTHING = RestorationSettings()


def test_without_words_anywhere_the_model_has_its_own(tmp_path: Path) -> None:
    assert prompts_for(tmp_path / "clip.mp4", NOTHING).at(7) is None


def test_a_text_file_beside_the_clip_speaks_for_all_of_it(tmp_path: Path) -> None:
    (tmp_path / "clip.txt").write_text("a street\nin the rain\n", encoding="utf-8")
    prompts = prompts_for(tmp_path / "clip.mp4", NOTHING)
    assert (prompts.at(0), prompts.origin) == ("a street in the rain", "clip.txt")


def test_a_table_speaks_for_several_clips_and_for_their_parts(tmp_path: Path) -> None:
    (tmp_path / "prompts.csv").write_text(
        'file,first frame,prompt\nother.mp4,not mine\nclip.mp4,40,"a cat, asleep"\nclip.mp4,a dog\n',
        encoding="utf-8",
    )
    prompts = prompts_for(tmp_path / "clip.mp4", NOTHING)
    assert [prompts.at(frame) for frame in (0, 39, 40, 99)] == [
        "a dog",
        "a dog",
        "a cat, asleep",
        "a cat, asleep",
    ]


def test_settings_win_over_files(tmp_path: Path) -> None:
    (tmp_path / "clip.txt").write_text("from the file")
    settings = RestorationSettings(prompt="chosen", shot_prompts=((10, "later"),))
    prompts = prompts_for(tmp_path / "clip.mp4", settings)
    assert (prompts.at(9), prompts.at(10), prompts.origin) == ("chosen", "later", None)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("clip.mp4,1,2,3", "line 1: found 4 columns"),
        ("clip.mp4,minus one,a dog", "line 1: found 3 columns"),
        ("clip.mp4," + "x" * (LONGEST + 1), "at most 2000"),
    ],
)
def test_a_table_that_cannot_be_understood_names_its_line(tmp_path: Path, line: str, words: str) -> None:
    (tmp_path / "prompts.csv").write_text(line)
    with pytest.raises(SettingsError, match=words):
        prompts_for(tmp_path / "clip.mp4", NOTHING)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "clip.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match=r"clip\.txt cannot be read as text"):
        prompts_for(tmp_path / "clip.mp4", NOTHING)
