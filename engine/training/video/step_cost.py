"""One training step by itself, on noise for clips, to be measured: neither clips nor weights change what it costs."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.optim import AdamW

from engine.training.video.config import RunConfig
from engine.training.video.freezing import choose
from engine.training.video.kinds import build_task


def make_step(config: RunConfig, device: str) -> Callable[[], float]:
    """A function that does one step of a run's first stage on a device and gives the loss, when it is done."""
    stage, clips = config.stage[0], config.clips_of(config.stage[0])
    task = build_task(config).to(device)
    if config.recompute:
        task.recompute()
    parameters = dict(task.network.named_parameters())
    names = choose(parameters, stage.train, stage.freeze, task.fixed)
    task.requires_grad_(False)
    optimiser = AdamW([parameters[name].requires_grad_() for name in names], lr=stage.learning_rate)
    shape, size = (clips.batch, 3, clips.n_frames), (clips.height, clips.width)
    batch = {
        "gt": torch.rand(*shape, *size, device=device) * 2 - 1,
        "lq": torch.rand(*shape, *(side // clips.scale for side in size), device=device) * 2 - 1,
        "prompt": torch.zeros(clips.batch, dtype=torch.int64),
    }

    def step() -> float:
        with torch.autocast(torch.device(device).type, torch.bfloat16, enabled=config.bfloat16):
            total = task(batch)["total"]
        total.backward()
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        return float(total.detach())

    return step
