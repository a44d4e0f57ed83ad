"""What a run writes down while it goes: a table for everybody, and the same with sample frames for TensorBoard."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np


class Journal:
    """log.csv, and logs/ for `tensorboard --logdir` where the package is installed; one process writes."""

    def __init__(self, folder: Path, step: int) -> None:
        """step: done so far; what an earlier process wrote beyond it is dropped, because it comes again."""
        folder.mkdir(parents=True, exist_ok=True)
        self._table = folder / "log.csv"
        _drop_rows(self._table, step)
        self._board = _summary_writer(folder / "logs", step)

    @property
    def has_board(self) -> bool:
        """TensorBoard's files are written."""
        return self._board is not None

    def write(self, step: int, stage: str, values: Mapping[str, float]) -> None:
        """One row: step, stage, then each value by its name."""
        fresh = not self._table.exists()
        with self._table.open("a", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            if fresh:
                rows.writerow(["step", "stage", "name", "value"])
            rows.writerows([step, stage, name, f"{value:.8g}"] for name, value in values.items())
        if self._board is not None:
            for name, value in values.items():
                self._board.add_scalar(name, value, step)

    def show(self, step: int, picture: np.ndarray) -> None:
        """Sample frames, (H, W, 3) uint8."""
        if self._board is not None:
            self._board.add_image("lq, restored, gt", picture, step, dataformats="HWC")

    def close(self) -> None:
        """Flush what TensorBoard has not been given yet."""
        if self._board is not None:
            self._board.close()


def _summary_writer(folder: Path, step: int) -> Any:
    """TensorBoard's writer; None where evenstar[train] is not installed."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder), purge_step=step + 1)


def _drop_rows(table: Path, step: int) -> None:
    """Keep the rows up to a step."""
    if not table.exists():
        return
    with table.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    kept = [row for row in rows if int(row[0]) <= step]
    part = table.with_name(f"{table.name}.part")
    with part.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *kept])
    part.replace(table)
