"""DiffVSR in training: v-prediction on the latents of good film, told the noised lq (Li et al. 2025)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.converted import converted
from engine.models.diffvsr.config import UNetConfig, VaeConfig
from engine.models.diffvsr.sampler import SampleSettings, add_lq_noise, sample_latents, sample_window
from engine.models.diffvsr.sampling import LATENT_BETAS, LQ_BETAS, WINDOW, start_noise
from engine.models.diffvsr.te_vae import SpatioTemporalResBlock, TemporalVae
from engine.models.diffvsr.unet import ResBlock, Transformer, VideoUNet
from engine.models.diffvsr.weights import (
    Part,
    UpscalerFiles,
    convert,
    load,
    read_text_side,
    text_part,
    unet_part,
    vae_part,
)
from engine.models.registry import spec_of
from engine.models.spec import ModelSpec
from engine.models.weights_folder import locate
from engine.sampling.noise import clip_noise
from engine.training.config import ConfigError
from engine.training.video.config import DiffVsrModel
from engine.training.video.recompute import recompute
from engine.training.video.start import install_network, read_weights, write_weights
from engine.training.video.task import Task

SHOWN_STEPS = 8
_TEXT_FILES = ("text_config", "vocabulary", "merges", "special_tokens", "scheduler", "low_res_scheduler")


class DiffVsrTask(Task):
    """VideoUNet beside a frozen TE-3DVAE; the latent has the size of the lq."""

    fixed = ("*freqs",)

    def __init__(self, model: DiffVsrModel) -> None:
        super().__init__()
        spec = self.spec = spec_of(model.start.model) if model.start.model else None
        if spec is not None:
            sizes = {"network": UNetConfig(**spec.sizes_of("unet")), "vae": VaeConfig(**spec.sizes_of("vae"))}
            model = replace(model, network=cast("Any", sizes["network"]), vae=cast("Any", sizes["vae"]))
        self.model = model
        self.network = (
            VideoUNet(model.network) if spec is None else _load(spec, 0, unet_part(model.network)).float()
        )
        vae = TemporalVae(model.vae) if spec is None else _load(spec, 1, vae_part(model.vae)).float()
        for module, path in ((self.network, model.start.network), (vae, model.start.vae)):
            if path:
                read_weights(module, Path(path))
        self.frozen = nn.ModuleDict({"vae": vae.eval().requires_grad_(False)})
        self._schedule, self._lq_signal = LATENT_BETAS.schedule(), LQ_BETAS.signal()
        self._texts = torch.zeros(1, 1, model.network.text_width)

    @property
    def vae(self) -> TemporalVae:
        """The frozen VAE."""
        return cast("TemporalVae", self.frozen["vae"])

    def check_size(self, height: int, width: int) -> None:
        """Raise ConfigError unless frames fill whole latents."""
        stride = self.model.vae.stride
        if height % stride or width % stride:
            raise ConfigError(f"clips: {height}x{width}, need multiples of the VAE's stride {stride}")

    def read_prompts(self, prompts: Sequence[str]) -> None:
        """Embed every caption as it stands; zeros where no text is read."""
        if self.spec is None:
            self._texts = self._texts[:1].expand(len(prompts), -1, -1)
            return
        _, _, encoder_file, *others = self.spec.weights
        located = {n: locate(self.spec, file) for n, file in zip(_TEXT_FILES, others, strict=True)}
        files = UpscalerFiles(text_encoder=locate(self.spec, encoder_file), **located)
        tokenizer, config = read_text_side(files)
        encoder = _load(self.spec, 2, text_part(config)).float()
        with torch.no_grad():
            self._texts = torch.cat([encoder(tokenizer.encode([prompt])) for prompt in prompts])

    def forward(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """velocity: mean square error of v, which is all there is: total."""
        x0, lq = self.encode(batch["gt"]), batch["lq"]
        if lq.shape[2:] != x0.shape[2:]:
            raise ConfigError(f"clips: scale must be the VAE's stride {self.model.vae.stride}")
        t = torch.randint(0, len(self._schedule.alphas), (len(x0),))
        level = torch.randint(0, self.model.most_noise + 1, (len(x0),))
        noise = torch.randn(x0.shape).to(x0)
        alpha, sigma = (levels[t].view(-1, 1, 1, 1, 1).to(x0) for levels in _levels(self._schedule))
        signal = self._lq_signal[level].view(-1, 1, 1, 1, 1).to(x0)
        noised = signal.sqrt() * lq + (1 - signal).sqrt() * torch.randn(lq.shape).to(lq)
        text = self._texts[batch["prompt"].cpu()].to(x0)
        v = self.network(alpha * x0 + sigma * noise, t.to(x0.device), noised, text, level.to(x0.device))
        velocity = F.mse_loss(v.float(), alpha * noise - sigma * x0)
        return {"velocity": velocity, "total": velocity}

    @torch.no_grad()
    def encode(self, clips: Tensor) -> Tensor:
        """Scaled means of the posterior (B, C, T, h, w) of clips (B, 3, T, H, W) in [-1, 1]."""
        means = [self.vae.encode(frame)[0] for frame in _joined(clips).split(1)]
        return _split(torch.cat(means) * self.model.vae.scaling_factor, len(clips))

    def decode(self, latents: Tensor) -> Tensor:
        """Clips (B, 3, T, H, W) of scaled latents (B, C, T, h, w)."""
        frames = _joined(latents / self.model.vae.scaling_factor)
        return _split(self.vae.decode(frames, latents.shape[2]), len(latents))

    @torch.no_grad()
    def restore(self, batch: dict[str, Tensor], *, steps: int = SHOWN_STEPS, seed: int = 0) -> Tensor:
        """The first clip (1, 3, T, H, W) restored without guidance; in [-1, 1], not clamped."""
        lq = batch["lq"][:1]
        settings, text = SampleSettings(steps=steps, guidance_scale=1.0), self._texts[:1].to(lq)
        n_frames, size = lq.shape[2], lq.shape[-2:]
        noise = clip_noise(seed, "lq", 0, 0, n_frames, (3, *size)).to(lq)
        noised = add_lq_noise(lq, noise, min(settings.noise_level, self.model.most_noise))
        latent = start_noise(seed, 0, range(n_frames), (self.model.vae.latent_channels, *size)).to(lq)
        if self.model.interweave:
            return self.decode(sample_latents(self.network, latent, noised, (text, text), settings))
        parts = [slice(at, at + WINDOW) for at in range(0, n_frames, WINDOW)]
        found = [
            sample_window(self.network, latent[:, :, part], noised[:, :, part], (text, text), settings)
            for part in parts
        ]
        return self.decode(torch.cat(found, 2))

    def show(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The lq, a restoration of a few steps, and the ground truth."""
        return {"lq": batch["lq"][:1], "restored": self.restore(batch), "gt": batch["gt"][:1]}

    def write(self, path: Path) -> None:
        """The published keys, which custom models read."""
        write_weights(self.network, path)

    def install(self, model: str, weights: Path) -> None:
        """Make the weights a model that shares everything else with the one it started from."""
        assert self.spec is not None  # the config says so
        install_network(self.spec, model, weights)

    def recompute(self) -> None:
        """Blocks of the U-Net."""
        recompute(self.network, (ResBlock, Transformer))
        recompute(self.frozen["vae"], (SpatioTemporalResBlock,))


def _levels(schedule: Any) -> tuple[Tensor, Tensor]:
    return schedule.alphas, schedule.sigmas


def _joined(clips: Tensor) -> Tensor:
    """(B*T, C, H, W) of (B, C, T, H, W)."""
    return clips.transpose(1, 2).flatten(0, 1)


def _split(frames: Tensor, n_clips: int) -> Tensor:
    """(B, C, T, H, W) of (B*T, C, H, W)."""
    return frames.unflatten(0, (n_clips, -1)).transpose(1, 2)


def _load(spec: ModelSpec, place: int, part: Part) -> Any:
    """A module of a model on this computer; raises ModelError where its file is missing or another one."""
    path, _ = converted(spec, spec.weights[place], lambda source, target: convert(source, target, part))
    return load(path, part)
