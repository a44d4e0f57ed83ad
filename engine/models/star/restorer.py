"""STAR as a Restorer: weights from the weights folder, one segment at a time, in the memory that was planned."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from torch import Tensor, nn

from engine.cancel import CancelToken
from engine.device import Placement, laid_out
from engine.events import OnEvent, Step
from engine.models.compiled import NOT_COMPILED, Compiled
from engine.models.converted import converted
from engine.models.embeddings import cached_texts
from engine.models.restorer import RestoreRequest
from engine.models.settle import settle
from engine.models.spec import ModelSpec, WeightFile
from engine.models.star.config import NetworkConfig, TextConfig, VaeConfig
from engine.models.star.control import bound_memory
from engine.models.star.sampler import FAST_LEVERS, Denoise, Grid, Levers, OnCall, SampleSettings, star_tiling
from engine.models.star.segment import (
    Models,
    SegmentRequest,
    decode_segment,
    draw_for,
    encode_segment,
    latent_size,
    sample_segment,
)
from engine.models.star.text import condition
from engine.models.star.unet import ResBlock, SpatialBlock, TemporalBlock
from engine.models.star.weights import Part, convert, network_part, text_part, vae_part
from engine.models.star.weights import load as load_part
from engine.models.weights_folder import needed_sha256
from engine.plan import Plan, VaePlan
from engine.sampling.beta import Slider
from engine.sampling.handover import hand_over
from engine.sampling.precision import OVERFLOW, Guarded
from engine.sampling.tiles import Tiling, cut_tiles
from engine.settings import RestorationSettings

KEPT_WIDE = (
    "time_embed",
    r"^input_blocks\.0\.",
    r"^out\.",
    "input_hint_block",
    "zero_convs",
    "middle_block_out",
)
"""Layers that 8-bit storage leaves alone: the first, the last, and those that steer."""


def load(spec: ModelSpec, placement: Placement, rung: str = "resident") -> "StarRestorer":
    """Return STAR on its device; raises ModelError when a file is missing, unchecked or not STAR's.

    The first call converts the published files, which takes minutes and the disk space of the result. The text
    encoder is not loaded here: see StarRestorer.
    """
    network_file, text_file, vae_file = spec.weights
    network_config = NetworkConfig(**spec.sizes_of("network"))
    vae_config = VaeConfig(**spec.sizes_of("vae"))
    network, sha256 = _load(spec, network_file, network_part(network_config))
    vae, vae_sha256 = _load(spec, vae_file, vae_part(vae_config))
    bound_memory(network)
    models = Models(
        network=Guarded(
            settle(network, placement, rung, KEPT_WIDE), placement.torch_dtype, resident=rung == "resident"
        ),
        vae=nn.Module.to(  # diffusers' own warns for nothing
            laid_out(vae, placement.device), placement.torch_device, placement.torch_dtype
        ),
        network_config=network_config,
        vae_config=vae_config,
    )
    text_sha256 = needed_sha256(spec, text_file)

    def read(prompt: str | None) -> tuple[Tensor, Tensor]:
        tower, _ = _load(spec, text_file, text_part(TextConfig(**spec.sizes_of("text"))))
        return condition(tower.float(), prompt)

    return StarRestorer(
        spec, placement, models, partial(cached_texts, spec, text_sha256, read), f"{sha256}+{vae_sha256}"
    )


class StarRestorer:
    """Loaded networks and the way of one segment through them.

    The text encoder is loaded for a prompt that was never read on this computer, asked on the CPU, and let go.
    """

    def __init__(
        self,
        spec: ModelSpec,
        placement: Placement,
        models: Models,
        texts: Callable[[str | None], tuple[Tensor, Tensor]],
        weights_sha256: str,
    ) -> None:
        """texts: gives prompt and negative prompt as the network reads them, (1, S, width) each."""
        self.spec = spec
        self.weights_sha256 = weights_sha256
        self._placement = placement
        self._models = models
        module = models.network.network if isinstance(models.network, Guarded) else models.network
        assert isinstance(module, nn.Module)
        self._callable = Compiled(models.network, module, REPEATED)
        self._texts = texts

    def networks(self) -> tuple[nn.Module, ...]:
        """Network and VAE; an offloaded network is moved by its own hooks."""
        network = self._models.network
        if isinstance(network, Guarded) and network.resident:
            return network.network, self._models.vae
        return (self._models.vae,)

    def restore(self, request: RestoreRequest, on_event: OnEvent, cancel: CancelToken) -> Iterator[Tensor]:
        """Yield (T, 3, H, W) float32 in [0, 1] at the plan's size; see Restorer."""
        segment, context = request.segment, request.plan.context
        first = max(segment.start - context, segment.shot.start)
        stop = min(segment.stop + context, segment.shot.stop)
        self._warn_of_overflow(on_event)
        order = self._order(request, first)
        device, dtype = self._placement.torch_device, self._placement.torch_dtype
        draw = draw_for(self._models, order, stop - first, device)
        encoded = encode_segment(self._models, _frames(request, first, stop, cancel), order, draw)
        prompted, negative = (t.to(device, dtype) for t in self._texts(request.prompt))
        told = _telling(segment.stop - segment.start, on_event, cancel)
        models = replace(self._models, network=self._network(request.settings, on_event))
        latent = sample_segment(models, encoded, (prompted, negative), order, draw, told)
        frames = _checked(decode_segment(self._models, latent, order), cancel)
        yield from hand_over(frames, first, segment, encoded.colors.of, request.carry, request.keep)

    def _network(self, settings: RestorationSettings, on_event: OnEvent) -> Denoise:
        """The network as it is asked for: as it is, or its blocks compiled."""
        if not settings.compiled:
            return self._callable.as_it_is
        return self._callable.compiled(partial(on_event, NOT_COMPILED))

    def _order(self, request: RestoreRequest, first: int) -> SegmentRequest:
        """How this family is asked to do what the request and its plan say."""
        plan, settings = request.plan, request.settings
        order = SegmentRequest(first=first, height=plan.height, width=plan.width, seed=settings.seed)
        height, width = latent_size(self._models, order)
        sample = SampleSettings(
            grid=_grid(settings),
            steps=settings.steps or 1,
            window=plan.window,
            tiling=self._tiling(height, width, plan),
            slider=Slider(beta=settings.beta, cutoff=0.5 / max(request.scale, 1.0)),
            levers=FAST_LEVERS if settings.fast else Levers(),
            shares_prelude=plan.shares,
        )
        vae = plan.vae or VaePlan(window=3, tile_height=plan.height, tile_width=plan.width)
        return replace(
            order,
            sample=sample,
            vae_tiling=self._vae_tiling(height, width, plan, vae),
            decoded_at_once=vae.window,
            decode_overlap=DECODE_OVERLAP,
        )

    def _tiling(self, height: int, width: int, plan: Plan) -> Tiling | None:
        """Tiles for the network on a latent grid of height x width."""
        rows, columns = self._tile(height, width, plan, plan.tile_height, plan.tile_width)
        if (rows, columns) == (height, width):
            return None
        return star_tiling(height, width, rows, columns, self._models.network_config)

    def _vae_tiling(self, height: int, width: int, plan: Plan, vae: VaePlan) -> Tiling | None:
        rows, columns = self._tile(height, width, plan, vae.tile_height, vae.tile_width)
        if (rows, columns) == (height, width):
            return None
        return cut_tiles(height, width, rows, columns, overlap=max(min(rows, columns) // 4, 3), halo=1)

    def _tile(
        self, height: int, width: int, plan: Plan, tile_height: int, tile_width: int
    ) -> tuple[int, int]:
        """A tile of work pixels on the latent grid; the whole of an axis that it covers."""
        stride = self._models.vae_config.stride
        rows = height if tile_height >= plan.height else tile_height // stride
        return rows, width if tile_width >= plan.width else tile_width // stride

    def _warn_of_overflow(self, on_event: OnEvent) -> None:
        if isinstance(self._models.network, Guarded):
            self._models.network.on_overflow = partial(on_event, OVERFLOW)


REPEATED = (ResBlock, SpatialBlock, TemporalBlock)
"""What the network repeats: compiled where that is asked for."""
DECODE_OVERLAP = 2
"""Frames shared by neighbouring decodes: their cross-fade hides that the VAE's groups know nothing of each other."""


def _grid(settings: RestorationSettings) -> Grid:
    if settings.steps is not None:
        return Grid.NORMAL
    return Grid.SHORT if settings.fast else Grid.FAST


def _frames(
    request: RestoreRequest, first: int, stop: int, cancel: CancelToken
) -> Iterator[tuple[Tensor, Tensor | None]]:
    """Every frame of the segment and its context with its cleaned form, read one by one."""
    wants_cleaned = request.cleaned is not None and request.settings.beta > 1
    for at in range(first, stop):
        cancel.check()
        cleaned = request.cleaned(at, at + 1) if request.cleaned and wants_cleaned else None
        yield request.lq(at, at + 1), cleaned


def _telling(n_frames: int, on_event: OnEvent, cancel: CancelToken) -> OnCall:
    """Told before every network call: a stop is noticed there, and progress is made of it."""

    def tell(call: int, calls: int) -> None:
        cancel.check()
        on_event(Step(done=call, total=calls, n_frames=n_frames))

    return tell


def _checked(frames: Iterator[Tensor], cancel: CancelToken) -> Iterator[Tensor]:
    for part in frames:
        cancel.check()
        yield part


def _load(spec: ModelSpec, file: WeightFile, part: Part) -> tuple[nn.Module, str]:
    """A module from our form of its file, and that file's sha256."""
    path, sha256 = converted(spec, file, lambda published, target: convert(published, target, part))
    return load_part(path, part), sha256
