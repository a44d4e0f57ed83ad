"""Procedural textures, drawn and computed; no natural image is anywhere near them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator

SUBPIXEL_BITS = 4  # cv2 draws polygons with coordinates in 1/16 pixel
FRACTAL_STEPS = 40
GLYPHS = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:;!?&%+-=()[]/#"))
FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)


def texture_bank(rng: Generator, size: int, count: int) -> list[np.ndarray]:
    """The textures of one shelf: count arrays (size, size, 3) uint8, two in five dead leaves of the rest."""
    kinds: tuple[Callable[[Generator, int], np.ndarray], ...] = (
        noise,
        pattern,
        strokes,
        text,
        gradient,
        fractal,
        line_art,
    )
    n_plain = max(1, 3 * count // 5)
    chosen = rng.choice(len(kinds), n_plain, p=(0.24, 0.24, 0.20, 0.10, 0.10, 0.06, 0.06))
    bank = [kinds[index](rng, size) for index in chosen]
    bank += [leaves(rng, size, bank[:n_plain]) for _ in range(count - n_plain)]
    return bank


def palette(rng: Generator, count: int) -> np.ndarray:
    """Colours that belong together, apart in light more than in hue: (count, 3) float32 in [0, 1].

    The spread is low more often than high, so that the spectrum of the clips falls like that of film
    (research/default_model.md 2: generator v2).
    """
    spread = 0.04 + 0.32 * rng.beta(1.2, 2.2)
    base = rng.uniform(0.12, 0.85) + rng.normal(0, 0.12, 3)
    colours = base + rng.normal(0, spread, (count, 1)) + rng.normal(0, 0.5 * spread, (count, 3))
    return np.clip(colours, 0.02, 0.98).astype(np.float32)


def power_noise(rng: Generator, size: int, exponent: float, count: int = 1) -> np.ndarray:
    """Random fields with a 1/f**exponent amplitude spectrum: (count, size, size) float32, unit variance."""
    fy = np.fft.fftfreq(size)[:, None]
    fx = np.fft.rfftfreq(size)[None]
    amplitude = 1 / np.maximum(np.hypot(fy, fx), 1 / size) ** exponent
    amplitude[0, 0] = 0
    spectrum = np.fft.rfft2(rng.standard_normal((count, size, size), dtype=np.float32)) * amplitude
    fields = np.fft.irfft2(spectrum, s=(size, size)).astype(np.float32)
    return fields / fields.std(axis=(1, 2), keepdims=True)


def noise(rng: Generator, size: int) -> np.ndarray:
    """Coloured 1/f noise, (size, size, 3) uint8: stone, cloth, clouds, foliage seen from afar."""
    fields = power_noise(rng, size, rng.uniform(0.8, 1.9), 2)
    colours = palette(rng, 3)
    mix = colours[0] + fields[0][..., None] * 0.4 * (colours[1] - colours[0])
    return to_uint8(mix + fields[1][..., None] * 0.3 * (colours[2] - colours[0]))


def gradient(rng: Generator, size: int) -> np.ndarray:
    """A smooth field of colour with a trace of grain, (size, size, 3) uint8: sky, wall, skin."""
    grid = rng.uniform(0, 1, (4, 4, 1)).astype(np.float32)
    colours = palette(rng, 2)
    weight = cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC)[..., None]
    grain = rng.normal(0, rng.uniform(0, 0.008), (size, size, 1)).astype(np.float32)
    return to_uint8(colours[0] * weight + colours[1] * (1 - weight) + grain)


def pattern(rng: Generator, size: int) -> np.ndarray:
    """A warped regular pattern in two colours, edges one pixel soft, (size, size, 3) uint8."""
    u, v = _warped_axes(rng, size)
    period = float(np.exp(rng.uniform(np.log(6), np.log(90))))
    a, b = 2 * np.pi * u / period, 2 * np.pi * v / (period * rng.uniform(0.6, 1.7))
    level = rng.uniform(-0.5, 0.7)
    fields = {
        "stripes": np.sin(a) - level,
        "checks": np.sin(a) * np.sin(b),
        "dots": np.cos(a) + np.cos(b) - 1 + level,
        "grid": np.maximum(np.cos(a), np.cos(b)) - 0.9,
        "rings": np.sin(2 * np.pi * np.hypot(u - u.mean(), v - v.mean()) / period) - level,
        "bricks": np.maximum(np.cos(b), np.cos(a / 2 + np.pi / 2 * np.sign(np.sin(b / 2)))) - 0.93,
    }
    field = fields[str(rng.choice(list(fields)))]
    weight = np.clip(0.5 + field * period / (2 * np.pi), 0, 1)[..., None]
    colours = palette(rng, 3)
    shade = power_noise(rng, size, 1.4)[0][..., None] * 0.25 * (colours[2] - colours[0])
    return to_uint8(colours[0] * weight + colours[1] * (1 - weight) + shade)


def _warped_axes(rng: Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Rotated pixel coordinates pushed about by a smooth field: two (size, size) float32."""
    y, x = np.mgrid[:size, :size].astype(np.float32)
    angle = rng.uniform(0, np.pi)
    grid = rng.normal(0, 1, (5, 5, 2)).astype(np.float32)
    push = cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC)
    push *= rng.choice([0.0, 8.0, 40.0])
    u = x * np.cos(angle) + y * np.sin(angle) + push[..., 0]
    return u, y * np.cos(angle) - x * np.sin(angle) + push[..., 1]


