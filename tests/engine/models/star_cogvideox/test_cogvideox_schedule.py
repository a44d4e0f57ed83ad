"""Steps through CogVideoX's noise levels; the published numbers are compared in tests/parity."""

import math
from dataclasses import astuple

import pytest

from engine.models.star_cogvideox.schedule import make_steps, solver_gains
from engine.models.star_cogvideox.spec import STAR_COGVIDEOX


@pytest.mark.parametrize("n", [1, 2, 3, 50, 999, 1000])
def test_every_number_of_steps_that_may_be_chosen_has_times_of_its_own_and_finite_gains(n: int) -> None:
    assert STAR_COGVIDEOX.sampling is not None
    assert n <= (STAR_COGVIDEOX.sampling.most_steps or 0)

    steps = make_steps(n)

    assert len(set(steps.times)) == n
    assert all(math.isfinite(gain) for gains in solver_gains(steps.levels) for gain in astuple(gains))


def test_more_steps_would_share_times() -> None:
    assert len(set(make_steps(1001).times)) == 1000
