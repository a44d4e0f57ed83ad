"""How long a person waits before anything can be seen: from the start of a process to its first answer."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

from engine.own_process import own_command

WAIT_SECONDS = 120.0
LIMITS = {"command line, --help": 0.3, "window, first paint": 1.0, "demo clip, first restored frame": 5.0}
"""Seconds on an idle machine that was used before."""
_IMPORT_QT = "import PySide6.QtWidgets"
_NOTHING = "pass"


def measure_startup(repeats: int = 5) -> dict[str, Any]:
    """Return a table of seconds from process start, and the ratio of CPU time of `--help` to an empty Python.

    All things measured run in alternation; the first round fills the caches and is not counted.
    """
    calls: dict[str, Callable[[], tuple[float, float]]] = {
        "an empty Python": lambda: _run([sys.executable, "-c", _NOTHING]),
        "command line, --help": lambda: _run(own_command("--help")),
        "Qt imported": lambda: _run([sys.executable, "-c", _IMPORT_QT]),
        "window, first paint": _first_paint,
        "demo clip, first restored frame": _first_frame,
    }
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for number in range(repeats + 1):
        for name, call in calls.items():
            measured = call()
            if number:
                found[name].append(measured)
    wall = {name: [w for w, _ in runs] for name, runs in found.items()}
    cpu = {name: statistics.median(c for _, c in runs) for name, runs in found.items()}
    return {
        "title": "From the start of the process, seconds",
        "columns": ["until", "median", "least", "most", "CPU time", "wanted below"],
        "rows": [
            [name, statistics.median(t), min(t), max(t), cpu[name], LIMITS.get(name, "")]
            for name, t in wall.items()
        ],
        "notes": [
            "Starts of this machine with everything in its file cache; the window is painted without a screen."
        ],
        "ratios": {
            "CPU time of --help over an empty Python": cpu["command line, --help"] / cpu["an empty Python"]
        },
    }


def _run(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of a process that must succeed."""
    before, begun = os.times(), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=WAIT_SECONDS, env=_offscreen())
    wall, after = time.perf_counter() - begun, os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, spent


def _first_paint() -> tuple[float, float]:
    """The window says itself when it was painted."""
    with tempfile.TemporaryDirectory(prefix="evenstar-bench-") as folder:
        ended = subprocess.run(
            own_command("--first-paint"),
            check=True,
            capture_output=True,
            timeout=WAIT_SECONDS,
            env=_offscreen() | {"HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_STATE_HOME": folder},
        )
    told = json.loads(ended.stdout.splitlines()[-1])
    return float(told["seconds"]), float(told["seconds"])


def _first_frame() -> tuple[float, float]:
    """Until the demo clip's first restored frame comes out of the command line."""
    clip = Path(str(resources.files("resources").joinpath("demo", "clip.mp4")))
    with tempfile.TemporaryDirectory(prefix="evenstar-bench-") as folder:
        film = str(Path(folder) / "demo.mkv")
        command = own_command("upscale", str(clip), "-o", film, "--json", "--device", "cpu")
        begun = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=_offscreen()) as child:
            assert child.stdout is not None
            try:
                for line in child.stdout:
                    if _is_a_frame(line):
                        break
                else:
                    raise RuntimeError("the demo clip was not restored")
                wall = time.perf_counter() - begun
            finally:
                child.terminate()
                child.stdout.close()
                child.wait(WAIT_SECONDS)
    return wall, wall


def _is_a_frame(line: bytes) -> bool:
    """True for the event that carries a restored frame or counts one."""
    told = json.loads(line)
    return told.get("event") == "preview" or (
        told.get("event") == "progress" and told.get("done_frames", 0) > 0
    )


def _offscreen() -> dict[str, str]:
    return dict(os.environ) | {"QT_QPA_PLATFORM": "offscreen"}
