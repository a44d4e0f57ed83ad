"""The guard against benchmarks that get worse unseen."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import SettingsError
from engine.metrics import bench_guard
from engine.metrics.cost_bench import DEFAULT_AT_MOST, FAST_AT_MOST

STORED = {"cost": 0.5, "whole": 1.02}


@pytest.mark.parametrize(("now", "moved"), [(0.57, []), (0.58, ["cost"]), (0.42, ["cost"]), (0.43, [])])
def test_a_ratio_that_moved_by_more_than_the_tolerance_is_named(now: float, moved: list[str]) -> None:
    assert bench_guard.compared({"cost": now, "whole": 1.02}, STORED)["moved"] == moved


def test_a_ratio_that_vanished_or_is_new_is_named() -> None:
    table = bench_guard.compared({"cost": 0.5, "start": 6.0}, STORED)
    assert table["moved"] == ["whole", "start"]
    assert [row[3] for row in table["rows"]] == ["+0%", "not measured", "new"]


def test_what_is_stored_with_this_version_can_be_read() -> None:
    stored = bench_guard.stored_ratios()
    assert stored["cost of Compact below beta 2"] <= DEFAULT_AT_MOST
    assert stored["cost of Compact fast below beta 2"] <= FAST_AT_MOST
    assert {"whole_over_slowest_in_pipeline", "pixel cost at 3840x2160"} <= set(stored)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, float]:
    """Measured ratios that a test sets; what is stored lies in a folder of its own."""
    ratios = dict(STORED)
    monkeypatch.setattr(bench_guard, "measured_ratios", lambda device: ratios)
    monkeypatch.setattr(bench_guard.resources, "files", lambda package: tmp_path)
    bench_guard.store(STORED, "a test")
    return ratios


def test_the_command_ends_with_1_when_something_moved(told: dict[str, float]) -> None:
    assert CliRunner().invoke(app, ["bench", "--quick", "--json"]).exit_code == 0
    told["cost"] = 0.9
    ended = CliRunner().invoke(app, ["bench", "--quick", "--json"])
    assert ended.exit_code == 1
    assert json.loads(ended.stdout)["moved"] == ["cost"]


def test_new_ratios_can_be_stored(told: dict[str, float]) -> None:
    told["cost"] = 0.9
    ended = CliRunner().invoke(app, ["bench", "--quick", "--store", "a laptop, today"])
    assert ended.exit_code == 0
    assert bench_guard.stored_ratios()["cost"] == 0.9


def test_nothing_stored_is_one_sentence(told: dict[str, float], tmp_path: Path) -> None:
    (tmp_path / bench_guard.STORED).write_text("[]")
    with pytest.raises(SettingsError, match="no stored ratios"):
        bench_guard.stored_ratios()
