"""THE MAIN PATH: one Job in, one verified file out.

1. Look at the source: its facts, then one walk through it for the truth about its frames and its cuts.
2. Decide: output size, encoder, where the model runs, how the work is cut; say what cannot be kept.
3. Open the segment store; what an earlier run finished is not done again. Is there room on the disk?
4. Decode ahead in one thread, restore in another, encode in this one, segment by segment.
5. A segment is recorded when its file is whole. Out of memory: a smaller plan, the same segment. A full disk:
   wait for room, the same segment.
6. Join the segments with everything else the source carries.
7. Open the film again and compare it with what the source promised.
8. Only then it gets its name, and the store goes.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from engine.allocator import give_back, keep_freed
from engine.cancel import CancelToken
from engine.carry import Carries
from engine.decision import Decision, decide, film_format, fingerprint_of
from engine.device import is_out_of_memory, release_memory
from engine.errors import DiskFullError, MemoryBudgetError, SourceError
from engine.events import Event, Notice, OnEvent, Planned, SegmentDone, Severity, Step, ignore
from engine.job import Job
from engine.media.encoder import keeper_of_frames
from engine.media.frames import FrameBatch
from engine.media.mux import mux
from engine.media.probe import probe
from engine.media.writer import SegmentWriter
from engine.models.restorer import Restorer
from engine.models.slot import slot
from engine.plan import Plan, Segment
from engine.prefetch import Prefetch
from engine.progress import ProgressClock
from engine.room import need_room, wait_for_room, with_room
from engine.source import Source, look_at
from engine.stages import (
    StageTimes,
    Transparency,
    decoded_frames,
    kept_frames,
    preview_of,
    requests_for,
    restored_frames,
)
from engine.store import Attempt, SegmentStore
from engine.target import finish_publication, publish, refuse_existing, working_name
from engine.verify import verify

logger = logging.getLogger(__name__)

_PREVIEW_SECONDS = 1.0
_AHEAD = 8
"""Frames that a stage may be ahead of the next one, or two windows: an encoder takes them in bursts."""


def restore(
    job: Job,
    on_event: OnEvent = ignore,
    cancel: CancelToken | None = None,
    times: StageTimes | None = None,
) -> Path:
    """Restore one clip and return the path of the verified film; blocks until it exists.

    `times`, where given, is filled with how long each stage was busy.
    A paused token makes the thread that computes wait before its next network call, its model off the device.
    Raises an EngineError that says in one sentence what is wrong, or Cancelled. After either nothing lies at
    the target; finished segments stay in the store beside it, and the same Job continues from there.
    """
    try:
        return _restored(job, on_event, cancel or CancelToken(), times or StageTimes())
    except BaseException as error:
        if not is_out_of_memory(error):
            raise
        raise MemoryBudgetError(f"there is not enough memory to restore {job.source.name}") from error
    finally:
        give_back()


def _restored(job: Job, on_event: OnEvent, cancel: CancelToken, times: StageTimes) -> Path:
    keep_freed()
    cancel.around_pause, cancel.around_errand = slot.parked, slot.lent
    if finish_publication(job):
        return job.target
    refuse_existing(job)
    clip = probe(job.source)
    film_format(job, clip)  # an impossible target is refused before the long walk
    source = look_at(job, clip, cancel)
    for notice in source.notices:
        on_event(notice)
    decision = _decided(job, source, on_event)
    for notice in decision.notices:
        on_event(notice)
    with open_store(job, decision, on_event) as store:
        work = Work(source, decision, store, on_event, cancel, times)
        work.begin()
        work.restore_missing()
        work.finish(job)
        store.remove(keep_frames=bool(job.export.keep_frames))
    logger.info("%s: %d frames restored to %s", job.source.name, len(source), job.target.name)
    return job.target


def open_store(job: Job, decision: Decision, on_event: OnEvent) -> SegmentStore:
    """Return the job's store, locked, with what earlier runs and their workers finished; raises DiskFullError."""
    store = SegmentStore(job.target, decision.facts, decision.frame_facts)
    try:
        for report in store.reports:
            on_event(Notice(code="store-damaged", message=report, severity=Severity.WARNING))
        if not job.resume:
            store.forget()
        store.gather(decision.plan.segments)
        if store.is_empty:
            need_room(decision.disk_bytes, job.target)
    except BaseException:
        store.close()
        raise
    return store


def _decided(job: Job, source: Source, on_event: OnEvent) -> Decision:
    """Decide; where memory ends while the model loads, again with weights that are kept smaller."""
    rungs_down, decision = 0, None
    while decision is None:
        try:
            decision = decide(job, source, rungs_down=rungs_down)
        except BaseException as error:
            if not is_out_of_memory(error):
                raise
            rungs_down += 1
    if rungs_down:
        message = "Not enough memory to load the model as planned: its weights are kept smaller."
        on_event(Notice(code="smaller-weights", message=message, severity=Severity.WARNING))
    return decision


