"""From files to a table and a page."""

import json
import re
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import SettingsError
from engine.metrics.evaluation import evaluate, table, trios
from engine.metrics.externals import ExternalError, parse_externals, run_external
from engine.metrics.report import write_report
from tests.engine.metrics.scenes import panning


def write(path: Path, frames: np.ndarray) -> Path:
    """A lossless film."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as output:
        stream = output.add_stream(
            "libx264rgb", rate=Fraction(25), options={"qp": "0", "preset": "ultrafast"}
        )
        stream.width, stream.height, stream.pix_fmt = frames.shape[2], frames.shape[1], "rgb24"
        for frame in frames:
            output.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        output.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """gt/pan.mkv, lq/pan.mkv at half the size, restored/pan_restored.mkv: the ground truth four levels off."""
    place = tmp_path_factory.mktemp("films")
    gt = panning(5, (2, 0)) // 2 + 60
    write(place / "gt" / "pan.mkv", gt)
    write(place / "lq" / "pan.mkv", gt[:, ::2, ::2])
    write(place / "restored" / "pan_restored_96p.mkv", gt + 4)
    return place


def test_a_film_finds_its_partners_by_name(folder: Path) -> None:
    (trio,) = trios(folder / "restored", folder / "gt", folder / "lq")
    assert (trio.name, trio.gt, trio.lq) == (
        "pan_restored_96p",
        folder / "gt" / "pan.mkv",
        folder / "lq" / "pan.mkv",
    )


def test_the_longest_name_that_fits_is_the_partner(tmp_path: Path) -> None:
    for name in ("gt/cup.mkv", "gt/cup_of_tea.mkv", "out/cup_of_tea_restored.mkv", "gt/cupboard.mkv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (trio,) = trios(tmp_path / "out", tmp_path / "gt", None)
    assert trio.gt == tmp_path / "gt" / "cup_of_tea.mkv"


def test_a_film_without_partner_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "other.mkv").touch()
    with pytest.raises(SettingsError, match=r"belongs to other\.mkv"):
        trios(tmp_path, folder / "gt", None)


def test_something_to_compare_with_is_needed(folder: Path) -> None:
    with pytest.raises(SettingsError, match="ground truth or the source"):
        trios(folder / "restored", None, None)


def test_the_figures_are_those_of_the_error_put_in(folder: Path) -> None:
    (report,) = evaluate(trios(folder / "restored", folder / "gt", folder / "lq"))
    means = report.meter.means()
    assert report.n_frames == 5
    assert report.meter.scale == 2
    assert means["PSNR"]["restored"] == pytest.approx(20 * np.log10(255 / 4))
    assert means["flicker residual"]["restored"] == 0
    assert means["flicker residual"]["lanczos"] > 0
    assert means["detail"]["restored"] == pytest.approx(means["detail"]["ground truth"])
    assert len(report.meter.series["PSNR-Y"]["restored"]) == 5
    assert len(report.meter.series["E*warp"]["restored"]) == 4


def test_without_ground_truth_the_source_is_the_yardstick(folder: Path) -> None:
    (report,) = evaluate(trios(folder / "restored", None, folder / "lq"))
    assert "PSNR" not in report.meter.series
    assert {"bicubic", "lanczos", "restored"} == report.meter.series["E*warp"].keys()
    assert any("source, enlarged" in note for note in report.notes)


def test_another_size_than_the_ground_truth_is_refused(folder: Path) -> None:
    with pytest.raises(SettingsError, match="64x48, need the ground truth's 128x96"):
        evaluate(trios(folder / "lq", folder / "gt", None))


def test_another_length_is_said(folder: Path, tmp_path: Path) -> None:
    short = write(tmp_path / "pan.mkv", panning(5, (2, 0))[:3])
    (report,) = evaluate(trios(short, folder / "gt", None))
    assert report.n_frames == 3
    assert "the first 3 were compared" in report.notes[0]


def test_softness_that_looks_steady_is_called_by_its_name(folder: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    sharp = np.clip(panning(4, (2, 0)) + rng.normal(0, 12, (4, 96, 128, 3)), 0, 255).astype(np.uint8)
    soft = sharp.copy()
    soft[:, 1:-1, 1:-1] = np.mean([np.roll(sharp, s, (1, 2)) for s in ((0, 0), (1, 1), (0, 1), (1, 0))], 0)[
        :, 1:-1, 1:-1
    ]
    (report,) = evaluate(trios(write(tmp_path / "a.mkv", soft), write(tmp_path / "b.mkv", sharp), None))
    assert any("blur makes it so" in note for note in report.notes)


def test_the_page_holds_table_curves_profiles_and_crops(folder: Path, tmp_path: Path) -> None:
    reports = evaluate(trios(folder / "restored", folder / "gt", folder / "lq"))
    write_report(reports, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<polyline") >= 9
    assert page.count("data:image/png;base64,") >= 6
    assert "rewards blur" in page
    assert "DOVER" in page
    assert not re.search(r"https?://", page)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_metric_of_others_is_the_last_number_its_program_prints(tmp_path: Path) -> None:
    script = tmp_path / "score.py"
    script.write_text("import sys; print('loading 3 files'); print('score:', len(sys.argv[1]) * 0.5)")
    (commands,) = parse_externals([f"DOVER=python3 {script} {{restored}}"]).values()
    assert run_external(commands, Path("ab.mkv")) == 3.0


@pytest.mark.parametrize("text", ["DOVER", "=x {restored}", "DOVER=python3 score.py"])
def test_a_metric_of_others_needs_name_and_command(text: str) -> None:
    with pytest.raises(SettingsError, match="NAME=COMMAND"):
        parse_externals([text])


def test_a_program_that_fails_gives_no_number() -> None:
    with pytest.raises(ExternalError, match="exit code 1"):
        run_external("python3 -c 'print(5); raise SystemExit(1)' {restored}", Path("a.mkv"))


def test_the_command_line_prints_the_table(folder: Path, tmp_path: Path) -> None:
    arguments = ["evaluate", "--restored", str(folder / "restored"), "--gt", str(folder / "gt"), "--json"]
    result = CliRunner().invoke(app, [*arguments, "--html", str(tmp_path / "r.html")])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout.splitlines()[-1])
    row = dict(zip(shown["columns"], shown["rows"][0], strict=True))
    assert row["PSNR"] == pytest.approx(36.09, abs=0.01)
    assert (tmp_path / "r.html").exists()


def test_several_films_get_a_mean(folder: Path) -> None:
    (trio,) = trios(folder / "restored", folder / "gt", None)
    rows = table(evaluate([trio, trio]))["rows"]
    assert [row[:2] for row in rows[-2:]] == [["mean", "restored"], ["mean", "ground truth"]]
    assert rows[-2][2:] == pytest.approx(rows[0][2:])
