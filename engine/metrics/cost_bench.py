"""CPU time of the embedded networks beside the network that people compare them with, in one process."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from engine.allocator import keep_freed
from engine.device import place
from engine.models.compact.network import CompactNet
from engine.models.compact.restorer import CompactRestorer, load
from engine.models.compact.temporal_filter import filtered
from engine.models.registry import SPECS

HEIGHT, WIDTH = 180, 320
REPEATS = 9
PEER = "SRVGGNetCompact 64f 16c"
LANCZOS = "OpenCV Lanczos"
DEFAULT_AT_MOST, FAST_AT_MOST = 0.55, 1 / 3
"""Of the peer's time, at x4."""

Calls = dict[str, Callable[[], object]]


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
def measure_cost(scale: int = 4, repeats: int = REPEATS) -> dict[str, Any]:
    """A table of CPU milliseconds a frame at 320x180, interleaved, with the ratios to the peer by name.

    On one thread: with more, threads that wait for each other on a busy machine count as CPU time.
    """
    keep_freed()  # as in a job
    calls = _calls(scale)
    seconds = _on_one_thread(calls, repeats)
    rates = {name: 1 / statistics.median(of) for name, of in _interleaved(calls, repeats).items()}
    whole = np.array(seconds[PEER])
    ratios = {name: float(np.median(np.array(of) / whole)) for name, of in seconds.items()}
    return {
        "title": f"CPU time a frame, {WIDTH}x{HEIGHT} at x{scale}, float32, one thread",
        "columns": ["network", "CPU ms", "ratio", f"frames a second, {torch.get_num_threads()} threads"],
        "rows": [[name, 1000 * min(of), ratios[name], rates[name]] for name, of in seconds.items()],
        "notes": [
            "The least CPU time of several calls, interleaved in one process, and the median of their ratios; frames "
            "a second by the wall clock, with all threads. Below beta 2 with detail and grain; the frames of a damaged "
            "source pass the temporal filter before the network. "
            f"At x4 at most {DEFAULT_AT_MOST} is wanted of Compact, {FAST_AT_MOST:.2f} of Compact fast."
        ],
        # The floor's few milliseconds swing by a third from run to run: shown, not guarded.
        "ratios": {f"cost of {name}": of for name, of in ratios.items() if name not in (PEER, LANCZOS)},
    }


@torch.inference_mode()
def measure_growth(repeats: int = 3) -> dict[str, Any]:
    """A table of the default's CPU time an output pixel from 720p to 2160p, over that at 720p, in planned tiles."""
    network = _networks(4)["Compact"]
    sizes = {"1280x720": (180, 320), "1920x1080": (270, 480), "3840x2160": (540, 960)}
    calls = {name: _tiled(network, *size) for name, size in sizes.items()}
    seconds = _on_one_thread(calls, repeats)
    pixels = {name: 16 * height * width for name, (height, width) in sizes.items()}
    first = np.array(seconds["1280x720"]) / pixels["1280x720"]
    growth = {name: float(np.median(np.array(of) / pixels[name] / first)) for name, of in seconds.items()}
    return {
        "title": "CPU time an output pixel, Compact at x4 and beta 2, in planned tiles, one thread",
        "columns": ["result", "ns a pixel", "over 720p"],
        "rows": [[name, 1e9 * min(of) / pixels[name], growth[name]] for name, of in seconds.items()],
        "notes": ["Flat is 1; where a frame needs several tiles, they pay for their halo."],
        "ratios": {f"pixel cost at {name}": value for name, value in growth.items() if name != "1280x720"},
    }


def _calls(scale: int) -> Calls:
    """What is timed, by name."""
    peer = SrvggCompact(scale=scale).eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    stack = torch.rand(1, 5, 3, HEIGHT, WIDTH)
    frame = stack[:, 2].contiguous(memory_format=torch.channels_last)
    picture = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    size = (scale * WIDTH, scale * HEIGHT)
    calls: Calls = {PEER: lambda: peer(frame)}
    for title, network in _networks(scale).items():
        calls[f"{title} at beta 2"] = _call(network, stack, amount=0.0)
        calls[f"{title} below beta 2"] = _call(network, stack, amount=0.5)
        calls[f"{title}, damaged source"] = _call(network, stack, amount=0.5, condition=1.0)
    calls[LANCZOS] = lambda: cv2.resize(picture, size, interpolation=cv2.INTER_LANCZOS4)
    return calls


def _networks(scale: int) -> dict[str, CompactNet]:
    """The embedded networks of that scale, by the title of their model."""
    found = {}
    for spec in SPECS.values():
        if spec.family == "compact" and scale in spec.scales:
            restorer = load(spec, place("cpu", ("float32",)))
            assert isinstance(restorer, CompactRestorer)
            found[spec.title] = next(n for n in restorer.networks() if n.config.scale == scale)
    return found


def _call(
    network: CompactNet, stack: Tensor, *, amount: float, condition: float = 0.0
) -> Callable[[], object]:
    """One frame at a place of the slider; that of a damaged source is filtered over time first."""
    state, scale = torch.full((1,), condition), network.config.scale
    grain = torch.randn(1, 1, scale * HEIGHT, scale * WIDTH)

    def call() -> object:
        if condition > 0:
            stack[0, 2] = filtered(stack[0], 2, condition)
        return network.blended(stack, state, grain, amount)

    return call


def _tiled(network: CompactNet, height: int, width: int) -> Callable[[], object]:
    """One frame of a clean source in the tiles that the planner would cut."""
    from engine.plan import Shot, make_plan

    spec = SPECS["compact"]
    spec = spec.on_processor(keeps_memory=keep_freed())
    plan = make_plan(spec, [Shot(start=0, stop=1)], width=width, height=height, budget_bytes=8 << 30)
    stack, state = torch.rand(1, 5, 3, height, width), torch.zeros(1)

    def call() -> object:
        for tile in plan.tiles():
            rows, columns = tile.rows, tile.columns
            seen = stack[..., rows.seen_start : rows.seen_stop, columns.seen_start : columns.seen_stop]
            network.blended(seen, state, None, 0.0)
        return None

    return call


def _on_one_thread(calls: Calls, repeats: int) -> dict[str, list[float]]:
    """CPU seconds of every call, `repeats` times in alternation."""
    n_threads, n_cv = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    try:
        return _interleaved(calls, repeats, clock=time.process_time)
    finally:
        torch.set_num_threads(n_threads)
        cv2.setNumThreads(n_cv)


def _interleaved(
    calls: Calls, repeats: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """Seconds of every call, `repeats` times in alternation."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            begun = clock()
            call()
            seconds[name].append(clock() - begun)
    return seconds
