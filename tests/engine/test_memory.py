"""RAM does not grow with clip length: peak resident memory of a 20-second and a 120-second job."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clips import make_clip

ROOT = Path(__file__).parent.parent.parent
RATE = 24


def peak_bytes(source: Path) -> int:
    """Peak resident memory of one job in a process of its own."""
    command = [
        sys.executable,
        str(ROOT / "main.py"),
        "upscale",
        str(source),
        "-o",
        str(source) + ".mkv",
        "--quiet",
    ]
    process = subprocess.Popen(command, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss * 1024


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_memory_does_not_grow_with_the_clip(tmp_path: Path) -> None:
    short = peak_bytes(make_clip(tmp_path / "20s.mp4", n_frames=20 * RATE, width=160, height=96, audio="aac"))
    long = peak_bytes(
        make_clip(tmp_path / "120s.mp4", n_frames=120 * RATE, width=160, height=96, audio="aac")
    )
    sys.stderr.write(f"\npeak of 20 s: {short / 2**20:.0f} MB, of 120 s: {long / 2**20:.0f} MB\n")
    assert abs(long - short) <= 0.1 * short
