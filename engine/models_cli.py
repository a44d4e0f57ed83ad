"""`evenstar models`: verbs and flags; what they do is in engine/models_console.py."""

from pathlib import Path
from typing import Annotated

import typer

models_app = typer.Typer(
    name="models",
    help="List models, and fetch, import, check or remove their weights.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

ModelId = Annotated[str, typer.Argument(metavar="MODEL", help="Model id, as `models list` shows it.")]
AsTable = Annotated[bool, typer.Option("--json", help="The table as one JSON object.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="One JSON object per event and line on standard output.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Only errors.")]


@models_app.command("list")
def list_models(as_json: AsTable = False) -> None:
    """List every model with its download size, its licence and what is on this computer."""
    from engine.models_console import ModelsConsole

    raise typer.Exit(ModelsConsole(as_json=as_json).list_models())


@models_app.command()
def info(
    model: ModelId,
    plan: Annotated[
        str | None,
        typer.Option(metavar="WxH", help="Show how a film of this size would be cut for the memory given."),
    ] = None,
    vram: Annotated[
        list[float] | None,
        typer.Option(metavar="GB", help="Memory of the device, may be repeated. Default: 8, 12, 16, 24, 80."),
    ] = None,
    as_json: AsTable = False,
) -> None:
    """Show what a model is good for, its terms, and each of its files; with --plan, its cost in memory."""
    from engine.models_console import ModelsConsole

    console = ModelsConsole(as_json=as_json)
    raise typer.Exit(console.info(model) if plan is None else console.plan(model, plan, vram or ()))


@models_app.command("download")
def download_model(
    model: ModelId,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="The terms were read and are accepted: do not ask.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Fetch a model's weights after its terms and size were accepted; goes on where it broke off."""
    from engine.models_console import ModelsConsole

    raise typer.Exit(ModelsConsole(as_json=as_json, quiet=quiet).download(model, accept_licence))


@models_app.command("import")
def import_model(
    model: ModelId,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A weight file, or a folder that holds some.")],
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take a model's weights from a file or a folder, without network."""
    from engine.models_console import ModelsConsole

    raise typer.Exit(ModelsConsole(as_json=as_json, quiet=quiet).import_files(model, path))


@models_app.command("verify")
def verify_models(
    model: Annotated[
        str | None, typer.Argument(metavar="[MODEL]", help="Default: every model that is here.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Read weights from end to end and compare their sha256; exit code 1 when one is damaged or missing."""
    from engine.models_console import ModelsConsole

    raise typer.Exit(ModelsConsole(as_json=as_json, quiet=quiet).verify(model))


@models_app.command("remove")
def remove_model(model: ModelId, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Delete a model's weights from this computer; files that another installed model uses stay."""
    from engine.models_console import ModelsConsole

    raise typer.Exit(ModelsConsole(as_json=as_json, quiet=quiet).remove(model))
