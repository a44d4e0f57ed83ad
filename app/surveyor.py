"""Opening a clip: facts at once, then one walk through its frames for exact times, cuts and thumbnails."""

import logging
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal, Slot
from PySide6.QtGui import QImage

from app.engine_calls import EngineCalls, Picture
from app.frame_loader import OpenClip
from app.messages import Failure
from app.pictures import to_image
from engine.batch import find_clips
from engine.cancel import Cancelled, CancelToken
from engine.clip import Clip
from engine.errors import EngineError

logger = logging.getLogger(__name__)

SOURCE = "source"
"""Purpose of the one walk that also finds cuts and thumbnails."""
N_THUMBS = 24
THUMB_HEIGHT = 40
_TELL_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyTask:
    """One clip to walk through; `purpose` tells the asker's own requests apart."""

    path: Path
    purpose: str
    cancel: CancelToken


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanTask:
    """One folder to look through."""

    folder: Path
    out_folder: Path | None
    recursive: bool
    suffixes: tuple[str, ...]


class Surveyor(QObject):
    """Main-thread side: clips are walked one after another, a newly opened one ends the walk in progress."""

    probed = Signal(object, object)
    """SurveyTask, Clip."""
    walked = Signal(object, int)
    """SurveyTask, frames seen so far."""
    first_seen = Signal(object, QImage)
    """SurveyTask, first frame."""
    thumb_made = Signal(object, int, QImage)
    """SurveyTask, frame, small picture."""
    opened = Signal(object, object, object)
    """SurveyTask, OpenClip, tuple of first frames of shots."""
    judged = Signal(object, object)
    """SurveyTask, SourceState."""
    failed = Signal(object, object)
    """SurveyTask, Failure."""
    scanned = Signal(object)
    """Batch, or Failure."""
    encoders_found = Signal(object)
    """Names of the codecs that open on this machine."""
    cards_found = Signal(object)
    """Names of the graphics cards that can restore together."""
    _asked = Signal(object)
    _scan_asked = Signal(object)
    outlook_found = Signal(object)
    """Outlook: how fast this machine would be."""
    _encoders_asked = Signal()
    _outlook_asked = Signal()

    def __init__(self, engine: EngineCalls, parent: QObject) -> None:
        super().__init__(parent)
        self._tokens: list[tuple[str, CancelToken]] = []
        self._thread = QThread(self)
        self._thread.setObjectName("surveyor")
        self._worker = _SurveyWorker(engine)
        self._worker.moveToThread(self._thread)
        self._asked.connect(self._worker.walk)
        self._worker.probed.connect(self.probed)
        self._worker.first_seen.connect(self.first_seen)
        self._worker.walked.connect(self.walked)
        self._worker.thumb_made.connect(self.thumb_made)
        self._worker.opened.connect(self.opened)
        self._worker.judged.connect(self.judged)
        self._worker.failed.connect(self.failed)
        self._scan_asked.connect(self._worker.scan)
        self._encoders_asked.connect(self._worker.find_encoders)
        self._worker.scanned.connect(self.scanned)
        self._worker.encoders_found.connect(self.encoders_found)
        self._worker.cards_found.connect(self.cards_found)
        self._outlook_asked.connect(self._worker.find_outlook)
        self._worker.outlook_found.connect(self.outlook_found)
        self._thread.finished.connect(self._worker.deleteLater)
        self._thread.start()

    def open(self, path: Path, purpose: str) -> None:
        """Walk through a clip; earlier walks of its purpose end, and all of them for a new source."""
        for other, token in self._tokens:
            if purpose in (other, SOURCE):
                token.cancel()
        task = SurveyTask(path=path, purpose=purpose, cancel=CancelToken())
        self._tokens = [entry for entry in self._tokens if not entry[1].cancelled]
        self._tokens.append((purpose, task.cancel))
        self._asked.emit(task)

    def scan(self, wanted: "ScanTask") -> None:
        """Look through a folder; answered by `scanned`."""
        self._scan_asked.emit(wanted)

    def find_encoders(self) -> None:
        """Try the encoders and look for cards; answered by `encoders_found` and `cards_found`."""
        self._encoders_asked.emit()

    def find_outlook(self) -> None:
        """Measure this machine; answered by `outlook_found`."""
        self._outlook_asked.emit()

    def close(self) -> None:
        """End the walk and the thread."""
        for _, token in self._tokens:
            token.cancel()
        self._thread.quit()
        self._thread.wait()


