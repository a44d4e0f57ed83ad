"""The rows of the GPU bench: full-size networks with random weights, in our ways and in the published ones."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from engine.device import peak_bytes, reset_peak, synchronize
from engine.metrics.gpu_bench import Card, Row
from engine.metrics.gpu_clips import restore_compact
from engine.metrics.gpu_sizes import Size
from engine.metrics.rooflines import Cost, cogvideox_costs, diffvsr_costs, star_call
from engine.models.diffvsr import reference as diffvsr_reference
from engine.models.diffvsr.codec import decode_group
from engine.models.diffvsr.restorer import KEPT_WIDE as DIFFVSR_KEPT_WIDE
from engine.models.diffvsr.sampler import SampleSettings as DiffVsrSettings
from engine.models.diffvsr.sampler import sample_window
from engine.models.diffvsr.te_vae import TemporalVae
from engine.models.diffvsr.unet import VideoUNet
from engine.models.registry import spec_of
from engine.models.settle import settle
from engine.models.star.control import ControlledUNet, bound_memory
from engine.models.star.restorer import DECODE_OVERLAP, KEPT_WIDE
from engine.models.star.sampler import (
    FAST_LEVERS,
    Grid,
    SampleSettings,
    sample_latent,
    star_tiling,
    star_times,
)
from engine.models.star.segment import Models, SegmentRequest, decode_segment, latent_size, restore_segment
from engine.models.star.unet import (
    ResBlock,
    SpatialBlock,
    SpatialTransformer,
    TemporalBlock,
    TemporalTransformer,
)
from engine.models.star.vae import build_vae, encode_frames
from engine.plan import Plan, Shot, make_plan
from engine.sampling.tiles import cut_tiles

TIMED_STEPS = 2
"""Solver steps that are run; with the deep half reused, one computes it and one reuses it."""
STAR_MODES = ("reference", "default", "fast")
REPEATS = 5


def ceilings(card: Card) -> dict[str, Any]:
    """Operations per second of a matrix product and a 3x3 convolution, and bytes per second of a copy."""
    n, device, dtype = card.sizes.probe, card.placement.torch_device, card.placement.torch_dtype
    a = torch.randn(n, n, device=device, dtype=dtype)
    channels = min(320, n // 8)
    layer = nn.Conv2d(channels, channels, 3, padding=1).to(device, dtype)
    frames = torch.randn(max(n // 256, 1), channels, 64, 96, device=device, dtype=dtype)
    with torch.inference_mode():
        product = 2 * n**3 / _quickest(card, lambda: a @ a)
        conv = 2 * 9 * channels**2 * frames[:, 0].numel() / _quickest(card, lambda: layer(frames))
        bandwidth = 2 * a.numel() * a.element_size() / _quickest(card, lambda: a.clone())
    card.flops_per_second, card.bytes_per_second = max(product, conv), bandwidth
    return {"matmul TFLOP/s": product / 1e12, "conv TFLOP/s": conv / 1e12, "memory GB/s": bandwidth / 1e9}


def star_clip(
    size_of: Callable[[Card], Size], mode: str, *, within_bytes: bool = False
) -> Callable[[Card], dict[str, Any]]:
    """A row: a whole clip of STAR from two solver steps, and the VAE's share from a few frames."""

    def measure(card: Card) -> dict[str, Any]:
        size, sizes = size_of(card), card.sizes
        plan = _star_plan(card, size, sizes.memory_bytes) if within_bytes else None
        rung = plan.weights.name if plan else "resident"
        models = _star_models(card, mode, rung)
        request = _star_request(card, models, size, mode, plan)
        reset_peak(card.placement.device)
        latent, steps = _timed_steps(card, models, request)
        seconds = _vae_seconds(card, models, request, latent)
        total = steps.of_clip(request.sample) + seconds["encode"] + seconds["decode"]
        found = {
            "s/call": steps.call,
            "s/step": steps.of_clip(request.sample) / steps.n_steps(request.sample),
            "calls": steps.n_calls(request.sample),
            "s/clip": total,
            "sampling s": steps.of_clip(request.sample),
            "encode s": seconds["encode"],
            "decode s": seconds["decode"],
            "frames": sizes.star_frames,
            "weights": rung,
        }
        found |= _peak(card) | _against(card, "STAR", f"{size}", mode, total)
        if request.sample.tiling is not None:
            return found
        return found | _roof(card, steps.call, lambda: star_call(sizes, *_first_window(request, latent)))

    return measure


