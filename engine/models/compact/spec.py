"""Facts about the embedded models: the default, and a smaller one for those in a hurry."""

from dataclasses import replace

from engine.models.spec import ModelSpec, WeightFile

COMPACT = ModelSpec(
    id="compact",
    title="Compact",
    family="compact",
    summary="Clean, sharp upscaling that runs on any computer; comes with Evenstar.",
    licence="MIT",
    scales=(2, 4),
    segment_frames=120,
    window=4,
    context=2,
    tile=384,
    processor_window=1,
    processor_tile=960,
    halo=16,
    bytes_per_pixel=3000.0,
    fixed_bytes=400 << 20,
    flops_per_pixel=40.6e3,
    dtypes=("bfloat16", "float16", "float32"),
    has_condition=True,
    live_beta=True,
    weights=(
        WeightFile(
            name="compact_x2.safetensors",
            sha256="a0f7cbeeb01d8841084cf378d5b2903b1428a39093fd00294a749efbffb0cfac",
        ),
        WeightFile(
            name="compact_x4.safetensors",
            sha256="ef8217232d8ab39ef55f375c2ad0db78882ac7ca93a1243e4921e6a6852fe7b7",
        ),
    ),
)

COMPACT_FAST = replace(
    COMPACT,
    id="compact-fast",
    title="Compact fast",
    summary="About half the time of Compact, enlarges by four; comes with Evenstar.",
    flops_per_pixel=19.5e3,
    scales=(4,),
    weights=(
        WeightFile(
            name="compact_fast_x4.safetensors",
            sha256="fef7f01a2d6a92f0d9f4c142a65a7e16d32683f0db27e00a6e5b54b6e3e18a8b",
        ),
    ),
)
