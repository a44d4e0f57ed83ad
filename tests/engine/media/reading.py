"""Short ways to read clips in tests."""

from pathlib import Path

import numpy as np

from engine.cancel import CancelToken
from engine.clip import Clip
from engine.media.frames import FrameIndex, Pixels
from engine.media.probe import probe
from engine.media.reader import Reader
from engine.media.survey import survey


def known(path: Path) -> tuple[Clip, FrameIndex]:
    clip = probe(path)
    return clip, survey(clip, cancel=CancelToken())


def frames(
    path: Path, start: int = 0, stop: int | None = None, *, deep: bool = False, deinterlace: bool = False
) -> Pixels:
    clip, index = known(path)
    with Reader(clip, index, deep=deep, deinterlace=deinterlace) as reader:
        return pixels(reader, start, len(index) if stop is None else stop)


def pixels(reader: Reader, start: int, stop: int) -> Pixels:
    return np.concatenate([batch.pixels for batch in reader.read(start, stop)])


def bar_code(rgb: Pixels) -> int:
    """The number that tests.clips.picture() wrote into the top rows."""
    height, width = rgb.shape[:2]
    levels = [rgb[height // 16, bit * width // 8 + width // 16].mean() for bit in range(8)]
    middle = np.iinfo(rgb.dtype).max // 2
    return sum(1 << bit for bit, level in enumerate(levels) if level > middle)
