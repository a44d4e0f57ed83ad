"""What a coordinator costs: a folder of tiny clips through several workers with a model of no weight.

    python -m tests.engine.cluster.overhead --clips 1000 --workers 4

Its seconds of processor time count (the scheduler lives in the same process), because wall time says how busy the
machine was. A line for every hundred clips, so that growth can be seen.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from engine.cancel import CancelToken
from engine.cluster.hands import local_hands
from engine.cluster.run import restore_all
from engine.job import Job
from engine.settings import RestorationSettings
from tests.clips import make_clip, motion
from tests.engine.cluster import child

ROOT = Path(__file__).parent.parent.parent.parent


def resident_mb() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure(folder: Path, n_clips: int, n_workers: int, step: int) -> int:
    """Restore so many clips and print what they cost, so many a line; gives the number that failed."""
    jobs = _jobs(folder, n_clips)
    sys.stdout.write(
        "| clips | processor ms a clip | wall ms a clip | resident MB | load |\n|---|---|---|---|---|\n"
    )
    command = (sys.executable, "-m", "tests.engine.cluster.child")
    failed = 0
    with local_hands(["cpu"] * n_workers, command) as hands:
        used, begun = time.process_time(), time.monotonic()
        for n_done, outcome in enumerate(restore_all(hands, jobs, lambda *_: None, CancelToken(), 600.0), 1):
            failed += outcome.error is not None
            if n_done % step == 0:
                now_used, now = time.process_time(), time.monotonic()
                cells = (
                    f"{n_done - step + 1} to {n_done}",
                    f"{(now_used - used) / step * 1000:.0f}",
                    f"{(now - begun) / step * 1000:.0f}",
                    f"{resident_mb():.0f}",
                    f"{os.getloadavg()[0]:.1f}",
                )
                sys.stdout.write(f"| {' | '.join(cells)} |\n")
                sys.stdout.flush()
                used, begun = now_used, now
    return failed


def _jobs(folder: Path, n_clips: int) -> list[Job]:
    first = make_clip(folder / "first.mp4", n_frames=4, width=48, height=32, picture=motion)
    settings = RestorationSettings(model="toy", scale=2)
    jobs = []
    for number in range(n_clips):
        source = folder / "in" / f"clip{number:05d}.mp4"
        source.parent.mkdir(exist_ok=True)
        shutil.copyfile(first, source)
        target = folder / "out" / f"{source.stem}.mkv"
        jobs.append(Job(source=source, target=target, restoration=settings, device="cpu"))
    return jobs


def main() -> int:
    """Measure as asked on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--row", type=int, default=100, help="clips in a line of the table")
    chosen = parser.parse_args()
    os.environ.update(PYTHONPATH=str(ROOT), OMP_NUM_THREADS="1")
    child.install_models()
    with tempfile.TemporaryDirectory() as folder:
        failed = measure(Path(folder), chosen.clips, chosen.workers, chosen.row)
    sys.stdout.write(f"{failed} failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
