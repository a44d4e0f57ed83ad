from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from engine.clip import Clip, ColorTags
from engine.errors import ExportError
from engine.media.encoder import choose_encoder
from engine.media.encoders import library_versions, opens, working_encoders
from engine.settings import Codec, ExportSettings

CLIP = Clip(
    path=Path("tape.mp4"),
    video_index=0,
    codec="h264",
    width=480,
    height=270,
    frame_rate=Fraction(25),
    time_base=Fraction(1, 12800),
)
HDR = replace(CLIP, bit_depth=10, color=ColorTags(primaries=9, transfer=16, matrix=9))
DEFAULT = ExportSettings()
ALPHA = replace(CLIP, has_alpha=True)
MASTERED = replace(HDR, mastering_display=bytes(88))
WIDE = replace(CLIP, sample_aspect_ratio=Fraction(64, 45))


@pytest.mark.parametrize(
    ("clip", "size", "name", "encoder", "pixel_format"),
    [
        (CLIP, (1920, 1080), "a.mkv", "libx264", "yuv420p"),
        (CLIP, (1080, 1920), "a.mp4", "libx264", "yuv420p"),
        (CLIP, (2560, 1440), "a.mkv", "libx265", "yuv420p10le"),
        (HDR, (1280, 720), "a.mov", "libx265", "yuv420p10le"),
        (replace(CLIP, bit_depth=10), (1280, 720), "a.mkv", "libx265", "yuv420p10le"),
        (CLIP, (1920, 1080), "f_%04d.png", "png", "rgb24"),
        (HDR, (1920, 1080), "f_%04d.tif", "tiff", "rgb48le"),
        (ALPHA, (64, 64), "f_%d.PNG", "png", "rgba"),
    ],
)
def test_defaults_fit_the_source(
    clip: Clip, size: tuple[int, int], name: str, encoder: str, pixel_format: str
) -> None:
    chosen = choose_encoder(clip, *size, DEFAULT, Path(name))
    assert (chosen.name, chosen.pixel_format) == (encoder, pixel_format)


@pytest.mark.parametrize(("codec", "crf"), [(Codec.H264, "17"), (Codec.H265, "18"), (Codec.AV1, "20")])
def test_usual_rate_factors(codec: Codec, crf: str) -> None:
    chosen = choose_encoder(CLIP, 1920, 1080, ExportSettings(codec=codec), Path("a.mkv"))
    assert dict(chosen.options)["crf"] == crf


@pytest.mark.parametrize(
    ("name", "export", "sentence"),
    [
        ("a.avi", DEFAULT, r"a\.avi ends in \.avi, which cannot be written; use one of \.mkv \.mp4 .*"),
        ("a", DEFAULT, r"a ends in no suffix, which cannot be written; .*"),
        ("a.png", DEFAULT, r"a\.png is one picture; a film needs numbered files such as a_%06d\.png"),
        ("a_%04d.mkv", DEFAULT, r"a_%04d\.mkv has a number pattern, which only .*"),
        ("a.mp4", ExportSettings(codec=Codec.PNG), r"a \.mp4 file cannot hold PNG; it takes H\.264, .*, AV1"),
        ("a.mp4", ExportSettings(codec=Codec.PRORES), r"a \.mp4 file cannot hold ProRes; .*"),
        ("a.mov", ExportSettings(codec=Codec.AV1), r"a \.mov file cannot hold AV1; it takes H\.264, .*"),
        ("a_%d.tiff", ExportSettings(codec=Codec.PNG), r"a \.tiff file cannot hold PNG; it takes TIFF"),
        ("a.mkv", ExportSettings(codec=Codec.H264, crf=52), r"the rate factor is 52, H\.264 takes 0 to 51"),
        ("a.mkv", ExportSettings(codec=Codec.FFV1, crf=3), r"FFV1 has no rate factor \(crf\); leave it out"),
        ("a.mkv", ExportSettings(codec=Codec.AV1, pixel_format="yuv444p"),
         r"AV1 does not take the pixel format yuv444p; it takes yuv420p, yuv420p10le"),
        ("a.mkv", ExportSettings(pixel_format="nonsense"), r"H\.264 does not take the pixel format non.*"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_refused_in_one_sentence(
    name: str, export: ExportSettings, sentence: str
) -> None:
    with pytest.raises(ExportError) as caught:
        choose_encoder(CLIP, 1920, 1080, export, Path(name))
    assert caught.match(f"^{sentence}$")


@pytest.mark.parametrize(
    ("codec", "size", "sentence"),
    [
        (Codec.H264, (16386, 64), r"H\.264 ends at 16384 pixels a side, the film has 16386x64; use H\.265"),
        (Codec.AV1, (64, 8706), r"AV1 ends at 16384x8704 pixels, the film has 64x8706"),
    ],
)
def test_sizes_no_encoder_takes_are_refused(codec: Codec, size: tuple[int, int], sentence: str) -> None:
    with pytest.raises(ExportError, match=f"^{sentence}$"):
        choose_encoder(CLIP, *size, ExportSettings(codec=codec), Path("a.mkv"))


def test_odd_sizes_are_padded_and_told() -> None:
    chosen = choose_encoder(CLIP, 321, 181, DEFAULT, Path("a.mkv"))
    assert (chosen.width, chosen.height) == (322, 182)
    assert [notice.code for notice in chosen.notices] == ["padded"]


@pytest.mark.parametrize(
    "export",
    [
        ExportSettings(pixel_format="yuv444p"),
        ExportSettings(codec=Codec.FFV1),
        ExportSettings(codec=Codec.AV1),
    ],
)
def test_odd_sizes_stay_where_the_codec_takes_them(export: ExportSettings) -> None:
    chosen = choose_encoder(CLIP, 321, 181, export, Path("a.mkv"))
    assert (chosen.width, chosen.height, chosen.notices) == (321, 181, ())


@pytest.mark.parametrize(
    ("clip", "name", "export", "codes"),
    [
        (ALPHA, "a.mkv", DEFAULT, ["alpha-dropped"]),
        (ALPHA, "a.mov", ExportSettings(codec=Codec.PRORES), []),
        (MASTERED, "a.mov", ExportSettings(codec=Codec.PRORES), ["hdr-metadata-dropped"]),
        (HDR, "a.mkv", ExportSettings(codec=Codec.H264, pixel_format="yuv420p"), ["hdr-in-8-bit"]),
        (WIDE, "a.mkv", ExportSettings(codec=Codec.FFV1), ["aspect-dropped"]),
        (WIDE, "a.mkv", DEFAULT, []),
    ],
)  # fmt: skip
def test_what_is_lost_is_told(clip: Clip, name: str, export: ExportSettings, codes: list[str]) -> None:
    chosen = choose_encoder(clip, 1920, 1080, export, Path(name))
    assert [notice.code for notice in chosen.notices] == codes


@pytest.mark.parametrize("name", ["libx264", "libx265", "libsvtav1", "prores_ks", "ffv1", "png", "tiff"])
def test_every_encoder_offered_works(name: str) -> None:
    assert opens(name)


def test_encoders_that_do_not_exist_do_not_work() -> None:
    assert not opens("no_such_encoder")
    assert not opens("aac")


def test_doctor_is_told_of_hardware_encoders_too() -> None:
    assert {"libx264", "h264_nvenc", "hevc_qsv", "av1_amf"} <= set(working_encoders())


def test_versions_name_ffmpeg() -> None:
    assert {"PyAV", "FFmpeg", "libavcodec"} <= set(library_versions())
