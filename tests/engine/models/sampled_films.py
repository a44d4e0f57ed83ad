"""Jobs of tiny models that sample, and what their films hold: shared by the tests of the families."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from engine.cancel import CancelToken
from engine.events import Event
from engine.job import Job
from engine.media.probe import probe
from engine.media.reader import Reader
from engine.media.survey import survey
from engine.restore import restore
from engine.settings import Codec, ExportSettings, RestorationSettings

LOSSLESS = ExportSettings(codec=Codec.FFV1)
MEMORY = 1 << 36
"""Given: a tiny model is planned like the published size, and what is free here must not decide its film."""


def job_of(model: str, source: Path, name: str = "film.mkv", **settings: Any) -> Job:
    """Two steps: a single one may end where it begins, at the noise, whatever the network says."""
    chosen = RestorationSettings(model=model, **({"steps": 2, "memory_bytes": MEMORY} | settings))
    return Job(source=source, target=source.parent / name, device="cpu", restoration=chosen, export=LOSSLESS)


def film_of(job: Job, on_event: Callable[[Event], None] = lambda _: None) -> np.ndarray:
    """(T, H, W, 3) uint8: every frame of the restored film."""
    return frames_of(restore(job, on_event))


def frames_of(path: Path) -> np.ndarray:
    clip = probe(path)
    index = survey(clip, thumb=None, thumb_width=0, cancel=CancelToken())
    with Reader(clip, index, deep=False, deinterlace=False) as reader:
        return np.concatenate([batch.pixels for batch in reader.read(0, len(index))])


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return 10 * np.log10(255**2 / max(np.mean((a.astype(float) - b.astype(float)) ** 2), 1e-9))


def stop_after(segments: int) -> tuple[Callable[[Event], None], CancelToken]:
    """A listener that stops the job when so many segments are recorded, and its token."""
    cancel, seen = CancelToken(), 0

    def listen(event: Event) -> None:
        nonlocal seen
        seen += type(event).__name__ == "SegmentDone"
        if seen >= segments:
            cancel.cancel()

    return listen, cancel
