from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from engine.cancel import Cancelled
from engine.models.star_cogvideox.stream import (
    Carry,
    Models,
    Shot,
    StreamSettings,
    cut_windows,
    restore_frames,
    window_calls,
)
from engine.models.star_cogvideox.vae import build_vae
from tests.engine.models.star_cogvideox.tiny import VAE, VARIANT, tiny_network

SETTINGS = StreamSettings(height=32, width=48, steps=2, window=9)
SHOT = Shot(start=100, stop=119)


@pytest.fixture(scope="module")
def models() -> Models:
    torch.manual_seed(0)
    vae = build_vae(VAE).eval().requires_grad_(False)
    text = torch.randn(1, 5, 8, generator=torch.Generator().manual_seed(2))
    return Models(network=tiny_network().velocity, vae=vae, text=text, variant=VARIANT)


def film(shift: float = 0.0) -> Callable[[int, int], Tensor]:
    """A seeded frame for every index, 16 x 24; refuses to go back, as the engine's stream does."""
    earliest = [0]

    def read(start: int, stop: int) -> Tensor:
        assert start >= earliest[0], "frames before the last call's earliest are gone"
        assert SHOT.start <= start < stop <= 10_000
        earliest[0] = start
        frames = [
            torch.rand(3, 16, 24, generator=torch.Generator().manual_seed(i)) for i in range(start, stop)
        ]
        return (0.5 * torch.stack(frames) + shift).clamp(0, 1)

    return read


def restore(models: Models, settings: StreamSettings = SETTINGS, shot: Shot = SHOT, **given) -> Tensor:
    part = {"start": shot.start, "stop": shot.stop, "read_lq": film()} | given
    read_lq = part.pop("read_lq")
    return torch.cat(list(restore_frames(models, read_lq, shot, settings, **part)))


@pytest.fixture(scope="module")
def whole(models: Models) -> Tensor:
    return restore(models)


@pytest.mark.parametrize("window", [9, 17, 25, 49])
@pytest.mark.parametrize("n_frames", [1, 2, 5, 8, 9, 10, 24, 25, 26, 27, 30, 49, 50, 121, 1440])
def test_windows_cover_the_shot_overlap_and_lie_on_the_grid_of_its_latents(n_frames: int, window: int):
    shot = Shot(start=7, stop=7 + n_frames)
    windows = cut_windows(shot, window)
    assert windows[0][0] == shot.start
    assert shot.stop <= windows[-1][1] <= max(shot.stop + 3, shot.start + window)
    assert all(stop - start == window and (start - shot.start) % 4 == 0 for start, stop in windows)
    least = min(9, window - 4)
    assert all(b[0] > a[0] and a[1] - b[0] >= least for a, b in pairwise(windows))


def test_a_minute_of_film_takes_the_windows_that_the_planner_counts_with():
    assert len(cut_windows(Shot(start=0, stop=1440))) == 90


def test_frames_come_out_as_many_as_went_in_in_the_size_asked_for(whole: Tensor):
    assert whole.shape == (19, 3, 32, 48)
    assert whole.dtype == torch.float32
    assert whole.min() >= 0
    assert whole.max() <= 1


@pytest.mark.parametrize("size", [(64, 96), (35, 25), (8, 8), (33, 100)])
def test_any_output_size_is_restored(models: Models, size: tuple[int, int]):
    settings = replace(SETTINGS, height=size[0], width=size[1], steps=1)
    assert restore(models, settings, Shot(start=100, stop=102)).shape == (2, 3, *size)


@pytest.mark.parametrize("n_frames", [1, 4, 8])
def test_a_shot_shorter_than_a_window_is_restored(models: Models, n_frames: int):
    shot = Shot(start=100, stop=100 + n_frames)
    assert restore(models, shot=shot).shape[0] == n_frames


@pytest.mark.parametrize(("start", "stop"), [(100, 105), (103, 119), (107, 108), (110, 119)])
def test_any_part_has_the_pixels_that_it_has_in_the_whole(
    models: Models, whole: Tensor, start: int, stop: int
):
    part = restore(models, start=start, stop=stop)
    assert torch.equal(part, whole[start - 100 : stop - 100])


