"""Run by torchrun: a whole run, the same one stopped after its second step and started again, and a longer one."""

import json
import sys
from pathlib import Path

from engine.training.loop import TrainingProgress
from engine.training.video.config import RunConfig
from engine.training.video.loop import StageStarted, leave_group, train_video
from tests.engine.training.video.tiny_runs import stage, star


def longer(folder: Path) -> RunConfig:
    """A run whose loss can be seen to fall."""
    return star(folder / "longer", stage=[stage(train=["*"], iterations=20, learning_rate=3e-3)], average=0.5)


def main(folder: Path) -> None:
    events: list[object] = []
    train_video(star(folder / "whole"), on_event=events.append)
    steps = iter([False, True])
    train_video(star(folder / "parted"), on_event=print, is_cancelled=lambda: next(steps))
    train_video(star(folder / "parted"), on_event=print)
    train_video(longer(folder), on_event=print)
    if events:
        started = next(e for e in events if isinstance(e, StageStarted))
        losses = [e.loss for e in events if isinstance(e, TrainingProgress)]
        facts = {"n_processes": started.n_processes, "losses": losses}
        (folder / "facts.json").write_text(json.dumps(facts))
    leave_group()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
