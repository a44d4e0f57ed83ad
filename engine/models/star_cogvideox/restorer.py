"""STAR on CogVideoX as a Restorer: weights from the weights folder, one segment at a time, in the memory planned."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from torch import Tensor, nn

from engine.cancel import CancelToken
from engine.device import Placement
from engine.events import OnEvent, Step
from engine.models.converted import converted
from engine.models.embeddings import Embeddings, cached_embeddings
from engine.models.restorer import Carry, RestoreRequest
from engine.models.spec import ModelSpec
from engine.models.star_cogvideox.config import FIVE_B, TextConfig, TransformerConfig, VaeConfig, Variant
from engine.models.star_cogvideox.storage import settle
from engine.models.star_cogvideox.stream import (
    WINDOW,
    Models,
    Sampled,
    Shot,
    StreamSettings,
    restore_frames,
)
from engine.models.star_cogvideox.text import ALIASES, build_text_encoder, embed, tokenize
from engine.models.star_cogvideox.vae import build_vae
from engine.models.star_cogvideox.weights import convert, load_network, load_strictly
from engine.models.weights_folder import locate, needed_sha256
from engine.plan import Plan
from engine.sampling.precision import OVERFLOW, Guarded


def load(spec: ModelSpec, placement: Placement, rung: str = "resident") -> "StarCogVideoXRestorer":
    """Return the model on its device; raises ModelError when a file is missing, unchecked or of another model.

    The first call converts the published checkpoint, which takes minutes and the disk space of the result. The
    text encoder is not loaded here: see StarCogVideoXRestorer.
    """
    network_file, vae_file, *_ = spec.weights
    variant = variant_of(spec)
    path, sha256 = converted(
        spec, network_file, lambda published, target: convert(published, target, variant)[1]
    )
    network = load_network(path, variant.transformer, dtype=placement.torch_dtype)
    vae = load_strictly(
        [locate(spec, vae_file)], lambda: build_vae(variant.vae), "VAE", dtype=placement.torch_dtype
    )
    answering = Answering(settle(network, rung, placement.torch_device, placement.torch_dtype))
    return StarCogVideoXRestorer(
        spec,
        placement,
        Guarded(answering, placement.torch_dtype, resident=rung == "resident"),
        nn.Module.to(vae, placement.torch_device),  # diffusers' own warns for nothing
        partial(_text, spec, variant.text),
        f"{sha256}+{needed_sha256(spec, vae_file)}",
        offloaded=rung == "offload",
    )


class StarCogVideoXRestorer:
    """Loaded networks and the way of one segment through them.

    The text encoder is loaded for a prompt that was never read on this computer, asked on the CPU, memory-mapped,
    and let go.
    """

    def __init__(
        self,
        spec: ModelSpec,
        placement: Placement,
        network: Guarded,
        vae: nn.Module,
        text: Callable[[str | None], Tensor],
        weights_sha256: str,
        *,
        offloaded: bool,
    ) -> None:
        """text: gives a prompt as the network reads it, (1, S, width). offloaded: the network moves itself."""
        self.spec = spec
        self.weights_sha256 = weights_sha256
        self._placement = placement
        self._network = network
        self._vae = vae
        self._text = text
        self._offloaded = offloaded

    def networks(self) -> tuple[nn.Module, ...]:
        """Network and VAE; an offloaded network is moved by its own hooks."""
        return (self._vae,) if self._offloaded else (self._network.network, self._vae)

    def restore(self, request: RestoreRequest, on_event: OnEvent, cancel: CancelToken) -> Iterator[Tensor]:
        """Yield (T, 3, H, W) float32 in [0, 1] at the plan's size, on the CPU; see Restorer."""
        segment = request.segment
        self._network.on_overflow = partial(on_event, OVERFLOW)
        text = self._text(request.prompt).to(self._placement.torch_device, self._placement.torch_dtype)
        models = Models(network=self._network, vae=self._vae, text=text, variant=variant_of(self.spec))
        assert self.spec.sampling is not None
        settings = StreamSettings(
            height=request.plan.height,
            width=request.plan.width,
            seed=request.settings.seed,
            steps=request.settings.steps or self.spec.sampling.steps,
            beta=request.settings.beta,
            window=window_of(request.plan),
            vae_tile=vae_tile_of(request.plan, models.variant),
        )

        def tell(call: int, calls: int) -> None:
            cancel.check()
            on_event(Step(done=call, total=calls, n_frames=segment.stop - segment.start))

        yield from restore_frames(
            models,
            request.lq,
            Shot(start=segment.shot.start, stop=segment.shot.stop),
            settings,
            start=segment.start,
            stop=segment.stop,
            read_cleaned=request.cleaned,
            carry=windows_of_carry(request.carry),
            keep=lambda windows: request.keep(carry_of_windows(windows)),
            on_call=tell,
        )


class Answering(nn.Module):
    """The network, called for its velocity."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor, t: Tensor, text: Tensor, lq: Tensor) -> Tensor:
        """v of x; see network.VideoTransformer.velocity."""
        return self.network.velocity(x, t, text, lq)


def variant_of(spec: ModelSpec) -> Variant:
    """The base model's facts, with the spec's sizes where they differ."""
    if not spec.sizes:
        return FIVE_B
    return Variant(
        name=spec.title,
        transformer=TransformerConfig(**spec.sizes_of("network")),
        vae=VaeConfig(**spec.sizes_of("vae")),
        text=TextConfig(**spec.sizes_of("text")),
        **spec.sizes.get("variant", {}),
    )


def window_of(plan: Plan) -> int:
    """The largest window that the decoder takes within the planned one: 9, 17 or 25 frames."""
    return max(min(plan.window, WINDOW) - 1, 8) // 8 * 8 + 1


def vae_tile_of(plan: Plan, variant: Variant) -> tuple[int, int] | None:
    """The planned tile of encoding and decoding in latent pixels; None: whole frames.

    A film smaller than a native tile is worked at the size of one, and still keeps to the planned tile.
    """
    if plan.vae is None:
        return None
    stride = variant.vae.stride
    return max(plan.vae.tile_height // stride, 1), max(plan.vae.tile_width // stride, 1)


def carry_of_windows(windows: Mapping[int, Sampled]) -> Carry:
    """Sampled windows as the next segment's carry."""
    return {
        f"{name}_{start}": getattr(window, name).contiguous()
        for start, window in windows.items()
        for name in _PARTS
    }


def windows_of_carry(carry: Carry | None) -> dict[int, Sampled]:
    """The windows of a carry, by their absolute start."""
    given = carry or {}
    starts = [int(key.removeprefix("latent_")) for key in given if key.startswith("latent_")]
    return {start: Sampled(**{name: given[f"{name}_{start}"] for name in _PARTS}) for start in starts}


_PARTS = ("latent", "mean", "spread")


def _text(spec: ModelSpec, config: TextConfig, prompt: str | None) -> Tensor:
    """The embedded prompt, from the cache where it was read before; None: the empty prompt."""
    _, _, tokenizer, *encoder = spec.weights

    def compute() -> Embeddings:
        files = [locate(spec, file) for file in encoder]
        tokens = tokenize(locate(spec, tokenizer), prompt or "", variant_of(spec).transformer.text_length)
        module = load_strictly(files, lambda: build_text_encoder(config), "T5 encoder", aliases=ALIASES)
        return {"prompt": embed(module, tokens)}

    facts = {file.name: needed_sha256(spec, file) for file in (tokenizer, *encoder)}
    return cached_embeddings(spec, {"prompt": prompt or "", **facts}, compute)["prompt"]
