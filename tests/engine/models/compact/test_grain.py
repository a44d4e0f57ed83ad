"""Grain belongs to a pixel of a frame, lies above the lq's Nyquist frequency, and only where it is missing."""

import pytest
import torch

from engine.models.compact.grain import TABLE_SIDE, frame_grain, grain_table
from engine.models.compact.network import CompactConfig, CompactNet

SIDE = range(64)


@pytest.mark.parametrize("scale", [2, 4])
def test_grain_has_unit_variance_and_nothing_below_the_nyquist_frequency(scale: int) -> None:
    table = grain_table(scale)
    spectrum = torch.fft.rfft2(table).abs()
    radius = torch.hypot(torch.fft.fftfreq(TABLE_SIDE)[:, None], torch.fft.rfftfreq(TABLE_SIDE)[None])
    assert float(table.std()) == pytest.approx(1, abs=1e-5)
    assert float(spectrum[radius < 0.5 / scale].max()) < 1e-4 * float(spectrum.max())


def test_a_tile_sees_the_grain_of_its_place() -> None:
    table = grain_table(4)
    whole = frame_grain(table, 1, 5, range(600), range(700))
    assert torch.equal(frame_grain(table, 1, 5, range(200, 600), range(64, 700)), whole[:, 200:, 64:])


def test_every_frame_and_every_seed_has_its_own_grain() -> None:
    table = grain_table(4)
    pictures = [frame_grain(table, seed, frame, SIDE, SIDE) for seed, frame in ((1, 5), (1, 6), (2, 5))]
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert abs(float((pictures[a] * pictures[b]).mean())) < 0.2


def test_grain_comes_again_for_the_same_frame() -> None:
    table = grain_table(2)
    assert torch.equal(frame_grain(table, 3, 9, SIDE, SIDE), frame_grain(table, 3, 9, SIDE, SIDE))


@torch.no_grad()
def test_the_strength_decides_how_much_grain_is_seen() -> None:
    """A strength below the threshold shows none, a large one shows the limit."""
    net = CompactNet(CompactConfig(channels=8, blocks=1, detail_head=True, grain=True)).eval()
    assert net.detail_head is not None
    lq, grain = torch.rand(1, 5, 3, 6, 6), torch.randn(1, 1, 24, 24)
    for bias, shown in ((-20.0, 0.0), (20.0, 11 / 255)):
        net.detail_head.second.bias[48:] = bias
        _, detail = net(lq, torch.zeros(1), grain)
        assert detail is not None
        assert torch.allclose(detail, shown * grain.expand(1, 3, 24, 24), atol=1e-6)


@torch.no_grad()
def test_the_fidelity_end_is_the_same_with_and_without_detail() -> None:
    net = CompactNet(CompactConfig(channels=8, blocks=1, detail_head=True, grain=True)).eval()
    lq = torch.rand(1, 5, 3, 6, 6)
    fidelity, detail = net(lq, torch.zeros(1), want_detail=False)
    assert detail is None
    assert torch.equal(fidelity, net(lq, torch.zeros(1), torch.randn(1, 1, 24, 24))[0])
