"""`evenstar bench --quick`: ratios compared with the stored ones, so that a change that costs time is seen.

Ratios only: both sides of each run in one process or in alternation, so they hold on another machine as well.
"""

import json
from importlib import resources
from pathlib import Path
from typing import Any

from engine.errors import SettingsError

TOLERANCE = 0.15
"""A ratio that moved by more, up or down, is named."""
STORED = "bench.json"


def measured_ratios(device: str) -> dict[str, float]:
    """Measure every ratio that is stored, quickly; about two minutes on two cores."""
    from engine.bench import measure_speed
    from engine.metrics.cost_bench import measure_cost, measure_growth
    from engine.startup_bench import measure_startup

    tables = [
        measure_cost(4, repeats=5),
        measure_growth(repeats=2),
        measure_startup(repeats=2),
        measure_speed(None, device, 1),
    ]
    return {name: value for table in tables for name, value in table["ratios"].items()}


def compared(found: dict[str, float], stored: dict[str, float]) -> dict[str, Any]:
    """Return a table of what moved and what did not; "moved" lists the names that did.

    A ratio that only one side knows has moved: a benchmark that vanished is no good news.
    """
    rows, moved = [], []
    for name in [*stored, *(name for name in found if name not in stored)]:
        before, now = stored.get(name), found.get(name)
        if before is None or now is None:
            verdict = "new" if before is None else "not measured"
            moved.append(name)
        else:
            change = now / before - 1
            verdict = f"{change:+.0%}"
            if abs(change) > TOLERANCE:
                moved.append(name)
        rows.append([name, _cell(before), _cell(now), verdict, "moved" if name in moved else ""])
    notes = [f"{len(moved)} of {len(rows)} ratios moved by more than {TOLERANCE:.0%}."]
    return {
        "title": "Ratios against the stored ones",
        "columns": ["ratio", "stored", "now", "change", ""],
        "rows": rows,
        "notes": notes,
        "moved": moved,
        "ratios": found,
    }


def stored_ratios() -> dict[str, float]:
    """The ratios that come with this version; raises SettingsError when there are none."""
    file = resources.files("resources").joinpath(STORED)
    try:
        return {
            str(name): float(value) for name, value in json.loads(file.read_text("utf-8"))["ratios"].items()
        }
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise SettingsError(f"there are no stored ratios: {error}") from error


def store(ratios: dict[str, float], about: str) -> Path:
    """Keep ratios as the ones to compare with; for a working copy. `about`: what machine and when."""
    path = Path(str(resources.files("resources").joinpath(STORED)))
    rounded = {name: round(value, 4) for name, value in ratios.items()}
    path.write_text(json.dumps({"about": about, "ratios": rounded}, indent=1) + "\n", encoding="utf-8")
    return path


def _cell(value: float | None) -> float | str:
    return "" if value is None else round(value, 3)
