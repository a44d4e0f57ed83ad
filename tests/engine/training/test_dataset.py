from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.metrics.flow import warp
from engine.training import dataset
from engine.training.dataset import BatchConfig, PoolBatches
from engine.training.losses import ExactMotion
from engine.training.pool import PoolConfig, shelf_folder

SIZE, SCALE, N_FRAMES, GT_FRAMES = 96, 4, 8, 4
STEP = np.array([[1.03, -0.05, 7.0], [0.04, 0.98, -16.0]])
"""Where a point (x, y, 1) of one frame lies in the next: it turns, grows and moves, in no two directions alike."""
BATCH = BatchConfig(size=96, crop=12, centres=3)


def waves(t: int) -> tuple[np.ndarray, np.ndarray]:
    """Frame t of a known motion, (S, S, 2) in levels, and where of it is hidden next, (S, S) bool."""
    y, x = np.mgrid[:SIZE, :SIZE].astype(float)
    back = np.linalg.inv(np.concatenate([STEP, [[0, 0, 1]]]))
    x, y, _ = np.einsum("ij,jhw->ihw", np.linalg.matrix_power(back, t), np.stack([x, y, np.ones_like(x)]))
    picture = np.stack([np.sin(x / 5 + y / 9), np.sin(y / 6 - x / 14)], -1)
    return 127.5 + 100 * picture, np.hypot(x - 20, y - 75) < 20


@pytest.fixture
def pool(tmp_path: Path) -> PoolConfig:
    """One clip; the blue of its ground truth is 255 where the next frame shows the same spot."""
    config = PoolConfig(
        folder=str(tmp_path), seed=0, n_shelves=1, clips_per_shelf=1, size=SIZE, scale=SCALE, flow=True
    )
    frames, hidden = (np.stack(part) for part in zip(*map(waves, range(N_FRAMES)), strict=True))
    pictures = np.concatenate([frames, 255.0 * ~hidden[..., None]], -1)[None].astype(np.uint8)
    lq = pictures[:, :, SCALE // 2 :: SCALE, SCALE // 2 :: SCALE]
    places = np.stack(np.meshgrid(np.arange(SIZE), np.arange(SIZE)), -1)
    flow = places @ (STEP[:, :2] - np.eye(2)).T + STEP[:, 2]
    kept = slice(config.first_gt, config.first_gt + GT_FRAMES)
    folder = shelf_folder(config, 0)
    folder.mkdir()
    np.save(folder / "gt.npy", pictures[:, kept])
    np.save(folder / "clean.npy", lq)
    np.save(folder / "real.npy", lq)
    np.save(folder / "condition.npy", np.array([[0, 1]], np.float32))
    np.save(folder / "flow.npy", np.repeat(flow[None, None], GT_FRAMES - 1, 1).astype(np.float16))
    np.save(folder / "visible.npy", ~hidden[None, kept][:, :-1])
    return config


def batch(pool: PoolConfig, *, along_flow: bool = True) -> dict[str, Tensor]:
    return PoolBatches(pool, BATCH, seed=5, first=0, stop=1, along_flow=along_flow)[0]


def motion(found: dict[str, Tensor]) -> ExactMotion:
    return ExactMotion(flow=found["flow"], visible=found["visible"], backwards=found["backwards"])


def following_error(gt: np.ndarray, flow: np.ndarray, visible: np.ndarray) -> tuple[float, float]:
    """Mean levels between a frame and the next, along the flow and not, where it is seen and stays inside.

    gt (2, 3, c, c), flow (2, c, c), visible (1, c, c).
    """
    now, after = (frame[:2].transpose(1, 2, 0).astype(np.float32) for frame in gt)
    way = np.ascontiguousarray(flow.transpose(1, 2, 0), np.float32)
    places = np.stack(np.meshgrid(*map(np.arange, visible.shape[:0:-1])), -1) + way
    seen = visible[0] & ((places >= 0) & (places <= len(now) - 1)).all(-1)
    return tuple(float(np.abs(other - now)[seen].mean()) for other in (warp(after, way), after))


def test_flow_and_pictures_stay_together_in_every_sample(pool: PoolConfig) -> None:
    found = batch(pool)
    gt = motion(found).forwards(found["gt"])
    errors = [
        following_error(gt[b, t : t + 2].numpy(), found["flow"][b, t].numpy(), found["visible"][b, t].numpy())
        for b, t in product(range(BATCH.size), range(BATCH.centres - 1))
    ]
    followed, ignored = np.array(errors).T
    assert followed.max() < 2
    assert ignored.min() > 20


def test_visibility_and_pictures_stay_together_in_every_sample(pool: PoolConfig) -> None:
    found = batch(pool)
    gt = motion(found).forwards(found["gt"])
    assert torch.equal(gt[:, :-1, 2:] == 255, found["visible"])
    assert 0.02 < (~found["visible"]).float().mean() < 0.6


def test_all_sixteen_turns_occur_in_a_batch(pool: PoolConfig) -> None:
    """Told apart by where the flow leads: at first to the right by 2 to 10 pixels and up by 12 to 18."""
    found = batch(pool)
    right, down = found["flow"].float().mean((1, 3, 4)).T
    turns = zip(right > 0, down > 0, down.abs() > right.abs(), found["backwards"], strict=True)
    assert len({tuple(map(bool, turn)) for turn in turns}) == 16


@pytest.mark.parametrize(
    ("flags", "wanted"),
    [
        ((0, 0, 0, 0), (3, -2)),
        ((1, 0, 0, 0), (-3, -2)),
        ((0, 1, 0, 0), (3, 2)),
        ((0, 0, 1, 0), (-2, 3)),
        ((1, 0, 1, 0), (-2, -3)),
        ((0, 1, 1, 0), (2, 3)),
        ((0, 0, 0, 1), (3, -2)),
        ((1, 1, 1, 1), (2, -3)),
    ],
)
def test_a_turn_leads_the_flow_where_it_leads_the_pictures(
    flags: tuple[int, ...], wanted: tuple[int, int]
) -> None:
    steady = np.broadcast_to(np.array([3, -2], np.float16)[:, None, None], (2, 2, 6, 6))
    turned = dataset._turn_motion(np.array(flags, bool), steady, np.ones((2, 1, 6, 6), bool))
    assert np.unique(turned["flow"][:, 0]).tolist() == [wanted[0]]
    assert np.unique(turned["flow"][:, 1]).tolist() == [wanted[1]]
    assert turned["backwards"] == flags[3]


def test_motion_comes_only_where_it_is_asked_for_and_changes_no_picture(pool: PoolConfig) -> None:
    plain, moving = batch(pool, along_flow=False), batch(pool)
    assert plain.keys() == {"lq", "gt", "condition"}
    assert all(torch.equal(plain[name], moving[name]) for name in plain)