def text(rng: Generator, size: int) -> np.ndarray:
    """A page of random characters in stroke fonts, (size, size, 3) uint8."""
    contrasted = rng.random() >= 0.6
    colours = np.array([rng.uniform(0, 0.2, 3), rng.uniform(0.7, 1, 3)]) if contrasted else palette(rng, 2)
    paper, ink = to_uint8(colours)
    page = np.full((size, size, 3), paper, np.uint8)
    y = 0.0
    while y < size:
        height = float(np.exp(rng.uniform(np.log(8), np.log(70))))
        y += 1.5 * height
        line = "".join(rng.choice(GLYPHS, 160 if height < 20 else 60))
        thickness = max(1, int(height * rng.uniform(0.05, 0.16)))
        origin = (int(rng.integers(-40, 10)), int(y))
        font = int(rng.choice(FONTS))
        cv2.putText(page, line, origin, font, height / 22, ink.tolist(), thickness, cv2.LINE_AA)
    return page


def strokes(rng: Generator, size: int) -> np.ndarray:
    """Short lines along a smooth direction field, (size, size, 3) uint8: fur, grass, hair, bark."""
    canvas = gradient(rng, size)
    angles = np.pi * power_noise(rng, size, 2.0)[0] * rng.uniform(0.05, 0.4) + rng.uniform(0, 2 * np.pi)
    colours = to_uint8(palette(rng, 8))
    length, thickness = rng.uniform(8, 60), int(rng.choice([1, 1, 2, 3]))
    starts = rng.integers(0, size, (int(90000 / length), 2))
    for x, y in starts:
        angle, reach = angles[y, x], length * rng.uniform(0.5, 1.3)
        stop = (int(x + reach * np.cos(angle)), int(y + reach * np.sin(angle)))
        colour = colours[rng.integers(len(colours))].tolist()
        cv2.line(canvas, (int(x), int(y)), stop, colour, thickness, cv2.LINE_AA)
    return canvas


def fractal(rng: Generator, size: int) -> np.ndarray:
    """A Julia set in two colours by escape time, (size, size, 3) uint8: branching edges at every size."""
    angle = rng.uniform(0, 2 * np.pi)
    constant = 0.7885 * np.exp(1j * angle)  # on this circle most sets are branched, neither dust nor disc
    reach = np.exp(rng.uniform(np.log(0.3), np.log(1.4)))
    axis = np.linspace(-reach, reach, size)
    z = axis[None] + 1j * axis[:, None] + rng.uniform(-0.3, 0.3)
    steps = np.zeros((size, size), np.float32)
    for _ in range(FRACTAL_STEPS):
        inside = z.real**2 + z.imag**2 < 4
        steps += inside
        z = np.where(inside, z * z + constant, z)
    weight = (0.5 - 0.5 * np.cos(rng.uniform(2, 9) * np.sqrt(steps / FRACTAL_STEPS) * np.pi))[..., None]
    colours = palette(rng, 2)
    return to_uint8(colours[0] * weight + colours[1] * (1 - weight))


def line_art(rng: Generator, size: int) -> np.ndarray:
    """Curved ink lines and hatching on plain areas, (size, size, 3) uint8: drawings, cartoons, diagrams."""
    paper = to_uint8(np.clip(palette(rng, 1)[0] + 0.3, 0, 1))
    canvas = np.full((size, size, 3), paper, np.uint8)
    ink = rng.uniform(0, 60, 3).tolist()
    fills = to_uint8(palette(rng, 5))
    for _ in range(int(rng.integers(8, 30))):
        shape = outline(rng, size * rng.uniform(0.03, 0.25)) + rng.uniform(0, size, 2)
        points, thickness = [_fixed_point(shape)], int(rng.integers(1, 5))
        if rng.random() < 0.6:
            cv2.fillPoly(canvas, points, fills[rng.integers(5)].tolist(), cv2.LINE_AA, SUBPIXEL_BITS)
        cv2.polylines(canvas, points, True, ink, thickness, cv2.LINE_AA, SUBPIXEL_BITS)
        if rng.random() < 0.3:
            _hatch(canvas, rng, shape, ink)
    return canvas


