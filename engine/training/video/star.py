"""STAR on I2VGen-XL, fine-tuned: v-prediction and the Dynamic Frequency loss, with its gradient through the decoder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.converted import converted
from engine.models.registry import spec_of
from engine.models.spec import ModelSpec
from engine.models.star.config import NetworkConfig, TextConfig, VaeConfig
from engine.models.star.control import ControlledUNet
from engine.models.star.frames import enlarge, legal_latent
from engine.models.star.sampler import Grid, SampleSettings, sample_latent
from engine.models.star.text import tokenize
from engine.models.star.unet import (
    ResBlock,
    SpatialTransformer,
    TemporalTransformer,
    join_frames,
    split_frames,
)
from engine.models.star.vae import build_vae, decode_frames, posterior
from engine.models.star.weights import Part, convert, load, network_part, text_part, vae_part
from engine.sampling.schedule import interpolated_cosine
from engine.training.config import ConfigError
from engine.training.frequency_loss import T_MAX
from engine.training.video.config import StarModel
from engine.training.video.recompute import recompute
from engine.training.video.start import install_network, read_weights, write_weights
from engine.training.video.task import Task
from engine.training.video.with_frequency import with_frequency

GATES = ("*.local1.*", "*.local2.*")
ENCODED_PIXELS = 1 << 20
"""Most pixels that the VAE encodes at once."""
SHOWN_STEPS = 8


class StarTask(Task):
    """ControlledUNet between the encoder and the decoder of a frozen VAE."""

    def __init__(self, model: StarModel) -> None:
        super().__init__()
        self.model = model
        self.spec = spec_of(model.start.model) if model.start.model else None
        self.network = _network(model, self.spec)
        vae = _vae(model, self.spec)
        self.frozen = nn.ModuleDict({"vae": vae})
        self._scaling = float(cast("Any", vae).config.scaling_factor)
        with torch.device("cpu"):
            self._schedule = interpolated_cosine()
            self._texts = torch.zeros(1, 1, self.network.config.context_width)
        self.fixed = () if model.liem else GATES

    @property
    def vae(self) -> Any:
        """The VAE with the methods that its class adds."""
        return self.frozen["vae"]

    def check_size(self, height: int, width: int) -> None:
        """Raise ConfigError unless the network gives latents of such frames back as they went in."""
        stride = 2 ** (len(self.vae.config.block_out_channels) - 1)
        rows, columns = height // stride, width // stride
        legal = legal_latent(rows, columns, self.network.config)
        if (rows * stride, columns * stride) != (height, width) or legal != (rows, columns):
            raise ConfigError(
                f"clips: {height}x{width} is no size of this network, the next one is "
                f"{legal[0] * stride}x{legal[1] * stride}"
            )

    def read_prompts(self, prompts: Sequence[str]) -> None:
        """Embed every caption as it stands (no quality suffix, as released); zeros where no text is read."""
        if self.spec is None:
            self._texts = self._texts[:1].expand(len(prompts), -1, -1)
            return
        part = text_part(TextConfig(**self.spec.sizes_of("text")))
        tower = _load(self.spec, 1, part).float()
        with torch.no_grad():
            self._texts = torch.cat([tower(tokenize([prompt])) for prompt in prompts])

    def forward(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """velocity: mean square error of v; low, high, frequency: of the Dynamic Frequency loss; total."""
        gt = batch["gt"]
        x0, hint = self.encode(gt), self.encode(self._enlarged(batch["lq"], gt))
        times = torch.randint(0, T_MAX + 1, (len(gt),))
        t, noise = times.to(gt.device), torch.randn(x0.shape).to(x0)
        alpha, sigma = (level[times].view(-1, 1, 1, 1, 1).to(x0) for level in self._levels())
        x_t = alpha * x0 + sigma * noise
        v = self.velocity(x_t, t, self._texts[batch["prompt"].cpu()].to(x0), hint).float()
        velocity = F.mse_loss(v, alpha * noise - sigma * x0)
        if self.model.frequency.beta == 0:
            return {"velocity": velocity, "total": velocity}
        predicted, seen = self._decoded(alpha * x_t - sigma * v)
        return with_frequency(velocity, predicted, gt[:, :, seen], t, self.model.frequency)

    def velocity(self, x_t: Tensor, t: Tensor, text: Tensor, hint: Tensor) -> Tensor:
        """What the network says, steered or alone; see ControlledUNet."""
        if self.model.control:
            return self.network(x_t, t, text, hint)
        return self.network.denoise(x_t, t, text, None)

    @torch.no_grad()
    def encode(self, clips: Tensor) -> Tensor:
        """Scaled posterior samples (B, C, T, h, w) of clips (B, 3, T, H, W) in [-1, 1]."""
        frames = join_frames(clips)
        at_once = max(ENCODED_PIXELS // (frames.shape[-1] * frames.shape[-2]), 1)
        mean, spread = (
            torch.cat(c) for c in zip(*(posterior(self.vae, f) for f in frames.split(at_once)), strict=True)
        )
        sampled = mean + spread * torch.randn(mean.shape).to(mean)
        return split_frames(sampled * self._scaling, len(clips))

    def decode(self, latents: Tensor) -> Tensor:
        """Clips (B, 3, T, H, W), about [-1, 1], of scaled latents (B, C, T, h, w); the gradient passes."""
        frames = self.vae.decode(join_frames(latents / self._scaling), num_frames=latents.shape[2]).sample
        return split_frames(frames, len(latents))

    @torch.no_grad()
    def restore(self, batch: dict[str, Tensor], *, steps: int = SHOWN_STEPS, seed: int = 0) -> Tensor:
        """The first clip (1, 3, T, H, W) restored without guidance; in [-1, 1], not clamped."""
        hint = self.encode(self._enlarged(batch["lq"][:1], batch["gt"][:1]))
        text = self._texts[:1].to(hint)
        generator = torch.Generator().manual_seed(seed)
        latent = sample_latent(
            self.velocity,
            hint,
            (text, text),
            lambda _purpose, _step: torch.randn(hint.shape, generator=generator).to(hint),
            SampleSettings(grid=Grid.NORMAL, steps=steps, guidance_scale=1.0, window=hint.shape[2]),
        )
        frames = decode_frames(self.vae, latent[0].transpose(0, 1), frames_per_part=len(latent[0, 0]))
        return frames.transpose(0, 1)[None]

    def show(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The lq, a restoration of a few steps, and the ground truth."""
        return {"lq": batch["lq"][:1], "restored": self.restore(batch), "gt": batch["gt"][:1]}

    def write(self, path: Path) -> None:
        """The published keys; `evenstar models import` and custom models read them."""
        write_weights(self.network, path)

    def install(self, model: str, weights: Path) -> None:
        """Make the weights a model that shares text encoder and VAE with the one it started from."""
        assert self.spec is not None  # the config says so
        install_network(self.spec, model, weights)

    def recompute(self) -> None:
        """Blocks of the network, and of the decoder that the Dynamic Frequency loss goes through."""
        from diffusers.models.resnet import SpatioTemporalResBlock

        recompute(self.network, (ResBlock, SpatialTransformer, TemporalTransformer))
        recompute(self.vae.decoder, (SpatioTemporalResBlock,))

    def _decoded(self, x0: Tensor) -> tuple[Tensor, slice]:
        """A few consecutive frames of the predicted clip, drawn at random, and which they are."""
        n_frames = x0.shape[2]
        count = min(self.model.frequency_frames or n_frames, n_frames)
        start = int(torch.randint(0, n_frames - count + 1, ()))
        seen = slice(start, start + count)
        return self.decode(x0[:, :, seen]), seen

    def _levels(self) -> tuple[Tensor, Tensor]:
        return self._schedule.alphas, self._schedule.sigmas

    @staticmethod
    def _enlarged(lq: Tensor, like: Tensor) -> Tensor:
        """The lq at the size of the ground truth, as restoration enlarges it."""
        return split_frames(enlarge(join_frames(lq), *like.shape[-2:]), len(lq))


