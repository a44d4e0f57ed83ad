"""The stages between the source file and the encoder, as generators that pull from each other."""

import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.cancel import CancelToken
from engine.carry import Carries
from engine.cleaned import CONTEXT, Cleaner
from engine.decision import Decision
from engine.events import OnEvent, Preview
from engine.lq_view import LqView
from engine.media.convert import ToRgb
from engine.media.frames import FrameBatch, Pixels
from engine.media.probe import probe
from engine.media.reader import Reader
from engine.media.source import open_frames
from engine.models.restorer import Restorer, RestoreRequest
from engine.plan import Plan, Segment
from engine.prefetch import Prefetch
from engine.resize import fit
from engine.shuttle import Shuttle
from engine.source import Source

_MOST_DECODED = 8
"""Frames of a decoded batch: large windows are filled from several."""
_STRIP_PIXELS = 1 << 16
PREVIEW_WIDTH = 960
"""Widest preview frame in pixels; the queue shows it small."""


@dataclass(slots=True, kw_only=True)
class StageTimes:
    """How long each stage was busy, in seconds of wall time; filled while a job runs."""

    decode: float = 0.0
    network: float = 0.0
    encode: float = 0.0
    pipeline: float = 0.0
    """From the first frame asked of the decoder to the last one encoded."""
    processor: float = 0.0
    """Processor time of all the process's threads in `pipeline`."""

    def add(self, decoded: Prefetch[FrameBatch], restored: Prefetch[FrameBatch]) -> None:
        """Count what two finished stages did; waiting for the stage before is not work."""
        self.decode += decoded.produce_seconds
        self.network += restored.produce_seconds - decoded.waited_seconds

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Count the time inside the block as the whole pipeline's."""
        begun, worked = time.perf_counter(), time.process_time()
        yield
        self.pipeline += time.perf_counter() - begun
        self.processor += time.process_time() - worked

    @contextmanager
    def encoding(self) -> Iterator[None]:
        """Count the time inside the block as encoding."""
        begun = time.perf_counter()
        yield
        self.encode += time.perf_counter() - begun


def decoded_frames(
    source: Source, decision: Decision, run: Sequence[Segment]
) -> Generator[FrameBatch, None, None]:
    """Yield the frames that a run of neighbouring segments needs, their context included."""
    context, window = _context(decision), min(decision.plan.window, _MOST_DECODED)
    start = max(run[0].start - context, run[0].shot.start)
    stop = min(run[-1].stop + context, run[-1].shot.stop)
    with Reader(source.clip, source.index, deep=decision.deep, deinterlace=source.deinterlace) as reader:
        yield from reader.read(start, stop, batch=window)


class Transparency:
    """Keeps the alpha of decoded frames until the same frames come out of the model, which knows no alpha."""

    def __init__(self) -> None:
        self._kept: deque[tuple[int, Pixels]] = deque()

    def noting(self, batches: Iterator[FrameBatch]) -> Iterator[FrameBatch]:
        """Yield the batches, keeping their alpha."""
        for batch in batches:
            if batch.alpha is not None:
                self._kept.extend(enumerate(batch.alpha, batch.first))
            yield batch

    def enlarged(self, first: int, like: Pixels) -> Pixels | None:
        """The alpha of frames from `first` on, (T, H, W) of the shape and dtype of (T, H, W, 3) `like`, or None.

        Earlier frames are let go.
        """
        while self._kept and self._kept[0][0] < first:
            self._kept.popleft()
        wanted = [alpha for number, alpha in self._kept if number < first + len(like)]
        if len(wanted) != len(like):
            return None
        return np.stack([_enlarged(alpha, like) for alpha in wanted])


def _enlarged(alpha: Pixels, like: Pixels) -> NDArray[Any]:
    """One alpha plane at the size and depth of the restored frames; linear, so that edges do not ring."""
    height, width = like.shape[1:3]
    shrinks = height < alpha.shape[0]
    kernel = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    large: NDArray[Any] = cv2.resize(alpha, (width, height), interpolation=kernel)
    have, want = np.iinfo(alpha.dtype).max, np.iinfo(like.dtype).max
    return np.rint(large.astype(np.float32) * (want / have)).astype(like.dtype)


def restored_frames(
    restorer: Restorer,
    requests: Iterator[RestoreRequest],
    decision: Decision,
    source: Source,
    on_event: OnEvent,
    cancel: CancelToken,
    transparency: Transparency | None = None,
) -> Iterator[FrameBatch]:
    """Yield the restored frames of the requests in order, at output size.

    Always 16 bits deep: so a film does not depend on whether its frames are kept, nor kept frames on the film.
    """
    shuttle = Shuttle(decision.placement.torch_device)
    for request in requests:
        first = request.segment.start
        restored = restorer.restore(request, on_event, cancel)
        fitted = (quantised(fit(frames, decision.height, decision.width), deep=True) for frames in restored)
        for frames in shuttle.down(fitted):
            pixels = as_pixels(frames)
            pts = source.index.pts[first : first + len(pixels)]
            alpha = transparency.enlarged(first, pixels) if transparency is not None else None
            yield FrameBatch(pixels=pixels, pts=pts, first=first, alpha=alpha)
            first += len(pixels)


