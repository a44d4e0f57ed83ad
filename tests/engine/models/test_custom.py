"""Models of the user's own are known by their description, and a bad one is reported, not fatal."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.models.custom import add, custom_folder, custom_specs, parse
from engine.models.registry import SPECS, all_specs, spec_of
from engine.models.spec import WeightFile
from engine.models.weights_folder import FileState, model_state


@pytest.fixture(autouse=True)
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENSTAR_WEIGHTS", str(tmp_path / "weights"))


def make(tmp_path: Path) -> None:
    (tmp_path / "mine.pt").write_bytes(b"weights")
    spec = replace(
        SPECS["star-light"],
        id="mine",
        title="Mine",
        sizes={"network": {"width": 64}},
        weights=(WeightFile(name="mine.pt"),),
        custom=True,
        window=8,
    )
    add(spec, "star-light", {"mine.pt": tmp_path / "mine.pt"})


def test_a_model_that_was_added_is_in_the_list(tmp_path: Path) -> None:
    make(tmp_path)
    assert all_specs()[-1].id == "mine"
    spec = spec_of("mine")
    assert (spec.family, spec.window, spec.sizes) == ("star", 8, {"network": {"width": 64}})
    assert not spec.embedded
    assert model_state(spec) is FileState.PRESENT


def test_other_bytes_under_its_file_name_are_damage(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "weights/star/mine.pt").write_bytes(b"others")
    assert model_state(spec_of("mine")) is FileState.DAMAGED


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 9},
        {"base": "nobody"},
        {"id": "star-light"},
        {"id": "../escape"},
        {"surprise": 1},
        {"weights": [{"name": "../../x", "sha256": "0" * 64}]},
        {"window": "many"},
        {"window": 0},
    ],
    ids=str,
)
def test_a_description_that_is_wrong_is_reported_and_the_others_stay(tmp_path: Path, change: dict) -> None:
    make(tmp_path)
    good = json.loads((custom_folder() / "mine.json").read_text())
    with pytest.raises(ModelError):
        parse(json.dumps(good | change), "bad.json", SPECS)
    (custom_folder() / "bad.json").write_text(json.dumps(good | change))
    specs, reports = custom_specs(SPECS)
    assert [spec.id for spec in specs] == ["mine"]
    assert len(reports) == 1
    assert "bad.json" in reports[0]


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '"text"'])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(ModelError):
        parse(text, "bad.json", SPECS)
