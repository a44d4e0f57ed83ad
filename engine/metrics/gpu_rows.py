"""The rows of the GPU bench, by value."""

from engine.metrics.gpu_bench import Card, Row
from engine.metrics.gpu_calls import ceilings
from engine.metrics.gpu_clips import restore_compact
from engine.metrics.gpu_families import cogvideox_call, diffvsr_window
from engine.metrics.gpu_sizes import Size
from engine.metrics.gpu_star import star_clip, star_full_run, star_layouts, star_training


def _large(card: Card) -> Size:
    return card.sizes.large


def _small(card: Card) -> Size:
    return card.sizes.small


ROWS = (
    Row(name="ceilings of the card", seconds=8, measure=ceilings),
    Row(name="STAR 426x240 x4, 72 frames, reference", seconds=35, measure=star_clip(_large, "reference")),
    Row(name="STAR 426x240 x4, 72 frames, default", seconds=28, measure=star_clip(_large, "default")),
    Row(name="STAR 426x240 x4, 72 frames, fast", seconds=20, measure=star_clip(_large, "fast")),
    Row(name="embedded model 540p to 2160p, whole pipeline", seconds=25, measure=restore_compact),
    Row(name="STAR 640x480 result, 72 frames, reference", seconds=18, measure=star_clip(_small, "reference")),
    Row(name="STAR 640x480 result, 72 frames, default", seconds=8, measure=star_clip(_small, "default")),
    Row(name="STAR 640x480 result, 72 frames, fast", seconds=8, measure=star_clip(_small, "fast")),
    Row(
        name="STAR 426x240 x4, 72 frames, default, within 8 GB",
        seconds=45,
        measure=star_clip(_large, "default", within_bytes=True),
    ),
    Row(name="DiffVSR 320x180, reference", seconds=10, measure=diffvsr_window("reference")),
    Row(name="DiffVSR 320x180, default", seconds=10, measure=diffvsr_window("default")),
    Row(name="DiffVSR 320x180, fast", seconds=8, measure=diffvsr_window("fast")),
    Row(
        name="DiffVSR 320x180, default, within 8 GB",
        seconds=12,
        measure=diffvsr_window("default", within_bytes=True),
    ),
    Row(name="STAR 1280x720, one call: layouts, batch of two texts", seconds=14, measure=star_layouts),
    Row(
        name="STAR 426x240 x4, 72 frames, default, blocks compiled",
        seconds=85,
        measure=star_clip(_large, "default", compiled=True),
    ),
    Row(name="STAR 426x240 x4, 72 frames, fast, full run", seconds=50, measure=star_full_run("fast")),
    Row(name="STAR 426x240 x4, 72 frames, default, full run", seconds=130, measure=star_full_run("default")),
    Row(name="STAR on CogVideoX, one call", seconds=12, measure=cogvideox_call),
    Row(name="STAR training step, activations kept", seconds=15, measure=star_training(False)),
    Row(name="STAR training step, checkpointed", seconds=15, measure=star_training(True)),
)
"""A call that ends early has the first ones. Seconds: guessed from the counted work at a third of what an H100
promises, and measured by nobody yet."""
