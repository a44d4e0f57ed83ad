"""A folder becomes jobs: which clips lie in it, where their results go, which are finished already."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import SourceError
from engine.job import Job
from engine.settings import Preset

VIDEO_SUFFIXES = (
    ".mkv", ".mp4", ".mov", ".avi", ".m4v", ".mpg", ".mpeg", ".ts", ".m2ts", ".mts", ".vob", ".webm",
    ".wmv", ".flv", ".3gp", ".dv", ".mxf", ".ogv",
)  # fmt: skip
"""Lower-case suffixes taken for clips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """One clip of a folder and its place in the mirrored tree."""

    source: Path
    target: Path
    finished: bool
    """The target exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What a walk through a folder found."""

    folder: Path
    out_folder: Path
    items: tuple[BatchItem, ...] = ()
    n_other: int = 0
    """Files that are not clips of the wanted types."""
    n_unreadable: int = 0
    """Folders that could not be read."""
    suffixes: tuple[str, ...] = field(default=VIDEO_SUFFIXES)

    @property
    def unfinished(self) -> tuple[BatchItem, ...]:
        """The clips that have no result yet."""
        return tuple(item for item in self.items if not item.finished)


def standard_out_folder(folder: Path) -> Path:
    """Where results go when nobody says otherwise: a sibling, so that nothing is mixed up."""
    return folder.with_name(f"{folder.name}_restored") if folder.name else folder / "restored"


def find_clips(
    folder: Path,
    out_folder: Path | None = None,
    *,
    recursive: bool = True,
    suffixes: Iterable[str] = VIDEO_SUFFIXES,
    container: str = "mkv",
) -> Batch:
    """The clips of a folder in a stable order, each with its target in the mirrored tree.

    Hidden files and folders, and the out folder itself, are left out. Raises SourceError when `folder` is not
    a folder. Nothing is written.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder} is not a folder")
    out_folder = out_folder or standard_out_folder(folder)
    wanted = tuple(sorted({_suffix(suffix) for suffix in suffixes}))
    walk = _Walk(out_folder.resolve())
    files = list(walk.files(folder, recursive))
    sources = sorted((path for path in files if path.suffix.lower() in wanted), key=str)
    return Batch(
        folder=folder,
        out_folder=out_folder,
        items=tuple(_items(sources, folder, out_folder, container)),
        n_other=len(files) - len(sources),
        n_unreadable=walk.n_unreadable,
        suffixes=wanted,
    )


def jobs_of(items: Iterable[BatchItem], preset: Preset, device: str = "auto") -> tuple[Job, ...]:
    """One job for each clip, all with a preset's settings."""
    return tuple(
        Job(
            source=item.source,
            target=item.target,
            restoration=preset.restoration,
            export=preset.export,
            device=device,
        )
        for item in items
    )


class _Walk:
    """Goes through folders, and counts those it may not read."""

    def __init__(self, left_out: Path) -> None:
        self._left_out = left_out
        self.n_unreadable = 0

    def files(self, folder: Path, recursive: bool) -> Iterator[Path]:
        try:
            entries = sorted(folder.iterdir())
        except OSError:
            self.n_unreadable += 1
            return
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_file():
                yield entry
            elif (
                recursive and entry.is_dir() and not entry.is_symlink() and entry.resolve() != self._left_out
            ):
                yield from self.files(entry, recursive)


def _items(sources: list[Path], folder: Path, out_folder: Path, container: str) -> Iterator[BatchItem]:
    taken: set[Path] = set()
    for source in sources:
        place = out_folder / source.relative_to(folder).parent
        target = place / f"{source.stem}.{container}"
        if target in taken:
            target = place / f"{source.name}.{container}"
        taken.add(target)
        yield BatchItem(source=source, target=target, finished=target.exists())


def _suffix(text: str) -> str:
    return f".{text.strip().lstrip('.').lower()}"
