"""`evenstar models`: what there is, what it asks for, and where its weights are."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.progress import Progress as Bar

from engine.cancel import Cancelled, CancelToken
from engine.console import Console, interrupts, print_table
from engine.errors import EngineError, ModelError, SettingsError
from engine.models.hub import CheckedFile, download, import_files, remove, verify
from engine.models.registry import SPECS, spec_of
from engine.models.spec import ModelSpec
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

models_app = typer.Typer(
    name="models",
    help="List models and fetch, import, check or remove their weights.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

_STAGES = {"download": "Fetching", "copy": "Copying", "check": "Checking"}
_JSON_SECONDS = 0.25
"""Between two progress lines of --json."""

ModelId = Annotated[str, typer.Argument(metavar="MODEL", help="Model id, as `models list` shows it.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="One JSON object per event and line on standard output.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Only errors.")]


@models_app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List every model with its size, its licence and what is on this computer."""
    with _speaking(Console(as_json=as_json, quiet=False)):
        rows = [
            [spec.id, spec.title, size_text(_expected_bytes(spec)), spec.licence, _state_text(spec)]
            for spec in SPECS.values()
        ]
        columns = ["model", "title", "download", "licence", "state"]
        print_table({"title": "Models", "columns": columns, "rows": rows, "notes": []}, as_json=as_json)


@models_app.command()
def info(model: ModelId, as_json: AsJson = False) -> None:
    """Show what a model is good for, its terms, and each of its files."""
    with _speaking(Console(as_json=as_json, quiet=False)):
        spec = _spec(model)
        states = file_states(spec)
        rows = [
            [
                file.name,
                f"{file.repo}/{file.repo_path}" if file.repo else "comes with Evenstar",
                size_text(file.n_bytes),
                states[file.name].value,
                needed_sha256(spec, file) or "",
            ]
            for file in spec.weights
        ]
        columns = ["file", "from", "size", "state", "sha256"]
        table = {"title": f"{spec.title} ({spec.id})", "columns": columns, "rows": rows}
        print_table({**table, "notes": _facts(spec)}, as_json=as_json)


