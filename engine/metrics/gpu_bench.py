"""`evenstar bench --gpu`: every row of a graphics card in one bounded call, each written as it comes."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.atomic import write_atomically
from engine.device import Placement, describe, place, release_memory
from engine.errors import SettingsError
from engine.metrics.gpu_sizes import FULL, Sizes

SECONDS = 570.0
"""Of a call: ten minutes, less what Python and the last row need to end."""
COLUMNS = ("row", "state", "figures")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement."""

    name: str
    seconds: float
    """About how long it takes on a data-centre card: it is not begun with less time left."""
    measure: Callable[["Card"], dict[str, Any]]
    """Gives figures by name, plain JSON values."""


@dataclass(slots=True, kw_only=True)
class Card:
    """What rows run on, and what earlier ones found out about it."""

    placement: Placement
    sizes: Sizes
    clock: Callable[[], float]
    folder: Path
    """For clips and films of a row, emptied by nobody before the end."""
    flops_per_second: float | None = None
    """Ceiling of convolutions and matrix products, whichever is higher; None before it was measured."""
    bytes_per_second: float | None = None
    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Figures of finished rows."""

    def roofline(self, flops: float, moved_bytes: float, seconds: float) -> dict[str, Any]:
        """A call's counted work beside its seconds: rate, and the least time under the measured ceilings."""
        found = {"TFLOP/call": flops / 1e12, "TFLOP/s": flops / seconds / 1e12}
        if self.flops_per_second is None or self.bytes_per_second is None:
            return found
        return found | {
            "compute roof s/call": flops / self.flops_per_second,
            "memory roof s/call": moved_bytes / self.bytes_per_second,
        }


def measure_gpu(
    out: Path,
    folder: Path,
    device: str = "auto",
    *,
    rows: tuple[Row, ...] | None = None,
    sizes: Sizes = FULL,
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.monotonic,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """The table of all rows; `out` (JSON) and its .md neighbour are written anew after each.

    A row that fails says why, and the next one begins; a row for which too little time is left is not begun, and
    shorter ones still are. Raises SettingsError for a device that is not there, or is the processor with rows of
    full size.
    """
    placement = place(device, ("float16", "bfloat16", "float32"))
    if placement.device == "cpu" and sizes is FULL:
        raise SettingsError(
            "there is no graphics card here: bench --gpu measures one, --roofline counts without"
        )
    if rows is None:
        from engine.metrics.gpu_rows import ROWS

        rows = ROWS
    card = Card(placement=placement, sizes=sizes, clock=clock, folder=folder)
    begun, shown = clock(), {row.name: [row.name, "not measured yet", {}] for row in rows}
    for row in rows:
        left = seconds - (clock() - begun)
        if row.seconds > left:
            shown[row.name] = [
                row.name,
                f"not begun: {left:.0f} s left, it takes about {row.seconds:.0f}",
                {},
            ]
        else:
            tell(f"{row.name} (about {row.seconds:.0f} s, {left:.0f} s left)")
            shown[row.name] = [row.name, *_outcome(row, card)]
        table = _table(card, list(shown.values()))
        _write(out, table)
    return _table(card, list(shown.values()))


def _outcome(row: Row, card: Card) -> tuple[str, dict[str, Any]]:
    """State and figures of a row; what it raised is its state, because the other rows must not be lost."""
    begun = card.clock()
    try:
        found = row.measure(card)
    except Exception as error:  # noqa: BLE001  (a row of a bench: told in the table, whatever it was)
        return f"failed: {type(error).__name__}: {error}"[:300], {}
    finally:
        release_memory(card.placement.device)
    card.found[row.name] = found
    return f"measured in {card.clock() - begun:.0f} s", found


def _table(card: Card, rows: list[list[Any]]) -> dict[str, Any]:
    placement = card.placement
    return {
        "title": f"{describe(placement.device)}, {placement.dtype}, random weights of the published sizes",
        "columns": list(COLUMNS),
        "rows": [[name, state, _words(figures)] for name, state, figures in rows],
        "notes": [
            "Figures of whole clips are extrapolated from two solver steps unless a row says full run.",
            "Roofs are the least time of a call's counted work under the ceilings of the first row; the memory roof "
            "counts every operation's bytes as if none were fused.",
        ],
        "figures": {name: figures for name, _, figures in rows if figures},
    }


def _words(figures: dict[str, Any]) -> str:
    return "; ".join(
        f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in figures.items()
    )


def _write(out: Path, table: dict[str, Any]) -> None:
    """The table as JSON, and as Markdown beside it."""
    write_atomically(out, (json.dumps(table, indent=1) + "\n").encode())
    write_atomically(out.with_suffix(".md"), ("\n".join(_markdown(table)) + "\n").encode())


def _markdown(table: dict[str, Any]) -> Iterator[str]:
    yield f"{table['title']}\n"
    yield "| " + " | ".join(table["columns"]) + " |"
    yield "|---" * len(table["columns"]) + "|"
    for row in table["rows"]:
        yield "| " + " | ".join(str(cell) for cell in row) + " |"
