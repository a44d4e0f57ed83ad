"""Presets: shipped ones load, one's own round-trip, damaged ones are set aside with a sentence."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from engine import presets
from engine.errors import SettingsError
from engine.settings import Codec, ExportSettings, Preset, RestorationSettings


def test_the_shipped_presets_are_named_by_source() -> None:
    names = [preset.name for preset in presets.shipped()]
    assert names == ["Old tape / DVD", "Phone clip", "Web video", "Animation", "AI clip", "Draft"]


def test_a_preset_survives_saving_and_loading(tmp_path: Path) -> None:
    preset = Preset(
        name="Großes Kino / 4K",
        restoration=RestorationSettings(scale=3.0, beta=0.35, prompt="a street", condition=0.5),
        export=ExportSettings(codec=Codec.H265, crf=20, copy_chapters=False),
    )
    assert presets.load(presets.save(preset, tmp_path)) == preset


def test_only_changed_settings_are_written() -> None:
    assert presets.settings_dict(RestorationSettings(beta=0.5)) == {"beta": 0.5}
    assert presets.settings_dict(ExportSettings()) == {}


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ("{", "JSON"),
        ("[]", "no settings"),
        ({"schema": 2, "name": "x"}, "schema"),
        ({"schema": 1}, "name"),
        ({"schema": 1, "name": "x", "colour": 1}, "'colour'"),
        ({"schema": 1, "name": "x", "restoration": {"betta": 1}}, "'betta'"),
        ({"schema": 1, "name": "x", "restoration": {"beta": 3}}, "0 to 2"),
        ({"schema": 1, "name": "x", "restoration": {"beta": "much"}}, "beta"),
        ({"schema": 1, "name": "x", "restoration": {"seed": True}}, "seed"),
        ({"schema": 1, "name": "x", "export": {"codec": "vp6"}}, "h264"),
        ({"schema": 1, "name": "x", "export": {"copy_audio": "yes"}}, "copy_audio"),
        ({"schema": 1, "name": "x", "export": []}, "names and values"),
    ],
)
def test_a_preset_that_makes_no_sense_is_refused_with_a_sentence(data: object, word: str) -> None:
    text = data if isinstance(data, str) else json.dumps(data)
    with pytest.raises(SettingsError, match=word):
        presets.parse(text, "mine.json")


def test_damaged_presets_of_a_folder_are_set_aside_and_reported(tmp_path: Path) -> None:
    presets.save(Preset(name="good"), tmp_path)
    (tmp_path / "bad.json").write_text("{")
    found, reports = presets.load_folder(tmp_path)
    assert [preset.name for preset in found] == ["good"]
    assert len(reports) == 1
    assert (tmp_path / "bad.json.damaged").exists()
    assert presets.load_folder(tmp_path)[1] == ()


def test_a_preset_is_found_by_name_whatever_its_case() -> None:
    assert presets.find("web VIDEO").name == "Web video"


def test_a_preset_nobody_knows_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(SettingsError, match="Web video"):
        presets.find("Super 8")


def test_a_preset_without_a_name_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="name"):
        presets.save(Preset(name="  "), tmp_path)


@pytest.mark.parametrize("keep_frames", [True, False, None])
def test_what_may_be_yes_no_or_open_can_be_written_and_read(keep_frames: bool | None) -> None:
    settings = ExportSettings(keep_frames=keep_frames)
    assert presets.settings_from(ExportSettings, presets.settings_dict(settings), "here") == settings


def test_every_setting_can_be_written_and_read() -> None:
    full = RestorationSettings(
        model="other", short_side=720, beta=0.1, seed=1, steps=9, prompt="p", condition=0.2, tile=64, window=8
    )
    again = presets.settings_from(RestorationSettings, presets.settings_dict(full), "here")
    assert again == full
    assert {field.name for field in fields(full)} >= set(presets.settings_dict(full))
