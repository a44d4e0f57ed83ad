import numpy as np
import pytest
import torch
from torch.nn import functional as F

from engine.metrics.resample import resample, resampling_matrix


@pytest.mark.parametrize(("height", "width"), [(6, 5), (48, 40)])
def test_bicubic_is_the_antialiased_bicubic_of_torch_and_pil(height: int, width: int) -> None:
    frames = np.random.default_rng(0).integers(0, 256, (2, 24, 20, 3), dtype=np.uint8)
    stack = torch.from_numpy(frames).permute(0, 3, 1, 2).float()
    wanted = F.interpolate(stack, (height, width), mode="bicubic", antialias=True).permute(0, 2, 3, 1)
    assert resample(frames, height, width, "bicubic") == pytest.approx(wanted.numpy(), abs=1e-3)


@pytest.mark.parametrize("kernel", ["bicubic", "lanczos"])
def test_a_flat_picture_stays_flat(kernel: str) -> None:
    frames = np.full((1, 5, 6, 3), 77, np.uint8)
    assert resample(frames, 20, 24, kernel) == pytest.approx(77)  # type: ignore[arg-type]


def test_lanczos_weights_are_sinc_times_sinc_over_three_lobes() -> None:
    row = resampling_matrix(12, 48, "lanczos")[26]  # centre at 6.125: distances -0.125 from sample 6
    offsets = np.arange(12) - 6.125
    wanted = np.where(np.abs(offsets) < 3, np.sinc(offsets) * np.sinc(offsets / 3), 0)
    assert row == pytest.approx(wanted / wanted.sum(), abs=1e-6)
