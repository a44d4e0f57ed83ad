import math

import pytest
import torch

from engine.sampling.schedule import interpolated_cosine, noise_levels, trailing_times


def test_signal_and_noise_have_unit_power():
    schedule = interpolated_cosine()
    power = schedule.alphas.double() ** 2 + schedule.sigmas.double() ** 2
    assert torch.allclose(power, torch.ones_like(power), atol=1e-6)


@pytest.mark.parametrize("t", [0.0, 0.25, 90.5, 333.3, 899.0])
def test_time_and_noise_level_are_inverse(t: float):
    schedule = interpolated_cosine()
    assert schedule.t_at(schedule.k_at(t)) == pytest.approx(t, abs=1e-6)


def test_no_signal_is_an_infinite_noise_level():
    assert interpolated_cosine().k_at(999) == math.inf


def test_levels_fall_to_zero():
    levels = noise_levels(interpolated_cosine(), trailing_times(20, 899))
    assert levels == sorted(levels, reverse=True)
    assert levels[-1] == 0.0
    assert len(levels) == 21


def test_x0_comes_back_from_its_velocity():
    schedule, t = interpolated_cosine(), torch.tensor([10, 600])
    x0, noise = torch.randn(2, 2, 4, 3, 5, 5, generator=torch.Generator().manual_seed(1))
    x = schedule.add_noise(x0, noise, t)
    assert torch.allclose(schedule.x0_from_velocity(x, schedule.velocity(x, x0, t), t), x0, atol=1e-5)
