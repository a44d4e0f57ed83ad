"""The quantiser is what the encoder was told, for every codec whose decoder tells it."""

from pathlib import Path

import pytest

from engine.media.probe import probe
from engine.media.quantiser import measure_quantiser
from tests.clips import make_clip, make_images


@pytest.mark.parametrize("quantiser", [4, 20, 40])
def test_h264_tells_its_own(tmp_path: Path, quantiser: int) -> None:
    clip = make_clip(tmp_path / "a.mp4", options={"qp": str(quantiser)})
    assert measure_quantiser(probe(clip)) == pytest.approx(quantiser, abs=3)  # I and B frames lie beside it


@pytest.mark.parametrize("codec", ["mpeg2video", "mpeg4"])
def test_older_codecs_are_translated_to_the_same_step(tmp_path: Path, codec: str) -> None:
    def of(scale: int) -> float:
        bounds = {"qmin": str(scale), "qmax": str(scale)}
        clip = make_clip(tmp_path / f"{scale}.mkv", codec=codec, options=bounds)
        found = measure_quantiser(probe(clip))
        assert found is not None
        return found

    assert of(4) == pytest.approx(22.1, abs=0.1)
    assert of(16) == pytest.approx(34.1, abs=0.1)


def test_vp9_rises_with_its_quantiser(tmp_path: Path) -> None:
    fine, coarse = (
        measure_quantiser(
            probe(make_clip(tmp_path / f"{crf}.webm", codec="libvpx-vp9", options={"crf": crf, "b": "0"}))
        )
        for crf in ("5", "55")
    )
    assert fine is not None
    assert coarse is not None
    assert 0 < fine < coarse < 51


@pytest.mark.parametrize(("codec", "name"), [("ffv1", "a.mkv"), ("mjpeg", "a.avi")])
def test_a_codec_that_tells_nothing_gives_nothing(tmp_path: Path, codec: str, name: str) -> None:
    pixel_format = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    assert (
        measure_quantiser(probe(make_clip(tmp_path / name, codec=codec, pixel_format=pixel_format))) is None
    )


def test_numbered_pictures_have_no_quantiser(tmp_path: Path) -> None:
    assert measure_quantiser(probe(make_images(tmp_path, "f_%03d.png", range(3)))) is None


def test_a_file_that_breaks_off_is_no_error(tmp_path: Path) -> None:
    clip = probe(make_clip(tmp_path / "a.mkv", n_frames=40))
    content = clip.path.read_bytes()
    clip.path.write_bytes(content[: len(content) // 3])
    measure_quantiser(clip)
    clip.path.write_bytes(b"")
    assert measure_quantiser(clip) is None
