"""One segment of lq frames through VAE and sampler and back to pixels."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from engine.models.star import frames as pixels
from engine.models.star.config import NetworkConfig, VaeConfig
from engine.models.star.sampler import Denoise, Draw, OnCall, SampleSettings, sample_latent
from engine.models.star.vae import decode_frames, encode_frames, posterior
from engine.sampling.color_match import ColorState, match_colors, match_statistics
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
    padding = _padding(models, request)
    draw = _draw_for(request, models, lq, padding)
    hint = _encode(models, _prepare(lq, request, padding), request, draw("encode", 0))
    target = None
    if cleaned is not None and request.sample.slider.delta > 0:
        target = _encode(models, _prepare(cleaned.to(lq), request, padding), request, None)
    latent = sample_latent(models.network, hint, texts, draw, request.sample, cleaned=target, on_call=on_call)
    restored = padding.crop(_decode(models, latent, request))
    if request.sample.reference:
        return match_statistics(restored, lq), None
    return match_colors(restored, lq, color)


def _padding(models: Models, request: SegmentRequest) -> pixels.Padding:
    if request.sample.reference:
        return pixels.published_padding(request.height, request.width)
    return pixels.legal_padding(request.height, request.width, models.network_config, models.vae_config)


def _prepare(frames: Tensor, request: SegmentRequest, padding: pixels.Padding) -> Tensor:
    enlarged = pixels.enlarge(pixels.to_network_range(frames), request.height, request.width)
    pad = pixels.pad_white if request.sample.reference else pixels.pad_reflected
    return pad(enlarged, padding)


def _encode(models: Models, frames: Tensor, request: SegmentRequest, noise: Tensor | None) -> Tensor:
    """Latent (1, C, T, h, w) of frames: a sample of the posterior, or its mean without noise."""
    if noise is not None:
        latents = encode_frames(models.vae, frames, _as_frames(noise), tiling=request.vae_tiling)
    else:
        means = [posterior(models.vae, frame, request.vae_tiling)[0] for frame in frames.split(1)]
        latents = torch.cat(means) * models.vae_config.scaling_factor
    return latents.transpose(0, 1)[None]


def _decode(models: Models, latent: Tensor, request: SegmentRequest) -> Tensor:
    overlap = 0 if request.sample.reference else request.decode_overlap
    decoded = decode_frames(
        models.vae,
        _as_frames(latent),
        frames_per_part=request.decoded_at_once,
        overlap=overlap,
        tiling=request.vae_tiling,
    )
    return pixels.to_unit_range(decoded)


def _as_frames(clip: Tensor) -> Tensor:
    return clip[0].transpose(0, 1)


def _draw_for(request: SegmentRequest, models: Models, lq: Tensor, padding: pixels.Padding) -> Draw:
    """Noise like the hint: per absolute frame, or as published from one generator in the order of its use."""
    height = request.height + padding.top + padding.bottom
    width = request.width + padding.left + padding.right
    stride = models.vae_config.stride
    shape = (models.vae_config.latent_channels, height // stride, width // stride)
    generator = torch.Generator().manual_seed(request.seed)

    def in_order(_purpose: str, _step: int) -> Tensor:
        unit = torch.randn((1, shape[0], len(lq), *shape[1:]), generator=generator)
        return unit.to(lq.device)

    def by_frame(purpose: str, step: int) -> Tensor:
        return clip_noise(request.seed, purpose, step, request.first, len(lq), shape).to(lq.device)

    return in_order if request.sample.reference else by_frame