def _network(model: StarModel, spec: ModelSpec | None) -> ControlledUNet:
    """The network in float32 with its first weights."""
    if spec is None:
        network = ControlledUNet(model.network)
        silence(network)
    else:
        part = network_part(NetworkConfig(**spec.sizes_of("network")))
        network = cast("ControlledUNet", _load(spec, 0, part).float())
    if model.start.network:
        read_weights(network, Path(model.start.network))
    if model.copy_encoder:
        encoder: dict[str, Tensor] = network.state_dict()
        wanted: dict[str, Tensor] = network.VideoControlNet.state_dict()
        network.VideoControlNet.load_state_dict(
            {key: encoder.get(key, value) for key, value in wanted.items()}
        )
        silence(network)
    if not model.liem:
        close_gates(network)
    return network


def silence(network: ControlledUNet) -> None:
    """Outlets of the control network say nothing at first (Zhang et al. 2023, "zero convolutions")."""
    outlets = nn.ModuleList([*network.VideoControlNet.zero_convs, network.VideoControlNet.middle_block_out])
    with torch.no_grad():
        for parameter in outlets.parameters():
            parameter.zero_()


def close_gates(network: nn.Module) -> None:
    """All gates one half, everywhere: as without them, because a LayerNorm follows."""
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if ".local1." in name or ".local2." in name:
                parameter.zero_()


def _vae(model: StarModel, spec: ModelSpec | None) -> nn.Module:
    vae = (
        build_vae(model.vae)
        if spec is None
        else _load(spec, 2, vae_part(VaeConfig(**spec.sizes_of("vae")))).float()
    )
    if model.start.vae:
        read_weights(vae, Path(model.start.vae))
    return vae.eval().requires_grad_(False)


def _load(spec: ModelSpec, place: int, part: Part) -> nn.Module:
    """A module of a model on this computer; raises ModelError where its file is missing or another one."""
    path, _ = converted(spec, spec.weights[place], lambda source, target: convert(source, target, part))
    return load(path, part)
