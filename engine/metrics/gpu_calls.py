"""What the rows of the GPU bench share: random networks, clocks, the card's ceilings, figures."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch
from torch import nn

from engine.device import capped, laid_out, memory_budget, peak_bytes, synchronize
from engine.metrics.gpu_bench import Card
from engine.metrics.rooflines import Cost
from engine.models.registry import spec_of
from engine.models.settle import settle
from engine.plan import SHARE_OF_DEVICE, Plan, Shot, make_plan

REPEATS = 5
CONTEXT_BYTES = 512 << 20
"""About what CUDA itself takes of a small card's memory, which a cap on tensors does not see."""
PUBLISHED_PEAK_BYTES = 39e9
"""Of STAR for 72 frames of 426x240 to 1704x960, as its authors say (GiB or GB is not said)."""


def ceilings(card: Card) -> dict[str, Any]:
    """Operations per second of a matrix product and a 3x3 convolution, and bytes per second of a copy."""
    n, device, dtype = card.sizes.probe, card.placement.torch_device, card.placement.torch_dtype
    a = torch.randn(n, n, device=device, dtype=dtype)
    channels = min(320, n // 8)
    layer = laid_out(nn.Conv2d(channels, channels, 3, padding=1), card.placement.device).to(device, dtype)
    frames = torch.randn(max(n // 256, 1), channels, 64, 96, device=device, dtype=dtype)
    frames = frames.contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        product = 2 * n**3 / quickest(card, lambda: a @ a)
        conv = 2 * 9 * channels**2 * frames[:, 0].numel() / quickest(card, lambda: layer(frames))
        bandwidth = 2 * a.numel() * a.element_size() / quickest(card, lambda: a.clone())
    card.flops_per_second, card.bytes_per_second = max(product, conv), bandwidth
    return {"matmul TFLOP/s": product / 1e12, "conv TFLOP/s": conv / 1e12, "memory GB/s": bandwidth / 1e9}


@contextmanager
def small_card(card: Card, asked: bool) -> Iterator[int | None]:
    """Inside, where it is asked for, tensors get no more than a small card has; gives the budget of a plan there.

    None where nothing is capped.
    """
    if not asked:
        yield None
        return
    n_bytes = card.sizes.memory_bytes - CONTEXT_BYTES
    with capped(card.placement.device, n_bytes):
        yield int(n_bytes * SHARE_OF_DEVICE)


def plan_for(model: str, card: Card, height: int, width: int, n_bytes: int | None, *, fast: bool) -> Plan:
    """The application's own plan within so much memory; None: what the card has to spare."""
    spec = spec_of(model).at_speed(fast).in_format(card.placement.dtype)
    budget = memory_budget(card.placement.device) if n_bytes is None else n_bytes
    shots = [Shot(start=0, stop=card.sizes.star_frames)]
    return make_plan(spec, shots, width=width, height=height, budget_bytes=budget)


def random_network(
    build: Callable[[], nn.Module],
    card: Card,
    rung: str,
    keep: tuple[str, ...] = (),
    *,
    via_meta: bool = True,
    published: bool = False,
) -> nn.Module:
    """A network with random weights that half precision can hold, made where it stays.

    via_meta: never drawn twice; for networks that can leave the meta device. published: its convolutions lie as the
    published code has them.
    """
    placement = card.placement
    with torch.device("meta" if via_meta else placement.device):
        network = build()
    network = nn.Module.to(network, placement.torch_dtype)
    if via_meta:
        network = network.to_empty(device=placement.device)
    with torch.no_grad():
        for name, tensor in (*network.named_parameters(), *network.named_buffers()):
            if name.endswith("freqs"):
                continue
            if not tensor.is_floating_point():
                tensor.zero_()
            elif tensor.ndim < 2:
                tensor.fill_(1.0 if "norm" in name and name.endswith("weight") else 0.0)
            else:
                bound = tensor[0].numel() ** -0.5
                tensor.uniform_(-bound, bound)
    network = network.eval().requires_grad_(False)
    if published:
        return network
    if rung == "offload":
        network = network.to("cpu")
    return (
        laid_out(network, placement.device) if rung == "resident" else settle(network, placement, rung, keep)
    )


def quickest(card: Card, call: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Seconds of the quickest of so many calls, after one that is not timed."""
    seconds = []
    for _ in range(repeats + 1):
        synchronize(card.placement.device)
        begun = card.clock()
        call()
        synchronize(card.placement.device)
        seconds.append(card.clock() - begun)
    return max(min(seconds[1:]), 1e-9)


def roof(card: Card, seconds: float, count: Callable[..., Cost], *key: Any) -> dict[str, Any]:
    """The counted work count(*key) of a call that took so long, beside the card's ceilings; counted once a run."""
    cost = _counted(count, *key)
    return card.roofline(cost.flops, cost.moved_bytes, seconds)


@cache
def _counted(count: Callable[..., Cost], *key: Any) -> Cost:
    return count(*key)


def peak(card: Card, *, published: float | None = None) -> dict[str, Any]:
    """The most memory that tensors had, where the device counts it; published: what to set it against, bytes."""
    found = peak_bytes(card.placement.device)
    if found is None:
        return {}
    against = {} if published is None else {"published peak / peak": published / max(found, 1)}
    return {"peak GB": found / 1e9} | against


def against(card: Card, family: str, size: str, mode: str, seconds: float) -> dict[str, Any]:
    """How much faster than the published procedure's row, where that was measured."""
    key = f"{family} {size}".strip()
    if mode == "reference":
        card.found[f"{key} reference seconds"] = {"s": seconds}
        return {}
    published = card.found.get(f"{key} reference seconds")
    return {} if published is None else {"x reference": published["s"] / seconds}
