import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.training.config import ConfigError
from engine.training.loop import TrainingProgress, WeightsSaved
from engine.training.video.clips import Clips
from engine.training.video.config import RunConfig
from engine.training.video.kinds import build_task
from engine.training.video.loop import StageStarted, VideoEvent, seed_step, train_video
from engine.training.video.star import StarTask
from engine.training.video.start import read_weights
from engine.training.video.task import Task
from tests.engine.training.video.tiny_runs import TAUGHT_BY_STAR, clips, stage, star
from tests.engine.training.video.two_processes import longer

ROOT = Path(__file__).parents[4]


def stopped_after(step: int) -> Callable[[], bool]:
    answers = iter([False] * (step - 1) + [True])
    return lambda: next(answers)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("video")


@pytest.fixture(scope="module")
def whole(folder: Path) -> tuple[Path, list[VideoEvent]]:
    """An uninterrupted run: its weights and its events."""
    events: list[VideoEvent] = []
    return train_video(star(folder / "whole"), on_event=events.append), events


def test_a_stopped_run_ends_with_the_weights_of_one_that_was_not(
    folder: Path, whole: tuple[Path, list[VideoEvent]]
) -> None:
    config = star(folder / "stopped")
    train_video(config, on_event=lambda _: None, is_cancelled=stopped_after(3))
    resumed = train_video(config, on_event=lambda _: None)
    assert_equal_files(resumed, whole[0])


def test_the_checkpoints_of_both_are_equal_too(folder: Path, whole: tuple[Path, list[VideoEvent]]) -> None:
    config = star(folder / "checkpoints")
    train_video(config, on_event=lambda _: None, is_cancelled=stopped_after(1))
    train_video(config, on_event=lambda _: None)
    found, wanted = (
        torch.load(place / "checkpoint.pt", weights_only=True)
        for place in (folder / "checkpoints", whole[0].parent)
    )
    for kind in ("weights", "averages"):
        assert all(torch.equal(value, wanted[kind][name]) for name, value in found[kind].items())
    moments = [state["optimiser"]["state"] for state in (found, wanted)]
    assert all(torch.equal(v, moments[1][i][k]) for i, entry in moments[0].items() for k, v in entry.items())


def test_what_is_frozen_does_not_move_and_what_learns_does(
    folder: Path, whole: tuple[Path, list[VideoEvent]]
) -> None:
    torch.manual_seed(5)
    before = build_task(star(folder / "other")).network.state_dict()
    after = load_file(whole[0])
    moved = {name for name, value in after.items() if not torch.equal(value, before[name])}
    taught = {n for n in after if n.startswith("VideoControlNet.") or ".local" in n}
    silent = {n for n in taught - moved if after[n].count_nonzero() == 0}
    assert moved <= taught
    # Behind an outlet that was zero nothing can learn in the first step, but all of it does in the second.
    assert taught - moved - silent == set()
    assert len(moved) > 100


def test_the_optimiser_holds_nothing_of_what_is_frozen(whole: tuple[Path, list[VideoEvent]]) -> None:
    standing = torch.load(whole[0].parent / "checkpoint.pt", weights_only=True)
    assert len(standing["optimiser"]["state"]) == len(standing["averages"]) == len(standing["weights"])
    assert all(n.startswith("VideoControlNet.") or ".local" in n for n in standing["weights"])


def test_the_report_at_the_start_counts_every_parameter(whole: tuple[Path, list[VideoEvent]]) -> None:
    started = next(event for event in whole[1] if isinstance(event, StageStarted))
    rows = {row.part: row for row in started.rows}
    assert rows["VideoControlNet"].frozen_parameters == 0
    assert (rows["out"].trained_parameters, rows["(vae)"].trained_parameters) == (0, 0)
    with torch.device("meta"):
        task = build_task(star(Path("nowhere")))
    counted = sum(row.trained_parameters + row.frozen_parameters for row in started.rows)
    assert counted == sum(p.numel() for p in task.parameters())


def test_the_loss_falls(folder: Path) -> None:
    stages = [stage(train=["*"], iterations=30, learning_rate=3e-3)]
    config = star(folder / "long", stage=stages, clips=clips(batch=2), average=0.5)
    torch.manual_seed(config.seed)
    before = loss_of(config, build_task(config))
    assert loss_of(config, taught(config, train_video(config, on_event=lambda _: None))) < 0.9 * before


def taught(config: RunConfig, path: Path) -> Task:
    torch.manual_seed(config.seed)
    task = build_task(config)
    read_weights(task.network, path)
    return task


@torch.no_grad()
def loss_of(config: RunConfig, task: Task) -> float:
    """The mean loss of clips and noise that no step has seen."""
    clips = Clips(replace(config.clips, batch=4), seed=99)
    seed_step(99, 0, 0)
    return sum(float(task(batch)["total"]) for batch in clips.loader(0, 4)) / 4


def test_a_run_tells_how_far_it_is_and_what_it_saved(whole: tuple[Path, list[VideoEvent]]) -> None:
    steps = [(e.iteration, e.total) for e in whole[1] if isinstance(e, TrainingProgress)]
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [e.iteration for e in whole[1] if isinstance(e, WeightsSaved)] == [4]


