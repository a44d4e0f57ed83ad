from itertools import pairwise

import pytest
import torch

from engine.sampling.windows import (
    cut_leanly,
    cut_windows,
    join_cut,
    join_faded,
    over_windows,
    published_chunks,
)


@pytest.mark.parametrize("n_frames", [1, 31, 32, 33, 40, 41, 47, 100])
@pytest.mark.parametrize("published", [True, False])
def test_windows_that_change_nothing_join_to_the_clip(n_frames: int, published: bool):
    clip = torch.arange(float(n_frames)).view(1, 1, -1, 1, 1)
    windows = published_chunks(n_frames, 32) if published else cut_windows(n_frames, 32, 8)
    joined = over_windows(lambda a, b: clip[:, :, a:b], windows, join_cut if published else join_faded)
    assert torch.allclose(joined, clip, rtol=1e-6)


@pytest.mark.parametrize("n_frames", range(33, 120))
def test_no_window_is_longer_than_asked_for(n_frames: int):
    assert max(stop - start for start, stop in cut_windows(n_frames, 32, 8)) == 32


def test_a_hard_cut_steps_where_a_fade_does_not():
    windows = published_chunks(48, 32)
    parts = [torch.zeros(1, 1, 32, 1, 1), torch.ones(1, 1, 32, 1, 1)]
    steps = {join: join(parts, windows).diff(dim=2).abs().max().item() for join in (join_cut, join_faded)}
    assert steps[join_cut] == 1.0
    assert steps[join_faded] == pytest.approx(1 / 17)


@pytest.mark.parametrize(
    ("n_frames", "expected"),
    [
        (40, [(0, 40)]),
        (41, [(0, 25), (16, 41)]),
        (72, [(0, 40), (32, 72)]),
        (104, [(0, 40), (32, 72), (64, 104)]),
    ],
)
def test_lean_windows_are_few_and_no_longer_than_their_overlap_takes(
    n_frames: int, expected: list[tuple[int, int]]
):
    assert cut_leanly(n_frames, 40, 8) == expected


@pytest.mark.parametrize("longest", [2, 5, 9, 40])
def test_lean_windows_cover_every_frame_and_never_exceed_their_length(longest: int):
    for n_frames in range(1, 200):
        overlap = min(longest // 4, 8)
        windows = cut_leanly(n_frames, longest, overlap)
        assert windows[0][0] == 0
        assert windows[-1][1] == n_frames
        assert all(stop - start <= longest for start, stop in windows)
        assert all(a[1] - b[0] >= overlap for a, b in pairwise(windows))
