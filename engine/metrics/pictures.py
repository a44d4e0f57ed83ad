"""Pictures and curves of a report as text: data addresses and SVG, so that the page is one file."""

import base64
from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
CROP_HEIGHT, CROP_WIDTH = 144, 192
COLOURS = ("#c2410c", "#1d4ed8", "#15803d", "#7e22ce")


def data_address(frame: Frame) -> str:
    """(H, W, 3) uint8 RGB as a PNG in a data: address."""
    done, buffer = cv2.imencode(".png", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    assert done
    return "data:image/png;base64," + base64.b64encode(buffer.tobytes()).decode("ascii")


def lively_places(frame: Frame, count: int) -> list[tuple[int, int]]:
    """Where a picture has the most detail: top left corners (y, x) of crops that do not overlap, best first."""
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)
    energy = cv2.boxFilter(np.abs(cv2.Laplacian(grey, -1)), -1, (CROP_WIDTH, CROP_HEIGHT))
    height, width = (
        min(side, most) for side, most in zip(grey.shape, (CROP_HEIGHT, CROP_WIDTH), strict=True)
    )
    corners = np.asarray(energy[height // 2 :, width // 2 :], np.float32)
    corners = corners[: grey.shape[0] - height + 1, : grey.shape[1] - width + 1].copy()
    places = []
    for _ in range(count):
        y, x = np.unravel_index(int(np.argmax(corners)), corners.shape)
        if corners[y, x] < 0:
            break
        places.append((int(y), int(x)))
        corners[max(y - height, 0) : y + height, max(x - width, 0) : x + width] = -1
    return places


def crop(frame: Frame, place: tuple[int, int]) -> Frame:
    """The crop whose top left corner is `place`."""
    y, x = place
    return np.ascontiguousarray(frame[y : y + CROP_HEIGHT, x : x + CROP_WIDTH])


def curves(series: Mapping[str, Sequence[float]], first: int, width: int = 620, height: int = 130) -> str:
    """One line per contestant over frames, as SVG; `first` is the number of the first value's frame."""
    finite = np.array([v for values in series.values() for v in values if np.isfinite(v)])
    if finite.size == 0:
        return ""
    low, high = float(finite.min()), float(finite.max())
    span = (high - low) or 1.0
    n_values = max(len(values) for values in series.values())
    lines, legend = [], []
    for (name, values), colour in zip(series.items(), COLOURS, strict=False):
        points = " ".join(
            f"{60 + (width - 70) * at / max(n_values - 1, 1):.1f},{10 + (height - 30) * (high - v) / span:.1f}"
            for at, v in enumerate(values)
            if np.isfinite(v)
        )
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        legend.append(f'<span style="color:{colour}">&#9632; {name}</span>')
    labels = (
        f'<text x="0" y="18">{high:.3g}</text><text x="0" y="{height - 20}">{low:.3g}</text>'
        f'<text x="60" y="{height - 4}">{first}</text>'
        f'<text x="{width - 10}" y="{height - 4}" text-anchor="end">{first + n_values - 1}</text>'
    )
    svg = f'<svg viewBox="0 0 {width} {height}" width="{width}">{"".join(lines)}{labels}</svg>'
    return f"{svg}<p>{' '.join(legend)}</p>"
