import numpy as np

from engine.metrics.flow import Flow, flows, warp
from engine.metrics.temporal import warping_errors
from engine.training import dead_leaves
from engine.training.dead_leaves import Motion, Scene, render_clip, render_scene
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


def shots(count: int, n_frames: int = 3, size: int = 64) -> list[Scene]:
    scenes = (render_scene(np.random.default_rng(seed), BANK, n_frames, size) for seed in range(count))
    return [scene for scene in scenes if scene.visible.any()]


def test_the_exact_flow_fetches_the_next_frame_back() -> None:
    """The rest is light that stays with the screen, motion blur and interpolation."""
    errors = []
    for scene in shots(12):
        for t in range(2):
            visible = scene.visible[t]
            moved = warp(scene.frames[t + 1], scene.flow[t])
            now = scene.frames[t].astype(np.float32)
            errors.append(
                [np.abs(f - now)[visible].mean() for f in (moved, scene.frames[t + 1].astype(np.float32))]
            )
    followed, ignored = np.mean(errors, 0)
    assert followed < 0.35 * ignored


def test_the_warping_error_along_the_exact_flow_is_below_that_along_the_estimated_one() -> None:
    """The metric on clips whose flow is known: the estimate comes near it and does not beat it by much."""
    exact, estimated = [], []
    for scene in shots(12):
        known = [Flow(forward=f, valid=v) for f, v in zip(scene.flow, scene.visible, strict=True)]
        found = [
            Flow(forward=e.forward, valid=e.valid & k.valid)
            for e, k in zip(flows(scene.frames), known, strict=True)
        ]
        shared = [Flow(forward=k.forward, valid=f.valid) for k, f in zip(known, found, strict=True)]
        exact += warping_errors(scene.frames, shared)
        estimated += warping_errors(scene.frames, found)
    assert np.mean(exact) < 1.5 * np.mean(estimated)


def test_what_a_sprite_covers_next_is_not_visible() -> None:
    covered = [1 - scene.visible.mean() for scene in shots(12)]
    assert 0 < np.mean(covered) < 0.4


def test_nothing_is_visible_across_a_cut() -> None:
    first, second = (render_scene(np.random.default_rng(seed), BANK, 4, 32) for seed in (3, 5))
    joined = dead_leaves._cut(first, second, 2)
    assert np.array_equal(joined.frames[:2], first.frames[:2])
    assert np.array_equal(joined.frames[2:], second.frames[2:])
    assert not joined.visible[1].any()
    assert np.array_equal(joined.visible[[0, 2]], [first.visible[0], second.visible[2]])


def test_a_fade_changes_the_light_steadily() -> None:
    means = dead_leaves._faded(np.random.default_rng(1), np.full((5, 8, 8, 3), 128, np.uint8)).mean(
        axis=(1, 2, 3)
    )
    steps = np.diff(means)
    assert np.abs(steps).min() > 2
    assert (np.sign(steps) == np.sign(steps[0])).all()


def test_depth_of_field_leaves_one_layer_sharp() -> None:
    layers = [dead_leaves._background(np.random.default_rng(0), BANK) for _ in range(4)]
    focused = next(
        found
        for seed in range(20)
        if (found := dead_leaves._focused(np.random.default_rng(seed), layers)) is not layers
    )
    assert sum(layer.defocus == 0 for layer in focused) == 1
