"""Facts about a model, as data: nobody writes `if model ==`."""

import re
from dataclasses import dataclass

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """The terms of weights that are fetched, as the person who accepts them sees them."""

    id: str
    """SPDX identifier, or LicenseRef-... for terms that SPDX does not list."""
    title: str
    url: str
    """Where the whole text can be read."""
    summary: str
    """One plain sentence: what it allows and what it asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightFile:
    """One file of weights: what it must be and where it comes from."""

    name: str
    """File name inside the family's folder, or inside resources/weights for embedded models."""
    sha256: str | None = None
    """Lower-case hexadecimal; None: whatever the hub announces, or pinned when first imported."""
    repo: str | None = None
    """owner/name on the hub; None for files embedded in the application."""
    revision: str = "main"
    """Branch, tag or commit of the repository."""
    path: str = ""
    """Path inside the repository; empty: the same as name."""
    n_bytes: int | None = None
    """About how many, for people who decide before the hub was asked; what must hold is what the hub announces."""
    licence: Licence | None = None
    """None for embedded files."""

    def __post_init__(self) -> None:
        if not _FILE_NAME.fullmatch(self.name):
            raise ValueError(f"weight file {self.name!r}: need a plain file name")
        if self.sha256 is not None and not _SHA256.fullmatch(self.sha256):
            raise ValueError(f"{self.name}: sha256 {self.sha256!r}, need 64 lower-case hexadecimal digits")
        if self.repo is not None and (not _REPO.fullmatch(self.repo) or self.licence is None):
            raise ValueError(f"{self.name}: repository {self.repo!r}, need owner/name and a licence")

    @property
    def repo_path(self) -> str:
        """Where the file lies inside its repository."""
        return self.path or self.name


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
    """SPDX expression over all weights, e.g. "MIT AND Apache-2.0"; its acceptance precedes a download."""
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
        unnamed = {licence.id for licence in self.licences} - set(self.licence.split(" AND "))
        if unnamed:
            raise ValueError(
                f"{self.id}: licence {self.licence!r} does not name {', '.join(sorted(unnamed))}"
            )

    @property
    def licences(self) -> tuple[Licence, ...]:
        """The distinct terms of the files that are fetched, in the files' order."""
        return tuple(dict.fromkeys(file.licence for file in self.weights if file.licence is not None))

    @property
    def embedded(self) -> bool:
        """True when every file of weights comes with the application."""
        return all(file.repo is None for file in self.weights)

    def native_scale(self, factor: float) -> int | None:
        """Return the smallest native scale that reaches `factor`, or None when none does."""
        return next((scale for scale in self.scales if scale >= factor), None)
