import math

import pytest
import torch

from engine.sampling.schedule import (
    LinearBetas,
    interpolated_cosine,
    leading_times,
    noise_levels,
    trailing_times,
)


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


@pytest.mark.parametrize("in_root", [False, True])
def test_linear_betas_take_the_signal_away(in_root: bool):
    betas = LinearBetas(in_root=in_root)
    assert betas.noise_betas()[[0, -1]].tolist() == pytest.approx([1e-4, 0.02])
    signal = betas.signal()
    assert bool((signal.diff() < 0).all())
    assert signal[-1] < 0.01
    assert torch.allclose(betas.schedule().alphas ** 2, signal)


def test_x0_and_noise_of_a_velocity_are_those_it_was_made_of():
    schedule, t = LinearBetas().schedule(), torch.tensor([600, 1])
    x0, noise = torch.randn(2, 2, 4, 3, 5, 5, generator=torch.Generator().manual_seed(1))
    x = schedule.add_noise(x0, noise, t)
    v = schedule.velocity(x, x0, t)
    assert torch.allclose(schedule.noise_from_velocity(x, v, t), noise, atol=1e-4)


@pytest.mark.parametrize("steps", [1, 2, 7, 50, 500])
def test_leading_times_fall_to_the_offset(steps: int):
    times = leading_times(steps)
    assert len(times) == steps
    assert times == sorted(set(times), reverse=True)
    assert times[-1] == 1
    assert times[0] < 1000
