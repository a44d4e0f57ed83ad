"""A long clip through the window: pause, kill, restart, a beta change, and a verified file at the end.

    xvfb-run -a env QT_QPA_PLATFORM=xcb python tests/app/long_run.py WORK_FOLDER

Makes a 10-minute 854x480 clip with two sound tracks, at one frame in 5 seconds (120 frames), so that two cores can
restore all of it to 960x540 in ten minutes. Starts a window on it in a process of its own, pauses and resumes
in the middle of a part, kills the process in a later part, starts another one, lets it go on, looks at a frame at
another beta while the job runs, gives that beta to the job, and waits for the file.
"""

import logging
import math
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

import av
import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app import theme
from app.launch import application
from app.main_window import MainWindow
from app.preferences import Places, Preferences
from app.real_engine import real_engine
from tests.app.fakes import FakeDesktop

logger = logging.getLogger("long run")

RATE = Fraction(1, 5)
SECONDS = 600
WIDTH, HEIGHT = 854, 480
BETA = 1.4
SHORT_SIDE = 540
SHOT = 5
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
    choice = session.choice
    session.change(
        replace(choice, restoration=replace(choice.restoration, short_side=SHORT_SIDE, scale=None))
    )
    window.desk.do("upscale")
    _until(lambda: bool(queue.running and queue.running.done_frames >= SHOT // 2))
    window.desk.do("pause")
    _until(lambda: queue._running is not None and queue._running.cancel.waiting)
    _wait(3000)
    waits = queue.entries[0]
    logger.info("paused in the middle of a part: frame %d, %s", waits.done_frames, waits.state.value)
    _wait(5000)
    logger.info("5 s later: frame %d", queue.entries[0].done_frames)
    saved: list[int] = []
    queue.segment_saved.connect(saved.append)
    window.desk.do("pause")
    _until(lambda: len(saved) >= 1 and queue.entries[0].done_frames > queue._saved)
    logger.info("%d parts saved, frame %d: kill me", len(saved), queue.entries[0].done_frames)
    (folder / "kill me").touch()
    _wait(60_000)


def _second(folder: Path) -> None:
    window = _window(folder)
    queue, session = window.workshop.queue, window.workshop.session
    (entry,) = queue.entries
    logger.info("came back: %s, held %s", entry.state.value, queue.held)
    window.open_paths([entry.job.source])
    _until(lambda: session.film is not None)
    window.desk.do("pause")
    _until(lambda: bool(queue.running and queue.running.planned))
    planned = queue.entries[0].planned
    assert planned is not None
    logger.info("goes on: %d of %d frames are on disk", planned.done_frames, planned.n_frames)
    _until(lambda: queue.entries[0].done_frames >= planned.done_frames + SHOT)
    _change_beta(window)
    _until(lambda: queue.entries[0].finished)
    entry = queue.entries[0]
    logger.info("%s: %s, psnr %s", entry.state.value, entry.job.target.name, entry.psnr)
    if entry.failure is not None:
        logger.info("%s", entry.failure)
    for notice in entry.notices:
        logger.info("notice %s: %s", notice.code, notice.message)
    _describe(entry.job.target)
    window.close()


def _change_beta(window: MainWindow) -> None:
    """Move the slider, look at a frame while the job runs, and give the job the new setting."""
    queue, previewer = window.workshop.queue, window.workshop.previewer
    window.desk.set_beta(BETA)
    ready: list[int] = []
    previewer.frame_ready.connect(lambda _job, frame: ready.append(frame))
    before, begun = queue.entries[0].done_frames, time.monotonic()
    window.desk.do("preview_frame")
    _until(lambda: bool(ready))
    logger.info(
        "beta %.1f: a preview came after %.1f s, the job was at frame %d and is at %d",
        BETA,
        time.monotonic() - begun,
        before,
        queue.entries[0].done_frames,
    )
    window.desk.do("pause")
    window.queue_desk.act(queue.entries[0].id, "settings")
    _until(lambda: queue._running is None)
    logger.info("the job's beta is now %.1f", queue.entries[0].job.restoration.beta)
    window.desk.do("pause")


def _describe(path: Path) -> None:
    with av.open(path) as film:
        for stream in film.streams:
            frames = sum(1 for packet in film.demux(stream) if packet.size)
            size = f" {stream.width}x{stream.height}" if stream.type == "video" else ""
            logger.info(
                "stream %d: %s %s%s, %d packets", stream.index, stream.type, stream.name, size, frames
            )
            film.seek(0)
        logger.info("%.1f s, %d bytes", (film.duration or 0) / 1e6, path.stat().st_size)


def _window(folder: Path) -> MainWindow:
    app = application(["evenstar"])
    theme.apply(app, "dark")
    places = Places(config=folder / "config", state=folder / "state", cache=folder / "cache")
    window = MainWindow(real_engine(), places, Preferences(places.config / "preferences.json"), FakeDesktop())
    window.show()
    window.setProperty("application", app)  # kept alive with the window
    return window


def _wait(milliseconds: int) -> None:
    """Let the window live for a while; QTest.qWait would hold the interpreter's lock and starve the worker."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _until(holds: Callable[[], bool]) -> None:
    told = time.monotonic()
    while not holds():
        _wait(50)
        if time.monotonic() - told > 60:
            told = time.monotonic()
            logger.info("%s", _title())


def _title() -> str:
    """What the window's title says: how far it is."""
    return next((w.windowTitle() for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)), "")


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
    bars = ((x + 7 * number) // (24 + 9 * (shot % 7)) % 2) * 90 + 20 + 15 * (shot % 6)
    disc = (x - 427 - 250 * math.sin(number / 9)) ** 2 + (y - 240 - 120 * math.cos(number / 7)) ** 2 < 80**2
    pixels = np.stack([bars, bars * 0.8 + y / 8, np.full_like(bars, 80 + 50 * (shot % 3))], -1).astype(
        np.uint8
    )
    pixels[disc] = (220, 180, 90)
    return pixels


if __name__ == "__main__":
    work = Path(sys.argv[1])
    work.mkdir(parents=True, exist_ok=True)
    main(work, sys.argv[2] if len(sys.argv) > 2 else "all")
