"""Where the film is cut: PySceneDetect's adaptive detector over small frames."""

from itertools import pairwise
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scenedetect import FrameTimecode
from scenedetect.detectors import AdaptiveDetector

from engine.plan import Shot

_RATE = 25.0
"""The detector counts frames; the rate only gives its time codes a unit."""

SHORTEST_SHOT = 8
"""Frames; a flash shorter than this is not a cut worth starting afresh for."""


class ShotFinder:
    """Collects cuts while frames stream past, so that the clip is decoded once for everything."""

    thumb_width = 160
    """Width in pixels at which frames should be handed in."""

    def __init__(self) -> None:
        self._detector = AdaptiveDetector(min_scene_len=SHORTEST_SHOT)
        self._cuts: list[int] = []
        self._n_frames = 0

    def see(self, thumb: NDArray[np.uint8]) -> None:
        """Look at the next frame, (h, w, 3) uint8; channel order does not matter to the result's use."""
        now = FrameTimecode(self._n_frames, _RATE)
        self._note(self._detector.process_frame(now, thumb))
        self._n_frames += 1

    def shots(self, start: int, stop: int) -> tuple[Shot, ...]:
        """Return the shots that cover [start, stop), in order; ends the search."""
        self._note(self._detector.post_process(FrameTimecode(max(self._n_frames - 1, 0), _RATE)))
        inner = sorted({cut for cut in self._cuts if start < cut < stop})
        edges = [start, *inner, stop]
        return tuple(Shot(start=a, stop=b) for a, b in pairwise(edges))

    def _note(self, cuts: list[FrameTimecode]) -> None:
        self._cuts.extend(cast("int", cut.frame_num) for cut in cuts)
