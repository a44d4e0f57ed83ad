"""How several workers speak on a terminal: a bar with a row for each of them, or lines; JSON for programs."""

import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Group
from rich.live import Live
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar
from rich.table import Table

from engine.cancel import Cancelled, CancelToken
from engine.cluster.film import Outcome
from engine.cluster.run import open_hands, restore_all
from engine.console import Console, duration, interrupts
from engine.errors import EngineError
from engine.events import Event, Notice, Planned, Progress, Verified, Workers
from engine.exits import EXIT_CANCELLED, EXIT_FAILED, exit_code
from engine.job import Job

_LINE_SECONDS = 5.0
"""Between two lines about the workers, where there is no bar."""
_NO_PAGES = "no dashboard (it needs bokeh beside the scheduler: pip install 'evenstar[cluster]')"


def run_on_workers(
    jobs: Sequence[Job],
    n_finished: int,
    *,
    devices: str | None,
    cluster: str | None,
    patience: float,
    as_json: bool,
    quiet: bool,
) -> int:
    """Restore the jobs on several devices or machines; gives the exit code, as engine.console does."""
    cancel, show = CancelToken(), _Show(jobs, as_json=as_json, quiet=quiet)
    try:
        with interrupts(cancel), open_hands(devices, cluster) as hands, show:
            show.begin(hands.address, hands.dashboard)
            for outcome in restore_all(hands, jobs, show.hear, cancel, patience):
                show.ended(outcome)
    except Cancelled:
        show.console.failed(Cancelled("stopped; run the same command again to continue from here"))
        return EXIT_CANCELLED
    except EngineError as error:
        show.console.failed(error)
        return exit_code(error)
    if len(jobs) == 1 and not n_finished:
        return exit_code(show.errors[0]) if show.errors else 0
    show.console.say(
        f"{len(jobs) - len(show.errors)} restored, {n_finished} finished before, {len(show.errors)} failed"
    )
    return EXIT_FAILED if show.errors else 0


class _Show:
    """Turns what workers and films say into a bar, or lines; a context manager that owns the bar."""

    def __init__(self, jobs: Sequence[Job], *, as_json: bool, quiet: bool) -> None:
        self.console = Console(as_json=as_json, quiet=quiet)
        self.errors: list[EngineError] = []
        self._jobs = jobs
        self._next_line = 0.0
        self._progress: dict[int, Progress] = {}
        self._n_ended = 0
        self._begun = time.monotonic()
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:3.0f} %  {task.fields[state]}"),
            console=self.console.terminal,
        )
        self._task = self._bar.add_task("Planning", total=float(max(len(jobs), 1)), state="")
        self._live = Live(console=self.console.terminal, refresh_per_second=4, transient=True)
        self._has_bar = self.console.terminal.is_terminal and not (as_json or quiet)

    def __enter__(self) -> "_Show":
        if self._has_bar:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def begin(self, address: str, dashboard: str) -> None:
        """Say where the work is done."""
        self.console.object("cluster", {"scheduler": address, "dashboard": dashboard})
        self.console.say(f"Scheduler: {address}, {f'dashboard: {dashboard}' if dashboard else _NO_PAGES}")

    def hear(self, number: int, event: Event) -> None:
        """Show one event of a job, or of all where the number is negative."""
        clip = {} if number < 0 else {"clip": number + 1}
        self.console.tell(event, clip)
        if isinstance(event, Progress):
            self._progress[number] = event
        elif isinstance(event, Workers):
            self._tell_workers(event)
        elif isinstance(event, Notice | Planned) and not isinstance(event, Verified):
            where = "" if number < 0 or len(self._jobs) == 1 else f"{self._jobs[number].source.name}: "
            self.console.say(where + self.console.line_of(event))

    def ended(self, outcome: Outcome) -> None:
        """Say what became of a job."""
        source: Path = self._jobs[outcome.number].source
        clip = {"clip": outcome.number + 1}
        self._progress.pop(outcome.number, None)
        self._n_ended += 1
        if outcome.error is not None:
            self.errors.append(outcome.error)
            self.console.failed(outcome.error, clip)
        elif outcome.path is not None:
            self.console.done(outcome.path, outcome.seconds, {**clip, "source": str(source)})

    def _tell_workers(self, event: Workers) -> None:
        if self._has_bar:
            self._live.update(self._picture(event), refresh=True)
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + _LINE_SECONDS
            self.console.say(self._line(event))

    def _picture(self, event: Workers) -> Group:
        """The bar over all films, and a row for each worker."""
        done, left = self._n_films_done(), self._seconds_left(event)
        self._bar.update(
            self._task,
            completed=done,
            description="Restoring" if self._progress or self._n_ended else "Planning",
            state=self._films() + (f"  {duration(left)} left" if left is not None else ""),
        )
        rows = Table.grid(padding=(0, 2))
        for worker in event.workers:
            fps = f"{worker.fps:.1f} fps" if worker.fps else ""
            rows.add_row(f"  {worker.name}", worker.device, ", ".join(worker.segments) or "idle", fps)
        return Group(self._bar, rows)

    def _n_films_done(self) -> float:
        """Films that have ended, and the parts of those in hand."""
        return self._n_ended + sum(p.done_frames / max(p.total_frames, 1) for p in self._progress.values())

    def _films(self) -> str:
        if len(self._jobs) == 1:
            return "".join(f"{p.done_frames}/{p.total_frames} frames" for p in self._progress.values())
        return f"{self._n_ended} of {len(self._jobs)} films"

    def _line(self, event: Workers) -> str:
        films = ", ".join(
            f"{self._jobs[number].source.name} {progress.done_frames}/{progress.total_frames}"
            for number, progress in sorted(self._progress.items())
        )
        workers = "; ".join(
            f"{worker.name}: {', '.join(worker.segments) or 'idle'}"
            + (f" ({worker.fps:.1f} fps)" if worker.fps else "")
            for worker in event.workers
        )
        left = self._seconds_left(event)
        return f"{films or 'planning'} | in flight: {event.in_flight} | {workers}" + (
            f" | {duration(left)} left" if left is not None else ""
        )

    def _seconds_left(self, event: Workers) -> float | None:
        if event.films_left == 1 and self._progress:
            return next(iter(self._progress.values())).seconds_left
        if event.seconds_left is not None or not self._n_films_done():
            return event.seconds_left
        done = self._n_films_done()
        return (time.monotonic() - self._begun) / done * (len(self._jobs) - done)
