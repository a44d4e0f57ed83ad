import cv2
import numpy as np
import pytest

from engine.metrics.cost_bench import SrvggCompact
from engine.metrics.flow import flows
from engine.metrics.slider_bench import BETAS, SliderStudy, shuffled_sheet, slider_table, study
from tests.engine.metrics.scenes import panning


def figures(**changed: object) -> SliderStudy:
    kept: dict[str, object] = {
        "clip": "a",
        "degradation": "bicubic",
        "psnr_y": (29.0, 29.5, 30.0, 30.2, 30.19),
        "warping": (0.9, 0.7, 0.5, 0.4, 0.3),
        "detail": (0.9, 0.7, 0.5, 0.4, 0.3),
        "warping_gt": 0.5,
        "flicker_ratio": 1.0,
    }
    return SliderStudy(**(kept | changed))  # type: ignore[arg-type]


def test_a_slider_that_keeps_its_promises_has_no_faults() -> None:
    """The last step loses a hundredth of a dB: within the tolerance."""
    assert figures().faults == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"psnr_y": (29.0, 29.5, 30.0, 30.2, 30.1)}, "PSNR"),
        ({"warping": (0.9, 0.7, 0.5, 0.3, 0.4)}, "E*warp"),
        ({"detail": (0.9, 0.7, 0.7, 0.4, 0.3)}, "detail"),
        ({"detail": (0.55, 0.5, 0.4, 0.3, 0.2)}, "detail at 0 outside 0.6..1.1"),
        ({"detail": (1.2, 0.5, 0.4, 0.3, 0.2)}, "detail at 0 outside 0.6..1.1"),
    ],
)
def test_every_broken_promise_is_named(changed: dict[str, object], fault: str) -> None:
    assert figures(**changed).faults == [fault]


def test_a_blend_from_noisy_to_true_is_measured_as_monotone() -> None:
    gt = panning(3, (2, 0))
    noise = np.random.default_rng(0).normal(0, 8, gt.shape)
    soft = np.stack([cv2.GaussianBlur(frame, (0, 0), 1.5) for frame in gt])

    def at_beta(beta: float) -> np.ndarray:
        return np.clip(np.rint(soft + (1 - beta / 2) * noise), 0, 255).astype(np.uint8)

    found = study("a", "bicubic", gt, soft, at_beta, list(flows(gt)), 4)
    assert len(found.psnr_y) == len(BETAS)
    assert set(found.faults) <= {"detail at 0 outside 0.6..1.1"}
    assert found.flicker_ratio == 1  # at beta 2 it is the yardstick itself
    assert slider_table([found])["rows"][0][0] == "a"


def test_the_sheet_is_shuffled_and_its_key_says_how() -> None:
    names = {"beta 0": 10, "beta 2": 120, "Lanczos": 230}
    crops = [
        (f"clip {n}", {k: np.full((144, 192, 3), v, np.uint8) for k, v in names.items()}) for n in range(4)
    ]
    sheet, key = shuffled_sheet(crops, 6)
    assert sheet.shape == (4 * 162, 3 * 196, 3)
    orders = []
    for row, line in enumerate(key):
        shown = [int(sheet[row * 162 + 80, column * 196 + 90, 0]) for column in range(3)]
        told = [part.split(" ", 1)[1] for part in line.split(": ")[1].split(", ")]
        assert [names[name] for name in told] == shown
        orders.append(tuple(told))
    assert len(set(orders)) > 1


def test_the_network_to_compare_with_has_its_published_size() -> None:
    """621,424 parameters: realesr-animevideov3's."""
    assert sum(p.numel() for p in SrvggCompact().parameters()) == 621_424
