"""Facts about DiffVSR.

Memory is measured with engine/footprint.py on the meta device at the published size in 2-byte formats; see
BENCHMARKS.md, "DiffVSR".
"""

from engine.models.diffvsr.weight_files import FILES, LICENCE
from engine.models.spec import ModelSpec, Rung, Sampling, VaeFacts

DIFFVSR = ModelSpec(
    id="diffvsr",
    title="DiffVSR",
    family="diffvsr",
    summary="Rebuilds badly damaged film at four times its size; very slow, needs a graphics card.",
    licence=LICENCE,
    scales=(4,),
    segment_frames=32,
    window=8,
    context=10,
    tile=384,
    halo=0,
    bytes_per_pixel=8200.0,
    fixed_bytes=486_000_000,
    flops_per_pixel=1.52e9,  # 1.40 PFLOP a frame of 1280x720
    dtypes=("float16", "bfloat16", "float32"),
    carries=True,
    reads_prompt=True,
    wants_cleaned=True,
    sampling=Sampling(
        rungs=(
            Rung(name="resident", n_bytes=1_899_141_672),
            Rung(name="fp8", n_bytes=995_000_000),
            Rung(name="offload", n_bytes=80_000_000),
        ),
        smallest_window=8,
        smallest_tile=64,
        vae=VaeFacts(
            n_bytes=299_802_066,
            window=4,
            smallest_window=4,
            tile=320,
            smallest_tile=32,
            bytes_per_pixel=27_000.0,
        ),
        steps=50,
        most_steps=500,
        windows=(8,),
        fast_bytes_per_pixel=8200.0,  # its calls keep nothing more
    ),
    weights=FILES,
)