def kept_frames(path: Path, source: Source, segment: Segment) -> Generator[FrameBatch, None, None]:
    """Yield the restored frames of a segment that were kept without loss, one by one, as they were."""
    clip = probe(path)
    to_rgb = ToRgb(clip, deep=True)
    with open_frames(clip) as frames:
        for number, frame in enumerate(frames.frames(), segment.start):
            rgb, alpha = to_rgb(frame)
            pts = source.index.pts[number : number + 1]
            yield FrameBatch(
                pixels=rgb[None], pts=pts, first=number, alpha=None if alpha is None else alpha[None]
            )


def requests_for(
    decision: Decision,
    plan: Plan,
    run: Sequence[Segment],
    batches: Iterator[FrameBatch],
    carries: Carries | None = None,
    transparency: Transparency | None = None,
) -> Iterator[RestoreRequest]:
    """Yield one request per segment of a run, all reading from one stream of decoded batches.

    transparency, where given, keeps the alpha of what is read.
    """
    first = max(run[0].start - _context(decision), run[0].shot.start)
    noted = transparency.noting(batches) if transparency is not None else batches
    cleaner = _cleaner(decision, plan)
    # A segment that hands on has read the context behind it, and the next one reads the context before itself.
    margin = (2 * plan.context if decision.spec.carries else 0) + (CONTEXT if cleaner else 0)
    view = LqView(noted, first, decision.placement.torch_device, margin=margin)
    carries = carries or Carries()
    for segment in run:
        yield RestoreRequest(
            segment=segment,
            lq=view,
            plan=plan,
            placement=decision.placement,
            settings=decision.settings,
            scale=decision.scale,
            condition=decision.condition,
            prompt=decision.prompts.at(segment.start),
            cleaned=cleaner.of(view, segment.shot) if cleaner else None,
            carry=carries.before(segment) if decision.spec.carries else None,
            keep=partial(carries.keep, segment),
        )


def _context(decision: Decision) -> int:
    """Frames read on each side of a run."""
    cleans = decision.spec.wants_cleaned and decision.settings.beta > 1
    return decision.plan.context + (CONTEXT if cleans else 0)


def _cleaner(decision: Decision, plan: Plan) -> Cleaner | None:
    if not decision.spec.wants_cleaned or decision.settings.beta <= 1:
        return None
    return Cleaner(decision.placement, decision.condition, plan.height, plan.width)


def to_pixels(frames: Tensor, *, deep: bool) -> Pixels:
    """Return (T, 3, H, W) float in [0, 1] as (T, H, W, 3) uint8, or uint16 when deep, rounded."""
    return as_pixels(quantised(frames, deep=deep).cpu())


@torch.inference_mode()
def quantised(frames: Tensor, *, deep: bool) -> Tensor:
    """Return (T, 3, H, W) float in [0, 1] as (T, H, W, 3) uint8, or int16 for as_pixels when deep, on its device."""
    peak = 65535.0 if deep else 255.0
    n_frames, _, height, width = frames.shape
    pixels = frames.new_empty((n_frames, height, width, 3), dtype=torch.int16 if deep else torch.uint8)
    # On a processor by strips of rows, whose numbers on the way stay in its cache.
    step = height if frames.device.type != "cpu" else max(1, _STRIP_PIXELS // width)
    for frame, rows in product(range(n_frames), range(0, height, step)):
        strip = frames[frame, :, rows : rows + step].mul(peak).round_().clamp_(0, peak).permute(1, 2, 0)
        # Sixteen bits cross to main memory, not 32: what lies above the sign bit wraps, and is read unsigned.
        pixels[frame, rows : rows + step] = strip.to(torch.int32) if deep else strip
    return pixels


def as_pixels(quantised: Tensor) -> Pixels:
    """Return what quantised() made, in main memory, as an array: uint8 or uint16."""
    pixels = quantised.numpy()
    return pixels.view(np.uint16) if quantised.dtype is torch.int16 else pixels


def preview_of(batch: FrameBatch) -> Preview:
    """Return the last frame of a batch, made small by leaving pixels out."""
    frame = batch.pixels[-1]
    step = -(-frame.shape[1] // PREVIEW_WIDTH)
    small = np.ascontiguousarray(frame[::step, ::step])
    if small.dtype == np.uint16:
        small = (small >> 8).astype(np.uint8)
    return Preview(
        frame=batch.first + len(batch) - 1,
        width=small.shape[1],
        height=small.shape[0],
        rgb=small.tobytes(),
    )
