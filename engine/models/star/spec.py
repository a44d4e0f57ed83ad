"""Facts about STAR on I2VGen-XL.

Memory is measured with engine/footprint.py on the meta device at the published size in 2-byte formats; see
BENCHMARKS.md, "Memory of one call".
"""

from engine.models.spec import ModelSpec, Rung, Sampling, VaeFacts
from engine.models.star.weight_files import HEAVY, LICENCE, LIGHT

_SAMPLING = Sampling(
    rungs=(
        Rung(name="resident", n_bytes=4_082_243_820),
        Rung(name="fp8", n_bytes=2_062_989_246),
        Rung(name="offload", n_bytes=210_000_000),
    ),
    smallest_window=8,
    smallest_tile=384,
    vae=VaeFacts(
        n_bytes=195_485_694,
        window=8,
        smallest_window=3,
        tile=1920,
        smallest_tile=256,
        bytes_per_pixel=2048.0,
    ),
    steps=14,
    usual_window=32,
    fast_bytes_per_pixel=172.0,
    shared_bytes_per_pixel=59.0,
    compiles=True,
)


def _star(model: str, title: str, summary: str, weights: tuple) -> ModelSpec:
    return ModelSpec(
        id=model,
        title=title,
        family="star",
        summary=summary,
        licence=LICENCE,
        scales=(1, 2, 3, 4),
        segment_frames=96,
        window=40,  # as long as the published procedure's last ones
        context=4,
        tile=1920,  # whole frames up to 1080p: a tile more is a quarter more work, above that attention outweighs it
        halo=0,
        bytes_per_pixel=166.0,
        fixed_bytes=486_000_000,
        flops_per_pixel=3.4e8,  # 14 steps of two calls; VAE 5 %
        dtypes=("float16", "bfloat16", "float32"),
        free_size=True,
        carries=True,
        reads_prompt=True,
        wants_cleaned=True,
        sampling=_SAMPLING,
        weights=weights,
    )


STAR_LIGHT = _star(
    "star-light",
    "STAR light",
    "Adds believable detail to clean web video; slow, needs a graphics card.",
    LIGHT,
)
STAR_HEAVY = _star(
    "star-heavy",
    "STAR heavy",
    "Rebuilds badly damaged film with believable detail; slow, needs a graphics card.",
    HEAVY,
)
