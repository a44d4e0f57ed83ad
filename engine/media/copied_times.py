"""Times of copied packets that only rise: muxers refuse, at the very end, those that stand still or go back."""

from collections.abc import Collection
from itertools import pairwise
from pathlib import Path

import numpy as np

from engine.media import timestamps
from engine.media.source import open_container

MendedTimes = dict[int, tuple[int, ...]]
"""By the index of a stream in its file: the times of all its packets that have one, in ticks of its clock."""


def mended_times(path: Path, indices: Collection[int]) -> MendedTimes:
    """Return the times of those of these sound and subtitle streams that need mending; {} for most files.

    What rises is kept, the rest is spread evenly between its neighbours. Raises what PyAV raises.
    """
    stamps: dict[int, list[int]] = {index: [] for index in indices}
    strict: dict[int, bool] = {}
    with open_container(path) as container:
        wanted = [container.streams[index] for index in indices]
        for packet in container.demux(*wanted) if wanted else ():
            if packet.size == 0 or (packet.pts is None and packet.dts is None):
                continue
            stream = packet.stream
            # Several subtitles may begin at once; sound cannot.
            strict[stream.index] = stream.type == "audio"
            stamps[stream.index].append(packet.pts if packet.pts is not None else packet.dts or 0)
    return {
        index: tuple(int(stamp) for stamp in timestamps.repaired(found, _usual_step(found))[0])
        for index, found in stamps.items()
        if any(b < a or (b == a and strict[index]) for a, b in pairwise(found))
    }


def _usual_step(found: list[int]) -> int:
    rising = [b - a for a, b in pairwise(found) if b > a]
    return max(int(np.median(rising)), 1) if rising else 1
