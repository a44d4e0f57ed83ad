from dataclasses import replace

import pytest
import torch
from torch import Tensor

from engine.models.star_cogvideox.config import TransformerConfig
from engine.models.star_cogvideox.network import VideoTransformer
from tests.engine.models.star_cogvideox.tiny import NETWORK, tiny_network


def given(n_frames: int = 3, height: int = 8, width: int = 12) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    x, lq = torch.randn(2, 1, n_frames, 16, height, width, generator=torch.Generator().manual_seed(1))
    text = torch.randn(1, 5, 8, generator=torch.Generator().manual_seed(2))
    return x, torch.tensor([500.0]), text, lq


@pytest.fixture(autouse=True)
def _no_grad():
    with torch.inference_mode():
        yield


@pytest.mark.parametrize("size", [(8, 12), (12, 8), (4, 20)])
@pytest.mark.parametrize("rotary", [True, False])
def test_any_grid_of_whole_patches_is_restored(size: tuple[int, int], rotary: bool):
    network = tiny_network(replace(NETWORK, rotary=rotary))
    x, t, text, lq = given(3, *size)
    v = network.velocity(x, t, text, lq)
    assert v.shape == x.shape
    assert v.isfinite().all()


def test_a_grid_does_not_remember_the_one_before():
    network = tiny_network()
    first = network.velocity(*given())
    network.velocity(*given(3, 12, 4))
    assert torch.equal(network.velocity(*given()), first)


def test_noise_and_lq_are_told_apart():
    network = tiny_network()
    x, t, text, lq = given()
    assert not torch.allclose(network.velocity(x, t, text, lq), network.velocity(lq, t, text, x), atol=0.1)


def test_positions_of_rows_and_columns_are_told_apart():
    network = tiny_network(replace(NETWORK, height=8, width=8))
    x, t, text, lq = given(3, 8, 8)
    turned = network.velocity(x.mT, t, text, lq.mT).mT
    assert not torch.allclose(turned, network.velocity(x, t, text, lq), atol=0.05)


def test_fused_projections_compute_the_same():
    network = tiny_network()
    expected = network.velocity(*given())
    network.fuse_qkv_projections()
    assert torch.allclose(network.velocity(*given()), expected, atol=1e-5)


def test_added_positions_are_restored_after_loading():
    config = replace(NETWORK, rotary=False, height=8, width=12)
    built = tiny_network(config)
    with torch.device("meta"):
        loaded = VideoTransformer(config)
    loaded.load_state_dict(built.state_dict(), assign=True)
    loaded.restore_positions()
    clip = given(13)
    assert torch.equal(loaded.eval().velocity(*clip), built.velocity(*clip))


@pytest.mark.parametrize("wrong", [{"head_width": 12}, {"height": 7}, {"width": 9}])
def test_sizes_that_cannot_work_are_refused(wrong: dict[str, int]):
    with pytest.raises(ValueError, match="need"):
        TransformerConfig(**wrong)
