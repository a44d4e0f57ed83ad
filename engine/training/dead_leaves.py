"""Procedural video: a textured background and moving sprites under a moving camera, with its exact motion."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.random import Generator

from engine.training.textures import outline

SUPERSAMPLING = 2  # rendered twice as large, then area-averaged: edges as a camera's sensor would give them
BLUR_SUBFRAMES = 3
STATIC_CAMERA_SHARE = 0.3
SUBPIXEL = 0.5 - 0.5 / SUPERSAMPLING  # a picture's pixel lies this far before its place on the larger canvas
MOTION_BLUR_SHARE = 0.25
DEPTH_OF_FIELD_SHARE = 0.3
CUT_SHARE = 0.04
FADE_SHARE = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """Where a layer is at time t: constant velocity, turn and zoom around the picture's centre."""

    position: np.ndarray
    """(2,) float, offset at t = 0 in ground-truth pixels."""
    velocity: np.ndarray
    """(2,) float, pixels per frame."""
    angle: float
    """Radians at t = 0."""
    turn: float
    """Radians per frame."""
    zoom: float
    """Picture pixels per texture pixel at t = 0."""
    growth: float
    """Factor on the zoom per frame, about 1."""

    def matrix(self, t: float, texture_size: int, size: int) -> np.ndarray:
        """The affine map from texture to picture at time t: (2, 3) float64, for cv2.warpAffine."""
        angle, zoom = self.angle + self.turn * t, self.zoom * self.growth**t
        linear = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        centre = size / 2 + self.position + self.velocity * t
        return np.concatenate([linear, (centre - linear @ np.full(2, texture_size / 2))[:, None]], 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One thing that moves."""

    texture: np.ndarray
    """(S, S, 3) uint8."""
    mask: np.ndarray | None
    """(S, S) uint8 coverage, or None for a background that reaches everywhere."""
    motion: Motion
    defocus: float
    """Sigma of its blur in ground-truth pixels, 0 for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A clip and what is known about it."""

    frames: np.ndarray
    """(T, S, S, 3) uint8 RGB."""
    flow: np.ndarray
    """(T - 1, S, S, 2) float32 pixels (x, y): where what is seen in frame t lies in frame t + 1, exactly."""
    visible: np.ndarray
    """(T - 1, S, S) bool: it is seen there, neither covered nor outside; False all over at a cut."""


def render_clip(rng: Generator, bank: list[np.ndarray], n_frames: int, size: int) -> np.ndarray:
    """The frames of render_scene: (n_frames, size, size, 3) uint8 RGB."""
    return render_scene(rng, bank, n_frames, size).frames


def render_scene(rng: Generator, bank: list[np.ndarray], n_frames: int, size: int) -> Scene:
    """One procedural clip, the same for the same rng state and bank; now and then with a cut or a fade."""
    scene = _render_shot(rng, bank, n_frames, size)
    draw = rng.random()
    if draw < CUT_SHARE and n_frames > 1:
        return _cut(scene, _render_shot(rng, bank, n_frames, size), int(rng.integers(1, n_frames)))
    if draw < CUT_SHARE + FADE_SHARE:
        return replace(scene, frames=_faded(rng, scene.frames))
    return scene


def _render_shot(rng: Generator, bank: list[np.ndarray], n_frames: int, size: int) -> Scene:
    """A clip without a cut."""
    camera = _camera(rng)
    layers = [_background(rng, bank)] + [_sprite(rng, bank, size) for _ in range(int(rng.integers(0, 7)))]
    layers = _focused(rng, layers)
    shake = np.cumsum(rng.normal(0, rng.choice([0.0, 0.0, 0.4, 1.2]), (n_frames, 2)), 0)
    gain, gamma = _illumination(rng, size), rng.uniform(0.75, 1.35)
    shutter = rng.uniform(0.3, 0.9) if rng.random() < MOTION_BLUR_SHARE else 0.0
    softness = rng.uniform(0.4, 1.2) if rng.random() < 0.3 else 0.0
    frames = []
    for t in range(n_frames):
        times = t + shutter * np.linspace(-0.5, 0.5, BLUR_SUBFRAMES) if shutter else [float(t)]
        frame = np.mean([_compose(layers, camera, shake[t], time, size) for time in times], axis=0) / 255
        frame = np.clip(frame * gain, 0, 1) ** gamma
        frame = cv2.GaussianBlur(frame, (0, 0), softness) if softness else frame
        frames.append((frame * 255 + 0.5).astype(np.uint8))
    places = [_places(layers, camera, shake[t], float(t), size) for t in range(n_frames)]
    steps = [_step(layers, now, after, size) for now, after in pairwise(places)]
    empty = np.zeros((0, size, size, 2), np.float32), np.zeros((0, size, size), bool)
    flow, visible = (np.stack(part) for part in zip(*steps, strict=True)) if steps else empty
    return Scene(frames=np.stack(frames), flow=flow, visible=visible)


def _places(
    layers: list[Layer], camera: Motion, shake: np.ndarray, time: float, size: int
) -> list[np.ndarray]:
    """The map from each layer's texture to the picture at one instant."""
    view = camera.matrix(time, size, size)
    view[:, 2] += shake
    return [_chain(view, layer.motion.matrix(time, len(layer.texture), size)) for layer in layers]


def _step(
    layers: list[Layer], now: list[np.ndarray], after: list[np.ndarray], size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Exact flow (S, S, 2) and visibility (S, S) between two instants."""
    before, following = (_on_top(layers, places, size) for places in (now, after))
    y, x = np.mgrid[:size, :size]
    points = np.stack([x, y], -1) + SUBPIXEL
    flow = np.zeros((size, size, 2), np.float32)
    for number, (old, new) in enumerate(zip(now, after, strict=True)):
        here = before == number
        inverse = np.linalg.inv(np.concatenate([old, [[0, 0, 1]]]))[:2]
        travel = _chain(new, inverse)
        flow[here] = points[here] @ (travel[:, :2] - np.eye(2)).T + travel[:, 2]
    landing = np.rint(np.stack([x, y], -1) + flow).astype(int)
    inside = ((landing >= 0) & (landing < size)).all(-1)
    column, row = np.clip(landing, 0, size - 1).transpose(2, 0, 1)
    return flow, inside & (following[row, column] == before)


def _on_top(layers: list[Layer], places: list[np.ndarray], size: int) -> np.ndarray:
    """The number of the layer that is seen at each pixel, (S, S) uint8."""
    seen = np.zeros((size, size), np.uint8)
    for number, (layer, place) in enumerate(zip(layers, places, strict=True)):
        if layer.mask is not None:
            shifted = place - np.array([[0, 0, SUBPIXEL], [0, 0, SUBPIXEL]])
            seen[cv2.warpAffine(layer.mask, shifted, (size, size), flags=cv2.INTER_LINEAR) > 127] = number
    return seen


def _focused(rng: Generator, layers: list[Layer]) -> list[Layer]:
    """Depth of field in some clips: the lens is at one layer, the others blur with their distance in depth."""
    if rng.random() > DEPTH_OF_FIELD_SHARE:
        return layers
    sharp, aperture = int(rng.integers(len(layers))), rng.uniform(0.3, 1.2)
    return [replace(layer, defocus=aperture * abs(at - sharp)) for at, layer in enumerate(layers)]


def _cut(first: Scene, second: Scene, at: int) -> Scene:
    """The first scene up to frame `at`, then the second."""
    flow, visible = (
        np.concatenate([a[: at - 1], b[at - 1 :]])
        for a, b in ((first.flow, second.flow), (first.visible, second.visible))
    )
    visible[at - 1] = False
    frames = np.concatenate([first.frames[:at], second.frames[at:]])
    return Scene(frames=frames, flow=flow, visible=visible)


def _faded(rng: Generator, frames: np.ndarray) -> np.ndarray:
    """Light that rises or falls steadily towards black or white."""
    first, last = rng.permutation([1.0, rng.uniform(0.2, 0.8)])
    weight = np.linspace(first, last, len(frames))[:, None, None, None]
    end = float(rng.choice([0.0, 0.0, 255.0]))
    return (frames * weight + end * (1 - weight) + 0.5).astype(np.uint8)


def _camera(rng: Generator) -> Motion:
    """A pan, turn and zoom that all layers share, often none."""
    moving = float(rng.random() > STATIC_CAMERA_SHARE)
    return Motion(
        position=np.zeros(2),
        velocity=moving * rng.normal(0, 1, 2) * rng.exponential(2.0),
        angle=0.0,
        turn=moving * rng.normal(0, 0.006),
        zoom=1.0,
        growth=float(np.exp(moving * rng.normal(0, 0.006))),
    )


def _background(rng: Generator, bank: list[np.ndarray]) -> Layer:
    """A texture enlarged 0.5 to 4.5 times: the large factors make the soft surfaces that film is full of."""
    motion = Motion(
        position=rng.uniform(-120, 120, 2),
        velocity=np.zeros(2),
        angle=rng.uniform(0, 2 * np.pi),
        turn=0.0,
        zoom=float(np.exp(rng.uniform(np.log(0.5), np.log(4.5)))),
        growth=1.0,
    )
    defocus = rng.uniform(0.5, 3.0) if rng.random() < 0.3 else 0.0
    return Layer(texture=_pick(rng, bank), mask=None, motion=motion, defocus=defocus)


def _sprite(rng: Generator, bank: list[np.ndarray], size: int) -> Layer:
    """A textured shape with its own motion."""
    texture = _pick(rng, bank)
    n = len(texture)
    mask = np.zeros((n, n), np.uint8)
    shape = outline(rng, n * rng.uniform(0.25, 0.48)) + n / 2
    cv2.fillPoly(mask, [np.round(shape * 16).astype(np.int32)[:, None]], 255, cv2.LINE_AA, 4)
    if rng.random() < 0.15:
        mask[texture.mean(2) < texture.mean()] = 0  # lacework: bars, letters, branches
    motion = Motion(
        position=rng.uniform(-0.5, 0.5, 2) * size,
        velocity=rng.normal(0, 1, 2) * rng.exponential(1.5),
        angle=rng.uniform(0, 2 * np.pi),
        turn=rng.normal(0, 0.015),
        zoom=float(np.exp(rng.uniform(np.log(0.06), np.log(1.0)))) * size / n * 2,
        growth=float(np.exp(rng.normal(0, 0.008))),
    )
    defocus = rng.uniform(0.5, 2.5) if rng.random() < 0.2 else 0.0
    return Layer(texture=texture, mask=mask, motion=motion, defocus=defocus)


def _pick(rng: Generator, bank: list[np.ndarray]) -> np.ndarray:
    """A texture of the bank with its own brightness and contrast."""
    texture = bank[int(rng.integers(len(bank)))]
    contrast, shift = rng.uniform(0.6, 1.15), rng.uniform(-30, 30)
    mean = float(texture.mean())
    return cv2.convertScaleAbs(texture, alpha=contrast, beta=max(0.0, mean * (1 - contrast) + shift))


def _illumination(rng: Generator, size: int) -> np.ndarray:
    """A smooth field of light, (size, size, 1) float32 around 1."""
    grid = np.exp(rng.normal(0, rng.choice([0.05, 0.2, 0.35]), (3, 3))).astype(np.float32)
    return cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC)[..., None]


def _compose(layers: list[Layer], camera: Motion, shake: np.ndarray, time: float, size: int) -> np.ndarray:
    """The scene at one instant, back to front: (size, size, 3) float32 in [0, 255]."""
    large = size * SUPERSAMPLING
    canvas = np.zeros((large, large, 3), np.uint8)
    for layer, matrix in zip(layers, _places(layers, camera, shake, time, size), strict=True):
        _draw(canvas, layer, SUPERSAMPLING * matrix)
    return cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32)


def _chain(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """The affine map that applies inner, then outer: (2, 3) float64 each."""
    return np.concatenate([outer[:, :2] @ inner[:, :2], outer[:, :2] @ inner[:, 2:] + outer[:, 2:]], 1)


def _draw(canvas: np.ndarray, layer: Layer, matrix: np.ndarray) -> None:
    """Warp one layer onto canvas (S, S, 3) uint8 in place; a sprite touches only the box it covers."""
    n = len(layer.texture)
    if layer.mask is None:
        low, high = np.zeros(2, int), np.full(2, len(canvas))
    else:
        corners = np.array([[0, n, 0, n], [0, 0, n, n]])
        reach = matrix[:, :2] @ corners + matrix[:, 2:]
        low = np.clip(np.floor(reach.min(1)).astype(int), 0, len(canvas))
        high = np.clip(np.ceil(reach.max(1)).astype(int), 0, len(canvas))
        if (high <= low).any():
            return
    box = canvas[low[1] : high[1], low[0] : high[0]]
    local = matrix - np.array([[0, 0, low[0]], [0, 0, low[1]]])
    extent = (int(high[0] - low[0]), int(high[1] - low[1]))
    colour = cv2.warpAffine(
        layer.texture, local, extent, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    if layer.defocus:
        colour = cv2.GaussianBlur(colour, (0, 0), layer.defocus * SUPERSAMPLING)
    if layer.mask is None:
        box[:] = colour
        return
    cover = cv2.warpAffine(layer.mask, local, extent, flags=cv2.INTER_LINEAR)
    if layer.defocus:
        cover = cv2.GaussianBlur(cover, (0, 0), layer.defocus * SUPERSAMPLING)
    weight = cover[..., None].astype(np.float32) / 255
    box[:] = (box + (colour.astype(np.float32) - box) * weight + 0.5).astype(np.uint8)
