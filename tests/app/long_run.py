"""A long clip through the window: pause, resume, kill, restart, a beta change in between, a verified file.

    xvfb-run -a env QT_QPA_PLATFORM=xcb python tests/app/long_run.py WORK_FOLDER

Makes a 10-minute 272x480 clip with two sound tracks (32 frames, so that two busy cores can do it), starts a
window on it in a process of its own, kills that process after its first saved part, and starts another one.
"""

import logging
import math
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

import av
import numpy as np
from PySide6.QtTest import QTest

from app import theme
from app.launch import application
from app.main_window import MainWindow
from app.preferences import Places, Preferences
from app.real_engine import real_engine
from engine.job import JobState
from tests.app.fakes import FakeDesktop

logger = logging.getLogger("long run")

RATE = Fraction(8, 150)
SECONDS = 600
WIDTH, HEIGHT = 272, 480
SHOT = 8
"""Frames; each shot is a part of its own, so that a kill costs little."""
SAMPLES = 48000


def main(folder: Path, role: str) -> None:
    """Play one of the roles: all, first (is killed), second (finishes)."""
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(name)s: %(message)s",
        handlers=[logging.FileHandler(folder / "long_run.log"), logging.StreamHandler()],
    )
    clip = folder / "ten minutes – zwei Töne.mkv"
    if role == "all":
        if not clip.exists():
            make_clip(clip)
        _run_roles(folder)
    elif role == "first":
        _first(folder, clip)
    else:
        _second(folder)


def _run_roles(folder: Path) -> None:
    script = [sys.executable, str(Path(__file__)), str(folder)]
    child = subprocess.Popen([*script, "first"])
    killed = folder / "kill me"
    while not killed.exists() and child.poll() is None:
        time.sleep(0.1)
    child.kill()
    child.wait()
    logger.info("the first process was killed")
    subprocess.run([*script, "second"], check=True)


def _first(folder: Path, clip: Path) -> None:
    window = _window(folder)
    queue, session = window.workshop.queue, window.workshop.session
    window.open_paths([clip])
    _until(lambda: session.film is not None)
    logger.info("opened: %s", window.panel.source.facts())
    window.desk.do("upscale")
    _until(lambda: bool(queue.running and queue.running.done_frames >= 4))
    window.desk.do("pause")
    _until(lambda: queue.entries[0].state is JobState.PAUSED)
    logger.info("paused, %d frames saved", queue.entries[0].done_frames)
    saved: list[int] = []
    queue.segment_saved.connect(saved.append)
    window.desk.do("pause")
    _until(lambda: queue.entries[0].done_frames >= SHOT and saved)
    logger.info("a part is saved, %d frames done: kill me", queue.entries[0].done_frames)
    (folder / "kill me").touch()
    QTest.qWait(60_000)


def _second(folder: Path) -> None:
    window = _window(folder)
    queue = window.workshop.queue
    (entry,) = queue.entries
    logger.info("came back %s with %d frames, held %s", entry.state.value, entry.done_frames, queue.held)
    window.desk.set_beta(1.4)
    logger.info("beta of the panel is now %s", window.workshop.session.choice.restoration.beta)
    window.desk.do("pause")
    _until(lambda: bool(queue.running and queue.running.progress))
    running = queue.running
    assert running is not None
    logger.info("goes on from frame %d of %d", running.done_frames, running.total_frames)
    _until(lambda: queue.entries[0].finished)
    entry = queue.entries[0]
    logger.info("%s: %s, psnr %s", entry.state.value, entry.job.target.name, entry.psnr)
    with av.open(entry.job.target) as film:
        kinds = [f"{s.type} {s.codec_context.name} {s.frames or ''}".strip() for s in film.streams]
        logger.info("streams: %s, %.1f s", kinds, (film.duration or 0) / 1e6)
    window.close()


def _window(folder: Path) -> MainWindow:
    app = application(["evenstar"])
    theme.apply(app, "dark")
    places = Places(config=folder / "config", state=folder / "state", cache=folder / "cache")
    window = MainWindow(real_engine(), places, Preferences(places.config / "preferences.json"), FakeDesktop())
    window.show()
    window.setProperty("application", app)  # kept alive with the window
    return window


def _until(holds: Callable[[], bool]) -> None:
    told = time.monotonic()
    while not holds():
        QTest.qWait(50)
        if time.monotonic() - told > 60:
            told = time.monotonic()
            logger.info("waiting")


def make_clip(path: Path) -> None:
    """Moving bars and a drifting disc, two tones of different height."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=RATE, options={"crf": "30", "preset": "veryfast"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        tones = [container.add_stream("aac", rate=SAMPLES) for _ in range(2)]
        for number in range(int(SECONDS * RATE)):
            frame = av.VideoFrame.from_ndarray(_picture(number), format="rgb24")
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for tone, pitch in zip(tones, (220.0, 330.0), strict=True):
            _write_tone(container, tone, pitch)


def _write_tone(container: av.container.OutputContainer, stream: av.AudioStream, pitch: float) -> None:
    for start in range(0, SECONDS * SAMPLES, 1024):
        at = np.arange(start, start + 1024) / SAMPLES
        wave = (0.2 * np.sin(2 * math.pi * pitch * at)).astype(np.float32)[None]
        frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLES, start, Fraction(1, SAMPLES)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _picture(number: int) -> np.ndarray:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    shot = number // SHOT
    bars = ((x + 7 * number) // (20 + 20 * shot) % 2) * 90 + 30 + 30 * shot
    disc = (x - 136 - 80 * math.sin(number / 9)) ** 2 + (y - 240 - 120 * math.cos(number / 7)) ** 2 < 50**2
    pixels = np.stack([bars, bars * 0.8 + y / 8, np.full_like(bars, 80 + 50 * (shot % 3))], -1).astype(
        np.uint8
    )
    pixels[disc] = (220, 180, 90)
    return pixels


if __name__ == "__main__":
    work = Path(sys.argv[1])
    work.mkdir(parents=True, exist_ok=True)
    main(work, sys.argv[2] if len(sys.argv) > 2 else "all")
