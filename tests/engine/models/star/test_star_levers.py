"""What faster sampling leaves out, lever by lever, on a tiny network; the default takes none of them."""

from typing import Any

import pytest
import torch
from torch import Tensor

from engine.models.star.control import ControlledUNet
from engine.models.star.sampler import (
    FAST_LEVERS,
    Grid,
    Levers,
    SampleSettings,
    call_count,
    sample_latent,
)
from engine.models.star.unet import Reuse
from engine.sampling.noise import clip_noise
from engine.sampling.precision import Guarded
from engine.sampling.tiles import cut_tiles
from tests.engine.models.star.test_star_network import inputs, tiny_network

PROMPT, NEGATIVE = torch.randn(2, 1, 5, 8, generator=torch.Generator().manual_seed(4))


class Counted:
    """The tiny network, and how it was called."""

    def __init__(self) -> None:
        self.network = tiny_network()
        self.calls: list[tuple[bool, bool]] = []
        """Of each call: whether control features, and whether the deep half, came from another one."""

    def __call__(self, *tensors: Tensor, reuse: Reuse | None = None) -> Tensor:
        self.calls.append(
            (reuse is not None and reuse.control is not None, bool(reuse and reuse.deep is not None))
        )
        return self.network(*tensors, reuse)


def sample(
    network: Any, levers: Levers, texts: tuple[Tensor, Tensor] = (PROMPT, NEGATIVE), **settings: Any
) -> Tensor:
    clip = torch.randn(1, 4, 4, 10, 8, generator=torch.Generator().manual_seed(3))
    draw = lambda purpose, step: clip_noise(42, purpose, step, 0, 4, (4, 10, 8))  # noqa: E731
    chosen = SampleSettings(levers=levers, **({"grid": Grid.NORMAL, "steps": 4} | settings))
    return sample_latent(network, clip, texts, draw, chosen)


def test_by_default_no_call_takes_anything_from_another():
    network = Counted()
    sample(network, Levers())
    assert network.calls == [(False, False)] * 8


def test_shared_control_is_exact_where_both_texts_are_the_same():
    network = tiny_network()
    shared, apart = (sample(network, Levers(shared_control=on), (PROMPT, PROMPT)) for on in (True, False))
    assert torch.equal(shared, apart)


def test_shared_control_differs_where_the_texts_do():
    network = tiny_network()
    assert not torch.equal(sample(network, Levers(shared_control=True)), sample(network, Levers()))


def test_every_second_call_of_a_step_takes_the_control():
    network = Counted()
    sample(network, Levers(shared_control=True), steps=2)
    assert network.calls == [(False, False), (True, False)] * 2


def test_late_steps_have_no_guidance():
    network = Counted()
    levers = Levers(guided_share=0.5)
    sample(network, levers)
    settings = SampleSettings(grid=Grid.NORMAL, steps=4, levers=levers)
    assert len(network.calls) == call_count(settings, 4) == 6


def test_the_deep_half_is_computed_at_every_second_step():
    network = Counted()
    sample(network, Levers(deep_every=2))
    assert [deep for _, deep in network.calls] == [False, False, True, True] * 2


def test_what_was_left_gives_the_same_answer_to_the_same_question():
    network, (x, t, text, hint) = tiny_network(), inputs()
    left = Reuse(keeps_control=True, keeps_deep=True)
    whole = network(x, t, text, hint, left)
    assert torch.equal(whole, network(x, t, text, hint))
    taken = Reuse(deep=left.left_deep)
    assert torch.allclose(network(x, t, text, hint, taken), whole, atol=1e-5)
    both = Reuse(deep=left.left_deep, control=(left.left_control or [])[: network.shallow_blocks])
    assert torch.allclose(network(x, t, text, hint, both), whole, atol=1e-5)


def test_levels_below_the_first_are_not_run_again():
    network, (x, t, text, hint) = tiny_network(), inputs()
    left = Reuse(keeps_deep=True)
    network(x, t, text, hint, left)
    for module in (network.middle_block, network.VideoControlNet.middle_block, network.input_blocks[2]):
        module.register_forward_pre_hook(lambda *_: pytest.fail("a deep block was run"))
    network(x, t, text, hint, Reuse(deep=left.left_deep))


@pytest.mark.parametrize(
    "levers", [FAST_LEVERS, Levers(shared_control=True), Levers(deep_every=2), Levers(guided_share=0.5)]
)
def test_the_deep_half_of_a_place_comes_from_the_same_place(levers: Levers):
    """Of frames and tiles that all look alike, windows and tiles make what the whole makes."""
    network = Pointwise()
    cut = {"window": 2, "overlap": 1, "tiling": cut_tiles(10, 8, 6, 8, overlap=4)}
    tiled, whole = (
        sample(network, levers, **cut, guidance_rescale=None),
        sample(network, levers, guidance_rescale=None),
    )
    assert torch.allclose(tiled, whole, atol=1e-5)


