"""Short ways to jobs, frames and leftovers."""

from pathlib import Path
from typing import Any

import numpy as np

from engine.cancel import CancelToken
from engine.job import Job
from engine.media.probe import probe
from engine.media.reader import Reader
from engine.media.survey import survey
from engine.settings import Codec, ExportSettings, RestorationSettings
from tests.reliability.toy import TOY

LOSSLESS = ExportSettings(codec=Codec.FFV1, pixel_format="gbrp16le", keep_frames=False)


def toy_job(source: Path, name: str = "film.mkv", *, model: str = TOY.id, **changes: Any) -> Job:
    settings = RestorationSettings(model=model, scale=2)
    return Job(source=source, target=source.parent / name, restoration=settings, device="cpu", **changes)


def frames_of(path: Path) -> np.ndarray:
    """Every frame, (N, H, W, 3) uint16."""
    clip = probe(path)
    index = survey(clip, cancel=CancelToken())
    with Reader(clip, index, deep=True, deinterlace=False) as reader:
        return np.concatenate([batch.pixels for batch in reader.read(0, len(index))])


def leftovers(folder: Path, *kept: str) -> list[str]:
    """Everything in a folder, at any depth, but what is named."""
    found = (str(path.relative_to(folder)) for path in folder.rglob("*"))
    return sorted(name for name in found if name not in kept)
