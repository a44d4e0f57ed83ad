"""Two workers and a coordinator on a real small disk that fills up and is emptied while they work.

    python -m tests.engine.cluster.small_disk FOLDER

FOLDER must be on the small disk. Prints one line: what was said, whether the film is the one of one process, and
what is left.
"""

import json
import shutil
import sys
from pathlib import Path

import torch

from engine.cancel import CancelToken
from engine.cluster.run import restore_all
from engine.events import Event, Notice, SegmentDone
from engine.restore import restore
from engine.settings import Codec, ExportSettings
from tests.clips import make_clip, motion, packet_bytes
from tests.engine.cluster import child
from tests.engine.cluster.conftest import cluster
from tests.reliability.films import leftovers, toy_job

LEFT_BYTES = 60_000
"""Of room, when the first segment is done: less than the second one takes."""


def main(folder: Path) -> None:
    """Make the film twice, the second time on a disk that fills up."""
    torch.set_num_threads(1)
    child.install_models()
    source = make_clip(folder / "source.mp4", n_frames=20, width=64, height=48, picture=motion)
    export = ExportSettings(codec=Codec.FFV1, pixel_format="gbrp16le", keep_frames=False)
    alone = restore(toy_job(source, "alone.mkv", export=export))
    wanted = packet_bytes(alone, "video")
    alone.unlink()
    ballast = folder / "ballast"
    said: list[str] = []

    def listen(_: int, event: Event) -> None:
        if isinstance(event, SegmentDone) and not ballast.exists() and "disk-full" not in said:
            ballast.write_bytes(bytes(max(shutil.disk_usage(folder).free - LEFT_BYTES, 0)))
        if isinstance(event, Notice):
            said.append(event.code)
            if event.code == "disk-full":
                ballast.unlink(missing_ok=True)

    job = toy_job(source, model="toy-slow", export=export)
    with cluster(2) as hands:
        outcomes = list(restore_all(hands, [job], listen, CancelToken(), 60.0))
    equal = [outcome.error for outcome in outcomes] == [None]
    equal = equal and packet_bytes(folder / "film.mkv", "video") == wanted
    report = {"codes": said, "equal": equal, "left": leftovers(folder, "source.mp4")}
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
