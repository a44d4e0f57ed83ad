"""Draws the demo clip: two shots of a dusk that nobody filmed, shrunk and compressed like an old web video.

python resources/demo/make_clip.py writes clip.mp4 beside this file (320x180, 24 fps, 4 s, stereo AAC).
"""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from engine.training.textures import power_noise

WIDTH, HEIGHT, SCALE, RATE, N_FRAMES = 1280, 720, 4, 24, 96
CUT = 54
SAMPLE_RATE = 44100

Picture = NDArray[np.float32]


def dusk(rng: np.random.Generator) -> tuple[Picture, Picture]:
    """Sky (720, 1280, 3) and a wide landscape with alpha (720, 1920, 4), RGB float in [0, 1]."""
    ramp = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None, None]
    sky = (1 - ramp) * np.array([0.06, 0.09, 0.24]) + ramp * np.array([0.86, 0.52, 0.34])
    sky = np.broadcast_to(sky, (HEIGHT, WIDTH, 3)).astype(np.float32).copy()
    for x, y, size in zip(rng.integers(0, WIDTH, 90), rng.integers(0, 330, 90), rng.random(90), strict=True):
        cv2.circle(sky, (int(x), int(y)), 1 + int(2 * size**4), (0.9, 0.9, 0.85), -1, cv2.LINE_AA)
    cv2.circle(sky, (930, 150), 13, (1.0, 0.95, 0.75), -1, cv2.LINE_AA)
    sky += cv2.GaussianBlur(np.where(sky > 0.8, sky, 0).astype(np.float32), (0, 0), 14) * 0.8
    land = np.zeros((HEIGHT, 1920, 4), np.float32)
    texture = 0.5 + 0.16 * power_noise(rng, 2048, 1.1)[0, :HEIGHT, :1920]
    for depth, (base, height, tone) in enumerate([(420, 90, 0.34), (520, 70, 0.22), (610, 50, 0.12)]):
        _hill(land, rng, texture, base, height, np.array([tone * 0.8, tone, tone * (0.9 - 0.2 * depth)]))
    _house(land, 700, 470)
    _fence(land, 590)
    return sky, land


def _hill(
    land: Picture,
    rng: np.random.Generator,
    texture: Picture,
    base: int,
    height: int,
    color: NDArray[np.float64],
) -> None:
    x = np.arange(land.shape[1])
    line = base - height * sum(
        np.sin(x * f / 1920 * 6.28 + rng.uniform(0, 6.28)) / k for k, f in ((1.6, 2), (3, 5), (9, 17))
    )
    below = np.arange(HEIGHT)[:, None] > line[None, :]
    shade = color[None, None] * (0.75 + 0.5 * texture[..., None])
    land[below] = np.concatenate([shade, np.ones_like(shade[..., :1])], -1)[below]


def _house(land: Picture, x: int, y: int) -> None:
    wall, roof, light, ink = (
        (0.42, 0.3, 0.24, 1),
        (0.2, 0.1, 0.1, 1),
        (1.0, 0.82, 0.42, 1),
        (0.12, 0.08, 0.06, 1),
    )
    cv2.rectangle(land, (x, y), (x + 330, y + 170), wall, -1)
    for row in range(y + 8, y + 170, 10):
        cv2.line(land, (x, row), (x + 330, row), (*(0.86 * c for c in wall[:3]), 1), 1, cv2.LINE_AA)
    cv2.fillPoly(land, [np.array([(x - 26, y), (x + 165, y - 110), (x + 356, y)])], roof, cv2.LINE_AA)
    for left in (x + 24, x + 246):
        cv2.rectangle(land, (left, y + 78), (left + 60, y + 140), light, -1)
        cv2.line(land, (left + 30, y + 78), (left + 30, y + 140), ink, 3)
        cv2.line(land, (left, y + 109), (left + 60, y + 109), ink, 3)
    cv2.rectangle(land, (x + 66, y + 18), (x + 264, y + 62), (0.9, 0.86, 0.74, 1), -1)
    _letter(land, "EVENSTAR", (x + 76, y + 52), cv2.FONT_HERSHEY_DUPLEX, 1.15, ink)


