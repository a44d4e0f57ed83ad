from dataclasses import replace

import pytest
import torch
from torch import Tensor

from engine.models.star.config import NetworkConfig
from engine.models.star.control import ControlledUNet, bound_memory, build_on_meta

TINY = NetworkConfig(
    width=32,
    multipliers=(1, 1, 2),
    res_blocks=1,
    attention_levels=(0, 1),
    head_width=16,
    first_heads=2,
    context_width=8,
)


def tiny_network(seed: int = 0) -> ControlledUNet:
    torch.manual_seed(seed)
    return ControlledUNet(TINY).eval().requires_grad_(False)


def inputs(height: int = 10, width: int = 8, n_frames: int = 3) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    x, hint = torch.randn(2, 1, 4, n_frames, height, width, generator=generator)
    return x, torch.tensor([400]), torch.randn(1, 5, 8, generator=generator), hint


@pytest.mark.parametrize(("height", "width"), [(2, 4), (6, 4), (10, 8), (14, 12)])
def test_legal_sizes_come_back_as_they_went_in(height: int, width: int):
    x, *others = inputs(height, width)
    assert tiny_network()(x, *others).shape == x.shape


def test_working_in_parts_changes_nothing():
    network = tiny_network()
    whole = network(*inputs())
    bound_memory(network, frames_per_part=2, pixels_per_part=7)
    assert torch.allclose(network(*inputs()), whole, atol=1e-5)


def test_clips_of_a_batch_do_not_interact():
    network, (x, t, text, hint) = tiny_network(), inputs()
    others = torch.randn(1, 4, 3, 10, 8, generator=torch.Generator().manual_seed(2))
    both = network(
        torch.cat([x, others]), torch.tensor([400, 30]), text.expand(2, -1, -1), torch.cat([hint, others])
    )
    assert torch.allclose(both[:1], network(x, t, text, hint), atol=1e-5)


@pytest.mark.parametrize("which", ["x", "text", "hint"])
def test_every_input_matters(which: str):
    network, (x, t, text, hint) = tiny_network(), inputs()
    given = {"x": x, "text": text, "hint": hint}
    changed = given | {which: given[which] + 0.5}
    before, after = (network(g["x"], t, g["text"], g["hint"]) for g in (given, changed))
    assert (before - after).abs().max() > 1e-4


@pytest.mark.parametrize(("dtype", "allowed"), [(torch.float16, 0.01), (torch.bfloat16, 0.05)])
def test_half_precision_stays_near(dtype: torch.dtype, allowed: float):
    network, (x, t, text, hint) = tiny_network(), inputs()
    exact = network(x, t, text, hint)
    half = network.to(dtype)(x.to(dtype), t, text.to(dtype), hint.to(dtype)).float()
    assert (half - exact).norm() < allowed * exact.norm()


def test_activations_too_large_for_half_sums_survive_the_norms():
    """Statistics in float16 would overflow: the sum of squares of 300 passes 65504 after one number."""
    norm = torch.nn.GroupNorm(32, 64).half()
    x = 300 * torch.randn(1, 64, 8, 8, generator=torch.Generator().manual_seed(0))
    exact = torch.nn.functional.group_norm(x, 32)
    assert torch.allclose(norm(x.half()).float(), exact, atol=5e-3)


def test_dropout_adds_no_weights():
    plain, dropping = (build_on_meta(replace(TINY, dropout=p)).state_dict().keys() for p in (0.0, 0.1))
    assert plain == dropping


def test_all_weights_but_the_unused_get_gradients():
    network = tiny_network().requires_grad_(True)
    network(*inputs()).square().mean().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None] == []


def test_a_width_without_room_for_one_head_is_refused():
    with pytest.raises(ValueError, match="at least one head"):
        NetworkConfig(width=32, head_width=64)
