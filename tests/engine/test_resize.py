import pytest
import torch

from engine.resize import fit


def test_the_same_size_is_the_same_tensor() -> None:
    frames = torch.rand(2, 3, 8, 8)
    assert fit(frames, 8, 8) is frames


def test_whole_factors_are_block_means() -> None:
    frames = torch.rand(2, 3, 8, 12)
    expected = torch.nn.functional.avg_pool2d(frames, 4)
    torch.testing.assert_close(fit(frames, 2, 3), expected)


def test_fractions_of_pixels_count_by_their_area() -> None:
    frames = torch.tensor([[[[0.0, 3.0, 6.0]]]])
    torch.testing.assert_close(fit(frames, 1, 2), torch.tensor([[[[1.0, 5.0]]]]))


def test_the_mean_is_kept() -> None:
    frames = torch.rand(1, 3, 40, 56)
    assert float((fit(frames, 25, 33).mean() - frames.mean()).abs()) < 1e-6


def test_enlarging_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot enlarge"):
        fit(torch.rand(1, 3, 8, 8), 9, 8)
