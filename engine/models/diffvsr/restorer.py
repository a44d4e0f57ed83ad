"""DiffVSR as a Restorer: weights from the weights folder, one segment at a time, in the memory that was planned."""

from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import Tensor, nn

from engine.cancel import CancelToken
from engine.device import Placement, laid_out
from engine.events import OnEvent, Step
from engine.models.converted import converted
from engine.models.diffvsr.config import UNetConfig, VaeConfig
from engine.models.diffvsr.sampler import FAST_GUIDED_SHARE, FAST_STEPS, SampleSettings
from engine.models.diffvsr.stream import Networks, Part, ReadFrames, Shot, restore_frames
from engine.models.diffvsr.te_vae import TemporalVae
from engine.models.diffvsr.text import NEGATIVE_PROMPT, compose_prompt
from engine.models.diffvsr.weights import Part as WeightPart
from engine.models.diffvsr.weights import (
    UpscalerFiles,
    convert,
    read_text_side,
    text_part,
    unet_part,
    vae_part,
)
from engine.models.diffvsr.weights import load as load_part
from engine.models.embeddings import cached_texts
from engine.models.restorer import Carry, ReadLq, RestoreRequest
from engine.models.settle import settle
from engine.models.spec import ModelSpec, WeightFile
from engine.models.weights_folder import locate, needed_sha256
from engine.plan import Plan
from engine.sampling.beta import Slider
from engine.sampling.color_match import ColorStatistics, statistics
from engine.sampling.handover import hand_over
from engine.sampling.precision import OVERFLOW, Guarded
from engine.sampling.tiles import Tiling, cut_tiles

KEPT_WIDE = (r"^conv_in$", r"^conv_out$", "time_embedding", "class_embedding", "shift_conv", "rotary")
"""Layers that 8-bit storage leaves alone: the first, the last, those of time, and those that add little."""
HALO = 4
"""Lq pixels at inner tile ends that are thrown away: their neighbours were invented by padding."""
LEAST_OVERLAP = 16


def load(spec: ModelSpec, placement: Placement, rung: str = "resident") -> "DiffVsrRestorer":
    """Return DiffVSR on its device; raises ModelError when a file is missing, unchecked or not DiffVSR's.

    The first call converts the published files, which takes minutes and the disk space of the result. The text
    encoder is not loaded here: see DiffVsrRestorer.
    """
    unet_file, vae_file, text_file, *_ = spec.weights
    unet, unet_sha256 = _load(spec, unet_file, unet_part(UNetConfig(**spec.sizes_of("unet"))))
    vae, vae_sha256 = _load(spec, vae_file, vae_part(VaeConfig(**spec.sizes_of("vae"))))
    settled = settle(unet, placement, rung, KEPT_WIDE)
    guarded = Guarded(settled, placement.torch_dtype, resident=rung == "resident")
    vae = laid_out(vae, placement.device).to(placement.torch_device, placement.torch_dtype)
    assert isinstance(vae, TemporalVae)
    encoder_sha256 = needed_sha256(spec, text_file)
    texts = partial(cached_texts, spec, encoder_sha256, partial(_read_prompt, spec))
    return DiffVsrRestorer(spec, placement, guarded, vae, texts, f"{unet_sha256}+{vae_sha256}")


class DiffVsrRestorer:
    """Loaded networks and the way of one segment through them.

    The text encoder is loaded for a prompt that was never read on this computer, asked on the CPU, and let go.
    """

    def __init__(
        self,
        spec: ModelSpec,
        placement: Placement,
        unet: Guarded,
        vae: TemporalVae,
        texts: Callable[[str | None], tuple[Tensor, Tensor]],
        weights_sha256: str,
    ) -> None:
        """texts: gives prompt and negative prompt as the network reads them, (1, S, width) each."""
        self.spec = spec
        self.weights_sha256 = weights_sha256
        self._placement = placement
        self._unet = unet
        self._vae = vae
        self._texts = texts

    def networks(self) -> tuple[nn.Module, ...]:
        """U-Net and VAE; an offloaded U-Net is moved by its own hooks."""
        return (self._unet.network, self._vae) if self._unet.resident else (self._vae,)

    def restore(self, request: RestoreRequest, on_event: OnEvent, cancel: CancelToken) -> Iterator[Tensor]:
        """Yield (T, 3, 4*h, 4*w) float32 in [0, 1]; see Restorer."""
        segment, device = request.segment, self._placement.torch_device
        overflowed = partial(on_event, OVERFLOW)
        self._unet.on_overflow = overflowed
        prompted, negative = (t.to(device, self._placement.torch_dtype) for t in self._texts(request.prompt))
        networks = Networks(unet=self._unet, vae=self._vae, texts=(prompted, negative))
        known = _known_windows(request.carry, device)
        colors = _Colors(segment.start, request.carry, device)
        told = _Telling(segment.stop - segment.start, on_event, cancel)
        part = self._part(request, colors, told, overflowed)
        told.total = part.calls(len(known))

        def keep(carry: Carry) -> None:
            windows = {f"{_WINDOW_KEY}{start}": latent.cpu() for start, latent in known.items()}
            request.keep({**carry, **windows, **colors.from_frame(segment.stop)})

        frames = restore_frames(networks, part, known)
        yield from hand_over(frames, segment.start, segment, colors.of, request.carry, keep)

    def _part(
        self,
        request: RestoreRequest,
        colors: "_Colors",
        before_call: Callable[[], None],
        on_overflow: Callable[[], None],
    ) -> Part:
        """How this family is asked to do what the request and its plan say."""
        plan, shot = request.plan, request.segment.shot
        sampled, decoded = plan, plan.vae or plan
        return Part(
            shot=Shot(n_frames=shot.stop - shot.start, first=shot.start, seed=request.settings.seed),
            start=request.segment.start - shot.start,
            stop=request.segment.stop - shot.start,
            read_lq=_read(request.lq, shot.start, colors.see),
            read_cleaned=None if request.cleaned is None else _read(request.cleaned, shot.start),
            settings=self._settings(request, _tiling(plan, sampled.tile_height, sampled.tile_width)),
            vae_tiling=_tiling(plan, decoded.tile_height, decoded.tile_width),
            before_call=before_call,
            on_overflow=on_overflow,
        )

    def _settings(self, request: RestoreRequest, tiling: Tiling | None) -> SampleSettings:
        chosen = request.settings
        assert self.spec.sampling is not None
        steps = chosen.steps or (FAST_STEPS if chosen.fast else self.spec.sampling.steps)
        share = FAST_GUIDED_SHARE if chosen.fast else 1.0
        slider = Slider(beta=chosen.beta, cutoff=0.5 / request.scale)
        return SampleSettings(steps=steps, guided_share=share, tiling=tiling, slider=slider)


