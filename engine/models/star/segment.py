"""One segment of lq frames through VAE, sampler and back: everything between two files that is not a decision."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from engine.models.star import frames as pixels
from engine.models.star.config import NetworkConfig, VaeConfig
from engine.models.star.sampler import Denoise, Draw, SampleSettings, sample_latent
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


def restore_segment(
    models: Models,
    lq: Tensor,
    texts: tuple[Tensor, Tensor],
    request: SegmentRequest,
    *,
    cleaned: Tensor | None = None,
    color: ColorState | None = None,
    on_step: Callable[[int, int], None] = lambda _step, _steps: None,
) -> tuple[Tensor, ColorState | None]:
    """The restored frames (T, 3, height, width), float32 in [0, 1], and the colour state for the next segment.

    lq: (T, 3, h, w) float in [0, 1] on the models' device. texts: as for sample_latent.
    cleaned: lq restored by a model that invents nothing, (T, 3, any, any) in [0, 1], drawn to for beta > 1.
    color: the state after the frame before lq[0], None at the start of a shot. on_step may raise Cancelled.
    Reference mode: white borders up to 720 x 1280, colours frame by frame, noise from one generator in order.
    """
    reference = request.sample.reference
    padding = _padding(models, request)
    draw = _ordered_noise(request, lq.device) if reference else _frame_noise(request, lq.device)
    padded = _prepare(lq, request, padding)
    shape = (models.vae_config.latent_channels, *(n // models.vae_config.stride for n in padded.shape[-2:]))
    posterior_noise = draw("encode", 0, len(lq), shape)[0].transpose(0, 1)
    hint = _as_clip(encode_frames(models.vae, padded, posterior_noise, tiling=request.vae_tiling))
    target = None
    if cleaned is not None and request.sample.slider.delta > 0:
        prepared = _prepare(cleaned.to(lq), request, padding)
        target = _as_clip(_encode_mean(models, prepared, request.vae_tiling))
    noise: Draw = lambda purpose, step: draw(purpose, step, len(lq), shape)  # noqa: E731
    latent = sample_latent(
        models.network, hint, texts, noise, request.sample, cleaned=target, on_step=on_step
    )
    decoded = decode_frames(
        models.vae,
        latent[0].transpose(0, 1),
        frames_per_part=request.decoded_at_once,
        overlap=0 if reference else request.decode_overlap,
        tiling=request.vae_tiling,
    )
    restored = pixels.to_unit_range(padding.crop(decoded))
    if reference:
        return match_statistics(restored, lq), None
    return match_colors(restored, lq, color)


_DrawSized = Callable[[str, int, int, tuple[int, ...]], Tensor]


def _padding(models: Models, request: SegmentRequest) -> pixels.Padding:
    if request.sample.reference:
        return pixels.published_padding(request.height, request.width)
    return pixels.legal_padding(request.height, request.width, models.network_config, models.vae_config)


def _prepare(frames: Tensor, request: SegmentRequest, padding: pixels.Padding) -> Tensor:
    enlarged = pixels.enlarge(pixels.to_network_range(frames), request.height, request.width)
    pad = pixels.pad_white if request.sample.reference else pixels.pad_reflected
    return pad(enlarged, padding)


def _encode_mean(models: Models, frames: Tensor, tiling: Tiling | None) -> Tensor:
    means = [posterior(models.vae, frame, tiling)[0] for frame in frames.split(1)]
    return torch.cat(means) * models.vae_config.scaling_factor


def _as_clip(latents: Tensor) -> Tensor:
    return latents.transpose(0, 1)[None]


def _frame_noise(request: SegmentRequest, device: torch.device) -> _DrawSized:
    def draw(purpose: str, step: int, n_frames: int, shape: tuple[int, ...]) -> Tensor:
        return clip_noise(request.seed, purpose, step, request.first, n_frames, shape).to(device)

    return draw


def _ordered_noise(request: SegmentRequest, device: torch.device) -> _DrawSized:
    """As published: one generator, whose numbers go to posterior samples, start and steps in that order."""
    generator = torch.Generator().manual_seed(request.seed)

    def draw(_purpose: str, _step: int, n_frames: int, shape: tuple[int, ...]) -> Tensor:
        return torch.randn((1, shape[0], n_frames, *shape[1:]), generator=generator).to(device)

    return draw
