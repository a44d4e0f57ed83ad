"""Verbs of several workers: `worker`, `segment`, `farm`; the work is in engine/cluster."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.errors import EngineError, SettingsError
from engine.exits import exit_code

if TYPE_CHECKING:
    from engine.console import Console

farm_app = typer.Typer(
    name="farm",
    help="Plan and finish what a render farm restores.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Device = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")]
Note = Annotated[Path, typer.Argument(metavar="JOB.json", help="The job in the store beside the target.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="One JSON object per event and line on standard output.")
]


def worker(
    scheduler: Annotated[str, typer.Option(help="Address of Dask's scheduler, e.g. tcp://host:8786.")],
    device: Device = "auto",
    name: Annotated[str | None, typer.Option(help="What it is called. Default: device and process.")] = None,
    once: Annotated[
        bool, typer.Option("--once", help="End when the scheduler goes; otherwise wait for it to come back.")
    ] = False,
) -> None:
    """Restore segments for `evenstar batch --cluster` until stopped."""
    from engine.console import Console

    console = Console(as_json=False, quiet=False)
    with _told(console):
        need_dask()
        from engine.cluster.worker import serve

        serve(scheduler, device, name=name, once=once)


def segment(
    folder: Annotated[Path, typer.Argument(metavar="STORE", help="Folder of a planned film's segments.")],
    numbers: Annotated[str, typer.Argument(metavar="N", help="Number of a segment from 0, or A-B.")],
    device: Device = "auto",
    as_json: AsJson = False,
) -> None:
    """Restore one segment of a planned film into its store.

    The unit of clusters and render farms.
    """
    from engine.console import Console

    console = Console(as_json=as_json, quiet=False)
    with _told(console):
        from engine.cluster.farm import segments

        match = re.fullmatch(r"(\d+)(?:-(\d+))?", numbers)
        if match is None:
            raise SettingsError(f"the segment is {numbers!r}, need a number such as 3, or 3-7")
        first, last = int(match[1]), int(match[2] or match[1])
        seconds = segments(folder, first, last, console.on_event, device)
        console.say(f"segment {numbers}: {seconds:.1f} s")


@farm_app.command("plan")
def plan_film(note: Note, device: Device = "auto", as_json: AsJson = False) -> None:
    """Decide how a film is cut, on a machine like those that will make it."""
    from engine.console import Console

    console = Console(as_json=as_json, quiet=False)
    with _told(console):
        from engine.cluster.farm import plan

        console.say(f"planned: {plan(note, console.on_event, device)}")


@farm_app.command("finish")
def finish_film(note: Note, device: Device = "auto", as_json: AsJson = False) -> None:
    """Join the segments that a farm made, verify the film and give it its name."""
    from engine.console import Console

    console = Console(as_json=as_json, quiet=False)
    with _told(console):
        from engine.cluster.farm import finish

        console.done(finish(note, console.on_event, device), 0.0)


def need_dask() -> None:
    """Raise SettingsError that says what to install where Dask is missing."""
    if find_spec("distributed") is None:
        raise SettingsError(
            "several workers need Dask: pip install 'evenstar[cluster]' where Evenstar runs from sources"
        )


@contextmanager
def _told(console: "Console") -> Iterator[None]:
    """Inside, an EngineError becomes its sentence and its exit code."""
    try:
        yield
    except EngineError as error:
        console.failed(error)
        raise typer.Exit(exit_code(error)) from None
