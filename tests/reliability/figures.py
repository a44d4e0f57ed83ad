"""What a reliability run has shown, counted by its tests and printed as one table at the end."""

from collections.abc import Callable, Iterable

import pytest

Count = Callable[..., None]
"""count(row, n=1, part=""): so many more of a row of the table; parts of a row are named with their numbers."""

ROWS = {
    "kills": "kill -9, resumed to the same film packet for packet",
    "cancels": "cancelled at a random moment, nothing left over",
    "memory": "memory faults injected, survived or refused in one sentence",
    "disk": "disks filled while a job ran, film whole afterwards",
    "media": "restorations of odd media files, as the manifest says",
    "mutants": "mutated media files, restored or refused in one sentence",
    "documents": "damaged queues, presets, manifests and other JSON files",
    "trust": "tests of network, weights, names and locks",
}
_PREFIX = "figure"


def counter(record_property: Callable[[str, object], None]) -> Count:
    """Return what a test counts with; only tests that pass are in the table."""

    def count(row: str, n: int = 1, part: str = "") -> None:
        assert row in ROWS
        record_property(_PREFIX, (row, n, part))

    return count


def table(reports: Iterable[pytest.TestReport]) -> list[str]:
    """The lines of the table, empty where nothing was counted."""
    totals: dict[str, int] = {}
    parts: dict[tuple[str, str], int] = {}
    for report in reports:
        for name, value in report.user_properties:
            if name == _PREFIX:
                row, n, part = value  # type: ignore[misc]  # what counter() recorded
                totals[row] = totals.get(row, 0) + n
                if part:
                    parts[row, part] = parts.get((row, part), 0) + n
    return [f"{totals[row]:6d}  {title}{_detail(row, parts)}" for row, title in ROWS.items() if row in totals]


def _detail(row: str, parts: dict[tuple[str, str], int]) -> str:
    found = [f"{part} {n}" for (of, part), n in sorted(parts.items()) if of == row]
    return f" ({', '.join(found)})" if found else ""
