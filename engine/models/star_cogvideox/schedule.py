"""CogVideoX's noise levels and the steps through them, as STAR was released.

The process is variance preserving: x_t = a x0 + sqrt(1 - a**2) eps. The last time has no signal at all (Lin et
al. 2024, section 3.1): levels are moved and stretched so that a is 0 there and the first level stays. STAR does
this twice: over all 1000 times (what the network was trained on, `table`) and over the times of a run alone
(what the solver steps through). The network is told the former at the nearest value to the latter.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

T_MAX = 999
"""The last time; sampling starts there, from pure noise."""
GUIDANCE_SCALE, GUIDANCE_EXPONENT = 6.0, 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """A run of n network evaluations: one entry a step; levels are float32 numbers."""

    times: tuple[int, ...]
    """What the network is told, falling from 999."""
    levels: tuple[float, ...]
    """a at the start of each step, and 1 at the end: n + 1 rising numbers, the first is 0."""
    network_levels: tuple[float, ...]
    """a by which the network's velocity becomes x0: that of the training table nearest to `levels`."""

    def guidance(self, step: int) -> float:
        """The guidance scale of a step: 1 to 7.

        As released it jumps up and down: the formula (dynamic guidance, Yang et al. 2024) is given the time
        where it expects the number of the step. The published results were made with it.
        """
        n = len(self.times)
        progress = ((n - self.times[step]) / n) ** GUIDANCE_EXPONENT
        return 1 + GUIDANCE_SCALE * (1 - math.cos(math.pi * progress)) / 2


def signal_shares(snr_shift: float = 1.0) -> Tensor:
    """(1000,) float64 CPU: a**2 before the last time loses its signal; betas are linear in their root."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, T_MAX + 1, dtype=torch.float64) ** 2
    shares = torch.cumprod(1 - betas, 0)
    return shares / (snr_shift + (1 - snr_shift) * shares)


def zero_terminal(shares: Tensor) -> Tensor:
    """a, float32, of falling a**2: the first as it was, the last 0 (Lin et al. 2024, algorithm 1)."""
    roots = shares.float().sqrt()
    first, last = roots[0], roots[-1]
    return (roots - last) * (first / (first - last))


def make_steps(n: int, snr_shift: float = 1.0) -> Steps:
    """The steps of a run of n >= 1 network evaluations."""
    if n < 1:
        raise ValueError(f"{n} steps, need at least 1")
    shares = signal_shares(snr_shift)
    times = [int(T_MAX - i * T_MAX / n) for i in range(n)]
    levels = zero_terminal(shares[torch.tensor(times[::-1])]).flip(0) if n > 1 else torch.zeros(1)
    table = zero_terminal(shares)
    nearest = [int((level - table).abs().argmin()) for level in levels]
    return Steps(
        times=tuple(times),
        levels=(*levels.tolist(), 1.0),
        network_levels=tuple(table[i].item() for i in nearest),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StepGains:
    """One step of the solver: next x = state x - signal (newest x0 - older previous x0) + noise eps."""

    state: float
    signal: float
    newest: float
    older: float
    noise: float


def solver_gains(levels: Sequence[float]) -> list[StepGains]:
    """DPM-Solver++(2M) as an SDE (Lu et al. 2022), one entry for each pair of neighbouring levels but the last.

    Of first order at the first two steps: before them half log-SNR is -inf. Computed in float64: in float32, as
    published, the last bit of a logarithm, which differs from processor to processor, is 1e-6 of some of these.
    """
    a = torch.tensor(levels, dtype=torch.float64)
    half_log_snr = (a**2 / (1 - a**2)).sqrt().log()
    h = half_log_snr.diff()
    spread = (1 - a**2).sqrt()
    state = spread[1:] / spread[:-1] * torch.exp(-h)
    signal = torch.expm1(-2 * h) * a[1:]
    noise = spread[1:] * (1 - torch.exp(-2 * h)).sqrt()
    older = torch.zeros_like(h)
    older[1:] = 1 / (2 * h[:-1] / h[1:])
    rows = torch.stack([state, signal, 1 + older, older, noise], 1)[:-1]
    names = ("state", "signal", "newest", "older", "noise")
    return [StepGains(**dict(zip(names, row, strict=True))) for row in rows.tolist()]
