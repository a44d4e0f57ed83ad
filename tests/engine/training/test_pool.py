from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import SettingsError
from engine.training import degrade
from engine.training.dead_leaves import render_scene
from engine.training.pool import PoolConfig, fill_pool, render_shelf
from engine.training.textures import texture_bank

PLAIN = PoolConfig(
    folder="unused",
    seed=1,
    n_shelves=1,
    clips_per_shelf=4,
    n_frames=6,
    gt_frames=4,
    size=64,
    textures=3,
    texture_size=64,
)


@pytest.fixture(autouse=True)
def without_codecs(monkeypatch: pytest.MonkeyPatch) -> None:
    """x265 gives pictures as small as these back a little different every time."""
    monkeypatch.setattr(degrade, "encode_decode", lambda frames, *_: frames)


def test_motion_is_added_and_changes_no_other_array() -> None:
    plain, moving = render_shelf(PLAIN, 0), render_shelf(replace(PLAIN, flow=True), 0)
    assert moving.keys() - plain.keys() == {"flow", "visible"}
    assert plain.keys() == {"gt", "clean", "real", "condition"}
    assert all(np.array_equal(plain[name], moving[name]) for name in plain)
    assert (moving["flow"].shape, moving["flow"].dtype) == ((4, 3, 64, 64, 2), np.float16)
    assert (moving["visible"].shape, moving["visible"].dtype) == ((4, 3, 64, 64), np.bool_)


def test_the_motion_is_that_of_the_frames_with_ground_truth() -> None:
    """Clip 0 rendered once more by itself: frames 1 to 4 of 6 are kept."""
    rng, shelf = np.random.default_rng((1, 0)), render_shelf(replace(PLAIN, flow=True), 0)
    bank = texture_bank(rng, PLAIN.texture_size, PLAIN.textures)
    scene = render_scene(np.random.default_rng((1, 0, 0)), bank, 6, 64)
    assert np.array_equal(shelf["gt"][0], scene.frames[1:5])
    assert np.array_equal(shelf["visible"][0], scene.visible[1:4])
    assert np.array_equal(shelf["flow"][0], scene.flow[1:4].astype(np.float16))


def test_a_pool_without_flow_is_not_taken_for_one_with_it(tmp_path: Path) -> None:
    config = replace(PLAIN, folder=str(tmp_path), flow=True)
    (tmp_path / "shelf_0000").mkdir()
    (tmp_path / "shelf_0000" / "gt.npy").write_bytes(b"as it was")
    with pytest.raises(SettingsError, match="rendered without flow; flow = true needs another folder"):
        next(fill_pool(config))
    assert [path.name for path in tmp_path.rglob("*.npy")] == ["gt.npy"]
    assert next(fill_pool(replace(config, flow=False))) == 1
