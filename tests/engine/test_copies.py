"""How often a restored frame is written from the network to the encoder: for conversions only, never to move it."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from engine.cancel import CancelToken
from engine.clip import ColorTags
from engine.device import Placement
from engine.events import ignore
from engine.media.convert import FromRgb
from engine.media.frames import FrameBatch
from engine.models.compact import restorer as compact
from engine.models.compact.network import CompactConfig, CompactNet
from engine.models.compact.spec import COMPACT
from engine.models.restorer import RestoreRequest
from engine.plan import Shot, make_plan
from engine.prefetch import Prefetch
from engine.settings import RestorationSettings
from engine.stages import to_pixels

HEIGHT, WIDTH = 720, 1280
N_BYTES = HEIGHT * WIDTH * 3 * 2
"""A restored frame, 16 bits deep."""
BT709 = ColorTags(primaries=1, transfer=1, matrix=1, full_range=False)


def tensors_made(work: Callable[[], object]) -> list[int]:
    """Bytes of every tensor that `work` makes, in order."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as found:
        work()
    profiler: Any = found.profiler
    events = profiler.kineto_results.events()
    return [event.nbytes() for event in events if event.name() == "[memory]" and event.nbytes() > 0]


def test_quantising_writes_a_frame_once() -> None:
    frames = torch.rand(1, 3, HEIGHT, WIDTH)
    assert [n for n in tensors_made(lambda: to_pixels(frames, deep=True)) if n > N_BYTES / 4] == [N_BYTES]


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv420p10le", "yuv444p10le"])
def test_a_frame_for_the_encoder_is_made_strip_by_strip(pixel_format: str) -> None:
    """What the encoder keeps belongs to FFmpeg and is not counted here."""
    frame = np.random.default_rng(0).integers(0, 65536, (HEIGHT, WIDTH, 3), np.uint16)
    convert = FromRgb(pixel_format, BT709, WIDTH, HEIGHT)
    convert(frame, None)
    tracemalloc.start()
    try:
        convert(frame, None)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < N_BYTES / 3


def test_the_queue_hands_the_same_array_on() -> None:
    batch = FrameBatch(pixels=np.zeros((1, 4, 4, 3), np.uint16), pts=np.zeros(1, np.int64), first=0)
    with Prefetch(iter([batch]), depth=1, name="test") as queue:
        assert next(queue).pixels is batch.pixels


def test_a_frame_that_is_one_tile_is_not_pasted(monkeypatch: pytest.MonkeyPatch) -> None:
    network = CompactNet(CompactConfig(channels=8, blocks=1, detail_head=True, grain=True)).eval()
    cpu = Placement(device="cpu", dtype="float32")
    restorer = compact.CompactRestorer(COMPACT, cpu, [network], 0.5, "0" * 64)
    frames = torch.rand(3, 3, 48, 64)
    pasted: list[int] = []
    paste = compact._paste
    monkeypatch.setattr(compact, "_paste", lambda *args: pasted.append(1) or paste(*args))
    for tile, n_pasted in ((None, 0), (32, 2 * 2 * 3)):
        plan = make_plan(
            COMPACT.on_processor(keeps_memory=True),
            [Shot(start=0, stop=3)],
            width=64,
            height=48,
            budget_bytes=1 << 40,
            tile=tile,
        )
        request = RestoreRequest(
            segment=plan.segments[0],
            lq=lambda start, stop: frames[start:stop],
            plan=plan,
            placement=cpu,
            settings=RestorationSettings(),
            scale=4,
            condition=0.0,
        )
        assert [len(part) for part in restorer.restore(request, ignore, CancelToken())] == [1, 1, 1]
        assert len(pasted) == n_pasted
