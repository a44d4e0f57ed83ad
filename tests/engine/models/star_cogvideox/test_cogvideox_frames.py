from itertools import pairwise

import pytest
import torch

from engine.models.star_cogvideox.config import TransformerConfig, VaeConfig
from engine.models.star_cogvideox.frames import (
    canvas_for,
    from_canvas,
    native_tiles,
    published_lq,
    to_canvas,
)

NETWORK, VAE = TransformerConfig(), VaeConfig()


def lq(height: int, width: int) -> torch.Tensor:
    return torch.rand(2, 3, height, width, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(
    ("output", "worked", "latent"),
    [
        ((480, 720), (480, 720), (60, 90)),
        ((240, 360), (480, 720), (60, 90)),
        ((480, 640), (480, 640), (60, 90)),
        ((120, 160), (480, 640), (60, 90)),
        ((1080, 1920), (1080, 1920), (136, 240)),
        ((1280, 720), (1280, 720), (160, 90)),
        ((2000, 300), (2000, 300), (250, 90)),
    ],
)
def test_the_canvas_is_at_least_one_native_tile(output, worked, latent):
    canvas = canvas_for(*output, NETWORK, VAE)
    assert (canvas.height, canvas.width) == worked
    assert (canvas.rows, canvas.columns) == latent
    assert canvas.rows * canvas.stride >= canvas.height
    assert canvas.columns * canvas.stride >= canvas.width


@pytest.mark.parametrize("size", [(480, 720), (720, 1280), (1080, 1920), (1280, 720), (2160, 3840)])
def test_every_tile_is_native_lies_on_patches_and_overlaps_by_64_pixels(size: tuple[int, int]):
    canvas = canvas_for(*size, NETWORK, VAE)
    tiling = native_tiles(canvas, NETWORK, height=60, width=90)
    if tiling is None:
        assert (canvas.rows, canvas.columns) == (60, 90)
        return
    for spans, length, end in ((tiling.rows, 60, canvas.rows), (tiling.columns, 90, canvas.columns)):
        assert spans[0][0] == 0
        assert spans[-1][1] == end
        assert all(stop - start == length and start % 2 == 0 for start, stop in spans)
        assert all(a[1] - b[0] >= 8 for a, b in pairwise(spans))


def test_a_film_of_720_lines_takes_four_tiles_and_one_of_1080_nine():
    for size, count in (((720, 1280), 4), ((1080, 1920), 9)):
        tiling = native_tiles(canvas_for(*size, NETWORK, VAE), NETWORK, height=60, width=90)
        assert tiling is not None
        assert len(tiling.rows) * len(tiling.columns) == count


@pytest.mark.parametrize("size", [(480, 720), (333, 517), (500, 900)])
def test_what_is_put_on_the_canvas_comes_back(size: tuple[int, int]):
    canvas = canvas_for(*size, NETWORK, VAE)
    frames = torch.nn.functional.interpolate(lq(12, 18), size, mode="bicubic").clamp(0, 1)
    on_canvas = to_canvas(frames, canvas)
    assert on_canvas.shape == (2, 3, canvas.rows * 8, canvas.columns * 8)
    assert on_canvas.min() >= -1
    assert on_canvas.max() <= 1
    assert torch.allclose(from_canvas(on_canvas, canvas, *size), frames, atol=0.02)


def test_borders_mirror_the_frame():
    canvas = canvas_for(480, 700, NETWORK, VAE)
    row = to_canvas(lq(480, 700), canvas)[0, 0, 0]
    assert torch.equal(row[700:720], row[679:699].flip(0))


def test_a_wide_test_clip_is_reduced_and_cropped_as_published():
    frames = (255 * lq(720, 1280)).to(torch.uint8)
    assert published_lq(frames).shape == (2, 3, 480, 720)
    assert torch.equal(published_lq(frames[..., :480, :720]), frames[..., :480, :720])
