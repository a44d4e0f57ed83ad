"""From the latent of the lq to the latent of the restored film: STAR's sampler.

`reference` reproduces the published rules: chunks that overlap by half, joined by a hard cut, the last one up
to a quarter longer than a window. The default differs where the original is wrong, and only there: windows
never exceed their length (33 to 40 frames do not crash), overlap by a quarter and are cross-faded; tiles in
space are blended at every step; the caller draws noise per absolute frame. A clip of one window and one tile
is sampled alike by both.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from itertools import count

import torch
from torch import Tensor

from engine.models.star.config import NetworkConfig
from engine.models.star.frames import legal_tile
from engine.sampling.beta import Slider
from engine.sampling.blend import Span
from engine.sampling.schedule import Schedule, interpolated_cosine, noise_levels, trailing_times
from engine.sampling.solvers import dpm_solver_pp_2m_sde
from engine.sampling.tiles import Tiling, cut_tiles, over_tiles
from engine.sampling.windows import cut_windows, join_cut, join_faded, over_windows, published_chunks

T_START = 899
"""Network time of the first step: sampling starts from the noised lq latent, not from pure noise."""
T_MAX = 999

Denoise = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
"""network(x_t, t, text, hint) -> velocity, as control.ControlledUNet."""
OnCall = Callable[[int, int], None]
"""on_call(call, calls): told before every network call how many were made and how many there will be."""
Draw = Callable[[str, int], Tensor]
"""draw("start", 0) and draw("solver", step): unit noise like the hint, float32 on its device."""


class Grid(Enum):
    """How the times of the solver steps are chosen."""

    FAST = "fast"
    """Fourteen network times, dense below t = 500 (published as "15 steps")."""
    NORMAL = "normal"
    """As many steps as asked for, equally spaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSettings:
    """What decides the result besides weights, hint, text and noise."""

    reference: bool = False
    """Cut and join windows as published."""
    grid: Grid = Grid.FAST
    steps: int = 15
    """Network evaluations of the normal grid, >= 1; the fast grid has its own."""
    guidance_scale: float = 7.5
    """1: the prompt's prediction alone, at half the cost."""
    guidance_rescale: float | None = 0.2
    """In [0, 1]."""
    window: int = 32
    """Frames per network call, >= 1."""
    overlap: int | None = None
    """Least frames shared by neighbouring windows; None: a quarter of a window."""
    tiling: Tiling | None = None
    """Tiles of the latent grid, each of a legal size; None: whole frames."""
    slider: Slider = field(default_factory=Slider)

    def __post_init__(self) -> None:
        shared = self.overlap or 0
        if self.steps < 1 or self.window < 1 or not 0 <= shared < self.window:
            raise ValueError(
                f"{self.steps} steps, windows of {self.window} frames, {shared} shared: need at least 1 step "
                "and 1 frame, and less shared than a window has"
            )

    def windows(self, n_frames: int) -> list[Span]:
        """The half-open frame ranges that the network sees."""
        if self.reference:
            return published_chunks(n_frames, self.window)
        overlap = self.window // 4 if self.overlap is None else self.overlap
        return cut_windows(n_frames, self.window, overlap)


def star_times(grid: Grid, steps: int) -> list[float]:
    """Falling network times, one per evaluation; the last of the published list is dropped."""
    if grid is Grid.NORMAL:
        return trailing_times(steps, T_START)
    return [899.0, 799.0, 699.0, 599.0, *(500 - i * 501 / 11 for i in range(10))]