def test_the_log_has_every_loss_once_after_a_stop(folder: Path) -> None:
    config = star(folder / "logged", save_every=3)
    train_video(config, on_event=lambda _: None, is_cancelled=stopped_after(2))
    train_video(config, on_event=lambda _: None)
    with (folder / "logged" / "log.csv").open(newline="", encoding="utf-8") as file:
        steps = [row["step"] for row in csv.DictReader(file) if row["name"] == "velocity"]
    assert steps == ["1", "2", "3", "4"]


def test_tensorboard_can_read_scalars_and_sample_frames(folder: Path) -> None:
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    train_video(star(folder / "seen", picture_every=4), on_event=lambda _: None)
    read = accumulator.EventAccumulator(str(folder / "seen" / "logs"))
    read.Reload()
    assert {"total", "velocity", "frequency", "seconds left"} <= set(read.Tags()["scalars"])
    assert read.Tags()["images"] == ["lq, restored, gt"]


def test_recomputing_blocks_changes_no_bit(folder: Path, whole: tuple[Path, list[VideoEvent]]) -> None:
    found = train_video(star(folder / "recomputed", recompute=True), on_event=lambda _: None)
    assert_equal_files(found, whole[0])


def test_batches_in_two_halves_are_a_whole_one(folder: Path) -> None:
    config = star(folder / "halves", accumulate=2, stage=[stage(train=TAUGHT_BY_STAR, iterations=2)])
    train_video(config, on_event=lambda _: None, is_cancelled=stopped_after(1))
    assert_equal_files(
        train_video(config, on_event=lambda _: None),
        train_video(replace(config, folder=str(folder / "halves, whole")), on_event=lambda _: None),
    )


def test_bfloat16_keeps_float32_weights_and_learns(folder: Path) -> None:
    path = train_video(star(folder / "bfloat16", bfloat16=True), on_event=lambda _: None)
    assert {value.dtype for value in load_file(path).values()} == {torch.float32}
    assert all(value.isfinite().all() for value in load_file(path).values())


def test_every_stage_teaches_what_it_declares(folder: Path) -> None:
    stages = [stage(name="gates", train=["*.local*"]), stage(name="out", train=["out.*"], freeze=["out.0.*"])]
    config = star(folder / "stages", stage=stages)
    torch.manual_seed(config.seed)
    first = build_task(config).network.state_dict()
    train_video(config, on_event=lambda _: None, is_cancelled=stopped_after(4))
    second = load_file(folder / "stages" / "weights.safetensors")
    third = load_file(train_video(config, on_event=lambda _: None))
    assert {n for n in first if not torch.equal(first[n], second[n])} <= {n for n in first if ".local" in n}
    assert {n for n in first if not torch.equal(second[n], third[n])} == {"out.2.weight", "out.2.bias"}


def test_a_pattern_that_matches_nothing_is_refused(folder: Path) -> None:
    config = star(folder / "wrong", stage=[stage(train=["VideoControl.*"])])
    with pytest.raises(ConfigError, match=r"'VideoControl\.\*' matches no parameter"):
        train_video(config, on_event=lambda _: None)


def test_a_checkpoint_of_another_run_is_refused(folder: Path, whole: tuple[Path, list[VideoEvent]]) -> None:
    other = star(whole[0].parent, clips=clips(n_clips=3))
    with pytest.raises(ConfigError, match="declared otherwise"):
        train_video(other, on_event=lambda _: None)


def test_a_size_that_the_network_would_not_give_back_is_refused(folder: Path) -> None:
    network = {
        "width": 32,
        "multipliers": [1, 1, 1],
        "res_blocks": 1,
        "attention_levels": [0],
        "head_width": 16,
    }
    model = {"network": network | {"first_heads": 1, "context_width": 8}, "vae": {"block_channels": [32, 32]}}
    with pytest.raises(ConfigError, match="16x16 is no size of this network, the next one is 20x16"):
        train_video(star(folder / "size", model=model), on_event=lambda _: None)


def test_the_frequency_loss_reaches_the_network_through_the_decoder() -> None:
    task = build_task(star(Path("nowhere")))
    assert isinstance(task, StarTask)
    task.network.requires_grad_()
    latents = torch.randn(1, 4, 3, 8, 8, requires_grad=True)
    task.decode(latents).square().mean().backward()
    assert latents.grad is not None
    assert latents.grad.abs().max() > 0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_processes_resume_to_the_very_weights_and_their_loss_falls(tmp_path: Path) -> None:
    script = "tests.engine.training.video.two_processes"
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [*launch, "-m", script, str(tmp_path)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=880,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads((tmp_path / "facts.json").read_text())["n_processes"] == 2
    assert_equal_files(
        tmp_path / "parted" / "weights.safetensors", tmp_path / "whole" / "weights.safetensors"
    )
    config = longer(tmp_path)
    torch.manual_seed(config.seed)
    before = loss_of(config, build_task(config))
    assert loss_of(config, taught(config, tmp_path / "longer" / "weights.safetensors")) < 0.95 * before


def assert_equal_files(found: Path, wanted: Path) -> None:
    ours, theirs = load_file(found), load_file(wanted)
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if not torch.equal(ours[name], theirs[name])] == []