class Work:
    """One run over the segments that are still missing."""

    def __init__(
        self,
        source: Source,
        decision: Decision,
        store: SegmentStore | Attempt,
        on_event: OnEvent,
        cancel: CancelToken,
        times: StageTimes,
        missing: Sequence[Segment] | None = None,
    ) -> None:
        """missing: the only segments to restore; None: all that the store lacks."""
        self._source = source
        self._decision = decision
        self._plan = decision.plan.turned(store.knobs or store.frames.knobs)
        self._store = store
        self._carries = Carries(store)
        self._on_event = on_event
        self._cancel = cancel
        self._times = times
        self._missing = self._find_missing() if missing is None else list(missing)
        self._done = len(source) - sum(s.stop - s.start for s in self._missing)
        self._told_smaller = False
        self._reached = float(self._done)
        self._clock = ProgressClock(
            len(source), self._done, now=lambda: time.monotonic() - cancel.waited_seconds
        )
        self._next_preview = 0.0
        self._keeper = keeper_of_frames(decision.encoder, decision.width, decision.height)

    @property
    def missing(self) -> tuple[Segment, ...]:
        """What is still to be restored, in order."""
        return tuple(self._missing)

    def begin(self) -> None:
        """Tell the plan, and encode what was restored before."""
        self._announce()
        self._note_knobs()
        self._encode_kept()

    def restore_missing(self) -> None:
        """Restore, encode and record what the store does not hold yet."""
        while self._missing:
            try:
                restorer = slot.load(self._decision.spec, self._decision.placement, self._plan.weights.name)
                with self._times.whole():
                    self._restore_run(restorer, next(_runs(self._missing)))
            except DiskFullError:
                wait_for_room(self._store.target, self._on_event, self._cancel)
            except BaseException as error:
                if not is_out_of_memory(error):
                    raise
                self._plan = self._smaller_plan(error)
                self._note_knobs()

    def _note_knobs(self) -> None:
        self._store.knobs = self._store.frames.knobs = self._plan.knobs()

    def finish(self, job: Job) -> None:
        """Join the segments, verify the film and give it its name."""
        with_room(lambda: publish(self._joined(job), job), self._store.target, self._on_event, self._cancel)

    def _joined(self, job: Job) -> Path:
        """The verified film under its working name."""
        self._on_event(self._clock.at(len(self._source), "mux"))
        film = working_name(self._store.folder, job.target)
        source, decision = self._source, self._decision
        if fingerprint_of(source.clip) != decision.facts["source"]:
            raise SourceError(f"{job.source.name} has changed while it was restored: start again")
        paths = [self._store.path(segment) for segment in decision.plan.segments]
        for notice in mux(
            paths,
            source.clip,
            source.index,
            decision.encoder,
            film,
            start=source.start,
            stop=source.stop,
            export=job.export,
            cancel=self._cancel,
        ):
            self._on_event(notice)
        self._on_event(self._clock.at(len(source), "verify"))
        self._on_event(verify(film, source, decision, job, self._cancel))
        return film

    def _encode_kept(self) -> None:
        """Encode the segments whose restored frames are kept: only export settings have changed.

        A segment that the store holds is missing for what it should hand on, which kept frames cannot give.
        """
        lacking = [segment for segment in self._missing if not self._store.holds(segment)]
        kept = [segment for segment in lacking if self._store.frames.holds(segment)]
        for segment in kept:
            with_room(partial(self._encode_again, segment), self._store.target, self._on_event, self._cancel)
        if kept:
            self._missing = self._find_missing()

    def _encode_again(self, segment: Segment) -> None:
        with closing(kept_frames(self._store.frames.path(segment), self._source, segment)) as frames:
            self._encode(segment, frames, keep=False)

    def _find_missing(self) -> list[Segment]:
        plan, carries = self._decision.plan, self._decision.spec.carries
        return missing_segments(plan, self._store, carries=carries)

    def _restore_run(self, restorer: Restorer, run: Sequence[Segment]) -> None:
        """Decode, restore and encode neighbouring segments as one stream."""
        decision = self._decision
        source = self._source
        ahead = max(2, -(-_AHEAD // self._plan.window))
        with Prefetch(decoded_frames(source, decision, run), depth=2, name="decode") as decoded:
            alpha = Transparency() if decision.encoder.has_alpha else None
            requests = requests_for(decision, self._plan, run, decoded, self._carries, alpha)
            sampling = restored_frames(restorer, requests, decision, source, self._hear, self._cancel, alpha)
            with Prefetch(sampling, depth=ahead, name="sample") as restored:
                try:
                    for segment in run:
                        self._encode(segment, restored, keep=decision.keeps_frames)
                finally:
                    self._times.add(decoded, restored)

    def _encode(self, segment: Segment, restored: Iterator[FrameBatch], *, keep: bool) -> None:
        """Write one segment's frames to its file, and to the kept ones; record it when it is whole."""
        begun, done = time.monotonic(), self._done
        try:
            self._write(segment, restored, keep=keep)
        except BaseException:
            self._done = done
            raise
        if keep:
            self._store.frames.record(segment)
        self._recorded(segment, self._store.record(segment), time.monotonic() - begun)

    def take(self, attempt: Attempt, segment: Segment, seconds: float) -> bool:
        """Record what a worker made of a segment in so many seconds; False: it is not whole, or not the first."""
        if segment not in self._missing or not isinstance(self._store, SegmentStore):
            return False
        if not self._store.take(attempt, segment):
            return False
        self._done += segment.stop - segment.start
        self._recorded(segment, self._store.path(segment).stat().st_size, seconds)
        return True

    def hear_from_workers(self, n_frames: float) -> None:
        """Tell how far the film is when workers have so many more frames in hand."""
        self._advance(self._done + n_frames)

    def _recorded(self, segment: Segment, n_bytes: int, seconds: float) -> None:
        self._store.drop_carry(segment.index - 1)
        self._missing.remove(segment)
        self._on_event(
            SegmentDone(
                index=segment.index,
                start=segment.start,
                stop=segment.stop,
                seconds=seconds,
                n_bytes=n_bytes,
            )
        )

    def _write(self, segment: Segment, restored: Iterator[FrameBatch], *, keep: bool) -> None:
        with ExitStack() as stack:
            writers = [SegmentWriter(self._store.path(segment), self._decision.encoder)]
            if keep:
                self._store.frames.make_folder()
                writers.append(SegmentWriter(self._store.frames.path(segment), self._keeper))
            for writer in writers:
                stack.enter_context(writer)
            at = segment.start
            while at < segment.stop:
                self._cancel.stop_if_cancelled()
                batch = next(restored)
                with self._times.encoding():
                    for writer in writers:
                        writer.write(batch)
                at += len(batch)
                self._tell(batch)

    def _hear(self, event: Event) -> None:
        """Pass on what the restorer says; its steps are parts of frames."""
        if isinstance(event, Step):
            self._advance(self._done + event.frames)
        else:
            self._on_event(event)

    def _advance(self, done: float) -> None:
        """Tell how far the film is; frames that were sampled but not encoded yet do not count twice."""
        self._reached = max(self._reached, done)
        self._on_event(self._clock.at(self._reached))

    def _tell(self, batch: FrameBatch) -> None:
        self._done += len(batch)
        self._advance(self._done)
        if time.monotonic() >= self._next_preview:
            self._next_preview = time.monotonic() + _PREVIEW_SECONDS
            self._on_event(preview_of(batch))

    def _smaller_plan(self, error: BaseException) -> Plan:
        """The next plan after out-of-memory; the pixels of the segment do not depend on it."""
        release_memory(self._decision.placement.device)
        smaller = self._plan.smaller()
        if smaller is None:
            raise MemoryBudgetError(
                f"there is not enough memory for {self._decision.spec.title} even with the smallest tiles"
            ) from error
        if not self._told_smaller:
            self._told_smaller = True
            self._on_event(
                Notice(
                    code="smaller-plan",
                    message="Not enough memory for this tile size: continued with smaller tiles.",
                    severity=Severity.INFO,
                )
            )
        return smaller

    def _announce(self) -> None:
        decision, plan = self._decision, self._plan
        self._on_event(
            Planned(
                n_frames=len(self._source),
                n_shots=len(self._source.shots),
                n_segments=len(plan.segments),
                segments_done=len(plan.segments) - len(self._missing),
                done_frames=self._done,
                width=decision.width,
                height=decision.height,
                model=decision.spec.id,
                device=decision.placement.device,
                dtype=decision.placement.dtype,
                codec=decision.encoder.codec.value,
                pixel_format=decision.encoder.pixel_format,
                window=plan.window,
                tile_height=plan.tile_height,
                tile_width=plan.tile_width,
                condition=decision.condition,
                state=decision.state,
                peak_bytes=plan.peak_bytes,
                disk_bytes=decision.disk_bytes,
            )
        )


def missing_segments(plan: Plan, store: SegmentStore | Attempt, *, carries: bool) -> list[Segment]:
    """Return what is to be restored: what the store lacks and, where segments hand something on, what these need.

    A segment whose successor is missing must have left its carry; otherwise it is restored again.
    """
    missing: list[Segment] = []
    needs_carry = False
    for segment in reversed(plan.segments):
        if store.holds(segment) and not (needs_carry and not store.holds_carry(segment)):
            needs_carry = False
            continue
        missing.insert(0, segment)
        needs_carry = carries and segment.start > segment.shot.start
    return missing


def _runs(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    """Yield groups of neighbouring segments, in order."""
    run: list[Segment] = []
    for segment in segments:
        if run and segment.start != run[-1].stop:
            yield run
            run = []
        run.append(segment)
    if run:
        yield run
