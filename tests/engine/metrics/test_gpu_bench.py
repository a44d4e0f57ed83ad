"""The GPU bench without a card: every row on tiny networks, its limit of time, what a cut run keeps."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.device import Placement
from engine.errors import SettingsError
from engine.metrics.gpu_bench import SECONDS, Card, Row, measure_gpu
from engine.metrics.gpu_rows import ROWS
from engine.metrics.gpu_sizes import Size, Sizes
from engine.metrics.rooflines import count_costs, roofline_table
from engine.models.star.config import NetworkConfig
from engine.models.star.config import VaeConfig as StarVaeConfig
from engine.models.star.frames import Padding
from engine.models.star_cogvideox.config import TransformerConfig
from tests.tiny_cogvideox import NETWORK as TINY_TRANSFORMER
from tests.tiny_diffvsr import TINY_UNET, TINY_VAE
from tests.tiny_star import NETWORK, VAE, as_config

TINY = Sizes(
    star=NetworkConfig(**as_config(NETWORK)),
    star_vae=StarVaeConfig(**as_config(VAE)),
    star_window=2,
    star_frames=3,
    large=Size(width=32, height=32),
    hd=Size(width=32, height=32),
    small=Size(width=16, height=16),
    diffvsr=TINY_UNET,
    te_vae=TINY_VAE,
    diffvsr_lq=Size(width=16, height=16),
    cogvideox=TransformerConfig(**TINY_TRANSFORMER),
    compact_lq=Size(width=32, height=18),
    compact_frames=2,
    training_frames=2,
    training=Size(width=16, height=16),
    compiler="eager",
    probe=256,
)


class Clock:
    """Time that rows take as they say."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def row(self, name: str, announced: float, taken: float | None = None) -> Row:
        def measure(_: Card) -> dict[str, Any]:
            self.now += announced if taken is None else taken
            return {"s": 1.0}

        return Row(name=name, seconds=announced, measure=measure)


@pytest.fixture(autouse=True)
def _tiny_borders(monkeypatch: pytest.MonkeyPatch) -> None:
    """The published procedure pads everything up to 1280x720: too much for a test on a processor."""
    monkeypatch.setattr("engine.models.star.frames.published_padding", lambda *_: Padding())
    torch.set_num_threads(1)


def states(out: Path) -> dict[str, str]:
    return {name: state for name, state, _ in json.loads(out.read_text())["rows"]}


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def call(*rows: Row, clock: Clock, **others: Any) -> dict[str, Any]:
        return measure_gpu(
            tmp_path / "gpu.json",
            tmp_path,
            "cpu",
            rows=rows,
            sizes=TINY,
            clock=clock,
            **({"seconds": 100} | others),
        )

    return call


def test_no_row_is_begun_that_would_end_too_late(run: Callable[..., Any], tmp_path: Path) -> None:
    clock = Clock()
    run(clock.row("a", 60), clock.row("b", 50), clock.row("c", 30), clock=clock)
    found = states(tmp_path / "gpu.json")
    assert found["a"].startswith("measured")
    assert found["b"].startswith("not begun: 40 s left")
    assert found["c"].startswith("measured")
    assert clock.now == 90


def test_a_row_that_takes_longer_costs_those_after_it(run: Callable[..., Any], tmp_path: Path) -> None:
    clock = Clock()
    run(clock.row("a", 10, taken=95), clock.row("b", 10), clock=clock)
    assert states(tmp_path / "gpu.json")["b"].startswith("not begun")


def test_a_cut_run_keeps_its_rows_and_says_what_is_missing(run: Callable[..., Any], tmp_path: Path) -> None:
    clock = Clock()

    def killed(_: Card) -> dict[str, Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(clock.row("a", 1), Row(name="b", seconds=1, measure=killed), clock.row("c", 1), clock=clock)
    found = states(tmp_path / "gpu.json")
    assert found["a"].startswith("measured")
    assert found["b"] == found["c"] == "not measured yet"
    assert "not measured yet" in (tmp_path / "gpu.md").read_text()


def test_a_failed_row_says_why_and_the_next_one_begins(run: Callable[..., Any], tmp_path: Path) -> None:
    clock = Clock()

    def broken(_: Card) -> dict[str, Any]:
        raise RuntimeError("CUDA out of memory")

    run(Row(name="a", seconds=1, measure=broken), clock.row("b", 1), clock=clock)
    found = states(tmp_path / "gpu.json")
    assert found["a"] == "failed: RuntimeError: CUDA out of memory"
    assert found["b"].startswith("measured")


def test_full_size_is_refused_on_a_processor(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no graphics card"):
        measure_gpu(tmp_path / "gpu.json", tmp_path, "cpu")
    assert not (tmp_path / "gpu.json").exists()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_runs_on_tiny_networks(row: Row, tmp_path: Path) -> None:
    ticks = iter(range(1_000_000))
    card = Card(
        placement=Placement(device="cpu", dtype="float32"),
        sizes=TINY,
        clock=lambda: float(next(ticks)),
        folder=tmp_path,
    )
    found = row.measure(card)
    assert found
    assert all(value > 0 for value in found.values() if isinstance(value, float))
    json.dumps(found)


def test_all_rows_fit_into_one_call() -> None:
    assert sum(row.seconds for row in ROWS) <= SECONDS


def test_the_speed_up_is_told_against_the_published_procedure(tmp_path: Path) -> None:
    rows = [row for row in ROWS if row.name.startswith("STAR 640x480")]
    table = measure_gpu(tmp_path / "gpu.json", tmp_path, "cpu", rows=tuple(rows), sizes=TINY, seconds=10_000)
    figures = table["figures"]
    assert "x reference" not in figures[rows[0].name]
    assert figures[rows[1].name]["x reference"] > 0
    assert figures[rows[2].name]["calls"] < figures[rows[1].name]["calls"]


def test_a_reused_deep_half_costs_less_on_the_meta_device() -> None:
    costs = {cost.call: cost for cost in count_costs(TINY)}
    full, begun, shared, both_shared, reused, both, all_three = [cost.flops for cost in costs.values()][:7]
    assert all_three < both < reused < full
    assert both_shared < shared < full
    assert begun < full
    assert all(cost.flops > 0 and cost.moved_bytes > 0 for cost in costs.values())


def test_the_roofline_table_says_that_no_second_was_measured() -> None:
    assert "not measured" in roofline_table(TINY)["notes"][0]
