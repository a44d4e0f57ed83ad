"""Compiled blocks change a result by rounding, can be left out again, and cost nobody a film where they fail."""

from typing import Any

import pytest
import torch

from engine.models.compiled import Compiled
from engine.models.star.restorer import REPEATED
from engine.models.star.sampler import FAST_LEVERS
from engine.models.star.unet import SpatialBlock
from tests.engine.models.star.test_star_levers import sample
from tests.engine.models.star.test_star_network import inputs, tiny_network

BLOCKS = (SpatialBlock,)
"""One kind is enough here, and sooner compiled."""


class Counting:
    """A backend that compiles nothing, and counts how often what it was given runs."""

    def __init__(self) -> None:
        self.graphs, self.runs = 0, 0

    def __call__(self, graph: torch.fx.GraphModule, _inputs: Any) -> Any:
        self.graphs += 1

        def run(*tensors: Any) -> Any:
            self.runs += 1
            return graph(*tensors)

        return run


def failing(_graph: torch.fx.GraphModule, _inputs: Any) -> Any:
    raise RuntimeError("there is no compiler")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    torch.compiler.reset()


@torch.inference_mode()
def test_compiled_blocks_give_the_same_answer_and_can_be_left_out_again() -> None:
    network, backend = tiny_network(), Counting()
    before = network(*inputs())
    both = Compiled(network, network, BLOCKS, backend)
    assert torch.equal(both.as_it_is(*inputs()), before)
    assert backend.graphs == 0
    assert torch.allclose(both.compiled(lambda: None)(*inputs()), before, rtol=1e-4, atol=1e-5)
    runs = backend.runs
    assert runs > 0
    assert torch.equal(both.as_it_is(*inputs()), before)
    assert backend.runs == runs


@pytest.mark.slow
@torch.inference_mode()
def test_a_sampled_latent_is_the_same_but_for_rounding() -> None:
    network = tiny_network()
    plain = sample(network, FAST_LEVERS, shares_prelude=True, steps=2)
    both = Compiled(network, network, REPEATED, "aot_eager")
    compiled = sample(both.compiled(lambda: None), FAST_LEVERS, shares_prelude=True, steps=2)
    assert torch.allclose(compiled, plain, rtol=1e-3, atol=1e-3 * float(plain.abs().max()))


@torch.inference_mode()
def test_where_compiling_fails_the_network_answers_as_it_is_and_it_is_told_once() -> None:
    network, told = tiny_network(), []
    before = network(*inputs())
    both = Compiled(network, network, BLOCKS, failing)
    call = both.compiled(lambda: told.append(1))
    assert torch.equal(call(*inputs()), before)
    assert torch.equal(call(*inputs()), before)
    assert told == [1]


@torch.inference_mode()
def test_want_of_memory_is_no_failure_to_compile() -> None:
    def starving(_graph: torch.fx.GraphModule, _inputs: Any) -> Any:
        def run(*_: Any) -> Any:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")

        return run

    network = tiny_network()
    both = Compiled(network, network, BLOCKS, starving)
    with pytest.raises(torch.cuda.OutOfMemoryError):
        both.compiled(lambda: pytest.fail("told"))(*inputs())
