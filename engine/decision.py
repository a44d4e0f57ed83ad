"""What is decided before the first frame is restored: size, encoder, place, plan, and what cannot be kept."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from engine.allocator import keep_freed
from engine.clip import Clip, SourceState
from engine.device import Placement, memory_budget, place
from engine.errors import ExportError, MemoryBudgetError, SettingsError, SourceError
from engine.events import Notice, Severity
from engine.job import Job
from engine.media.encoder import Encoder, choose_encoder, keeper_of_frames
from engine.media.mux import losses
from engine.media.nvenc import on_card
from engine.media.sequence import list_files
from engine.models.registry import spec_of
from engine.models.slot import slot
from engine.models.spec import ModelSpec
from engine.models.weights_folder import require_weights
from engine.plan import Plan, make_plan
from engine.prompts import Prompts, prompts_for
from engine.room import film_bytes, is_ample
from engine.settings import RestorationSettings
from engine.source import Source, measured_state
from engine.store import sequence_fingerprint, source_fingerprint

DEFAULT_SCALE = 4.0
"""Of a job that names neither scale nor short side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How this source becomes that film."""

    spec: ModelSpec
    settings: RestorationSettings
    placement: Placement
    plan: Plan
    scale: float
    """Scale the model runs at."""
    width: int
    """Of the output, pixels."""
    height: int
    """Of the output, pixels."""
    deep: bool
    """Frames are read with 16 bits a component."""
    encoder: Encoder
    condition: float
    state: SourceState | None
    """What the condition was measured by; None where it was chosen or plays no part."""
    """State of the source, 0 clean to 1 damaged."""
    keeps_frames: bool
    """Restored frames are kept beside the encoded segments while the film is made."""
    disk_bytes: int
    """About how much room on the disk the job needs while it works."""
    prompts: Prompts
    """What is to be seen, where the model reads text."""
    notices: tuple[Notice, ...]
    """What cannot be kept, and what was decided for the person."""
    facts: dict[str, Any]
    """Everything the encoded segments depend on, as JSON values: the key of the segment store."""

    @property
    def frame_facts(self) -> dict[str, Any]:
        """Everything the restored frames depend on: the facts without the film's encoder."""
        alpha = {"alpha": self.encoder.has_alpha}
        return {name: fact for name, fact in self.facts.items() if name != "encoder"} | alpha

    @property
    def aspect_dropped(self) -> bool:
        """True when the target cannot carry the shape of a pixel, which was told."""
        return any(notice.code == "aspect-dropped" for notice in self.notices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What is decided elsewhere when several processes make one film: it must be the same for all of them."""

    placement: Placement
    """Where the model runs; for who only plans, the kind of device."""
    weights_sha256: str
    """Of the weights that all of them have."""
    budget_bytes: int
    """Of the smallest device that takes part."""
    condition: float | None = None
    """State of the source; None: not measured yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFormat:
    """What can be decided before the source is walked through."""

    spec: ModelSpec
    scale: int
    width: int
    height: int
    encoder: Encoder


def film_format(job: Job, clip: Clip, *, runs_here: bool = True) -> FilmFormat:
    """Return model, size and encoder of the job's film.

    runs_here: the model does, so its weights must be there.

    Raises SettingsError for a size, window, tile or number of steps that the model does not take or a target that
    cannot hold the film, ModelError for an unknown model or missing weights.
    """
    spec = spec_of(job.restoration.model)
    _refuse_impossible(spec, job.restoration)
    width, height = output_size(job.restoration, clip.width, clip.height)
    scale = _native_scale(spec, max(width / clip.width, height / clip.height))
    if runs_here:
        require_weights(spec)
    try:
        encoder = on_card(choose_encoder(clip, width, height, job.export, job.target), job.export)
    except ExportError as error:
        raise SettingsError(str(error)) from error
    return FilmFormat(spec=spec, scale=scale, width=width, height=height, encoder=encoder)


def decide(job: Job, source: Source, *, rungs_down: int = 0, settled: Settled | None = None) -> Decision:
    """Return how to restore `source` as `job` asks; loads the model, unless what it would tell is settled.

    rungs_down: so much smaller than the budget allows are the weights kept, because they did not fit.
    Raises what film_format raises, SettingsError for a device that is not there, ModelError for missing
    weights, MemoryBudgetError when nothing fits.
    """
    clip, settings = source.clip, job.restoration
    film = film_format(job, clip, runs_here=settled is None)
    spec, encoder = film.spec, film.encoder
    placement = place(job.device, spec.dtypes) if settled is None else settled.placement
    cleans = spec.wants_cleaned and settings.beta > 1
    state, condition = None, 0.0
    if (spec.has_condition or cleans) and settings.condition is not None:
        condition = settings.condition
    elif settled is not None and settled.condition is not None:
        condition = settled.condition
    elif spec.has_condition or cleans:
        state = measured_state(
            source.clip, source.index, source.start, source.stop, deinterlace=source.deinterlace
        )
        condition = state.condition
    prompts = prompts_for(clip.path, settings) if spec.reads_prompt else Prompts()
    plan = make_plan(
        _here(spec.at_speed(settings.fast), placement),
        source.shots,
        width=film.width if spec.free_size else clip.width,
        height=film.height if spec.free_size else clip.height,
        budget_bytes=settings.memory_bytes or _budget(placement, settled),
        tile=settings.tile,
        window=settings.window,
    )
    plan = _with_smaller_weights(plan, spec, rungs_down)
    facts = {
        "weights": _weights(spec, placement, plan, settled),
        "settings": _json(settings),
        "source": fingerprint_of(clip),
        "range": [source.start, source.stop],
        "segments": [segment.stop for segment in plan.segments],
        "size": [film.width, film.height],
        "deinterlace": [source.deinterlace, _json(source.index.fields)],
        "condition": condition,
        "prompts": _json(prompts.parts),
        "encoder": _json(encoder),
        "placement": {"device": placement.kind, "dtype": placement.dtype},
    }
    kept_bytes = film_bytes(keeper_of_frames(encoder, film.width, film.height), len(source))
    keeps = job.export.keep_frames
    if keeps is None:
        keeps = is_ample(kept_bytes, job.target.parent)
    return Decision(
        spec=spec,
        settings=settings,
        placement=placement,
        plan=plan,
        scale=film.height / clip.height if spec.free_size else film.scale,
        width=film.width,
        height=film.height,
        deep=clip.bit_depth > 8,
        encoder=encoder,
        condition=condition,
        state=state,
        keeps_frames=keeps,
        disk_bytes=2 * film_bytes(encoder, len(source)) + (kept_bytes if keeps else 0),
        prompts=prompts,
        notices=(
            *encoder.notices,
            *losses(clip, encoder, job.export),
            *_told(plan, prompts),
            *_kept_notices(job, keeps),
        ),
        facts=facts,
    )


def _here(spec: ModelSpec, placement: Placement) -> ModelSpec:
    """The facts for a model where it runs."""
    spec = spec.in_format(placement.dtype)
    return spec.on_processor(keeps_memory=keep_freed()) if placement.kind == "cpu" else spec


def _budget(placement: Placement, settled: Settled | None) -> int:
    return memory_budget(placement.device) if settled is None else settled.budget_bytes


def _weights(spec: ModelSpec, placement: Placement, plan: Plan, settled: Settled | None) -> str:
    """What identifies the weights; the model is loaded to know it."""
    if settled is not None:
        return settled.weights_sha256
    return slot.load(spec, placement, plan.weights.name).weights_sha256


def fingerprint_of(clip: Clip) -> dict[str, object]:
    """Return what identifies the clip's file or files; raises SourceError when they are gone."""
    try:
        if clip.is_sequence:
            return sequence_fingerprint(list(list_files(clip.path).values()))
        return source_fingerprint(clip.path)
    except OSError as error:
        raise SourceError(f"{clip.path.name} can no longer be read: {error.strerror}") from error


def _with_smaller_weights(plan: Plan, spec: ModelSpec, rungs_down: int) -> Plan:
    n_rungs = len(spec.sampling.rungs) if spec.sampling is not None else 1
    if plan.rung + rungs_down >= n_rungs:
        raise MemoryBudgetError(f"there is not enough memory to load {spec.title}")
    return dataclasses.replace(plan, rung=plan.rung + rungs_down)


def _kept_notices(job: Job, keeps: bool) -> tuple[Notice, ...]:
    """What happens to the restored frames, where nobody chose it."""
    if job.export.keep_frames is not None:
        return ()
    message = (
        "the disk has ample room: restored frames are kept until the film is finished, for other export settings"
        if keeps
        else "the disk has no ample room: restored frames are not kept, other export settings need a new run"
    )
    return (Notice(code="frames-kept" if keeps else "frames-not-kept", message=message),)


def _told(plan: Plan, prompts: Prompts) -> Iterator[Notice]:
    """What was decided that a person would not guess."""
    if prompts.origin is not None:
        yield Notice(code="prompt-from-file", message=f"The prompt was read from {prompts.origin}.")
    if plan.weights.name in ("fp8", "int8"):
        yield Notice(
            code="eight-bit-weights",
            message="The model is kept in 8 bits to fit the memory: the film differs slightly from one made with "
            "more memory.",
            severity=Severity.WARNING,
        )


def output_size(settings: RestorationSettings, width: int, height: int) -> tuple[int, int]:
    """Return the output's (width, height): exact for whole scales, else rounded to even numbers."""
    if settings.short_side is not None:
        factor = settings.short_side / min(width, height)
    else:
        factor = settings.scale if settings.scale is not None else DEFAULT_SCALE
    if float(factor).is_integer():
        return width * int(factor), height * int(factor)
    return max(2 * round(width * factor / 2), 2), max(2 * round(height * factor / 2), 2)


def _refuse_impossible(spec: ModelSpec, settings: RestorationSettings) -> None:
    """Raise SettingsError where somebody chose what the model's network cannot do."""
    if settings.fast and not spec.can_be_fast:
        raise SettingsError(f"faster sampling was chosen, {spec.title} has none: leave it out")
    if settings.compiled and not spec.can_compile:
        raise SettingsError(f"compiling was chosen, {spec.title} has nothing to compile: leave it out")
    facts = spec.sampling
    if facts is None:
        return
    if settings.window is not None and facts.windows and settings.window not in facts.windows:
        possible = ", ".join(str(n_frames) for n_frames in facts.windows)
        raise SettingsError(f"the window is {settings.window} frames, {spec.title} takes {possible}")
    if settings.steps is not None and facts.most_steps is not None and settings.steps > facts.most_steps:
        raise SettingsError(
            f"there are {settings.steps} steps, {spec.title} takes at most {facts.most_steps}"
        )
    if settings.tile is not None and facts.native_tile:
        raise SettingsError(f"a tile size was chosen, {spec.title} has its own: leave it out")


def _native_scale(spec: ModelSpec, factor: float) -> int:
    scale = spec.native_scale(factor)
    if scale is None:
        raise SettingsError(
            f"the target is {factor:.3g} times the source, {spec.title} reaches at most x{spec.scales[-1]}"
        )
    return scale


def _json(value: Any) -> Any:
    """The value as JSON types, for hashing; notices are for people and do not count."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value) if field.name != "notices"]
        return {name: _json(getattr(value, name)) for name in names}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(key): _json(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return [_json(entry) for entry in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
