import dataclasses

import pytest

from engine.errors import MemoryBudgetError
from engine.models.compact.spec import COMPACT
from engine.models.registry import SPECS
from engine.models.spec import ModelSpec
from engine.plan import Plan, Shot, cut_segments, make_plan, spans

SPEC = ModelSpec(
    id="toy",
    title="Toy",
    family="toy",
    summary="",
    licence="MIT",
    scales=(2, 4),
    segment_frames=10,
    window=4,
    context=2,
    tile=64,
    halo=8,
    bytes_per_pixel=100.0,
    fixed_bytes=1000,
    dtypes=("float32",),
)


def plan_for(width: int, height: int, shots: list[tuple[int, int]], budget: int = 1 << 40) -> Plan:
    cuts = [Shot(start=a, stop=b) for a, b in shots]
    return make_plan(SPEC, cuts, width=width, height=height, budget_bytes=budget)


@pytest.mark.parametrize(
    ("size", "tile", "expected"),
    [
        (10, 64, [(0, 10)]),
        (64, 64, [(0, 64)]),
        (65, 64, [(0, 32), (32, 65)]),
        (200, 64, [(0, 50), (50, 100), (100, 150), (150, 200)]),
    ],
)
def test_spans_are_few_and_nearly_equal(size: int, tile: int, expected: list[tuple[int, int]]) -> None:
    assert [(s.start, s.stop) for s in spans(size, tile, 8)] == expected


def test_spans_see_their_halo_but_not_past_the_edge() -> None:
    first, second = spans(100, 64, 8)
    assert (first.seen_start, first.seen_stop) == (0, 58)
    assert (second.seen_start, second.seen_stop) == (42, 100)


def test_segments_cover_every_frame_once_and_stay_in_their_shot() -> None:
    shots = [Shot(start=3, stop=4), Shot(start=4, stop=29), Shot(start=29, stop=39)]
    segments = cut_segments(shots, 10)
    assert [f for s in segments for f in range(s.start, s.stop)] == list(range(3, 39))
    assert all(s.shot.start <= s.start < s.stop <= s.shot.stop for s in segments)
    assert [s.index for s in segments] == list(range(len(segments)))


def test_windows_never_look_across_a_cut() -> None:
    plan = plan_for(32, 32, [(0, 7), (7, 12)])
    for segment in plan.segments:
        for window in plan.windows(segment):
            assert segment.shot.start <= window.context_start <= window.start
            assert window.stop <= window.context_stop <= segment.shot.stop


def test_tiles_cover_every_pixel_once() -> None:
    plan = plan_for(150, 70, [(0, 5)])
    seen = [
        (row, column)
        for tile in plan.tiles()
        for row in range(tile.rows.start, tile.rows.stop)
        for column in range(tile.columns.start, tile.columns.stop)
    ]
    assert sorted(seen) == [(r, c) for r in range(70) for c in range(150)]


def test_smaller_plans_end_and_each_needs_less() -> None:
    plan: Plan | None = plan_for(300, 200, [(0, 5)])
    peaks = []
    while plan is not None:
        peaks.append(plan.peak_bytes)
        plan = plan.smaller()
    assert peaks == sorted(set(peaks), reverse=True)
    assert len(peaks) > 3


def test_the_plan_fits_the_budget() -> None:
    free = plan_for(300, 200, [(0, 5)])
    tight = plan_for(300, 200, [(0, 5)], budget=free.peak_bytes - 1)
    assert tight.peak_bytes < free.peak_bytes
    assert tight.segments == free.segments


def test_a_budget_below_the_smallest_plan_is_refused_with_numbers() -> None:
    with pytest.raises(MemoryBudgetError, match="needs at least"):
        plan_for(300, 200, [(0, 5)], budget=1)


def test_a_chosen_tile_and_window_are_kept() -> None:
    shots = [Shot(start=0, stop=5)]
    plan = make_plan(SPEC, shots, width=300, height=200, budget_bytes=1 << 40, tile=40, window=2)
    assert (plan.tile_height, plan.tile_width, plan.window) == (40, 40, 2)


def test_plans_are_values() -> None:
    plan = plan_for(64, 64, [(0, 5)])
    with pytest.raises(dataclasses.FrozenInstanceError):
        plan.window = 3  # type: ignore[misc]


STAR = SPECS["star-light"]


def star_plan(budget_gb: float, width: int = 1280, height: int = 720) -> Plan:
    shots = [Shot(start=0, stop=96)]
    return make_plan(STAR, shots, width=width, height=height, budget_bytes=int(budget_gb * 2**30))


def test_a_sampling_plan_gives_way_in_the_promised_order() -> None:
    plan: Plan | None = star_plan(1000)
    turns: list[str] = []
    while plan is not None:
        smaller = plan.smaller()
        if smaller is not None:
            before, after = plan.knobs(), smaller.knobs()
            turns += [name for name in before if before[name] != after[name]]
            assert smaller.peak_bytes <= plan.peak_bytes
        plan = smaller
    own = [turn for turn in turns if not turn.startswith("vae_")]
    assert own[:4] == ["shares", "window", "rung", "rung"]
    own = own[2:]
    assert own.index("window") > max(i for i, turn in enumerate(own) if turn.startswith("tile"))


@pytest.mark.parametrize("gigabytes", [4, 7.2, 10.8, 14.4, 21.6])
def test_a_sampling_plan_stays_within_its_budget(gigabytes: float) -> None:
    assert star_plan(gigabytes).peak_bytes <= gigabytes * 2**30


def test_72_frames_are_two_windows_where_memory_allows_and_three_where_not() -> None:
    assert [star_plan(gb).window for gb in (21.6, 10.8, 7.2)] == [40, 40, 32]


def test_a_result_of_1704x960_is_one_tile_where_memory_allows() -> None:
    plan = star_plan(72, 1704, 960)
    assert (plan.tile_width, plan.tile_height, plan.shares) == (1704, 960, True)


def test_what_memory_decided_is_taken_over() -> None:
    small, large = star_plan(7.2), star_plan(72)
    turned = large.turned(small.knobs())
    assert (turned.shares, turned.window, turned.rung) == (small.shares, small.window, small.rung)
    assert not turned.shares


def test_full_precision_is_planned_with_twice_the_bytes() -> None:
    shots = [Shot(start=0, stop=9)]
    wide = make_plan(STAR.in_format("float32"), shots, width=640, height=400, budget_bytes=1 << 50)
    half = make_plan(STAR, shots, width=640, height=400, budget_bytes=1 << 50)
    assert wide.peak_bytes == pytest.approx(2 * half.peak_bytes - STAR.fixed_bytes, rel=1e-6)


def test_knobs_bring_a_plan_back() -> None:
    small = star_plan(7.2)
    assert star_plan(1000).turned(small.knobs()) == small


def test_what_is_announced_covers_every_device_and_is_no_more_than_one_frame_needs() -> None:
    """The largest plan on a processor is one whole frame; a card's windows have smaller tiles."""
    processor = COMPACT.on_processor(keeps_memory=True)
    whole = make_plan(processor, [Shot(start=0, stop=4)], width=960, height=960, budget_bytes=1 << 50)
    card = make_plan(COMPACT, [Shot(start=0, stop=4)], width=3840, height=2160, budget_bytes=1 << 50)
    assert (whole.window, len(whole.tiles())) == (1, 1)
    assert max(whole.peak_bytes, card.peak_bytes) <= COMPACT.most_bytes < 4 << 30
