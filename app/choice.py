"""What the panel chooses for the next job, as one value that can be undone, saved and turned into a Job."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.clip import Clip
from engine.errors import SettingsError
from engine.job import Job
from engine.presets import settings_dict, settings_from
from engine.settings import ExportSettings, Preset, RestorationSettings

SHORT_SIDES = (720, 1080, 1440, 2160)
SCALES = (2.0, 3.0, 4.0)
CONTAINERS = ("mkv", "mp4", "mov")
STANDARD_NAME = "{stem}_restored_{height}p"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The settings of the panel."""

    preset: str = ""
    """Name of the preset these settings began as, "" for none."""
    restoration: RestorationSettings = field(default_factory=lambda: RestorationSettings(short_side=1080))
    export: ExportSettings = field(default_factory=ExportSettings)
    container: str = "mkv"
    name: str = STANDARD_NAME
    """File name without suffix; {stem} {width} {height} {scale} {model} {preset} {beta} are filled in."""
    folder: str = ""
    """Where results go; "" is beside the source."""
    devices: str = ""
    """Devices that restore together, separated by commas; "" is the fastest one alone."""

    def with_preset(self, preset: Preset) -> "Choice":
        """These settings with a preset's restoration and export."""
        return replace(self, preset=preset.name, restoration=preset.restoration, export=preset.export)

    def as_preset(self, name: str) -> Preset:
        """The restoration and export settings under a name."""
        return Preset(name=name, restoration=self.restoration, export=self.export)


def suggested_short_side(clip: Clip, largest_factor: float) -> int | None:
    """The target offered for a source, or None when no size of the list is within the model's reach."""
    short = min(clip.width, clip.height)
    wanted = 1080 if short <= 576 else 1440 if short <= 720 else 2160
    reachable = [side for side in SHORT_SIDES if short < side <= min(wanted, short * largest_factor)]
    return max(reachable, default=None)


def output_size(clip: Clip, settings: RestorationSettings) -> tuple[int, int]:
    """Width and height in pixels of the result, as engine/decision.py computes them."""
    scale = output_scale(clip, settings)
    if float(scale).is_integer():
        return clip.width * int(scale), clip.height * int(scale)
    return _even(clip.width * scale), _even(clip.height * scale)


def output_scale(clip: Clip, settings: RestorationSettings) -> float:
    """Output over input size."""
    if settings.short_side is not None:
        return settings.short_side / min(clip.width, clip.height)
    return settings.scale or 4.0


def target_for(clip: Clip, choice: Choice, taken: frozenset[Path] = frozenset()) -> Path:
    """The file a job writes: never the source, never one that exists or is already queued."""
    folder = Path(choice.folder) if choice.folder else clip.path.parent
    stem = fill_name(choice.name, clip, choice)
    path = folder / f"{stem}.{choice.container}"
    number = 2
    while path.exists() or path == clip.path or path in taken:
        path = folder / f"{stem} ({number}).{choice.container}"
        number += 1
    return path


def fill_name(template: str, clip: Clip, choice: Choice) -> str:
    """A file stem from a template; raises SettingsError when it names something unknown."""
    width, height = output_size(clip, choice.restoration)
    words = {
        "stem": clip.path.stem,
        "width": width,
        "height": height,
        "scale": f"{output_scale(clip, choice.restoration):g}x",
        "model": choice.restoration.model,
        "preset": choice.preset or "custom",
        "beta": f"{choice.restoration.beta:.2f}",
    }
    try:
        filled = template.format(**words)
    except (KeyError, ValueError, IndexError, AttributeError) as error:
        raise SettingsError(f"the name {template!r} cannot be filled in: {error}") from error
    safe = "".join("_" if letter in '<>:"/\\|?*' or ord(letter) < 32 else letter for letter in filled)
    if not safe.strip(" ."):
        raise SettingsError(f"the name {template!r} leaves nothing to call the file")
    return safe.strip(" .")[:200]


def job_for(
    clip: Clip, choice: Choice, target: Path, first_frame: int = 0, stop_frame: int | None = None
) -> Job:
    """The frozen request for one clip."""
    return Job(
        source=clip.path,
        target=target,
        restoration=choice.restoration,
        export=choice.export,
        first_frame=first_frame,
        stop_frame=stop_frame,
        device=choice.devices or "auto",
    )


def choice_dict(choice: Choice) -> dict[str, Any]:
    """The choice as plain JSON values."""
    return {
        "preset": choice.preset,
        "restoration": settings_dict(choice.restoration),
        "export": settings_dict(choice.export),
        "container": choice.container,
        "name": choice.name,
        "folder": choice.folder,
        "devices": choice.devices,
    }


def choice_from(data: dict[str, Any]) -> Choice:
    """The choice from plain JSON values; raises SettingsError where they make no sense."""
    if not data:
        return Choice()
    return Choice(
        preset=str(data.get("preset", "")),
        restoration=settings_from(RestorationSettings, data.get("restoration", {}), "the last settings"),
        export=settings_from(ExportSettings, data.get("export", {}), "the last settings"),
        container=str(data.get("container", "mkv")),
        name=str(data.get("name", STANDARD_NAME)),
        folder=str(data.get("folder", "")),
        devices=str(data.get("devices", "")),
    )


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)
