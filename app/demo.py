"""The clip that comes with Evenstar."""

from importlib import resources
from pathlib import Path


def demo_clip() -> Path | None:
    """Its path, or None where it was left out."""
    path = Path(str(resources.files("resources").joinpath("demo", "clip.mp4")))
    return path if path.is_file() else None
