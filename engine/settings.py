"""Everything a person can choose about a restoration and its export; the only place where defaults live."""

from dataclasses import dataclass, field
from enum import Enum

from engine.errors import SettingsError


class Codec(Enum):
    """Video codecs that can be written."""

    H264 = "h264"
    H265 = "h265"
    AV1 = "av1"
    PRORES = "prores"
    FFV1 = "ffv1"
    PNG = "png"
    TIFF = "tiff"


class EncodedBy(Enum):
    """What packs the film."""

    PROCESSOR = "processor"
    """x264, x265 and their like: the smallest file for a quality."""
    NVENC = "nvenc"
    """The encoder of an NVIDIA card, where one opens: sooner, for a larger file."""


class Deinterlace(Enum):
    """What is done to interlaced sources before restoration."""

    AUTO = "auto"
    """Where flags or the frames themselves say that it is interlaced."""
    OFF = "off"
    ON = "on"
    FILM = "film"
    """3:2 pulldown is undone: the film's own frames, four of five, come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorationSettings:
    """What the model shall do; with the source this decides every output pixel."""

    model: str = "compact"
    """Id in models/registry.py."""
    scale: float | None = None
    """Output size over input size, > 0; None with short_side None: x4."""
    short_side: int | None = None
    """Output short side in pixels; excludes scale."""
    beta: float = 1.0
    """Perception (0) to fidelity (2); 1 is the model as trained or published."""
    seed: int = 42
    """Of all random numbers; the same seed gives the same film."""
    steps: int | None = None
    """Solver steps of a sampling model, >= 1; None: the model's own."""
    fast: bool = False
    """Faster sampling, for models that have it: less is computed, and what it costs in quality with trained weights
    was not measured."""
    compiled: bool = False
    """Compile the network's blocks for the device first, for models that have it: minutes at the start of a process,
    so for long jobs; where it fails the network runs as usual. What it gains was not measured."""
    prompt: str | None = None
    """What is to be seen, for models that read text; None: the model's own default."""
    shot_prompts: tuple[tuple[int, str], ...] = ()
    """Prompts from a frame on, as (first frame, prompt), rising: each holds until the next one."""
    deinterlace: Deinterlace = Deinterlace.AUTO
    tone_map: bool = False
    """HDR becomes SDR (BT.709) before it is restored; SDR sources are left as they are."""
    condition: float | None = None
    """How damaged the source is, 0 clean to 1 compressed and noisy; None: measured from the source."""
    tile: int | None = None
    """Tile edge in source pixels, >= 32; None: the plan decides."""
    window: int | None = None
    """Frames restored at once, >= 1; None: the plan decides."""
    memory_bytes: int | None = None
    """Budget for the model's working memory; None: what the device has to spare."""

    def __post_init__(self) -> None:
        if self.scale is not None and self.short_side is not None:
            raise SettingsError("give either a scale or a short side, not both")
        _need(self.scale is None or 0 < self.scale <= 16, "scale", self.scale, "a number up to 16")
        _need(self.short_side is None or self.short_side >= 16, "short side", self.short_side, "at least 16")
        _need(0.0 <= self.beta <= 2.0, "beta", self.beta, "0 to 2")
        _need(0 <= self.seed < 2**63, "seed", self.seed, "0 to 2^63 - 1")
        _need(self.steps is None or self.steps >= 1, "steps", self.steps, "at least 1")
        starts = [start for start, _ in self.shot_prompts]
        _need(starts == sorted(set(starts)), "the prompts' frames", starts, "rising frame numbers")
        _need(self.condition is None or 0 <= self.condition <= 1, "condition", self.condition, "0 to 1")
        _need(self.tile is None or self.tile >= 32, "tile size", self.tile, "at least 32")
        _need(self.window is None or self.window >= 1, "window", self.window, "at least 1")
        _need(
            self.memory_bytes is None or self.memory_bytes >= 64 << 20,
            "memory",
            self.memory_bytes,
            "at least 64 MiB",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSettings:
    """How the restored film is stored; None means: decided from source and size by media/writer.py."""

    codec: Codec | None = None
    """None: H.264 for 8-bit SDR up to 1080 lines, else H.265."""
    crf: int | None = None
    """Constant rate factor of H.264, H.265 (0..51) and AV1 (0..63); None: 17, 18 (H.265) or 20 (AV1)."""
    pixel_format: str | None = None
    """FFmpeg's name, e.g. yuv420p10le; None: from codec and source depth."""
    encoder: EncodedBy = EncodedBy.PROCESSOR
    """NVENC is for H.264 and H.265; what it cannot pack the processor packs, with a notice."""
    keep_frames: bool | None = None
    """Keep the restored frames without loss beside the target, so that other export settings need no second run
    of the model. True: also when the film is finished; None: while it is made, where the disk has ample room."""
    copy_audio: bool = True
    copy_subtitles: bool = True
    copy_attachments: bool = True
    copy_chapters: bool = True
    copy_metadata: bool = True

    def __post_init__(self) -> None:
        _need(self.crf is None or 0 <= self.crf <= 63, "crf", self.crf, "0 to 63")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Settings with a name, as stored in resources/presets."""

    name: str
    restoration: RestorationSettings = field(default_factory=RestorationSettings)
    export: ExportSettings = field(default_factory=ExportSettings)


def _need(holds: bool, name: str, found: object, needed: str) -> None:
    if not holds:
        raise SettingsError(f"{name} is {found}, need {needed}")
