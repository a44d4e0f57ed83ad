"""What a folder of good clips has to teach: its shots, and the part of them that is kept from training."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.batch import VIDEO_SUFFIXES, find_clips
from engine.cancel import CancelToken
from engine.errors import SettingsError, SourceError
from engine.events import Notice, Severity
from engine.job import Job
from engine.media.probe import probe
from engine.media.reader import Reader
from engine.settings import RestorationSettings
from engine.source import Source, look_at, measured_state

SEQUENCE = 8
"""Frames of one training sequence: 4 that are learned, with what the network sees around them."""
CROP_SIDE = 48
"""lq pixels of a training crop's side: smaller pictures teach nothing."""
DAMAGED = 0.6
"""State of a source from which on it is no example: the clips of an archive that are worth copying lie below."""
ENOUGH_SHOTS = 10
"""From so many on whole shots are held back; below, the last part of every shot."""
HELD_SHARE = 5
"""Every so many-th shot is held back; a fifth of the material."""
HELD_FRAMES = 12
"""At least, of the end of a shot that is divided."""
GAP_SHARE, SMALLEST_GAP, LARGEST_GAP = 6, 8, 24
"""Frames of a divided shot that nobody sees: a sixth of it, within these bounds."""
SHORTEST_DIVIDED = SEQUENCE + SMALLEST_GAP + HELD_FRAMES
MOST_NAMES = 8
"""Of files in one notice."""

