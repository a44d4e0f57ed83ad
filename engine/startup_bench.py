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
LIMITS = {
    "command line, --help": 0.3,
    "window, first paint": 1.0,
    "window, after Qt's import": 0.5,
    "demo clip, first restored frame": 5.0,
}
"""Seconds on an idle machine that was used before."""
_IMPORT_QT = "import PySide6.QtWidgets, os; os._exit(0)"
_NOTHING = "pass"


def measure_startup(repeats: int = 5) -> dict[str, Any]:
    """Return a table of seconds from process start, and the ratio of CPU time of `--help` to an empty Python.

    All things measured run in alternation; the first round fills the caches, Python's compiled modules included,
    and is not counted.
    """
    with tempfile.TemporaryDirectory(prefix="evenstar-bench-") as compiled:
        return _table(repeats, Path(compiled))


def _table(repeats: int, compiled: Path) -> dict[str, Any]:
    calls: dict[str, Callable[[], tuple[float, float | None]]] = {
        "an empty Python": lambda: _run([sys.executable, "-c", _NOTHING], compiled),
        "command line, --help": lambda: _run(own_command("--help"), compiled),
        "Qt imported": lambda: _run([sys.executable, "-c", _IMPORT_QT], compiled),
        "window, first paint": lambda: (_first_paint(compiled), None),
        "demo clip, first restored frame": lambda: (_first_frame(compiled), None),
    }
    wall: dict[str, list[float]] = {name: [] for name in calls}
    cpu: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(repeats + 1):
        for name, call in calls.items():
            waited, spent = call()
            if number:
                wall[name].append(waited)
                cpu[name] += [] if spent is None else [spent]
    pairs = zip(wall["window, first paint"], wall["Qt imported"], strict=True)
    wall["window, after Qt's import"] = [window - qt for window, qt in pairs]
    used = {name: statistics.median(seconds) for name, seconds in cpu.items() if seconds}
    return {
        "title": "From the start of the process, seconds",
        "columns": ["until", "median", "least", "most", "CPU time", "wanted below"],
        "rows": [
            [name, statistics.median(t), min(t), max(t), used.get(name, ""), LIMITS.get(name, "")]
            for name, t in wall.items()
        ],
        "notes": [
            "Starts of this machine with everything in its file cache; the window is painted without a screen."
        ],
        "ratios": {
            "CPU time of --help over an empty Python": used["command line, --help"] / used["an empty Python"]
        },
    }


def _run(command: list[str], compiled: Path) -> tuple[float, float]:
    """Wall and CPU seconds of a process that must succeed."""
    before, begun = os.times(), time.perf_counter()
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, timeout=WAIT_SECONDS, env=_environment(compiled)
    )
    wall, after = time.perf_counter() - begun, os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, spent


def _first_paint(compiled: Path) -> float:
    """The window says itself when it was painted."""
    with tempfile.TemporaryDirectory(prefix="evenstar-bench-") as folder:
        ended = subprocess.run(
            own_command("--first-paint"),
            check=True,
            capture_output=True,
            timeout=WAIT_SECONDS,
            env=_environment(compiled)
            | {"HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_STATE_HOME": folder},
        )
    told = json.loads(ended.stdout.splitlines()[-1])
    return float(told["seconds"])


def _first_frame(compiled: Path) -> float:
    """Until the demo clip's first restored frame comes out of the command line."""
    clip = Path(str(resources.files("resources").joinpath("demo", "clip.mp4")))
    with tempfile.TemporaryDirectory(prefix="evenstar-bench-") as folder:
        film = str(Path(folder) / "demo.mkv")
        command = own_command("upscale", str(clip), "-o", film, "--json", "--device", "cpu")
        begun = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=_environment(compiled)) as child:
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
    return wall


def _is_a_frame(line: bytes) -> bool:
    """True for the event that carries a restored frame or counts one."""
    told = json.loads(line)
    return told.get("event") == "preview" or (
        told.get("event") == "progress" and told.get("done_frames", 0) > 0
    )


def _environment(compiled: Path) -> dict[str, str]:
    """No screen; Python keeps what it compiled, as it does where Evenstar was installed, but in a folder of ours."""
    ours = {"QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": str(compiled)}
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | ours
