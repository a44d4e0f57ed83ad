from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.cancel import Cancelled, CancelToken
from engine.models.star.config import NetworkConfig
from engine.models.star.sampler import (
    Grid,
    SampleSettings,
    call_count,
    sample_latent,
    star_tiling,
    star_times,
)
from engine.sampling.beta import Slider
from engine.sampling.guidance import guide
from engine.sampling.noise import clip_noise
from engine.sampling.schedule import interpolated_cosine, noise_levels
from engine.sampling.solvers import dpm_solver_pp_2m_sde
from engine.sampling.tiles import cut_tiles
from tests.engine.models.star.test_star_network import tiny_network

TEXTS = (torch.ones(1, 1, 1), -torch.ones(1, 1, 1))


def toy(x: Tensor, t: Tensor, text: Tensor, hint: Tensor) -> Tensor:
    """Pointwise: what it predicts for a pixel depends on that pixel alone."""
    return 0.4 * x + 0.5 * hint * (1 - t.view(-1, 1, 1, 1, 1) / 1000) + 0.2 * text * x.tanh()


def convolutional(seed: int = 0) -> Callable[..., Tensor]:
    """A norm-free network that sees two pixels and two frames far."""
    torch.manual_seed(seed)
    layers = [torch.nn.Conv3d(5, 5, 3, padding=1), torch.nn.SiLU(), torch.nn.Conv3d(5, 2, 3, padding=1)]
    net = torch.nn.Sequential(*layers).requires_grad_(False)

    def velocity(x: Tensor, t: Tensor, text: Tensor, hint: Tensor) -> Tensor:
        time = torch.full_like(x[:, :1], float(t[0]) / 1000)
        return 0.3 * x - 0.5 * hint + 0.2 * text * net(torch.cat([x, hint, time], 1))

    return velocity


def hint(n_frames: int = 6, height: int = 10, width: int = 12) -> Tensor:
    return torch.randn(1, 2, n_frames, height, width, generator=torch.Generator().manual_seed(9))


def noise_for(clip: Tensor, first: int = 0) -> Callable[[str, int], Tensor]:
    shape = (clip.shape[1], *clip.shape[3:])
    return lambda purpose, step: clip_noise(42, purpose, step, first, clip.shape[2], shape)


def sample(clip: Tensor, network: Callable[..., Tensor] = toy, **settings: Any) -> Tensor:
    return sample_latent(network, clip, TEXTS, noise_for(clip), SampleSettings(**settings))


def test_fast_takes_fourteen_steps_whatever_is_asked_for():
    assert len(star_times(Grid.FAST, 15)) == len(star_times(Grid.FAST, 99)) == 14


@pytest.mark.parametrize("steps", [1, 2, 15, 50])
def test_normal_takes_the_steps_asked_for(steps: int):
    assert len(star_times(Grid.NORMAL, steps)) == steps


@pytest.mark.parametrize("grid", list(Grid))
def test_one_window_is_sampled_alike_by_both_rules(grid: Grid):
    clip = hint()
    assert torch.equal(sample(clip, grid=grid, reference=True), sample(clip, grid=grid, reference=False))


@pytest.mark.parametrize("n_frames", [33, 36, 40])
@pytest.mark.parametrize("reference", [True, False])
def test_a_few_frames_more_than_a_window_are_restored(n_frames: int, reference: bool):
    clip = hint(n_frames, 2, 4)
    assert sample(clip, reference=reference).shape == clip.shape


def test_windows_do_not_show_where_frames_do_not_interact():
    clip = hint(20, 4, 4)
    cut = sample(clip, window=8, guidance_rescale=None)
    assert torch.allclose(cut, sample(clip, guidance_rescale=None), atol=1e-5)


def test_windows_do_not_show_at_either_end_of_the_slider():
    clip = hint(12, 6, 6)
    for beta in (0.0, 2.0):
        settings = {"guidance_rescale": None, "slider": Slider(beta=beta)}
        assert torch.allclose(sample(clip, window=8, **settings), sample(clip, **settings), atol=1e-4)


def test_tile_borders_are_no_rougher_than_the_rest_on_a_network_with_norms_and_attention():
    clip = torch.randn(1, 4, 2, 18, 24, generator=torch.Generator().manual_seed(3))
    texts = tuple(torch.randn(2, 1, 5, 8, generator=torch.Generator().manual_seed(4)))
    tiling = cut_tiles(18, 24, 14, 16, overlap=8, halo=1)
    settings = SampleSettings(grid=Grid.NORMAL, steps=2, tiling=tiling)
    tiled = sample_latent(tiny_network(), clip, texts, noise_for(clip), settings)
    whole = sample_latent(tiny_network(), clip, texts, noise_for(clip), replace(settings, tiling=None))
    columns = [7, 15]  # the steps across the tiles' ends at 8 and 16
    rough, expected = (latent.diff(dim=-1)[..., columns].square().mean() for latent in (tiled, whole))
    assert rough < 1.2 * expected


