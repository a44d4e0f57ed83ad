"""A study of two variants and two seeds on networks of a few thousand weights, by the command line's way."""

import csv
from pathlib import Path

import cv2
import pytest

from engine.training.command import lines_of, start
from engine.training.video.freezing import FreezeRow
from engine.training.video.loop import StageStarted
from engine.training.video.study import Row, StudyConfig, VariantConfig, as_table

RUN = """
kind = "star"
seed = 1
folder = "unused"
device = "cpu"
threads = 1
picture_every = 0
[clips]
degradation = "simple"
n_frames = 3
height = 16
width = 16
scale = 2
n_clips = 2
[model.start]
network = "{prior}"
[model.network]
width = 32
multipliers = [1]
res_blocks = 1
attention_levels = [0]
head_width = 16
first_heads = 1
context_width = 8
[model.vae]
block_channels = [32, 32]
layers_per_block = 1
[[stage]]
name = "control"
train = ["VideoControlNet.*"]
iterations = 1
learning_rate = 1e-3
"""
STUDY = """
kind = "study"
title = "tiny"
folder = "FOLDER"
seeds = [1, 2]
axis = "beta"
test_clips = 1
test_steps = 1
[[part]]
name = "prior"
config = "prior.toml"
once = true
[[variant]]
name = "0.25"
config = "run.toml"
[variant.set.model.frequency]
beta = 0.25
[[variant]]
name = "2"
config = "run.toml"
[variant.set.model.frequency]
beta = 2
"""


def test_a_study_measures_every_variant_and_seed_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text(RUN)
    (tmp_path / "prior.toml").write_text(RUN.replace('network = "{prior}"', ""))
    study = tmp_path / "study.toml"
    study.write_text(STUDY.replace("FOLDER", str(tmp_path / "out")))
    rows: list[Row] = []

    def stop(event: object) -> None:
        if isinstance(event, Row):
            rows.append(event)

    start(study, on_event=stop, is_cancelled=lambda: len(rows) == 3)
    assert len(rows) == 3
    table = start(study, on_event=stop)
    assert [(row.variant, row.seed) for row in rows] == [("0.25", 1), ("2", 1), ("0.25", 2), ("2", 2)]
    with (tmp_path / "out" / "rows.csv").open(newline="") as file:
        assert [float(row["psnr"]) for row in csv.DictReader(file)] == [row.psnr for row in rows]
    text = table.read_text()
    assert "0.25 to 2, paired over 2 seeds" in text
    assert "the lq enlarged (bicubic)" in text
    assert cv2.imread(str(tmp_path / "out" / "plot.png")) is not None


def test_the_table_states_mean_spread_and_direction() -> None:
    study = StudyConfig(
        title="",
        folder="",
        seeds=(1, 2),
        axis="beta",
        variant=tuple(VariantConfig(name=n, config="") for n in "ab"),
    )
    figures = {("a", 1): 20.0, ("a", 2): 22.0, ("b", 1): 21.0, ("b", 2): 24.0}
    rows = [
        Row(variant=v, seed=s, psnr=p, warping_error=5 - p / 10, flicker=1, sharpness=1, seconds=1)
        for (v, s), p in figures.items()
    ]
    text = as_table(study, rows)
    assert "| a | 2 | 21.000 (20.000 .. 22.000) |" in text
    assert "PSNR +1.500 (standard deviation 0.707) dB, E*warp -0.150" in text


def test_a_row_says_its_figures() -> None:
    row = Row(variant="1", seed=2, psnr=20, warping_error=1, flicker=1, sharpness=1, seconds=3)
    assert lines_of(row, str) == [
        "variant 1, seed 2, psnr 20, warping_error 1, flicker 1, sharpness 1, seconds 3"
    ]


def test_the_start_of_a_stage_says_what_learns_and_what_is_frozen() -> None:
    row = FreezeRow(
        part="out", trained_tensors=2, trained_parameters=1220, frozen_tensors=3, frozen_parameters=7
    )
    started = StageStarted(stage="gates", first=4, rows=(row, row), n_processes=2, has_board=False)
    head, first, _, hint = lines_of(started, str)
    assert head == "gates: 2,440 parameters learn, 14 are frozen; 2 processes, from step 4"
    assert first.split() == ["out", "1,220", "learn", "(2", "tensors),", "7", "frozen", "(3)"]
    assert "evenstar[train]" in hint


def test_several_processes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.training.config import ConfigError

    (tmp_path / "study.toml").write_text(STUDY)
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ConfigError, match="runs in one process"):
        start(tmp_path / "study.toml", on_event=print)
