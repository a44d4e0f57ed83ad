"""How fast a computer would restore film with each model: counted arithmetic over a short measurement.

An estimate before the first job, and labelled so: what a finished job took is worth more (app/estimate.py).
The measurement itself is engine/device.py's `measured`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import MemoryBudgetError
from engine.models.spec import ModelSpec
from engine.plan import make_plan

WIDTH, HEIGHT, FRAMES = 1920, 1080, 60 * 25
"""One minute of film at 25 frames a second, as it comes out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """A device as it was measured."""

    device: str
    """torch's name."""
    name: str
    """For people."""
    budget_bytes: int
    """What a model may use now."""
    formats: tuple[str, ...]
    """Two-byte number formats that it computes in by itself, best first; float32 goes everywhere."""
    flops_per_second: float
    """Measured on one convolution of the kind the models are made of; a multiply-add counts as two."""
    unused_card: str = ""
    """What to do about an NVIDIA card that this Evenstar cannot use; empty: there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOutlook:
    """What one model would take."""

    model: str
    """Its id."""
    title: str
    seconds_per_minute: float | None
    """For one minute of 1920x1080 at 25 frames a second; None: its smallest plan is larger than the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a computer is to the models."""

    device: DeviceFacts
    models: tuple[ModelOutlook, ...]


def outlook(specs: Iterable[ModelSpec], device: DeviceFacts) -> Outlook:
    """Say what each model would take on a measured device."""
    return Outlook(device=device, models=tuple(_of(spec, device) for spec in specs))


def _of(spec: ModelSpec, device: DeviceFacts) -> ModelOutlook:
    scale = 1 if spec.free_size else spec.scales[-1]
    dtype = next((dtype for dtype in spec.dtypes if dtype in device.formats), "float32")
    seconds = None
    try:
        make_plan(
            spec.in_format(dtype),
            (),
            width=WIDTH // scale,
            height=HEIGHT // scale,
            budget_bytes=device.budget_bytes,
        )
        seconds = spec.flops_per_pixel * WIDTH * HEIGHT * FRAMES / device.flops_per_second
    except MemoryBudgetError:
        pass  # said by None
    return ModelOutlook(model=spec.id, title=spec.title, seconds_per_minute=seconds)
