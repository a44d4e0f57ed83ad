"""Facts about STAR on CogVideoX-5B.

Memory is measured with engine/footprint.py on the meta device at the published size in 2-byte formats; see
BENCHMARKS.md, "STAR on CogVideoX-5B". The network sees one native tile whatever the size of the film, so its
working memory does not grow with it and counts as fixed.
"""

from engine.models.spec import ModelSpec, Rung, Sampling, VaeFacts
from engine.models.star_cogvideox.weight_files import FILES, LICENCE

STAR_COGVIDEOX = ModelSpec(
    id="star-cogvideox",
    title="STAR on CogVideoX-5B",
    family="star_cogvideox",
    summary="Rebuilds badly damaged film with the largest prior; extremely slow, needs a large graphics card. Its "
    "text encoder (9.5 GB) is used once for each prompt.",
    licence=LICENCE,
    scales=(1, 2, 3, 4),
    segment_frames=64,
    window=25,
    context=24,
    tile=720,
    halo=0,
    bytes_per_pixel=0.0,
    fixed_bytes=1_257_000_000,
    flops_per_pixel=3.8e9,  # 14.2 PFLOP a window of 25 frames in 480x720; at 1080p windows share 1/3, tiles too
    dtypes=("bfloat16", "float32"),
    free_size=True,
    carries=True,
    reads_prompt=True,
    wants_cleaned=True,
    sampling=Sampling(
        rungs=(
            Rung(name="resident", n_bytes=11_140_967_760),
            Rung(name="fp8", n_bytes=6_460_000_000),
            Rung(name="int8", n_bytes=5_680_000_000),
            Rung(name="offload", n_bytes=600_000_000),
        ),
        smallest_window=9,
        smallest_tile=720,
        vae=VaeFacts(
            n_bytes=431_167_814,
            window=7,
            smallest_window=7,
            tile=720,
            smallest_tile=256,
            bytes_per_pixel=6700.0,
        ),
        steps=50,
        most_steps=1000,
        windows=(9, 17, 25),
        native_tile=True,
    ),
    weights=FILES,
)
