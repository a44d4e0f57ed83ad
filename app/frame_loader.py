"""The scrubber's pictures: decoded in a thread of their own, the latest request wins, bounded cache."""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal, Slot
from PySide6.QtGui import QImage

from app.engine_calls import Blendable, EngineCalls, FrameSource, Picture
from app.messages import Failure
from app.pictures import halved, lanczos, to_image
from engine.clip import Clip

if TYPE_CHECKING:  # the window opens without numpy
    from engine.media.frames import FrameIndex

logger = logging.getLogger(__name__)

CACHE_BYTES = 384 << 20
QUICK_BELOW = 0.8
"""Of a clip's width: a view that shows it smaller gets quick pictures while the playhead moves."""
BACKWARDS = 12
"""Quick pictures that are kept of the frames before one that was reached by going back; so many decode at once."""
MAX_OPEN = 3
"""Clips that stay open at once: the source, its result, one preview."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpenClip:
    """A clip that was probed and surveyed: what is needed to read exact frames of it."""

    clip: Clip
    index: FrameIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanczos:
    """The plain upscale of the source frame."""

    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FromFilm:
    """A frame of a finished film."""

    film: OpenClip
    frame: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FromHeads:
    """A previewed frame, blended at a beta."""

    heads: Blendable
    beta: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FromImage:
    """A picture that is already here."""

    image: QImage


After = Lanczos | FromFilm | FromHeads | FromImage


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairRequest:
    """One frame of the source and what to show beside it."""

    number: int
    source: OpenClip
    frame: int
    after: After
    width: int | None = None
    """Of both on screen, in its pixels, where quick pictures of that size will do; None: exact ones."""
    passing: bool = False
    """The playhead is on its way through the clip: a key frame that is at hand stands in for a frame far from one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """The answer to a request."""

    request: PairRequest
    before: QImage
    after: QImage
    before_half: QImage | None = None
    """The same at half its size, of large pictures."""
    after_half: QImage | None = None
    exact: bool = True
    """Both are whole: no smaller picture stands in for one while the playhead moves."""

    @property
    def after_size(self) -> tuple[int, int]:
        """Width and height of the right-hand picture when it is exact."""
        match self.request.after:
            case FromFilm(film=film):
                return film.clip.width, film.clip.height
            case Lanczos(width=width, height=height):
                return width, height
        return self.after.width(), self.after.height()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StripRequest:
    """One previewed frame at several betas."""

    number: int
    heads: tuple[Blendable, ...]
    """One for each beta; the same one where the slider is live."""
    betas: tuple[float, ...]
    width: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strip:
    """Small pictures for a strip, one a beta."""

    request: StripRequest
    images: tuple[QImage, ...]


class FrameLoader(QObject):
    """Main-thread side: hands one request at a time to the thread and keeps only the newest waiting."""

    pair_loaded = Signal(object)
    strip_loaded = Signal(object)
    load_failed = Signal(object)
    _asked = Signal(object)

    def __init__(self, engine: EngineCalls, parent: QObject) -> None:
        super().__init__(parent)
        self._busy = False
        self._waiting: list[PairRequest | StripRequest] = []
        self._thread = QThread(self)
        self._thread.setObjectName("frame loader")
        self._worker = _FrameWorker(engine)
        self._worker.moveToThread(self._thread)
        self._asked.connect(self._worker.load)
        self._worker.loaded.connect(self._on_loaded)
        self._worker.failed.connect(self._on_failed)
        self._thread.finished.connect(self._worker.deleteLater)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """True while a request is being answered."""
        return self._busy

    def request(self, wanted: PairRequest | StripRequest) -> None:
        """Load this next; an older waiting request of the same kind is forgotten."""
        self._waiting = [other for other in self._waiting if type(other) is not type(wanted)]
        self._waiting.append(wanted)
        self._send()

    def close(self) -> None:
        """End the thread; the request in progress is finished first."""
        self._waiting.clear()
        self._asked.disconnect(self._worker.load)
        self._thread.quit()
        self._thread.wait()

    def _send(self) -> None:
        if not self._busy and self._waiting:
            self._busy = True
            self._asked.emit(self._waiting.pop(0))

    @Slot(object)
    def _on_loaded(self, answer: Pair | Strip) -> None:
        self._busy = False
        (self.pair_loaded if isinstance(answer, Pair) else self.strip_loaded).emit(answer)
        self._send()

    @Slot(object)
    def _on_failed(self, failure: Failure) -> None:
        self._busy = False
        self.load_failed.emit(failure)
        self._send()


