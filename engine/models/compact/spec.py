"""Facts about the embedded default."""

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
    tile=256,
    halo=16,
    bytes_per_pixel=3000.0,
    fixed_bytes=400 << 20,
    dtypes=("bfloat16", "float16", "float32"),
    has_condition=True,
    live_beta=True,
    weights=(WeightFile(name="compact_x2.safetensors"), WeightFile(name="compact_x4.safetensors")),
)
