"""The weights that are part of the application."""

from importlib import resources

import pytest
import torch
from torch.nn import functional as F

from engine.device import Placement
from engine.footprint import footprint
from engine.metrics.cost_bench import SrvggCompact
from engine.models.compact.network import CompactNet
from engine.models.compact.restorer import load
from engine.models.compact.spec import COMPACT, COMPACT_FAST
from engine.models.spec import ModelSpec


def test_there_is_a_network_for_every_scale_and_all_are_small() -> None:
    restorer = load(COMPACT, Placement(device="cpu", dtype="float32"))
    assert [network.config.scale for network in restorer.networks()] == list(COMPACT.scales) == [2, 4]
    folder = resources.files("resources").joinpath("weights")
    assert sum(len(folder.joinpath(file.name).read_bytes()) for file in COMPACT.weights) <= 6_000_000


SHIPPED = [(spec, scale) for spec in (COMPACT, COMPACT_FAST) for scale in spec.scales]


def shipped(spec: ModelSpec, scale: int) -> CompactNet:
    restorer = load(spec, Placement(device="cpu", dtype="float32"))
    return restorer.networks()[spec.scales.index(scale)]


def test_the_fast_size_does_a_fifth_of_its_peers_arithmetic() -> None:
    """What makes it take at most a third of the time: engine/metrics/cost_bench.py measures that."""
    peer = footprint(lambda: SrvggCompact()(torch.rand(1, 3, 24, 40))).flops / (96 * 160)
    assert COMPACT_FAST.flops_per_pixel < 0.26 * peer
    assert COMPACT.flops_per_pixel < 0.53 * peer


@pytest.mark.parametrize("spec", [COMPACT, COMPACT_FAST], ids=lambda spec: spec.id)
def test_the_planned_halo_covers_what_the_networks_see(spec: ModelSpec) -> None:
    assert all(shipped(spec, scale).radius <= spec.halo for scale in spec.scales)


@pytest.mark.parametrize(("spec", "scale"), SHIPPED)
@torch.no_grad()
def test_a_flat_picture_stays_flat(spec: ModelSpec, scale: int) -> None:
    network = shipped(spec, scale)
    fidelity, _ = network(torch.full((1, 5, 3, 24, 24), 0.5), torch.zeros(1), want_detail=False)
    assert float((fidelity - 0.5).abs().max()) < 2 / 255


@pytest.mark.parametrize(("spec", "scale"), SHIPPED)
@torch.no_grad()
def test_an_edge_gets_steeper_than_a_bicubic_one(spec: ModelSpec, scale: int) -> None:
    network = shipped(spec, scale)
    lq = torch.full((1, 5, 3, 24, 24), 0.3)
    lq[..., 12:] = 0.7
    fidelity, _ = network(lq, torch.zeros(1), want_detail=False)
    bicubic = F.interpolate(lq[:, 2], scale_factor=scale, mode="bicubic", antialias=True)
    rows = [picture[0, 1, 12 * scale].diff().max() for picture in (fidelity, bicubic)]
    assert rows[0] > 1.15 * rows[1]
