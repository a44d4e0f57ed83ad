"""One shot from lq frames to restored frames, window by window: memory does not grow with its length.

The noise of a frame depends on the job's seed and its place in the film alone, and windows and groups are
counted from the start of the shot. So any part of a shot can be asked for, and gives the pixels that it would
have in the whole: a resumed job continues with the numbers it would have had.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.models.diffvsr.codec import context_start, context_stop, group_count, stream_frames
from engine.models.diffvsr.sampler import (
    BeforeCall,
    SampleSettings,
    add_lq_noise,
    calls_per_window,
    do_nothing,
    sample_window,
)
from engine.models.diffvsr.sampling import GROUP, WINDOW, cut_windows, interweave, mirrored, start_noise
from engine.models.diffvsr.te_vae import TemporalVae
from engine.models.diffvsr.unet import VideoUNet
from engine.sampling.blend import Span
from engine.sampling.noise import clip_noise
from engine.sampling.tiles import Tiling

ReadLq = Callable[[list[int]], Tensor]
"""Frames of a shot by index from its start, (T, 3, h, w) float in [0, 1] on the device; indices may repeat."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Networks:
    """What restores, on one device."""

    unet: VideoUNet
    vae: TemporalVae
    """Its dtype may differ from the U-Net's."""
    texts: tuple[Tensor, Tensor]
    """Prompt and negative prompt, each (1, S, text_width), in the U-Net's dtype."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """Frames that belong together, and the seed of their noise."""

    n_frames: int
    """At least 1."""
    first: int = 0
    """Absolute index of the first frame in the film."""
    seed: int = 10
    """As published."""

    def __post_init__(self) -> None:
        if self.n_frames < 1:
            raise ValueError(f"a shot has {self.n_frames} frames, need at least 1")

    @property
    def n_places(self) -> int:
        """Frames that are sampled: n_frames and what is mirrored behind them, a multiple of 4, at least 8."""
        return max(-(-self.n_frames // GROUP) * GROUP, WINDOW)


def restore_frames(
    networks: Networks,
    read_lq: ReadLq,
    shot: Shot,
    settings: SampleSettings,
    *,
    start: int = 0,
    stop: int | None = None,
    vae_tiling: Tiling | None = None,
    before_call: BeforeCall = do_nothing,
) -> Iterator[Tensor]:
    """Yield frames [start, stop) of the shot, (n, 3, s*h, s*w) float32 in [0, 1], as they are finished.

    start, stop: counted from the shot's start; None: its end. A start inside the shot costs one or two windows
    more. vae_tiling: of the latent grid, which is the lq grid. What before_call raises passes through.
    """
    stop = shot.n_frames if stop is None else stop
    place, end = _latent_range(shot, start, stop)
    latents = stream_latents(networks, read_lq, shot, settings, place, end, before_call)
    for frames in stream_frames(networks.vae, latents, vae_tiling, before_call):
        kept = frames[max(start - place, 0) : max(stop - place, 0)]
        place += len(frames)
        if len(kept):
            yield kept


def stream_latents(
    networks: Networks,
    read_lq: ReadLq,
    shot: Shot,
    settings: SampleSettings,
    start: int,
    stop: int,
    before_call: BeforeCall = do_nothing,
) -> Iterator[Tensor]:
    """Yield the shot's latents at places [start, stop), (1, 4, n, h, w) float32, as windows finish."""
    spans = _windows(shot, start, stop)
    place = spans[0][0]
    windows = ((span, _window(networks, read_lq, shot, span, settings, before_call)) for span in spans)
    for part in interweave(windows):
        kept = part[:, :, max(start - place, 0) : max(stop - place, 0)]
        place += part.shape[2]
        if kept.shape[2]:
            yield kept


def call_count(
    shot: Shot,
    settings: SampleSettings,
    *,
    start: int = 0,
    stop: int | None = None,
    vae_tiling: Tiling | None = None,
) -> int:
    """How often `restore_frames` with these arguments calls before_call."""
    place, end = _latent_range(shot, start, shot.n_frames if stop is None else stop)
    windows = len(_windows(shot, place, end))
    tiles = vae_tiling.count if vae_tiling else 1
    return windows * calls_per_window(settings) + group_count(end - place) * tiles


def _latent_range(shot: Shot, start: int, stop: int) -> Span:
    """The places whose latents frames [start, stop) depend on."""
    return context_start(start), min(context_stop(stop), shot.n_places)


def _windows(shot: Shot, start: int, stop: int) -> list[Span]:
    """The windows that latents [start, stop) depend on."""
    return [(a, b) for a, b in cut_windows(shot.n_places) if b > start and a < stop]


@torch.inference_mode()
def _window(
    networks: Networks,
    read_lq: ReadLq,
    shot: Shot,
    span: Span,
    settings: SampleSettings,
    before_call: BeforeCall,
) -> Tensor:
    """Read a window's frames, draw its noise, sample it."""
    places = range(*span)
    order = mirrored(shot.n_frames, shot.n_places)
    frames = read_lq([order[place] for place in places]).float()
    lq = (frames * 2 - 1).transpose(0, 1)[None]
    shape = (networks.unet.config.latent_channels, *lq.shape[-2:])
    latent = start_noise(shot.seed, shot.first, places, shape).to(lq.device)
    lq_shape = lq.shape[1:2] + lq.shape[-2:]
    noise = clip_noise(shot.seed, "lq", 0, shot.first + span[0], len(places), lq_shape).to(lq.device)
    lq = add_lq_noise(lq, noise, settings.noise_level)
    return sample_window(networks.unet, latent, lq, networks.texts, settings, before_call)
