"""Channels last, as networks lie on a graphics card, changes results by rounding only; tried here on the processor."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from engine.device import laid_out
from engine.models.diffvsr.te_vae import TemporalVae
from engine.models.diffvsr.unet import VideoUNet
from engine.models.star.config import VaeConfig
from engine.models.star.vae import build_vae
from tests.engine.models.star.test_star_network import inputs, tiny_network
from tests.tiny_diffvsr import TINY_UNET, TINY_VAE
from tests.tiny_star import VAE, as_config

CARD = "cuda:0"


def star(network: Any) -> torch.Tensor:
    return network(*inputs())


def star_vae(vae: Any) -> torch.Tensor:
    return vae.decode(
        torch.randn(3, 4, 8, 8, generator=torch.Generator().manual_seed(2)), num_frames=3
    ).sample


def diffvsr(network: Any) -> torch.Tensor:
    latent, lq = (torch.randn(1, c, 8, 8, 8, generator=torch.Generator().manual_seed(c)) for c in (4, 3))
    text = torch.randn(1, 5, TINY_UNET.text_width, generator=torch.Generator().manual_seed(9))
    return network(latent, torch.tensor([500]), lq, text, torch.tensor([50]))


def te_vae(vae: Any) -> torch.Tensor:
    return vae.decode(torch.randn(4, 4, 8, 8, generator=torch.Generator().manual_seed(2)), 4)


@pytest.mark.parametrize(
    ("build", "call"),
    [
        (tiny_network, star),
        (lambda: build_vae(VaeConfig(**as_config(VAE))), star_vae),
        (lambda: VideoUNet(TINY_UNET), diffvsr),
        (lambda: TemporalVae(TINY_VAE), te_vae),
    ],
    ids=["STAR", "STAR's VAE", "DiffVSR", "TE-3DVAE"],
)
@torch.inference_mode()
def test_the_layout_of_a_card_gives_the_same_results(
    build: Callable[[], nn.Module], call: Callable[[Any], torch.Tensor]
) -> None:
    torch.manual_seed(0)
    network = build().eval()
    before = call(network)
    laid_out(network, CARD)
    weights = [m.weight for m in network.modules() if isinstance(m, nn.Conv2d) and m.weight.shape[1] > 1]
    assert any(not weight.is_contiguous() for weight in weights)
    assert torch.allclose(call(network), before, rtol=1e-4, atol=1e-4 * float(before.abs().max()))


def test_moving_and_widening_keep_the_layout() -> None:
    network = laid_out(nn.Conv2d(4, 4, 3), CARD)
    moved = network.half().float().to("cpu")
    assert next(moved.parameters()).is_contiguous(memory_format=torch.channels_last)


def test_a_processor_keeps_its_own() -> None:
    assert next(laid_out(nn.Conv2d(4, 4, 3), "cpu").parameters()).is_contiguous()
