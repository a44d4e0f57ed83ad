"""Solvers of the reverse diffusion process; the state stays float32, whatever the network computes in."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor

from engine.sampling.schedule import Schedule


def dpm_solver_pp_2m_sde(
    x: Tensor,
    levels: Sequence[float],
    predict_x0: Callable[[Tensor, int], Tensor],
    draw_noise: Callable[[int], Tensor],
    temperature: Callable[[int], float] = lambda _: 1.0,
) -> Tensor:
    """x0 at the end of levels: DPM-Solver++(2M) as an SDE with eta = 1 (Lu et al. 2022, midpoint form).

    x: any shape, float32, the state at noise level levels[0], that is x0 + levels[0] * noise.
    levels: falling k = sigma / alpha, the last one 0; a step goes from each to the next.
    predict_x0(x_t, step): x0 predicted from x_t = x / sqrt(k**2 + 1), same shape, float32.
    draw_noise(step): unit noise like x; not called for the last step. temperature(step) multiplies it.
    Whatever the callables raise (Cancelled, out of memory) passes through; nothing is left behind.
    """
    x0, previous, previous_h = x, None, 0.0
    for step, (k, k_next) in enumerate(pairwise(levels)):
        x0 = predict_x0(x / math.sqrt(k * k + 1), step)
        if k_next == 0:
            return x0
        h = math.log(k / k_next)
        gain = -math.expm1(-2 * h)
        x = (k_next / k) * math.exp(-h) * x + gain * x0
        if previous is not None:
            x = x + 0.5 * gain * (h / previous_h) * (x0 - previous)
        x = x + draw_noise(step) * (k_next * math.sqrt(gain) * temperature(step))
        previous, previous_h = x0, h
    return x0


def ddim(
    x: Tensor,
    steps: Sequence[tuple[int, int]],
    predict_v: Callable[[Tensor, int], Tensor],
    schedule: Schedule,
) -> Tensor:
    """x at the end of deterministic steps (DDIM, Song et al. 2021, eq. 12 with eta 0) of a velocity network.

    x: (B, ...) float32, x_t at the first time. steps: (from, to) times; `to` 0 ends at the schedule's level 0,
    which is not quite clean. predict_v(x_t, t): the velocity, like x, float32. What it raises passes through;
    nothing is left behind.
    """
    for start, stop in steps:
        v, t = predict_v(x, start), torch.tensor([start])
        x0, noise = schedule.x0_from_velocity(x, v, t), schedule.noise_from_velocity(x, v, t)
        x = schedule.add_noise(x0, noise, torch.tensor([stop]))
    return x
