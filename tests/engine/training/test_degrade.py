import numpy as np
import pytest

from engine.training import degrade

CLIP = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), dtype=np.uint8)


@pytest.mark.parametrize("kind", ["clean_lq", "light_lq", "real_lq"])
@pytest.mark.parametrize("seed", range(6))
def test_every_degradation_gives_lq_frames_and_a_condition(kind: str, seed: int) -> None:
    lq, condition = getattr(degrade, kind)(np.random.default_rng(seed), CLIP, 4)
    assert lq.shape == (3, 16, 16, 3)
    assert lq.dtype == np.uint8
    assert 0 <= condition <= 1


def test_the_condition_orders_the_kinds() -> None:
    kinds = (degrade.clean_lq, degrade.light_lq, degrade.real_lq)
    values = [kind(np.random.default_rng(0), CLIP, 4)[1] for kind in kinds]
    assert values == sorted(values)


def test_degradation_is_the_same_for_the_same_seed() -> None:
    first, second = (degrade.real_lq(np.random.default_rng(4), CLIP, 4)[0] for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("kind", degrade.RESIZE_KINDS)
def test_resizing_keeps_a_flat_picture(kind: str) -> None:
    flat = np.full((1, 16, 16, 3), 90, np.float32)
    assert degrade.resize(flat, 5, 7, kind) == pytest.approx(90)


def test_a_stretched_kernel_is_normalised_and_longer_along_its_angle() -> None:
    kernel = degrade.stretched_kernel(2.0, 0.5, 0.0)
    assert kernel.sum() == pytest.approx(1)
    assert kernel.sum(0).std() < kernel.sum(1).std()


def test_jpeg_of_low_quality_is_further_away() -> None:
    errors = [np.abs(degrade.jpeg(CLIP, q).astype(int) - CLIP).mean() for q in (95, 10)]
    assert errors[0] < errors[1]
