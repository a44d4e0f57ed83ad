"""What is known about a source before its first frame is restored."""

from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from pathlib import Path


class FieldOrder(Enum):
    """How the lines of a frame lie in time."""

    PROGRESSIVE = "progressive"
    TOP_FIRST = "tff"
    BOTTOM_FIRST = "bff"


class StreamKind(Enum):
    """What a stream of a container carries."""

    VIDEO = "video"
    AUDIO = "audio"
    SUBTITLE = "subtitle"
    ATTACHMENT = "attachment"
    DATA = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColorTags:
    """How code values mean colour, as the integers of ITU-T H.273."""

    primaries: int = 2
    """ColourPrimaries; 2 is unspecified."""
    transfer: int = 2
    """TransferCharacteristics; 2 is unspecified, 16 is PQ, 18 is HLG."""
    matrix: int = 2
    """MatrixCoefficients; 0 is RGB, 1 is BT.709, 2 is unspecified, 5 and 6 are BT.601, 9 is BT.2020."""
    full_range: bool = False
    """True: luma 0..255 (8 bit); False: 16..235."""

    @property
    def is_hdr(self) -> bool:
        """True for the PQ and HLG transfer curves."""
        return self.transfer in (16, 18)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamInfo:
    """One stream of the source container."""

    index: int
    """Index in the source container."""
    kind: StreamKind
    codec: str
    """FFmpeg's short codec name, "" where the stream has none."""
    language: str | None = None
    """ISO 639 code, None when untagged."""
    title: str | None = None
    default: bool = False
    """The container's default disposition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A probed source: facts only, as declared by the container and its first decoded frame."""

    path: Path
    """The file, or the printf pattern of an image sequence (frame_%04d.png)."""
    video_index: int
    """Index of the film's stream in the container (an attached picture is never the film)."""
    codec: str
    """FFmpeg's short name of the video codec."""
    width: int
    """Pixels, after rotation, >= 1."""
    height: int
    """Pixels, after rotation, >= 1."""
    rotation: int = 0
    """Counter-clockwise degrees already accounted for in width and height: 0, 90, 180 or 270."""
    sample_aspect_ratio: Fraction = Fraction(1)
    """Width over height of one pixel, after rotation."""
    frame_rate: Fraction
    """The container's best guess, frames per second; never used to time a frame of a file that has pts."""
    time_base: Fraction
    """Seconds per pts unit."""
    duration_seconds: float | None = None
    """As declared; None when the container does not say."""
    estimated_frames: int | None = None
    """From duration and rate: for progress before the survey, never for correctness."""
    bit_depth: int = 8
    """Bits per component of the decoded pixel format."""
    pixel_format: str = "yuv420p"
    """FFmpeg's name of the decoded pixel format."""
    has_alpha: bool = False
    color: ColorTags = field(default_factory=ColorTags)
    mastering_display: bytes | None = None
    """AVMasteringDisplayMetadata as FFmpeg stores it, None when absent."""
    content_light: bytes | None = None
    """AVContentLightMetadata as FFmpeg stores it, None when absent."""
    tone_mapped: bool = False
    """Its HDR frames are handed out as SDR ones (BT.709), because a job asked for that."""
    field_order: FieldOrder = FieldOrder.PROGRESSIVE
    streams: tuple[StreamInfo, ...] = ()
    """All streams of the container, the film's included."""
    first_number: int | None = None
    """Image sequences: the number of the first file; None for containers."""
    missing_numbers: tuple[int, ...] = ()
    """Image sequences: numbers that have no file."""

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"{self.path}: a frame of {self.width}x{self.height} pixels, need at least 1x1")
        if self.frame_rate <= 0 or self.time_base <= 0:
            raise ValueError(
                f"{self.path}: rate {self.frame_rate} and time base {self.time_base} must be > 0"
            )
        if self.rotation not in (0, 90, 180, 270):
            raise ValueError(f"{self.path}: rotation {self.rotation}, need 0, 90, 180 or 270")

    @property
    def is_hdr(self) -> bool:
        """True when its frames are handed out as HDR."""
        return self.color.is_hdr and not self.tone_mapped

    @property
    def is_sequence(self) -> bool:
        """True when the source is a numbered set of image files."""
        return self.first_number is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How damaged a source is, and by what signs."""

    condition: float
    """What the network is told, in [0, 1]: 0 clean, 1 compressed to softness."""
    noise: float
    """Levels of 255 where the picture is quietest."""
    blocking: float
    """Steps on the grid of codec blocks over steps elsewhere, about 1 without blocks."""
    quantiser: float | None = None
    """On H.264's scale 0 to 51; None where the codec does not tell."""