def _letter(
    picture: Picture, text: str, at: tuple[int, int], font: int, size: float, ink: tuple[float, ...]
) -> None:
    """Blend text into a float picture; OpenCV 5 letters 8-bit ones only."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.putText(mask, text, at, font, size, 255, 2, cv2.LINE_AA)
    cover = mask[..., None].astype(np.float32) / 255
    picture *= 1 - cover
    picture += cover * np.array(ink, np.float32)


def _fence(land: Picture, y: int) -> None:
    for x in range(0, 1920, 46):
        cv2.rectangle(land, (x, y), (x + 12, y + 96), (0.62, 0.58, 0.52, 1), -1)
    for row in (y + 22, y + 66):
        cv2.rectangle(land, (0, row), (1920, row + 9), (0.55, 0.5, 0.45, 1), -1)


def first_shot(t: int, sky: Picture, land: Picture) -> Picture:
    """A slow pan over the house."""
    shift = np.array([[1, 0, -120.0 - 5.5 * t], [0, 1, 0]])
    moved = cv2.warpAffine(land, shift, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)
    alpha = moved[..., 3:].clip(0, 1)
    return sky * (1 - alpha) + moved[..., :3] * alpha


def second_shot(t: int) -> Picture:
    """A turning star chart with fine lines and small print."""
    chart = np.full((HEIGHT, WIDTH, 3), (0.05, 0.08, 0.16), np.float32)
    centre, turn = (WIDTH // 2, HEIGHT // 2), t * 0.012
    for radius in range(60, 800, 60):
        cv2.circle(chart, centre, radius, (0.35, 0.45, 0.6), 1 + (radius % 180 == 0), cv2.LINE_AA)
    for spoke in range(24):
        angle = turn + spoke * np.pi / 12
        end = (int(centre[0] + 900 * np.cos(angle)), int(centre[1] + 900 * np.sin(angle)))
        cv2.line(chart, centre, end, (0.3, 0.4, 0.55), 1, cv2.LINE_AA)
    rng = np.random.default_rng(5)
    for radius, phase, size in zip(
        rng.uniform(60, 620, 70), rng.uniform(0, 6.28, 70), rng.random(70), strict=True
    ):
        at = (int(centre[0] + radius * np.cos(turn + phase)), int(centre[1] + radius * np.sin(turn + phase)))
        cv2.circle(chart, at, 2 + int(9 * size**3), (0.98, 0.88, 0.6), -1, cv2.LINE_AA)
    _letter(chart, "Hesperus", (centre[0] - 95, 96), cv2.FONT_HERSHEY_TRIPLEX, 1.3, (0.95, 0.93, 0.88))
    small_print = "the evening star, seen at dusk"
    _letter(chart, small_print, (420, 668), cv2.FONT_HERSHEY_SIMPLEX, 0.85, (0.8, 0.82, 0.88))
    return chart


def frames() -> list[NDArray[np.uint8]]:
    """All frames, shrunk and noisy, (180, 320, 3) uint8."""
    rng = np.random.default_rng(20)
    sky, land = dusk(rng)
    out = []
    for t in range(N_FRAMES):
        large = first_shot(t, sky, land) if t < CUT else second_shot(t - CUT)
        large = cv2.GaussianBlur(large, (0, 0), 1.6)
        small = cv2.resize(large, (WIDTH // SCALE, HEIGHT // SCALE), interpolation=cv2.INTER_AREA)
        noisy = small * 255 + rng.normal(0, 2.5, small.shape)
        out.append(noisy.round().clip(0, 255).astype(np.uint8))
    return out


def chord() -> NDArray[np.float32]:
    """A soft fifth that fades in and out, (2, n) float32."""
    t = np.arange(SAMPLE_RATE * N_FRAMES // RATE) / SAMPLE_RATE
    tone = sum(np.sin(2 * np.pi * f * t) / k for k, f in enumerate((220.0, 330.0, 440.0, 554.4), 2))
    fade = np.sin(np.pi * t / t[-1]) ** 0.5 * 0.25
    return np.stack([tone * fade, np.roll(tone, 200) * fade]).astype(np.float32)


def write(path: Path) -> None:
    """Encode picture and sound."""
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        film = container.add_stream("libx264", rate=RATE, options={"crf": "27", "preset": "medium"})
        film.width, film.height, film.pix_fmt = WIDTH // SCALE, HEIGHT // SCALE, "yuv420p"
        film.time_base = film.codec_context.time_base = Fraction(1, RATE)
        context = film.codec_context
        context.color_primaries = context.color_trc = context.colorspace = context.color_range = 1
        sound = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        sound.codec_context.bit_rate = 96_000
        container.metadata["title"] = "Evenstar demo: a dusk that nobody filmed"
        for t, picture in enumerate(frames()):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format="yuv420p", dst_colorspace=1)
            frame.pts, frame.time_base = t, Fraction(1, RATE)
            frame.color_primaries = frame.color_trc = frame.colorspace = frame.color_range = 1
            container.mux(film.encode(frame))
        container.mux(film.encode(None))
        samples = av.AudioFrame.from_ndarray(chord(), "fltp", "stereo")
        samples.sample_rate, samples.pts, samples.time_base = SAMPLE_RATE, 0, Fraction(1, SAMPLE_RATE)
        container.mux(sound.encode(samples))
        container.mux(sound.encode(None))


if __name__ == "__main__":
    write(Path(__file__).with_name("clip.mp4"))
