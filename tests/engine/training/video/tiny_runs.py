"""Runs of a few steps on networks of a few thousand weights, as TOML tables."""

from pathlib import Path
from typing import Any

from engine.training.video.config import RunConfig, run_of

STAR_NETWORK = {
    "width": 32, "multipliers": [1], "res_blocks": 1, "attention_levels": [0], "head_width": 16, "first_heads": 1,
    "context_width": 8,
}  # fmt: skip
STAR_VAE = {"block_channels": [32, 32], "layers_per_block": 1}
TAUGHT_BY_STAR = ["VideoControlNet.*", "*.local1.*", "*.local2.*"]


def star(folder: Path, **changes: Any) -> RunConfig:
    """STAR with its control network and its gates learning, on procedural clips of 16x16."""
    tables: dict[str, Any] = {
        "kind": "star",
        "seed": 5,
        "folder": str(folder),
        "device": "cpu",
        "threads": 1,
        "log_every": 1,
        "save_every": 100,
        "picture_every": 0,
        "average": 0.9,
        "clips": clips(),
        "model": {"network": STAR_NETWORK, "vae": STAR_VAE},
        "stage": [stage(train=TAUGHT_BY_STAR)],
    }
    return run_of(tables | changes)


def cogvideox(folder: Path, **changes: Any) -> RunConfig:
    """STAR on CogVideoX with adapters, gates, patch projection and final layer learning."""
    model = {
        "network": {
            "layers": 2, "heads": 2, "head_width": 16, "time_width": 16, "text_width": 8, "text_length": 5,
            "height": 2, "width": 2,
        },
        "vae": {"block_channels": [8, 8, 8, 8], "layers_per_block": 1, "groups": 4},
        "rank": 2,
    }  # fmt: skip
    train = ["*.matrix_A", "*.matrix_B", "*_local.*", "patch_embed.proj.*", "norm_out.*", "proj_out.*"]
    tables = {
        "kind": "star-cogvideox",
        "clips": clips(n_frames=9),
        "model": model,
        "stage": [stage(train=train)],
    }
    return star(folder, **tables | changes)


DIFFVSR_UNET = {
    "block_channels": [32, 32], "attention_levels": [False, True], "self_attention_levels": [False, True],
    "heads": [1, 1], "res_blocks": 1, "text_width": 8, "noise_classes": 400, "groups": 4,
}  # fmt: skip
DIFFVSR_VAE = {"block_channels": [8, 8, 16], "layers_per_block": 1, "groups": 4}


def diffvsr(folder: Path, **changes: Any) -> RunConfig:
    """DiffVSR's three stages, two steps each."""
    stages = [
        stage(name="temporal, simple", train=["*temporal*"], iterations=2),
        stage(
            name="temporal, complex",
            train=["*temporal*"],
            iterations=2,
            clips=clips(n_frames=4, scale=4, height=32, width=32, degradation="light"),
        ),
        stage(name="all", train=["*"], iterations=2, learning_rate=5e-4),
    ]
    tables = {
        "kind": "diffvsr",
        "clips": clips(n_frames=4, scale=4),
        "model": {"network": DIFFVSR_UNET, "vae": DIFFVSR_VAE},
        "stage": stages,
    }
    return star(folder, **tables | changes)


def vae(folder: Path, **changes: Any) -> RunConfig:
    """A TE-3DVAE against a discriminator, without LPIPS."""
    model = {"diffvsr": DIFFVSR_VAE, "perceptual": 0, "adversarial": 0.05, "discriminator_width": 4}
    tables = {"kind": "vae", "clips": clips(n_frames=4), "model": model, "stage": [stage(train=["*"])]}
    return star(folder, **tables | changes)


def clips(**changes: Any) -> dict[str, Any]:
    tables = {"degradation": "simple", "n_frames": 3, "height": 16, "width": 16, "scale": 2, "n_clips": 2}
    return tables | changes


def stage(**changes: Any) -> dict[str, Any]:
    return {"name": "only", "iterations": 4, "learning_rate": 1e-3} | changes
