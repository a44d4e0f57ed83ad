"""A call that leaves half precision is made again in float32."""

import pytest
import torch
from torch import Tensor, nn

from engine.errors import ModelError
from engine.sampling.precision import Guarded


class Square(nn.Module):
    """Overflows float16 above 256."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.weight * x * x


def test_a_finite_answer_is_passed_on_as_it_is() -> None:
    answer = Guarded(Square().half(), torch.float16, resident=True)(torch.tensor([3.0], dtype=torch.float16))
    assert answer.dtype is torch.float16
    assert answer.item() == 9.0


def test_an_overflow_is_computed_again_and_told() -> None:
    told: list[bool] = []
    network = Square().half()
    guarded = Guarded(network, torch.float16, resident=True)
    guarded.on_overflow = lambda: told.append(True)
    assert guarded(torch.tensor([1000.0], dtype=torch.float16)).item() == 1e6
    assert told == [True]
    assert network.weight.dtype is torch.float16


@pytest.mark.parametrize(("value", "resident"), [(float("nan"), True), (1000.0, False)])
def test_what_cannot_be_repeated_is_an_error(value: float, resident: bool) -> None:
    guarded = Guarded(Square().half(), torch.float16, resident=resident)
    with pytest.raises(ModelError, match="not finite"):
        guarded(torch.tensor([value], dtype=torch.float16))
