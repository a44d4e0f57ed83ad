import numpy as np

from engine.training.dead_leaves import Motion, render_clip
from engine.training.textures import texture_bank

BANK = texture_bank(np.random.default_rng(0), 64, 4)


def test_a_clip_has_the_frames_and_size_asked_for() -> None:
    clip = render_clip(np.random.default_rng(1), BANK, 3, 48)
    assert clip.shape == (3, 48, 48, 3)
    assert clip.dtype == np.uint8


def test_a_clip_is_the_same_for_the_same_seed() -> None:
    first, second = (render_clip(np.random.default_rng(1), BANK, 2, 32) for _ in range(2))
    assert np.array_equal(first, second)


def test_most_clips_move() -> None:
    clips = [render_clip(np.random.default_rng(seed), BANK, 2, 32) for seed in range(8)]
    assert sum(bool(np.abs(np.diff(clip.astype(int), axis=0)).max() > 8) for clip in clips) >= 5


def test_a_layer_moves_by_its_velocity() -> None:
    motion = Motion(
        position=np.zeros(2), velocity=np.array([2.0, -1.0]), angle=0.3, turn=0.0, zoom=1.5, growth=1.0
    )
    travelled = motion.matrix(3, 64, 48)[:, 2] - motion.matrix(0, 64, 48)[:, 2]
    assert np.allclose(travelled, [6, -3])
