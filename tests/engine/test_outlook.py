"""How fast a computer would be."""

from dataclasses import replace

import pytest
import torch

from engine.device import measured
from engine.footprint import footprint
from engine.models.compact.network import CompactConfig, CompactNet
from engine.models.registry import SPECS
from engine.outlook import FRAMES, HEIGHT, WIDTH, DeviceFacts, outlook

CARD = DeviceFacts(
    device="cuda:0",
    name="a card",
    budget_bytes=24 << 30,
    formats=("float16", "bfloat16"),
    flops_per_second=1e14,
)


def test_the_embedded_models_arithmetic_is_what_its_network_does() -> None:
    net = CompactNet(CompactConfig(detail_head=True, grain=True))
    lq, grain = torch.rand(1, 5, 3, 24, 40), torch.zeros(1, 1, 96, 160)
    counted = footprint(lambda: net(lq, torch.zeros(1), grain)).flops / (96 * 160)
    assert SPECS["compact"].flops_per_pixel == pytest.approx(counted, rel=0.02)


@pytest.mark.parametrize(
    ("model", "tflop", "frames", "pixels", "calls"),
    [
        ("star-light", 258.0, 32, 1280 * 720, 28),
        ("diffvsr", 53.2, 8, 1280 * 720, 100),
        ("star-cogvideox", 140.0, 25, 480 * 720, 100),
    ],
)
def test_a_samplers_arithmetic_is_its_calls_and_the_overlaps(
    model: str, tflop: float, frames: int, pixels: int, calls: int
) -> None:
    """Against one call as BENCHMARKS.md counts it: overlaps cost between a quarter and one and a half times more."""
    alone = calls * tflop * 1e12 / (frames * pixels)
    assert 1.25 * alone < SPECS[model].flops_per_pixel < 2.5 * alone


def test_time_is_arithmetic_over_speed() -> None:
    slow, fast = (outlook([SPECS["compact"]], replace(CARD, flops_per_second=f)) for f in (1e11, 1e12))
    wanted = SPECS["compact"].flops_per_pixel * WIDTH * HEIGHT * FRAMES / 1e11
    assert slow.models[0].seconds_per_minute == pytest.approx(wanted)
    assert fast.models[0].seconds_per_minute == pytest.approx(wanted / 10)


def test_a_model_that_does_not_fit_says_so() -> None:
    small = outlook(SPECS.values(), replace(CARD, budget_bytes=3 << 29))
    found = {model.model: model.seconds_per_minute for model in small.models}
    assert found["star-cogvideox"] is None
    assert found["compact"] is not None


def test_this_computer_is_measured() -> None:
    found = measured("cpu", seconds=0.02)
    assert found.device == "cpu"
    assert 1e8 < found.flops_per_second < 1e14
    assert found.budget_bytes > 0
