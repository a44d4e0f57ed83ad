"""STAR on CogVideoX, fine-tuned: LoRA, gates, patch projection and final layer learn; v-prediction and DF loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.converted import converted
from engine.models.registry import spec_of
from engine.models.spec import ModelSpec
from engine.models.star_cogvideox.config import FRAMES_PER_LATENT, TextConfig
from engine.models.star_cogvideox.published import published_state
from engine.models.star_cogvideox.restorer import variant_of
from engine.models.star_cogvideox.schedule import T_MAX, signal_shares, zero_terminal
from engine.models.star_cogvideox.text import ALIASES, build_text_encoder, tokenize
from engine.models.star_cogvideox.vae import build_vae
from engine.models.star_cogvideox.weights import convert, load_network, load_strictly
from engine.models.weights_folder import locate
from engine.training.config import ConfigError
from engine.training.video.config import CogVideoXModel
from engine.training.video.lora import adapt, merged_state
from engine.training.video.recompute import recompute
from engine.training.video.start import install_network, read_weights, write_state
from engine.training.video.task import Task
from engine.training.video.with_frequency import with_frequency

PROJECTIONS = r"\.attn1\.(to_q|to_k|to_v|to_out\.0)$"
"""What LoRA stands beside, in every layer."""


class CogVideoXTask(Task):
    """VideoTransformer with adapters between encoder and decoder of a frozen causal VAE."""

    def __init__(self, model: CogVideoXModel) -> None:
        super().__init__()
        spec = self.spec = spec_of(model.start.model) if model.start.model else None
        variant = None if spec is None else variant_of(spec)
        self.model = (
            model if variant is None else replace(model, network=variant.transformer, vae=variant.vae)
        )
        self.network = _network(self.model, spec)
        adapt(self.network, PROJECTIONS, model.rank)
        self.frozen = nn.ModuleDict({"vae": _vae(self.model, spec)})
        shift = model.snr_shift if variant is None else variant.snr_shift
        self._alphas = zero_terminal(signal_shares(shift))
        sizes = self.model.network
        self._texts = torch.zeros(1, sizes.text_length, sizes.text_width)

    @property
    def vae(self) -> Any:
        """The VAE with the methods that its class adds."""
        return self.frozen["vae"]

    def check_size(self, height: int, width: int) -> None:
        """Raise ConfigError unless clips fill whole tokens."""
        unit = self.model.vae.stride * self.model.network.patch
        if height % unit or width % unit:
            raise ConfigError(f"clips: {height}x{width}, need multiples of {unit}")

    def read_prompts(self, prompts: Sequence[str]) -> None:
        """Embed every caption, the empty one included; zeros where no text is read."""
        if self.spec is None:
            self._texts = self._texts[:1].expand(len(prompts), -1, -1)
            return
        _, _, tokenizer, *files = self.spec.weights
        config = TextConfig(**self.spec.sizes_of("text"))
        paths = [locate(self.spec, file) for file in files]
        encoder = load_strictly(paths, lambda: build_text_encoder(config), "T5 encoder", aliases=ALIASES)
        model, length = locate(self.spec, tokenizer), self.model.network.text_length
        with torch.no_grad():
            found = [
                encoder(input_ids=tokenize(model, prompt, length)).last_hidden_state for prompt in prompts
            ]
        self._texts = torch.cat(found).float()

    def forward(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """velocity: mean square error of v; low, high, frequency: of the Dynamic Frequency loss; total."""
        gt = batch["gt"]
        if gt.shape[2] % (2 * FRAMES_PER_LATENT) != 1:
            raise ConfigError(f"clips: n_frames is {gt.shape[2]}, need 8 k + 1")
        x0, lq = self.encode(gt), self.encode(enlarged(batch["lq"], gt))
        t = torch.randint(0, T_MAX + 1, (len(gt),)).to(gt.device)
        alpha = self._alphas[t.cpu()].view(-1, 1, 1, 1, 1).to(x0)
        sigma = (1 - alpha**2).sqrt()
        noise = torch.randn(x0.shape).to(x0)
        x_t = alpha * x0 + sigma * noise
        text = self._texts[batch["prompt"].cpu()].to(x0)
        v = self.network.velocity(x_t, t, text, lq).float()
        velocity = F.mse_loss(v, alpha * noise - sigma * x0)
        if self.model.frequency.beta == 0:
            return {"velocity": velocity, "total": velocity}
        predicted = alpha * x_t - sigma * v
        shown = self.decode(predicted[:, : self.model.frequency_latents or None])
        return with_frequency(velocity, shown, gt[:, :, : shown.shape[2]], t, self.model.frequency)

    @torch.no_grad()
    def encode(self, clips: Tensor) -> Tensor:
        """Scaled posterior samples (B, T', C, h, w) of clips (B, 3, T, H, W) in [-1, 1]."""
        self.vae.num_sample_frames_batch_size = clips.shape[2]  # as published: in one pass
        latent = torch.cat([self._posterior(clip[None]) for clip in clips])
        return latent.transpose(1, 2) * self.model.vae.scaling_factor

    def _posterior(self, clip: Tensor) -> Tensor:
        found = self.vae.encode(clip).latent_dist
        return found.mean + found.std * torch.randn(found.mean.shape).to(found.mean)

    def decode(self, latents: Tensor) -> Tensor:
        """Clips (B, 3, T, H, W) of scaled latents (B, T', C, h, w), an odd T'; the gradient passes."""
        return self.vae.decode(latents.transpose(1, 2) / self.model.vae.scaling_factor).sample

    @torch.no_grad()
    def show(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The lq, what one step from the middle of the noise predicts, and the ground truth."""
        lq, gt = batch["lq"][:1], batch["gt"][:1]
        x0, hint = self.encode(gt), self.encode(enlarged(lq, gt))
        t = torch.full((1,), T_MAX // 2, device=gt.device)
        alpha = float(self._alphas[T_MAX // 2])
        sigma = (1 - alpha**2) ** 0.5
        x_t = alpha * x0 + sigma * torch.randn(x0.shape).to(x0)
        v = self.network.velocity(x_t, t, self._texts[:1].to(x0), hint)
        return {"lq": lq, "restored": self.decode(alpha * x_t - sigma * v), "gt": gt}

    def write(self, path: Path) -> None:
        """The published checkpoint's keys, adapters merged: what `evenstar models import` reads."""
        write_state(published_state(merged_state(self.network), self.model.network), path)

    def install(self, model: str, weights: Path) -> None:
        """Make the weights a model that shares text encoder and VAE with the one it started from."""
        assert self.spec is not None  # the config says so
        install_network(self.spec, model, weights)

    def recompute(self) -> None:
        """Layers of the transformer, and blocks of the decoder."""
        from diffusers.models.autoencoders.autoencoder_kl_cogvideox import CogVideoXResnetBlock3D
        from diffusers.models.transformers.cogvideox_transformer_3d import CogVideoXBlock

        recompute(self.network, (CogVideoXBlock,))
        recompute(self.vae.decoder, (CogVideoXResnetBlock3D,))


def enlarged(lq: Tensor, like: Tensor) -> Tensor:
    """lq (B, 3, T, h, w) at the size of `like`, bicubic, frame by frame."""
    frames = lq.transpose(1, 2).flatten(0, 1)
    larger = F.interpolate(frames, like.shape[-2:], mode="bicubic", align_corners=False).clamp(-1, 1)
    return larger.unflatten(0, (len(lq), -1)).transpose(1, 2)


def _network(model: CogVideoXModel, spec: ModelSpec | None) -> Any:
    """The transformer in float32 with its first weights, LoRA of its file merged."""
    from engine.models.star_cogvideox.network import VideoTransformer

    if spec is None:
        network: Any = VideoTransformer(model.network)
    else:
        variant = variant_of(spec)
        path, _ = converted(spec, spec.weights[0], lambda s, target: convert(s, target, variant)[1])
        network = load_network(path, variant.transformer, dtype=torch.float32)
    if model.start.network:
        read_weights(network, Path(model.start.network))
    return network


def _vae(model: CogVideoXModel, spec: ModelSpec | None) -> nn.Module:
    if spec is None:
        vae = build_vae(model.vae)
    else:
        vae = load_strictly([locate(spec, spec.weights[1])], lambda: build_vae(model.vae), "VAE").float()
    if model.start.vae:
        read_weights(vae, Path(model.start.vae))
    return cast("nn.Module", vae.eval().requires_grad_(False))
