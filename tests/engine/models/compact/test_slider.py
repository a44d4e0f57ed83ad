import pytest

from engine.models.compact.slider import detail_amount


@pytest.mark.parametrize(("beta", "amount"), [(0.0, 1.0), (1.0, 0.55), (2.0, 0.0)])
def test_the_three_fixed_points(beta: float, amount: float) -> None:
    assert detail_amount(beta, 0.55) == amount


def test_it_falls_all_the_way() -> None:
    amounts = [detail_amount(step / 20, 0.55) for step in range(41)]
    assert amounts == sorted(amounts, reverse=True)
    assert len(set(amounts)) == 41
