"""STAR on I2VGen-XL in the GPU bench: clips from two solver steps, kernels, full runs, a training step."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from engine.device import laid_out, reset_peak, synchronize
from engine.metrics.gpu_bench import Card
from engine.metrics.gpu_calls import (
    PUBLISHED_PEAK_BYTES,
    against,
    peak,
    plan_for,
    quickest,
    random_network,
    roof,
    small_card,
)
from engine.metrics.gpu_sizes import Size, Sizes
from engine.metrics.rooflines import Cost, star_call
from engine.models.compiled import MOST_SHAPES
from engine.models.star.control import ControlledUNet, bound_memory
from engine.models.star.restorer import DECODE_OVERLAP, KEPT_WIDE, REPEATED
from engine.models.star.sampler import (
    FAST_LEVERS,
    Grid,
    SampleSettings,
    call_count,
    sample_latent,
    star_tiling,
    star_times,
)
from engine.models.star.segment import Models, SegmentRequest, decode_segment, latent_size, restore_segment
from engine.models.star.unet import (
    ResBlock,
    SpatialTransformer,
    TemporalTransformer,
)
from engine.models.star.vae import build_vae, encode_frames
from engine.plan import Plan
from engine.sampling.tiles import cut_tiles

TIMED_STEPS = 2
"""Solver steps that are run; with the deep half reused, one computes it and one reuses it."""


def star_clip(
    size_of: Callable[[Card], Size], mode: str, *, within_bytes: bool = False, compiled: bool = False
) -> Callable[[Card], dict[str, Any]]:
    """A row: a whole clip of STAR from two solver steps, and the VAE's share from a few frames.

    within_bytes: tensors get no more than a small card has. compiled: the network's repeated blocks are.
    """

    def measure(card: Card) -> dict[str, Any]:
        with small_card(card, within_bytes) as budget:
            return _clip(card, size_of(card), mode, budget, compiled)

    return measure


def _clip(card: Card, size: Size, mode: str, budget: int | None, compiled: bool) -> dict[str, Any]:
    sizes, device = card.sizes, card.placement.device
    plan = star_plan(card, size, mode, budget)
    models = star_models(card, mode, plan)
    request = star_request(card, models, size, mode, plan)
    found: dict[str, Any] = {}
    if compiled:
        found["compiling s"] = _compile(card, models, request)
    reset_peak(device)
    latent, steps = _timed_steps(card, models, request)
    seconds = _vae_seconds(card, models, request, latent)
    total = steps.of_clip(request.sample) + seconds["encode"] + seconds["decode"]
    found |= {
        "s/call": steps.call,
        "s/step": steps.of_clip(request.sample) / steps.n_steps(request.sample),
        "calls": steps.n_calls(request.sample),
        "s/clip": total,
        "sampling s": steps.of_clip(request.sample),
        "encode s": seconds["encode"],
        "decode s": seconds["decode"],
        "frames": sizes.star_frames,
        "frames denoised": sum(stop - start for start, stop in request.sample.windows(sizes.star_frames)),
        "weights": plan.weights.name if plan else "resident",
        "tiles": 1 if request.sample.tiling is None else request.sample.tiling.count,
    }
    found |= peak(card, published=PUBLISHED_PEAK_BYTES) | against(card, "STAR", f"{size}", mode, total)
    return found | roof(card, steps.call, star_call, sizes, *_first_place(request, latent))


def _first_place(request: SegmentRequest, latent: Tensor) -> tuple[int, int, int]:
    """Frames, rows and columns of the first call."""
    start, stop = request.sample.windows(latent.shape[2])[0]
    tiling = request.sample.tiling
    if tiling is None:
        return stop - start, latent.shape[-2], latent.shape[-1]
    (top, bottom), (left, right) = tiling.rows[0], tiling.columns[0]
    return stop - start, bottom - top, right - left


def _compile(card: Card, models: Models, request: SegmentRequest) -> float:
    """Seconds until the network's first call has its blocks compiled."""
    network: Any = models.network
    for module in network.modules():
        if isinstance(module, REPEATED):
            module.compile(backend=card.sizes.compiler, recompile_limit=MOST_SHAPES)
    rows, columns = latent_size(models, request)
    start, stop = request.sample.windows(card.sizes.star_frames)[0]
    hint = torch.randn(
        1, card.sizes.star.in_channels, stop - start, rows, columns, device=card.placement.torch_device
    )
    text = torch.randn(
        1, 77, card.sizes.star.context_width, device=hint.device, dtype=card.placement.torch_dtype
    )
    begun = card.clock()
    with torch.inference_mode():
        _first_call(models, hint, (text, text), request.sample)
    synchronize(card.placement.device)
    return card.clock() - begun