def _first_window(request: SegmentRequest, latent: Tensor) -> tuple[int, int, int]:
    """Frames, rows and columns of the first call."""
    start, stop = request.sample.windows(latent.shape[2])[0]
    return stop - start, latent.shape[-2], latent.shape[-1]


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
        encode = _quickest(
            card, lambda: encode_frames(models.vae, frames, noise, tiling=request.vae_tiling), 2
        )
        decode = _quickest(card, lambda: list(decode_segment(models, clip, request)), 1)
    n_frames = card.sizes.star_frames
    return {"encode": encode / n_encoded * n_frames, "decode": decode / n_decoded * n_frames}


def star_kernels(compiled: bool) -> Callable[[Card], dict[str, Any]]:
    """A row: one network call at 720p as it is, and with channels last or its repeated blocks compiled."""

    def measure(card: Card) -> dict[str, Any]:
        sizes, device, dtype = card.sizes, card.placement.torch_device, card.placement.torch_dtype
        network: Any = _star_models(card, "default", "resident").network
        x = torch.randn(
            1, sizes.star.in_channels, sizes.star_window, *sizes.latent(sizes.hd), device=device, dtype=dtype
        )
        text = torch.randn(1, 77, sizes.star.context_width, device=device, dtype=dtype)
        time = torch.full((1,), 500, device=device)

        @torch.inference_mode()
        def call() -> Tensor:
            return network(x, time, text, x)

        plain = _quickest(card, call, 2)
        if compiled:
            for module in network.modules():
                if isinstance(module, ResBlock | SpatialBlock | TemporalBlock):
                    module.compile(backend=sizes.compiler)
        else:
            for module in network.modules():
                if isinstance(module, nn.Conv2d):  # those over time have five axes, and their own format
                    module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        other = _quickest(card, call, 2)
        return {
            "s/call": plain,
            "compiled s/call" if compiled else "channels last s/call": other,
            "x": plain / other,
        }

    return measure


