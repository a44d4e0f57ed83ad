"""Noise levels of a diffusion process and the conversions between what networks and solvers speak.

The process is variance preserving: x_t = alpha_t x0 + sigma_t eps with alpha**2 + sigma**2 = 1 at integer t.
Solvers count noise as k = sigma / alpha, the noise of x_t / alpha_t (Karras et al. 2022).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Schedule:
    """Signal and noise levels for t = 0 .. len - 1."""

    alphas: Tensor
    """(N,) float32 on the CPU, falling from almost 1 to 0 or more."""
    sigmas: Tensor
    """(N,) float32 on the CPU, sqrt(1 - alphas**2)."""

    def add_noise(self, x0: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        """x_t of x0 and unit noise: (B, ...) float; t: (B,) int64."""
        alpha, sigma = self._levels(t, x0)
        return alpha * x0 + sigma * noise

    def velocity(self, x: Tensor, x0: Tensor, t: Tensor) -> Tensor:
        """v = alpha eps - sigma x0 = (alpha x_t - x0) / sigma; x, x0: (B, ...) float; t: (B,) int64."""
        alpha, sigma = self._levels(t, x)
        return (alpha * x - x0) / sigma

    def noise(self, x: Tensor, x0: Tensor, t: Tensor) -> Tensor:
        """eps = (x_t - alpha x0) / sigma; x, x0: (B, ...) float; t: (B,) int64."""
        alpha, sigma = self._levels(t, x)
        return (x - alpha * x0) / sigma

    def x0_from_velocity(self, x: Tensor, v: Tensor, t: Tensor) -> Tensor:
        """x0 = alpha x_t - sigma v (Salimans & Ho 2022, appendix D); x, v: (B, ...) float; t: (B,) int64."""
        alpha, sigma = self._levels(t, x)
        return alpha * x - sigma * v

    def noise_from_velocity(self, x: Tensor, v: Tensor, t: Tensor) -> Tensor:
        """eps = alpha v + sigma x_t (Salimans & Ho 2022, appendix D); x, v: (B, ...) float; t: (B,) int64."""
        alpha, sigma = self._levels(t, x)
        return alpha * v + sigma * x

    def k_at(self, t: float) -> float:
        """Noise level k at a time in 0 .. N - 1; ln k is linear between integers, inf where alpha is 0."""
        low, high = math.floor(t), math.ceil(t)
        if low == high:
            return math.exp(self._log_k(low))
        return math.exp(self._log_k(low) + (t - low) * (self._log_k(high) - self._log_k(low)))

    def t_at(self, k: float) -> float:
        """The time of noise level k > 0: the inverse of k_at, clamped to 0 .. N - 1."""
        log_k = math.log(k)
        table = self.sigmas.double().log() - self.alphas.double().log()
        low = int((table <= log_k).sum()) - 1
        low = min(max(low, 0), len(table) - 2)
        fraction = (log_k - float(table[low])) / float(table[low + 1] - table[low])
        return low + min(max(fraction, 0.0), 1.0)

    def network_t(self, k: float) -> int:
        """The integer time that a network is told for noise level k: t_at(k), halves to even."""
        return round(self.t_at(k))

    def _log_k(self, t: int) -> float:
        alpha = float(self.alphas[t])
        return math.log(float(self.sigmas[t])) - math.log(alpha) if alpha > 0 else math.inf

    def _levels(self, t: Tensor, like: Tensor) -> tuple[Tensor, Tensor]:
        shape = (-1,) + (1,) * (like.ndim - 1)
        index = t.to(self.alphas.device)
        return tuple(level[index].view(shape).to(like) for level in (self.alphas, self.sigmas))  # type: ignore


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearBetas:
    """The noise added at every time grows linearly (Ho et al. 2020, section 4); defaults as published there."""

    n_times: int = 1000
    first: float = 1e-4
    """Variance added at time 0."""
    last: float = 0.02
    """Variance added at the last time."""
    in_root: bool = False
    """It is the square root that grows linearly (Rombach et al. 2022)."""

    def noise_betas(self) -> Tensor:
        """(n_times,) float32 CPU: variance added at each time."""
        if self.in_root:
            return torch.linspace(self.first**0.5, self.last**0.5, self.n_times) ** 2
        return torch.linspace(self.first, self.last, self.n_times)

    def signal(self) -> Tensor:
        """(n_times,) float32 CPU, falling: alpha_bar, the share of the signal's variance that is left."""
        return torch.cumprod(1 - self.noise_betas(), 0)

    def schedule(self) -> Schedule:
        """The levels of signal and noise that follow."""
        signal = self.signal()
        return Schedule(alphas=signal.sqrt(), sigmas=(1 - signal).sqrt())


def interpolated_cosine(
    n: int = 1000, *, logsnr_bound: float = 15.0, scale_start: float = 2.0, scale_end: float = 4.0
) -> Schedule:
    """The cosine schedule in log-SNR, shifted for resolution from scale_start to scale_end over time.

    Hoogeboom et al. 2023 (Simple Diffusion), eq. 3 and section 3.1: logSNR = -2 ln tan(a t + b) clipped to
    +- logsnr_bound, shifted by 2 ln(1 / scale), the two shifts mixed linearly in t.
    """
    u = torch.linspace(1, 0, n)
    first, last = math.atan(math.exp(logsnr_bound / 2)), math.atan(math.exp(-logsnr_bound / 2))
    base = -2 * torch.tan(first + u * (last - first)).log()
    logsnr = u * (base - 2 * math.log(scale_start)) + (1 - u) * (base - 2 * math.log(scale_end))
    sigmas = (-logsnr).sigmoid().sqrt()
    return Schedule(alphas=(1 - sigmas**2).sqrt(), sigmas=sigmas)


def trailing_times(steps: int, t_max: int) -> list[float]:
    """steps falling times from t_max down, equally spaced; the spacing leaves one more step before t = 0."""
    return [t_max - i * (t_max + 1) / (steps + 1) for i in range(steps)]


def leading_times(steps: int, n_times: int = 1000, offset: int = 1) -> list[int]:
    """Falling times, one per step, n_times // steps apart; the last one is offset."""
    return [i * (n_times // steps) + offset for i in reversed(range(steps))]


def noise_levels(schedule: Schedule, times: Sequence[float]) -> list[float]:
    """Falling k for each time, then 0: the len(times) + 1 ends of len(times) solver steps."""
    return [schedule.k_at(t) for t in times] + [0.0]
