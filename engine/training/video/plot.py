"""A small plot of a study: a panel per figure, a point per seed, a line through the means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import mean

import cv2
import numpy as np

WIDTH, HEIGHT = 420, 320
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 44, 62
INK, POINT, LINE, GRID = (40, 40, 40), (208, 120, 40), (60, 60, 200), (225, 225, 225)
Panel = Sequence[tuple[float, str, Sequence[float]]]
"""Place on the axis, name, and the values that were found there, which may be none."""


def write_plot(path: Path, title: str, axis: str, panels: Mapping[str, Panel]) -> None:
    """Write the panels side by side as a PNG, whole or not at all."""
    pictures = [_panel(name, axis, panel) for name, panel in panels.items()]
    head = np.full((30, sum(p.shape[1] for p in pictures), 3), 255, np.uint8)
    _text(head, title, (10, 20), 0.5)
    part = path.with_name(f"{path.stem}.part{path.suffix}")
    if not cv2.imwrite(str(part), np.concatenate([head, np.concatenate(pictures, 1)])):
        raise OSError(f"{path} cannot be written")
    part.replace(path)


def _panel(name: str, axis: str, panel: Panel) -> np.ndarray:
    """One panel, (HEIGHT, WIDTH, 3) uint8 BGR."""
    picture = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    found = [value for _, _, values in panel for value in values]
    low, high = (min(found), max(found)) if found else (0.0, 1.0)
    room = max((high - low) * 0.15, 1e-3)
    low, high = low - room, high + room
    first, last = panel[0][0], panel[-1][0]

    def at(x: float, y: float) -> tuple[int, int]:
        across = LEFT + 20 + (WIDTH - LEFT - RIGHT - 40) * (x - first) / ((last - first) or 1)
        down = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (y - low) / (high - low)
        return round(across), round(down)

    for value in np.linspace(low + room / 2, high - room / 2, 4):
        y = at(first, float(value))[1]
        cv2.line(picture, (LEFT, y), (WIDTH - RIGHT, y), GRID, 1)
        _text(picture, f"{value:.2f}", (8, y + 4), 0.4)
    means = [(x, mean(values)) for x, _, values in panel if values]
    for before, after in pairwise(means):
        cv2.line(picture, at(*before), at(*after), LINE, 2, cv2.LINE_AA)
    for x, label, values in panel:
        for value in values:
            cv2.circle(picture, at(x, value), 4, POINT, -1, cv2.LINE_AA)
        _text(picture, label, (at(x, low)[0] - 4 * len(label), HEIGHT - BOTTOM + 20), 0.4)
    _text(picture, name, (LEFT, TOP - 14), 0.5)
    _text(picture, axis, (LEFT, HEIGHT - 14), 0.4)
    return picture


def _text(picture: np.ndarray, text: str, place: tuple[int, int], size: float) -> None:
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, INK, 1, cv2.LINE_AA)