@models_app.command("download")
def download_model(
    model: ModelId,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="The terms were read and are accepted; do not ask.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Fetch a model's weights, after its terms and size were shown and accepted; goes on where it broke off."""
    console = Console(as_json=as_json, quiet=quiet)
    with _speaking(console):
        spec = _spec(model)
        accepted = spec.licence if accept_licence or not _must_ask(spec) else _ask(spec, as_json=as_json)
        with _progress(as_json=as_json, quiet=quiet, console=console) as (on_progress, cancel):
            download(spec, on_progress, cancel, accept_licence=accepted)
        console.object("done", {"model": spec.id, "state": model_state(spec).value})
        console.say(f"{spec.title} is ready to use.")


@models_app.command("import")
def import_model(
    model: ModelId,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A weight file, or a folder that holds some.")],
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take a model's weights from a file or a folder, without network."""
    console = Console(as_json=as_json, quiet=quiet)
    with _speaking(console):
        spec = _spec(model)
        with _progress(as_json=as_json, quiet=quiet, console=console) as (on_progress, cancel):
            taken = import_files(spec, path, on_progress, cancel)
        _tell_checked(console, spec, taken)
        lacking = [name for name, state in file_states(spec).items() if state is not FileState.PRESENT]
        console.say(f"Still lacking: {', '.join(lacking)}" if lacking else f"{spec.title} is ready to use.")


@models_app.command("verify")
def verify_models(
    model: Annotated[str | None, typer.Argument(metavar="[MODEL]", help="Default: all models.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Read the weights that are there from end to end and compare their sha256; exit code 1 if one is damaged."""
    console = Console(as_json=as_json, quiet=quiet)
    with _speaking(console):
        sound = True
        for spec in [_spec(model)] if model else SPECS.values():
            if model is None and model_state(spec) is FileState.MISSING:
                continue
            with _progress(as_json=as_json, quiet=quiet, console=console) as (on_progress, cancel):
                checked = verify(spec, on_progress, cancel)
            _tell_checked(console, spec, checked)
            sound = sound and all(file.state is FileState.PRESENT for file in checked)
        if not sound:
            raise ModelError("some weights are damaged or missing: download or import them again")


@models_app.command("remove")
def remove_model(model: ModelId, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Delete a model's weights from this computer; files that another model uses stay."""
    console = Console(as_json=as_json, quiet=quiet)
    with _speaking(console):
        spec = _spec(model)
        freed = remove(spec, SPECS.values())
        console.object("done", {"model": spec.id, "freed_bytes": freed})
        console.say(f"{spec.title} was removed, {size_text(freed)} are free again.")


@contextmanager
def _speaking(console: Console) -> Iterator[None]:
    """Turn errors into one sentence and an exit code."""
    from engine.cli import EXIT_ARGUMENTS, EXIT_CANCELLED, EXIT_FAILED

    try:
        yield
    except Cancelled as stop:
        console.failed(stop)
        raise typer.Exit(EXIT_CANCELLED) from None
    except EngineError as error:
        console.failed(error)
        raise typer.Exit(EXIT_ARGUMENTS if isinstance(error, SettingsError) else EXIT_FAILED) from None


def _spec(model: str) -> ModelSpec:
    """The model's facts; an unknown name is a wrong argument."""
    try:
        return spec_of(model)
    except ModelError as error:
        raise SettingsError(str(error)) from error


def _must_ask(spec: ModelSpec) -> bool:
    return not licence_accepted(spec)


def _ask(spec: ModelSpec, *, as_json: bool) -> str:
    """Show terms and size and have them accepted; raises SettingsError where nobody can answer, or Cancelled."""
    if as_json or not sys.stdin.isatty():
        raise SettingsError(f"{spec.title} comes under {spec.licence}: say --accept-licence once you agree")
    for line in _facts(spec):
        typer.echo(line, err=True)
    if not typer.confirm("Accept these terms and download?", err=True):
        raise Cancelled("nothing was downloaded")
    return spec.licence


def _facts(spec: ModelSpec) -> list[str]:
    """What a person should know before a download, one line each."""
    lines = [spec.summary, f"Licence: {spec.licence}"]
    lines += [f"  {licence.title}: {licence.summary} {licence.url}" for licence in spec.licences]
    if not spec.embedded:
        lines.append(f"Download: about {size_text(_expected_bytes(spec))}, kept in {folder_of(spec)}")
    return lines


def _expected_bytes(spec: ModelSpec) -> int | None:
    """About how much a download brings; None when one of the files has no known size."""
    sizes = [file.n_bytes for file in spec.weights if file.repo is not None]
    return None if None in sizes else sum(size for size in sizes if size is not None)


def _state_text(spec: ModelSpec) -> str:
    return "comes with Evenstar" if spec.embedded else model_state(spec).value


def _tell_checked(console: Console, spec: ModelSpec, files: tuple[CheckedFile, ...]) -> None:
    for file in files:
        known = "pinned now, on first use" if file.needed is None else f"need {file.needed}"
        console.object(
            "file",
            {
                "model": spec.id,
                "name": file.name,
                "state": file.state.value,
                "n_bytes": file.n_bytes,
                "sha256": file.sha256,
                "needed": file.needed,
            },
        )
        if file.sha256 is None:
            console.say(f"{file.name}: {file.state.value}")
        elif file.sha256 == file.needed:
            console.say(f"{file.name}: {file.state.value}, sha256 {file.sha256}, as known")
        else:
            console.say(f"{file.name}: {file.state.value}, sha256 {file.sha256}, {known}")


@contextmanager
def _progress(*, as_json: bool, quiet: bool, console: Console) -> Iterator[tuple[OnProgress, CancelToken]]:
    """A bar for people or lines for programs, and a token that Ctrl-C sets."""
    cancel = CancelToken()
    with interrupts(cancel), _bar(enabled=not as_json and not quiet) as bar:
        yield (_lines(console) if as_json else _moves(bar)), cancel


def _bar(*, enabled: bool) -> Bar:
    from rich.console import Console as Terminal

    terminal = Terminal(stderr=True, highlight=False)
    return Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=terminal,
        disable=not enabled or not terminal.is_terminal,
    )


def _moves(bar: Bar) -> OnProgress:
    task = bar.add_task("", total=None)

    def show(progress: WeightsProgress) -> None:
        bar.update(
            task,
            description=f"{_STAGES[progress.stage]} {progress.name}",
            completed=progress.done_bytes,
            total=progress.total_bytes,
        )

    return show


def _lines(console: Console, now: Callable[[], float] = time.monotonic) -> OnProgress:
    last = [float("-inf")]

    def write(progress: WeightsProgress) -> None:
        if now() - last[0] < _JSON_SECONDS and progress.done_bytes < progress.total_bytes:
            return
        last[0] = now()
        console.object("progress", asdict(progress))

    return write

