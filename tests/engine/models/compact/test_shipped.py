"""The weights that are part of the application."""

from importlib import resources

import pytest
import torch
from torch.nn import functional as F

from engine.device import Placement
from engine.models.compact.restorer import load
from engine.models.compact.spec import COMPACT


def test_there_is_a_network_for_every_scale_and_all_are_small() -> None:
    restorer = load(COMPACT, Placement(device="cpu", dtype="float32"))
    assert [network.config.scale for network in restorer.networks()] == list(COMPACT.scales) == [2, 4]
    folder = resources.files("resources").joinpath("weights")
    assert sum(len(folder.joinpath(file.name).read_bytes()) for file in COMPACT.weights) <= 6_000_000


@pytest.mark.parametrize("scale", COMPACT.scales)
@torch.no_grad()
def test_a_flat_picture_stays_flat(scale: int) -> None:
    restorer = load(COMPACT, Placement(device="cpu", dtype="float32"))
    network = restorer.networks()[COMPACT.scales.index(scale)]
    fidelity, _ = network(torch.full((1, 5, 3, 24, 24), 0.5), torch.zeros(1), want_detail=False)
    assert float((fidelity - 0.5).abs().max()) < 2 / 255


@pytest.mark.parametrize("scale", COMPACT.scales)
@torch.no_grad()
def test_an_edge_gets_steeper_than_a_bicubic_one(scale: int) -> None:
    restorer = load(COMPACT, Placement(device="cpu", dtype="float32"))
    network = restorer.networks()[COMPACT.scales.index(scale)]
    lq = torch.full((1, 5, 3, 24, 24), 0.3)
    lq[..., 12:] = 0.7
    fidelity, _ = network(lq, torch.zeros(1), want_detail=False)
    bicubic = F.interpolate(lq[:, 2], scale_factor=scale, mode="bicubic", antialias=True)
    rows = [picture[0, 1, 12 * scale].diff().max() for picture in (fidelity, bicubic)]
    assert rows[0] > 1.15 * rows[1]
