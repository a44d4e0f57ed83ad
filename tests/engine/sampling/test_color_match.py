import pytest
import torch
from torch import Tensor

from engine.sampling.color_match import (
    ColorState,
    ColorStatistics,
    match_low_band,
    match_statistics,
    statistics,
)
from engine.sampling.color_match import match_colors as match_to_statistics

GENERATOR = torch.Generator().manual_seed(11)
FRAMES = 0.3 + 0.4 * torch.rand(8, 3, 16, 20, generator=GENERATOR)
SOURCE = 0.2 + 0.3 * torch.rand(8, 3, 4, 5, generator=GENERATOR)


def match_colors(frames: Tensor, source: Tensor, state: ColorState | None, **given: float):
    colors = statistics(source) if len(source) else ColorStatistics(mean=source, spread=source)
    return match_to_statistics(frames, colors, state, **given)


def test_matched_frames_have_the_sources_statistics():
    matched = match_statistics(FRAMES, SOURCE)
    assert torch.allclose(matched.mean((2, 3)), SOURCE.mean((2, 3)), atol=5e-3)


def test_a_still_picture_gets_its_full_correction_at_once():
    matched, _ = match_colors(FRAMES[:1].expand(4, -1, -1, -1), SOURCE[:1].expand(4, -1, -1, -1), None)
    assert torch.allclose(matched, match_statistics(FRAMES[:1], SOURCE[:1]).expand_as(matched), atol=1e-5)


@pytest.mark.parametrize("cut", [1, 3, 7])
def test_how_a_shot_is_cut_into_calls_changes_nothing(cut: int):
    whole, end = match_colors(FRAMES, SOURCE, None)
    head, state = match_colors(FRAMES[:cut], SOURCE[:cut], None)
    tail, last = match_colors(FRAMES[cut:], SOURCE[cut:], state)
    assert torch.equal(torch.cat([head, tail]), whole)
    assert torch.equal(last.gain, end.gain)


def test_sources_that_flicker_do_not_make_the_result_flicker():
    flicker = SOURCE[:1] * torch.tensor([1.0, 0.8] * 4).view(-1, 1, 1, 1)
    still = FRAMES[:1].expand(8, -1, -1, -1)
    steady, _ = match_colors(still, flicker, None)
    each = match_statistics(still, flicker)
    step, published_step = (x.mean((1, 2, 3)).diff().abs().max() for x in (steady, each))
    assert step < 0.15 * published_step


def test_no_frames_are_refused():
    with pytest.raises(ValueError, match="no frame"):
        match_colors(FRAMES[:0], SOURCE[:0], None)


def test_the_state_alone_decides_how_a_shot_goes_on():
    state = ColorState(gain=torch.ones(3), offset=torch.zeros(3))
    kept, _ = match_colors(FRAMES, SOURCE, state, smoothing=1.0)
    assert torch.allclose(kept, FRAMES)


def test_the_low_band_comes_from_the_source():
    source = torch.full((1, 3, 64, 64), 0.5)
    detail = 0.2 + 0.1 * (torch.arange(64) % 2).float().expand(1, 3, 64, 64)
    matched = match_low_band(detail, source)
    assert matched.mean().item() == pytest.approx(0.5, abs=0.01)
    assert matched.std() > 0.04
