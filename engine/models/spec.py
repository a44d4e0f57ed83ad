"""Facts about a model, as data: nobody writes `if model ==`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

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
class Rung:
    """One way to keep a network's weights while it works; a list of them goes from fastest to smallest."""

    name: Literal["resident", "fp8", "int8", "offload"]
    """resident: on the device, in the number format it computes in. fp8, int8: on the device in 8 bits, widened
    layer by layer. offload: in the computer's memory, brought to the device layer by layer."""
    n_bytes: int
    """On the device during a network call, activations excluded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VaeFacts:
    """What it takes to turn latents into frames."""

    n_bytes: int
    """Of the weights on the device."""
    window: int
    """Latent frames decoded by one call when memory allows."""
    smallest_window: int = 1
    tile: int
    """Tile edge in pixels of the result when memory allows."""
    smallest_tile: int
    """Tile edge below which borders outweigh the rest."""
    bytes_per_pixel: float
    """Measured working memory of one call, per pixel of the result and latent frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """What the planner needs to know about a family that samples."""

    rungs: tuple[Rung, ...]
    """Ways to keep the network's weights, fastest first."""
    smallest_window: int
    """Frames below which a network call has no temporal context worth having."""
    smallest_tile: int
    """Tile edge in pixels of the result below which the network does not see enough."""
    vae: VaeFacts
    steps: int
    """Network times per frame unless somebody chooses another number."""
    most_steps: int | None = None
    """More cannot be told apart by the network; None: any number can."""
    windows: tuple[int, ...] = ()
    """Frames that a network call can have, ascending; empty: any number."""
    usual_window: int | None = None
    """Frames that the network was taught with, where the spec's longer window only saves frames that are seen
    twice: memory takes that back before anything else."""
    fast_bytes_per_pixel: float | None = None
    """Instead of the spec's bytes_per_pixel with faster sampling, whose calls keep more; None: it has none."""
    shared_bytes_per_pixel: float | None = None
    """On top of it where both passes of a guided step share what comes before the text; None: they do not."""
    compiles: bool = False
    """Its network's blocks can be compiled."""
    native_tile: bool = False
    """The network sees tiles of its own size only: nobody can choose another."""

    def __post_init__(self) -> None:
        if not self.rungs or list(self.rungs) != sorted(self.rungs, key=lambda rung: -rung.n_bytes):
            raise ValueError("rungs: need at least one, the largest first")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """What the planner, the window and the command line need to know about a model.

    Work pixels are the pixels that the planner counts in: see `free_size`.
    """

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
    """Tile edge in work pixels when memory allows."""
    processor_window: int | None = None
    """Instead of `window` on a processor."""
    processor_tile: int | None = None
    """Instead of `tile` on a processor where freed memory stays with the process (allocator.keep_freed)."""
    halo: int
    """Work pixels around a tile that the network must see for its result to be independent of the tile."""
    bytes_per_pixel: float
    """Measured working memory of one call, per work pixel (halo included) and frame of the window."""
    fixed_bytes: int
    """Measured working memory that does not grow with the call: libraries, and weights unless rungs say so."""
    flops_per_pixel: float = 0.0
    """Of all its calls at its own steps, overlaps of windows and tiles included, per pixel of one restored frame at
    the largest native scale; a multiply-add counts as two. From the counted calls in BENCHMARKS.md."""
    dtypes: tuple[str, ...]
    """Number formats it tolerates, best first, by torch's names."""
    has_condition: bool = False
    """It takes the measured state of the source as an input."""
    live_beta: bool = False
    """Its beta re-blends finished heads without inference."""
    free_size: bool = False
    """It restores at the output's size, any up to the largest scale: work pixels are output pixels. False: at a
    native scale, and work pixels are lq pixels."""
    carries: bool = False
    """A segment hands frames and colours on to the next one of its shot."""
    reads_prompt: bool = False
    wants_cleaned: bool = False
    """Above beta 1 it is drawn to what the embedded model makes of the source."""
    sampling: Sampling | None = None
    """None in families that answer in one call."""
    sizes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)
    """Sizes of networks that differ from the family's own, by network."""
    custom: bool = False
    """Made or brought by the user: its weights lie in the weights folder and come from nowhere."""
    weights: tuple[WeightFile, ...] = ()

    def __post_init__(self) -> None:
        if not self.scales or min(self.scales) < 1 or list(self.scales) != sorted(self.scales):
            raise ValueError(f"{self.id}: scales {self.scales}, need ascending numbers >= 1")
        if min(self.segment_frames, self.window, self.tile) < 1:
            raise ValueError(f"{self.id}: segment, window and tile must be at least 1")
        unnamed = {licence.id for licence in self.licences} - set(self.licence.split(" AND "))
        if unnamed:
            raise ValueError(
                f"{self.id}: licence {self.licence!r} does not name {', '.join(sorted(unnamed))}"
            )

    @property
    def most_bytes(self) -> int:
        """Announced working memory of the largest plan."""
        devices = (self, self.on_processor(keeps_memory=True))
        n_pixels = max(spec.window * (spec.tile + 2 * spec.halo) ** 2 for spec in devices)
        n_bytes = self.fixed_bytes + self.bytes_per_pixel * n_pixels
        if self.sampling is not None:
            n_bytes += self.sampling.rungs[0].n_bytes + self.sampling.vae.n_bytes
        return int(n_bytes)

    def in_format(self, dtype: str) -> "ModelSpec":
        """The facts for a network that computes in `dtype`: those of families that sample are for 2-byte formats."""
        if self.sampling is None or dtype != "float32":
            return self
        rungs = tuple(replace(rung, n_bytes=_widened(rung)) for rung in self.sampling.rungs)
        vae = self.sampling.vae
        vae = replace(vae, n_bytes=2 * vae.n_bytes, bytes_per_pixel=2 * vae.bytes_per_pixel)
        shared = self.sampling.shared_bytes_per_pixel
        sampling = replace(self.sampling, rungs=rungs, vae=vae, shared_bytes_per_pixel=shared and 2 * shared)
        return replace(self, sampling=sampling, bytes_per_pixel=2 * self.bytes_per_pixel)

    def on_processor(self, *, keeps_memory: bool) -> "ModelSpec":
        """The facts for a processor; keeps_memory: freed memory stays with the process (allocator.keep_freed)."""
        tile = self.processor_tile if keeps_memory else None
        return replace(self, tile=tile or self.tile, window=self.processor_window or self.window)

    def at_speed(self, fast: bool) -> "ModelSpec":
        """The facts for faster sampling, or as they are; to be asked before in_format."""
        if not fast or self.sampling is None or self.sampling.fast_bytes_per_pixel is None:
            return self
        return replace(self, bytes_per_pixel=self.sampling.fast_bytes_per_pixel)

    @property
    def can_be_fast(self) -> bool:
        """True when it has faster sampling."""
        return self.sampling is not None and self.sampling.fast_bytes_per_pixel is not None

    @property
    def can_compile(self) -> bool:
        """True when its network's blocks can be compiled."""
        return self.sampling is not None and self.sampling.compiles

    def sizes_of(self, network: str) -> dict[str, Any]:
        """The sizes of a network that differ, as its config class takes them: JSON has lists where it has tuples."""
        sizes = self.sizes.get(network, {})
        return {name: tuple(value) if isinstance(value, list) else value for name, value in sizes.items()}

    @property
    def licences(self) -> tuple[Licence, ...]:
        """The distinct terms of the files that are fetched, in the files' order."""
        return tuple(dict.fromkeys(file.licence for file in self.weights if file.licence is not None))

    @property
    def embedded(self) -> bool:
        """True when every file of weights comes with the application."""
        return not self.custom and all(file.repo is None for file in self.weights)

    def native_scale(self, factor: float) -> int | None:
        """Return the smallest native scale that reaches `factor`, or None when none does."""
        return next((scale for scale in self.scales if scale >= factor), None)


def _widened(rung: Rung) -> int:
    """8-bit weights stay 8-bit weights."""
    return rung.n_bytes if rung.name in ("fp8", "int8") else 2 * rung.n_bytes