class _Steps:
    """Seconds of every call of the timed steps: by step, place (window and tile) and pass."""

    def __init__(self, seconds: Sequence[float], n_steps: int) -> None:
        per_step = len(seconds) // n_steps
        steps = [seconds[i * per_step : (i + 1) * per_step] for i in range(n_steps)]
        self.prompt = [sum(step[0::2]) for step in steps]
        self.negative = [sum(step[1::2]) for step in steps]
        self.places = per_step // 2
        self.call = statistics.median(steps[0][0::2])

    def n_steps(self, settings: SampleSettings) -> int:
        """Steps of the whole procedure."""
        return len(star_times(settings.grid, settings.steps))

    def n_calls(self, settings: SampleSettings) -> int:
        """Network calls of the whole procedure."""
        steps = self.n_steps(settings)
        return (steps + settings.levers.guided_steps(steps)) * self.places

    def of_clip(self, settings: SampleSettings) -> float:
        """Seconds of all steps: each kind of step as long as the timed one of its kind."""
        steps, levers = self.n_steps(settings), settings.levers
        guided, total = levers.guided_steps(steps), 0.0
        for step in range(steps):
            if levers.deep_every > 1:
                kind = 0 if step % levers.deep_every == 0 else 1
                prompt, negative = self.prompt[kind], self.negative[kind]
            else:
                prompt, negative = statistics.mean(self.prompt), statistics.mean(self.negative)
            total += prompt + (negative if step < guided else 0.0)
        return total


def _timed_steps(card: Card, models: Models, request: SegmentRequest) -> tuple[Tensor, _Steps]:
    """The latent of a clip after two guided steps, and how long their calls took."""
    sizes, device, dtype = card.sizes, card.placement.torch_device, card.placement.torch_dtype
    rows, columns = latent_size(models, request)
    hint = torch.randn(1, sizes.star.in_channels, sizes.star_frames, rows, columns, device=device)
    prompt, negative = torch.randn(2, 1, 77, sizes.star.context_width, device=device, dtype=dtype).split(1)
    texts = prompt[0], negative[0]
    levers = replace(request.sample.levers, guided_share=1.0)
    timed = replace(request.sample, grid=Grid.NORMAL, steps=TIMED_STEPS, levers=levers)
    noise = torch.randn_like(hint)
    ends: list[float] = []

    def note(_call: int = 0, _calls: int = 0) -> None:
        synchronize(card.placement.device)
        ends.append(card.clock())

    with torch.inference_mode():
        window = slice(0, min(sizes.star_window, sizes.star_frames))
        _first_call(models, hint[:, :, window], texts, timed)
        latent = sample_latent(
            models.network, hint, texts, lambda _purpose, _step: noise, timed, on_call=note
        )
        note()
    return latent, _Steps([b - a for a, b in pairwise(ends)], TIMED_STEPS)


def _first_call(models: Models, hint: Tensor, texts: tuple[Tensor, Tensor], settings: SampleSettings) -> None:
    """One call that nobody times: kernels are chosen, weights find their place."""
    x = hint.to(texts[0].dtype)
    if settings.tiling is not None:
        (top, bottom), (left, right) = settings.tiling.rows[0], settings.tiling.columns[0]
        x = x[..., top:bottom, left:right]
    models.network(x, torch.full((1,), 500, device=x.device), texts[0], x)


