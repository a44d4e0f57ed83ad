"""A sliding view over the decoded source: frame batches in, lq tensors out, memory bounded."""

from collections import deque
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from engine.media.frames import FrameBatch, Pixels
from engine.shuttle import Shuttle


class LqView:
    """Answers `(start, stop)` with float frames, reading ahead no further than asked.

    Frames before the start of the latest request, less `margin`, are let go: requests may overlap backwards
    only to there.
    """

    def __init__(
        self, batches: Iterator[FrameBatch], first: int, device: torch.device, *, margin: int = 0
    ) -> None:
        self._batches = batches
        self._shuttle = Shuttle(device)
        self._first = first
        self._margin = margin
        self._frames: deque[Pixels] = deque()

    def __call__(self, start: int, stop: int) -> Tensor:
        """Return frames [start, stop), (T, 3, h, w) float32 in [0, 1] on the view's device.

        Raises IndexError when `start` was already let go or the source ends before `stop`.
        """
        if start < self._first or stop <= start:
            raise IndexError(f"frames {start}..{stop} of a view that starts at {self._first}")
        self._drop_before(start - self._margin)
        while self._first + len(self._frames) < stop:
            self._frames.extend(self._next_batch().pixels)
            self._drop_before(start - self._margin)
        pixels = np.stack([self._frames[i - self._first] for i in range(start, stop)])
        peak = 255.0 if pixels.dtype == np.uint8 else 65535.0
        lq = torch.from_numpy(pixels.astype(np.uint8 if peak == 255.0 else np.int32, copy=False))
        return self._shuttle.up(lq).permute(0, 3, 1, 2).float().div_(peak)

    def _next_batch(self) -> FrameBatch:
        try:
            return next(self._batches)
        except StopIteration:
            raise IndexError(f"the source ended at frame {self._first + len(self._frames)}") from None

    def _drop_before(self, start: int) -> None:
        while self._frames and self._first < start:
            self._frames.popleft()
            self._first += 1
