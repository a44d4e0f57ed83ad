"""Windows, noise and steps keep their promises without a network."""

from itertools import pairwise

import pytest
import torch

from engine.models.diffvsr.sampler import SampleSettings, calls_per_window, sample_window
from engine.models.diffvsr.sampling import (
    cut_windows,
    ddim_steps,
    interweave,
    mirrored,
    noise_source,
    start_noise,
)


@pytest.mark.parametrize("steps", [1, 2, 7, 50, 500])
def test_steps_lead_from_the_noisy_end_to_time_zero(steps: int):
    pairs = ddim_steps(steps)

    assert len(pairs) == steps
    assert all(start > stop for start, stop in pairs)
    assert [stop for _, stop in pairs[:-1]] == [start for start, _ in pairs[1:]]
    assert pairs[0][0] < 1000
    assert pairs[-1] == (1, 0)


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


def fast_settings(**others: float) -> SampleSettings:
    return SampleSettings(steps=6, guided_share=2 / 3, **others)  # type: ignore[arg-type]


def test_late_steps_of_faster_sampling_have_no_guidance():
    texts: list[float] = []

    def network(x: torch.Tensor, _t: object, _lq: object, text: torch.Tensor, _level: object) -> torch.Tensor:
        texts.append(float(text))
        return 0.1 * x

    clip = torch.randn(1, 4, 8, 4, 4, generator=torch.Generator().manual_seed(1))
    sample_window(network, clip, clip[:, :3], (torch.tensor([1.0]), torch.tensor([-1.0])), fast_settings())

    assert texts == [1.0, -1.0] * 4 + [1.0] * 2
    assert calls_per_window(fast_settings()) == len(texts)


def test_by_default_every_step_has_guidance():
    assert calls_per_window(SampleSettings()) == 100
    assert calls_per_window(fast_settings(guidance_scale=1.0)) == 6


@pytest.mark.parametrize("share", [0.0, 1.1])
def test_impossible_shares_are_refused(share: float):
    with pytest.raises(ValueError, match="guidance in"):
        SampleSettings(guided_share=share)
