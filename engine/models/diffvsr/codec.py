"""Between latents and frames: the TE-3DVAE in groups of frames and in tiles, so that neither's borders show.

The decoder sees a few frames at once. As published the groups touch, and what it does at their ends flickers
at every fourth frame; here they overlap by half and are cross-faded. Both groups and tiles change what its
norms see, so both are approximations of decoding everything at once.
"""

import copy
import logging
from collections.abc import Callable, Iterable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.models.diffvsr.sampler import BeforeCall, do_nothing
from engine.models.diffvsr.te_vae import TemporalVae
from engine.sampling.blend import fade_weights
from engine.sampling.tiles import Tiling, over_tiles

logger = logging.getLogger(__name__)

FRAMES = 4
"""Frames the decoder sees at once, as published."""
STRIDE = 2
"""Frames by which one group follows another."""


def context_start(start: int) -> int:
    """The first place whose latent the frames from `start` on depend on; both counted in the shot."""
    return max(start // STRIDE * STRIDE - STRIDE, 0)


def context_stop(stop: int) -> int:
    """The end of the places whose latents the frames up to `stop` depend on; the shot may end before."""
    return (stop - 1) // STRIDE * STRIDE + FRAMES


def group_count(n_places: int) -> int:
    """Groups that `stream_frames` decodes for so many latents, an even number, at least 4."""
    return (n_places - FRAMES) // STRIDE + 1


def stream_frames(
    vae: TemporalVae,
    latents: Iterable[Tensor],
    tiling: Tiling | None = None,
    before_call: BeforeCall = do_nothing,
    on_overflow: Callable[[], None] = do_nothing,
) -> Iterator[Tensor]:
    """Yield the frames of latents in order, (T, 3, s*h, s*w) float32 in [0, 1].

    latents: parts (1, 4, n, h, w), scaled, float, of any n; in all an even number of frames, at least 4, that
    begins at an even place of its shot. Where the shot does not begin or end there, the first or last two
    frames lack the group they would be cross-faded with. tiling: of the latent grid, with a halo; None: none.
    """
    ramp = fade_weights([(0, FRAMES), (STRIDE, STRIDE + FRAMES)])[1][: FRAMES - STRIDE].view(-1, 1, 1, 1)
    before: Tensor | None = None
    for group in _groups(latents):
        frames = decode_group(vae, group, tiling, before_call, on_overflow)
        head, tail = frames[:STRIDE], frames[STRIDE:]
        yield head if before is None else torch.lerp(before, head, ramp.to(head))
        before = tail
    if before is not None:
        yield before


@torch.inference_mode()
def decode_group(
    vae: TemporalVae,
    latents: Tensor,
    tiling: Tiling | None = None,
    before_call: BeforeCall = do_nothing,
    on_overflow: Callable[[], None] = do_nothing,
) -> Tensor:
    """Frames (T, 3, s*h, s*w) float32 in [0, 1] of scaled latents: (1, 4, T, h, w) float, decoded together.

    on_overflow: told when the weights' number format was too small and a part was decoded in float32.
    """
    per_frame = latents[0].transpose(0, 1) / vae.config.scaling_factor

    def decode(part: Tensor) -> Tensor:
        before_call()
        return _finite(vae, part, lambda vae, part: vae.decode(part, len(part)), on_overflow)

    frames = over_tiles(decode, tiling, per_frame, scale=vae.config.stride)
    return (frames.clamp(-1, 1) + 1) / 2


@torch.inference_mode()
def encode_frames(
    vae: TemporalVae,
    frames: Tensor,
    tiling: Tiling | None = None,
    on_overflow: Callable[[], None] = do_nothing,
) -> Tensor:
    """Scaled latents (1, 4, T, h, w) float32, the mean of the posterior, of frames: (T, 3, s*h, s*w) in [0, 1].

    tiling: of the latent grid; None: none. One frame at a time: the encoder does not look along time.
    """
    blocks = F.pixel_unshuffle(frames * 2 - 1, vae.config.stride)

    def encode(part: Tensor) -> Tensor:
        pixels = F.pixel_shuffle(part, vae.config.stride)
        return _finite(vae, pixels, lambda vae, pixels: vae.encode(pixels)[0], on_overflow)

    means = [over_tiles(encode, tiling, block) for block in blocks.split(1)]
    return (torch.cat(means) * vae.config.scaling_factor).transpose(0, 1)[None]


def _finite(
    vae: TemporalVae,
    x: Tensor,
    call: Callable[[TemporalVae, Tensor], Tensor],
    on_overflow: Callable[[], None],
) -> Tensor:
    """call(vae, x) in the dtype of the weights, and again in float32 where that overflowed; float32."""
    dtype = next(vae.parameters()).dtype
    found = call(vae, x.to(dtype)).float()
    if dtype is torch.float32 or bool(torch.isfinite(found.sum())):
        return found
    logger.warning("the VAE left the range of %s; computing %d frames in float32", dtype, len(x))
    on_overflow()
    return call(copy.deepcopy(vae).float(), x.float())


def _groups(latents: Iterable[Tensor]) -> Iterator[Tensor]:
    """Groups of FRAMES latents, each STRIDE after the one before."""
    held: Tensor | None = None
    for part in latents:
        held = part if held is None else torch.cat([held, part], 2)
        while held.shape[2] >= FRAMES:
            yield held[:, :, :FRAMES]
            held = held[:, :, STRIDE:]