_WINDOW_KEY = "window_"


class _Colors:
    """Statistics of the lq frames, noted as windows read them: afterwards the frames are gone."""

    def __init__(self, first: int, carry: Carry | None, device: torch.device) -> None:
        """first: absolute frame that `of` counts from; carry: with those of frames read before, from first on."""
        self._first = first
        self._seen: dict[int, tuple[Tensor, Tensor]] = {}
        if carry is not None and "lq_mean" in carry:
            pairs = zip(carry["lq_mean"].to(device), carry["lq_spread"].to(device), strict=True)
            self._seen = dict(enumerate(pairs, first))

    def see(self, first: int, frames: Tensor) -> None:
        """Note (T, 3, h, w) frames from absolute frame `first` on."""
        found = statistics(frames)
        self._seen.update(enumerate(zip(found.mean, found.spread, strict=True), first))

    def of(self, start: int, stop: int) -> ColorStatistics:
        """Those of frames [start, stop), counted from the segment's start."""
        pairs = [self._seen[self._first + i] for i in range(start, stop)]
        return ColorStatistics(
            mean=torch.stack([m for m, _ in pairs]), spread=torch.stack([s for _, s in pairs])
        )

    def from_frame(self, frame: int) -> Carry:
        """What was noted of `frame` and those behind it, for the next segment."""
        later = [self._seen[i] for i in sorted(self._seen) if i >= frame]
        if not later:
            return {}
        return {
            "lq_mean": torch.stack([m for m, _ in later]).cpu(),
            "lq_spread": torch.stack([s for _, s in later]).cpu(),
        }


class _Telling:
    """Called before every network call: a stop is noticed there, and progress is made of it."""

    def __init__(self, n_frames: int, on_event: OnEvent, cancel: CancelToken) -> None:
        self.total = 1
        self._n_frames = n_frames
        self._on_event = on_event
        self._cancel = cancel
        self._done = 0

    def __call__(self) -> None:
        self._cancel.check()
        self._on_event(Step(done=self._done, total=self.total, n_frames=self._n_frames))
        self._done += 1


def _read(source: ReadLq, start: int, see: Callable[[int, Tensor], None] | None = None) -> ReadFrames:
    """Frames by index from the shot's start, out of a source that gives ranges of the film; indices are near."""

    def frames_of(indices: list[int]) -> Tensor:
        first = start + min(indices)
        frames = source(first, start + max(indices) + 1)
        if see is not None:
            see(first, frames)
        return frames[[start + index - first for index in indices]]

    return frames_of


def _known_windows(carry: Carry | None, device: torch.device) -> dict[int, Tensor]:
    """Windows that the segment before sampled, by their start in the shot."""
    return {
        int(name.removeprefix(_WINDOW_KEY)): latent.to(device)
        for name, latent in (carry or {}).items()
        if name.startswith(_WINDOW_KEY)
    }


def _tiling(plan: Plan, tile_height: int, tile_width: int) -> Tiling | None:
    """Tiles of the lq grid, which is the latent grid; None where one covers the frame."""
    rows, columns = min(tile_height, plan.height), min(tile_width, plan.width)
    if (rows, columns) == (plan.height, plan.width):
        return None
    overlap = max(min(rows, columns) // 4, LEAST_OVERLAP)
    return cut_tiles(plan.height, plan.width, rows, columns, overlap=overlap, halo=HALO)


def _load(spec: ModelSpec, file: WeightFile, part: WeightPart) -> tuple[nn.Module, str]:
    """A module from our form of its file, and that file's sha256."""
    path, sha256 = converted(spec, file, lambda published, target: convert(published, target, part))
    return load_part(path, part), sha256


def _read_prompt(spec: ModelSpec, prompt: str | None) -> tuple[Tensor, Tensor]:
    """Prompt and negative prompt as the text encoder reads them, (1, 77, width) float32 on the CPU."""
    _, _, encoder_file, *others = spec.weights
    names = ("text_config", "vocabulary", "merges", "special_tokens", "scheduler", "low_res_scheduler")
    located = {name: locate(spec, file) for name, file in zip(names, others, strict=True)}
    files = UpscalerFiles(text_encoder=locate(spec, encoder_file), **located)
    tokenizer, config = read_text_side(files)
    encoder, _ = _load(spec, encoder_file, text_part(config))
    with torch.inference_mode():
        both = encoder.float()(tokenizer.encode([compose_prompt(prompt), NEGATIVE_PROMPT]))
    prompted, negative = both.split(1)
    return prompted, negative
