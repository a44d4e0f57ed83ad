from fractions import Fraction

import numpy as np
import pytest

from engine.media.timestamps import invented, repaired


@pytest.mark.parametrize(
    ("raw", "mended", "n_repaired"),
    [
        ([0, 10, 20], [0, 10, 20], 0),
        ([0, 10, None, 30], [0, 10, 20, 30], 1),
        ([None, None, 20], [0, 10, 20], 2),
        ([0, 10, None, None], [0, 10, 20, 30], 2),
        ([0, 0, 0, 30], [0, 10, 20, 30], 2),
        ([0, 10, 20, 1, 40], [0, 10, 20, 30, 40], 1),
        ([0, 10, 9999, 30, 40], [0, 10, 20, 30, 40], 1),
        ([0, 1, 1, 1, 2], [0, 1, 2, 3, 4], 2),
        ([7], [7], 0),
    ],
)
def test_only_the_wrong_stamps_are_replaced(
    raw: list[int | None], mended: list[int], n_repaired: int
) -> None:
    stamps, n = repaired(raw, 10)
    assert (stamps.tolist(), n) == (mended, n_repaired)


def test_any_list_becomes_strictly_increasing() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        raw = [None if rng.random() < 0.2 else int(x) for x in rng.integers(-50, 50, rng.integers(1, 40))]
        if any(stamp is not None for stamp in raw):
            stamps, _ = repaired(raw, 3)
            assert len(stamps) == len(raw)
            assert (np.diff(stamps) > 0).all()


def test_invented_stamps_do_not_drift() -> None:
    stamps = invented(30001, Fraction(30000, 1001), Fraction(1, 90000))
    assert stamps[30000] == 1001 * 90000


def test_invented_stamps_increase_even_where_the_clock_is_too_slow() -> None:
    assert invented(4, Fraction(60), Fraction(1, 25)).tolist() == [0, 1, 2, 3]
