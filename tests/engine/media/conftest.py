from pathlib import Path

import pytest

from tests.clips import make_clip


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 frames of 96x64 H.264 at 24 fps in MP4, one group of pictures of 12 and B-frames, untagged."""
    return make_clip(tmp_path_factory.mktemp("plain") / "plain.mp4", options={"g": "12"})


@pytest.fixture(scope="session")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two languages, subtitles, a font, chapters and a title in Matroska."""
    return make_clip(tmp_path_factory.mktemp("rich") / "rich.mkv", audio="libopus", extras=True)
