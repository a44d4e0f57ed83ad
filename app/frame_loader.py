"""The scrubber's pictures: decoded in a thread of their own, the latest request wins, bounded cache."""

import logging
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal, Slot
from PySide6.QtGui import QImage

from app.engine_calls import Blendable, EngineCalls, FrameSource, Picture
from app.messages import Failure
from app.pictures import halved, lanczos, to_image
from engine.clip import Clip
from engine.media.frames import FrameIndex

logger = logging.getLogger(__name__)

CACHE_BYTES = 384 << 20
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """The answer to a request."""

    request: PairRequest
    before: QImage
    after: QImage
    before_half: QImage | None = None
    """The same at half its size, of large pictures."""
    after_half: QImage | None = None


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
        before, after = self._frame(request.source, request.frame), self._after(request)
        return Pair(
            request=request,
            before=before,
            after=after,
            before_half=self._half(before),
            after_half=self._half(after),
        )

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
                return self._frame(film, frame)
            case FromHeads(heads=heads, beta=beta):
                return to_image(heads.blend(beta))
            case FromImage(image=image):
                return image
            case Lanczos() as size:
                return self._plain(request.source, request.frame, size)

    def _plain(self, source: OpenClip, frame: int, size: Lanczos) -> QImage:
        if (size.width, size.height) == (source.clip.width, source.clip.height):
            return self._frame(source, frame)
        key = (source.clip.path, frame, size)
        found = self._cache.get(key)
        if found is None:
            pixels = self._film(source).pixels(frame)
            found = to_image(lanczos(pixels, size.width, size.height))
            self._cache.put(key, found)
        return found

    def _frame(self, source: OpenClip, frame: int) -> QImage:
        key = (source.clip.path, frame, id(source.index))
        found = self._cache.get(key)
        if found is None:
            found = to_image(self._film(source).pixels(frame))
            self._cache.put(key, found)
        return found

    def _film(self, source: OpenClip) -> "_Film":
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
        self._next = 0
        self._last: tuple[int, Picture] | None = None

    def pixels(self, frame: int) -> Picture:
        """One frame, (H, W, 3) uint8; frames on the way to it are decoded, where needed, but not converted."""
        if self._last is not None and self._last[0] == frame:
            return self._last[1]
        if self._running is None or self._next != frame:
            self._running = self._source_frames.frames(frame)
        found = next(self._running, None)
        if found is None:
            self._running = None
            raise EOFError(f"{self.source.clip.path.name} ends before frame {frame}")
        self._next, self._last = frame + 1, (frame, found)
        return found

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


def _strip(request: StripRequest) -> Strip:
    pairs = zip(request.heads, request.betas, strict=True)
    images = (to_image(heads.blend(beta)) for heads, beta in pairs)
    return Strip(request=request, images=tuple(image.scaledToWidth(request.width) for image in images))
