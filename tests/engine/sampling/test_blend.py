from itertools import pairwise

import pytest
import torch

from engine.sampling.blend import Span, cut_evenly, fade_weights, gaussian_weights

CUTS = [(1, 8, 2), (8, 8, 2), (9, 8, 2), (33, 32, 8), (40, 32, 8), (257, 32, 8), (90, 34, 20), (17, 2, 1)]


def total(spans: list[Span], weights: list[torch.Tensor]) -> torch.Tensor:
    summed = torch.zeros(spans[-1][1])
    for (start, stop), weight in zip(spans, weights, strict=True):
        summed[start:stop] += weight
    return summed


@pytest.mark.parametrize(("n", "length", "overlap"), CUTS)
def test_spans_cover_everything_and_overlap_enough(n: int, length: int, overlap: int):
    spans = cut_evenly(n, length, overlap)
    assert spans[0][0] == 0
    assert spans[-1][1] == n
    assert all(stop - start == min(n, length) for start, stop in spans)
    assert all(left[1] - right[0] >= overlap for left, right in pairwise(spans))


def test_no_span_too_many():
    assert len(cut_evenly(80, 32, 8)) == 3
    assert len(cut_evenly(81, 32, 8)) == 4


def test_an_overlap_as_long_as_the_span_is_refused():
    with pytest.raises(ValueError, match="overlap is 8"):
        cut_evenly(20, 8, 8)


@pytest.mark.parametrize("kind", [fade_weights, gaussian_weights])
@pytest.mark.parametrize(("n", "length", "overlap"), CUTS)
def test_weights_sum_to_one(kind, n: int, length: int, overlap: int):
    spans = cut_evenly(n, length, overlap)
    assert torch.allclose(total(spans, kind(spans)), torch.ones(n), atol=1e-6)


def test_a_single_span_weighs_exactly_one():
    assert torch.equal(gaussian_weights([(0, 5)], halo=2)[0], torch.ones(5))


def test_inner_ends_weigh_nothing_within_the_halo():
    left, right = gaussian_weights([(0, 20), (10, 30)], halo=3)
    assert torch.equal(left[-3:], torch.zeros(3))
    assert torch.equal(right[:3], torch.zeros(3))
    assert (left[:10] == 1).all()


def test_halos_that_leave_nothing_are_refused():
    with pytest.raises(ValueError, match="more overlap"):
        gaussian_weights([(0, 10), (6, 16)], halo=3)


def test_gaussian_weights_are_smooth_where_they_meet():
    (weights, _), n = gaussian_weights([(0, 64), (32, 96)], halo=4), 64
    assert (weights[:n].diff().abs() < 0.12).all()
