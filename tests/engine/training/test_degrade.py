from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.training import degrade
from engine.training.contact_sheet import SIDE, operations, write_contact_sheet
from engine.training.degrade import to_uint8

CLIP = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), dtype=np.uint8)


@pytest.mark.parametrize("kind", ["clean_lq", "light_lq", "real_lq"])
@pytest.mark.parametrize("seed", range(6))
def test_every_degradation_gives_lq_frames_and_a_condition(kind: str, seed: int) -> None:
    lq, condition = getattr(degrade, kind)(np.random.default_rng(seed), CLIP, 4)
    assert lq.shape == (3, 16, 16, 3)
    assert lq.dtype == np.uint8
    assert 0 <= condition <= 1


def test_the_condition_orders_the_kinds() -> None:
    kinds = (degrade.clean_lq, degrade.light_lq, degrade.real_lq)
    values = [kind(np.random.default_rng(0), CLIP, 4)[1] for kind in kinds]
    assert values == sorted(values)


def test_degradation_is_the_same_for_the_same_seed() -> None:
    first, second = (degrade.real_lq(np.random.default_rng(4), CLIP, 4)[0] for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("kind", degrade.RESIZE_KINDS)
def test_resizing_keeps_a_flat_picture(kind: str) -> None:
    flat = np.full((1, 16, 16, 3), 90, np.float32)
    assert degrade.resize(flat, 5, 7, kind) == pytest.approx(90)


def test_a_stretched_kernel_is_normalised_and_longer_along_its_angle() -> None:
    kernel = degrade.stretched_kernel(2.0, 0.5, 0.0)
    assert kernel.sum() == pytest.approx(1)
    assert kernel.sum(0).std() < kernel.sum(1).std()


def test_jpeg_of_low_quality_is_further_away() -> None:
    errors = [np.abs(degrade.jpeg(CLIP, q).astype(int) - CLIP).mean() for q in (95, 10)]
    assert errors[0] < errors[1]


def smooth_clip(n_frames: int = 4, side: int = 64) -> np.ndarray:
    """Soft stripes that move sideways by 3 pixels a frame, float32."""
    x = np.arange(side)
    rows = [128 + 60 * np.sin(2 * np.pi * (x + 3 * t) / 16) for t in range(n_frames)]
    return np.broadcast_to(np.stack(rows)[:, None, :, None], (n_frames, side, side, 3)).astype(np.float32)


@pytest.mark.parametrize("name", degrade.CODECS)
def test_every_codec_really_runs_and_worse_quality_is_worse(name: str) -> None:
    clip = np.kron(CLIP[:, ::8, ::8], np.ones((1, 8, 8, 1), np.uint8))
    _, _, best, worst = degrade.CODECS[name]
    errors = [np.abs(degrade.encoded(clip, name, q).astype(int) - clip).mean() for q in (best, worst)]
    assert 0 < errors[0] < errors[1]


@pytest.mark.parametrize(("name", "side"), [("libsvtav1", 32), ("libx265", 48)])
def test_small_pictures_do_not_go_to_encoders_that_fail_on_them(
    monkeypatch: pytest.MonkeyPatch, name: str, side: int
) -> None:
    used: list[str] = []
    monkeypatch.setattr(degrade, "CODECS", {name: (1.0, "crf", 30, 30), "libx264": (0.0, "crf", 20, 20)})
    monkeypatch.setattr(degrade, "encoded", lambda frames, codec, _: used.append(codec) or frames)
    for frames in (CLIP[:, :side, :side], np.zeros((1, 80, 80, 3), np.uint8)):
        for seed in range(8):
            degrade.codec(np.random.default_rng(seed), frames)
    assert {*used} == {"libx264", name}
    assert used == sorted(used, key=lambda codec: codec == name)  # the small ones came first


def test_a_drifting_parameter_walks_around_its_value() -> None:
    walk = degrade.drifting(np.random.default_rng(0), 2.0, 60, 3.2)
    assert walk.max() <= 3.2
    assert len(set(walk)) > 30
    assert np.exp(np.log(walk).mean()) == pytest.approx(2.0, rel=0.1)
    assert np.abs(np.diff(np.log(walk))).max() < 5 * degrade.DRIFT


def test_ringing_ripples_beside_an_edge_and_keeps_a_flat_picture() -> None:
    edge = np.zeros((1, 32, 32, 3), np.float32)
    edge[:, :, 16:] = 200
    ripples = degrade.ringing(edge, 0.6)[0, 16, :, 0]
    assert ripples.max() > 205
    assert ripples.min() < -5
    assert degrade.ringing(np.full_like(edge, 90), 0.6) == pytest.approx(90, abs=1e-3)


def test_interlacing_changes_what_moves_and_only_that() -> None:
    moving = smooth_clip()
    assert np.abs(degrade.interlaced(moving) - moving)[:-1].mean() > 0.3
    still = np.repeat(moving[:1], 4, 0)
    assert np.array_equal(degrade.interlaced(still), still)


def test_chroma_damage_leaves_the_light_alone() -> None:
    frames = CLIP.astype(np.float32)
    damaged = degrade.chroma(frames, 2.0, 1)
    weights = np.float32([0.299, 0.587, 0.114])
    assert np.abs((damaged - frames) @ weights).max() < 1
    assert np.abs(damaged - frames).mean() > 10


def test_sharpening_overshoots() -> None:
    edge = np.zeros((1, 16, 16, 3), np.float32)
    edge[:, :, 8:] = 100
    assert degrade.sharpen(edge, 1.0, 1.0).max() > 110


def test_the_contact_sheet_shows_every_operation(tmp_path: Path) -> None:
    write_contact_sheet(tmp_path / "sheet.png")
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    assert sheet.shape[1] == 6 * 196
    assert len({name.split()[0] for name in operations(1)}) >= 14
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.png"]


def test_a_stronger_place_of_an_operation_damages_more() -> None:
    clip = to_uint8(smooth_clip(5, SIDE))
    clip = np.where(np.random.default_rng(0).random(clip.shape) < 0.1, 255, clip).astype(np.uint8)
    done = {
        name: np.abs(operation(clip).astype(int) - clip).mean() for name, operation in operations(1).items()
    }
    assert done["untouched"] == 0
    for mild, strong in (("blur 0.6", "blur 3.2"), ("area / 2", "area / 4"), ("JPEG 90", "JPEG 40")):
        assert 0 < done[mild] < done[strong]