def _vae_seconds(card: Card, models: Models, request: SegmentRequest, latent: Tensor) -> dict[str, float]:
    """Seconds to encode and decode the clip, from a few frames of each."""
    n_encoded, n_decoded = 2, min(2 * request.decoded_at_once, latent.shape[2])
    stride = models.vae_config.stride
    frames = (
        torch.rand(n_encoded, 3, *(stride * edge for edge in latent.shape[-2:]), device=latent.device) * 2 - 1
    )
    noise = torch.randn(n_encoded, *latent.shape[1:2], *latent.shape[-2:], device=latent.device)
    clip = latent[:, :, :n_decoded]
    with torch.inference_mode():
        encode = quickest(
            card, lambda: encode_frames(models.vae, frames, noise, tiling=request.vae_tiling), 2
        )
        decode = quickest(card, lambda: list(decode_segment(models, clip, request)), 1)
    n_frames = card.sizes.star_frames
    return {"encode": encode / n_encoded * n_frames, "decode": decode / n_decoded * n_frames}


def star_layouts(card: Card) -> dict[str, Any]:
    """A row: one network call at 720p as published, with channels last, and two texts as a batch or one by one."""
    sizes, device, dtype = card.sizes, card.placement.torch_device, card.placement.torch_dtype
    network: Any = star_models(card, "reference", None).network
    bound_memory(network)
    x = torch.randn(
        1, sizes.star.in_channels, sizes.star_window, *sizes.latent(sizes.hd), device=device, dtype=dtype
    )
    text = torch.randn(1, 77, sizes.star.context_width, device=device, dtype=dtype)
    time = torch.full((1,), 500, device=device)
    both = x.expand(2, -1, -1, -1, -1).contiguous()

    def call() -> Tensor:
        return network(x, time, text, x)

    with torch.inference_mode():
        plain = quickest(card, call, 2)
        laid_out(network, card.placement.device)
        last = quickest(card, call, 2)
        batch = quickest(card, lambda: network(both, time.expand(2), text.expand(2, -1, -1), both), 1)
    found = {
        "s/call": plain,
        "channels last s/call": last,
        "x by channels last": plain / last,
        "two texts as a batch s": batch,
        "x by a batch": 2 * last / batch,
    }
    return found | roof(card, last, star_call, sizes, sizes.star_window, *sizes.latent(sizes.hd))


def star_full_run(mode: str) -> Callable[[Card], dict[str, Any]]:
    """A row: one clip from lq frames to restored frames, all steps, nothing extrapolated."""

    def measure(card: Card) -> dict[str, Any]:
        sizes, device = card.sizes, card.placement.torch_device
        plan = star_plan(card, sizes.large, mode, None)
        models = star_models(card, mode, plan)
        request = star_request(card, models, sizes.large, mode, plan)
        lq = torch.rand(sizes.star_frames, 3, sizes.large.height // 4, sizes.large.width // 4, device=device)
        text = torch.randn(1, 77, sizes.star.context_width, device=device, dtype=card.placement.torch_dtype)
        reset_peak(card.placement.device)
        begun = card.clock()
        restored, _ = restore_segment(models, lq, (text, -text), request)
        synchronize(card.placement.device)
        seconds = card.clock() - begun
        assert len(restored) == sizes.star_frames
        found = {"full run s": seconds} | peak(card, published=PUBLISHED_PEAK_BYTES)
        first = _first_place(request, torch.empty(1, 1, sizes.star_frames, *latent_size(models, request)))
        calls = call_count(request.sample, sizes.star_frames)
        return found | {"calls": calls} | roof(card, seconds / calls, star_call, sizes, *first)

    return measure


def star_training(checkpointed: bool) -> Callable[[Card], dict[str, Any]]:
    """A row: one training step of STAR's network (v-prediction, AdamW), activations kept or computed again."""

    def measure(card: Card) -> dict[str, Any]:
        from engine.training.video.recompute import recompute

        sizes, device = card.sizes, card.placement.torch_device
        with torch.inference_mode(False):
            network = (
                random_network(lambda: ControlledUNet(sizes.star), card, "resident")
                .float()
                .requires_grad_(True)
            )
            if checkpointed:
                recompute(network, (ResBlock, SpatialTransformer, TemporalTransformer))
            optimizer = torch.optim.AdamW(network.parameters(), lr=1e-6)
            rows, columns = sizes.latent(sizes.training)
            x = torch.randn(1, sizes.star.in_channels, sizes.training_frames, rows, columns, device=device)
            text, time = (
                torch.randn(1, 77, sizes.star.context_width, device=device),
                torch.full((1,), 500, device=device),
            )

            def step() -> None:
                with torch.autocast(card.placement.torch_device.type, torch.bfloat16):
                    loss = network(x, time, text, x).float().square().mean()
                loss.backward()
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)

            reset_peak(card.placement.device)
            seconds = quickest(card, step, 2)
        found = {"s/step": seconds, "frames": sizes.training_frames, "size": str(sizes.training)} | peak(card)
        # A step is a call and its gradient by activations and by weights; checkpointed, the call once more.
        return found | roof(card, seconds, _training_step, sizes, 4 if checkpointed else 3)

    return measure


