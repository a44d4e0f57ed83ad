import numpy as np
import pytest

from engine.metrics.development import (
    bicubic_lq,
    crop_to_multiple,
    degraded_lq,
    enlarged,
    quality_rows,
)
from engine.metrics.resample import resample


def clip(height: int = 66, width: int = 82) -> np.ndarray:
    """A sharp moving pattern."""
    y, x = np.mgrid[:height, :width]
    frames = [128 + 100 * np.sign(np.sin((x + 2 * t) / 5) * np.sin(y / 7)) for t in range(4)]
    return np.repeat(np.stack(frames)[..., None], 3, axis=3).astype(np.uint8)


def test_ground_truth_is_cropped_to_whole_lq_pixels() -> None:
    assert crop_to_multiple(clip(), 4).shape == (4, 64, 80, 3)


def test_lq_is_8_bit_and_a_quarter_of_the_size() -> None:
    lq = bicubic_lq(crop_to_multiple(clip(), 4), 4)
    assert lq.shape == (4, 16, 20, 3)
    assert lq.dtype == np.uint8


def test_degradation_is_the_same_for_the_same_seed_only() -> None:
    gt = crop_to_multiple(clip(), 4)
    assert np.array_equal(degraded_lq(gt, 4, seed=3), degraded_lq(gt, 4, seed=3))
    assert not np.array_equal(degraded_lq(gt, 4, seed=3), degraded_lq(gt, 4, seed=4))


def test_degraded_is_worse_than_bicubic() -> None:
    rows = {
        row.degradation: row
        for row in quality_rows([("a", clip())], lambda lq, _: enlarged(lq, 4, "lanczos"))
    }
    assert rows["degraded"].psnr_y_lanczos < rows["bicubic"].psnr_y_lanczos - 0.5


def test_the_gain_of_lanczos_over_itself_is_nothing() -> None:
    rows = list(quality_rows([("a", clip())], lambda lq, _: enlarged(lq, 4, "lanczos")))
    assert [row.gain for row in rows] == [0, 0]


def test_the_model_is_told_which_source_it_gets() -> None:
    told: list[float] = []

    def restore(lq: np.ndarray, condition: float) -> np.ndarray:
        told.append(condition)
        return enlarged(lq, 4, "bicubic")

    rows = list(quality_rows([("a", clip())], restore))
    assert told == [0.0, 1.0]
    assert [row.psnr_y_ours for row in rows] == pytest.approx([row.psnr_y_bicubic for row in rows])


def test_bicubic_keeps_a_smooth_picture() -> None:
    y, x = np.mgrid[:64, :64]
    smooth = np.repeat((60 + x + y)[None, ..., None], 3, axis=3).astype(np.uint8)
    back = resample(bicubic_lq(smooth, 4), 64, 64, "bicubic")
    assert np.abs(back - smooth)[:, 12:-12, 12:-12].max() < 1
