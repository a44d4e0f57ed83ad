"""From the latent of the lq to the latent of the restored film: STAR's sampler.

`reference` reproduces the published rules: chunks that overlap by half, joined by a hard cut, the last one up
to a quarter longer than a window. The default differs where the original is wrong, and only there: windows
never exceed their length, overlap by a quarter or eight frames, are no longer than that takes, and are
cross-faded; tiles in space are blended at every step; the caller draws noise per absolute frame. A clip of one
window and one tile is sampled alike by both.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import count
from math import floor
from typing import Any

import torch
from torch import Tensor

from engine.device import to_device, to_host
from engine.models.star.config import NetworkConfig
from engine.models.star.frames import legal_latent, legal_tile
from engine.models.star.unet import Prelude, Reuse
from engine.sampling.beta import Slider
from engine.sampling.blend import Span
from engine.sampling.schedule import Schedule, interpolated_cosine, noise_levels, trailing_times
from engine.sampling.solvers import dpm_solver_pp_2m_sde
from engine.sampling.tiles import Tiling, cut_tiles, over_tiles
from engine.sampling.windows import cut_leanly, join_cut, join_faded, over_windows, published_chunks

T_START = 899
"""Network time of the first step: sampling starts from the noised lq latent, not from pure noise."""
T_MAX = 999
MOST_SHARED = 8
"""Frames: a quarter of the published window, also where windows are longer."""

Denoise = Callable[..., Tensor]
"""network(x_t, t, text, hint) -> velocity, as control.ControlledUNet; with levers also reuse=Reuse."""
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
    SHORT = "short"
    """Eight network times, spread like the fourteen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Levers:
    """Ways to compute less than the published procedure; as they stand here, none. Each changes the picture.

    What they cost is known for tiny random networks only (BENCHMARKS.md, "STAR, faster sampling").
    """

    shared_control: bool = False
    """The negative prompt's pass takes the control network's features from the prompt's pass."""
    guided_share: float = 1.0
    """Share of the steps, from the first on, with a pass for the negative prompt; in (0, 1]."""
    deep_every: int = 1
    """The network's deep half is computed at every so manieth step, and taken from there at those between."""

    def __post_init__(self) -> None:
        if not 0.0 < self.guided_share <= 1.0 or self.deep_every < 1:
            raise ValueError(
                f"guidance in {self.guided_share} of the steps, the deep half at every {self.deep_every}th: "
                "need a share up to 1 and at least 1"
            )

    @property
    def reuses(self) -> bool:
        """True where calls take something from other calls."""
        return self.shared_control or self.deep_every > 1

    def guided_steps(self, steps: int) -> int:
        """How many of the steps have a pass for the negative prompt, at least one."""
        return max(floor(self.guided_share * steps + 1e-9), 1)


FAST_LEVERS = Levers(shared_control=True, guided_share=2 / 3, deep_every=2)
"""The fast mode's, beside Grid.SHORT: guidance matters least in late steps (Kynkaanniemi et al. 2024, section 4)."""


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
    """Most frames per network call, >= 1."""
    overlap: int | None = None
    """Least frames shared by neighbouring windows; None: a quarter of a window, at most MOST_SHARED."""
    tiling: Tiling | None = None
    """Tiles of the latent grid, each of a legal size; None: whole frames."""
    slider: Slider = field(default_factory=Slider)
    levers: Levers = field(default_factory=Levers)
    """Not with reference, which is what they are measured against."""
    shares_prelude: bool = False
    """Both passes of a guided step take what comes before the text from the first one: exact, for some memory."""

    def __post_init__(self) -> None:
        shared = self.overlap or 0
        if self.steps < 1 or self.window < 1 or not 0 <= shared < self.window:
            raise ValueError(
                f"{self.steps} steps, windows of {self.window} frames, {shared} shared: need at least 1 step "
                "and 1 frame, and less shared than a window has"
            )
        if self.reference and self.levers != Levers():
            raise ValueError("the published procedure has no levers, need reference or levers")

    def windows(self, n_frames: int) -> list[Span]:
        """The half-open frame ranges that the network sees."""
        if self.reference:
            return published_chunks(n_frames, self.window)
        overlap = min(self.window // 4, MOST_SHARED) if self.overlap is None else self.overlap
        return cut_leanly(n_frames, self.window, overlap)


def star_times(grid: Grid, steps: int) -> list[float]:
    """Falling network times, one per evaluation; the last of the published list is dropped."""
    if grid is Grid.NORMAL:
        return trailing_times(steps, T_START)
    if grid is Grid.SHORT:
        return [899.0, 749.0, 599.0, *(500 - i * 501 / 5.5 for i in range(5))]
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
        lambda x, step: step_of.predict_x0(x, step, times[step]),
        lambda step: draw("solver", step),
        lambda step: settings.slider.temperature(times[step] / T_MAX),
    )


