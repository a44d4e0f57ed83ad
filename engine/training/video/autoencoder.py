"""A VAE in training: L1, LPIPS and a discriminator that looks along time (TE-3DVAE, Li et al. 2025)."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from engine.metrics.lpips import load_lpips
from engine.models.converted import converted
from engine.models.diffvsr.te_vae import ResBlock as FrameResBlock
from engine.models.diffvsr.te_vae import SpatioTemporalResBlock, TemporalVae
from engine.models.registry import spec_of
from engine.models.spec import ModelSpec
from engine.models.star.unet import join_frames, split_frames
from engine.models.star.vae import build_vae
from engine.training.config import ConfigError
from engine.training.video.config import VaeModel
from engine.training.video.recompute import recompute
from engine.training.video.start import install_network, read_weights, write_weights
from engine.training.video.task import Task

LPIPS_LEAST = 63
"""Pixels a side that LPIPS's backbone needs."""


class TemporalDiscriminator(nn.Module):
    """Says for every patch of a clip whether it was filmed (PatchGAN, Isola et al. 2017, with 3D convolutions)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        widths = (3, width, 2 * width, 4 * width)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Conv3d(before, after, (3, 4, 4), (1, 2, 2), 1), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.Conv3d(widths[-1], 1, 3, padding=1))

    def forward(self, clips: Tensor) -> Tensor:
        """(B, 1, T, H / 8, W / 8) opinions, high for filmed, of clips (B, 3, T, H, W) in [-1, 1]."""
        return self.layers(clips)


class VaeTask(Task):
    """The autoencoder and, where it has a say, its discriminator: both learn in one step."""

    def __init__(self, model: VaeModel) -> None:
        super().__init__()
        self.model = model
        self.spec = spec_of(model.start.model) if model.start.model else None
        self.network = nn.Module()
        self.network.vae = _vae(model, self.spec)
        if model.adversarial:
            self.network.discriminator = TemporalDiscriminator(model.discriminator_width)
        self.frozen = nn.ModuleDict()
        self._lpips = load_lpips(Path(model.lpips)) if model.perceptual else None

    def check_size(self, height: int, width: int) -> None:
        """Raise ConfigError where frames are too small for LPIPS, or no multiple of the stride."""
        sizes = self.model.diffvsr if self.model.family == "diffvsr" else self.model.star
        if height % sizes.stride or width % sizes.stride:
            raise ConfigError(f"clips: {height}x{width}, need multiples of the VAE's stride {sizes.stride}")
        if self._lpips is not None and min(height, width) < LPIPS_LEAST:
            raise ConfigError(f"clips: {height}x{width}, LPIPS needs at least {LPIPS_LEAST} pixels a side")

    def forward(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """l1, divergence, and perceptual, adversarial, discriminator where they have weight; total."""
        gt, model = batch["gt"], self.model
        mean, log_variance = self._moments(gt)
        latent = mean + (0.5 * log_variance).exp() * torch.randn(mean.shape).to(mean)
        found = self._decode(latent, gt.shape[2]).float()
        losses = {
            "l1": F.l1_loss(found, gt),
            "divergence": 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).float().mean(),
        }
        total = losses["l1"] + model.divergence * losses["divergence"]
        if self._lpips is not None:
            losses["perceptual"] = self._lpips.distances(join_frames(found), join_frames(gt)).mean()
            total = total + model.perceptual * losses["perceptual"]
        if model.adversarial:
            judge = cast("nn.Module", self.network.discriminator)
            still = {name: value.detach() for name, value in judge.named_parameters()}
            losses["adversarial"] = -functional_call(judge, still, (found,)).float().mean()
            filmed, made = judge(gt).float(), judge(found.detach()).float()
            # The hinge (Lim & Ye 2017): the discriminator learns from this term alone, the VAE from the others.
            losses["discriminator"] = (F.relu(1 - filmed).mean() + F.relu(1 + made).mean()) / 2
            total = total + model.adversarial * losses["adversarial"] + losses["discriminator"]
        return losses | {"total": total}

    @torch.no_grad()
    def rebuilt(self, clips: Tensor) -> Tensor:
        """Clips (B, 3, T, H, W) in [-1, 1] there and back, by the mean of their latents."""
        return self._decode(self._moments(clips)[0], clips.shape[2])

    def show(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """A clip there and back, and the clip."""
        return {"restored": self.rebuilt(batch["gt"][:1]), "gt": batch["gt"][:1]}

    def write(self, path: Path) -> None:
        """The VAE without its discriminator, in the published keys."""
        write_weights(self._vae, path)

    def install(self, model: str, weights: Path) -> None:
        """Make a model with this VAE that shares everything else with the one it started from."""
        assert self.spec is not None  # the config says so
        install_network(self.spec, model, weights, place=_place(self.model))

    def recompute(self) -> None:
        """Residual blocks of encoder and decoder."""
        from diffusers.models.resnet import ResnetBlock2D
        from diffusers.models.resnet import SpatioTemporalResBlock as StarBlock

        recompute(self._vae, (FrameResBlock, SpatioTemporalResBlock, ResnetBlock2D, StarBlock))

    @property
    def _vae(self) -> Any:
        return self.network.vae

    def _moments(self, clips: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance (B*T, C, h, w) of the latents of (B, 3, T, H, W)."""
        frames = join_frames(clips)
        if self.model.family == "diffvsr":
            return self._vae.encode(frames)
        latent = self._vae.encode(frames).latent_dist
        return latent.mean, latent.logvar

    def _decode(self, latents: Tensor, n_frames: int) -> Tensor:
        """Clips (B, 3, T, H, W) of latents (B*T, C, h, w)."""
        found = self._vae.decode(latents, n_frames)
        frames = found if self.model.family == "diffvsr" else found.sample
        return split_frames(frames, len(frames) // n_frames)


def _vae(model: VaeModel, spec: ModelSpec | None) -> nn.Module:
    """The autoencoder in float32 with its first weights."""
    if spec is None:
        vae = TemporalVae(model.diffvsr) if model.family == "diffvsr" else build_vae(model.star)
    elif spec.family != model.family:
        raise ConfigError(f"model: family is {model.family}, {spec.id} is of {spec.family}")
    else:
        vae = _loaded(spec, _place(model))
    if model.start.vae:
        read_weights(vae, Path(model.start.vae))
    return vae.requires_grad_()


def _place(model: VaeModel) -> int:
    """The VAE's among the files of a model of the family."""
    return 1 if model.family == "diffvsr" else 2


def _loaded(spec: ModelSpec, place: int) -> nn.Module:
    if spec.family == "diffvsr":
        from engine.models.diffvsr import weights
        from engine.models.diffvsr.config import VaeConfig

        part = weights.vae_part(VaeConfig(**spec.sizes_of("vae")))
        path, _ = converted(spec, spec.weights[place], lambda s, target: weights.convert(s, target, part))
        return weights.load(path, part).float()
    from engine.models.star import weights as star
    from engine.models.star.config import VaeConfig as StarVae

    star_part = star.vae_part(StarVae(**spec.sizes_of("vae")))
    path, _ = converted(spec, spec.weights[place], lambda s, target: star.convert(s, target, star_part))
    return star.load(path, star_part).float()
