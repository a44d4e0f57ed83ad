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
    weights=(
        WeightFile(
            name="compact_x2.safetensors",
            sha256="3e3c3fca20041d4f1356e6e9432f204875926345994c2588102c5b3fdb90aed4",
        ),
        WeightFile(
            name="compact_x4.safetensors",
            sha256="ef8217232d8ab39ef55f375c2ad0db78882ac7ca93a1243e4921e6a6852fe7b7",
        ),
    ),
)
