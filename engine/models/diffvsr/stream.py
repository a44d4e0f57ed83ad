"""One shot from lq frames to restored frames, window by window: memory does not grow with its length.

The noise of a frame depends on the job's seed and its place in the film alone, and windows and groups are
counted from the start of the shot. So any part of a shot can be asked for, and gives the pixels that it would
have in the whole: a resumed job continues with the numbers it would have had. Parts that follow each other
share windows; those can be handed on, so that none is sampled twice.
"""

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.models.diffvsr.codec import (
    context_start,
    context_stop,
    encode_frames,
    group_count,
    stream_frames,
)
from engine.models.diffvsr.sampler import (
    BeforeCall,
    Denoise,
    SampleSettings,
    add_lq_noise,
    calls_per_window,
    do_nothing,
    sample_window,
)
from engine.models.diffvsr.sampling import GROUP, WINDOW, cut_windows, interweave, mirrored, start_noise
from engine.models.diffvsr.te_vae import TemporalVae
from engine.sampling.blend import Span
from engine.sampling.noise import clip_noise
from engine.sampling.tiles import Tiling

REACH = 10
"""Most frames beyond both ends of a part that its windows and groups can see."""

ReadFrames = Callable[[list[int]], Tensor]
"""Frames of a shot by index from its start, (T, 3, h, w) float in [0, 1] on the device; indices may repeat."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Networks:
    """What restores, on one device."""

    unet: Denoise
    """unet.VideoUNet, or anything called like it."""
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """Frames [start, stop) of a shot, and how they are restored."""

    shot: Shot
    start: int
    """Counted from the shot's start."""
    stop: int
    read_lq: ReadFrames
    read_cleaned: ReadFrames | None = None
    """Needed for beta > 1: the same frames, (T, 3, any, any), from a model that invents nothing; asked first."""
    settings: SampleSettings
    vae_tiling: Tiling | None = None
    """Of the latent grid, which is the lq grid; None: whole frames."""
    before_call: BeforeCall = do_nothing
    """Called before every network call; what it raises passes through."""
    on_overflow: Callable[[], None] = do_nothing
    """Called when the VAE's number format was too small and a part was computed in float32."""

    @property
    def places(self) -> Span:
        """The places of the shot whose latents the frames depend on."""
        return context_start(self.start), min(context_stop(self.stop), self.shot.n_places)

    @property
    def windows(self) -> list[Span]:
        """The windows that these latents depend on."""
        return [
            (a, b) for a, b in cut_windows(self.shot.n_places) if b > self.places[0] and a < self.places[1]
        ]

    def calls(self, n_known: int = 0) -> int:
        """How often `restore_frames` calls before_call when so many of the windows are known."""
        groups = group_count(self.places[1] - self.places[0])
        tiles = self.vae_tiling.count if self.vae_tiling else 1
        return (len(self.windows) - n_known) * calls_per_window(self.settings) + groups * tiles


def restore_frames(
    networks: Networks, part: Part, known: MutableMapping[int, Tensor] | None = None
) -> Iterator[Tensor]:
    """Yield the part's frames in order, (n, 3, s*h, s*w) float32 in [0, 1], as they are finished.

    known: windows by their start, (1, 4, 8, h, w) float32, that are not sampled again. At the end it holds those
    that the part after this one needs. Without them a start inside the shot costs one or two windows more.
    """
    place, _ = part.places
    latents = stream_latents(networks, part, known)
    for frames in stream_frames(networks.vae, latents, part.vae_tiling, part.before_call, part.on_overflow):
        kept = frames[max(part.start - place, 0) : max(part.stop - place, 0)]
        place += len(frames)
        if len(kept):
            yield kept


def stream_latents(
    networks: Networks, part: Part, known: MutableMapping[int, Tensor] | None = None
) -> Iterator[Tensor]:
    """Yield the latents that the part depends on, (1, 4, n, h, w) float32, as windows finish."""
    (start, stop), spans = part.places, part.windows
    place = spans[0][0]
    known = {} if known is None else known
    windows = ((span, _window(networks, part, span, known)) for span in spans)
    for latents in interweave(windows):
        kept = latents[:, :, max(start - place, 0) : max(stop - place, 0)]
        place += latents.shape[2]
        if kept.shape[2]:
            yield kept


def _window(networks: Networks, part: Part, span: Span, known: MutableMapping[int, Tensor]) -> Tensor:
    """A window, known or sampled; it stays known while later parts need it."""
    found = known.pop(span[0], None)
    latent = _sample(networks, part, span) if found is None else found
    if part.stop < part.shot.n_frames and span[1] > context_start(part.stop):
        known[span[0]] = latent
    return latent


@torch.inference_mode()
def _sample(networks: Networks, part: Part, span: Span) -> Tensor:
    """Read a window's frames, draw its noise, sample it."""
    shot, places = part.shot, range(*span)
    order = mirrored(shot.n_frames, shot.n_places)
    indices = [order[place] for place in places]
    cleaned = None
    if part.settings.slider.delta > 0 and part.read_cleaned is not None:
        cleaned = part.read_cleaned(indices)
    frames = part.read_lq(indices).float()
    size = frames.shape[-2:]
    lq = (frames * 2 - 1).transpose(0, 1)[None]
    latent = start_noise(shot.seed, shot.first, places, (networks.vae.config.latent_channels, *size))
    noise = clip_noise(shot.seed, "lq", 0, shot.first + span[0], len(places), (lq.shape[1], *size))
    return sample_window(
        networks.unet,
        latent.to(lq.device),
        add_lq_noise(lq, noise.to(lq.device), part.settings.noise_level),
        networks.texts,
        part.settings,
        part.before_call,
        cleaned=None if cleaned is None else _encode_cleaned(networks.vae, cleaned, size, part),
    )


def _encode_cleaned(vae: TemporalVae, cleaned: Tensor, size: torch.Size, part: Part) -> Tensor:
    """Latent (1, 4, T, h, w) of cleaned frames, whatever size they have."""
    larger = [edge * vae.config.stride for edge in size]
    frames = F.interpolate(cleaned.float(), larger, mode="bicubic", align_corners=False)
    return encode_frames(vae, frames.clamp(0, 1), part.vae_tiling, part.on_overflow)
