"""Tiny seeded networks: the published topology, a few hundred thousand weights, nothing left at zero."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.models.diffvsr.sampler import SampleSettings
from engine.models.diffvsr.stream import Networks, Part, ReadFrames, Shot
from engine.models.diffvsr.te_vae import TemporalVae
from engine.models.diffvsr.unet import VideoUNet
from tests.tiny_diffvsr import TINY_UNET, TINY_VAE, seeded


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    torch.set_num_threads(1)
    with torch.inference_mode():
        yield


@pytest.fixture(scope="session")
def networks() -> Networks:
    generator = torch.Generator().manual_seed(3)
    unet, vae = seeded(VideoUNet(TINY_UNET), generator), seeded(TemporalVae(TINY_VAE), generator)
    texts = (torch.randn(1, 5, 8, generator=generator), torch.randn(1, 5, 8, generator=generator))
    return Networks(unet=unet, vae=vae, texts=texts)


def film(n_frames: int, height: int = 16, width: int = 24, seed: int = 1) -> Tensor:
    """(T, 3, h, w) float32 in [0, 1]: coarse random shapes that drift."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(1, 3, height // 4 + 2, width // 4 + 2, generator=generator)
    size = (height + 8, width + 2 * n_frames)
    scene = torch.nn.functional.interpolate(coarse, size, mode="bicubic").clamp(0, 1)[0]
    return torch.stack([scene[:, 2 : 2 + height, i : i + width] for i in range(n_frames)])


def reader(frames: Tensor) -> ReadFrames:
    return lambda indices: frames[indices]


def part_of(frames: Tensor, shot: Shot, settings: SampleSettings, **options: Any) -> Part:
    """Frames [start, stop) of a shot, all of it unless said otherwise."""
    given = {"start": 0, "stop": shot.n_frames, "read_lq": reader(frames)} | options
    return Part(shot=shot, settings=settings, **given)
