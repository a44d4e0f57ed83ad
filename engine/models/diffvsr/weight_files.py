"""Which published files DiffVSR is made of, where they are, and under which terms."""

from engine.models.spec import Licence, WeightFile

DIFFVSR_TERMS = Licence(
    id="LicenseRef-DiffVSR-none-stated",
    title="DiffVSR network and VAE: no licence is stated",
    url="https://github.com/xh9998/DiffVSR",
    summary="Its authors publish the files without a licence, so nothing is permitted in so many words: ask them "
    "before any use beyond trying it yourself.",
)

UPSCALER_TERMS = Licence(
    id="LicenseRef-CreativeML-OpenRAIL-PP-M",
    title="Stable Diffusion x4 upscaler (text encoder), CreativeML Open RAIL++-M licence",
    url="https://huggingface.co/stabilityai/stable-diffusion-x4-upscaler",
    summary="Any use, commercial too, except the harmful ones that the licence lists.",
)

LICENCE = f"{DIFFVSR_TERMS.id} AND {UPSCALER_TERMS.id}"
"""What is accepted before a download."""

_REPO = "huihui9998/DiffVSR"
"""Named by the authors' README; the files' paths in it are those of its list of pretrained models."""

UNET = WeightFile(
    name="DiffVSR_UNet.pt",
    repo=_REPO,
    n_bytes=3_799_000_000,
    licence=DIFFVSR_TERMS,
)
"""949,570,836 parameters; that they are stored in float32 is likely and not verified."""

VAE = WeightFile(name="TE-3DVAE.pt", repo=_REPO, n_bytes=599_700_000, licence=DIFFVSR_TERMS)
"""149,901,033 parameters in float32."""


def _upscaler(path: str, name: str, n_bytes: int) -> WeightFile:
    return WeightFile(
        name=f"upscaler4x_{name}",
        repo=_REPO,
        path=f"upscaler4x/{path}",
        n_bytes=n_bytes,
        licence=UPSCALER_TERMS,
    )


TEXT_ENCODER = _upscaler("text_encoder/model.safetensors", "text_encoder.safetensors", 1_361_600_000)
"""340,387,840 parameters in float32."""
TEXT_CONFIG = _upscaler("text_encoder/config.json", "text_encoder.json", 634)
VOCABULARY = _upscaler("tokenizer/vocab.json", "vocab.json", 1_060_000)
MERGES = _upscaler("tokenizer/merges.txt", "merges.txt", 525_000)
SPECIAL_TOKENS = _upscaler("tokenizer/special_tokens_map.json", "special_tokens_map.json", 460)
SCHEDULER = _upscaler("scheduler/scheduler_config.json", "scheduler.json", 400)
LOW_RES_SCHEDULER = _upscaler("low_res_scheduler/scheduler_config.json", "low_res_scheduler.json", 400)

FILES = (
    UNET,
    VAE,
    TEXT_ENCODER,
    TEXT_CONFIG,
    VOCABULARY,
    MERGES,
    SPECIAL_TOKENS,
    SCHEDULER,
    LOW_RES_SCHEDULER,
)
"""Their order is what restorer.py unpacks; of the x4 upscaler's folder neither U-Net nor VAE is used."""
