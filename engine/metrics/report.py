"""The report of `evenstar evaluate` as one HTML file."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from engine.metrics.evaluation import LPIPS, ClipReport, external_notes, table
from engine.metrics.meter import FROM_SECOND_FRAME, METRICS
from engine.metrics.pictures import curves, data_address

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
td, th { padding: .2rem .7rem; text-align: right }
th { border-bottom: 1px solid #888 } td:first-child, td:nth-child(2) { text-align: left } .note { color: #92400e }
figure { display: inline-block; margin: .3rem } figcaption { font-size: .85rem } img { image-rendering: pixelated }
svg text { font-size: 11px; fill: #666 } .scroll { overflow-x: auto }
@media (prefers-color-scheme: dark) { body { background: #18181b; color: #e4e4e7 } .note { color: #fbbf24 } }
"""


def write_report(reports: Sequence[ClipReport], path: Path) -> None:
    """Write the page; a file that exists is replaced when the new one is whole."""
    body = [_table(reports), *(_clip(report) for report in reports), _others()]
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Evenstar: evaluation</title>'
        f"<style>{_STYLE}</style><h1>Evaluation</h1>{''.join(body)}</html>\n"
    )
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(page, encoding="utf-8")
    unfinished.replace(path)


def _table(reports: Sequence[ClipReport]) -> str:
    content = table(reports)
    head = "".join(f"<th>{escape(column)}</th>" for column in content["columns"])
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(_cell(cell))}</td>" for cell in row) + "</tr>"
        for row in content["rows"]
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in content["notes"])
    title = escape(content["title"])
    return f'<p>{title}</p><div class="scroll"><table><tr>{head}</tr>{rows}</table></div><ul>{notes}</ul>'


def _clip(report: ClipReport) -> str:
    warnings = "".join(f'<p class="note">{escape(note)}</p>' for note in report.notes)
    crops = "".join(
        "<div>" + "".join(_figure(name, data_address(frame)) for name, frame in places.items()) + "</div>"
        for places in report.crops
    )
    profiles = "".join(_figure(name, data_address(frame)) for name, frame in report.profiles.items())
    plots = "".join(_plot(report, metric.name) for metric in (*METRICS, LPIPS))
    return (
        f"<h2>{escape(report.name)}</h2><p>{report.n_frames} frames</p>{warnings}"
        f"<h3>Crops at 1:1, middle frame</h3>{crops}"
        "<h3>Temporal profiles</h3><p>The middle row of pixels; every line is a frame, the first on top. Still edges "
        f"are vertical lines, flicker is a comb.</p>{profiles}<h3>Frame by frame</h3>{plots}"
    )


def _plot(report: ClipReport, metric: str) -> str:
    series = report.meter.series.get(metric)
    if series is None:
        return ""
    first = 1 if metric in {m.name for m in FROM_SECOND_FRAME} else 0
    blur = any(m.name == metric and m.rewards_blur for m in METRICS)
    warning = ' <span class="note">(rewards blur)</span>' if blur else ""
    return f"<h4>{escape(metric)}{warning}</h4>{curves(series, first)}"


def _figure(caption: str, address: str) -> str:
    text = escape(caption)
    return f'<figure><img src="{address}" alt="{text}"><figcaption>{text}</figcaption></figure>'


def _cell(cell: object) -> str:
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)


def _others() -> str:
    listed = "".join(f"<li>{escape(note)}</li>" for note in external_notes())
    return (
        "<h2>Metrics of others</h2><p>Not part of Evenstar; add one with "
        f"<code>--external NAME=COMMAND</code>. Read their terms first.</p><ul>{listed}</ul>"
    )
