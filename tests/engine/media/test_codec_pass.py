import numpy as np
import pytest

from engine.media.codec_pass import encode_decode


def ramp(height: int = 48, width: int = 64) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return np.stack([np.stack([x + 2 * t + 40, y + 60, x + y + 20], 2) for t in range(5)]).astype(np.uint8)


@pytest.mark.parametrize(
    ("codec", "options"),
    [("libx264", {"crf": "18"}), ("mpeg4", {"qscale": "3"}), ("mpeg2video", {"qscale": "3"})],
)
def test_frames_come_back_in_order_and_alike(codec: str, options: dict[str, str]) -> None:
    decoded = encode_decode(ramp(), codec, options)
    assert decoded.shape == ramp().shape
    errors = np.abs(decoded.astype(int) - ramp()).mean((1, 2, 3))
    assert (errors < 4).all()


def test_odd_sizes_survive() -> None:
    assert encode_decode(ramp(47, 63), "libx264", {"crf": "20"}).shape == (5, 47, 63, 3)


def test_a_higher_crf_is_further_from_the_source() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (3, 48, 48, 3), dtype=np.uint8)
    errors = [
        np.abs(encode_decode(noise, "libx264", {"crf": c}).astype(int) - noise).mean() for c in ("10", "40")
    ]
    assert errors[0] < errors[1]


def test_the_same_frames_give_the_same_result() -> None:
    first, second = (encode_decode(ramp(), "libx264", {"crf": "28"}) for _ in range(2))
    assert np.array_equal(first, second)
