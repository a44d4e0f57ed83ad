import pytest
import torch

from engine.cancel import Cancelled, CancelToken
from engine.sampling.schedule import LinearBetas, interpolated_cosine, noise_levels, trailing_times
from engine.sampling.solvers import ddim, dpm_solver_pp_2m_sde

SPREAD = 0.5
"""Standard deviation of the data of the exactly solvable process."""


def sample_gaussian(steps: int, n: int = 20000, temperature: float = 1.0) -> torch.Tensor:
    """Samples of N(0, SPREAD**2) through the solver, with the exact posterior mean as the network."""
    levels = noise_levels(interpolated_cosine(), trailing_times(steps, 899))
    generator = torch.Generator().manual_seed(0)

    def draw(_step: int) -> torch.Tensor:
        return torch.randn(n, generator=generator)

    def predict_x0(x: torch.Tensor, step: int) -> torch.Tensor:
        k2 = levels[step] ** 2
        return SPREAD**2 / (SPREAD**2 + k2) * x * (1 + k2) ** 0.5

    return dpm_solver_pp_2m_sde(draw(0) * levels[0], levels, predict_x0, draw, lambda _: temperature)


def test_samples_have_the_spread_of_the_data():
    assert sample_gaussian(200).std().item() == pytest.approx(SPREAD, rel=0.02)


def test_cooler_noise_gives_samples_nearer_to_the_mean():
    assert sample_gaussian(50, temperature=0.8).std() < sample_gaussian(50).std()


def test_every_step_but_the_last_draws_noise():
    drawn: list[int] = []

    def draw(step: int) -> torch.Tensor:
        drawn.append(step)
        return torch.zeros(3)

    dpm_solver_pp_2m_sde(torch.ones(3), [3.0, 2.0, 1.0, 0.0], lambda x, _: x, draw)
    assert drawn == [0, 1]


def test_a_cancelled_step_ends_the_sampling():
    token = CancelToken()

    def predict_x0(x: torch.Tensor, step: int) -> torch.Tensor:
        token.check()
        if step == 1:
            token.cancel()
        return x

    with pytest.raises(Cancelled):
        dpm_solver_pp_2m_sde(torch.ones(3), [3.0, 2.0, 1.0, 0.5, 0.0], predict_x0, lambda _: torch.ones(3))


def test_ddim_with_the_true_velocity_ends_at_the_clean_sample():
    schedule, steps = LinearBetas().schedule(), [(901, 601), (601, 301), (301, 1), (1, 0)]
    x0, noise = torch.randn(2, 1, 4, 3, 5, 5, generator=torch.Generator().manual_seed(0))
    start = schedule.add_noise(x0, noise, torch.tensor([901]))

    def true_v(x: torch.Tensor, t: int) -> torch.Tensor:
        return schedule.velocity(x, x0, torch.tensor([t]))

    end = ddim(start, steps, true_v, schedule)
    torch.testing.assert_close(end, schedule.add_noise(x0, noise, torch.tensor([0])), atol=1e-4, rtol=0)
