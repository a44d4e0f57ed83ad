"""Restores on a real small disk: a tmpfs in a namespace of its own, filled up and emptied while the job runs.

    python -m tests.reliability.small_disk FOLDER

FOLDER must be on the small disk. Prints one line per event; frees room once the job says that the disk is full.
"""

import json
import shutil
import sys
from pathlib import Path

from engine.events import Event, Notice, SegmentDone
from engine.restore import restore
from engine.settings import Codec, ExportSettings
from tests.clips import make_clip, motion
from tests.reliability.films import leftovers, toy_job
from tests.reliability.toy import install


def main(folder: Path, ballast_bytes: int) -> None:
    """Fill the disk but for what `ballast_bytes` leaves, restore, and let go of the ballast when it is full."""
    install()
    source = make_clip(folder / "source.mp4", n_frames=20, width=64, height=48, picture=motion, audio="aac")
    ballast = folder / "ballast"
    said: list[str] = []

    def fill() -> None:
        free = shutil.disk_usage(folder).free
        ballast.write_bytes(bytes(max(free - ballast_bytes, 0)))

    def listen(event: Event) -> None:
        if isinstance(event, SegmentDone) and event.index == 0:
            fill()
        if isinstance(event, Notice):
            said.append(event.code)
            if event.code == "disk-full":
                ballast.unlink(missing_ok=True)

    export = ExportSettings(codec=Codec.FFV1, pixel_format="gbrp16le", keep_frames=False)
    restore(toy_job(source, export=export), listen)
    rest = leftovers(folder, "source.mp4")
    sys.stdout.write(json.dumps({"codes": said, "left": rest}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
