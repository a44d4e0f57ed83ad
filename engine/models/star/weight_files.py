"""Which published files STAR is made of, where they are, and under which terms."""

from engine.models.spec import Licence, WeightFile

STAR_TERMS = Licence(
    id="MIT",
    title="STAR network, MIT licence",
    url="https://github.com/NJU-PCALab/STAR#-license",
    summary="Any use, with the copyright notice kept.",
)

CLIP_TERMS = Licence(
    id="MIT",
    title="OpenCLIP ViT-H/14 text encoder, MIT licence",
    url="https://huggingface.co/laion/CLIP-ViT-H-14-laion2B-s32B-b79K",
    summary="Any use, with the copyright notice kept.",
)

VAE_TERMS = Licence(
    id="LicenseRef-Stability-AI-Community",
    title="Stable Video Diffusion VAE, Stability AI community licence",
    url="https://huggingface.co/stabilityai/stable-video-diffusion-img2vid/blob/main/LICENSE.md",
    summary="Free for research and personal use; commercial use has conditions, so read it first.",
)

LICENCE = "MIT AND LicenseRef-Stability-AI-Community"
"""What is accepted before a download."""

TEXT_TOWER = WeightFile(
    name="open_clip_vit_h_14.bin",
    repo="laion/CLIP-ViT-H-14-laion2B-s32B-b79K",
    path="open_clip_pytorch_model.bin",
    n_bytes=3_944_000_000,
    licence=CLIP_TERMS,
)
"""The whole CLIP as published (986 M parameters in float32); only its text tower is used."""

VAE = WeightFile(
    name="svd_vae.safetensors",
    repo="stabilityai/stable-video-diffusion-img2vid",
    path="vae/diffusion_pytorch_model.fp16.safetensors",
    n_bytes=195_500_000,
    licence=VAE_TERMS,
)
"""97.74 M parameters in float16; the repository may ask for a login, then: download by hand and import."""


def _network(name: str) -> WeightFile:
    """2,041,121,910 parameters; that they are stored in float32 is likely and not verified."""
    path = f"I2VGen-XL-based/{name}"
    return WeightFile(name=name, repo="SherryX/STAR", path=path, n_bytes=8_164_000_000, licence=STAR_TERMS)


LIGHT = (_network("light_deg.pt"), TEXT_TOWER, VAE)
"""For clean web video."""

HEAVY = (_network("heavy_deg.pt"), TEXT_TOWER, VAE)
"""For strong degradation."""