class Pointwise:
    """Every sample's answer depends on that sample alone, now and at the step that left its deep half."""

    def __call__(
        self, x: Tensor, t: Tensor, text: Tensor, hint: Tensor, reuse: Reuse | None = None
    ) -> Tensor:
        reuse = reuse or Reuse()
        control = reuse.control[0] if reuse.control is not None else hint * text.mean()
        deep = reuse.deep if reuse.deep is not None else x.tanh() + text.mean()
        reuse.left_control = [control] if reuse.keeps_control else None
        reuse.left_deep = deep if reuse.keeps_deep else None
        return 0.4 * x + 0.3 * control + 0.2 * deep


def test_an_overflow_is_repeated_in_full_precision_with_what_is_reused():
    network, (x, t, text, hint) = tiny_network().half(), inputs()
    left = Reuse(keeps_control=True, keeps_deep=True)
    network.float()(x, t, text, hint, left)
    spoilt = Overflowing(network.half())
    guarded = Guarded(spoilt, torch.float16, resident=True)
    reuse = Reuse(control=left.left_control, deep=None, keeps_deep=True)
    answer = guarded(x.half(), t, text.half(), hint.half(), reuse=reuse)
    assert answer.dtype == torch.float32
    assert reuse.left_deep is not None
    assert reuse.left_deep.dtype == torch.float32


class Overflowing(torch.nn.Module):
    """Not finite in half precision."""

    def __init__(self, network: ControlledUNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, *tensors: Tensor, reuse: Reuse) -> Tensor:
        answer = self.network(*tensors, reuse)
        return answer if answer.dtype is torch.float32 else answer * torch.inf


def test_the_published_procedure_takes_no_levers():
    with pytest.raises(ValueError, match="no levers"):
        SampleSettings(reference=True, levers=FAST_LEVERS)


@pytest.mark.parametrize("wrong", [{"guided_share": 0.0}, {"guided_share": 1.1}, {"deep_every": 0}])
def test_levers_that_cannot_work_are_refused(wrong: dict[str, Any]):
    with pytest.raises(ValueError, match="need a share"):
        Levers(**wrong)


def test_the_fast_mode_takes_the_fewest_calls():
    assert call_count(SampleSettings(), 32) == 28
    assert call_count(SampleSettings(grid=Grid.SHORT, levers=FAST_LEVERS), 32) == 13


ROWS = {
    "full": (Grid.FAST, Levers()),
    "control shared": (Grid.FAST, Levers(shared_control=True)),
    "guidance off in the last third": (Grid.FAST, Levers(guided_share=2 / 3)),
    "deep half at every second step": (Grid.FAST, Levers(deep_every=2)),
    "eight evaluations": (Grid.SHORT, Levers()),
    "all four: --fast": (Grid.SHORT, FAST_LEVERS),
}


def test_what_each_lever_costs_on_a_tiny_random_network():
    """The table of BENCHMARKS.md, "STAR, faster sampling": run with -s."""
    results: dict[str, Tensor] = {}
    for name, (grid, levers) in ROWS.items():
        counted = Counted()
        results[name] = sample(counted, levers, grid=grid)
        error = (results[name] - results["full"]).square().mean()
        decibel = 10 * torch.log10(results["full"].square().mean() / error.clamp(min=1e-20))
        shared, reused = (sum(call[i] for call in counted.calls) for i in range(2))
        print(f"{name}: {len(counted.calls)} calls, {shared} {reused}, {decibel:.1f} dB")  # noqa: T201
        assert name == "full" or 0 < decibel < 60


@pytest.mark.parametrize("levers", [Levers(), FAST_LEVERS])
def test_what_comes_before_the_text_is_computed_once_and_changes_nothing(levers: Levers):
    network = tiny_network()
    apart = sample(network, levers)
    begun: list[int] = []
    for encoder in (network, network.VideoControlNet):
        encoder.input_blocks[0][1].register_forward_hook(lambda *_: begun.append(1))
    shared = sample(network, levers, shares_prelude=True)
    assert torch.equal(shared, apart)
    assert len(begun) == 8  # four steps of two encoders, with two texts or one


def test_after_an_overflow_the_beginning_is_computed_again_in_full_precision():
    network, (x, t, text, hint) = tiny_network(), inputs()
    reuse = Reuse(preludes={})
    first = network.half()(x.half(), t, text.half(), hint.half(), reuse)
    wide = network.float()(x, t, text, hint, reuse)
    assert first.dtype == torch.float16
    assert torch.equal(wide, network(x, t, text, hint))
