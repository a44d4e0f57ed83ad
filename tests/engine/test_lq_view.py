from collections.abc import Iterator

import numpy as np
import pytest
import torch

from engine.lq_view import LqView
from engine.media.frames import FrameBatch


def batches(first: int, n_frames: int, size: int, dtype: type = np.uint8) -> Iterator[FrameBatch]:
    for start in range(first, first + n_frames, size):
        count = min(size, first + n_frames - start)
        pixels = np.full((count, 2, 3, 3), 0, dtype)
        pixels[...] = np.arange(start, start + count, dtype=dtype)[:, None, None, None]
        yield FrameBatch(pixels=pixels, pts=np.arange(start, start + count), first=start)


def view(first: int = 0, n_frames: int = 20, size: int = 4, dtype: type = np.uint8) -> LqView:
    return LqView(batches(first, n_frames, size, dtype), first, torch.device("cpu"))


def test_frames_are_channels_first_floats() -> None:
    lq = view()(3, 7)
    assert lq.shape == (4, 3, 2, 3)
    assert lq.dtype == torch.float32
    torch.testing.assert_close(lq[:, 0, 0, 0] * 255, torch.tensor([3.0, 4.0, 5.0, 6.0]))


def test_requests_may_overlap_backwards_to_the_last_start() -> None:
    lq = view()
    lq(2, 8)
    again = lq(4, 10)
    assert round(float(again[0, 0, 0, 0]) * 255) == 4


def test_deep_frames_use_their_whole_range() -> None:
    lq = LqView(
        iter([FrameBatch(pixels=np.full((1, 1, 1, 3), 65535, np.uint16), pts=np.array([0]), first=0)]),
        0,
        torch.device("cpu"),
    )
    assert float(lq(0, 1).max()) == 1.0


def test_a_frame_let_go_is_not_invented() -> None:
    lq = view()
    lq(6, 8)
    with pytest.raises(IndexError, match="starts at 6"):
        lq(5, 8)


def test_the_end_of_the_source_is_an_error() -> None:
    with pytest.raises(IndexError, match="ended at frame 20"):
        view()(18, 21)


def test_memory_holds_only_what_is_asked_for() -> None:
    lq = view(n_frames=200)
    for start in range(0, 190, 5):
        lq(start, start + 8)
    assert len(lq._frames) <= 8 + 4