Frames = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """Some frames of one shot."""

    source: Source
    start: int
    """First frame, absolute index in the clip."""
    stop: int

    @property
    def name(self) -> str:
        """What people call it: the file and the frames."""
        return f"{self.source.clip.path.name} {self.start}-{self.stop}"

    def read(self, start: int, stop: int) -> Frames:
        """Frames [start, stop) by absolute index, (T, H, W, 3) uint8 RGB; raises SourceError."""
        source = self.source
        with Reader(source.clip, source.index, deep=False, deinterlace=source.deinterlace) as reader:
            batches = [batch.pixels for batch in reader.read(start, stop)]
        return np.concatenate(batches).astype(np.uint8, copy=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """A folder, looked through and divided."""

    training: tuple[Piece, ...]
    held_back: tuple[Piece, ...]
    by: Literal["shots", "time"]
    """Whole shots are held back, or the last part of every shot, with a gap before it."""
    n_clips: int
    notices: tuple[Notice, ...]
    """What was left out."""


def look_through(
    folder: Path, scale: int, cancel: CancelToken, on_clip: Callable[[int, int], None]
) -> Footage:
    """The folder's usable shots, divided; on_clip hears how many files were looked at, and of how many.

    Raises SettingsError that says what is lacking when there is nothing, or not enough, to learn from.
    """
    found = find_clips(folder)
    if not found.items:
        raise SettingsError(f"{folder} holds no video: give a folder of good clips")
    sources: list[Source] = []
    skipped: list[_Skipped] = []
    for number, item in enumerate(found.items, 1):
        cancel.check()
        seen = _look(item.source, scale, cancel)
        if isinstance(seen, _Skipped):
            skipped.append(seen)
        else:
            sources.append(seen)
        on_clip(number, len(found.items))
    if not sources:
        raise _refusal(folder, scale, skipped)
    shots = [Piece(source=s, start=shot.start, stop=shot.stop) for s in sources for shot in s.shots]
    training, held_back, by = divided(shots)
    if not training or not held_back:
        raise SettingsError(
            f"the clips in {folder} are too short: need a shot of {SHORTEST_DIVIDED} frames or more to learn from"
            " and to measure on"
        )
    return Footage(
        training=training,
        held_back=held_back,
        by=by,
        n_clips=len(sources),
        notices=tuple(_notices(folder, scale, skipped)),
    )


def divided(
    shots: Sequence[Piece],
) -> tuple[tuple[Piece, ...], tuple[Piece, ...], Literal["shots", "time"]]:
    """Training pieces, held-back pieces, and how they were divided; a pure function of the shots.

    With many shots every fifth is held back whole. With few, every shot is divided by time: its end is held back,
    and between the two lies a gap that neither sees, so that no held-back frame is a neighbour of a learned one.
    """
    usable = [shot for shot in shots if shot.stop - shot.start >= SEQUENCE]
    if len(usable) >= ENOUGH_SHOTS:
        held = tuple(usable[HELD_SHARE // 2 :: HELD_SHARE])
        return tuple(shot for shot in usable if shot not in held), held, "shots"
    training, held_back = [], []
    for shot in usable:
        n_frames = shot.stop - shot.start
        if n_frames < SHORTEST_DIVIDED:
            training.append(shot)
            continue
        gap = min(max(n_frames // GAP_SHARE, SMALLEST_GAP), LARGEST_GAP)
        held_start = shot.stop - max(n_frames // HELD_SHARE, HELD_FRAMES)
        training.append(Piece(source=shot.source, start=shot.start, stop=max(held_start - gap, shot.start)))
        held_back.append(Piece(source=shot.source, start=held_start, stop=shot.stop))
    return tuple(training), tuple(held_back), "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Skipped:
    """A file that teaches nothing."""

    name: str
    why: Literal["damaged", "small", "unreadable"]
    reason: str = ""
    """Of an unreadable one."""


def _look(path: Path, scale: int, cancel: CancelToken) -> Source | _Skipped:
    """What was found in a file, or why it teaches nothing."""
    try:
        clip = probe(path)
        if min(clip.width, clip.height) < CROP_SIDE * scale:
            return _Skipped(name=path.name, why="small")
        settings = RestorationSettings(tone_map=clip.color.is_hdr)
        job = Job(source=path, target=path.with_name(f"{path.stem}.adapt.mkv"), restoration=settings)
        source = look_at(job, clip, cancel)
        if source.index.n_corrupt + source.index.n_undecodable:
            return _Skipped(name=path.name, why="damaged")
        state = measured_state(source.clip, source.index, source.start, source.stop)
    except SourceError as error:
        return _Skipped(name=path.name, why="unreadable", reason=str(error))
    return _Skipped(name=path.name, why="damaged") if state.condition > DAMAGED else source


def _refusal(folder: Path, scale: int, skipped: list[_Skipped]) -> SettingsError:
    """Nothing is left to learn from."""
    if all(one.why == "damaged" for one in skipped):
        return SettingsError(
            f"the clips in {folder} are all too damaged to be examples: give clips in good condition"
        )
    return SettingsError(
        f"no clip in {folder} can be used: they are unreadable, damaged, or smaller than "
        f"{CROP_SIDE * scale} pixels a side"
    )


def _notices(folder: Path, scale: int, skipped: list[_Skipped]) -> Iterator[Notice]:
    """What is left out, by name."""
    damaged, small = (_list(one.name for one in skipped if one.why == why) for why in ("damaged", "small"))
    if damaged:
        message = f"left out, too damaged to be examples: {damaged}"
        yield Notice(code="clip-left-out", message=message, severity=Severity.WARNING)
    if small:
        message = f"left out, smaller than {CROP_SIDE * scale} pixels a side: {small}"
        yield Notice(code="clip-left-out", message=message, severity=Severity.WARNING)
    for one in skipped:
        if one.why == "unreadable":
            message = f"left out: {one.reason}"
            yield Notice(code="clip-left-out", message=message, severity=Severity.WARNING)
    others = [
        p.name for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix.lower() not in VIDEO_SUFFIXES
    ]
    if others:
        yield Notice(code="files-left-out", message=f"left out, no video: {_list(others)}")


def _list(names: Iterable[str]) -> str:
    told = list(names)
    more = f" and {len(told) - MOST_NAMES} more" if len(told) > MOST_NAMES else ""
    return ", ".join(told[:MOST_NAMES]) + more