class _FrameWorker(QObject):
    """Lives in the loader's thread and owns every open reader."""

    loaded = Signal(object)
    failed = Signal(object)

    def __init__(self, engine: EngineCalls) -> None:
        super().__init__()
        self._engine = engine
        self._films: OrderedDict[Path, _Film] = OrderedDict()
        self._cache = ImageCache(CACHE_BYTES)
        self._was_quick = False

    @Slot(object)
    def load(self, request: PairRequest | StripRequest) -> None:
        """Answer one request with `loaded` or `failed`."""
        try:
            answer = self._pair(request) if isinstance(request, PairRequest) else _strip(request)
        except Exception as error:
            logger.warning("a frame could not be shown", exc_info=True)
            self.failed.emit(Failure.of(error))
        else:
            self.loaded.emit(answer)

    def _pair(self, request: PairRequest) -> Pair:
        self._was_quick = False
        request = self._at_hand(request)
        before, after = self._frame(request.source, request.frame, request.width), self._after(request)
        return Pair(
            request=request,
            before=before,
            after=after,
            before_half=self._half(before),
            after_half=self._half(after),
            exact=not self._was_quick,
        )

    def _at_hand(self, request: PairRequest) -> PairRequest:
        """The request, or one for the key frame before it where decoding up to the frame itself would take long."""
        if not request.passing or request.width is None:
            return request
        known = (request.source.clip.path, request.frame, id(request.source.index))
        if self._cache.get(known) or self._cache.get((*known, request.width)):
            return request
        back = self._film(request.source).far_behind(request.frame)
        match request.after:
            case Lanczos():
                after = request.after
            case FromFilm(film=film, frame=frame) if frame >= back:
                after = FromFilm(film=film, frame=frame - back)
            case _:
                return request
        self._was_quick = self._was_quick or back > 0
        return replace(request, frame=request.frame - back, after=after)

    def _half(self, image: QImage) -> QImage | None:
        key = ("half", image.cacheKey())
        found = self._cache.get(key)
        if found is None:
            found = halved(image)
            if found is not None:
                self._cache.put(key, found)
        return found

    def _after(self, request: PairRequest) -> QImage:
        match request.after:
            case FromFilm(film=film, frame=frame):
                return self._frame(film, frame, request.width)
            case FromHeads(heads=heads, beta=beta):
                return to_image(heads.blend(beta))
            case FromImage(image=image):
                return image
            case Lanczos() as size:
                return self._plain(request.source, request.frame, size, request.width)

    def _plain(self, source: OpenClip, frame: int, size: Lanczos, width: int | None) -> QImage:
        if (size.width, size.height) == (source.clip.width, source.clip.height):
            return self._frame(source, frame, width)
        found = self._cache.get((source.clip.path, frame, size))
        if found is not None:
            return found
        if _is_quick(source.clip, width):
            return self._frame(source, frame, width)  # shown no larger than the source: nothing to enlarge
        if width is not None and width < size.width:
            size = Lanczos(width=width, height=max(1, round(width * size.height / size.width)))
            self._was_quick = True
        key = (source.clip.path, frame, size)
        found = self._cache.get(key)
        if found is None:
            pixels = self._film(source).pixels(frame)
            found = to_image(lanczos(pixels, size.width, size.height))
            self._cache.put(key, found)
        return found

    def _frame(self, source: OpenClip, frame: int, width: int | None) -> QImage:
        """The exact frame, or a quick one of the given width; an exact one at hand is quicker still."""
        key = (source.clip.path, frame, id(source.index))
        found = self._cache.get(key)
        if found is None and _is_quick(source.clip, width):
            key, self._was_quick = (*key, width), True
            found = self._cache.get(key)
        else:
            width = None
        if found is None:
            for at, pixels in self._film(source).way_to(frame, width):
                found = to_image(pixels)
                self._cache.put((key[0], at, *key[2:]), found)
        if found is None:
            raise EOFError(f"{source.clip.path.name} ends before frame {frame}")
        return found

    def _film(self, source: OpenClip) -> _Film:
        path = source.clip.path
        film = self._films.pop(path, None)
        if film is not None and film.source is not source:
            film.close()
            film = None
        if film is None:
            film = _Film(source, self._engine.open_frames(source.clip, source.index))
        self._films[path] = film
        while len(self._films) > MAX_OPEN:
            self._films.popitem(last=False)[1].close()
        return film


