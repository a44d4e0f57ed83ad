"""How a running job speaks on a terminal: rich progress for people, JSON lines for programs."""

import dataclasses
import json
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console as Terminal
from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn
from rich.progress import Progress as Bar
from rich.table import Table

from engine.cancel import Cancelled, CancelToken
from engine.clip import SourceState
from engine.errors import EngineError
from engine.events import Event, Notice, Planned, Preview, Progress, SegmentDone, Severity, Verified, Workers
from engine.exits import EXIT_ARGUMENTS, EXIT_CANCELLED, EXIT_FAILED, exit_code
from engine.job import Job

_FILE_WIDTH = 200
"""Columns of a table that goes to a file or a pipe: nothing is cut off there."""

_NAMES: dict[type, str] = {
    Planned: "plan",
    Progress: "progress",
    Notice: "notice",
    Preview: "preview",
    SegmentDone: "segment",
    Verified: "verified",
    Workers: "workers",
}


class Console:
    """Turns events into lines; a context manager that owns the progress bar."""

    def __init__(self, *, as_json: bool, quiet: bool) -> None:
        self._as_json = as_json
        self._quiet = quiet
        self.terminal = Terminal(stderr=True, highlight=False)
        """Where people read."""
        self._bar = Bar(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:3.0f} %  {task.fields[state]}"),
            console=self.terminal,
            disable=as_json or quiet or not self.terminal.is_terminal,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> "Console":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def on_event(self, event: Event) -> None:
        """Show one event."""
        if self._as_json:
            self._write(_NAMES[type(event)], _fields(event))
        elif not self._quiet:
            self._show(event)

    def tell(self, event: Event, more: dict[str, Any]) -> None:
        """Write one event as JSON, where JSON was asked for, with more fields."""
        if self._as_json:
            self._write(_NAMES[type(event)], more | _fields(event))

    def line_of(self, event: Notice | Planned) -> str:
        """Return what a person reads of it."""
        return event.message if isinstance(event, Notice) else _plan_line(event)

    def done(self, path: Path, seconds: float, more: dict[str, Any] | None = None) -> None:
        """Say that the film exists and was verified."""
        if self._as_json:
            self._write("done", (more or {}) | {"path": str(path), "seconds": round(seconds, 3)})
        elif not self._quiet:
            self.terminal.print(f"Done and verified: [bold]{path}[/bold] ({duration(seconds)})")

    def failed(self, error: BaseException, more: dict[str, Any] | None = None) -> None:
        """Say in one sentence what went wrong."""
        if self._as_json:
            self._write("failed", (more or {}) | {"kind": type(error).__name__, "message": str(error)})
        else:
            self.terminal.print(f"evenstar: {error}", style="red", markup=False, soft_wrap=True)

    def say(self, text: str) -> None:
        """Print one line for people."""
        if not self._quiet and not self._as_json:
            self.terminal.print(text, markup=False)

    def object(self, name: str, fields: dict[str, Any]) -> None:
        """Write one event as JSON, where JSON was asked for."""
        if self._as_json:
            self._write(name, fields)

    def _write(self, name: str, fields: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps({"event": name, **fields}) + "\n")
        sys.stdout.flush()

    def _show(self, event: Event) -> None:
        if isinstance(event, Planned):
            self.terminal.print(_plan_line(event))
            self._task = self._bar.add_task("Restoring", total=event.n_frames, state="")
        elif isinstance(event, Notice):
            style = "yellow" if event.severity is Severity.WARNING else "dim"
            self.terminal.print(event.message, style=style, markup=False)
        elif isinstance(event, Progress) and self._task is not None:
            words = {"restore": "Restoring", "mux": "Joining", "verify": "Verifying"}
            self._bar.update(
                self._task,
                completed=event.done_frames,
                description=words[event.stage],
                state=_state_line(event),
            )


def run_job(job: Job, console: Console) -> int:
    """Restore the job's clip, speaking through `console`; gives the exit code."""
    from engine.restore import restore

    cancel, begun = CancelToken(), time.monotonic()
    try:
        with interrupts(cancel), console:
            path = restore(job, console.on_event, cancel)
    except Cancelled:
        console.failed(Cancelled("stopped; run the same command again to continue from here"))
        return EXIT_CANCELLED
    except EngineError as error:
        console.failed(error)
        return exit_code(error)
    console.done(path, time.monotonic() - begun)
    return 0


