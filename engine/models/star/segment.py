"""One segment of lq frames through VAE and sampler and back to pixels, as a whole or in steps that stream."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from engine.models.star import frames as pixels
from engine.models.star.config import NetworkConfig, VaeConfig
from engine.models.star.sampler import Denoise, Draw, OnCall, SampleSettings, sample_latent
from engine.models.star.vae import decode_stream, encode_frames, posterior
from engine.sampling.color_match import (
    ColorState,
    ColorStatistics,
    match_colors,
    match_statistics,
    statistics,
)
from engine.sampling.noise import clip_noise
from engine.sampling.tiles import Tiling


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The loaded modules, all on one device."""

    network: Denoise
    """control.ControlledUNet, or anything called like it."""
    vae: nn.Module
    """Of vae.build_vae."""
    network_config: NetworkConfig = field(default_factory=NetworkConfig)
    vae_config: VaeConfig = field(default_factory=VaeConfig)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRequest:
    """How a segment is restored."""

    first: int
    """Absolute index of the first frame, context included: noise is drawn by it."""
    height: int
    """Of the result, pixels."""
    width: int
    """Of the result, pixels."""
    seed: int
    sample: SampleSettings = field(default_factory=SampleSettings)
    vae_tiling: Tiling | None = None
    """Tiles of the latent grid for encoding and decoding; None: whole frames."""
    decoded_at_once: int = 3
    """Frames that the VAE's temporal decoder sees together."""
    decode_overlap: int = 1
    """Frames shared by neighbouring decodes, 0 in reference mode whatever is set."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Encoded:
    """A segment of lq frames as the sampler wants it."""

    hint: Tensor
    """(1, C, T, h, w) float32, scaled latent of the enlarged lq."""
    cleaned: Tensor | None
    """Like hint, of the cleaned lq; None where nothing is drawn to it."""
    colors: ColorStatistics
    """Of the lq."""


@torch.inference_mode()
def restore_segment(
    models: Models,
    lq: Tensor,
    texts: tuple[Tensor, Tensor],
    request: SegmentRequest,
    *,
    cleaned: Tensor | None = None,
    color: ColorState | None = None,
    on_call: OnCall = lambda _call, _calls: None,
) -> tuple[Tensor, ColorState | None]:
    """The restored frames (T, 3, height, width), float32 in [0, 1], and the colour state after them.

    lq: (T, 3, h, w) float in [0, 1] on the models' device. texts: as for sample_latent.
    cleaned: lq restored by a model that invents nothing, (T, 3, any, any) in [0, 1], drawn to for beta > 1.
    color: the state after the frame before lq[0], None at the start of a shot. on_call may raise Cancelled;
    nothing is left behind then, or after out of memory.
    Reference mode: white borders up to 720 x 1280, colours frame by frame, noise from one generator in order.
    """
    draw = draw_for(models, request, len(lq), lq.device)
    pairs = ((lq[i : i + 1], None if cleaned is None else cleaned[i : i + 1].to(lq)) for i in range(len(lq)))
    encoded = encode_segment(models, pairs, request, draw)
    latent = sample_segment(models, encoded, texts, request, draw, on_call)
    restored = torch.cat([*decode_segment(models, latent, request)])
    if request.sample.reference:
        return match_statistics(restored, lq), None
    return match_colors(restored, encoded.colors, color)


@torch.inference_mode()
def encode_segment(
    models: Models, frames: Iterable[tuple[Tensor, Tensor | None]], request: SegmentRequest, draw: Draw
) -> Encoded:
    """The segment as the sampler wants it, read frame by frame.

    frames: every lq frame, (1, 3, h, w) in [0, 1], and its cleaned form, (1, 3, any, any), or None.
    draw: of draw_for; a latent is a sample of the posterior (the cleaned one is its mean).
    """
    padding = _padding(models, request)
    noise = _as_frames(draw("encode", 0))
    hints, cleaned, colors = [], [], []
    for i, (lq, clean) in enumerate(frames):
        prepared = _prepare(lq, request, padding)
        hints.append(encode_frames(models.vae, prepared, noise[i : i + 1], tiling=request.vae_tiling))
        colors.append(statistics(lq))
        if clean is not None and request.sample.slider.delta > 0:
            mean, _ = posterior(models.vae, _prepare(clean, request, padding), request.vae_tiling)
            cleaned.append(mean * models.vae_config.scaling_factor)
    return Encoded(
        hint=_as_clip(torch.cat(hints)),
        cleaned=_as_clip(torch.cat(cleaned)) if cleaned else None,
        colors=ColorStatistics(
            mean=torch.cat([c.mean for c in colors]), spread=torch.cat([c.spread for c in colors])
        ),
    )


@torch.inference_mode()
def sample_segment(
    models: Models,
    encoded: Encoded,
    texts: tuple[Tensor, Tensor],
    request: SegmentRequest,
    draw: Draw,
    on_call: OnCall = lambda _call, _calls: None,
) -> Tensor:
    """The restored latent of an encoded segment; arguments and result as for sample_latent."""
    return sample_latent(
        models.network, encoded.hint, texts, draw, request.sample, cleaned=encoded.cleaned, on_call=on_call
    )


def decode_segment(models: Models, latent: Tensor, request: SegmentRequest) -> Iterator[Tensor]:
    """Yield the frames of a latent in order, (t, 3, height, width) float32 in [0, 1], before any colour match."""
    padding = _padding(models, request)
    latents = _as_frames(latent)
    window = min(request.decoded_at_once, len(latents))
    overlap = 0 if request.sample.reference else min(request.decode_overlap, window - 1)
    for frames in decode_stream(models.vae, latents, window, overlap, request.vae_tiling):
        yield padding.crop(pixels.to_unit_range(frames))


def latent_size(models: Models, request: SegmentRequest) -> tuple[int, int]:
    """Height and width of the latent grid that a segment is restored on."""
    padding, stride = _padding(models, request), models.vae_config.stride
    height = request.height + padding.top + padding.bottom
    width = request.width + padding.left + padding.right
    return height // stride, width // stride


def _padding(models: Models, request: SegmentRequest) -> pixels.Padding:
    if request.sample.reference:
        return pixels.published_padding(request.height, request.width)
    return pixels.legal_padding(request.height, request.width, models.network_config, models.vae_config)


def _prepare(frames: Tensor, request: SegmentRequest, padding: pixels.Padding) -> Tensor:
    enlarged = pixels.enlarge(pixels.to_network_range(frames), request.height, request.width)
    pad = pixels.pad_white if request.sample.reference else pixels.pad_reflected
    return pad(enlarged, padding)


def _as_frames(clip: Tensor) -> Tensor:
    return clip[0].transpose(0, 1)


def _as_clip(frames: Tensor) -> Tensor:
    return frames.transpose(0, 1)[None]


def draw_for(models: Models, request: SegmentRequest, n_frames: int, device: torch.device) -> Draw:
    """Noise like the hint: per absolute frame, or as published from one generator in the order of its use."""
    shape = (models.vae_config.latent_channels, *latent_size(models, request))
    generator = torch.Generator().manual_seed(request.seed)

    def in_order(_purpose: str, _step: int) -> Tensor:
        return torch.randn((1, shape[0], n_frames, *shape[1:]), generator=generator).to(device)

    def by_frame(purpose: str, step: int) -> Tensor:
        return clip_noise(request.seed, purpose, step, request.first, n_frames, shape).to(device)

    return in_order if request.sample.reference else by_frame
