"""One shot from lq frames to restored frames, window by window: memory does not grow with its length.

The first latent of a clip stands for one frame and every other one for four, so a long clip has no latents that
windows could share: each window of 25 frames is encoded, sampled and decoded by itself, and windows are
cross-faded in pixels. They begin a multiple of four frames apart, and the noise of a latent belongs to the last
frame it stands for: where windows overlap they start from the same noise. Windows are counted from the start of
the shot and colours are matched window by window, so any part of a shot can be asked for and has the pixels that
it would have in the whole: a resumed job continues with the film it would have made. Frames lie on the CPU, the
device sees latents and one tile of frames.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from engine.models.star_cogvideox.config import FIVE_B, FRAMES_PER_LATENT, Variant
from engine.models.star_cogvideox.frames import (
    Canvas,
    canvas_for,
    from_canvas,
    native_tiles,
    resize,
    to_canvas,
)
from engine.models.star_cogvideox.sampler import Denoise, OnCall, SampleSettings, call_count, sample_window
from engine.models.star_cogvideox.vae import decode_clip, encode_clip, latent_frames
from engine.sampling.beta import Slider
from engine.sampling.blend import Span, cut_evenly, fade_weights
from engine.sampling.color_match import statistics
from engine.sampling.noise import frame_noise
from engine.sampling.tiles import Tiling

WINDOW = 25
"""Frames that the network was trained on."""
LEAST_OVERLAP = 9
"""Frames shared by neighbouring windows: two latents of four frames and the one that is a single frame."""

ReadFrames = Callable[[int, int], Tensor]
"""Frames [start, stop) by absolute index: (T, 3, h, w) float in [0, 1] on any device, h x w always the same.
Ranges do not start before the earliest frame that the previous call asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The loaded modules, on one device."""

    network: Denoise
    """network.VideoTransformer.velocity, or anything called like it."""
    vae: nn.Module
    """Of vae.build_vae."""
    text: Tensor
    """(1, text_length, text_width) in the network's dtype, on the device: the embedded prompt."""
    variant: Variant = FIVE_B


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """Frames that belong together: a half-open range of absolute indices."""

    start: int
    stop: int

    def __post_init__(self) -> None:
        if self.stop <= self.start:
            raise ValueError(f"the shot is [{self.start}, {self.stop}), need at least one frame")


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSettings:
    """What decides the pixels besides weights, text and lq."""

    height: int
    """Of the result, pixels."""
    width: int
    """Of the result, pixels."""
    seed: int = 42
    steps: int = 50
    beta: float = 1.0
    """Fidelity/perception, 0 to 2; 1: as published."""
    window: int = WINDOW
    """Frames a window, 8 k + 1: the decoder works through latents in pairs after the first three."""
    vae_tile: tuple[int, int] | None = None
    """Largest tile of encoding and decoding, in latent pixels; None: whole frames."""
    chunked: bool = False
    """Encode a few frames at a time instead of a whole window: less memory, an approximation."""

    def __post_init__(self) -> None:
        if self.window < 9 or self.window % 8 != 1:
            raise ValueError(f"the window is {self.window} frames, need 9, 17, 25, ...")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """A window before decoding; on the CPU."""

    latent: Tensor
    """(1, T', C, h, w) float32."""
    mean: Tensor
    """Of the enlarged lq's channels over the window's real frames, (1, 3) float32."""
    spread: Tensor
    """Like mean: their standard deviation."""


Carry = Mapping[int, Sampled]
"""Windows that reach beyond the end of what was asked for, by their absolute start: what follows begins in them."""


def keep_nothing(carry: Carry) -> None:
    """Nobody asks for the frames that follow."""
    del carry


