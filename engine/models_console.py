"""What `evenstar models` does and says: tables, questions and progress for people, JSON lines for programs."""

import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from rich.console import Console as Terminal
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.progress import Progress as Bar

from engine.cancel import Cancelled, CancelToken
from engine.console import Console, interrupts, print_table
from engine.errors import EngineError, MemoryBudgetError, ModelError, SettingsError
from engine.exits import EXIT_CANCELLED, exit_code
from engine.models.hub import CheckedFile, download, import_files, remove, verify
from engine.models.registry import all_specs, spec_of
from engine.models.spec import ModelSpec, WeightFile
from engine.models.weights_folder import (
    FileState,
    OnProgress,
    WeightsProgress,
    file_states,
    folder_of,
    licence_accepted,
    model_state,
    needed_sha256,
    size_text,
)
from engine.plan import SHARE_OF_DEVICE, Shot, make_plan

_STAGES = {"download": "Fetching", "copy": "Copying", "check": "Checking"}
PLANNED_GB = (8.0, 12.0, 16.0, 24.0, 80.0)
"""Memory of usual graphics cards."""
_JSON_SECONDS = 0.25
"""Between two progress lines of --json."""


class ModelsConsole:
    """One verb of `evenstar models`: each method does it, says what happened and gives the exit code."""

    def __init__(self, *, as_json: bool, quiet: bool = False) -> None:
        self._as_json = as_json
        self._quiet = quiet
        self._console = Console(as_json=as_json, quiet=quiet)

    def list_models(self) -> int:
        """Show all models."""
        return self._attempt(self._list)

    def info(self, model: str) -> int:
        """Show one model."""
        return self._attempt(lambda: self._info(_spec(model)))

    def plan(self, model: str, size: str, vram_gb: Sequence[float]) -> int:
        """Show how a film of `size` (WIDTHxHEIGHT) is cut on devices of so much memory."""
        return self._attempt(lambda: self._plan(_spec(model), size, vram_gb or PLANNED_GB))

    def download(self, model: str, accept_licence: bool) -> int:
        """Fetch one model's weights."""
        return self._attempt(lambda: self._download(_spec(model), accept_licence))

    def import_files(self, model: str, path: Path) -> int:
        """Take one model's weights from `path`."""
        return self._attempt(lambda: self._import(_spec(model), path))

    def verify(self, model: str | None) -> int:
        """Check one model, or all that are here."""
        return self._attempt(lambda: self._verify([_spec(model)] if model else _models_here()))

    def remove(self, model: str) -> int:
        """Delete one model's weights."""
        return self._attempt(lambda: self._remove(_spec(model)))

    def _attempt(self, act: Callable[[], None]) -> int:
        try:
            act()
        except Cancelled as stop:
            self._console.failed(stop)
            return EXIT_CANCELLED
        except EngineError as error:
            self._console.failed(error)
            return exit_code(error)
        return 0

    def _list(self) -> None:
        columns = ["model", "title", "download", "licence", "state"]
        rows = [
            [spec.id, spec.title, size_text(_expected_bytes(spec)), spec.licence, _state_text(spec)]
            for spec in all_specs()
        ]
        table = {"title": "Models", "columns": columns, "rows": rows, "notes": []}
        print_table(table, as_json=self._as_json)

    def _info(self, spec: ModelSpec) -> None:
        states = file_states(spec)
        rows = [[file.name, size_text(file.n_bytes), states[file.name].value] for file in spec.weights]
        notes = _facts(spec) + [_origin(spec, file) for file in spec.weights]
        table = {"title": f"{spec.title} ({spec.id})", "columns": ["file", "size", "state"], "rows": rows}
        print_table({**table, "notes": notes}, as_json=self._as_json)

    def _plan(self, spec: ModelSpec, size: str, vram_gb: Sequence[float]) -> None:
        width, height = _parse_size(size)
        columns = ["memory", "weights", "window", "tile", "VAE frames", "VAE tile", "announced peak"]
        rows = [_plan_row(spec, width, height, gb) for gb in vram_gb]
        notes = [
            f"Frames of {width}x{height} {'in the output' if spec.free_size else 'in the source'}, "
            "half precision; a tenth of the memory is left to others."
        ]
        table = {"title": f"Plans of {spec.title}", "columns": columns, "rows": rows, "notes": notes}
        print_table(table, as_json=self._as_json)

    def _download(self, spec: ModelSpec, accept_licence: bool) -> None:
        if not accept_licence and not licence_accepted(spec):
            self._ask(spec)
        with self._progress() as (on_progress, cancel):
            download(spec, on_progress, cancel, accept_licence=spec.licence)
        self._console.object("done", {"model": spec.id, "state": model_state(spec).value})
        self._console.say(f"{spec.title} is ready to use.")

    def _ask(self, spec: ModelSpec) -> None:
        """Show terms and size; raises SettingsError where nobody can answer, and Cancelled for a no."""
        if self._as_json or self._quiet or not sys.stdin.isatty():
            raise SettingsError(
                f"{spec.title} comes under {spec.licence}: add --accept-licence once you agree"
            )
        for line in _facts(spec):
            self._console.say(line)
        if not _says_yes("Accept these terms and download? (y/N) "):
            raise Cancelled("nothing was downloaded")

    def _import(self, spec: ModelSpec, path: Path) -> None:
        with self._progress() as (on_progress, cancel):
            taken = import_files(spec, path, on_progress, cancel)
        self._tell(spec, taken)
        lacking = [name for name, state in file_states(spec).items() if state is not FileState.PRESENT]
        self._console.object("done", {"model": spec.id, "state": model_state(spec).value})
        self._console.say(
            f"Still lacking: {', '.join(lacking)}." if lacking else f"{spec.title} is ready to use."
        )

    def _verify(self, specs: list[ModelSpec]) -> None:
        wrong = []
        for spec in specs:
            with self._progress() as (on_progress, cancel):
                checked = verify(spec, on_progress, cancel)
            self._tell(spec, checked)
            wrong += [file.name for file in checked if file.state is not FileState.PRESENT]
        if wrong:
            raise ModelError(f"damaged or missing: {', '.join(wrong)}; download or import again")
        self._console.object("done", {"models": [spec.id for spec in specs]})

    def _remove(self, spec: ModelSpec) -> None:
        freed = remove(spec, all_specs())
        self._console.object("done", {"model": spec.id, "freed_bytes": freed})
        self._console.say(f"{spec.title} was removed; {size_text(freed)} are free again.")

    def _tell(self, spec: ModelSpec, files: tuple[CheckedFile, ...]) -> None:
        for file in files:
            self._console.object("file", {"model": spec.id, **asdict(file), "state": file.state.value})
            self._console.say(_checked_line(file))

    @contextmanager
    def _progress(self) -> Iterator[tuple[OnProgress, CancelToken]]:
        """A bar for people or lines for programs, and a token that Ctrl-C sets."""
        cancel, terminal = CancelToken(), Terminal(stderr=True, highlight=False)
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        hidden = self._as_json or self._quiet or not terminal.is_terminal
        bar = Bar(*columns, TransferSpeedColumn(), TimeRemainingColumn(), console=terminal, disable=hidden)
        with interrupts(cancel), bar:
            yield (_lines(self._console) if self._as_json else _moves(bar)), cancel