def sample_latent(
    network: Denoise,
    hint: Tensor,
    texts: tuple[Tensor, Tensor],
    draw: Draw,
    settings: SampleSettings,
    *,
    cleaned: Tensor | None = None,
    on_call: OnCall = lambda _call, _calls: None,
) -> Tensor:
    """The restored latent (1, C, T, H, W), float32, on the hint's device.

    hint: (1, C, T, H, W) float32, scaled latent of the upscaled lq; H and W (or the tiles) legal sizes.
    texts: prompt and negative prompt, each (1, S, context_width); the network computes in their dtype.
    cleaned: latent like hint of a cleaned lq, for beta > 1; None: the hint itself.
    on_call: may raise Cancelled; nothing is left behind then.
    """
    schedule = interpolated_cosine()
    levels = noise_levels(schedule, star_times(settings.grid, settings.steps))
    times = [schedule.network_t(k) for k in levels[:-1]]
    told = _announced(network, on_call, call_count(settings, hint.shape[2]))
    step_of = _Step(told, hint, texts, settings, schedule, hint if cleaned is None else cleaned)
    # The published start is scaled by k, not by 1 / alpha: what the network sees first has sigma_899 of it.
    start = schedule.add_noise(hint, draw("start", 0), torch.tensor([T_START])) * levels[0]
    return dpm_solver_pp_2m_sde(
        start,
        levels,
        lambda x, step: step_of.predict_x0(x, times[step]),
        lambda step: draw("solver", step),
        lambda step: settings.slider.temperature(times[step] / T_MAX),
    )


def _announced(network: Denoise, on_call: OnCall, n_calls: int) -> Denoise:
    """network, whose every call is told to on_call first."""
    calls = count()

    def call(x: Tensor, t: Tensor, text: Tensor, hint: Tensor) -> Tensor:
        on_call(next(calls), n_calls)
        return network(x, t, text, hint)

    return call


@dataclass(frozen=True, slots=True)
class _Step:
    """What the predictions of all steps have in common."""

    network: Denoise
    hint: Tensor
    texts: tuple[Tensor, Tensor]
    settings: SampleSettings
    schedule: Schedule
    cleaned: Tensor

    def predict_x0(self, x: Tensor, t: int) -> Tensor:
        """x0 of all frames from x_t, like the hint."""
        windows = self.settings.windows(x.shape[2])
        join = join_cut if self.settings.reference else join_faded
        x0 = over_windows(lambda start, stop: self._window_x0(x, t, slice(start, stop)), windows, join)
        return self.settings.slider.pull(x0, self.cleaned, t / T_MAX)

    def _window_x0(self, x: Tensor, t: int, frames: slice) -> Tensor:
        x, hint = x[:, :, frames], self.hint[:, :, frames]
        cond = self._velocity(x, t, hint, self.texts[0])
        if self.settings.guidance_scale == 1.0:
            return self.schedule.x0_from_velocity(x, cond, torch.tensor([t]))
        uncond = self._velocity(x, t, hint, self.texts[1])
        scale, rescale = self.settings.guidance_scale, self.settings.guidance_rescale
        v = self.settings.slider.guide(cond, uncond, scale, rescale, t / T_MAX)
        return self.schedule.x0_from_velocity(x, v, torch.tensor([t]))

    def _velocity(self, x: Tensor, t: int, hint: Tensor, text: Tensor) -> Tensor:
        """Velocity of whole frames; blending it is blending x0, which differs by alpha x_t alone."""
        time = torch.full((x.shape[0],), t, device=x.device)

        def velocity(x: Tensor, hint: Tensor) -> Tensor:
            return self.network(x.to(text.dtype), time, text, hint.to(text.dtype)).float()

        tiling = self.settings.tiling
        return velocity(x, hint) if tiling is None else over_tiles(velocity, tiling, x, hint)


def star_tiling(height: int, width: int, tile_height: int, tile_width: int, network: NetworkConfig) -> Tiling:
    """Tiles of legal size, at most as large as asked for, that overlap by a quarter; latent pixels.

    height, width: of the latent, legal. The outermost pixel at inner ends, whose neighbours were invented by
    padding, is thrown away. Raises ValueError where no legal tile is that small.
    """
    rows, columns = legal_tile(tile_height, tile_width, network)
    overlap = max(min(rows, columns) // 4, 3)
    return cut_tiles(height, width, rows, columns, overlap=overlap, halo=1)


def call_count(settings: SampleSettings, n_frames: int) -> int:
    """Network calls for n_frames: steps times windows times tiles times two with guidance."""
    steps = len(star_times(settings.grid, settings.steps))
    tiles = 1 if settings.tiling is None else len(settings.tiling.rows) * len(settings.tiling.columns)
    branches = 1 if settings.guidance_scale == 1.0 else 2
    return steps * len(settings.windows(n_frames)) * tiles * branches