def _announced(network: Denoise, on_call: OnCall, n_calls: int) -> Denoise:
    """network, whose every call is told to on_call first."""
    calls = count()

    def call(*tensors: Tensor, **others: Any) -> Tensor:
        on_call(next(calls), n_calls)
        return network(*tensors, **others)

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
    deep: dict[tuple[int, int, int], Tensor] = field(default_factory=dict)
    """The deep half's last results in main memory, by a window's first frame, tile and text."""

    def predict_x0(self, x: Tensor, step: int, t: int) -> Tensor:
        """x0 of all frames from x_t, like the hint."""
        windows = self.settings.windows(x.shape[2])
        join = join_cut if self.settings.reference else join_faded
        x0 = over_windows(lambda start, stop: self._window_x0(x, step, t, slice(start, stop)), windows, join)
        return self.settings.slider.pull(x0, self.cleaned, t / T_MAX)

    def _window_x0(self, x: Tensor, step: int, t: int, frames: slice) -> Tensor:
        x, time = x[:, :, frames], torch.tensor([t])
        cond, *uncond = self._velocities(x, step, t, frames).split(1)
        if not uncond:
            return self.schedule.x0_from_velocity(x, cond, time)
        scale, rescale = self.settings.guidance_scale, self.settings.guidance_rescale
        v = self.settings.slider.guide(cond, uncond[0], scale, rescale, t / T_MAX)
        return self.schedule.x0_from_velocity(x, v, time)

    def _velocities(self, x: Tensor, step: int, t: int, frames: slice) -> Tensor:
        """Velocities of whole frames, (1 or 2, C, T, H, W): the prompt's, and with guidance the negative one's.

        Blending them is blending x0, which differs by alpha x_t alone.
        """
        texts = self.texts[: _branches(self.settings, step)]
        time = torch.full((1,), t, device=x.device)
        tiles = count()

        def velocities(x: Tensor, hint: Tensor) -> Tensor:
            inputs = x.to(texts[0].dtype), time, hint.to(texts[0].dtype)
            if self.settings.levers.reuses or (self.settings.shares_prelude and len(texts) > 1):
                return torch.cat(list(self._reusing(inputs, texts, step, (frames.start, next(tiles)))))
            x, _, hint = inputs
            return torch.cat([self.network(x, time, text, hint).float() for text in texts])

        return over_tiles(velocities, self.settings.tiling, x, self.hint[:, :, frames])

    def _reusing(
        self,
        inputs: tuple[Tensor, Tensor, Tensor],
        texts: tuple[Tensor, ...],
        step: int,
        place: tuple[int, int],
    ) -> Iterator[Tensor]:
        """The velocity of one place for each text, with what the levers take from other calls."""
        (x, time, hint), levers, control = inputs, self.settings.levers, None
        preludes: dict[str, Prelude] | None = {} if self.settings.shares_prelude and len(texts) > 1 else None
        fresh = step % levers.deep_every == 0
        for branch, text in enumerate(texts):
            key = (*place, branch)
            reuse = Reuse(
                control=control,
                deep=None if fresh else to_device(self.deep[key], x.device),
                keeps_control=levers.shared_control and branch + 1 < len(texts),
                keeps_deep=fresh and levers.deep_every > 1,
                preludes=preludes,
            )
            yield self.network(x, time, text, hint, reuse=reuse).float()
            control = reuse.left_control
            if reuse.left_deep is not None:
                self.deep[key] = to_host(reuse.left_deep)


def star_tiling(height: int, width: int, tile_height: int, tile_width: int, network: NetworkConfig) -> Tiling:
    """The fewest tiles of legal size, at most as large as asked for, that overlap by a quarter; latent pixels.

    height, width: of the latent, legal. Tiles are no larger than their number and overlap need. The outermost pixel
    at inner ends, whose neighbours were invented by padding, is thrown away. Raises ValueError where no legal tile
    is that small.
    """
    rows, columns = legal_tile(tile_height, tile_width, network)
    overlap = max(min(rows, columns) // 4, 3)
    needed = (_needed(height, rows, overlap), _needed(width, columns, overlap))
    rows, columns = legal_latent(*needed, network)
    return cut_tiles(height, width, rows, columns, overlap=overlap, halo=1)


def _needed(size: int, longest: int, overlap: int) -> int:
    """The length of the fewest spans of at most longest that cover size."""
    start, stop = cut_leanly(size, longest, overlap)[0]
    return stop - start


def call_count(settings: SampleSettings, n_frames: int) -> int:
    """Network calls for n_frames: steps times windows times tiles, twice in the steps with guidance."""
    steps = len(star_times(settings.grid, settings.steps))
    tiles = 1 if settings.tiling is None else settings.tiling.count
    branches = sum(_branches(settings, step) for step in range(steps))
    return branches * len(settings.windows(n_frames)) * tiles


def _branches(settings: SampleSettings, step: int) -> int:
    """Passes through the network in a step."""
    if settings.guidance_scale == 1.0:
        return 1
    steps = len(star_times(settings.grid, settings.steps))
    return 2 if step < settings.levers.guided_steps(steps) else 1
