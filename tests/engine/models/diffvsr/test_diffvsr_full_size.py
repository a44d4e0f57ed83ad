"""The published size and layout, random weights: fetched from a hub, loaded strictly, run as small as is possible."""

import resource
import time
from pathlib import Path

import pytest
import torch
from torch import nn

from engine import Job, RestorationSettings
from engine.media.probe import probe
from engine.models.diffvsr.config import TextConfig, UNetConfig, VaeConfig
from engine.models.diffvsr.te_vae import TemporalVae
from engine.models.diffvsr.unet import VideoUNet
from engine.models.hub import download
from engine.models.registry import SPECS
from engine.models.slot import slot
from engine.restore import restore
from tests.clips import make_clip
from tests.hub_server import Hub
from tests.tiny_diffvsr import write_upscaler


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


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_published_size_is_fetched_loaded_and_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """U-Net in float16 (1.9 GB), VAE and text encoder in float32 (0.6 and 1.4 GB); one frame of 16 x 16."""
    monkeypatch.setenv("EVENSTAR_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setattr("engine.verify.LEAST_PSNR", 0.0)  # its pictures are noise
    monkeypatch.setattr("engine.verify.first_stray", lambda *_: None)
    published, spec = tmp_path / "pretrained_models", SPECS["diffvsr"]
    published.mkdir()
    with torch.device("meta"):
        unet, vae = VideoUNet(UNetConfig()), TemporalVae(VaeConfig())
    torch.save({"ema": random_state(unet, torch.float16)}, published / "DiffVSR_UNet.pt")
    torch.save(random_state(vae, torch.float32), published / "TE-3DVAE.pt")
    write_upscaler(published / "upscaler4x", TextConfig())
    begun = time.monotonic()
    with Hub(tmp_path / "hub") as hub:
        monkeypatch.setenv("EVENSTAR_HUB", hub.address)
        for file in spec.weights:
            hub.link(str(file.repo), file.repo_path, published / file.repo_path)
        download(spec, accept_licence=spec.licence)
    fetched = time.monotonic()
    source = make_clip(tmp_path / "source.mp4", n_frames=1, width=16, height=16)
    job = Job(
        source=source,
        target=tmp_path / "film.mkv",
        device="cpu",
        restoration=RestorationSettings(model="diffvsr", steps=1),
    )

    film = probe(restore(job))

    slot.clear()
    peak_gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(  # noqa: T201
        f"fetched in {fetched - begun:.0f} s, converted, loaded and restored in {time.monotonic() - fetched:.0f} s, "
        f"peak {peak_gib:.1f} GiB"
    )
    assert (film.width, film.height) == (64, 64)
