"""DiffVSR and STAR on CogVideoX in the GPU bench."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from engine.device import reset_peak
from engine.metrics.gpu_bench import Card
from engine.metrics.gpu_calls import against, peak, plan_for, quickest, random_network, roof, small_card
from engine.metrics.gpu_sizes import Sizes
from engine.metrics.gpu_star import TIMED_STEPS
from engine.metrics.rooflines import Cost, cogvideox_costs, diffvsr_call
from engine.models.diffvsr import reference
from engine.models.diffvsr.codec import decode_group
from engine.models.diffvsr.restorer import KEPT_WIDE
from engine.models.diffvsr.sampler import (
    FAST_GUIDED_SHARE,
    FAST_STEPS,
    SampleSettings,
    calls_per_window,
    sample_window,
)
from engine.models.diffvsr.te_vae import TemporalVae
from engine.models.diffvsr.unet import VideoUNet
from engine.plan import Plan
from engine.sampling.tiles import Tiling, cut_tiles


def diffvsr_window(mode: str, *, within_bytes: bool = False) -> Callable[[Card], dict[str, Any]]:
    """A row: DiffVSR's two timed steps of one window and one group of its decoder, as seconds a frame.

    within_bytes: tensors get no more than a small card has.
    """

    def measure(card: Card) -> dict[str, Any]:
        with small_card(card, within_bytes) as budget:
            return _window(card, mode, budget)

    return measure


def _window(card: Card, mode: str, budget: int | None) -> dict[str, Any]:
    sizes, device, dtype = card.sizes, card.placement.torch_device, card.placement.torch_dtype
    height, width, published = sizes.diffvsr_lq.height, sizes.diffvsr_lq.width, mode == "reference"
    plan = None
    if not published:
        plan = plan_for("diffvsr", card, height, width, budget, fast=mode == "fast")
    rung = plan.weights.name if plan else "resident"
    unet: Any = random_network(
        lambda: VideoUNet(sizes.diffvsr), card, rung, KEPT_WIDE, via_meta=False, published=published
    )
    vae: Any = random_network(
        lambda: TemporalVae(sizes.te_vae), card, "resident", via_meta=False, published=published
    ).to(torch.float32 if published else dtype)
    whole = SampleSettings(tiling=plan and _lq_tiling(plan, plan.tile_height, plan.tile_width))
    if mode == "fast":
        whole = replace(whole, steps=FAST_STEPS, guided_share=FAST_GUIDED_SHARE)
    timed = replace(whole, steps=TIMED_STEPS, guided_share=1.0)
    latent, lq = (torch.randn(1, c, 8, height, width, device=device) for c in (4, 3))
    text = torch.randn(1, 77, sizes.diffvsr.text_width, device=device, dtype=dtype)
    tiling = plan and plan.vae and _lq_tiling(plan, plan.vae.tile_height, plan.vae.tile_width)
    reset_peak(card.placement.device)
    with torch.inference_mode():
        window = quickest(card, lambda: sample_window(unet, latent, lq, (text, -text), timed), 1)
        if published:
            group = quickest(card, lambda: reference.decode_groups(vae, latent[:, :, :4]), 1)
        else:
            group = quickest(card, lambda: decode_group(vae, latent[:, :, :4], tiling or None), 1)
    call = window / calls_per_window(timed)
    # A window is followed by the next one four frames on; groups touch as published, else overlap by half.
    frame = call * calls_per_window(whole) / 4 + group / (4 if published else 2)
    found = {
        "s/call": call,
        "calls a window": calls_per_window(whole),
        "s/group": group,
        "s/frame": frame,
        "weights": rung,
        "tiles": 1 if whole.tiling is None else whole.tiling.count,
    }
    found |= peak(card) | against(card, "DiffVSR", "", mode, frame)
    return found | roof(card, call, diffvsr_call, sizes, *_first_tile(whole, height, width))


def _first_tile(settings: SampleSettings, height: int, width: int) -> tuple[int, int]:
    """Rows and columns of the first call."""
    if settings.tiling is None:
        return height, width
    (top, bottom), (left, right) = settings.tiling.rows[0], settings.tiling.columns[0]
    return bottom - top, right - left


def _lq_tiling(plan: Plan, tile_height: int, tile_width: int) -> Tiling | None:
    rows, columns = min(tile_height, plan.height), min(tile_width, plan.width)
    if (rows, columns) == (plan.height, plan.width):
        return None
    return cut_tiles(plan.height, plan.width, rows, columns, overlap=max(min(rows, columns) // 4, 16), halo=4)


def cogvideox_call(card: Card) -> dict[str, Any]:
    """A row: one call of STAR on CogVideoX on its native tile; a window takes a hundred."""
    from engine.models.star_cogvideox.network import VideoTransformer

    config, device = card.sizes.cogvideox, card.placement.torch_device
    half = torch.bfloat16 if card.placement.dtype != "float32" else torch.float32
    network: Any = random_network(lambda: VideoTransformer(config), card, "resident").to(half)
    x = torch.randn(1, 7, config.latent_channels, config.height, config.width, device=device, dtype=half)
    text = torch.randn(1, config.text_length, config.text_width, device=device, dtype=half)
    time = torch.full((1,), 500.0, device=device)
    reset_peak(card.placement.device)
    with torch.inference_mode():
        call = quickest(card, lambda: network.velocity(x, time, text, x), 2)
    found = {"s/call": call, "s/window of 100 calls": 100 * call} | peak(card)
    return found | roof(card, call, _transformer_call, card.sizes)


def _transformer_call(sizes: Sizes) -> Cost:
    return next(cogvideox_costs(sizes))
