"""Adapts the default to a folder: the command line's `train --on`, in a process of its own of low priority."""

import json
import logging
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, Signal, Slot

from app.messages import Failure
from engine.own_process import own_command

logger = logging.getLogger(__name__)

MOST_LINES = 40
"""Of what the process says for nobody, kept for the details of a failure."""
CLOSE_MS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptWish:
    """What the person asked for."""

    folder: Path
    name: str
    scale: int
    minutes: int
    keep_worse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapted:
    """How it ended: a model, measured."""

    model: str
    title: str
    kept: bool
    """It is in the list of models."""
    label: str
    """better, no better or worse."""
    summary: str
    """The engine's sentence."""
    picture: Path
    """A held-back picture: Lanczos, default, yours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapting:
    """How far it is; what the dialog shows."""

    wish: AdaptWish
    phase: str = "start"
    """start, look, cut, learn, measure, then one of: kept, worse, stopped, discarded, failed."""
    done: int = 0
    total: int = 0
    """Of looking, cutting and measuring."""
    share: float = 0.0
    """Of the learning, in [0, 1]."""
    seconds_left: float | None = None
    """Of the learning."""
    curves: tuple[tuple[float, ...], ...] = ()
    """The losses of each stage so far."""
    stage: str = ""
    sample: str = ""
    """Path of a picture: default beside the model as it is; empty: none yet."""
    n_sample: int = 0
    """Grows when the file at that path has changed."""
    n_clips: int = 0
    n_training: int = 0
    n_held_back: int = 0
    notices: tuple[str, ...] = ()
    asked: str = ""
    """finish, stop or discard, until the process has heard it."""
    result: Adapted | None = None
    failure: Failure | None = field(default=None)

    @property
    def running(self) -> bool:
        """False once it has ended, in whatever way."""
        return self.phase in ("start", "look", "cut", "learn", "measure")


class Adapter(QObject):
    """One adaptation at a time."""

    changed = Signal(object)
    """Adapting."""
    ended = Signal(object)
    """Adapting: the process is gone."""

    def __init__(self, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._wishes = folder / "adapt-wish"
        """A file that the process looks at; its handle to the outside on every system."""
        self._process: QProcess | None = None
        self._now: Adapting | None = None
        self._lines: list[str] = []

    @property
    def now(self) -> Adapting | None:
        """The adaptation under way, or the last one; None before the first."""
        return self._now

    @property
    def running(self) -> bool:
        """A process is at work."""
        return self._process is not None

    def start(self, wish: AdaptWish) -> None:
        """Begin, or go on with what an earlier request of the same folder, name and size has left."""
        if self._process is not None:
            raise RuntimeError(f"an adaptation to {wish.folder} is still under way")
        self._wishes.parent.mkdir(parents=True, exist_ok=True)
        self._wishes.unlink(missing_ok=True)
        self._lines = []
        process = QProcess(self)
        self._process = process
        process.readyReadStandardOutput.connect(self._on_lines)
        process.readyReadStandardError.connect(self._on_error_lines)
        process.finished.connect(self._on_process_finished)
        process.errorOccurred.connect(self._on_process_error)
        self._show(Adapting(wish=wish))
        program, *arguments = command(wish, self._wishes)
        process.start(program, arguments)

    def discard(self, wish: AdaptWish) -> None:
        """Throw away what an earlier request has left."""
        self.start(wish)
        self.ask("discard")

    def ask(self, what: str) -> None:
        """Ask the process to finish (measure and keep), stop (go on another time) or discard."""
        if self._process is None or self._now is None:
            return
        part = self._wishes.with_suffix(".part")
        part.write_text(what, encoding="utf-8")
        part.replace(self._wishes)
        self._show(replace(self._now, asked=what))

    def close(self) -> None:
        """End it at once; what was saved last is kept for the same request."""
        if self._process is not None:
            self._process.kill()
            self._process.waitForFinished(CLOSE_MS)
        self._wishes.unlink(missing_ok=True)

    def _show(self, now: Adapting) -> None:
        self._now = now
        self.changed.emit(now)

    @Slot()
    def _on_lines(self) -> None:
        process = self._process
        if process is None:
            return
        process.setReadChannel(QProcess.ProcessChannel.StandardOutput)
        while process.canReadLine():
            line = bytes(process.readLine().data()).decode("utf-8", "replace").rstrip()
            told = _object(line)
            if told is not None and self._now is not None:
                self._show(after(self._now, told))

    @Slot()
    def _on_error_lines(self) -> None:
        if self._process is not None:
            text = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
            self._lines = [*self._lines, *filter(None, text.splitlines())][-MOST_LINES:]

    @Slot(QProcess.ProcessError)
    def _on_process_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._lines.append("the training could not be started")
            self._end()

    @Slot(int, QProcess.ExitStatus)
    def _on_process_finished(self, _code: int, _status: QProcess.ExitStatus) -> None:
        self._on_lines()
        self._end()

    def _end(self) -> None:
        process, now = self._process, self._now
        self._process = None
        if process is not None:
            process.deleteLater()
        if now is None:
            return
        if now.running:
            details = "\n".join(self._lines)
            message = "the training ended early: the same request goes on with what was saved"
            logger.warning("an adaptation ended early: %s", details)
            failure = Failure(kind="AdaptError", message=message, details=details)
            now = replace(now, phase="failed", failure=failure)
        self._show(replace(now, asked=""))
        self.ended.emit(self._now)


def command(wish: AdaptWish, wishes: Path) -> list[str]:
    """The program and its arguments."""
    return own_command(
        "train",
        *("--on", str(wish.folder)),
        *("--name", wish.name),
        *("--scale", str(wish.scale)),
        *("--minutes", str(wish.minutes)),
        *("--wishes", str(wishes)),
        *(("--keep-worse",) if wish.keep_worse else ()),
        "--json",
    )


def after(now: Adapting, told: dict[str, Any]) -> Adapting:
    """What is to be shown once the process has told this."""
    match told["event"]:
        case "stride":
            heard = now.asked == "finish" and told["phase"] == "measure"
            asked = "" if heard else now.asked
            return replace(now, phase=told["phase"], done=told["done"], total=told["total"], asked=asked)
        case "divided":
            counts = {name: told[name] for name in ("n_clips", "n_training", "n_held_back")}
            return replace(now, **counts)
        case "notice":
            return replace(now, notices=(*now.notices, str(told["message"])))
        case "learned":
            return _learned(now, told)
        case "sampled":
            return replace(now, sample=str(told["path"]), n_sample=now.n_sample + 1)
        case "outcome":
            names = ("model", "title", "kept", "label", "summary")
            result = Adapted(picture=Path(told["picture"]), **{name: told[name] for name in names})
            return replace(now, phase="kept" if result.kept else "worse", result=result)
        case "stopped" | "discarded":
            return replace(now, phase=told["event"])
        case "failed":
            failure = Failure(kind=str(told["kind"]), message=str(told["message"]))
            return replace(now, phase="failed", failure=failure)
        case _:
            return now


def _learned(now: Adapting, told: dict[str, Any]) -> Adapting:
    """The loss joins the curve of its stage."""
    fresh = told["stage"] != now.stage
    curves = (*now.curves, ()) if fresh else now.curves
    return replace(
        now,
        asked="" if fresh and now.asked == "finish" else now.asked,
        phase="learn",
        stage=str(told["stage"]),
        share=float(told["share"]),
        seconds_left=float(told["seconds_left"]),
        curves=(*curves[:-1], (*curves[-1], float(told["loss"]))),
    )


def _object(line: str) -> dict[str, Any] | None:
    """The event in a line, if it is one."""
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) and "event" in told else None
