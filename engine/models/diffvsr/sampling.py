"""What is DiffVSR's own around its networks: noise levels, windows that interweave, noise that is rescheduled."""

import random
from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor

from engine.sampling.blend import Span
from engine.sampling.noise import frame_noise, stable_number
from engine.sampling.schedule import LinearBetas, leading_times

GROUP = 4
"""Frames whose noise is shuffled together, and by which one window follows another."""
WINDOW = 2 * GROUP
"""Frames that the U-Net was trained on."""
FADE_START, FADE_RANGE = 0.2, 0.6
"""Weight of the later window over the overlap: 0.2 to 0.8, as run; the paper says 0 to 1."""
LATENT_BETAS = LinearBetas()
"""Of the latent: the published script overrides the x4 upscaler's own, which are linear in the root."""
LQ_BETAS = LinearBetas(in_root=True)
"""Of the noise on the lq."""


def noised(x0: Tensor, noise: Tensor, signal: Tensor) -> Tensor:
    """sqrt(signal) x0 + sqrt(1 - signal) noise (Ho et al. 2020, eq. 4), rounded to x0's dtype at every step.

    x0, noise: like shapes, float; signal: () float32, an entry of `LinearBetas.signal`. Half precision is
    rounded as in the published script: the level before its roots are taken.
    """
    level = signal.to(x0.dtype)
    return level**0.5 * x0 + (1 - level) ** 0.5 * noise


def ddim_steps(steps: int, n_times: int = LATENT_BETAS.n_times) -> list[tuple[int, int]]:
    """(from, to) times of every step; the last one ends at time 0, not at a clean latent, as published."""
    return [(t, max(t - n_times // steps, 0)) for t in leading_times(steps, n_times)]


def cut_windows(n_frames: int, window: int = WINDOW, stride: int = GROUP) -> list[Span]:
    """Windows that follow each other by stride; the last one ends with the clip and may be shorter."""
    starts = range(0, max(n_frames - window + stride, 1), stride)
    return [(start, min(start + window, n_frames)) for start in starts]


def fade_in(overlap: int) -> Tensor:
    """(overlap,) float32 weights of the later window: rising over the frames that two windows share."""
    position = torch.arange(overlap) / max(overlap - 1, 1)
    return FADE_START + FADE_RANGE * position


def interweave(parts: Iterable[tuple[Span, Tensor]]) -> Iterator[Tensor]:
    """Interweaved latent transition (ILT; Li et al. 2025), streamed: finished frames, in order.

    parts: rising windows that share frames with the next one only, and their tensors (B, C, t, H, W). Yields
    (B, C, n, H, W) float32: shared frames are the mean of both windows, weighed by `fade_in`.
    """
    held, held_stop = None, 0
    for (start, stop), part in parts:
        part = part.float()
        shared = 0
        if held is not None:
            shared = held_stop - start
            alone = held.shape[2] - shared
            if alone:
                yield held[:, :, :alone]
            weight = fade_in(shared).to(part.device).view(-1, 1, 1)
            yield (1 - weight) * held[:, :, alone:] + weight * part[:, :, :shared]
        held, held_stop = part[:, :, shared:], stop
    if held is not None:
        yield held


def mirrored(n_frames: int, n_wanted: int) -> list[int]:
    """n_wanted indices of n_frames frames: 0, 1, ..., then back and forth without repeating either end."""
    period = max(2 * (n_frames - 1), 1)
    places = (i % period for i in range(n_wanted))
    return [min(place, period - place) if n_frames > 1 else 0 for place in places]


def noise_source(seed: int, place: int) -> int:
    """The frame of the first eight whose noise the frame at `place` of a shot starts from.

    Noise rescheduling (Li et al. 2025): every group of four reuses, shuffled, the noise of the
    group before the last. As published the shuffles build on each other and are not seeded. A shuffle of a
    uniform shuffle is uniform and independent of it, so drawing each group's order from its own number is the
    same distribution, and is known for any frame without those before. Eight neighbours never share noise
    when the first of them is a multiple of four.
    """
    group, member = divmod(place, GROUP)
    if group < 2:
        return place
    order = list(range(GROUP))
    random.Random(stable_number(f"{seed}/reschedule/{group}")).shuffle(order)
    return GROUP * (group % 2) + order[member]


def start_noise(seed: int, first: int, places: Iterable[int], shape: Sequence[int]) -> Tensor:
    """(1, C, T, H, W) float32 CPU: rescheduled noise that sampling starts from.

    first: absolute index of the shot's first frame; places: frames, counted from it; shape: (C, H, W).
    """
    sources = (first + noise_source(seed, place) for place in places)
    return torch.stack([frame_noise(seed, "start", 0, frame, shape) for frame in sources], 1)[None]
