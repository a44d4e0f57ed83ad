"""Exact frames of a clip by absolute index, as upright RGB batches."""

import logging
from collections import deque
from collections.abc import Iterator
from itertools import islice
from types import TracebackType
from typing import Self

import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from engine.clip import Clip
from engine.errors import SourceError
from engine.media.convert import ToRgb
from engine.media.deinterlace import whole_frames
from engine.media.frames import FrameBatch, FrameIndex, Pixels
from engine.media.source import open_frames

logger = logging.getLogger(__name__)

# The last decoded frames are kept, so that overlapping ranges of neighbouring segments need no seek.
_KEPT = 4


class Reader:
    """Reads any range of frames, each the one that decoding the file from its start would give.

    Used as a context manager, by one thread. deep: uint16 pixels. deinterlace: interlaced frames are made
    whole; a film whose pulldown is undone always is. threads: that convert one frame, see ToRgb.
    threaded: an undamaged film is decoded on all cores; its frames are the same.
    """

    def __init__(
        self,
        clip: Clip,
        index: FrameIndex,
        *,
        deep: bool,
        deinterlace: bool,
        threads: int = 1,
        threaded: bool = False,
    ) -> None:
        self._clip = clip
        self._film = index
        self._index = index.spread or index
        self._deinterlace = deinterlace or index.spread is not None
        self._to_rgb = ToRgb(clip, deep=deep, threads=threads)
        self._source = open_frames(clip, threaded=threaded and _can_seek(self._index))
        self._live: Iterator[tuple[int, VideoFrame]] = iter(())
        self._next: int | None = None
        self._recent: deque[tuple[int, VideoFrame]] = deque(maxlen=_KEPT)
        self._may_seek = _can_seek(self._index)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._recent.clear()
        self._source.close()

    def read(self, start: int, stop: int, batch: int = 8) -> Iterator[FrameBatch]:
        """Batches of at most `batch` frames that cover [start, stop) without gap or overlap.

        Raises SourceError when the file no longer holds the frames that the survey found.
        """
        if not 0 <= start < stop <= len(self._film):
            raise ValueError(f"frames {start}..{stop} of a clip of {len(self._film)} frames")
        frames = self._frames(start, stop)
        first = start
        while chunk := list(islice(frames, batch)):
            yield self._batch(chunk, first)
            first += len(chunk)

    def read_small(self, start: int, stop: int, width: int) -> Iterator[NDArray[np.uint8]]:
        """The frames of [start, stop) one by one, (h, width, 3) uint8, for the eye; see ToRgb.small."""
        for frame in self._frames(start, stop):
            yield self._to_rgb.small(frame, width)

    def _batch(self, frames: list[VideoFrame], first: int) -> FrameBatch:
        converted = [self._to_rgb(frame) for frame in frames]
        alphas = [alpha for _, alpha in converted if alpha is not None]
        return FrameBatch(
            pixels=_stack([rgb for rgb, _ in converted]),
            pts=self._film.pts[first : first + len(frames)],
            first=first,
            alpha=_stack(alphas) if len(alphas) == len(frames) else None,
        )

    def _frames(self, start: int, stop: int) -> Iterator[VideoFrame]:
        if not self._deinterlace:
            return self._decoded(start, stop)
        picked = self._film.picked[start:stop]
        if not picked:
            return self._whole(start, stop)
        wanted, first = set(picked), picked[0]
        numbered = enumerate(self._whole(first, picked[-1] + 1), first)
        return (frame for number, frame in numbered if number in wanted)

    def _whole(self, start: int, stop: int) -> Iterator[VideoFrame]:
        """Deinterlaced frames; one more frame on each side makes them independent of the range's cut."""
        before, after = max(0, start - 1), min(len(self._index), stop + 1)
        sized = (self._to_rgb.first_size(frame) for frame in self._decoded(before, after))
        whole = whole_frames(sized, self._clip, self._index)
        yield from islice(whole, start - before, stop - before)

    def _decoded(self, start: int, stop: int) -> Iterator[VideoFrame]:
        position = start
        for index, frame in tuple(self._recent):
            if index == position < stop:
                yield frame
                position += 1
        for wanted in range(position, stop):
            yield self._frame(wanted)

    def _frame(self, wanted: int) -> VideoFrame:
        """Frame `wanted`; decodes on where that is shorter than seeking."""
        if not self._is_ahead(wanted):
            self._position(wanted)
        found = self._advance(wanted)
        if found is None and self._may_seek:
            logger.debug(
                "%s: seeking to frame %d failed, decoding from the start", self._clip.path.name, wanted
            )
            self._may_seek = False
            self._position(wanted)
            found = self._advance(wanted)
        if found is None:
            raise SourceError(f"{self._clip.path.name} has changed: frame {wanted} is no longer where it was")
        return found

    def _is_ahead(self, wanted: int) -> bool:
        if self._next is None or wanted < self._next:
            return False
        return not self._may_seek or self._keyframe(wanted) <= self._next

    def _advance(self, wanted: int) -> VideoFrame | None:
        """Decode up to frame `wanted`, None when what comes is not what the survey saw."""
        for index, frame in self._live:
            self._next = index + 1
            self._recent.append((index, frame))
            if index == wanted:
                return frame
        self._next = None
        return None

    def _position(self, wanted: int) -> None:
        """Make the next decoded frames lead to `wanted`: from a key frame, or from the first frame."""
        self._recent.clear()
        key = self._keyframe(wanted) if self._may_seek else 0
        stamp = self._index.raw_pts[key]
        if key > 0 and stamp is not None:
            try:
                self._source.seek(stamp)
            except FFmpegError:
                key = 0
        if key == 0:
            self._source.rewind()
        self._next = key
        self._live = self._numbered(key)

    def _keyframe(self, wanted: int) -> int:
        keyframes = self._index.keyframes
        found = int(np.searchsorted(keyframes, wanted, side="right")) - 1
        return keyframes[found] if found >= 0 else 0

    def _numbered(self, key: int) -> Iterator[tuple[int, VideoFrame]]:
        """Decoded frames with their indices; ends early where a stamp is not the survey's.

        After a seek, frames before the key frame are skipped: of an open group of pictures they lack what
        they were predicted from. The key frame itself must be seen, else the container sought past it.
        """
        index = key
        for frame in self._source.frames():
            if index == key > 0 and frame.pts != self._index.raw_pts[key]:
                if frame.pts is None or frame.pts > (self._index.raw_pts[key] or 0):
                    return
                continue
            if index >= len(self._index) or frame.pts != self._index.raw_pts[index]:
                return
            yield index, frame
            index += 1


def _can_seek(index: FrameIndex) -> bool:
    """Seeking matches frames by their stamps, and damaged frames look different after a seek."""
    damaged = index.n_corrupt or index.n_undecodable
    return not damaged and not index.repaired_pts and None not in index.raw_pts


def _stack(arrays: list[Pixels]) -> Pixels:
    # The arrays share one dtype, which numpy's stub cannot say of a union.
    return np.stack(arrays)  # pyright: ignore[reportReturnType, reportCallIssue, reportArgumentType]
