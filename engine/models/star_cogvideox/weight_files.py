"""Which published files STAR on CogVideoX is made of, where they are, and under which terms."""

from engine.models.spec import Licence, WeightFile

COGVIDEOX_TERMS = Licence(
    id="LicenseRef-CogVideoX",
    title="CogVideoX-5B, its VAE and STAR's weights made from it: CogVideoX licence",
    url="https://huggingface.co/THUDM/CogVideoX-5b/blob/main/LICENSE",
    summary="Free for research; commercial use needs a registration and has limits, and some uses are forbidden, "
    "so read it first.",
)

T5_TERMS = Licence(
    id="Apache-2.0",
    title="T5 v1.1 XXL text encoder, Apache licence 2.0",
    url="https://huggingface.co/google/t5-v1_1-xxl",
    summary="Any use, with the copyright notice kept.",
)

LICENCE = "LicenseRef-CogVideoX AND Apache-2.0"
"""What is accepted before a download."""

_BASE = "THUDM/CogVideoX-5b"

NETWORK = WeightFile(
    name="star_cogvideox_5b.pt",
    repo="SherryX/STAR",
    path="CogVideoX-5B-based/1/mp_rank_00_model_states.pt",
    n_bytes=12_200_000_000,
    licence=COGVIDEOX_TERMS,
)
"""6,099 M parameters with LoRA beside the rest; that it is stored so, in bfloat16, is likely, not verified."""

VAE = WeightFile(
    name="cogvideox_5b_vae.safetensors",
    repo=_BASE,
    path="vae/diffusion_pytorch_model.safetensors",
    n_bytes=431_200_000,
    licence=COGVIDEOX_TERMS,
)
"""215,583,907 parameters in two bytes each."""


def _encoder(part: int, n_bytes: int) -> WeightFile:
    return WeightFile(
        name=f"t5_xxl_encoder_{part}.safetensors",
        repo=_BASE,
        path=f"text_encoder/model-{part:05d}-of-00002.safetensors",
        n_bytes=n_bytes,
        licence=T5_TERMS,
    )


TEXT_ENCODER = (_encoder(1, 4_990_000_000), _encoder(2, 4_530_000_000))
"""4,762,310,656 parameters in bfloat16: needed once for each prompt, the empty one included."""

TOKENIZER = WeightFile(
    name="t5_spiece.model", repo=_BASE, path="tokenizer/spiece.model", n_bytes=792_000, licence=T5_TERMS
)

FILES = (NETWORK, VAE, TOKENIZER, *TEXT_ENCODER)
"""Their order is what restorer.py unpacks."""
