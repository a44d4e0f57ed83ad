"""The networks accept any size, compute in parts without a difference, and refuse impossible sizes."""

import pytest
import torch

from engine.models.diffvsr import msta
from engine.models.diffvsr.config import TextConfig, UNetConfig
from engine.models.diffvsr.stream import Networks
from engine.models.diffvsr.unet import VideoUNet
from tests.tiny_diffvsr import TINY_UNET


def velocity(networks: Networks, n_frames: int, height: int, width: int, text: torch.Tensor | None = None):
    generator = torch.Generator().manual_seed(0)
    latent = torch.randn(1, 4, n_frames, height, width, generator=generator)
    lq = torch.rand(1, 3, n_frames, height, width, generator=generator)
    text = networks.texts[0] if text is None else text
    dtype = networks.unet.conv_in.weight.dtype
    level = torch.tensor([50])
    return networks.unet(latent.to(dtype), torch.tensor([501]), lq.to(dtype), text.to(dtype), level)


@pytest.mark.parametrize("size", [(1, 8, 8), (3, 7, 5), (8, 1, 1), (9, 6, 11)])
def test_the_unet_takes_any_number_of_frames_and_any_size(networks: Networks, size: tuple[int, int, int]):
    found = velocity(networks, *size)

    assert found.shape == (1, 4, *size)
    assert bool(found.isfinite().all())


def test_working_in_parts_changes_nothing(networks: Networks, monkeypatch: pytest.MonkeyPatch):
    whole = velocity(networks, 5, 8, 6)
    monkeypatch.setattr(msta, "TOKENS_PER_PART", 16)

    torch.testing.assert_close(velocity(networks, 5, 8, 6), whole, atol=2e-5, rtol=1e-4)


def test_one_text_serves_all_frames(networks: Networks):
    block = networks.unet.mid_block.attentions[0].transformer_blocks[0]  # type: ignore[union-attr]
    x, text = torch.randn(6, 20, 32), networks.texts[0]

    torch.testing.assert_close(block(x, text, 1, 4), block(x, text.expand(6, -1, -1), 1, 4))


def test_the_order_of_frames_matters(networks: Networks):
    attention = networks.unet.mid_block.attentions[0].transformer_blocks[0].attn_temporal  # type: ignore[union-attr]
    x = torch.randn(4, 6, 32)

    assert not torch.allclose(attention(x.flip(1)).flip(1), attention(x), atol=1e-3)


def test_temporal_modules_are_silent_before_training():
    unet = VideoUNet(TINY_UNET)

    assert all(not m.shift_conv.weight.any() for m in unet.down_temporal_blocks)  # type: ignore[union-attr]


def test_levels_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="levels need as many"):
        UNetConfig(block_channels=(256, 512))
    with pytest.raises(ValueError, match="multiples of 32"):
        UNetConfig(block_channels=(250, 512, 512, 1024))
    with pytest.raises(ValueError, match="heads of 32 or more"):
        UNetConfig(heads=(8, 32, 8, 8))


def test_an_unknown_activation_is_refused():
    with pytest.raises(ValueError, match="quick_gelu"):
        TextConfig(activation="relu")


def test_a_network_in_half_precision_keeps_its_rotary_frequencies(networks: Networks):
    unet = VideoUNet(TINY_UNET)
    unet.load_state_dict(networks.unet.state_dict())

    half = unet.half()

    assert half.conv_in.weight.dtype is torch.float16
    assert torch.equal(half.temporal_rotary_emb.freqs, networks.unet.temporal_rotary_emb.freqs)
