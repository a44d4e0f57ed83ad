"""CogVideoX's video transformer (Yang et al. 2024), as diffusers implements it, with STAR's local gates.

What STAR changes: the lq's latent enters beside the noisy one (32 channels), the modulated image tokens of
every layer pass two gates before attention, and the last norm has another epsilon. Importing this file loads
diffusers, which takes seconds.
"""

from typing import Any

import torch
from diffusers.models.embeddings import get_3d_rotary_pos_embed
from diffusers.models.normalization import CogVideoXLayerNormZero
from diffusers.models.transformers.cogvideox_transformer_3d import CogVideoXTransformer3DModel
from torch import Tensor

from engine.models.star_cogvideox.config import FRAMES_PER_LATENT, TransformerConfig
from engine.models.star_cogvideox.liem import SpatialLiem, TemporalLiem

NORM_EPS = 1e-5
LAST_NORM_EPS = 1e-6
"""Of the modulated norm before the last projection; diffusers builds it with NORM_EPS."""
BASE_FRAMES = 49
"""Of the base model's longest clip: where the table of added positions ends."""


class LiemNorm(CogVideoXLayerNormZero):
    """The modulated norm before attention; its image tokens pass the two gates, its text tokens do not."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__(config.time_width, config.hidden, True, NORM_EPS, bias=True)
        self.spa_local = SpatialLiem()
        self.temp_local = TemporalLiem()
        self.grid = (config.height // config.patch, config.width // config.patch)
        """Rows and columns of the image tokens of one frame; set before every call."""

    def forward(self, hidden_states: Tensor, encoder_hidden_states: Tensor, temb: Tensor) -> Any:
        """Image tokens, text tokens, and their gates; tokens (B, N, hidden), temb (B, time_width)."""
        image, *others = super().forward(hidden_states, encoder_hidden_states, temb)
        return (self.temp_local(self.spa_local(image, *self.grid)), *others)


class VideoTransformer(CogVideoXTransformer3DModel):
    """Velocity of a noisy latent, told the time, a text and the latent of the lq."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__(
            num_attention_heads=config.heads,
            attention_head_dim=config.head_width,
            in_channels=2 * config.latent_channels,
            out_channels=config.latent_channels,
            time_embed_dim=config.time_width,
            text_embed_dim=config.text_width,
            num_layers=config.layers,
            attention_bias=True,
            sample_height=config.height,
            sample_width=config.width,
            sample_frames=BASE_FRAMES,
            patch_size=config.patch,
            temporal_compression_ratio=FRAMES_PER_LATENT,
            max_text_seq_length=config.text_length,
            norm_eps=NORM_EPS,
            use_rotary_positional_embeddings=config.rotary,
        )
        self.sizes = config
        for block in self.transformer_blocks:
            block.norm1 = LiemNorm(config)  # type: ignore
        self.norm_out.norm.eps = LAST_NORM_EPS

    def velocity(self, x: Tensor, t: Tensor, text: Tensor, lq: Tensor) -> Tensor:
        """v of x, both (B, T, C, H, W); H and W multiples of the patch.

        lq: the lq's latent, like x. t: (B,) in [0, 999]. text: (B, text_length, text_width). All in the dtype of
        the weights except t, on one device.
        """
        n_frames, height, width = x.shape[1], *(size // self.sizes.patch for size in x.shape[-2:])
        self.set_grid(height, width)
        rotary = rotary_table(self.sizes, n_frames, height, width, x.device) if self.sizes.rotary else None
        both = torch.cat([x, lq], 2)
        return self(both, text, t, image_rotary_emb=rotary, return_dict=False)[0]

    def restore_positions(self) -> None:
        """Compute the table of added positions again: it is not in any file (2B only)."""
        embed, sizes = self.patch_embed, self.sizes
        embed.pos_embedding = embed._get_positional_embeddings(sizes.height, sizes.width, BASE_FRAMES)

    def set_grid(self, height: int, width: int) -> None:
        """Tell the gates how many rows and columns of tokens a frame has."""
        for block in self.transformer_blocks:
            block.norm1.grid = (height, width)  # type: ignore


def rotary_table(
    config: TransformerConfig, n_frames: int, height: int, width: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Cosines and sines, each (n_frames * height * width, head_width) float32, of whole positions from 0."""
    corners = ((0, 0), (height, width))
    table = get_3d_rotary_pos_embed(config.head_width, corners, (height, width), n_frames, device=device)
    cos, sin = table
    return cos, sin
