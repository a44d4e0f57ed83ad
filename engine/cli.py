"""The command line: verbs and flags; events become lines, errors become exit codes."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from engine.cluster_cli import farm_app, need_dask, segment, worker
from engine.errors import EngineError, SettingsError
from engine.exits import EXIT_FAILED, exit_code
from engine.job import Job
from engine.measure_cli import bench, doctor, evaluate
from engine.models_cli import models_app
from engine.settings import Codec, Deinterlace, EncodedBy, ExportSettings, Preset, RestorationSettings

app = typer.Typer(
    name="evenstar",
    help="Restores real-world video: old tapes, phone clips and web rips become sharp, stable film.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain pages come in half the time
    pretty_exceptions_enable=False,
)

_USUAL = RestorationSettings()
_Settings = TypeVar("_Settings", RestorationSettings, ExportSettings)
_JSON_HELP = "One JSON object per event and line on standard output."
_DEVICES_HELP = "Several devices of this machine at once: all, or e.g. cuda:0,cuda:1."
_CLUSTER_HELP = "Workers of a Dask scheduler elsewhere, e.g. tcp://host:8786."
_PATIENCE_HELP = "Without a sign of progress for so long a worker counts as hanging."


@app.command()
def upscale(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="Video file, or frames as name_%04d.png.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Target; its extension is the container. Default: beside INPUT."),
    ] = None,
    scale: Annotated[float | None, typer.Option(help="Output size over input size. Default: 4.")] = None,
    short_side: Annotated[int | None, typer.Option(help="Output short side in pixels, e.g. 1080.")] = None,
    preset: Annotated[
        str | None, typer.Option(help="Name or .json file of a preset; flags given beside it win.")
    ] = None,
    model: Annotated[str | None, typer.Option(help=f"Model id. Default: {_USUAL.model}.")] = None,
    beta: Annotated[
        float | None,
        typer.Option(
            help=f"0 perception (more detail) to 2 fidelity (closer to the source). Default: {_USUAL.beta:g}."
        ),
    ] = None,
    condition: Annotated[
        float | None,
        typer.Option(help="State of the source, 0 clean to 1 compressed and noisy. Default: measured."),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(help="Solver steps of a model that samples. Default: its own fast grid.")
    ] = None,
    fast: Annotated[
        bool | None,
        typer.Option(
            "--fast/--no-fast",
            help="Faster sampling (STAR, DiffVSR), not yet measured against the full one with real weights.",
        ),
    ] = None,
    compiled: Annotated[
        bool | None,
        typer.Option(
            "--compile/--no-compile",
            help="Compile the network's blocks first (STAR): minutes, for long jobs.",
        ),
    ] = None,
    prompt: Annotated[
        str | None,
        typer.Option(help="What is to be seen, for models that read text. Default: files beside INPUT."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help=f"Of all random numbers. Default: {_USUAL.seed}.")] = None,
    codec: Annotated[Codec | None, typer.Option(help="Video codec. Default: H.264 or H.265 by size.")] = None,
    crf: Annotated[int | None, typer.Option(help="Constant rate factor; lower is better and larger.")] = None,
    encoder: Annotated[
        EncodedBy | None,
        typer.Option(
            help="nvenc: an NVIDIA card packs H.264 and H.265, sooner and larger. Default: processor."
        ),
    ] = None,
    pix_fmt: Annotated[str | None, typer.Option(help="Pixel format, e.g. yuv420p10le.")] = None,
    keep_frames: Annotated[
        bool | None,
        typer.Option(
            help="Keep restored frames losslessly: other export settings run no model. Default: by disk."
        ),
    ] = None,
    frames: Annotated[
        str | None, typer.Option("--range", metavar="START-END", help="Frames to restore, half-open.")
    ] = None,
    deinterlace: Annotated[
        Deinterlace | None,
        typer.Option(help="auto: where flags or frames say so; film: undo 3:2 pulldown. Default: auto."),
    ] = None,
    tone_map: Annotated[
        bool | None, typer.Option("--tone-map/--no-tone-map", help="HDR to SDR (BT.709). Default: HDR stays.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    devices: Annotated[str | None, typer.Option(help=_DEVICES_HELP)] = None,
    cluster: Annotated[str | None, typer.Option(help=_CLUSTER_HELP)] = None,
    patience: Annotated[float, typer.Option(metavar="MINUTES", help=_PATIENCE_HELP)] = 30.0,
    memory: Annotated[
        float | None,
        typer.Option(metavar="GB", help="Working memory of the model. Default: what is free."),
    ] = None,
    tile_size: Annotated[int | None, typer.Option(help="Tile edge in source pixels.")] = None,
    window: Annotated[int | None, typer.Option(help="Frames restored at once.")] = None,
    resume: Annotated[bool, typer.Option(help="Continue from what an earlier run finished.")] = True,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing target.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help=_JSON_HELP)] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Only errors.")] = False,
) -> None:
    """Restore one clip to a larger, verified file."""
    from engine.console import Console, run_job

    console = Console(as_json=as_json, quiet=quiet)
    try:
        chosen = _preset(preset)
        settings = _changed(
            chosen.restoration,
            model=model,
            scale=scale,
            short_side=short_side,
            beta=beta,
            condition=condition,
            steps=steps,
            fast=fast,
            compiled=compiled,
            prompt=prompt,
            seed=seed,
            deinterlace=deinterlace,
            tone_map=tone_map,
            tile=tile_size,
            window=window,
            memory_bytes=None if memory is None else int(memory * 2**30),
        )
        export = _changed(
            chosen.export,
            codec=codec,
            crf=crf,
            encoder=encoder,
            pixel_format=pix_fmt,
            keep_frames=keep_frames,
        )
        first, stop = _parse_range(frames)
        job = Job(
            source=source,
            target=output or _default_target(source, settings),
            restoration=settings,
            export=export,
            first_frame=first,
            stop_frame=stop,
            device=device,
            resume=resume,
            overwrite=overwrite,
        )
    except EngineError as error:
        console.failed(error)
        raise typer.Exit(exit_code(error)) from None
    if devices is not None or cluster is not None:
        raise typer.Exit(_on_workers([job], 0, console, devices, cluster, patience, as_json, quiet))
    raise typer.Exit(run_job(job, console))


@app.command()
def batch(
    folder: Annotated[Path, typer.Argument(metavar="IN_DIR", help="Folder with clips.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT_DIR", help="Default: IN_DIR_restored.")
    ] = None,
    recursive: Annotated[bool, typer.Option(help="Folders inside too; their tree is mirrored.")] = True,
    types: Annotated[str | None, typer.Option(help="Extensions to take, e.g. mp4,avi.")] = None,
    container: Annotated[str, typer.Option(help="Extension of the results.")] = "mkv",
    preset: Annotated[str | None, typer.Option(help="Name or .json file of a preset.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    devices: Annotated[str | None, typer.Option(help=_DEVICES_HELP)] = None,
    cluster: Annotated[str | None, typer.Option(help=_CLUSTER_HELP)] = None,
    patience: Annotated[float, typer.Option(metavar="MINUTES", help=_PATIENCE_HELP)] = 30.0,
    export_openjd: Annotated[
        Path | None,
        typer.Option(metavar="JOB.yaml", help="Write a template for a render farm instead of restoring."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_JSON_HELP)] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Only errors.")] = False,
) -> None:
    """Restore every clip of a folder.

    What is finished is skipped, what fails does not stop the rest.
    """
    from engine.batch import VIDEO_SUFFIXES, find_clips, jobs_of
    from engine.console import Console, run_jobs

    console = Console(as_json=as_json, quiet=quiet)
    try:
        suffixes = VIDEO_SUFFIXES if types is None else types.split(",")
        found = find_clips(folder, output, recursive=recursive, suffixes=suffixes, container=container)
        jobs = jobs_of(found.unfinished, _preset(preset), device)
        if export_openjd is not None:
            _export_openjd(jobs, export_openjd, console)
            return
    except EngineError as error:
        console.failed(error)
        raise typer.Exit(exit_code(error)) from None
    n_finished = len(found.items) - len(jobs)
    if devices is not None or cluster is not None:
        raise typer.Exit(_on_workers(jobs, n_finished, console, devices, cluster, patience, as_json, quiet))
    raise typer.Exit(run_jobs(jobs, n_finished, as_json=as_json, quiet=quiet))


@app.command()
def train(
    config: Annotated[
        Path | None, typer.Argument(metavar="CONFIG.toml", help="What to train, on what, how long.")
    ] = None,
    show_degradations: Annotated[
        Path | None,
        typer.Option(metavar="SHEET.png", help="Write a picture of every degradation instead of training."),
    ] = None,
    on: Annotated[
        Path | None,
        typer.Option(
            "--on",
            metavar="FOLDER",
            help="Adapt the default to good clips of one kind; the result joins the list of models.",
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="With --on: name of the new model. Default: the folder's.")] = "",
    scale: Annotated[int, typer.Option(help="With --on: 2 or 4.")] = 4,
    minutes: Annotated[
        float, typer.Option(help="With --on: time to train; looking and measuring come on top.")
    ] = 30.0,
    steps: Annotated[
        int | None,
        typer.Option(help="With --on: steps of each stage instead of minutes, for the same weights again."),
    ] = None,
    seed: Annotated[int, typer.Option(help="With --on: of all random numbers.")] = 0,
    device: Annotated[str, typer.Option(help="With --on: auto, cpu, cuda, cuda:N or mps.")] = "auto",
    keep_worse: Annotated[
        bool, typer.Option("--keep-worse", help="With --on: list the model even if it is worse.")
    ] = False,
    wishes: Annotated[Path | None, typer.Option(hidden=True)] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_JSON_HELP)] = False,
) -> None:
    """Train what a file declares, or adapt the default to footage.

    --on FOLDER adapts it to your own clips.
    """
    from engine.console import Console, run_training

    console = Console(as_json=as_json, quiet=False)
    if on is not None:
        from engine.training.adapt.adapt import AdaptTask
        from engine.training.adapt.command import run_adaptation

        try:
            task = AdaptTask(
                folder=on,
                name=name,
                scale=scale,
                minutes=minutes,
                steps=steps,
                seed=seed,
                device=device,
                keep_worse=keep_worse,
            )
        except EngineError as error:
            console.failed(error)
            raise typer.Exit(exit_code(error)) from None
        raise typer.Exit(run_adaptation(task, console, as_json=as_json, wishes=wishes))
    if show_degradations is not None:
        from engine.training.contact_sheet import write_contact_sheet

        write_contact_sheet(show_degradations)
        console.say(f"degradations: {show_degradations}")
        return
    if config is None:
        error = SettingsError(
            "give a CONFIG.toml to train from, --on FOLDER to adapt to, or --show-degradations SHEET.png"
        )
        console.failed(error)
        raise typer.Exit(exit_code(error))
    raise typer.Exit(run_training(config, console))


app.command()(bench)
app.command()(evaluate)
app.command()(worker)
app.command()(segment)
app.command()(doctor)
app.add_typer(models_app)
app.add_typer(farm_app)


def _on_workers(
    jobs: Sequence[Job],
    n_finished: int,
    console: Any,
    devices: str | None,
    cluster: str | None,
    patience: float,
    as_json: bool,
    quiet: bool,
) -> int:
    """Restore on several devices or machines; gives the exit code."""
    try:
        need_dask()
        if devices is not None and cluster is not None:
            raise SettingsError("give either --devices or --cluster, not both")
    except SettingsError as error:
        console.failed(error)
        return exit_code(error)
    from engine.cluster.console import run_on_workers

    return run_on_workers(
        jobs,
        n_finished,
        devices=devices,
        cluster=cluster,
        patience=patience * 60,
        as_json=as_json,
        quiet=quiet,
    )


def _export_openjd(jobs: Sequence[Job], path: Path, console: Any) -> None:
    from engine.cancel import CancelToken
    from engine.cluster.farm import export

    exported = export(jobs, path, console.on_event, CancelToken())
    console.object("openjd", {"path": str(exported.path), "tasks": exported.n_tasks})
    console.say(f"{exported.path}: {exported.n_films} films, {exported.n_tasks} tasks of `evenstar segment`")


def _preset(name_or_path: str | None) -> Preset:
    if name_or_path is None:
        return Preset(name="")
    from engine.presets import find

    return find(name_or_path)


def _changed(settings: _Settings, **flags: Any) -> _Settings:
    """The settings with every flag that was given; a new size replaces the preset's, of either kind."""
    given = {name: value for name, value in flags.items() if value is not None}
    if {"scale", "short_side"} & set(given):
        given = {"scale": None, "short_side": None} | given
    return replace(settings, **given)


def _parse_range(text: str | None) -> tuple[int, int | None]:
    """Frames of `--range START-END`, half-open; either end may be left out."""
    if text is None:
        return 0, None
    match = re.fullmatch(r"(\d*)-(\d*)", text)
    if match is None or text == "-":
        raise SettingsError(f"the range is {text!r}, need START-END in frames, e.g. 100-250")
    return int(match[1] or 0), int(match[2]) if match[2] else None


def _default_target(source: Path, settings: RestorationSettings) -> Path:
    from engine.decision import output_size
    from engine.media.probe import probe
    from engine.naming import default_target

    clip = probe(source)
    return default_target(source, output_size(settings, clip.width, clip.height)[1])


def main(arguments: list[str]) -> int:
    """Run the command line and return its exit code."""
    try:
        app(arguments, standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else EXIT_FAILED
    return 0


VERBS = (
    *(command.callback.__name__ for command in app.registered_commands if command.callback),
    "models",
    "farm",
)
"""First arguments that mean the command line rather than a file for the window."""
