"""What one call of each full-size network costs at least: operations and bytes, counted on the meta device."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from engine.footprint import Footprint, footprint
from engine.metrics.gpu_sizes import FULL, Size, Sizes
from engine.models.diffvsr.te_vae import TemporalVae
from engine.models.diffvsr.unet import VideoUNet
from engine.models.star.control import ControlledUNet, bound_memory
from engine.models.star.unet import Reuse
from engine.models.star.vae import build_vae as build_star_vae


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one call in a 2-byte format."""

    call: str
    flops: int
    moved_bytes: int

    @classmethod
    def of(cls, call: str, counted: Footprint) -> "Cost":
        """Of what footprint() counted."""
        return cls(call=call, flops=counted.flops, moved_bytes=counted.moved_bytes)


def count_costs(sizes: Sizes = FULL) -> Iterator[Cost]:
    """Yield the cost of every kind of call that the GPU bench times, as they are counted (seconds each)."""
    yield from star_costs(sizes, sizes.large)
    yield from star_costs(sizes, sizes.small)
    yield from star_vae_costs(sizes)
    yield from diffvsr_costs(sizes)
    yield from cogvideox_costs(sizes)


def star_vae_costs(sizes: Sizes) -> Iterator[Cost]:
    """A frame encoded, as the application does it, and a part decoded."""
    coder = _on_meta(lambda: build_star_vae(sizes.star_vae))
    frame = _tensor(1, 3, sizes.large.height, sizes.large.width)
    latent = _tensor(8, sizes.star_vae.latent_channels, *sizes.latent(sizes.large))
    yield _cost(f"STAR: VAE encodes 1 frame, {sizes.large}", lambda: coder.encode(frame))
    yield _cost(f"STAR: VAE decodes 8 frames, {sizes.large}", lambda: coder.decode(latent, num_frames=8))


def star_call(sizes: Sizes, n_frames: int, rows: int, columns: int) -> Cost:
    """One full call of STAR's network on so many frames of a latent grid."""
    network = _on_meta(lambda: ControlledUNet(sizes.star))
    bound_memory(network, frames_per_part=0, pixels_per_part=0)  # counts the same, sooner
    x = _tensor(1, sizes.star.in_channels, n_frames, rows, columns)
    text, time = _tensor(1, 77, sizes.star.context_width), _tensor(1, dtype=torch.int64)
    return _cost(f"STAR: {n_frames} frames of {rows}x{columns} latents", lambda: network(x, time, text, x))


def star_costs(sizes: Sizes, size: Size) -> Iterator[Cost]:
    """Each kind of network call on a window of a size: in full, and with what it can take from other calls."""
    network = _on_meta(lambda: ControlledUNet(sizes.star))
    bound_memory(network, frames_per_part=0, pixels_per_part=0)  # counts the same, sooner
    x = _tensor(1, sizes.star.in_channels, sizes.star_window, *sizes.latent(size))
    text, time = _tensor(1, 77, sizes.star.context_width), _tensor(1, dtype=torch.int64)

    def call(name: str, reuse: Reuse) -> Cost:
        return _cost(
            f"STAR: {sizes.star_window} frames, {size}, {name}", lambda: network(x, time, text, x, reuse)
        )

    first = Reuse(keeps_control=True, keeps_deep=True, preludes={})
    yield call("in full", first)
    yield call("beginning shared", Reuse(preludes=first.preludes))
    yield call("control shared", Reuse(control=first.left_control))
    yield call("control and beginning shared", Reuse(control=first.left_control, preludes=first.preludes))
    second = Reuse(deep=first.left_deep, keeps_control=True, preludes={})
    yield call("deep half reused", second)
    control = {"deep": first.left_deep, "control": second.left_control}
    yield call("deep half reused, control shared", Reuse(**control))
    yield call("deep half reused, control and beginning shared", Reuse(**control, preludes=second.preludes))


def diffvsr_call(sizes: Sizes, height: int, width: int) -> Cost:
    """One call of the U-Net on a window of an lq of that size."""
    unet = _on_meta(lambda: VideoUNet(sizes.diffvsr))
    latent, lq = _tensor(1, 4, 8, height, width), _tensor(1, 3, 8, height, width)
    time, text = _tensor(1, dtype=torch.int64), _tensor(1, 77, sizes.diffvsr.text_width)
    return _cost(
        f"DiffVSR: window of 8 frames, lq {width}x{height}", lambda: unet(latent, time, lq, text, time)
    )


def diffvsr_costs(sizes: Sizes) -> Iterator[Cost]:
    """A window of the U-Net and a group of the decoder."""
    height, width = sizes.diffvsr_lq.height, sizes.diffvsr_lq.width
    yield diffvsr_call(sizes, height, width)
    vae = _on_meta(lambda: TemporalVae(sizes.te_vae))
    group = _tensor(4, 4, height, width)
    at = f"lq {sizes.diffvsr_lq}"
    yield _cost(f"DiffVSR: decodes 4 frames, {at}", lambda: vae.decode(group, 4))


def cogvideox_costs(sizes: Sizes) -> Iterator[Cost]:
    """One call of the transformer on its native tile."""
    from engine.models.star_cogvideox.network import VideoTransformer

    config = sizes.cogvideox
    network = _on_meta(lambda: VideoTransformer(config), dtype=torch.bfloat16)
    shape = (1, 7, config.latent_channels, config.height, config.width)
    x = _tensor(*shape, dtype=torch.bfloat16)
    text = _tensor(1, config.text_length, config.text_width, dtype=torch.bfloat16)
    time = _tensor(1, dtype=torch.float32)
    yield _cost(
        f"STAR on CogVideoX: 25 frames of {8 * config.width}x{8 * config.height}",
        lambda: network.velocity(x, time, text, x),
    )


def roofline_table(sizes: Sizes = FULL, tell: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """The costs as a table; tell: a line for each as it is counted."""
    costs = []
    for cost in count_costs(sizes):
        tell(f"{cost.call}: {cost.flops / 1e12:.2f} TFLOP, {cost.moved_bytes / 1e9:.1f} GB")
        costs.append(cost)
    rows = [
        [
            c.call,
            round(c.flops / 1e12, 2),
            round(c.moved_bytes / 1e9, 1),
            round(c.flops / max(c.moved_bytes, 1)),
        ]
        for c in costs
    ]
    return {
        "title": "One call at full size, counted on the meta device, 2-byte formats",
        "columns": ["call", "TFLOP", "GB moved, nothing fused", "FLOP a byte"],
        "rows": rows,
        "notes": ["Seconds: not measured here; `evenstar bench --gpu` takes them on a graphics card."],
    }


def _cost(name: str, call: Callable[[], Any]) -> Cost:
    return Cost.of(name, footprint(call))


def _on_meta(build: Callable[[], nn.Module], dtype: torch.dtype = torch.float16) -> Any:
    with torch.device("meta"):
        network = build()
    # Some of diffusers' layers make their tensors on the processor whatever the default device is.
    return nn.Module.to(network, "meta", dtype).eval().requires_grad_(False)


def _tensor(*shape: int, dtype: torch.dtype = torch.float16) -> Tensor:
    return torch.empty(shape, dtype=dtype, device="meta")