def _training_step(sizes: Sizes, n_calls: int) -> Cost:
    """A step, as so many calls."""
    call = star_call(sizes, sizes.training_frames, *sizes.latent(sizes.training))
    return replace(call, flops=n_calls * call.flops, moved_bytes=n_calls * call.moved_bytes)


def star_plan(card: Card, size: Size, mode: str, budget: int | None) -> Plan | None:
    """The application's own plan within a budget, or within what the card has; None for the published way."""
    if mode == "reference":
        return None
    return plan_for("star-light", card, size.height, size.width, budget, fast=mode == "fast")


def star_models(card: Card, mode: str, plan: Plan | None) -> Models:
    """Random networks as a mode keeps them: the published VAE computes in float32, layers lie as torch makes them."""
    published, rung = mode == "reference", plan.weights.name if plan else "resident"
    network = random_network(
        lambda: ControlledUNet(card.sizes.star), card, rung, KEPT_WIDE, published=published
    )
    vae = random_network(lambda: build_vae(card.sizes.star_vae), card, "resident", published=published)
    if published:
        vae = nn.Module.to(vae, torch.float32)
    else:
        bound_memory(network)
    return Models(network=network, vae=vae, network_config=card.sizes.star, vae_config=card.sizes.star_vae)


def star_request(card: Card, models: Models, size: Size, mode: str, plan: Plan | None) -> SegmentRequest:
    """What a mode asks for: the published procedure, the application's, or its faster one."""
    sample = SampleSettings(reference=mode == "reference", window=card.sizes.star_window)
    if mode == "fast":
        sample = replace(sample, grid=Grid.SHORT, levers=FAST_LEVERS)
    request = SegmentRequest(first=0, height=size.height, width=size.width, seed=1, sample=sample)
    if plan is None or plan.vae is None:
        return request
    rows, columns = latent_size(models, request)
    stride = card.sizes.star_vae.stride
    tile = min(plan.tile_height // stride, rows), min(plan.tile_width // stride, columns)
    coded = min(plan.vae.tile_height // stride, rows), min(plan.vae.tile_width // stride, columns)
    tiling = vae_tiling = None
    if plan.tile_height < plan.height or plan.tile_width < plan.width:
        tiling = star_tiling(rows, columns, *tile, card.sizes.star)
    if plan.vae.tile_height < plan.height or plan.vae.tile_width < plan.width:
        vae_tiling = cut_tiles(rows, columns, *coded, overlap=max(min(coded) // 4, 3), halo=1)
    longest = min(plan.window, card.sizes.star_window * 5 // 4)
    sample = replace(sample, window=longest, tiling=tiling, shares_prelude=plan.shares)
    return replace(
        request,
        sample=sample,
        vae_tiling=vae_tiling,
        decoded_at_once=plan.vae.window,
        decode_overlap=DECODE_OVERLAP,
    )
