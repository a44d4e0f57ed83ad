"""Names of files that nobody named."""

from pathlib import Path


def default_target(source: Path, height: int) -> Path:
    """A free name beside the source: "{stem}_restored_{height}p.mkv", then the same with " (2)", " (3)" ...

    The printf number of an image sequence's pattern is left out of the stem.
    """
    stem = source.stem
    if "%" in stem:
        stem = stem[: stem.index("%")].rstrip("_-. ") or source.parent.name or "sequence"
    first = source.with_name(f"{stem}_restored_{height}p.mkv")
    candidate, n = first, 2
    while candidate.exists():
        candidate = first.with_name(f"{first.stem} ({n}){first.suffix}")
        n += 1
    return candidate
