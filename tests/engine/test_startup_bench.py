"""How long a start takes."""

import json
import sys
from pathlib import Path

import pytest

from engine import startup_bench


def test_a_process_is_timed(tmp_path: Path) -> None:
    wall, cpu = startup_bench._run([sys.executable, "-c", "import time; time.sleep(0.2)"], tmp_path)
    assert wall >= 0.2
    assert 0 < cpu < wall


@pytest.mark.parametrize(
    ("event", "seen"),
    [
        ({"event": "preview", "frame": 0}, True),
        ({"event": "progress", "done_frames": 1}, True),
        ({"event": "progress", "done_frames": 0}, False),
        ({"event": "plan"}, False),
    ],
)
def test_the_first_frame_is_known_by_its_event(event: dict[str, object], seen: bool) -> None:
    assert startup_bench._is_a_frame(json.dumps(event).encode()) == seen


def test_every_start_is_measured_in_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = {"pass": 0.3, "--help": 0.4, startup_bench._IMPORT_QT: 0.5}
    monkeypatch.setattr(startup_bench, "_run", lambda command, _compiled: (seconds[command[-1]],) * 2)
    monkeypatch.setattr(startup_bench, "_first_paint", lambda _compiled: 0.9)
    monkeypatch.setattr(startup_bench, "_first_frame", lambda _compiled: 4.0)
    table = startup_bench.measure_startup(repeats=3)
    rows = {row[0]: row[1] for row in table["rows"]}
    assert rows["demo clip, first restored frame"] == 4.0
    assert set(startup_bench.LIMITS) <= set(rows)
    assert table["ratios"] == {"CPU time of --help over an empty Python": pytest.approx(4 / 3)}