def _plan_row(spec: ModelSpec, width: int, height: int, gb: float) -> list[str]:
    """The plan for one memory size, or what stands in its way."""
    shot = Shot(start=0, stop=spec.segment_frames)
    memory = f"{gb:g} GB"
    try:
        plan = make_plan(
            spec, [shot], width=width, height=height, budget_bytes=int(gb * 2**30 * SHARE_OF_DEVICE)
        )
    except MemoryBudgetError as error:
        return [memory, str(error), "", "", "", "", ""]
    vae = plan.vae
    return [
        memory,
        plan.weights.name,
        f"{plan.window} frames",
        f"{plan.tile_width}x{plan.tile_height}",
        "" if vae is None else str(vae.window),
        "" if vae is None else f"{vae.tile_width}x{vae.tile_height}",
        f"{plan.peak_bytes / 2**30:.1f} GB",
    ]


def _parse_size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text)
    if match is None or min(int(match[1]), int(match[2])) < 16:
        raise SettingsError(f"the size is {text!r}, need WIDTHxHEIGHT in pixels, e.g. 1280x720")
    return int(match[1]), int(match[2])


def _spec(model: str) -> ModelSpec:
    """The model's facts, or those of a family's first model; an unknown name is a wrong argument."""
    first = next((spec for spec in all_specs() if spec.family == model), None)
    if first is not None:
        return first
    try:
        return spec_of(model)
    except ModelError as error:
        raise SettingsError(str(error)) from error


def _models_here() -> list[ModelSpec]:
    return [spec for spec in all_specs() if model_state(spec) is not FileState.MISSING]


def _facts(spec: ModelSpec) -> list[str]:
    """What a person should know before a download, one line each."""
    lines = [spec.summary, f"Licence: {spec.licence}"]
    lines += [f"  {licence.title}: {licence.summary} {licence.url}" for licence in spec.licences]
    if spec.custom:
        lines.append(f"Kept in {folder_of(spec)}")
    elif not spec.embedded:
        lines.append(f"Download: about {size_text(_expected_bytes(spec))}, kept in {folder_of(spec)}")
    return lines


def _origin(spec: ModelSpec, file: WeightFile) -> str:
    if spec.custom:
        return f"{file.name} was made on this computer."
    if file.repo is None:
        return f"{file.name} comes with Evenstar."
    pinned = needed_sha256(spec, file)
    checked = f"sha256 {pinned}" if pinned else "sha256 pinned on first use"
    return f"{file.name} is {file.repo_path} of {file.repo} at {file.revision}; {checked}."


def _says_yes(question: str) -> bool:
    try:
        return Terminal(stderr=True).input(question).strip().lower() in ("y", "yes")
    except (EOFError, KeyboardInterrupt):
        return False


def _expected_bytes(spec: ModelSpec) -> int | None:
    """About how much a download brings; None when one of the files has no known size."""
    sizes = [file.n_bytes for file in spec.weights if file.repo is not None]
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None


def _state_text(spec: ModelSpec) -> str:
    return "comes with Evenstar" if spec.embedded else model_state(spec).value


def _checked_line(file: CheckedFile) -> str:
    if file.sha256 is None:
        return f"{file.name}: {file.state.value}"
    if file.needed is None:
        return f"{file.name}: sha256 {file.sha256}, pinned now on first use"
    need = "as known" if file.sha256 == file.needed else f"need {file.needed}"
    return f"{file.name}: {file.state.value}, sha256 {file.sha256}, {need}"


def _moves(bar: Bar) -> OnProgress:
    task = bar.add_task("Starting", total=None)

    def show(progress: WeightsProgress) -> None:
        bar.update(
            task,
            description=f"{_STAGES[progress.stage]} {progress.name}",
            completed=progress.done_bytes,
            total=progress.total_bytes,
        )

    return show


def _lines(console: Console) -> OnProgress:
    last = float("-inf")

    def write(progress: WeightsProgress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _JSON_SECONDS or progress.done_bytes == progress.total_bytes:
            last = now
            console.object("progress", asdict(progress))

    return write
