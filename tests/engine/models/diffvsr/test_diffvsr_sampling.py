"""Windows, noise, steps and tiles keep their promises without a network."""

from itertools import pairwise

import pytest
import torch
from torch import Tensor

from engine.models.diffvsr.sampling import (
    LATENT_SCHEDULE,
    cut_tiles,
    cut_windows,
    ddim_sample,
    ddim_times,
    frame_noise,
    interweave,
    lq_noise,
    mirrored,
    noise_source,
    noised,
    over_tiles,
    ramps,
    split_velocity,
    start_noise,
)


def test_steps_with_the_true_velocity_end_at_the_clean_latent():
    signal = LATENT_SCHEDULE.signal()
    x0 = torch.randn(1, 4, 3, 5, 5, generator=torch.Generator().manual_seed(0))
    eps = torch.randn(1, 4, 3, 5, 5, generator=torch.Generator().manual_seed(1))
    start = noised(x0, eps, signal[ddim_times(10)[0]])

    def true_v(_x: Tensor, t: int) -> Tensor:
        return signal[t].sqrt() * eps - (1 - signal[t]).sqrt() * x0

    end = ddim_sample(start, 10, true_v)

    torch.testing.assert_close(end, noised(x0, eps, signal[0]), atol=1e-4, rtol=0)


def test_splitting_a_velocity_inverts_noising():
    signal = LATENT_SCHEDULE.signal()[600]
    x0, eps = torch.randn(2, 3), torch.randn(2, 3)
    v = signal.sqrt() * eps - (1 - signal).sqrt() * x0

    found = split_velocity(noised(x0, eps, signal), v, signal)

    torch.testing.assert_close(found, (x0, eps), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("steps", [1, 2, 7, 50, 500])
def test_times_fall_from_the_noisy_end_to_one(steps: int):
    times = ddim_times(steps)

    assert len(times) == steps
    assert times[-1] == 1
    assert all(a > b for a, b in pairwise(times))
    assert times[0] < 1000


@pytest.mark.parametrize("n_frames", range(1, 42))
def test_windows_cover_a_clip_of_any_length(n_frames: int):
    windows = cut_windows(n_frames)

    assert sorted({i for a, b in windows for i in range(a, b)}) == list(range(n_frames))
    assert all(b - a <= 8 for a, b in windows)
    assert all(left[1] - right[0] == 4 for left, right in pairwise(windows))


@pytest.mark.parametrize("n_frames", [1, 5, 8, 12, 21])
def test_windows_that_agree_are_joined_without_a_trace(n_frames: int):
    whole = torch.randn(1, 2, n_frames, 3, 3)
    parts = [((a, b), whole[:, :, a:b]) for a, b in cut_windows(n_frames)]

    joined = torch.cat(list(interweave(parts)), 2)

    torch.testing.assert_close(joined, whole)


def test_frames_leave_the_join_as_soon_as_their_windows_are_there():
    taken = []

    def windows():
        for span in cut_windows(16):
            taken.append(span)
            yield span, torch.zeros(1, 1, 8, 1, 1)

    next(interweave(windows()))

    assert taken == [(0, 8), (4, 12)]


@pytest.mark.parametrize(
    ("n_frames", "order"),
    [
        (1, [0, 0, 0, 0, 0, 0, 0, 0]),
        (2, [0, 1, 0, 1, 0, 1, 0, 1]),
        (3, [0, 1, 2, 1, 0, 1, 2, 1]),
        (6, [0, 1, 2, 3, 4, 5, 4, 3]),
    ],
)
def test_short_clips_are_mirrored(n_frames: int, order: list[int]):
    assert mirrored(n_frames, 8) == order


def test_neighbours_in_a_window_never_share_noise():
    for start in range(0, 400, 4):
        assert sorted(noise_source(7, place) for place in range(start, start + 8)) == list(range(8))


def test_rescheduled_noise_is_shuffled_in_every_way():
    orders = {tuple(noise_source(seed, place) for place in range(8, 12)) for seed in range(300)}

    assert len(orders) == 24


def test_noise_belongs_to_a_frame_whatever_is_asked_with_it():
    whole = start_noise(3, 100, range(24), (4, 5, 6))
    part = start_noise(3, 100, range(12, 20), (4, 5, 6))

    assert torch.equal(whole[:, :, 12:20], part)
    assert torch.equal(lq_noise(3, 100, [4], (3, 5, 6)), lq_noise(3, 90, [14], (3, 5, 6)))


def test_noise_differs_between_seeds_purposes_and_frames():
    draws = [
        frame_noise(*key, (50,)) for key in ((1, "a", 0, 0), (2, "a", 0, 0), (1, "b", 0, 0), (1, "a", 0, 1))
    ]

    correlation = torch.corrcoef(torch.stack(draws)) - torch.eye(4)

    assert correlation.abs().max() < 0.5


@pytest.mark.parametrize("size", [20, 33, 64, 101])
@pytest.mark.parametrize("halo", [0, 2])
def test_weights_of_tiles_sum_to_one(size: int, halo: int):
    spans = cut_tiles(size, size, 20, 20, overlap=8, halo=halo).rows

    total = torch.zeros(size * 4)
    for (start, stop), weight in zip(spans, ramps(spans, halo, 4), strict=True):
        total[start * 4 : stop * 4] += weight

    torch.testing.assert_close(total, torch.ones(size * 4))


def test_the_halo_of_a_tile_has_no_weight():
    spans = cut_tiles(50, 50, 20, 20, overlap=10, halo=3).rows

    first, second = ramps(spans, 3)[:2]

    assert not first[-3:].any()
    assert not second[:3].any()


def test_a_local_function_gives_the_same_with_and_without_tiles():
    """Nine pixels of reach against a halo of four: equal to float32's rounding."""
    x = torch.randn(1, 2, 3, 41, 37)
    kernel = torch.randn(2, 2, 1, 9, 9) / 10

    def blurred(part: Tensor) -> Tensor:
        return torch.nn.functional.conv3d(part, kernel, padding=(0, 4, 4))

    tiled = over_tiles(blurred, cut_tiles(41, 37, 20, 20, overlap=10, halo=4), x)

    torch.testing.assert_close(tiled, blurred(x), atol=1e-5, rtol=1e-5)


def test_a_function_that_answers_differently_in_every_tile_leaves_no_seam():
    """Each tile subtracts its own mean, as a norm would: no step is larger than the slope of a ramp."""
    x = torch.linspace(0, 1, 64).expand(1, 1, 1, 64, 64)
    tiling = cut_tiles(64, 64, 32, 32, overlap=16)

    blended = over_tiles(lambda part: part - part.mean(), tiling, x)

    steps = (blended[..., 1:] - blended[..., :-1] - 1 / 63).abs()
    assert steps.max() < 0.5 / 16 + 1e-6


def test_tiles_that_cannot_overlap_are_refused():
    with pytest.raises(ValueError, match="cannot overlap"):
        cut_tiles(64, 64, 16, 16, overlap=8, halo=4)
