import torch
from torch.nn import functional as F

from engine.models.compact.network import CompactConfig, CompactNet

TINY = CompactConfig(channels=8, blocks=2, detail_head=True)


def random_net(config: CompactConfig) -> CompactNet:
    """A network whose every weight matters, so that a wrong halo shows."""
    torch.manual_seed(1)
    net = CompactNet(config)
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    return net.eval()


def test_the_default_size_is_277k_parameters() -> None:
    assert sum(p.numel() for p in CompactNet(CompactConfig()).parameters()) == 277_152


def test_both_heads_have_the_enlarged_shape() -> None:
    fidelity, detail = random_net(TINY)(torch.rand(2, 5, 3, 6, 7), torch.zeros(2))
    assert fidelity.shape == (2, 3, 24, 28)
    assert detail is not None
    assert detail.shape == (2, 3, 24, 28)


def test_without_a_detail_head_there_is_no_detail() -> None:
    _, detail = CompactNet(CompactConfig(channels=8, blocks=1))(torch.rand(1, 5, 3, 6, 6), torch.zeros(1))
    assert detail is None


def test_the_base_is_bicubic_enlargement_away_from_the_border() -> None:
    net = CompactNet(CompactConfig(channels=8, blocks=1))
    torch.nn.init.zeros_(net.fidelity_head.weight)
    lq = torch.rand(1, 5, 3, 12, 14)
    fidelity, _ = net(lq, torch.zeros(1))
    bicubic = F.interpolate(lq[:, 2], scale_factor=4, mode="bicubic", antialias=True)
    assert torch.allclose(fidelity[..., 8:-8, 8:-8], bicubic[..., 8:-8, 8:-8], atol=1e-6)


@torch.no_grad()
def test_a_tile_with_a_halo_of_the_radius_equals_the_whole_picture() -> None:
    net = random_net(TINY)
    lq, condition = torch.rand(1, 5, 3, 9, 40), torch.ones(1)
    whole = net(lq, condition)
    start, stop, halo = 16, 24, net.radius
    tile = net(lq[..., start - halo : stop + halo], condition)
    for complete, part in zip(whole, tile, strict=True):
        wanted = complete[..., 4 * start : 4 * stop]
        assert torch.allclose(part[..., 4 * halo : 4 * (halo + stop - start)], wanted, atol=1e-5)


@torch.no_grad()
def test_a_halo_smaller_than_the_radius_would_show() -> None:
    net = random_net(TINY)
    lq, condition = torch.rand(1, 5, 3, 9, 40), torch.ones(1)
    halo = net.radius - 1
    _, whole = net(lq, condition)
    _, tile = net(lq[..., 16 - halo : 24 + halo], condition)
    assert not torch.equal(tile[..., 4 * halo : 4 * halo + 32], whole[..., 64:96])


@torch.no_grad()
def test_the_condition_changes_the_picture() -> None:
    net = random_net(TINY)
    lq = torch.rand(1, 5, 3, 6, 6)
    assert not torch.equal(net(lq, torch.zeros(1))[0], net(lq, torch.ones(1))[0])
