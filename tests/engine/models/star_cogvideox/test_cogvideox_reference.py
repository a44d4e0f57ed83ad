import pytest
import torch
from torch import Tensor

from engine.models.star_cogvideox.frames import published_lq
from engine.models.star_cogvideox.reference import restore_published
from engine.models.star_cogvideox.stream import Models
from engine.models.star_cogvideox.vae import build_vae
from tests.engine.models.star_cogvideox.tiny import VAE, VARIANT, tiny_network


@pytest.fixture(scope="module")
def models() -> Models:
    torch.manual_seed(0)
    text = torch.randn(1, 5, 8, generator=torch.Generator().manual_seed(2))
    return Models(network=tiny_network().velocity, vae=build_vae(VAE).eval(), text=text, variant=VARIANT)


def lq(n_frames: int = 27) -> Tensor:
    frames = torch.rand(n_frames, 3, 8, 12, generator=torch.Generator().manual_seed(1))
    return (255 * frames).to(torch.uint8)


def test_the_first_25_frames_are_restored_in_the_colours_of_the_enlarged_lq(models: Models):
    restored = restore_published(models, lq(), steps=2)
    assert restored.shape == (25, 3, 32, 48)
    assert restored.dtype == torch.uint8
    expected = published_lq(lq()[:25]).float().mean((2, 3))
    assert (restored.float().mean((2, 3)) - expected).abs().max() < 4


def test_the_seed_decides(models: Models):
    first, same, other = (restore_published(models, lq(), seed=seed, steps=2) for seed in (1, 1, 2))
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def test_too_few_frames_and_other_shapes_are_refused_as_the_original_fails_on_them(models: Models):
    with pytest.raises(ValueError, match="need 25"):
        restore_published(models, lq(24))
    with pytest.raises(ValueError, match="need the native size"):
        restore_published(models, lq().mT)
