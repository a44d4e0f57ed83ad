"""Makes tests/golden/tiny_star.safetensors: a STAR of a few weights that gives back what it is shown, coarsely.

    python -m tests.golden.train_tiny_star

A film restored by random weights is noise and is rightly refused at verification. These weights learnt on
synthesised pictures: the VAE to code them (L1), then the network to predict the velocity whose x0 is the hint.
Minutes on two cores; the seed is fixed, results differ in the last bits between machines.
"""

import time
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor

from engine.models.star.config import NetworkConfig, VaeConfig
from engine.models.star.control import ControlledUNet
from engine.models.star.vae import build_vae
from engine.sampling.schedule import interpolated_cosine
from tests.tiny_star import NETWORK, VAE, as_config

TARGET = Path(__file__).with_name("tiny_star.safetensors")
SCALING = 0.18215


def pictures(n: int, size: int, generator: torch.Generator) -> Tensor:
    """(n, 3, size, size) in [-1, 1]: smooth fields of random colours, some with edges."""
    coarse = torch.randn(n, 3, 5, 5, generator=generator)
    smooth = F.interpolate(coarse, size=size, mode="bicubic", align_corners=False)
    edges = F.interpolate(torch.randn(n, 3, 9, 9, generator=generator), size=size, mode="nearest")
    mix = torch.rand(n, 1, 1, 1, generator=generator)
    return (0.6 * (smooth * mix + edges * (1 - mix))).clamp(-1, 1)


def train_vae(vae: torch.nn.Module, generator: torch.Generator, steps: int, seconds: float) -> None:
    """Reconstruct single frames; latents are kept near unit spread after scaling."""
    optimizer = torch.optim.AdamW(vae.parameters(), lr=2e-3)
    begun = time.monotonic()
    for step in range(steps):
        frames = pictures(8, 48, generator)
        posterior = vae.encode(frames).latent_dist  # type: ignore[operator]
        latent = posterior.mean + 0.1 * torch.randn(posterior.mean.shape, generator=generator)
        decoded = vae.decode(latent, num_frames=1).sample  # type: ignore[operator]
        loss = (decoded - frames).abs().mean() + 1e-2 * (
            posterior.mean.square().mean() * SCALING**2 - 1
        ).abs()
        loss = loss + 1e-4 * (posterior.logvar + 4).square().mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        if step % 50 == 0:
            print(f"vae {step}: {loss.item():.4f}, {time.monotonic() - begun:.0f} s", flush=True)  # noqa: T201
        if time.monotonic() - begun > seconds:
            break


def train_network(
    network: torch.nn.Module, vae: torch.nn.Module, generator: torch.Generator, steps: int, seconds: float
) -> None:
    """Velocity of x_t whose x0 is the hint: restoration of what needs none."""
    schedule, optimizer = interpolated_cosine(), torch.optim.AdamW(network.parameters(), lr=2e-3)
    begun = time.monotonic()
    for step in range(steps):
        with torch.no_grad():
            hint = vae.encode(pictures(4, 64, generator)).latent_dist.mean * SCALING  # type: ignore[operator]
        hint = hint[:, :, None].expand(-1, -1, 2, -1, -1)
        hint = F.pad(hint.flatten(0, 1), (0, 0, 0, 2), mode="replicate").unflatten(0, (4, 4))
        t = torch.randint(0, 1000, (4,), generator=generator)
        noise = torch.randn(hint.shape, generator=generator)
        x = schedule.add_noise(hint, noise, t)
        text = 0.1 * torch.randn(4, 3, 32, generator=generator)
        loss = (network(x, t, text, hint) - schedule.velocity(x, hint, t)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        if step % 50 == 0:
            print(f"network {step}: {loss.item():.4f}, {time.monotonic() - begun:.0f} s", flush=True)  # noqa: T201
        if time.monotonic() - begun > seconds:
            break


def main() -> None:
    """Train both and write the file."""
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(1)
    vae = build_vae(VaeConfig(**as_config(VAE)))
    network = ControlledUNet(NetworkConfig(**as_config(NETWORK)))
    train_vae(vae, generator, 900, 200)
    train_network(network, vae, generator, 700, 160)
    parts = {"vae": vae, "network": network}
    state = {
        f"{name}/{key}": value.half()
        for name, part in parts.items()
        for key, value in part.state_dict().items()
    }
    save_file(state, TARGET)


if __name__ == "__main__":
    main()
