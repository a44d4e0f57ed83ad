"""CPU time of the embedded network beside the network that people compare it with, in one process."""

import time
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from engine.device import place
from engine.models.compact.temporal_filter import filtered
from engine.models.registry import spec_of
from engine.models.slot import slot

HEIGHT, WIDTH = 180, 320
REPEATS = 9


class SrvggCompact(nn.Module):
    """SRVGGNetCompact as its paper describes it (64 features, 16 convolutions, PReLU, x4): only its time counts."""

    def __init__(self, features: int = 64, convolutions: int = 16, scale: int = 4) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, features, 3, padding=1), nn.PReLU(features)]
        for _ in range(convolutions):
            layers += [nn.Conv2d(features, features, 3, padding=1), nn.PReLU(features)]
        self.body = nn.Sequential(
            *layers, nn.Conv2d(features, 3 * scale**2, 3, padding=1), nn.PixelShuffle(scale)
        )
        self.scale = scale

    def forward(self, lq: Tensor) -> Tensor:
        """lq: (B, 3, h, w) float; gives (B, 3, s*h, s*w)."""
        base = nn.functional.interpolate(lq, scale_factor=self.scale, mode="nearest")
        return self.body(lq) + base


@torch.inference_mode()
def measure_cost(scale: int = 4) -> dict[str, Any]:
    """A table of CPU milliseconds a frame at 320x180, interleaved.

    On one thread: with more, threads that wait for each other on a busy machine count as CPU time.
    """
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _cost_table(scale)
    finally:
        torch.set_num_threads(n_threads)


def _cost_table(scale: int) -> dict[str, Any]:
    spec = spec_of("compact")
    restorer = slot.load(spec, place("cpu", ("float32",)))
    network = next(n for n in restorer.networks() if getattr(n, "config").scale == scale)  # noqa: B009
    reference = SrvggCompact(scale=scale).eval().to(memory_format=torch.channels_last)  # pyright: ignore
    stack = torch.rand(1, 5, 3, HEIGHT, WIDTH)
    state, grain = torch.ones(1), torch.randn(1, 1, scale * HEIGHT, scale * WIDTH)
    frame = stack[:, 2].contiguous(memory_format=torch.channels_last)

    def steadied(frames: Tensor) -> Tensor:
        """What a damaged source costs besides the network: the middle frame filtered over time."""
        frames[0, 2] = filtered(frames[0], 2, float(state))
        return frames

    calls = {
        "SRVGGNetCompact 64f 16c": lambda: reference(frame),
        "Compact at beta 2": lambda: network(steadied(stack), state, want_detail=False),
        "Compact below beta 2": lambda: network(steadied(stack), state, grain),
    }
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(REPEATS):
        for name, call in calls.items():
            begun = time.process_time()
            call()
            seconds[name].append(time.process_time() - begun)
    whole = np.array(seconds["SRVGGNetCompact 64f 16c"])
    return {
        "title": f"CPU time a frame, {WIDTH}x{HEIGHT} at x{scale}, float32, one thread",
        "columns": ["network", "CPU ms", "ratio"],
        "rows": [
            [name, 1000 * min(of), float(np.median(np.array(of) / whole))] for name, of in seconds.items()
        ],
        "notes": [
            "The least CPU time of several calls, interleaved in one process, and the median of their ratios; a "
            "damaged source, so the temporal filter runs too. At most 0.55 is wanted at x4."
        ],
    }
