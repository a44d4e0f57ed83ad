"""Facts about a model, as data: nobody writes `if model ==`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightFile:
    """One file of weights and what it must be."""

    name: str
    """File name inside the model's folder, or inside resources/weights for embedded models."""
    sha256: str | None = None
    """Lower-case hexadecimal; None for files embedded in the application."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """What the planner, the window and the command line need to know about a model."""

    id: str
    """What `--model` takes."""
    title: str
    family: str
    """Name of the folder under models/."""
    summary: str
    """One plain sentence: what it is good for."""
    licence: str
    scales: tuple[int, ...]
    """Native output scales, ascending."""
    segment_frames: int
    """Frames of a segment: what a crash can cost, and how often the encoder starts afresh."""
    window: int
    """Frames restored by one network call when memory allows."""
    context: int
    """Neighbour frames the network sees on each side of the frames it restores."""
    tile: int
    """Tile edge in lq pixels when memory allows."""
    halo: int
    """Lq pixels around a tile that the network must see for its result to be independent of the tile."""
    multiple: int = 1
    """Lq height and width must be a multiple of this; the family pads."""
    bytes_per_lq_pixel: float
    """Measured working memory of one call, per lq pixel (halo included) and frame of the window."""
    fixed_bytes: int
    """Measured working memory that does not grow with the call: weights, libraries."""
    dtypes: tuple[str, ...]
    """Number formats it tolerates, best first, by torch's names."""
    has_condition: bool = False
    """It takes the measured state of the source as an input."""
    live_beta: bool = False
    """Its beta re-blends finished heads without inference."""
    weights: tuple[WeightFile, ...] = ()

    def __post_init__(self) -> None:
        if not self.scales or min(self.scales) < 1 or list(self.scales) != sorted(self.scales):
            raise ValueError(f"{self.id}: scales {self.scales}, need ascending numbers >= 1")
        if min(self.segment_frames, self.window, self.tile, self.multiple) < 1:
            raise ValueError(f"{self.id}: segment, window, tile and multiple must be at least 1")

    def native_scale(self, factor: float) -> int | None:
        """Return the smallest native scale that reaches `factor`, or None when none does."""
        return next((scale for scale in self.scales if scale >= factor), None)
