from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from engine.errors import SettingsError
from engine.models.compact.network import CompactConfig, CompactNet
from engine.models.compact.weights import write_weights
from engine.training.adopt import adopt, narrowed

BIG = CompactConfig(channels=8, blocks=1, scale=4, detail_head=True)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    torch.manual_seed(2)
    net = CompactNet(BIG)
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    write_weights(net.half().float(), tmp_path / "big.safetensors", {"a1": "0.5"})
    return tmp_path / "big.safetensors"


@torch.no_grad()
def test_the_same_scale_gives_the_same_picture(weights: Path) -> None:
    first, second = CompactNet(BIG), CompactNet(BIG)
    adopt(first, weights)
    adopt(second, weights)
    lq = torch.rand(1, 5, 3, 6, 6)
    assert torch.equal(first(lq, torch.ones(1))[0], second(lq, torch.ones(1))[0])


@torch.no_grad()
def test_a_smaller_scale_starts_as_the_larger_one_reduced_by_area(weights: Path) -> None:
    big, small = CompactNet(BIG), CompactNet(CompactConfig(channels=8, blocks=1, scale=2, detail_head=True))
    adopt(big, weights)
    adopt(small, weights)
    lq = torch.rand(1, 5, 3, 6, 6)
    reduced = F.avg_pool2d(big(lq, torch.ones(1))[1], 2)  # type: ignore[arg-type]
    torch.testing.assert_close(small(lq, torch.ones(1))[1], reduced, atol=1e-5, rtol=0)


@torch.no_grad()
def test_a_head_that_learns_grain_keeps_the_colours_of_one_without(weights: Path) -> None:
    plain = CompactNet(BIG)
    grainy = CompactNet(CompactConfig(channels=8, blocks=1, scale=4, detail_head=True, grain=True))
    adopt(plain, weights)
    adopt(grainy, weights)
    lq = torch.rand(1, 5, 3, 6, 6)
    torch.testing.assert_close(grainy(lq, torch.ones(1))[1], plain(lq, torch.ones(1))[1], atol=1e-6, rtol=0)


def test_another_trunk_is_refused(weights: Path) -> None:
    with pytest.raises(SettingsError, match="another trunk"):
        adopt(CompactNet(CompactConfig(channels=16, blocks=1)), weights)


def test_a_scale_that_does_not_divide_is_refused(weights: Path) -> None:
    with pytest.raises(SettingsError, match="need a multiple of x3"):
        adopt(CompactNet(CompactConfig(channels=8, blocks=1, scale=3)), weights)


@torch.no_grad()
def test_channels_that_carry_nothing_are_left_out_and_the_picture_stays(weights: Path) -> None:
    whole = CompactNet(BIG)
    adopt(whole, weights)
    silent = [1, 4, 6]
    layers = [whole.fusion, whole.get_submodule("trunk.0.second")]
    layers += [whole.get_submodule("trunk.0.first"), whole.get_submodule("detail_head.first")]
    for layer in layers:
        for parameter in layer.parameters():
            parameter[silent] = 0
    small = narrowed(whole, 5)
    lq = torch.rand(1, 5, 3, 6, 6)
    assert small.config.channels == 5
    for ours, theirs in zip(small(lq, torch.ones(1)), whole(lq, torch.ones(1)), strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_a_narrower_trunk_starts_from_a_wider_one(weights: Path) -> None:
    small = CompactNet(CompactConfig(channels=6, blocks=1, scale=4, detail_head=True))
    adopt(small, weights)
    whole = CompactNet(BIG)
    adopt(whole, weights)
    assert torch.equal(small.fidelity_head.bias, whole.fidelity_head.bias)  # type: ignore[arg-type]
    assert not torch.equal(small.fusion.weight, whole.fusion.weight[:6])
