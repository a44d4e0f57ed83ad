"""The compact model as a Restorer: tiles, windows, shots and the slider."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from engine.cancel import Cancelled, CancelToken
from engine.device import Placement
from engine.events import ignore
from engine.models.compact.network import CompactConfig, CompactNet
from engine.models.compact.restorer import CompactRestorer
from engine.models.compact.spec import COMPACT
from engine.models.restorer import RestoreRequest
from engine.plan import Plan, Shot, make_plan
from engine.settings import RestorationSettings

TINY = CompactConfig(channels=8, blocks=2, frames=5, scale=4, detail_head=True, grain=True)
CPU = Placement(device="cpu", dtype="float32")


@pytest.fixture(scope="module")
def restorer() -> CompactRestorer:
    torch.manual_seed(0)
    network = CompactNet(TINY).eval()
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    spec = replace(COMPACT, halo=network.radius)
    return CompactRestorer(spec, CPU, [network], 0.5, "0" * 64)


def clip(n_frames: int = 7, height: int = 40, width: int = 52) -> Tensor:
    return torch.rand(n_frames, 3, height, width, generator=torch.Generator().manual_seed(1))


def request_for(
    restorer: CompactRestorer,
    frames: Tensor,
    *,
    tile: int | None = None,
    window: int | None = None,
    beta: float = 1.0,
    shots: tuple[tuple[int, int], ...] | None = None,
) -> list[RestoreRequest]:
    _, _, height, width = frames.shape
    cuts = [Shot(start=a, stop=b) for a, b in shots or ((0, len(frames)),)]
    plan: Plan = make_plan(
        restorer.spec, cuts, width=width, height=height, budget_bytes=1 << 40, tile=tile, window=window
    )
    return [
        RestoreRequest(
            segment=segment,
            lq=lambda start, stop: frames[start:stop],
            plan=plan,
            placement=CPU,
            settings=RestorationSettings(beta=beta),
            scale=4,
            condition=0.3,
        )
        for segment in plan.segments
    ]


def run(restorer: CompactRestorer, requests: list[RestoreRequest]) -> Tensor:
    def parts() -> Iterator[Tensor]:
        for request in requests:
            yield from restorer.restore(request, ignore, CancelToken())

    return torch.cat(list(parts()))


def test_every_frame_comes_out_once_and_larger(restorer: CompactRestorer) -> None:
    restored = run(restorer, request_for(restorer, clip(7), window=3))
    assert restored.shape == (7, 3, 160, 208)
    assert restored.dtype == torch.float32
    assert float(restored.min()) >= 0.0
    assert float(restored.max()) <= 1.0


def test_tiled_equals_untiled(restorer: CompactRestorer) -> None:
    """Tolerance: convolutions sum in another order when shapes change, a few float32 ulp."""
    frames = clip()
    whole = run(restorer, request_for(restorer, frames, tile=64))
    tiled = run(restorer, request_for(restorer, frames, tile=32))
    torch.testing.assert_close(tiled, whole, atol=2e-5, rtol=0)


@pytest.mark.parametrize("window", [1, 2, 7])
def test_the_window_does_not_change_the_film(restorer: CompactRestorer, window: int) -> None:
    frames = clip()
    expected = run(restorer, request_for(restorer, frames, window=4))
    torch.testing.assert_close(
        run(restorer, request_for(restorer, frames, window=window)), expected, atol=2e-5, rtol=0
    )


def test_a_shot_does_not_see_its_neighbours(restorer: CompactRestorer) -> None:
    frames = clip(8)
    together = run(restorer, request_for(restorer, frames, shots=((0, 5), (5, 8))))
    alone = run(restorer, request_for(restorer, frames[:5]))
    torch.testing.assert_close(together[:5], alone, atol=2e-5, rtol=0)


def test_one_frame_is_a_clip(restorer: CompactRestorer) -> None:
    assert run(restorer, request_for(restorer, clip(1))).shape[0] == 1


def test_beta_two_is_the_fidelity_head(restorer: CompactRestorer) -> None:
    request = request_for(restorer, clip(), beta=2.0)[0]
    heads = restorer.heads(request, 3, ignore, CancelToken())
    restored = run(restorer, [request])
    torch.testing.assert_close(restored[3], heads.base.clamp(0, 1), atol=2e-6, rtol=0)


@pytest.mark.parametrize(("beta", "amount"), [(0.0, 1.0), (0.5, 0.75), (1.0, 0.5), (1.5, 0.25)])
def test_the_slider_blends_the_detail_head(restorer: CompactRestorer, beta: float, amount: float) -> None:
    request = request_for(restorer, clip(), beta=beta)[0]
    heads = restorer.heads(request, 2, ignore, CancelToken())
    assert heads.detail is not None
    expected = (heads.base + amount * heads.detail).clamp(0, 1)
    torch.testing.assert_close(run(restorer, [request])[2], expected, atol=2e-5, rtol=0)


def test_cancel_stops_between_two_calls(restorer: CompactRestorer) -> None:
    cancel = CancelToken()
    frames = restorer.restore(request_for(restorer, clip(), window=1)[0], ignore, cancel)
    next(frames)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(frames)
