"""Stand-ins for the engine and the desktop: quick, obedient, and able to fail on demand."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.engine_calls import EngineCalls, ModelFacts, OnThumb, WeightsCalls
from engine.cancel import CancelToken
from engine.clip import Clip, SourceState, StreamInfo, StreamKind
from engine.errors import SourceError
from engine.events import Finding, Notice, OnEvent, Planned, Preview, Progress, SegmentDone, Verified
from engine.job import Job
from engine.media.frames import FrameIndex
from engine.models.spec import Licence, ModelSpec, WeightFile
from engine.models.weights_folder import FileState, OnProgress, WeightsProgress
from engine.outlook import DeviceFacts, outlook
from engine.settings import Codec

SEGMENT = 10
LAPTOP = DeviceFacts(
    device="cpu", name="cpu (2 threads)", budget_bytes=8 << 30, formats=(), flops_per_second=1e11
)

COMPACT = ModelSpec(
    id="compact",
    title="Compact",
    family="compact",
    summary="Clean, sharp upscaling that runs on any computer; comes with Evenstar.",
    licence="MIT",
    scales=(4,),
    segment_frames=SEGMENT,
    window=4,
    context=2,
    tile=256,
    halo=16,
    bytes_per_pixel=3000.0,
    fixed_bytes=400 << 20,
    flops_per_pixel=40e3,
    dtypes=("float32",),
    has_condition=True,
    live_beta=True,
    weights=(WeightFile(name="compact_x4.safetensors"),),
)
_TERMS = Licence(
    id="Apache-2.0", title="Apache 2.0", url="https://example.org", summary="Allows nearly everything."
)
SAMPLING = ModelSpec(
    id="sampler",
    title="Sampler",
    family="sampler",
    summary="Invents detail step by step; needs a graphics card.",
    licence="Apache-2.0",
    scales=(4,),
    segment_frames=32,
    window=32,
    context=0,
    tile=512,
    halo=0,
    bytes_per_pixel=900.0,
    fixed_bytes=6 << 30,
    flops_per_pixel=3.4e8,
    dtypes=("float16",),
    weights=(
        WeightFile(name="unet.safetensors", repo="someone/sampler", n_bytes=6_500_000_000, licence=_TERMS),
    ),
)


def picture(frame: int, width: int, height: int) -> NDArray[np.uint8]:
    """A frame that can be told from every other: its number is its red level, (H, W, 3) uint8."""
    rows = np.linspace(0, 255, height, dtype=np.uint8)[:, None]
    columns = np.linspace(0, 255, width, dtype=np.uint8)[None, :]
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0], pixels[..., 1], pixels[..., 2] = frame % 256, rows, columns
    return pixels


FINDINGS = (
    Finding(name="frames", found="50"),
    Finding(name="audio 1", found="aac, sha256 0123456789abcdef"),
    Finding(name="pictures", found="50 compared, 40.0 dB in colour"),
)


class FakeHeads:
    """A previewed frame: brighter towards perception."""

    def __init__(self, frame: int, width: int, height: int) -> None:
        self.frame = frame
        self._base = picture(frame, width, height)

    def blend(self, beta: float) -> NDArray[np.uint8]:
        pixels = self._base.copy()
        pixels[..., 1] = round(100 * beta)
        return pixels


class FakeFrames:
    def __init__(self, engine: "FakeEngine", clip: Clip, index: FrameIndex) -> None:
        self._engine, self._clip, self._n = engine, clip, len(index)

    def frames(self, start: int, width: int | None = None) -> Iterator[NDArray[np.uint8]]:
        size = (self._clip.width, self._clip.height)
        if width is not None:
            size = (width, round(width * size[1] / size[0]))
        for frame in range(start, self._n):
            self._engine.decoded.append(frame)
            time.sleep(self._engine.decode_seconds)
            yield picture(frame, *size)

    def close(self) -> None:
        self._engine.closed += 1


@dataclass
class FakeWeights:
    """Weights that are there, or come when asked for, at a set pace."""

    states: dict[str, FileState] = field(default_factory=lambda: {"sampler": FileState.PRESENT})
    steps: int = 10
    step_seconds: float = 0.0

    def calls(self) -> WeightsCalls:
        return WeightsCalls(
            facts=self.facts,
            download=self.download,
            take=lambda spec, path, on_progress, cancel: self.download(spec, on_progress, cancel),
            verify=self.verify,
            remove=self.remove,
        )

    def facts(self, spec: ModelSpec) -> ModelFacts:
        state = self.states.get(spec.id, FileState.PRESENT)
        lacking = 0 if state is FileState.PRESENT else sum(file.n_bytes or 0 for file in spec.weights)
        return ModelFacts(state=state, accepted=state is FileState.PRESENT, lacking_bytes=lacking)

    def download(self, spec: ModelSpec, on_progress: OnProgress, cancel: CancelToken) -> None:
        self.states[spec.id] = FileState.PARTIAL
        total = sum(file.n_bytes or 0 for file in spec.weights)
        for step in range(1, self.steps + 1):
            cancel.check()
            time.sleep(self.step_seconds)
            done = total * step // self.steps
            on_progress(
                WeightsProgress(
                    name=spec.weights[0].name, stage="download", done_bytes=done, total_bytes=total
                )
            )
        self.states[spec.id] = FileState.PRESENT

    def verify(self, spec: ModelSpec, on_progress: OnProgress, cancel: CancelToken) -> None:
        del spec, on_progress
        cancel.check()

    def remove(self, spec: ModelSpec) -> int:
        self.states[spec.id] = FileState.MISSING
        return sum(file.n_bytes or 0 for file in spec.weights)


@dataclass
class FakeEngine:
    """Restores at a set pace into a text file; resumes from its own little store."""

    n_frames: int = 50
    width: int = 160
    height: int = 90
    frame_seconds: float = 0.001
    decode_seconds: float = 0.0
    held: bool = False
    """While true a running job stands still, but listens to its token."""
    fail_with: Exception | None = None
    has_tray: bool = True
    decoded: list[int] = field(default_factory=list)
    closed: int = 0
    discarded: list[Path] = field(default_factory=list)
    freed: int = 0
    restored: list[Job] = field(default_factory=list)
    live: list[int] = field(default_factory=list)
    notice: Notice | None = None
    device: DeviceFacts = LAPTOP
    cards: tuple[str, ...] = ()
    """Graphics cards that can restore together."""
    pictures: int = 10
    """A preview every so many frames."""
    specs: tuple[ModelSpec, ...] = (COMPACT, SAMPLING)
    weights: WeightsCalls = field(default_factory=lambda: FakeWeights().calls())

    def calls(self) -> EngineCalls:
        return EngineCalls(
            restore=self.restore,
            discard=self.discard,
            live_frame=self.live_frame,
            free_memory=self.free_memory,
            probe=self.probe,
            first_frame=lambda clip: picture(0, self.width, self.height),
            index=lambda clip, cancel: self.survey(clip, _no_thumb, cancel)[0],
            survey=self.survey,
            state=lambda clip, index: SourceState(condition=0.34, noise=0.8, blocking=1.22, quantiser=12.0),
            notices=self.notices,
            open_frames=lambda clip, index: FakeFrames(self, clip, index),
            specs=lambda: self.specs,
            outlook=lambda: outlook(self.specs, self.device),
            encoders=lambda: tuple(codec.value for codec in Codec if codec is not Codec.AV1),
            cards=lambda: self.cards,
            weights=self.weights,
        )

    def probe(self, path: Path) -> Clip:
        if not path.is_file() or path.stat().st_size == 0:
            raise SourceError(f"{path.name} is empty")
        return Clip(
            path=path,
            video_index=0,
            codec="h264",
            width=self.width,
            height=self.height,
            frame_rate=Fraction(25),
            time_base=Fraction(1, 25),
            estimated_frames=self.n_frames,
            streams=(StreamInfo(index=1, kind=StreamKind.AUDIO, codec="aac"),),
        )

    def survey(
        self, clip: Clip, on_thumb: OnThumb, cancel: CancelToken
    ) -> tuple[FrameIndex, tuple[int, ...]]:
        n = _frames_in(clip.path) or self.n_frames
        for frame in range(n):
            cancel.check()
            on_thumb(frame, picture(frame, 64, 36))
        pts = np.arange(n, dtype=np.int64)
        return FrameIndex(pts=pts, raw_pts=tuple(pts.tolist()), keyframes=(0,), last_duration=1), (n // 2,)

    def notices(self, clip: Clip, index: FrameIndex, job: Job, width: int, height: int) -> tuple[Notice, ...]:
        return (self.notice,) if self.notice else ()

    def live_frame(self, job: Job, frame: int, cancel: CancelToken) -> FakeHeads:
        cancel.check()
        self.live.append(frame)
        return FakeHeads(frame, self.width * 2, self.height * 2)

    def free_memory(self) -> None:
        self.freed += 1

    def discard(self, job: Job) -> None:
        self.discarded.append(job.target)
        _store(job).unlink(missing_ok=True)

    def restore(self, job: Job, on_event: OnEvent, cancel: CancelToken) -> Path:
        self.restored.append(job)
        start, stop = job.first_frame, job.stop_frame or self.n_frames
        done = int(_store(job).read_text()) if job.resume and _store(job).exists() else 0
        job.target.parent.mkdir(parents=True, exist_ok=True)
        on_event(self._planned(stop - start, done))
        if self.notice:
            on_event(self.notice)
        while done < stop - start:
            self._wait(cancel)
            done += 1
            self._tell(on_event, job, done, stop - start, start)
            if self.fail_with is not None and done >= SEGMENT:
                raise self.fail_with
        on_event(Verified(n_frames=done, psnr=40.0, checks=("frames",), findings=FINDINGS))
        job.target.write_text(json.dumps({"frames": done, "beta": job.restoration.beta}))
        _store(job).unlink(missing_ok=True)
        return job.target

    def _wait(self, cancel: CancelToken) -> None:
        time.sleep(self.frame_seconds)
        cancel.check()
        while self.held:
            time.sleep(0.002)
            cancel.check()

    def _tell(self, on_event: OnEvent, job: Job, done: int, total: int, start: int) -> None:
        fps = 20.0 if done > 2 else None
        left = (total - done) / 20.0
        on_event(
            Progress(
                done_frames=done,
                total_frames=total,
                fps=fps,
                seconds_left=left if fps else None,
                finish_time=1_800_000_000.0 if fps else None,
                stage="restore",
            )
        )
        if done % self.pictures == 0:
            rgb = picture(start + done - 1, 32, 18).tobytes()
            on_event(Preview(frame=start + done - 1, width=32, height=18, rgb=rgb))
        if done % SEGMENT == 0 or done == total:
            _store(job).write_text(str(done))
            index = (done - 1) // SEGMENT
            on_event(
                SegmentDone(
                    index=index, start=start + index * SEGMENT, stop=start + done, seconds=0.1, n_bytes=9
                )
            )

    def _planned(self, n_frames: int, done: int) -> Planned:
        return Planned(
            n_frames=n_frames,
            n_shots=1,
            n_segments=-(-n_frames // SEGMENT),
            segments_done=done // SEGMENT,
            done_frames=done,
            width=self.width * 4,
            height=self.height * 4,
            model="compact",
            device="cpu",
            dtype="float32",
            codec="h264",
            pixel_format="yuv420p",
            window=4,
            tile_height=256,
            tile_width=256,
            condition=0.5,
            peak_bytes=1 << 30,
        )


@dataclass
class FakeDesktop:
    """Remembers what was asked of it."""

    tray: bool = True
    awake: bool = False
    tray_shown: bool = False
    tips: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def has_tray(self) -> bool:
        return self.tray

    def show_tray(self, shown: bool) -> None:
        self.tray_shown = shown

    def set_tip(self, text: str) -> None:
        self.tips.append(text)

    def notify(self, title: str, text: str) -> None:
        self.notes.append((title, text))

    def keep_awake(self, awake: bool) -> None:
        self.awake = awake

    def sleep(self) -> None:
        self.done.append("sleep")

    def shut_down(self) -> None:
        self.done.append("shut down")

    def open_file(self, path: Path) -> None:
        self.done.append(f"open {path.name}")

    def show_folder(self, path: Path) -> None:
        self.done.append(f"folder {path.name}")


def _no_thumb(frame: int, small: NDArray[np.uint8]) -> None:
    del frame, small


def _store(job: Job) -> Path:
    return job.target.with_name(f".{job.target.name}.progress")


def _frames_in(path: Path) -> int | None:
    """Frames of a film that the fake engine wrote, None for any other file."""
    try:
        return int(json.loads(path.read_text())["frames"])
    except (ValueError, KeyError, TypeError):
        return None
