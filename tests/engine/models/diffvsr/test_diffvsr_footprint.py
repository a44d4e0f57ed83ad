"""What a call at the published size costs, counted on the meta device: the figures of BENCHMARKS.md and the spec's."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from engine.footprint import Footprint, footprint, weight_bytes
from engine.models.diffvsr.config import UNetConfig, VaeConfig
from engine.models.diffvsr.restorer import KEPT_WIDE
from engine.models.diffvsr.sampling import WINDOW
from engine.models.diffvsr.spec import DIFFVSR
from engine.models.diffvsr.te_vae import TemporalVae
from engine.models.diffvsr.unet import VideoUNet


@pytest.fixture(autouse=True)
def _grad_may_be_on() -> Iterator[None]:
    with torch.inference_mode(False):
        yield


def on_meta(*shape: int, dtype: torch.dtype = torch.float16) -> Tensor:
    return torch.empty(shape, dtype=dtype, device="meta")


def build(module: type, config: object) -> torch.nn.Module:
    with torch.device("meta"):
        return module(config).half()


def unet_call(height: int, width: int) -> Footprint:
    """One window without guidance."""
    unet, index = build(VideoUNet, UNetConfig()), on_meta(1, dtype=torch.int64)
    latent, lq = on_meta(1, 4, WINDOW, height, width), on_meta(1, 3, WINDOW, height, width)
    return footprint(lambda: unet(latent, index, lq, on_meta(1, 77, 1024), index))


def told(name: str, cost: Footprint, n_pixels: int) -> float:
    per_pixel = cost.peak_bytes / n_pixels
    print(  # noqa: T201
        f"{name}: {cost.flops / 1e12:.1f} TFLOP, {cost.peak_bytes / 1e9:.2f} GB, {per_pixel:.0f} bytes a pixel"
    )
    return per_pixel


@pytest.mark.parametrize(("height", "width", "tflop"), [(180, 320, 53.2), (384, 384, 136.4), (96, 96, 8.5)])
def test_a_window_costs_what_the_planner_thinks(height: int, width: int, tflop: float):
    cost = unet_call(height, width)

    per_pixel = told(f"window of {WINDOW} frames, {width} x {height}", cost, WINDOW * height * width)
    assert cost.flops / 1e12 == pytest.approx(tflop, rel=0.01)
    assert per_pixel <= DIFFVSR.bytes_per_pixel <= 1.25 * per_pixel


@pytest.mark.parametrize(("height", "width", "tflop"), [(180, 320, 138.6), (64, 64, 8.1)])
def test_decoding_a_group_costs_what_the_planner_thinks(height: int, width: int, tflop: float):
    assert DIFFVSR.sampling is not None
    vae, facts = build(TemporalVae, VaeConfig()), DIFFVSR.sampling.vae

    decode = footprint(lambda: vae.decode(on_meta(facts.window, 4, height, width), facts.window))  # type: ignore
    encode = footprint(lambda: vae.encode(on_meta(1, 3, 4 * height, 4 * width)))  # type: ignore

    n_pixels = facts.window * height * width
    per_pixel = told(f"decoding {facts.window} frames of {width} x {height}", decode, n_pixels)
    told(f"encoding a frame for {width} x {height}", encode, height * width)
    assert decode.flops / 1e12 == pytest.approx(tflop, rel=0.01)
    assert per_pixel <= facts.bytes_per_pixel <= 1.25 * per_pixel
    assert encode.peak_bytes < decode.peak_bytes


def test_the_weights_weigh_what_the_planner_thinks():
    from diffusers.hooks.layerwise_casting import apply_layerwise_casting

    assert DIFFVSR.sampling is not None
    rungs = {rung.name: rung.n_bytes for rung in DIFFVSR.sampling.rungs}
    unet, vae = build(VideoUNet, UNetConfig()), build(TemporalVae, VaeConfig())
    largest = max(weight_bytes(module) for module in unet.modules() if not list(module.children()))

    assert rungs["resident"] == pytest.approx(weight_bytes(unet), rel=1e-6)
    assert DIFFVSR.sampling.vae.n_bytes == weight_bytes(vae)
    assert 2 * largest <= rungs["offload"] <= 2.2 * largest
    casting = {"storage_dtype": torch.float8_e4m3fn, "compute_dtype": torch.float16}
    apply_layerwise_casting(unet, skip_modules_pattern=KEPT_WIDE, **casting)
    assert weight_bytes(unet) + largest <= rungs["fp8"] <= 1.01 * (weight_bytes(unet) + largest)
