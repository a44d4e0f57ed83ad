from pathlib import Path

import pytest

from engine.clip import ColorTags
from tests.clips import make_clip


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 frames of 96x64 H.264 at 24 fps in MP4, one group of pictures of 12 and B-frames, untagged."""
    return make_clip(tmp_path_factory.mktemp("plain") / "plain.mp4", options={"g": "12"})


@pytest.fixture(scope="session")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two languages, subtitles, a font, chapters and a title in Matroska."""
    return make_clip(tmp_path_factory.mktemp("rich") / "rich.mkv", audio="libopus", extras=True)


@pytest.fixture(scope="session")
def hdr(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """HDR10: BT.2020, PQ, mastering display of 1000 cd/m2, content light 1000 and 400."""
    display = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
    parameters = f"hdr10=1:repeat-headers=1:master-display={display}:max-cll=1000,400"
    return make_clip(
        tmp_path_factory.mktemp("hdr") / "hdr.mp4",
        codec="libx265",
        pixel_format="yuv420p10le",
        color=ColorTags(primaries=9, transfer=16, matrix=9),
        options={"x265-params": parameters},
        n_frames=6,
    )
