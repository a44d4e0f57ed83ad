"""The published run, exactly: 25 frames of 480 x 720, one pass, no tiles, no windows, no slider.

For comparison with published results. One rule is not kept: the published script takes the colours of the ground
truth, which a film that is restored does not have; here, as its comment intends, they are the enlarged lq's.
"""

import torch
from torch import Tensor

from engine.models.star_cogvideox.frames import published_lq, to_network_range, to_unit_range
from engine.models.star_cogvideox.sampler import OnCall, SampleSettings, sample_window
from engine.models.star_cogvideox.stream import WINDOW, Models
from engine.models.star_cogvideox.vae import decode_clip, encode_clip, latent_frames
from engine.sampling.color_match import match_statistics

SEED = 1234
"""As published. Its noise within the loop came from a GPU, so that results are equal in kind, not in bits."""


@torch.inference_mode()
def restore_published(
    models: Models,
    lq: Tensor,
    *,
    seed: int = SEED,
    steps: int = 50,
    on_call: OnCall = lambda _call, _calls: None,
) -> Tensor:
    """(25, 3, 480, 720) uint8 of the first 25 frames of lq (T, 3, h, w) uint8, on the CPU or the models' device.

    Raises ValueError for fewer frames or a shape that does not become the native one; on_call may raise Cancelled.
    """
    native = models.variant.transformer
    stride = models.variant.vae.stride
    if len(lq) < WINDOW:
        raise ValueError(f"{len(lq)} frames, need {WINDOW}")
    enlarged = published_lq(lq[:WINDOW]).float() / 255
    if enlarged.shape[-2:] != (native.height * stride, native.width * stride):
        raise ValueError(f"the enlarged lq is {tuple(enlarged.shape[-2:])}, need the native size")
    generator = torch.Generator().manual_seed(seed)
    shape = (1, latent_frames(WINDOW), models.variant.vae.latent_channels, native.height, native.width)
    # In the published order: the start before the posterior's; from the second step on two draws, one unused.
    start, posterior = (torch.randn(shape, generator=generator).to(lq.device) for _ in range(2))

    def draw(purpose: str, step: int) -> Tensor:
        if purpose == "start":
            return start
        drawn = [torch.randn(shape, generator=generator) for _ in range(2 if step else 1)]
        return drawn[-1].to(lq.device)

    latent = encode_clip(models.vae, to_network_range(enlarged), posterior)
    settings = SampleSettings(steps=steps, snr_shift=models.variant.snr_shift)
    restored = sample_window(models.network, latent, models.text, draw, settings, on_call=on_call)
    frames = to_unit_range(decode_clip(models.vae, restored))
    return (255 * match_statistics(frames, enlarged)).to(torch.uint8)