def cut_windows(shot: Shot, window: int = WINDOW) -> list[Span]:
    """Absolute ranges of a shot's windows, all of `window` frames, a multiple of four apart.

    The last one may reach beyond the shot's end, by three frames at most unless it is the only one.
    """
    latents = -(-(shot.stop - shot.start - 1) // FRAMES_PER_LATENT) + 1
    seen, least = latent_frames(window), latent_frames(min(LEAST_OVERLAP, window - 4))
    spans = cut_evenly(latents, seen, least)
    starts = [shot.start + FRAMES_PER_LATENT * start for start, _ in spans]
    return [(start, start + window) for start in starts]


def windows_of(shot: Shot, start: int, stop: int, window: int = WINDOW) -> list[Span]:
    """The windows that frames [start, stop) of a shot depend on."""
    return [(a, b) for a, b in cut_windows(shot, window) if b > start and a < stop]


def window_calls(settings: StreamSettings, variant: Variant) -> int:
    """Network calls a window."""
    return call_count(_sample_settings(settings, canvas_of(settings, variant), variant, scale=1.0))


def canvas_of(settings: StreamSettings, variant: Variant) -> Canvas:
    """Where frames are restored."""
    return canvas_for(settings.height, settings.width, variant.transformer, variant.vae)


def restore_frames(
    models: Models,
    read_lq: ReadFrames,
    shot: Shot,
    settings: StreamSettings,
    *,
    start: int,
    stop: int,
    read_cleaned: ReadFrames | None = None,
    carry: Carry | None = None,
    keep: Callable[[Carry], None] = keep_nothing,
    on_call: OnCall = lambda _call, _calls: None,
) -> Iterator[Tensor]:
    """Yield frames [start, stop) of the shot in order, (n, 3, height, width) float32 in [0, 1], on the CPU.

    read_cleaned: the lq restored by a model that invents nothing, any size; read before the lq when beta > 1.
    carry: what the call for the frames before kept: it saves sampling, and changes nothing. keep: told before the
    last frames are yielded. on_call(call, calls): told before every network call; may raise Cancelled. What it
    raises passes through.
    """
    spans = windows_of(shot, start, stop, settings.window)
    known = {
        a: w for a, w in (carry or {}).items() if (a, a + settings.window) in spans and _fits(w, settings)
    }
    fades, calls = _fades(shot, settings.window), window_calls(settings, models.variant)
    missing = [span for span in spans if span[0] not in known]
    held, first = None, spans[0][0]
    for i, span in enumerate(spans):
        if span in missing:
            told = _shifted(on_call, missing.index(span) * calls, len(missing) * calls)
            known[span[0]] = _sample(models, read_lq, read_cleaned, shot, span, settings, told)
        frames = _decode(models, known[span[0]], shot, span, settings)
        held = _added(held, frames, fades[span], span[0] - first)
        settled = spans[i + 1][0] if i + 1 < len(spans) else stop
        finished = held[: settled - first][max(start - first, 0) : max(stop - first, 0)]
        held, first = held[settled - first :], settled
        if span == spans[-1]:
            keep({a: window for a, window in known.items() if a + settings.window > stop})
        if len(finished):
            yield finished


def _fits(window: Sampled, settings: StreamSettings) -> bool:
    """A carried window has the length of those asked for: a plan that became smaller makes them shorter."""
    return window.latent.shape[1] == latent_frames(settings.window)


def _fades(shot: Shot, window: int) -> dict[Span, Tensor]:
    """Weights of every window's real frames."""
    windows = cut_windows(shot, window)
    places = [(start - shot.start, min(stop, shot.stop) - shot.start) for start, stop in windows]
    return dict(zip(windows, fade_weights(places), strict=True))


@torch.inference_mode()
def _sample(
    models: Models,
    read_lq: ReadFrames,
    read_cleaned: ReadFrames | None,
    shot: Shot,
    span: Span,
    settings: StreamSettings,
    on_call: OnCall,
) -> Sampled:
    canvas, device = canvas_of(settings, models.variant), models.text.device
    start, stop = span[0], min(span[1], shot.stop)
    cleaned = None
    if read_cleaned is not None and settings.beta > 1:
        cleaned = _encode(models, read_cleaned(start, stop).cpu(), span, canvas, settings, None).to(device)
    lq = read_lq(start, stop).cpu()
    shape = (models.variant.vae.latent_channels, canvas.rows, canvas.columns)

    def draw(purpose: str, step: int) -> Tensor:
        places = range(span[0], span[1], FRAMES_PER_LATENT)
        noise = [frame_noise(settings.seed, purpose, step, place, shape) for place in places]
        return torch.stack(noise)[None].to(device)

    latent = sample_window(
        models.network,
        _encode(models, lq, span, canvas, settings, draw("encode", 0)).to(device),
        models.text,
        draw,
        _sample_settings(settings, canvas, models.variant, canvas.width / lq.shape[-1]),
        cleaned=cleaned,
        on_call=on_call,
    )
    mean, spread = statistics(_side_by_side(resize(lq, canvas.height, canvas.width)))
    return Sampled(latent=latent.cpu(), mean=mean, spread=spread)


def _encode(
    models: Models, frames: Tensor, span: Span, canvas: Canvas, settings: StreamSettings, noise: Tensor | None
) -> Tensor:
    """The latent of a window; where the shot is shorter, its last frame stands still."""
    padded = frames[torch.arange(span[1] - span[0]).clamp(max=len(frames) - 1)]
    tiling = _vae_tiling(settings, canvas, models.variant)
    return encode_clip(models.vae, to_canvas(padded, canvas), noise, tiling=tiling, chunked=settings.chunked)


@torch.inference_mode()
def _decode(models: Models, window: Sampled, shot: Shot, span: Span, settings: StreamSettings) -> Tensor:
    """The window's real frames at the size that was asked for, in the colours of the lq."""
    canvas = canvas_of(settings, models.variant)
    decoded = decode_clip(models.vae, window.latent, tiling=_vae_tiling(settings, canvas, models.variant))
    n_real = min(span[1], shot.stop) - span[0]
    return _match(from_canvas(decoded[:n_real], canvas, settings.height, settings.width), window)


def _match(frames: Tensor, window: Sampled) -> Tensor:
    """Frames with the means and spreads that the enlarged lq's channels have over the whole window (AdaIN, Huang &
    Belongie 2017, eq. 8): matched frame by frame, as published, colours would flicker."""
    mean, spread = statistics(_side_by_side(frames))
    gain = window.spread / spread
    offset = window.mean - gain * mean
    return (frames * gain[..., None, None] + offset[..., None, None]).clamp(0, 1)


def _side_by_side(frames: Tensor) -> Tensor:
    """(T, 3, H, W) as one picture (1, 3, T * H, W)."""
    return frames.transpose(0, 1).flatten(1, 2)[None]


def _sample_settings(
    settings: StreamSettings, canvas: Canvas, variant: Variant, scale: float
) -> SampleSettings:
    network = variant.transformer
    return SampleSettings(
        steps=settings.steps,
        snr_shift=variant.snr_shift,
        tiling=native_tiles(canvas, network, height=network.height, width=network.width),
        slider=Slider(beta=settings.beta, cutoff=0.5 / max(scale, 1.0)),
    )


def _vae_tiling(settings: StreamSettings, canvas: Canvas, variant: Variant) -> Tiling | None:
    if settings.vae_tile is None:
        return None
    height, width = settings.vae_tile
    return native_tiles(canvas, replace(variant.transformer, patch=1), height=height, width=width)


def _shifted(on_call: OnCall, before: int, calls: int) -> OnCall:
    """on_call for one window of several."""
    return lambda call, _calls: on_call(before + call, calls)


@torch.inference_mode()
def _added(held: Tensor | None, frames: Tensor, fade: Tensor, offset: int) -> Tensor:
    """held with faded frames added from place offset on, longer where they reach beyond its end."""
    faded = frames * fade.to(frames).view(-1, 1, 1, 1)
    if held is None:
        return faded
    beyond = offset + len(faded) - len(held)
    if beyond > 0:
        held = torch.cat([held, faded.new_zeros(beyond, *faded.shape[1:])])
    held[offset : offset + len(faded)] += faded
    return held