def _hatch(canvas: np.ndarray, rng: Generator, shape: np.ndarray, ink: list[float]) -> None:
    """Parallel lines across a shape's box, in place."""
    low, high = shape.min(0), shape.max(0)
    slant = rng.uniform(-1, 1) * (high[0] - low[0])
    for y in np.arange(low[1], high[1], rng.uniform(4, 10)):
        cv2.line(canvas, (int(low[0]), int(y)), (int(high[0]), int(y + slant)), ink, 1, cv2.LINE_AA)


def leaves(rng: Generator, size: int, bank: list[np.ndarray]) -> np.ndarray:
    """Dead leaves: opaque shapes with power-law radii painted over one another, (size, size, 3) uint8.

    Radii follow p(r) ~ r**-alpha (Lee, Mumford, Huang 2001, section 2); large leaves carry a texture.
    """
    canvas = bank[int(rng.integers(len(bank)))].copy()
    alpha, smallest = rng.uniform(2.2, 3.2), rng.uniform(2, 10)
    largest = size * rng.uniform(0.15, 0.45)
    ends = np.array([smallest, largest]) ** (1 - alpha)
    radii = (ends[0] + rng.random(int(rng.integers(250, 900))) * (ends[1] - ends[0])) ** (1 / (1 - alpha))
    colours = to_uint8(palette(rng, 12))
    for radius in radii:
        shape = outline(rng, radius) + rng.uniform(0, size, 2)
        colour = colours[rng.integers(len(colours))]
        source = bank[int(rng.integers(len(bank)))] if radius > 10 and rng.random() < 0.6 else None
        _paint(canvas, shape, colour, source)
        if rng.random() < 0.1:
            edge = [_fixed_point(shape)]
            cv2.polylines(canvas, edge, True, colour[::-1].tolist(), 1, cv2.LINE_AA, SUBPIXEL_BITS)
    return canvas


def outline(rng: Generator, radius: float) -> np.ndarray:
    """A closed shape around the origin, (N, 2) float32 in pixels: polygon, box, ellipse or blob."""
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    kind = int(rng.integers(4))
    if kind == 0:
        angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 8))))
    elif kind == 1:
        angles = np.array([1, 3, 5, 7]) * np.pi / 4
    reach = np.full(len(angles), radius)
    if kind == 3:
        waves = rng.normal(0, 1, (3, 2)) * 0.15
        turns = np.array([2, 3, 5])[:, None] * angles
        reach = radius * (1 + waves[:, 0] @ np.cos(turns) + waves[:, 1] @ np.sin(turns))
    points = np.stack([reach * np.cos(angles), reach * np.sin(angles) * rng.uniform(0.3, 1)], 1)
    turn = rng.uniform(0, 2 * np.pi)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return (points @ rotation).astype(np.float32)


def _paint(canvas: np.ndarray, shape: np.ndarray, colour: np.ndarray, source: np.ndarray | None) -> None:
    """Fill one shape on canvas (S, S, 3) uint8 in place, flat or with the texture under its box."""
    if source is None:
        cv2.fillPoly(canvas, [_fixed_point(shape)], colour.tolist(), cv2.LINE_AA, SUBPIXEL_BITS)
        return
    low = np.clip(np.floor(shape.min(0)).astype(int), 0, len(canvas))
    high = np.clip(np.ceil(shape.max(0)).astype(int) + 1, 0, len(canvas))
    if (high <= low).any():
        return
    mask = np.zeros((high[1] - low[1], high[0] - low[0], 1), np.uint8)
    cv2.fillPoly(mask, [_fixed_point(shape - low)], 255, cv2.LINE_AA, SUBPIXEL_BITS)
    box = canvas[low[1] : high[1], low[0] : high[0]]
    weight = mask.reshape(*mask.shape[:2], 1).astype(np.float32) / 255
    leaf = source[low[1] : high[1], low[0] : high[0]] * np.float32(0.5) + colour * np.float32(0.5)
    box[:] = (box * (1 - weight) + leaf * weight + 0.5).astype(np.uint8)


def _fixed_point(shape: np.ndarray) -> np.ndarray:
    """Points in cv2's fixed-point coordinates, (N, 1, 2) int32."""
    return np.round(shape * 2**SUBPIXEL_BITS).astype(np.int32)[:, None]


def to_uint8(values: np.ndarray) -> np.ndarray:
    """Float in [0, 1] (clipped) to uint8, same shape."""
    return np.clip(values * 255 + 0.5, 0, 255).astype(np.uint8)
