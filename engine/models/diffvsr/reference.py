"""`reference` mode: the published script's own rules, where the default has better ones.

Frames are padded to a multiple of eight, noise comes from one generator, each tile is a clip of its own with
its own noise and is pasted without blending, the VAE decodes groups of four that touch, and colours are cut
to eight bits. What is shared with the default is in sampling.py and sampler.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.models.diffvsr.sampler import SampleSettings, add_lq_noise, sample_latents
from engine.models.diffvsr.sampling import GROUP, WINDOW
from engine.models.diffvsr.stream import Networks
from engine.models.diffvsr.te_vae import TemporalVae
from engine.sampling.blend import Span

SEED = 10
UNTILED_PIXELS = 400 * 400
"""Lq frames with more pixels than this are tiled."""
VAE_GROUP = 4

Shuffle = Callable[[list[int]], None]
"""Shuffles a list in place; published: the global `random.shuffle`, never seeded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedTile:
    """A rectangle of lq pixels that is restored by itself, and what of it is kept; rows first, then columns."""

    crop: tuple[Span, Span]
    """Lq pixels that are restored."""
    paste: tuple[Span, Span]
    """Output pixels that it answers for."""
    offset: tuple[int, int]
    """Where they begin in the restored crop, output pixels."""


def padded_order(n_frames: int) -> list[int]:
    """Indices of the frames as they are restored: up to a multiple of 8, backwards from the last but one.

    Raises ValueError where the script crashes: when there are not enough frames to go back over.
    """
    n_more = -n_frames % WINDOW
    if n_more >= n_frames:
        raise ValueError(f"the published padding of {n_frames} frames needs {n_more} before the last one")
    return [*range(n_frames), *(n_frames - 2 - i for i in range(n_more))]


def noise_order(n_frames: int, shuffle: Shuffle) -> list[int]:
    """For each frame, the frame of the first eight whose noise it uses (Li et al. 2025).

    Raises ValueError where the script crashes: beyond 8 frames, unless their number is a multiple of 4.
    """
    if n_frames > WINDOW and n_frames % GROUP:
        raise ValueError(f"noise cannot be rescheduled for {n_frames} frames, need a multiple of {GROUP}")
    order = list(range(min(n_frames, WINDOW)))
    for start in range(0, n_frames - WINDOW, GROUP):
        places = list(range(start, start + GROUP))
        shuffle(places)
        order += [order[place] for place in places]
    return order


