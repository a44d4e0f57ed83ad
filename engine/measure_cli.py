"""The verbs that measure: how fast, how good, and what this computer has."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from engine.errors import EngineError, SettingsError
from engine.exits import EXIT_FAILED, exit_code


def bench(
    clips: Annotated[
        list[Path] | None,
        typer.Argument(help="Speed: a clip to restore. Quality: ground-truth clips or their folder."),
    ] = None,
    quality: Annotated[
        bool, typer.Option("--quality", help="The picture against bicubic and Lanczos, the slider, the cost.")
    ] = False,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Ratios only, against the stored ones; exit code 1 when one moved."),
    ] = False,
    start: Annotated[bool, typer.Option("--start", help="How long starts take.")] = False,
    cost: Annotated[
        bool, typer.Option("--cost", help="The embedded networks beside others, on one thread.")
    ] = False,
    store: Annotated[
        str | None,
        typer.Option(metavar="MACHINE, DATE", help="Quick: keep the ratios as those to compare with."),
    ] = None,
    scale: Annotated[int, typer.Option(help="Quality: the network that is measured, 2 or 4.")] = 4,
    model: Annotated[str, typer.Option(help="Quality: the embedded model that is measured.")] = "compact",
    frames: Annotated[int, typer.Option(help="Quality: frames of each clip, at most 120.")] = 120,
    sheet: Annotated[
        Path | None, typer.Option(metavar="FILE.jpg", help="Quality: write a shuffled sheet of crops.")
    ] = None,
    gpu: Annotated[
        bool, typer.Option("--gpu", help="Every row of a graphics card, in ten minutes at most.")
    ] = False,
    roofline: Annotated[
        bool, typer.Option("--roofline", help="Work and bytes of full-size calls, counted without a card.")
    ] = False,
    out: Annotated[
        Path,
        typer.Option(metavar="FILE.json", help="--gpu: rows are written here, and to a .md, as they come."),
    ] = Path("gpu_bench.json"),
    repeats: Annotated[int, typer.Option(help="Runs of each measurement; the median counts.")] = 3,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="The table as one JSON object.")] = False,
) -> None:
    """Measure speed, the picture, the network, the wait, a card.

    Without an option: speed per stage.
    """
    from engine.console import Console, print_table

    console = Console(as_json=as_json, quiet=False)
    try:
        if quick:
            raise typer.Exit(_quick_bench(device, store, as_json=as_json))
        if quality:
            from engine.metrics.quality_bench import measure_quality

            tables = measure_quality(
                clips or [], device, scale=scale, n_frames=frames, sheet=sheet, model=model
            )
        elif start:
            from engine.startup_bench import measure_startup

            tables = [measure_startup(repeats)]
        elif cost:
            from engine.metrics.cost_bench import measure_cost, measure_growth

            tables = [measure_cost(scale), measure_growth(repeats)]
        elif gpu:
            tables = [_gpu_bench(device, out, console)]
        elif roofline:
            from engine.metrics.rooflines import roofline_table

            tables = [roofline_table(tell=console.say)]
        else:
            from engine.bench import measure_speed

            tables = [measure_speed(clips[0] if clips else None, device, repeats)]
    except EngineError as error:
        console.failed(error)
        raise typer.Exit(exit_code(error)) from None
    for table in tables:
        print_table(table, as_json=as_json)


def _gpu_bench(device: str, out: Path, console: Any) -> dict[str, Any]:
    """The table of every row of a graphics card; `out` has each row as soon as it is measured."""
    from tempfile import TemporaryDirectory

    from engine.metrics.gpu_bench import measure_gpu

    with TemporaryDirectory(prefix="evenstar-gpu-") as folder:
        return measure_gpu(out, Path(folder), device, tell=console.say)


def _quick_bench(device: str, machine: str | None, *, as_json: bool) -> int:
    """Compare quick ratios with the stored ones, or store them; gives the exit code."""
    from engine.console import print_table
    from engine.metrics import bench_guard

    found = bench_guard.measured_ratios(device)
    if machine is not None:
        bench_guard.store(found, machine)
    table = bench_guard.compared(found, bench_guard.stored_ratios())
    print_table(table, as_json=as_json)
    return EXIT_FAILED if table["moved"] else 0


def evaluate(
    restored: Annotated[Path, typer.Option(help="Restored film, or a folder of them.")],
    gt: Annotated[
        Path | None, typer.Option(help="Ground truth: a film, or a folder with the same names.")
    ] = None,
    lq: Annotated[
        Path | None, typer.Option(help="Sources: bicubic and Lanczos enlargements of them join the table.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a report with curves and pictures.")] = None,
    lpips: Annotated[
        Path | None, typer.Option(help="Folder with the weights of LPIPS; adds that metric.")
    ] = None,
    fetch_lpips: Annotated[
        bool,
        typer.Option("--fetch-lpips", help="Download those weights (244 MB) where the folder lacks them."),
    ] = False,
    external: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=COMMAND",
            help="A metric of others: a program that prints a number about the film {restored}.",
        ),
    ] = None,
    flow: Annotated[
        Literal["dis", "raft"],
        typer.Option(help="Motion by DIS, or by RAFT where torchvision and its weights are installed."),
    ] = "dis",
    first_frame: Annotated[
        int, typer.Option(min=0, help="Frame of the source at which the restored film begins (a range).")
    ] = 0,
    progress: Annotated[
        bool, typer.Option("--progress", help="Say on standard error how far it is, a JSON object a line.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Table and curves as one JSON object.")] = False,
) -> None:
    """Measure restored films against ground truth, sources, or both."""
    from engine.console import Console, print_table

    console = Console(as_json=as_json, quiet=False)
    try:
        table = _evaluated(
            restored,
            gt,
            lq,
            html,
            lpips,
            fetch_lpips,
            external or [],
            flow,
            console,
            first_frame,
            _tell_frames if progress else None,
        )
    except EngineError as error:
        console.failed(error)
        raise typer.Exit(exit_code(error)) from None
    print_table(table, as_json=as_json)


def _tell_frames(done: int, total: int) -> None:
    told = {"event": "progress", "done_frames": done, "total_frames": total}
    sys.stderr.write(json.dumps(told) + "\n")
    sys.stderr.flush()


def _evaluated(
    restored: Path,
    gt: Path | None,
    lq: Path | None,
    html: Path | None,
    lpips: Path | None,
    fetch: bool,
    external: list[str],
    flow: str,
    console: Any,
    first_frame: int,
    on_frame: Callable[[int, int], None] | None,
) -> dict[str, Any]:
    """The table of `evaluate`; writes the report where one was asked for."""
    from engine.metrics import evaluation
    from engine.metrics import lpips as lpips_metric
    from engine.metrics.externals import parse_externals
    from engine.metrics.flow import FlowSource, dis
    from engine.metrics.raft import RAFT_NAME, load_raft
    from engine.metrics.report import write_report

    if fetch and lpips is None:
        raise SettingsError("--fetch-lpips needs --lpips FOLDER, the place for the weights")
    found = evaluation.trios(restored, gt, lq)
    commands = parse_externals(external)
    if fetch and lpips is not None:
        lpips_metric.fetch_lpips(lpips)
    distance = None if lpips is None else lpips_metric.load_lpips(lpips)
    reports = evaluation.evaluate(
        found,
        flow=dis() if flow == "dis" else FlowSource(name=RAFT_NAME, estimate=load_raft()),
        lpips=distance,
        externals=commands,
        first_frame=first_frame,
        on_frame=on_frame,
        on_clip=lambda report: console.say(f"{report.name}: {report.n_frames} frames measured"),
    )
    if html is not None:
        write_report(reports, html)
        console.say(f"report: {html}")
    return evaluation.table(reports)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="The report as one JSON object.")] = False,
) -> None:
    """Print what this computer has, and what is missing.

    Versions, devices, encoders that really open, and system libraries that Qt would miss.
    """
    from engine.console import print_table
    from engine.doctor import examine

    print_table(examine(), as_json=as_json)