class _SurveyWorker(QObject):
    """Lives in the surveyor's thread."""

    probed = Signal(object, object)
    first_seen = Signal(object, QImage)
    walked = Signal(object, int)
    thumb_made = Signal(object, int, QImage)
    opened = Signal(object, object, object)
    judged = Signal(object, object)
    failed = Signal(object, object)
    scanned = Signal(object)
    cards_found = Signal(object)
    encoders_found = Signal(object)
    outlook_found = Signal(object)

    def __init__(self, engine: EngineCalls) -> None:
        super().__init__()
        self._engine = engine

    @Slot(object)
    def walk(self, task: SurveyTask) -> None:
        """Probe, survey, find shots; answers with `opened` or `failed`, or nothing if cancelled."""
        try:
            self._walk(task)
        except Cancelled:
            logger.debug("the walk through %s was ended", task.path)
        except Exception as error:  # noqa: BLE001  (the thread's border: the person is told, the thread lives)
            logger.info("%s cannot be opened: %s", task.path, error)
            self.failed.emit(task, Failure.of(error))

    @Slot(object)
    def scan(self, task: ScanTask) -> None:
        """Look through a folder; answers with `scanned`."""
        try:
            found = find_clips(task.folder, task.out_folder, recursive=task.recursive, suffixes=task.suffixes)
        except EngineError as error:
            self.scanned.emit(Failure.of(error))
        else:
            self.scanned.emit(found)

    @Slot()
    def find_encoders(self) -> None:
        """Try the encoders and look for cards; answers with `encoders_found` and `cards_found`."""
        self.encoders_found.emit(self._engine.encoders())
        self.cards_found.emit(self._engine.cards())

    @Slot()
    def find_outlook(self) -> None:
        """Measure this machine; answers with `outlook_found`."""
        self.outlook_found.emit(self._engine.outlook())

    def _walk(self, task: SurveyTask) -> None:
        task.cancel.check()
        clip = self._engine.probe(task.path)
        self.probed.emit(task, clip)
        if task.purpose != SOURCE:
            self.opened.emit(task, OpenClip(clip=clip, index=self._engine.index(clip, task.cancel)), ())
            return
        first = self._engine.first_frame(clip)
        if first is not None:
            self.first_seen.emit(task, to_image(first))
        index, shots = self._engine.survey(clip, _ThumbTeller(self, task, clip), task.cancel)
        self.opened.emit(task, OpenClip(clip=clip, index=index), shots)
        task.cancel.check()
        self.judged.emit(task, self._engine.state(clip, index))


class _ThumbTeller:
    """Picks evenly spaced thumbnails out of a walk and says now and then how far it is."""

    def __init__(self, worker: _SurveyWorker, task: SurveyTask, clip: Clip) -> None:
        self._worker = worker
        self._task = task
        self._every = max(1, (clip.estimated_frames or N_THUMBS) // N_THUMBS)
        self._told = time.monotonic()

    def __call__(self, frame: int, picture: Picture) -> None:
        self._task.cancel.check()
        if frame % self._every == 0 and frame // self._every <= 4 * N_THUMBS:
            image = to_image(picture).scaledToHeight(THUMB_HEIGHT)
            self._worker.thumb_made.emit(self._task, frame, image)
        if time.monotonic() - self._told > _TELL_SECONDS:
            self._told = time.monotonic()
            self._worker.walked.emit(self._task, frame)
