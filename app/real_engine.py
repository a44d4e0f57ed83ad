"""The engine behind the window's calls; every import that costs time happens in the thread that needs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from app.engine_calls import Blendable, EngineCalls, ModelFacts, OnThumb, Picture, WeightsCalls
from engine.cancel import CancelToken
from engine.clip import Clip, SourceState
from engine.errors import ModelError
from engine.events import Notice, OnEvent
from engine.job import Job
from engine.models.spec import ModelSpec
from engine.models.weights_folder import (
    FileState,
    OnProgress,
    file_states,
    licence_accepted,
    model_state,
    part_path,
    path_of,
)

if TYPE_CHECKING:
    from engine.media.frames import FrameIndex
    from engine.outlook import Outlook

THUMB_WIDTH = 160


def real_engine() -> EngineCalls:
    """The calls as the application makes them."""
    return EngineCalls(
        restore=_restore,
        discard=_discard,
        live_frame=_live_frame,
        free_memory=_free_memory,
        probe=_probe,
        first_frame=_first_frame,
        index=_index,
        survey=_survey,
        state=_state,
        notices=_notices,
        open_frames=OpenReader,
        specs=_specs,
        encoders=_encoders,
        cards=_cards,
        outlook=_outlook,
        weights=WeightsCalls(
            facts=_weights_facts, download=_download, take=_take, verify=_verify, remove=_remove
        ),
    )


class OpenReader:
    """An open clip that yields upright 8-bit frames."""

    def __init__(self, clip: Clip, index: FrameIndex) -> None:
        from engine.media.reader import Reader

        self._reader = Reader(clip, index, deep=False, deinterlace=False, threads=0, threaded=True)
        self._n_frames = len(index)

    def frames(self, start: int, width: int | None = None) -> Iterator[Picture]:
        """Frames from `start` to the end, one by one; quicker and not exact at a smaller width."""
        if width is not None:
            yield from self._reader.read_small(start, self._n_frames, width)
            return
        import numpy as np

        for batch in self._reader.read(start, self._n_frames, batch=1):
            yield np.asarray(batch.pixels[0], np.uint8)

    def close(self) -> None:
        """Let go of the file."""
        self._reader.__exit__(None, None, None)


def _restore(job: Job, on_event: OnEvent, cancel: CancelToken) -> Path:
    from engine.restore import restore

    job.target.parent.mkdir(parents=True, exist_ok=True)
    if "," in job.device:
        from engine.cluster.run import restore_on

        return restore_on(job, job.device, on_event, cancel)
    return restore(job, on_event, cancel)


def _discard(job: Job) -> None:
    from engine.store import discard

    discard(job.target)


def _live_frame(job: Job, frame: int, cancel: CancelToken) -> Blendable:
    from engine.preview import live_frame

    return live_frame(job, frame, cancel)


def _free_memory() -> None:
    from engine.models.slot import slot

    slot.clear()


def _probe(path: Path) -> Clip:
    from engine.media.probe import probe

    return probe(path)


def _first_frame(clip: Clip) -> Picture | None:
    import numpy as np

    from engine.media.convert import ToRgb
    from engine.media.source import open_frames

    with open_frames(clip) as source:
        frame = next(source.frames(), None)
        return None if frame is None else np.asarray(ToRgb(clip, deep=False)(frame)[0], np.uint8)


def _index(clip: Clip, cancel: CancelToken) -> FrameIndex:
    from engine.media.survey import survey

    return survey(clip, cancel=cancel)


def _survey(clip: Clip, on_thumb: OnThumb, cancel: CancelToken) -> tuple[FrameIndex, tuple[int, ...]]:
    from engine.media.survey import survey
    from engine.shots import ShotFinder

    finder = ShotFinder()
    seen = 0

    def see(thumb: Picture) -> None:
        nonlocal seen
        finder.see(thumb)
        on_thumb(seen, thumb[..., ::-1])
        seen += 1

    def restart() -> None:
        nonlocal finder, seen
        finder, seen = ShotFinder(), 0

    index = survey(clip, thumb=see, thumb_width=THUMB_WIDTH, restart=restart, cancel=cancel)
    shots = finder.shots(0, len(index))
    return index, tuple(shot.start for shot in shots[1:])


def _state(clip: Clip, index: FrameIndex) -> SourceState:
    from engine.source import measured_state

    return measured_state(clip, index, 0, len(index))


def _notices(clip: Clip, index: FrameIndex, job: Job, width: int, height: int) -> tuple[Notice, ...]:
    from engine.media.encoder import choose_encoder
    from engine.media.mux import losses
    from engine.media.nvenc import on_card
    from engine.source import expected

    clip = replace(clip, tone_mapped=job.restoration.tone_map and clip.color.is_hdr)
    encoder = on_card(choose_encoder(clip, width, height, job.export, job.target), job.export)
    return (*expected(job, clip, index), *encoder.notices, *losses(clip, encoder, job.export))


def _specs() -> tuple[ModelSpec, ...]:
    from engine.models.registry import all_specs

    return all_specs()


def _outlook() -> Outlook:
    from engine.device import measured
    from engine.outlook import outlook

    return outlook(_specs(), measured())


def _encoders() -> tuple[str, ...]:
    from engine.media.encoder import ENCODER_NAMES
    from engine.media.encoders import opens
    from engine.media.nvenc import card_encodes
    from engine.settings import EncodedBy

    on_card = (EncodedBy.NVENC.value,) if card_encodes() else ()
    return (*(codec.value for codec, name in ENCODER_NAMES.items() if opens(name)), *on_card)


def _cards() -> tuple[str, ...]:
    from engine.device import devices

    if find_spec("distributed") is None:
        return ()
    cards = tuple(device for device in devices() if device.startswith("cuda"))
    return cards if len(cards) > 1 else ()


def _weights_facts(spec: ModelSpec) -> ModelFacts:
    lacking = 0
    for file in spec.weights:
        if file_states(spec)[file.name] in (FileState.MISSING, FileState.PARTIAL, FileState.DAMAGED):
            part = part_path(path_of(spec, file))
            begun = part.stat().st_size if part.exists() else 0
            lacking += max(0, (file.n_bytes or 0) - begun)
    return ModelFacts(state=model_state(spec), accepted=licence_accepted(spec), lacking_bytes=lacking)


def _download(spec: ModelSpec, on_progress: OnProgress, cancel: CancelToken) -> None:
    from engine.models.hub import download

    download(spec, on_progress, cancel, accept_licence=spec.licence)


def _take(spec: ModelSpec, path: Path, on_progress: OnProgress, cancel: CancelToken) -> None:
    from engine.models.hub import import_files

    import_files(spec, path, on_progress, cancel)


def _verify(spec: ModelSpec, on_progress: OnProgress, cancel: CancelToken) -> None:
    from engine.models.hub import verify

    wrong = [f.name for f in verify(spec, on_progress, cancel) if f.state is not FileState.PRESENT]
    if wrong:
        raise ModelError(f"damaged or missing: {', '.join(wrong)}; download or import again")


def _remove(spec: ModelSpec) -> int:
    from engine.models.hub import remove
    from engine.models.registry import SPECS

    return remove(spec, SPECS.values())
