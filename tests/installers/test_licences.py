"""What is bundled is listed with its licence, and a built application carries the texts."""

import json
from pathlib import Path

import pytest

from installers import licences


def listed() -> list[licences.Bundled]:
    text = (licences.LICENCES / licences.LIST_NAME).read_text(encoding="utf-8")
    return [licences.Bundled(**entry) for entry in json.loads(text)]


def test_the_list_names_every_package_that_is_installed_with_evenstar() -> None:
    def told(entries: list[licences.Bundled]) -> list[tuple[str, str]]:
        return [(entry.name, entry.licence) for entry in entries]

    assert told(listed()) == told(licences.bundled()), "run python -m installers.licences"


@pytest.mark.parametrize("name", ["x264", "x265"])
def test_the_encoders_inside_pyav_are_called_gpl(name: str) -> None:
    entry = next(entry for entry in listed() if entry.name == name)
    assert entry.licence.startswith("GPL")
    assert "GPL" in entry.note
    assert "PyAV" in entry.note


def test_everything_has_a_text_or_an_address() -> None:
    assert [entry.name for entry in listed() if not (entry.text_file or entry.url)] == []


def test_the_texts_that_no_package_brings_are_among_the_sources() -> None:
    own = {
        entry.text_file for entry in listed() if entry.text_file and not entry.text_file.startswith("texts/")
    }
    assert [name for name in own if not (licences.LICENCES / name).is_file()] == []


def test_a_built_application_carries_the_text_of_every_package(tmp_path: Path) -> None:
    entries = licences.collect_texts(tmp_path)
    promised = [
        entry.text_file for entry in entries if entry.text_file and entry.text_file.startswith("texts/")
    ]
    assert len(promised) > 40
    assert [name for name in promised if not (tmp_path / name).read_text(encoding="utf-8").strip()] == []


def test_what_was_left_out_is_not_listed(tmp_path: Path) -> None:
    entries = licences.collect_texts(tmp_path, left_out=("hf_xet",))
    assert "hf-xet" not in [entry.name for entry in entries]
    assert not (tmp_path / "texts/hf-xet.txt").exists()
