"""The published size and layout, random weights: fetched from a hub, loaded strictly, run as small as is possible."""

import resource
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from engine.job import Job
from engine.media.probe import probe
from engine.models.diffvsr.config import TextConfig, UNetConfig, VaeConfig
from engine.models.diffvsr.te_vae import TemporalVae
from engine.models.diffvsr.unet import VideoUNet
from engine.models.hub import download
from engine.models.registry import SPECS
from engine.models.slot import slot
from engine.models.spec import ModelSpec
from engine.models.weights_folder import FileState, model_state
from engine.restore import restore
from engine.settings import RestorationSettings
from tests.clips import make_clip
from tests.hub_server import Hub
from tests.tiny_diffvsr import TINY_SIZES, write_published, write_upscaler


def random_state(module: nn.Module, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """Weights of a meta module, small enough that float16 holds what they compute; norms get ones."""
    generator = torch.Generator().manual_seed(0)
    state = {}
    for key, meta in module.state_dict().items():
        value = torch.empty(meta.shape, dtype=dtype)
        if key.endswith("freqs"):
            state[key] = 10000.0 ** -(torch.arange(0, 32, 2).float() / 32)
        elif meta.ndim > 1:
            bound = meta[0].numel() ** -0.5
            state[key] = value.uniform_(-bound, bound, generator=generator)
        else:
            state[key] = value.fill_(1.0 if "norm" in key and key.endswith("weight") else 0.0)
    return state


def fetch_and_restore(spec: ModelSpec, published: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Fetch the authors' folder from a hub, restore one frame of 16 x 16 with it; gives how long that took."""
    folder = published.parent
    monkeypatch.setenv("EVENSTAR_WEIGHTS", str(folder / "weights"))
    monkeypatch.setattr("engine.verify.LEAST_PSNR", 0.0)  # its pictures are noise
    monkeypatch.setattr("engine.verify.first_stray", lambda *_: None)
    begun = time.monotonic()
    with Hub(folder / "hub") as hub:
        monkeypatch.setenv("EVENSTAR_HUB", hub.address)
        for file in spec.weights:
            hub.link(str(file.repo), file.repo_path, published / file.repo_path)
        download(spec, accept_licence=spec.licence)
    fetched = time.monotonic()
    job = Job(
        source=make_clip(folder / "source.mp4", n_frames=1, width=16, height=16),
        target=folder / "film.mkv",
        device="cpu",
        restoration=RestorationSettings(model=spec.id, steps=1),
    )
    film = probe(restore(job))
    slot.clear()
    assert (film.width, film.height) == (64, 64)
    return (
        f"fetched in {fetched - begun:.0f} s, converted, loaded and run in {time.monotonic() - fetched:.0f} s"
    )


def test_the_published_layout_is_fetched_loaded_and_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = replace(SPECS["diffvsr"], id="small-diffvsr", sizes=TINY_SIZES)
    monkeypatch.setitem(SPECS, spec.id, spec)

    fetch_and_restore(spec, write_published(tmp_path / "pretrained_models"), monkeypatch)

    assert model_state(spec) is FileState.PRESENT


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_published_size_is_fetched_loaded_and_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """U-Net in float16 (1.9 GB), VAE and text encoder in float32 (0.6 and 1.4 GB)."""
    published = tmp_path / "pretrained_models"
    published.mkdir()
    with torch.device("meta"):
        unet, vae = VideoUNet(UNetConfig()), TemporalVae(VaeConfig())
    torch.save({"ema": random_state(unet, torch.float16)}, published / "DiffVSR_UNet.pt")
    torch.save(random_state(vae, torch.float32), published / "TE-3DVAE.pt")
    write_upscaler(published / "upscaler4x", TextConfig())

    times = fetch_and_restore(SPECS["diffvsr"], published, monkeypatch)

    print(f"{times}, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")  # noqa: T201
