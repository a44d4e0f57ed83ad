import pytest
import torch

from engine.models.star.config import NetworkConfig, VaeConfig
from engine.models.star.frames import (
    Padding,
    legal_latent,
    legal_padding,
    legal_tile,
    pad_reflected,
    pad_white,
)

NETWORK, VAE = NetworkConfig(), VaeConfig()


@pytest.mark.parametrize(("height", "width"), [(720, 1280), (1080, 1920), (240, 426), (721, 1281), (17, 1)])
def test_padding_is_the_least_that_is_legal(height: int, width: int):
    padding = legal_padding(height, width, NETWORK, VAE)
    rows, columns = height + padding.bottom, width + padding.right
    assert (rows % 64, columns % 64) == (16, 0)
    assert 0 <= padding.bottom < 64
    assert 0 <= padding.right < 64
    assert padding.top == padding.left == 0


@pytest.mark.parametrize("size", [(90, 160), (122, 216), (2, 8), (10, 16)])
def test_legal_sizes_need_no_padding(size: tuple[int, int]):
    assert legal_latent(*size, NETWORK) == size
    assert legal_tile(*size, NETWORK) == size


def test_tiles_shrink_to_a_legal_size():
    assert legal_tile(64, 70, NETWORK) == (58, 64)


def test_a_tile_with_no_legal_size_is_refused():
    with pytest.raises(ValueError, match="tile of 1x64"):
        legal_tile(1, 64, NETWORK)


@pytest.mark.parametrize("pad", [pad_white, pad_reflected])
def test_cropping_undoes_padding(pad):
    frames, padding = torch.rand(2, 3, 5, 7), Padding(left=3, right=30, top=11, bottom=2)
    padded = pad(frames, padding)
    assert padded.shape == (2, 3, 18, 40)
    assert torch.equal(padding.crop(padded), frames)


def test_a_reflection_goes_on_as_often_as_it_takes():
    row = torch.tensor([[[[1.0, 2.0, 3.0]]]])
    padded = pad_reflected(row, Padding(left=2, right=6))
    assert padded.flatten().tolist() == [3, 2, 1, 2, 3, 2, 1, 2, 3, 2, 1]


def test_a_single_pixel_is_repeated():
    assert pad_reflected(torch.ones(1, 1, 1, 1), Padding(bottom=3)).eq(1).all()