class _Film:
    """One open clip and the generator that is running on it."""

    def __init__(self, source: OpenClip, frames: FrameSource) -> None:
        self.source = source
        self._source_frames = frames
        self._running: Iterator[Picture] | None = None
        self._next: tuple[int, int | None] = (0, None)
        self._last: tuple[tuple[int, int | None], Picture] | None = None

    def way_to(self, frame: int, width: int | None) -> Iterator[tuple[int, Picture]]:
        """The wanted frame last, and before it those that a hand moving backwards wants next.

        Decoding begins at a key frame: quick pictures of what is passed on the way cost little more.
        """
        first = frame
        if width is not None and 0 < self._next[0] - frame <= BACKWARDS + 1:
            first = max(self._keyframe(frame), frame - BACKWARDS)
        for at in range(first, frame + 1):
            yield at, self.pixels(at, width)

    def pixels(self, frame: int, width: int | None = None) -> Picture:
        """One frame, (H, W, 3) uint8, exact or of a smaller width.

        Frames on the way to it are decoded, where needed, but not converted.
        """
        if self._last is not None and self._last[0] == (frame, width):
            return self._last[1]
        if self._running is None or self._next != (frame, width):
            self._running = self._source_frames.frames(frame, width)
        found = next(self._running, None)
        if found is None:
            self._running = None
            raise EOFError(f"{self.source.clip.path.name} ends before frame {frame}")
        self._next, self._last = (frame + 1, width), ((frame, width), found)
        return found

    def far_behind(self, frame: int) -> int:
        """How many frames before this one a key frame lies, where decoding up to it takes long; else 0."""
        at, keyframe = self._next[0], self._keyframe(frame)
        near = abs(frame - at) <= BACKWARDS or frame - keyframe <= BACKWARDS
        return 0 if near else frame - keyframe

    def _keyframe(self, frame: int) -> int:
        keyframes = self.source.index.keyframes
        found = bisect_right(keyframes, frame)
        return keyframes[found - 1] if found else frame

    def close(self) -> None:
        """Let go of the file."""
        self._running = None
        self._source_frames.close()


class ImageCache:
    """Images by key, the least recently used forgotten once they take too many bytes."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._images: OrderedDict[object, QImage] = OrderedDict()
        self.n_bytes = 0

    def get(self, key: object) -> QImage | None:
        """The image, now the most recently used, or None."""
        if key in self._images:
            self._images.move_to_end(key)
        return self._images.get(key)

    def put(self, key: object, image: QImage) -> None:
        """Keep an image, and forget old ones until the limit holds."""
        self._images[key] = image
        self.n_bytes += image.sizeInBytes()
        while self.n_bytes > self._limit and len(self._images) > 1:
            self.n_bytes -= self._images.popitem(last=False)[1].sizeInBytes()


def _is_quick(clip: Clip, width: int | None) -> bool:
    """True where converting at a width saves more than it costs."""
    return width is not None and width <= QUICK_BELOW * clip.width


def _strip(request: StripRequest) -> Strip:
    pairs = zip(request.heads, request.betas, strict=True)
    images = (to_image(heads.blend(beta)) for heads, beta in pairs)
    return Strip(request=request, images=tuple(image.scaledToWidth(request.width) for image in images))