def test_the_next_segment_does_not_sample_again_what_is_carried(models: Models, whole: Tensor):
    kept: list[Carry] = [{}]
    read, calls, parts = film(), [], []
    for start, stop in ((100, 106), (106, 113), (113, 119)):
        given = {"start": start, "stop": stop, "carry": kept[-1], "keep": kept.append, "read_lq": read}
        parts.append(restore(models, **given, on_call=lambda call, n: calls.append((call, n))))
    assert torch.equal(torch.cat(parts), whole)
    assert len(calls) == len(cut_windows(SHOT, 9)) * window_calls(SETTINGS, VARIANT)


def test_what_is_kept_is_kept_before_the_last_frames(models: Models):
    said: list[str] = []
    given = {"start": 100, "stop": 113, "keep": lambda carry: said.append(f"kept {sorted(carry)}")}
    for frames in restore_frames(models, film(), SHOT, SETTINGS, **given):
        said.append(f"{len(frames)} frames")
    assert said == ["4 frames", "4 frames", "4 frames", "kept [108, 112]", "1 frames"]


def test_calls_are_counted_over_the_whole_request(models: Models):
    calls: list[tuple[int, int]] = []
    restore(models, on_call=lambda call, n: calls.append((call, n)))
    assert [call for call, _ in calls] == list(range(len(calls)))
    assert {n for _, n in calls} == {len(calls)}


def test_where_windows_overlap_they_start_from_the_same_noise(models: Models):
    starts: list[Tensor] = []

    def spy(x: Tensor, t: Tensor, text: Tensor, lq: Tensor) -> Tensor:
        if t[0] == 999:
            starts.append(x)
        return torch.zeros_like(x)

    restore(replace(models, network=spy), stop=106)
    first, second = starts[0], starts[2]
    assert torch.equal(first[:, 1:], second[:, :2])


def test_another_seed_gives_another_film(models: Models, whole: Tensor):
    assert not torch.equal(restore(models, replace(SETTINGS, seed=43)), whole)


def test_tiles_do_not_show_where_pixels_do_not_interact(models: Models):
    pointwise = replace(
        models, network=lambda x, t, text, lq: 0.4 * x + 0.5 * lq * t.view(-1, 1, 1, 1, 1) / 999
    )
    large = replace(SETTINGS, height=64, width=112)
    narrow = replace(VARIANT.transformer, height=8, width=14)
    one_tile = replace(pointwise, variant=replace(VARIANT, transformer=narrow))
    shot = Shot(start=100, stop=102)
    tiled = restore(pointwise, large, shot)
    assert window_calls(large, VARIANT) > window_calls(large, one_tile.variant) == 4
    assert torch.allclose(tiled, restore(one_tile, large, shot), atol=1e-4)


def test_small_memory_is_an_approximation_of_the_same_film(models: Models, whole: Tensor):
    small = restore(models, replace(SETTINGS, chunked=True, vae_tile=(4, 3)))
    assert small.shape == whole.shape
    assert 0 < (small - whole).abs().mean() < 0.1


def test_colours_follow_the_source(models: Models):
    restored, source = restore(models, stop=109), film()(100, 109)
    assert torch.allclose(restored.mean((0, 2, 3)), source.mean((0, 2, 3)), atol=0.02)


def test_beta_moves_the_film_and_a_cleaned_source_has_a_say_above_one_only(models: Models):
    shot = Shot(start=100, stop=105)

    def result(beta: float, cleaned: bool) -> Tensor:
        given = {"read_cleaned": film(0.3)} if cleaned else {}
        return restore(models, replace(SETTINGS, beta=beta), shot, **given)

    assert not torch.equal(result(0.5, False), result(1.0, False))
    assert not torch.equal(result(2.0, True), result(2.0, False))
    assert torch.equal(result(1.0, True), result(1.0, False))
    assert torch.equal(result(0.5, True), result(0.5, False))


def test_cancelling_ends_at_the_next_network_call(models: Models):
    seen: list[int] = []

    def stop_at_five(call: int, _n: int) -> None:
        seen.append(call)
        if call == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        restore(models, on_call=stop_at_five)
    assert seen == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("window", [1, 8, 13, 24])
def test_windows_that_the_decoder_does_not_take_are_refused(window: int):
    with pytest.raises(ValueError, match="need 9, 17, 25"):
        replace(SETTINGS, window=window)