def draw_noise(
    generator: torch.Generator, shape: tuple[int, int, int], latent_channels: int, dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    """Noise for the lq (1, 3, T, h, w), on the CPU, and for the latent, on the generator's device.

    shape: (T, h, w). On the CPU one generator draws both; elsewhere the lq's is new for every call, so that
    tiles of equal shape share it.
    """
    on_cpu = generator.device.type == "cpu"
    lq_generator = generator if on_cpu else torch.Generator().manual_seed(generator.initial_seed())
    lq = torch.randn((1, 3, *shape), generator=lq_generator, dtype=dtype)
    device = generator.device
    latent = torch.randn((1, latent_channels, *shape), generator=generator, dtype=dtype, device=device)
    return lq, latent


def pasted_tiles(height: int, width: int, *, size: int, overlap: int, scale: int) -> list[PastedTile]:
    """The tiles of an lq frame, row by row: `size` pixels and `overlap` more on every side that has them."""
    if height * width <= UNTILED_PIXELS:
        size = max(height, width)
    return [
        PastedTile(
            crop=(rows, columns),
            paste=((top * scale, bottom * scale), (left * scale, right * scale)),
            offset=((top - rows[0]) * scale, (left - columns[0]) * scale),
        )
        for top, bottom, rows in _cores(height, size, overlap)
        for left, right, columns in _cores(width, size, overlap)
    ]


def to_signed(frames: Tensor) -> Tensor:
    """float32 in [-1, 1] of uint8 frames of any shape."""
    return (frames.float() / 255 - 0.5) * 2


def to_bytes(frames: Tensor) -> Tensor:
    """(T, H, W, 3) uint8, cut and not rounded, of frames: (T, 3, H, W) float in [-1, 1]."""
    return to_byte_range(frames).to(torch.uint8).permute(0, 2, 3, 1)


def to_byte_range(frames: Tensor) -> Tensor:
    """[0, 255], still float, of frames in [-1, 1] and beyond."""
    return (frames / 2 + 0.5).clamp(0, 1) * 255


def decode_groups(vae: TemporalVae, latents: Tensor, group: int = VAE_GROUP) -> Tensor:
    """Frames (T, 3, s*h, s*w) float32 in [-1, 1] of scaled latents (1, 4, T, h, w), T a multiple of group."""
    dtype = next(vae.parameters()).dtype
    per_frame = (latents[0].transpose(0, 1).float() / vae.config.scaling_factor).to(dtype)
    parts = per_frame.split(group)
    return torch.cat([vae.decode(part, group).float().clamp(-1, 1) for part in parts])


@torch.inference_mode()
def restore_published(
    networks: Networks,
    frames: Tensor,
    settings: SampleSettings,
    generator: torch.Generator,
    shuffle: Shuffle,
    *,
    size: int = 256,
    overlap: int = 64,
) -> Tensor:
    """Restored frames (T, s*H, s*W, 3) uint8 on the CPU; frames: (T, 3, H, W) uint8 on the networks' device.

    size, overlap: of the tiles, lq pixels. Published tiles are used, not those of the settings. Unlike the
    script a tile that fails raises; it does not stay grey.
    """
    lq = to_signed(frames[padded_order(len(frames))]).transpose(0, 1)[None]
    scale = networks.vae.config.stride
    height, width = frames.shape[-2:]
    whole = torch.zeros(len(frames), 3, height * scale, width * scale)
    for tile in pasted_tiles(height, width, size=size, overlap=overlap, scale=scale):
        crop = lq[..., slice(*tile.crop[0]), slice(*tile.crop[1])]
        restored = restore_tile(networks, crop, settings, generator, shuffle)[: len(frames)].cpu()
        larger = [(b - a) * scale for a, b in tile.crop]
        restored = F.interpolate(restored, larger, mode="bilinear", align_corners=False)
        (top, bottom), (left, right) = tile.paste
        y, x = tile.offset
        kept = restored[..., y : y + bottom - top, x : x + right - left]
        whole[..., top:bottom, left:right] = kept
    return to_bytes(whole)


def restore_tile(
    networks: Networks, lq: Tensor, settings: SampleSettings, generator: torch.Generator, shuffle: Shuffle
) -> Tensor:
    """Restored frames (T, 3, s*h, s*w) float32 in [-1, 1] of one tile; lq: (1, 3, T, h, w) in [-1, 1]."""
    dtype = networks.texts[0].dtype
    shape = (lq.shape[2], lq.shape[3], lq.shape[4])
    noise, latent = draw_noise(generator, shape, networks.vae.config.latent_channels, dtype)
    lq_noised = add_lq_noise(lq.cpu().to(dtype), noise, settings.noise_level).to(lq.device)
    latent = latent[:, :, noise_order(shape[0], shuffle)].float()
    whole = replace(settings, tiling=None)
    fused = sample_latents(networks.unet, latent, lq_noised, networks.texts, whole)
    return decode_groups(networks.vae, fused)


def _cores(length: int, size: int, overlap: int) -> list[tuple[int, int, Span]]:
    """Start and stop of each tile along one axis, and the span it is restored from."""
    count = -(-length // size)
    if count > 1 and (count - 1) * size + overlap >= length:
        count -= 1
    edges = [i * size for i in range(count)] + [length]
    return [(a, b, (max(a - overlap, 0), min(a + size + overlap, length))) for a, b in pairwise(edges)]