def star_full_run(mode: str) -> Callable[[Card], dict[str, Any]]:
    """A row: one clip from lq frames to restored frames, all steps, nothing extrapolated."""

    def measure(card: Card) -> dict[str, Any]:
        sizes, device = card.sizes, card.placement.torch_device
        models = _star_models(card, mode, "resident")
        request = _star_request(card, models, sizes.large, mode, None)
        lq = torch.rand(sizes.star_frames, 3, sizes.large.height // 4, sizes.large.width // 4, device=device)
        text = torch.randn(1, 77, sizes.star.context_width, device=device, dtype=card.placement.torch_dtype)
        reset_peak(card.placement.device)
        begun = card.clock()
        restored, _ = restore_segment(models, lq, (text, -text), request)
        synchronize(card.placement.device)
        assert len(restored) == sizes.star_frames
        return {"full run s": card.clock() - begun} | _peak(card)

    return measure


def diffvsr_window(mode: str, *, within_bytes: bool = False) -> Callable[[Card], dict[str, Any]]:
    """A row: DiffVSR's two timed steps of one window and one group of its decoder, as seconds a frame."""

    def measure(card: Card) -> dict[str, Any]:
        sizes, device, dtype = card.sizes, card.placement.torch_device, card.placement.torch_dtype
        height, width = sizes.diffvsr_lq.height, sizes.diffvsr_lq.width
        plan = _plan("diffvsr", card, height, width, sizes.memory_bytes) if within_bytes else None
        rung = plan.weights.name if plan else "resident"
        unet = _random(lambda: VideoUNet(sizes.diffvsr), card, rung, DIFFVSR_KEPT_WIDE, via_meta=False)
        vae_dtype = torch.float32 if mode == "reference" else dtype
        vae: Any = _random(lambda: TemporalVae(sizes.te_vae), card, "resident", via_meta=False).to(vae_dtype)
        settings = DiffVsrSettings(
            steps=TIMED_STEPS, tiling=plan and _lq_tiling(plan, plan.tile_height, plan.tile_width)
        )
        latent, lq = (torch.randn(1, c, 8, height, width, device=device) for c in (4, 3))
        text = torch.randn(1, 77, sizes.diffvsr.text_width, device=device, dtype=dtype)
        tiling = plan and plan.vae and _lq_tiling(plan, plan.vae.tile_height, plan.vae.tile_width)
        reset_peak(card.placement.device)
        with torch.inference_mode():
            window = _quickest(card, lambda: sample_window(unet, latent, lq, (text, -text), settings), 1)
            if mode == "reference":
                group = _quickest(card, lambda: diffvsr_reference.decode_groups(vae, latent[:, :, :4]), 1)
            else:
                group = _quickest(card, lambda: decode_group(vae, latent[:, :, :4], tiling or None), 1)
        steps = DiffVsrSettings().steps
        # A window is followed by the next one four frames on; groups touch as published, else overlap by half.
        frame = window / TIMED_STEPS * steps / 4 + group / (4 if mode == "reference" else 2)
        found = {
            "s/step of a window": window / TIMED_STEPS,
            "s/group": group,
            "s/frame": frame,
            "weights": rung,
        }
        found |= _peak(card) | _against(card, "DiffVSR", "", mode, frame)
        if settings.tiling is not None:
            return found
        return found | _roof(card, window / TIMED_STEPS / 2, lambda: next(diffvsr_costs(sizes)))

    return measure


def cogvideox_call(card: Card) -> dict[str, Any]:
    """A row: one call of STAR on CogVideoX on its native tile; a window takes a hundred."""
    from engine.models.star_cogvideox.network import VideoTransformer

    config, device = card.sizes.cogvideox, card.placement.torch_device
    half = torch.bfloat16 if card.placement.dtype != "float32" else torch.float32
    network: Any = _random(lambda: VideoTransformer(config), card, "resident").to(half)
    x = torch.randn(1, 7, config.latent_channels, config.height, config.width, device=device, dtype=half)
    text = torch.randn(1, config.text_length, config.text_width, device=device, dtype=half)
    time = torch.full((1,), 500.0, device=device)
    reset_peak(card.placement.device)
    with torch.inference_mode():
        call = _quickest(card, lambda: network.velocity(x, time, text, x), 2)
    found = {"s/call": call, "s/window of 100 calls": 100 * call} | _peak(card)
    return found | _roof(card, call, lambda: next(cogvideox_costs(card.sizes)))


def star_training(checkpointed: bool) -> Callable[[Card], dict[str, Any]]:
    """A row: one training step of STAR's network (v-prediction, AdamW), activations kept or computed again."""

    def measure(card: Card) -> dict[str, Any]:
        from engine.training.video.recompute import recompute

        sizes, device = card.sizes, card.placement.torch_device
        with torch.inference_mode(False):
            network = (
                _random(lambda: ControlledUNet(sizes.star), card, "resident").float().requires_grad_(True)
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
            seconds = _quickest(card, step, 2)
        return {"s/step": seconds, "frames": sizes.training_frames, "size": str(sizes.training)} | _peak(card)

    return measure


def _star_models(card: Card, mode: str, rung: str) -> Models:
    """Random networks as a mode keeps them: the published VAE computes in float32."""
    network = _random(lambda: ControlledUNet(card.sizes.star), card, rung, KEPT_WIDE)
    vae = _random(lambda: build_vae(card.sizes.star_vae), card, "resident")
    if mode == "reference":
        vae = nn.Module.to(vae, torch.float32)
    else:
        bound_memory(network)
    return Models(network=network, vae=vae, network_config=card.sizes.star, vae_config=card.sizes.star_vae)


def _star_request(card: Card, models: Models, size: Size, mode: str, plan: Plan | None) -> SegmentRequest:
    """What a mode asks for: the published procedure, the application's, or its faster one."""
    sample = SampleSettings(reference=mode == "reference", window=card.sizes.star_window)
    if mode == "fast":
        sample = replace(sample, grid=Grid.SHORT, levers=FAST_LEVERS)
    request = SegmentRequest(first=0, height=size.height, width=size.width, seed=1, sample=sample)
    if mode == "reference":
        return request
    request = replace(request, decoded_at_once=8, decode_overlap=DECODE_OVERLAP)
    if plan is None or plan.vae is None:
        return request
    rows, columns = latent_size(models, request)
    stride = card.sizes.star_vae.stride
    tile = min(plan.tile_height // stride, rows), min(plan.tile_width // stride, columns)
    coded = min(plan.vae.tile_height // stride, rows), min(plan.vae.tile_width // stride, columns)
    tiling = None
    if plan.tile_height < plan.height or plan.tile_width < plan.width:
        tiling = star_tiling(rows, columns, *tile, card.sizes.star)
    vae_tiling = None
    if coded != (rows, columns):
        vae_tiling = cut_tiles(rows, columns, *coded, overlap=max(min(coded) // 4, 3), halo=1)
    sample = replace(sample, window=min(plan.window, card.sizes.star_window), tiling=tiling)
    return replace(request, sample=sample, vae_tiling=vae_tiling, decoded_at_once=plan.vae.window)


def _star_plan(card: Card, size: Size, n_bytes: int) -> Plan:
    return _plan("star-light", card, size.height, size.width, n_bytes)


def _plan(model: str, card: Card, height: int, width: int, n_bytes: int) -> Plan:
    """The application's own plan within so much memory."""
    spec = spec_of(model).in_format(card.placement.dtype)
    shots = [Shot(start=0, stop=card.sizes.star_frames)]
    return make_plan(spec, shots, width=width, height=height, budget_bytes=n_bytes)


def _lq_tiling(plan: Plan, tile_height: int, tile_width: int) -> Any:
    rows, columns = min(tile_height, plan.height), min(tile_width, plan.width)
    if (rows, columns) == (plan.height, plan.width):
        return None
    return cut_tiles(plan.height, plan.width, rows, columns, overlap=max(min(rows, columns) // 4, 16), halo=4)


def _random(
    build: Callable[[], nn.Module],
    card: Card,
    rung: str,
    keep: tuple[str, ...] = (),
    *,
    via_meta: bool = True,
) -> nn.Module:
    """A network with random weights that half precision can hold, made where it stays.

    via_meta: never drawn twice; for networks that can leave the meta device.
    """
    placement = card.placement
    home = "cpu" if rung == "offload" else placement.device
    with torch.device("meta" if via_meta else home):
        network = build()
    network = nn.Module.to(network, placement.torch_dtype)
    if via_meta:
        network = network.to_empty(device=home)
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
    return network if rung == "resident" else settle(network, placement, rung, keep)


def _quickest(card: Card, call: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Seconds of the quickest of so many calls, after one that is not timed."""
    seconds = []
    for _ in range(repeats + 1):
        synchronize(card.placement.device)
        begun = card.clock()
        call()
        synchronize(card.placement.device)
        seconds.append(card.clock() - begun)
    return max(min(seconds[1:]), 1e-9)


def _roof(card: Card, seconds: float, count: Callable[[], Cost]) -> dict[str, Any]:
    """The counted work of a call that took so long."""
    cost = count()
    return card.roofline(cost.flops, cost.moved_bytes, seconds)


def _peak(card: Card) -> dict[str, Any]:
    peak = peak_bytes(card.placement.device)
    return {} if peak is None else {"peak GB": peak / 1e9}


def _against(card: Card, family: str, size: str, mode: str, seconds: float) -> dict[str, Any]:
    """How much faster than the published procedure's row, where that was measured."""
    key = f"{family} {size}".strip()
    if mode == "reference":
        card.found[f"{key} reference seconds"] = {"s": seconds}
        return {}
    published = card.found.get(f"{key} reference seconds")
    return {} if published is None else {"x reference": published["s"] / seconds}


def _large(card: Card) -> Size:
    return card.sizes.large


def _small(card: Card) -> Size:
    return card.sizes.small


def _hd(card: Card) -> Size:
    return card.sizes.hd


ROWS = (
    Row(name="ceilings of the card", seconds=8, measure=ceilings),
    Row(name="STAR 426x240 x4, 72 frames, reference", seconds=35, measure=star_clip(_large, "reference")),
    Row(name="STAR 426x240 x4, 72 frames, default", seconds=28, measure=star_clip(_large, "default")),
    Row(name="STAR 426x240 x4, 72 frames, fast", seconds=20, measure=star_clip(_large, "fast")),
    Row(name="STAR 640x480 result, 72 frames, reference", seconds=18, measure=star_clip(_small, "reference")),
    Row(name="STAR 640x480 result, 72 frames, default", seconds=8, measure=star_clip(_small, "default")),
    Row(name="STAR 640x480 result, 72 frames, fast", seconds=8, measure=star_clip(_small, "fast")),
    Row(name="embedded model 540p to 2160p, whole pipeline", seconds=25, measure=restore_compact),
    Row(
        name="STAR 426x240 x4, 72 frames, default, within 8 GB",
        seconds=45,
        measure=star_clip(_large, "default", within_bytes=True),
    ),
    Row(name="DiffVSR 320x180, reference", seconds=10, measure=diffvsr_window("reference")),
    Row(name="DiffVSR 320x180, default", seconds=10, measure=diffvsr_window("default")),
    Row(
        name="DiffVSR 320x180, default, within 8 GB",
        seconds=15,
        measure=diffvsr_window("default", within_bytes=True),
    ),
    Row(name="STAR 1280x720 result, 72 frames, default", seconds=15, measure=star_clip(_hd, "default")),
    Row(name="STAR 1280x720, one call, channels last", seconds=10, measure=star_kernels(False)),
    Row(name="STAR on CogVideoX, one call", seconds=15, measure=cogvideox_call),
    Row(name="STAR training step, activations kept", seconds=20, measure=star_training(False)),
    Row(name="STAR training step, checkpointed", seconds=20, measure=star_training(True)),
    Row(name="STAR 426x240 x4, 72 frames, fast, full run", seconds=50, measure=star_full_run("fast")),
    Row(name="STAR 426x240 x4, 72 frames, default, full run", seconds=150, measure=star_full_run("default")),
    Row(name="STAR 1280x720, one call, blocks compiled", seconds=50, measure=star_kernels(True)),
)
"""By value: a call that ends early has the first ones. Seconds: guessed from the counted work at a third of what an
H100 promises, and measured by nobody yet."""
