"""The adaptation, read top to bottom: look, cut, learn, measure, keep."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import cv2
import torch

from engine.atomic import write_atomically
from engine.cancel import CancelToken
from engine.device import Placement, place
from engine.errors import ModelError, SettingsError, StoreError
from engine.events import Notice, Severity
from engine.metrics.adapted import MOST_FLICKER, Row, Verdict, compare, report, side_by_side, verdict
from engine.metrics.development import crop_to_multiple, degraded_lq
from engine.metrics.quality_bench import restore_frames
from engine.models.compact.network import CompactNet
from engine.models.compact.restorer import CompactRestorer
from engine.models.compact.spec import COMPACT
from engine.models.compact.weights import read_weights
from engine.models.custom import add, custom_folder, picture_of
from engine.models.registry import all_specs
from engine.models.spec import WeightFile
from engine.models.weights_folder import locked, weights_root
from engine.training.adapt.crops import cut
from engine.training.adapt.footage import Footage, Frames, Piece, look_through
from engine.training.adapt.run import THREADS, FootageRun, Shipped, detail_stage, fidelity_stage, shipped

DETAIL_SHARE = 0.3
"""Of the time, for the detail head."""
TELL_SECONDS = 1.0
SAVE_SECONDS = 60.0
SAMPLE_SECONDS = 20.0
TRIAL_FRAMES = 3
"""Of the picture that is shown meanwhile: the middle one and what the temporal filter sees."""
MEASURED_FRAMES = 8
"""Of a held-back piece, from its middle."""
MEASURED_PIECES = 12
MEASURED_HEIGHT, MEASURED_WIDTH = 480, 640
"""Of a held-back picture, from its middle: bounds time and memory."""

Wish = Literal["", "finish", "stop", "discard"]
"""What the person wants of a run under way: measure and keep what was learned so far; stop and go on another time; or
throw it away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptTask:
    """What to adapt to, and how long."""

    folder: Path
    """Good clips of one kind."""
    name: str = ""
    """Of the new model, for people; empty: the folder's."""
    scale: int = 4
    """2 or 4."""
    minutes: float = 30.0
    """Of training; looking, cutting and measuring come on top."""
    steps: int | None = None
    """Steps of each stage instead of minutes: the same weights wherever it runs."""
    seed: int = 0
    device: str = "auto"
    keep_worse: bool = False
    """Keep a model that was measured to be worse than the default."""

    def __post_init__(self) -> None:
        if self.scale not in COMPACT.scales:
            raise SettingsError(
                f"the scale is {self.scale}, need one of {', '.join(map(str, COMPACT.scales))}"
            )
        if self.minutes <= 0 or (self.steps is not None and self.steps < 1):
            raise SettingsError("training needs more than 0 minutes or steps")

    @property
    def title(self) -> str:
        """What people call the model."""
        return self.name.strip() or self.folder.resolve().name

    @property
    def model(self) -> str:
        """Its id: what `--model` takes, and a safe file name. Raises SettingsError where the name has none."""
        found = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")[:48].strip("-")
        if not found:
            raise SettingsError(
                f"the name {self.title!r} has no letter a-z and no digit: choose one that has"
            )
        return found

    @property
    def work_folder(self) -> Path:
        """Where crops and weights lie until the model is kept; the same request finds the same folder."""
        facts = f"{self.folder.resolve()}\n{self.model}\n{self.scale}\n{self.seed}"
        return weights_root() / "adapting" / hashlib.sha256(facts.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stride:
    """How far the looking, cutting or measuring is."""

    phase: Literal["look", "cut", "measure"]
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Divided:
    """What the folder gave."""

    n_clips: int
    n_training: int
    """Pieces that are learned from."""
    n_held_back: int
    by: str
    """"shots" or "time"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """How far the training is."""

    stage: str
    """"fidelity" or "detail"."""
    steps: int
    """Of this stage."""
    share: float
    """Of the whole training, in [0, 1]."""
    loss: float
    """Mean since the last event; only those of one stage compare."""
    seconds_left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """A held-back picture, default beside the model as it is now, lies at `path`."""

    path: Path
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How it ended."""

    model: str
    title: str
    kept: bool
    """The model is in the list."""
    label: str
    """better, no better or worse."""
    summary: str
    measured: dict[str, Any]
    picture: Path
    """A held-back picture: Lanczos, default, yours."""


AdaptEvent = Notice | Stride | Divided | Learned | Sampled | Outcome
OnAdapt = Callable[[AdaptEvent], None]


class Discarded(Exception):  # noqa: N818  (an outcome, not an error: CONVENTIONS 7)
    """The work was thrown away on request."""


class Stopped(Exception):  # noqa: N818  (as above)
    """The run was stopped on request; the same request goes on."""


def adapt(task: AdaptTask, on_event: OnAdapt, wish: Callable[[], Wish] = lambda: "") -> Outcome:
    """Adapt the default to a folder of clips and measure what became of it.

    A better or equal model is added to the list, a worse one only with `keep_worse`; otherwise its weights stay in
    the work folder for the same request with `keep_worse`. Raises EngineError, Stopped (the work is kept: the same
    request goes on) and Discarded (nothing is left).
    """
    if any(spec.id == task.model for spec in all_specs()):
        raise SettingsError(
            f"there is a model {task.model!r} already: choose another name, or remove that one first"
        )
    try:
        with locked(task.work_folder):
            outcome = _Adaptation(task, on_event, wish).run()
    except Discarded:
        shutil.rmtree(task.work_folder, ignore_errors=True)
        raise
    except OSError as error:
        raise StoreError(f"cannot work in {task.work_folder}: {error.strerror or error}") from error
    if outcome.kept:
        shutil.rmtree(task.work_folder, ignore_errors=True)
    return outcome


class _Adaptation:
    """One run; everything that must survive it lies in the work folder."""

    def __init__(self, task: AdaptTask, on_event: OnAdapt, wish: Callable[[], Wish]) -> None:
        self._task, self._tell, self._wish = task, on_event, wish
        self._folder = task.work_folder
        self._cancel = CancelToken()
        self._placement = place(task.device, COMPACT.dtypes)
        self._start = shipped(task.scale)
        self._default = _restorer(self._start.path, self._placement)
        self._state: dict[str, Any] = {}

    def run(self) -> Outcome:
        torch.set_num_threads(THREADS)
        footage = look_through(self._task.folder, self._task.scale, self._cancel, self._strides("look"))
        for notice in footage.notices:
            self._tell(notice)
        self._tell(
            Divided(
                n_clips=footage.n_clips,
                n_training=len(footage.training),
                n_held_back=len(footage.held_back),
                by=footage.by,
            )
        )
        self._recall(footage)
        if not self._state["measured"]:
            crops = self._folder / "crops"
            strides = self._strides("cut")
            n_crops = cut(footage.training, self._task.scale, self._task.seed, crops, self._cancel, strides)
            if not n_crops:
                raise SettingsError(
                    f"the clips in {self._task.folder} show nothing sharp and well lit to learn from"
                )
            self._learn(crops, n_crops, footage)
            self._measure(footage)
        return self._keep()

    # what survives

    def _recall(self, footage: Footage) -> None:
        """Take up the work of an earlier run on the same clips, or begin anew."""
        pieces = (*footage.training, *footage.held_back)
        paths = sorted({piece.source.clip.path for piece in pieces})
        facts = {
            "clips": [[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in paths],
            "start": COMPACT.weights[COMPACT.scales.index(self._task.scale)].sha256,
        }
        path = self._folder / "state.json"
        if path.is_file():
            known = json.loads(path.read_text(encoding="utf-8"))
            if known["facts"] == facts:
                self._state = known
                return
            message = "the clips have changed since training was begun: it begins anew"
            self._tell(Notice(code="adapt-anew", message=message, severity=Severity.WARNING))
        self._clear()
        seconds = {"fidelity": 0.0, "detail": 0.0}
        self._state = {"facts": facts, "seconds": seconds, "done": [], "measured": None}
        self._remember()  # before the first crop: what lies here belongs to these clips

    def _clear(self) -> None:
        for entry in self._folder.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != ".lock":
                entry.unlink()

    def _remember(self) -> None:
        write_atomically(self._folder / "state.json", json.dumps(self._state).encode())

    # learning

    def _learn(self, crops: Path, n_crops: int, footage: Footage) -> None:
        """Both stages, from where they were."""
        task, start, place_ = self._task, self._start, self._placement
        trial = _Trial(footage.held_back[0], task.scale, self._default, place_, self._folder / "sample.png")
        for stage in ("fidelity", "detail"):
            folder = self._folder / stage
            if stage in self._state["done"]:
                continue
            if stage == "fidelity":
                config = fidelity_stage(start, folder, task.seed, place_)
            else:
                learned = self._folder / "fidelity" / "weights.safetensors"
                config = detail_stage(start, learned, folder, task.seed, place_)
            run = FootageRun(config, crops, n_crops, place_)
            run.resume()
            self._stage(stage, run, trial)
            self._state["done"].append(stage)
            self._remember()

    def _stage(self, stage: str, run: FootageRun, trial: "_Trial") -> None:
        """Steps until time or number are up; saved now and then, and whenever it ends."""
        seconds = self._state["seconds"]
        told, saved, sampled = seconds[stage], seconds[stage], seconds[stage] - SAMPLE_SECONDS
        losses: list[float] = []
        if self._over(stage, run.iteration):
            run.save()
            return
        for loss, took in run.timed_steps():
            losses.append(loss)
            seconds[stage] += took
            now = seconds[stage]
            wish = self._wish()
            over = self._over(stage, run.iteration) or wish == "finish"
            if over or wish or now - told >= TELL_SECONDS:
                told = now
                self._tell(self._learned(stage, run.iteration, losses))
                losses = []
            if now - sampled >= SAMPLE_SECONDS or over:
                sampled = now
                trial.show(run.average, self._start)
                self._tell(Sampled(path=trial.path, steps=run.iteration))
            if over or wish or now - saved >= SAVE_SECONDS:
                saved = now
                run.save()
                self._remember()
            if wish == "stop":
                raise Stopped
            if wish == "discard":
                raise Discarded
            if over:
                return

    def _over(self, stage: str, steps: int) -> bool:
        if self._task.steps is not None:
            return steps >= self._task.steps
        return self._state["seconds"][stage] >= self._budget(stage)

    def _budget(self, stage: str) -> float:
        """Seconds of a stage; the second has its share of what the first really took."""
        if stage == "fidelity":
            return 60 * self._task.minutes * (1 - DETAIL_SHARE)
        took = min(self._state["seconds"]["fidelity"], self._budget("fidelity"))
        return took * DETAIL_SHARE / (1 - DETAIL_SHARE)

    def _learned(self, stage: str, steps: int, losses: list[float]) -> Learned:
        task, seconds = self._task, self._state["seconds"]
        if task.steps is not None:
            before = task.steps if stage == "detail" else 0
            share = (before + steps) / (2 * task.steps)
            spent = seconds["fidelity"] + seconds["detail"]
            left = spent * (1 - share) / share
        else:
            whole = self._budget("fidelity") / (1 - DETAIL_SHARE)
            if stage == "detail":
                share = 1 - DETAIL_SHARE * max(0.0, 1 - seconds["detail"] / max(self._budget("detail"), 1e-9))
                left = self._budget("detail") - seconds["detail"]
            else:
                share, left = seconds["fidelity"] / whole, whole - seconds["fidelity"]
        return Learned(
            stage=stage,
            steps=steps,
            share=min(share, 1.0),
            loss=sum(losses) / len(losses),
            seconds_left=max(left, 0.0),
        )

    # measuring and keeping

    def _measure(self, footage: Footage) -> None:
        """Default and new model on the held-back pieces, the same damaged pictures for both."""
        task = self._task
        yours = _restorer(self._folder / "detail" / "weights.safetensors", self._placement)
        pieces = [(piece.name, _read(piece)) for piece in _spread(footage.held_back)]
        rows: list[Row] = []
        shown: list[tuple[float, Any]] = []
        device = self._placement.device
        for row, pictures in compare(
            pieces, self._default, yours, task.scale, device, self._strides("measure")
        ):
            rows.append(row)
            self._heed()
            if row.degradation == "degraded":
                gain = row.figures["yours"].psnr_y - row.figures["default"].psnr_y
                middle = [frames[len(frames) // 2] for frames in pictures.values()]
                shown.append((gain, side_by_side(middle)))
        shown.sort(key=lambda pair: pair[0])
        _write_picture(
            self._folder / "comparison.png", shown[len(shown) // 2][1]
        )  # neither the best nor the worst
        self._state["measured"] = report(rows, verdict(rows)) | {
            "scale": task.scale,
            "divided_by": footage.by,
            "n_clips": footage.n_clips,
            "seed": task.seed,
            "seconds": self._state["seconds"],
        }
        self._state["summary"] = summary(verdict(rows), task.scale)
        self._remember()
        shutil.rmtree(self._folder / "crops", ignore_errors=True)

    def _keep(self) -> Outcome:
        """Add the model to the list where its label allows it."""
        task, found = self._task, self._state["measured"]
        self._tell(Notice(code="adapted", message=summary(Verdict(**found["verdict"]), task.scale)))
        label = found["verdict"]["label"]
        picture = self._folder / "comparison.png"
        kept = label != "worse" or task.keep_worse
        if kept:
            file = f"{task.model}_x{task.scale}.safetensors"
            spec = replace(
                COMPACT,
                id=task.model,
                title=task.title,
                summary=self._state["summary"],
                scales=(task.scale,),
                weights=(WeightFile(name=file),),
                custom=True,
            )
            weights = self._folder / "detail" / "weights.safetensors"
            custom_folder().mkdir(parents=True, exist_ok=True)
            shutil.copyfile(picture, picture_of(task.model))
            picture = picture_of(task.model)
            with locked(weights_root() / COMPACT.family):
                add(spec, COMPACT.id, {file: weights}, found)
        return Outcome(
            model=task.model,
            title=task.title,
            kept=kept,
            label=label,
            summary=self._state["summary"],
            measured=found,
            picture=picture,
        )

    def _strides(self, phase: Literal["look", "cut", "measure"]) -> Callable[[int, int], None]:
        def tell(done: int, total: int) -> None:
            self._tell(Stride(phase=phase, done=done, total=total))
            self._heed()

        return tell

    def _heed(self) -> None:
        """Stop where that is wanted, outside of learning."""
        wish = self._wish()
        if wish == "stop":
            raise Stopped
        if wish == "discard":
            raise Discarded


def summary(found: Verdict, scale: int) -> str:
    """The label for people, numbers included."""
    gain, ahead, n = f"{found.gain_db:+.2f}", found.n_ahead, found.n_pieces
    if found.margin_db is None:
        if found.label == "worse":
            return (
                f"Adapted, x{scale}: worse than Compact, {gain} dB "
                f"(ahead on {ahead} of {n} held-back pieces: too few to be sure)."
            )
        return (
            f"Adapted, x{scale}: not shown to be better, {gain} dB "
            f"(ahead on {ahead} of {n} held-back pieces: too few to be sure)."
        )
    margin = f"{found.margin_db:.2f}"
    if found.label == "better":
        return (
            f"Adapted, x{scale}: better than Compact by {gain} dB "
            f"(±{margin} dB; ahead on {ahead} of {n} held-back pieces)."
        )
    if found.label == "worse":
        return (
            f"Adapted, x{scale}: worse than Compact, {gain} dB "
            f"(±{margin} dB; ahead on {ahead} of {n} held-back pieces)."
        )
    if found.flicker_ratio > MOST_FLICKER:
        return (
            f"Adapted, x{scale}: no better than Compact, {gain} dB but {found.flicker_ratio:.2f}x its flicker "
            f"(±{margin} dB; {n} held-back pieces)."
        )
    return (
        f"Adapted, x{scale}: no better than Compact, {gain} dB "
        f"(±{margin} dB; ahead on {ahead} of {n} held-back pieces)."
    )


class _Trial:
    """One damaged held-back picture, restored by the default once and by the new model again and again."""

    def __init__(
        self, piece: Piece, scale: int, default: CompactRestorer, placement: Placement, path: Path
    ) -> None:
        gt = crop_to_multiple(_read(piece)[:TRIAL_FRAMES], scale)
        gt = gt[:, : gt.shape[1] * 2 // 3 // scale * scale, : gt.shape[2] * 2 // 3 // scale * scale]
        self.path = path
        self._lq, self._scale, self._placement = degraded_lq(gt, scale, seed=0), scale, placement
        self._before = self._restored(default)

    def show(self, net: CompactNet, start: Shipped) -> None:
        """Write default and `net` side by side."""
        restorer = CompactRestorer(COMPACT, self._placement, [net], start.a1, "")
        pictures = side_by_side([self._before, self._restored(restorer)])
        _write_picture(self.path, pictures)

    def _restored(self, restorer: CompactRestorer) -> Frames:
        at_beta = restore_frames(self._lq, self._placement.device, 1.0, self._scale, restorer=restorer)
        return at_beta(1.0)[len(self._lq) // 2]


def _restorer(path: Path, placement: Placement) -> CompactRestorer:
    network, facts = read_weights(path)
    network = network.to(placement.torch_device)
    return CompactRestorer(COMPACT, placement, [network], float(facts["a1"]), "")


def _spread(pieces: tuple[Piece, ...]) -> list[Piece]:
    """At most MEASURED_PIECES, evenly."""
    n = min(len(pieces), MEASURED_PIECES)
    return [pieces[len(pieces) * at // n] for at in range(n)]


def _read(piece: Piece) -> Frames:
    """The middle of a piece, in time and in the picture."""
    n_frames = min(piece.stop - piece.start, MEASURED_FRAMES)
    start = piece.start + (piece.stop - piece.start - n_frames) // 2
    frames = piece.read(start, start + n_frames)
    top, left = (max(0, s - most) // 2 for s, most in zip(frames.shape[1:3], _MOST, strict=True))
    return frames[:, top : top + MEASURED_HEIGHT, left : left + MEASURED_WIDTH]


_MOST = (MEASURED_HEIGHT, MEASURED_WIDTH)


def _write_picture(path: Path, picture: Frames) -> None:
    done, buffer = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    if not done:
        raise ModelError(f"the picture {path.name} cannot be written")
    write_atomically(path, buffer.tobytes())