@pytest.mark.parametrize(("tile_height", "tile_width"), [(50, 64), (64, 90), (90, 160), (500, 500)])
def test_tiles_are_legal_and_as_large_as_asked_for_at_most(tile_height: int, tile_width: int):
    tiling = star_tiling(138, 240, tile_height, tile_width, NetworkConfig())
    heights, widths = ({stop - start for start, stop in spans} for spans in (tiling.rows, tiling.columns))
    assert all(h % 8 == 2 and h <= max(tile_height, 2) for h in heights)
    assert all(w % 8 == 0 and w <= tile_width for w in widths)


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"window": 0}, {"window": 8, "overlap": 8}])
def test_settings_that_cannot_work_are_refused(wrong: dict[str, int]):
    with pytest.raises(ValueError, match="need at least"):
        SampleSettings(**wrong)


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 1.5, 2.0])
def test_tiles_do_not_show_with_enough_halo(beta: float):
    clip = hint(4, 22, 24)
    tiling = cut_tiles(22, 24, 14, 16, overlap=10, halo=2)
    settings = {"network": convolutional(), "slider": Slider(beta=beta)}
    assert torch.allclose(sample(clip, tiling=tiling, **settings), sample(clip, **settings), atol=2e-5)


def test_frames_keep_their_noise_when_the_segment_starts_elsewhere():
    clip = hint(8, 4, 4)
    whole = sample(clip, guidance_rescale=None)
    tail = clip[:, :, 3:]
    settings = SampleSettings(guidance_rescale=None)
    assert torch.allclose(
        sample_latent(toy, tail, TEXTS, noise_for(tail, first=3), settings), whole[:, :, 3:], atol=1e-6
    )


def without_slider(clip: Tensor) -> Tensor:
    """The published sampler of one window, written without any slider."""
    schedule, draw = interpolated_cosine(), noise_for(clip)
    levels = noise_levels(schedule, star_times(Grid.FAST, 15))

    def predict_x0(x: Tensor, step: int) -> Tensor:
        t = torch.tensor([schedule.network_t(levels[step])])
        v = guide(toy(x, t, TEXTS[0], clip), toy(x, t, TEXTS[1], clip), 7.5, 0.2)
        return schedule.x0_from_velocity(x, v, t)

    start = schedule.add_noise(clip, draw("start", 0), torch.tensor([899])) * levels[0]
    return dpm_solver_pp_2m_sde(start, levels, predict_x0, lambda step: draw("solver", step))


@pytest.mark.parametrize("reference", [True, False])
def test_beta_one_is_bit_identical_to_the_sampler_without_slider(reference: bool):
    clip = hint()
    settings = SampleSettings(reference=reference, slider=Slider(beta=1.0, cutoff=0.5))
    one = sample_latent(toy, clip, TEXTS, noise_for(clip), settings, cleaned=clip + 9)
    assert torch.equal(one, without_slider(clip))


@pytest.mark.parametrize("beta", [0.0, 0.95, 1.95])
def test_the_result_moves_a_little_when_beta_does(beta: float):
    clip = hint()
    here, there = (sample(clip, slider=Slider(beta=b)) for b in (beta, beta + 0.05))
    change = (here - there).abs().max() / here.abs().max()
    assert 0 < change < 0.1


@pytest.mark.parametrize("beta", [0.0, 2.0])
def test_both_ends_of_the_slider_are_finite(beta: float):
    assert sample(hint(), network=convolutional(), slider=Slider(beta=beta)).isfinite().all()


def test_above_one_the_result_is_drawn_to_the_cleaned_latent():
    clip = hint()
    cleaned = torch.zeros_like(clip)
    settings = SampleSettings(slider=Slider(beta=2.0, cutoff=0.25))
    drawn = sample_latent(toy, clip, TEXTS, noise_for(clip), settings, cleaned=cleaned)
    far = sample_latent(toy, clip, TEXTS, noise_for(clip), settings, cleaned=cleaned + 3)
    assert drawn.mean() < far.mean()


def test_guidance_of_one_costs_one_call_a_step():
    calls: list[int] = []

    def counted(x: Tensor, t: Tensor, text: Tensor, hint: Tensor) -> Tensor:
        calls.append(int(t))
        return toy(x, t, text, hint)

    settings = SampleSettings(guidance_scale=1.0, window=4, tiling=cut_tiles(10, 12, 6, 12, overlap=4))
    sample_latent(counted, hint(), TEXTS, noise_for(hint()), settings)
    assert len(calls) == call_count(settings, 6) == 14 * 2 * 3


def test_cancelling_ends_at_the_next_network_call():
    token, calls = CancelToken(), []

    def on_call(call: int, n_calls: int) -> None:
        token.check()
        calls.append((call, n_calls))
        if call == 2:
            token.cancel()

    with pytest.raises(Cancelled):
        sample_latent(toy, hint(), TEXTS, noise_for(hint()), SampleSettings(), on_call=on_call)
    assert calls == [(0, 28), (1, 28), (2, 28)]


def test_the_network_computes_in_the_dtype_of_its_texts():
    seen: set[torch.dtype] = set()

    def spy(x: Tensor, t: Tensor, text: Tensor, hint: Tensor) -> Tensor:
        seen.update({x.dtype, text.dtype, hint.dtype})
        return toy(x, t, text, hint)

    texts = (TEXTS[0].half(), TEXTS[1].half())
    latent = sample_latent(spy, hint(), texts, noise_for(hint()), SampleSettings())
    assert seen == {torch.float16}
    assert latent.dtype == torch.float32
