"""The graphics card's encoder: what it would be asked, when it is not, and the processor in its place."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.clip import Clip, ColorTags
from engine.media import nvenc
from engine.media.convert import FromRgb
from engine.media.encoder import Encoder, choose_encoder
from engine.media.encoders import opens
from engine.media.nvenc import encodes, on_card
from engine.settings import Codec, EncodedBy, ExportSettings
from tests.engine.media.test_encoder import CLIP, HDR, MASTERED

ASKED = ExportSettings(encoder=EncodedBy.NVENC)


def chosen(clip: Clip = CLIP, size: tuple[int, int] = (1280, 720), **export: object) -> Encoder:
    return choose_encoder(clip, *size, replace(ASKED, **export), Path("a.mkv"))  # type: ignore[arg-type]


def why(encoder: Encoder) -> str:
    [message] = [n.message for n in encoder.notices if n.code == "processor-encodes"]
    return message.removesuffix(": the processor encodes")


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> list[Encoder]:
    """A card on which every encoder opens; what was tried."""
    tried: list[Encoder] = []
    monkeypatch.setattr(nvenc, "encodes", lambda encoder: tried.append(encoder) or True)
    return tried


@pytest.mark.parametrize(
    ("clip", "size", "export", "name", "pixel_format", "cq"),
    [
        (CLIP, (1280, 720), {}, "h264_nvenc", "yuv420p", "17"),
        (CLIP, (3840, 2160), {}, "hevc_nvenc", "p010le", "18"),
        (HDR, (1280, 720), {}, "hevc_nvenc", "p010le", "18"),
        (CLIP, (1280, 720), {"crf": 23}, "h264_nvenc", "yuv420p", "23"),
        (CLIP, (1280, 720), {"crf": 0}, "h264_nvenc", "yuv420p", "1"),
    ],
)
def test_a_card_is_asked_for_the_same_film_at_constant_quality(
    card: list[Encoder],
    clip: Clip,
    size: tuple[int, int],
    export: dict[str, object],
    name: str,
    pixel_format: str,
    cq: str,
) -> None:
    software = chosen(clip, size, **export)
    found = on_card(software, ASKED)
    assert card == [found]
    assert (found.name, found.pixel_format, dict(found.options)["cq"]) == (name, pixel_format, cq)
    assert dict(found.options)["rc"] == "vbr"
    assert dict(found.options)["b"] == "0"
    assert found.color == software.color
    assert found.bit_depth == software.bit_depth
    assert found.notices == software.notices


@pytest.mark.parametrize(
    ("clip", "export", "reason"),
    [
        (CLIP, {"codec": Codec.AV1}, "NVENC packs H.264 and H.265 only"),
        (CLIP, {"codec": Codec.FFV1}, "NVENC packs H.264 and H.265 only"),
        (HDR, {"codec": Codec.H264}, "NVENC does not take yuv420p10le here"),
        (CLIP, {"pixel_format": "yuv444p"}, "NVENC does not take yuv444p here"),
        (replace(MASTERED, mastering_display=None, content_light=bytes([232, 3, 0, 0, 144, 1, 0, 0])), {},
         "NVENC would drop the HDR mastering data"),
    ],
)  # fmt: skip
def test_what_a_card_cannot_pack_as_it_is_to_be_the_processor_packs(
    card: list[Encoder], clip: Clip, export: dict[str, object], reason: str
) -> None:
    software = chosen(clip, (1280, 720), **export)
    found = on_card(software, ASKED)
    assert replace(found, notices=()) == replace(software, notices=())
    assert why(found) == reason
    assert card == []


def test_nothing_is_tried_that_nobody_asked_for(card: list[Encoder]) -> None:
    software = chosen()
    assert on_card(software, ExportSettings()) is software
    assert card == []


def test_frames_are_laid_out_for_the_card_as_the_processor_would_have_them() -> None:
    rgb = np.random.default_rng(1).integers(0, 65535, (16, 32, 3), np.uint16)
    tags = ColorTags(primaries=1, transfer=1, matrix=1, full_range=False)
    ours, card = (FromRgb(name, tags, 32, 16)(rgb, None) for name in ("yuv420p10le", "p010le"))
    luma = np.frombuffer(ours.planes[0], np.uint16).reshape(16, -1)[:, :32]
    on_card = np.frombuffer(card.planes[0], np.uint16).reshape(16, -1)[:, :32]
    assert np.array_equal(on_card >> 6, luma)
    assert (card.color_range, card.colorspace) == (ours.color_range, ours.colorspace)


@pytest.mark.skipif(opens("h264_nvenc"), reason="the card's encoder opens here")
def test_without_a_card_the_processor_packs_and_says_so() -> None:
    software = chosen()
    found = on_card(software, ASKED)
    assert found.name == "libx264"
    assert why(found) == "h264_nvenc does not open here for 1280x720"


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
def test_the_trial_knows_an_encoder_that_works(codec: Codec) -> None:
    assert encodes(chosen(CLIP, (256, 144), codec=codec))


@pytest.mark.gpu
@pytest.mark.parametrize("size", [(1280, 720), (3840, 2160)])
def test_a_real_card_packs_what_is_verified(size: tuple[int, int]) -> None:
    if not opens("h264_nvenc"):
        pytest.skip("this card has no encoder, or this FFmpeg none for it")
    assert on_card(chosen(CLIP, size), ASKED).name in nvenc.NAMES.values()
