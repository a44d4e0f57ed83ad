"""3:2 pulldown undone: which of the file's frames, their fields put together, are the film's own."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from engine.cancel import CancelToken
from engine.clip import Clip
from engine.errors import SettingsError
from engine.media.convert import thumbnail
from engine.media.deinterlace import puts_fields_together, whole_frames
from engine.media.frames import FrameIndex
from engine.media.source import open_frames

_CYCLE = 5
"""Frames of the file in which four of the film lie."""
_COMPARED_WIDTH = 240
"""Repeats are looked for at this width: a repeated frame is the same picture, encoded twice."""


def film_index(
    clip: Clip,
    index: FrameIndex,
    only_film: bool,
    *,
    thumb: Callable[[NDArray[np.uint8]], None],
    thumb_width: int,
    cancel: CancelToken,
) -> FrameIndex:
    """Return the index of the film in a telecined clip, from a second walk through it.

    only_film: without the repeated frames; False: the index as it is, and the walk only shows the frames with
    their fields put together. thumb: is given every frame that is kept as a small picture, as survey() does.
    Raises SettingsError when the frames show no pulldown or are of a kind that cannot be put together.
    """
    if not puts_fields_together(clip, index):
        raise SettingsError(
            f"{clip.path.name} shows no 3:2 pulldown that can be undone: choose deinterlacing on, off or auto"
        )
    picked: list[int] = []
    scaler = VideoReformatter()
    for cycle in _cycles(clip, index, scaler, thumb_width, only_film, cancel):
        for number, small in cycle:
            picked.append(number)
            thumb(small)
    if not only_film:
        return index
    pts = _film_times(index, picked)
    step = int(pts[-1] - pts[-2]) if len(pts) > 1 else index.last_duration
    return replace(
        index,
        pts=pts,
        raw_pts=tuple(index.raw_pts[number] for number in picked),
        keyframes=(),
        last_duration=step,
        n_interlaced=0,
        spread=index,
        picked=tuple(picked),
    )


def _cycles(
    clip: Clip,
    index: FrameIndex,
    scaler: VideoReformatter,
    thumb_width: int,
    only_film: bool,
    cancel: CancelToken,
) -> Iterator[list[tuple[int, NDArray[np.uint8]]]]:
    """The kept frames of each cycle: their numbers in the file, and small pictures of them."""
    before: NDArray[np.float32] | None = None
    cycle: list[tuple[float, int, NDArray[np.uint8]]] = []
    with open_frames(clip) as source:
        for number, frame in enumerate(whole_frames(source.frames(), clip, index)):
            cancel.check()
            look = _luma(frame)
            change = float(np.abs(look - before).mean()) if before is not None else np.inf
            before = look
            cycle.append((change, number, thumbnail(frame, thumb_width, clip, scaler)))
            if len(cycle) == _CYCLE:
                repeat = min(cycle, key=lambda entry: entry[0])
                yield [(n, small) for _, n, small in cycle if not only_film or n != repeat[1]]
                cycle = []
    yield [(n, small) for _, n, small in cycle]


def _film_times(index: FrameIndex, picked: list[int]) -> NDArray[np.int64]:
    """Four frames spread evenly over the time of five; what is left at the end keeps its own times."""
    n_spread = len(index)
    times: list[int] = []
    for start in range(0, n_spread, _CYCLE):
        kept = [number for number in picked[len(times) :] if number < start + _CYCLE]
        begin = int(index.pts[start])
        if start + _CYCLE > n_spread:
            times += [int(index.pts[number]) for number in kept]
            continue
        after = start + _CYCLE
        end = int(index.pts[after]) if after < n_spread else int(index.pts[-1]) + index.last_duration
        times += [begin + round(i * (end - begin) / len(kept)) for i in range(len(kept))]
    return np.array(times, np.int64)


def _luma(frame: VideoFrame) -> NDArray[np.float32]:
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
    height = max(round(_COMPARED_WIDTH * plane.height / plane.width), 1)
    return cv2.resize(rows, (_COMPARED_WIDTH, height), interpolation=cv2.INTER_AREA).astype(np.float32)
