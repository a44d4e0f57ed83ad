import torch

from engine.sampling.noise import clip_noise, frame_noise

SHAPE = (4, 6, 8)


def test_a_frame_has_the_same_noise_in_every_segment():
    whole = clip_noise(42, "solver", 3, 100, 10, SHAPE)
    assert torch.equal(whole[:, :, 4:], clip_noise(42, "solver", 3, 104, 6, SHAPE))


def test_frames_steps_purposes_and_seeds_have_their_own_noise():
    same = frame_noise(42, "solver", 3, 7, SHAPE)
    others = [(42, "solver", 3, 8), (42, "solver", 4, 7), (42, "start", 3, 7), (43, "solver", 3, 7)]
    assert all(abs(float((same * frame_noise(*key, SHAPE)).mean())) < 0.3 for key in others)


def test_noise_is_of_unit_variance():
    noise = clip_noise(1, "start", 0, 0, 16, (4, 16, 16))
    assert abs(noise.std().item() - 1) < 0.02
    assert abs(noise.mean().item()) < 0.02


def test_drawing_leaves_the_global_generator_alone():
    torch.manual_seed(0)
    before = torch.get_rng_state()
    frame_noise(1, "start", 0, 0, SHAPE)
    assert torch.equal(torch.get_rng_state(), before)


def test_numbers_stay_the_same_for_ever():
    first = frame_noise(42, "start", 0, 0, (1, 4, 4)).flatten()[:3]
    assert torch.allclose(first, torch.tensor(EXPECTED), atol=1e-6)


EXPECTED = [-1.7064828872680664, 0.4849768579006195, 0.35841450095176697]
"""Films restored by an earlier version can be continued: these must never change."""
