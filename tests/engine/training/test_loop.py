from pathlib import Path

import pytest
import torch

from engine.models.compact.weights import read_weights
from engine.training.loop import PoolProgress, TrainingEvent, TrainingProgress, WeightsSaved, train

RUN = """
seed = 3
folder = "{folder}/{name}"
log_every = 1
save_every = 100
[network]
channels = 8
blocks = 1
detail_head = true
[pool]
folder = "{folder}/pool"
seed = 1
n_shelves = 1
clips_per_shelf = 2
n_frames = 6
gt_frames = 2
size = 64
texture_size = 64
textures = 3
[[phase]]
name = "fidelity"
iterations = 3
learning_rate = 1e-3
warm_up = 1
[phase.batch]
size = 2
crop = 12
[[phase]]
name = "detail"
iterations = 3
learning_rate = 1e-3
warm_up = 1
[phase.batch]
size = 2
crop = 12
centres = 2
[phase.detail]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("training")


def config(folder: Path, name: str) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(RUN.format(folder=folder, name=name), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def whole(folder: Path) -> tuple[Path, list[TrainingEvent]]:
    """An uninterrupted run: its weights and its events."""
    events: list[TrainingEvent] = []
    return train(config(folder, "whole"), on_event=events.append), events


def test_a_run_tells_how_far_it_is(whole: tuple[Path, list[TrainingEvent]]) -> None:
    _, events = whole
    assert PoolProgress(done=1, total=1) in events
    steps = [(e.phase, e.iteration) for e in events if isinstance(e, TrainingProgress)]
    assert steps == [
        ("fidelity", 1),
        ("fidelity", 2),
        ("fidelity", 3),
        ("detail", 4),
        ("detail", 5),
        ("detail", 6),
    ]
    assert isinstance(events[-1], WeightsSaved)


def test_the_weights_say_what_they_are(whole: tuple[Path, list[TrainingEvent]]) -> None:
    net, facts = read_weights(whole[0])
    assert net.config.channels == 8
    assert {"a1", "command", "seed", "version"} <= facts.keys()
    assert all(torch.isfinite(p).all() for p in net.parameters())


@pytest.mark.parametrize("stop_after", [2, 3, 4])
def test_a_run_that_was_stopped_ends_with_the_same_weights(
    folder: Path, whole: tuple[Path, list[TrainingEvent]], stop_after: int
) -> None:
    path, steps = config(folder, f"stopped_{stop_after}"), 0

    def count(event: TrainingEvent) -> None:
        nonlocal steps
        steps += isinstance(event, TrainingProgress)

    train(path, on_event=count, is_cancelled=lambda: steps >= stop_after)
    resumed = train(path, on_event=lambda _: None)
    wanted, found = (read_weights(p)[0].state_dict() for p in (whole[0], resumed))
    assert all(torch.equal(wanted[name], found[name]) for name in wanted)


def test_the_detail_phase_leaves_the_fidelity_end_alone(folder: Path) -> None:
    path, done = config(folder, "fidelity_only"), 0

    def count(event: TrainingEvent) -> None:
        nonlocal done
        done = event.iteration if isinstance(event, TrainingProgress) else done

    before = read_weights(train(path, on_event=count, is_cancelled=lambda: done >= 3))[0].state_dict()
    after = read_weights(train(path, on_event=count))[0].state_dict()
    changed = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"detail_head"}


def along_flow(folder: Path, name: str) -> Path:
    """The same run on a pool with flow, both phases along it."""
    path = config(folder, name)
    text = path.read_text(encoding="utf-8").replace('/pool"', '/pool_with_flow"\nflow = true')
    text = text.replace("warm_up = 1", "warm_up = 1\nalong_flow = true")
    text = text.replace('"fidelity"', '"fidelity"\ntemporal = 0.5')
    text = text.replace("crop = 12\n[[", "crop = 12\ncentres = 2\n[[")
    path.write_text(text, encoding="utf-8")
    return path


def test_a_run_along_the_flow_that_was_stopped_ends_with_the_same_weights(folder: Path) -> None:
    steps = 0

    def count(event: TrainingEvent) -> None:
        nonlocal steps
        steps += isinstance(event, TrainingProgress)

    whole = read_weights(train(along_flow(folder, "along"), on_event=count))[0].state_dict()
    assert steps == 6
    path, steps = along_flow(folder, "along_stopped"), 0
    train(path, on_event=count, is_cancelled=lambda: steps >= 4)
    resumed = read_weights(train(path, on_event=lambda _: None))[0].state_dict()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


@pytest.mark.parametrize(("phase", "learner"), [("fidelity", "trunk"), ("detail", "detail_head")])
def test_a_phase_along_the_flow_learns_something_else(folder: Path, phase: str, learner: str) -> None:
    both, blind = along_flow(folder, f"both_{phase}"), along_flow(folder, f"blind_{phase}")
    head, name, tail = blind.read_text(encoding="utf-8").partition(f'name = "{phase}"')
    blind.write_text(head + name + tail.replace("along_flow = true", "", 1), encoding="utf-8")
    along, other = (read_weights(train(p, on_event=lambda _: None))[0].state_dict() for p in (both, blind))
    changed = {name.split(".")[0] for name in along if not torch.equal(along[name], other[name])}
    assert learner in changed
    assert phase == "fidelity" or changed == {"detail_head"}