def run_jobs(jobs: Sequence[Job], n_finished: int, *, as_json: bool, quiet: bool) -> int:
    """Restore one clip after the other; gives 0, 1 when any failed, or 130 when the person stopped."""
    failed: list[Job] = []
    for number, job in enumerate(jobs, 1):
        console = Console(as_json=as_json, quiet=quiet)
        console.object("clip", {"number": number, "total": len(jobs), "source": str(job.source)})
        console.say(f"{number} of {len(jobs)}: {job.source.name}")
        job.target.parent.mkdir(parents=True, exist_ok=True)
        code = run_job(job, console)
        if code == EXIT_CANCELLED:
            return code
        if code:
            failed.append(job)
    names = "".join(f"\n  {job.source}" for job in failed)
    summary = f"{len(jobs) - len(failed)} restored, {n_finished} finished before, {len(failed)} failed{names}"
    Console(as_json=as_json, quiet=quiet).say(summary)
    return EXIT_FAILED if failed else 0


def run_training(config: Path, console: Console) -> int:
    """Train as a TOML file says, speaking through `console`; gives the exit code."""
    from engine.training import command

    def tell(event: Any) -> None:
        console.object(type(event).__name__, json.loads(json.dumps(dataclasses.asdict(event), default=str)))
        for line in command.lines_of(event, duration):
            console.say(line)

    cancel = CancelToken()
    try:
        with interrupts(cancel):
            path = command.start(config, on_event=tell, is_cancelled=lambda: cancel.cancelled)
    except (EngineError, OSError) as error:
        console.failed(error)
        return exit_code(error) if isinstance(error, EngineError) else EXIT_ARGUMENTS
    if command.is_first_process():
        console.say(f"{'table' if path.suffix == '.md' else 'weights'}: {path}")
    return EXIT_CANCELLED if cancel.cancelled else 0


@contextmanager
def interrupts(cancel: CancelToken) -> Iterator[None]:
    """Ctrl-C and SIGTERM ask the job to stop; a second one ends the process at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        if cancel.cancelled:
            signal.default_int_handler(number, frame)
        cancel.cancel()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def print_table(table: dict[str, Any], *, as_json: bool) -> None:
    """Print {"title": str, "columns": [...], "rows": [[...]], "notes": [...]} for people or programs."""
    if as_json:
        sys.stdout.write(json.dumps(table) + "\n")
        return
    shown = Table(title=table["title"], title_justify="left")
    for number, column in enumerate(table["columns"]):
        shown.add_column(column, justify="left" if number == 0 else "right")
    for row in table["rows"]:
        shown.add_row(*(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row))
    terminal = Terminal(highlight=False)
    if not terminal.is_terminal:
        terminal.width = _FILE_WIDTH
    terminal.print(shown)
    for note in table["notes"]:
        terminal.print(note, markup=False)


def duration(seconds: float) -> str:
    """Return a length of time as people say it: 48 s, 12 min 40 s, 3 h 05 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _plan_line(plan: Planned) -> str:
    resumed = f", {plan.segments_done} already done" if plan.segments_done else ""
    state = "" if plan.condition is None else f", source state {plan.condition:.2f}{_signs(plan.state)}"
    return (
        f"{plan.n_frames} frames in {plan.n_shots} shots to {plan.width}x{plan.height}, "
        f"{plan.n_segments} segments{resumed}; {plan.model} on {plan.device} ({plan.dtype}){state}; "
        f"{plan.codec} {plan.pixel_format}; up to {plan.peak_bytes / 2**30:.1f} GB"
    )


def _signs(state: SourceState | None) -> str:
    """What the state of the source was measured by."""
    if state is None:
        return ""
    quantiser = "" if state.quantiser is None else f"quantiser {state.quantiser:.0f} of 51, "
    return f" ({quantiser}noise {state.noise:.1f} levels, block edges x{state.blocking:.2f})"


def _state_line(progress: Progress) -> str:
    counts = f"{progress.done_frames}/{progress.total_frames} frames"
    if progress.fps is None or progress.seconds_left is None or progress.finish_time is None:
        return counts
    at = time.strftime("%H:%M", time.localtime(progress.finish_time))
    return f"{counts}  {progress.fps:.1f} fps  {duration(progress.seconds_left)} left, done {at}"


def _fields(event: Event) -> dict[str, Any]:
    fields = dataclasses.asdict(event)
    fields.pop("rgb", None)
    if isinstance(event, Notice):
        fields["severity"] = event.severity.value
    return fields
