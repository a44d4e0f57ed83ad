import pytest
import torch
import torch.nn.functional as F

from engine.sampling.tiles import Tiling, cut_tiles, over_tiles

LATENT = torch.randn(1, 3, 2, 26, 40, generator=torch.Generator().manual_seed(5))


def norm_free_network(depth: int) -> torch.nn.Module:
    torch.manual_seed(0)
    layers = [m for _ in range(depth) for m in (torch.nn.Conv3d(3, 3, 3, padding=1), torch.nn.SiLU())]
    return torch.nn.Sequential(*layers).requires_grad_(False)


def test_one_tile_is_the_network_itself():
    tiling = cut_tiles(26, 40, 64, 64, overlap=8)
    assert tiling.whole
    assert over_tiles(lambda x: x, tiling, LATENT) is LATENT


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_tiled_equals_untiled_when_the_halo_covers_the_networks_reach(depth: int):
    network = norm_free_network(depth)
    tiling = cut_tiles(26, 40, 18, 16, overlap=12, halo=depth)
    assert len(tiling.rows) * len(tiling.columns) > 4
    tiled = over_tiles(network, tiling, LATENT)
    assert torch.allclose(tiled, network(LATENT), atol=1e-6)


def test_a_network_that_knows_its_tile_leaves_no_seam():
    """Each tile subtracts its own mean, as a norm would: no step is larger than twice the slope of a ramp."""
    x = torch.linspace(0, 1, 64).expand(1, 1, 1, 64, 64)
    blended = over_tiles(lambda tile: tile - tile.mean(), cut_tiles(64, 64, 32, 32, overlap=16), x)
    steps = (blended[..., 1:] - blended[..., :-1] - 1 / 63).abs()
    assert steps.max() < 0.5 / 16 + 1e-6


def test_no_tiling_is_the_network_itself():
    assert over_tiles(lambda x: x, None, LATENT) is LATENT


def test_a_halo_too_small_shows():
    network = norm_free_network(4)
    tiling = cut_tiles(26, 40, 18, 16, overlap=12, halo=0)
    assert not torch.allclose(over_tiles(network, tiling, LATENT), network(LATENT), atol=1e-5)


def test_tiles_that_disagree_meet_without_a_seam():
    tone = iter(range(100))
    tiling = cut_tiles(8, 96, 8, 32, overlap=16, halo=2)
    blended = over_tiles(lambda x: torch.full_like(x, next(tone)), tiling, torch.zeros(1, 8, 96))
    assert blended.diff(dim=-1).abs().max() < 0.25


def test_results_larger_than_tiles_are_blended_in_their_own_size():
    tiling = cut_tiles(26, 40, 18, 16, overlap=8, halo=1)

    def double(x: torch.Tensor) -> torch.Tensor:
        return F.interpolate(x, scale_factor=2.0, mode="nearest")

    tiled = over_tiles(double, tiling, LATENT[0], scale=2)
    assert torch.allclose(tiled, double(LATENT[0]), atol=1e-6)


def test_an_overlap_of_nothing_but_halo_is_refused():
    with pytest.raises(ValueError, match="more than two halos"):
        cut_tiles(26, 40, 18, 16, overlap=4, halo=2)


def test_tilings_of_several_tiles_are_not_whole():
    assert not Tiling(rows=((0, 8), (4, 12)), columns=((0, 8),)).whole
