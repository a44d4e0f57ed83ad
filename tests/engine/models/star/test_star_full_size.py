"""The published size and layout, random weights: fetched from a hub, converted, loaded, and run once on the CPU."""

import resource
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.device import Placement
from engine.footprint import footprint, weight_bytes
from engine.models.hub import download
from engine.models.registry import spec_of
from engine.models.slot import ModelSlot
from engine.models.star.config import NetworkConfig, TextConfig, VaeConfig
from engine.models.star.control import bound_memory, build_on_meta
from engine.models.star.restorer import StarRestorer
from engine.models.star.text import TextTower
from engine.models.star.vae import build_vae
from engine.models.weights_folder import FileState, model_state
from engine.plan import Shot, make_plan
from tests.hub_server import Hub

HALF = Placement(device="cpu", dtype="float16")
LIGHT = spec_of("star-light")


def random_state(module: torch.nn.Module, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """Weights small enough that float16 holds what they compute; norms get ones."""
    generator = torch.Generator().manual_seed(0)
    state = {}
    for key, meta in module.state_dict().items():
        value = torch.empty(meta.shape, dtype=dtype)
        if meta.ndim < 2:
            state[key] = value.fill_(1.0 if "norm" in key and key.endswith("weight") else 0.0)
        else:
            bound = (meta[0].numel()) ** -0.5
            state[key] = value.uniform_(-bound, bound, generator=generator)
    return state


def publish(hub: Hub, folder: Path) -> None:
    """Lay the three files out as they are published, the network in half precision to spare this disk 4 GB."""
    network_file, text_file, vae_file = LIGHT.weights
    torch.save({"state_dict": random_state(build_on_meta(NetworkConfig()), torch.float16)}, folder / "net.pt")
    with torch.device("meta"):
        tower, vae = TextTower(TextConfig()), build_vae(VaeConfig())
    clip = random_state(tower, torch.float32) | {"logit_scale": torch.zeros(())}
    torch.save(clip, folder / "clip.bin")
    save_file(random_state(vae, torch.float16), folder / "vae.safetensors")
    for file, name in ((network_file, "net.pt"), (text_file, "clip.bin"), (vae_file, "vae.safetensors")):
        assert file.repo is not None
        hub.link(file.repo, file.repo_path, folder / name)


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_the_published_files_come_from_a_hub_and_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENSTAR_WEIGHTS", str(tmp_path / "weights"))
    (tmp_path / "published").mkdir()
    with Hub(tmp_path / "hub") as hub:
        publish(hub, tmp_path / "published")
        monkeypatch.setenv("EVENSTAR_HUB", hub.address)
        begun = time.monotonic()
        download(LIGHT, accept_licence=LIGHT.licence)
    assert model_state(LIGHT) is FileState.PRESENT
    fetched = time.monotonic()
    slot = ModelSlot()
    restorer = slot.load(LIGHT, HALF)  # the first time: converts
    converted = time.monotonic()
    slot.clear()
    del restorer
    restorer = slot.load(LIGHT, HALF)
    loaded = time.monotonic()
    assert isinstance(restorer, StarRestorer)
    network = restorer.networks()[0]
    x, hint = torch.randn(2, 1, 4, 2, 2, 8, dtype=torch.float16)
    with torch.inference_mode():
        v = network(x, torch.tensor([899]), torch.randn(1, 77, 1024, dtype=torch.float16), hint)
    called = time.monotonic()
    peak_gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(  # noqa: T201
        f"download {fetched - begun:.0f} s, convert and load {converted - fetched:.0f} s, load "
        f"{loaded - converted:.0f} s, one call on 2 frames of 16x64 {called - loaded:.1f} s, peak {peak_gib:.1f} GiB"
    )
    assert v.shape == x.shape
    assert v.isfinite().all()


@pytest.mark.slow
@pytest.mark.parametrize(("n_frames", "height", "width"), [(32, 90, 160), (32, 50, 80), (16, 58, 104)])
def test_the_announced_peak_is_what_a_call_allocates(n_frames: int, height: int, width: int) -> None:
    """Counted on the meta device in half precision: weights and activations, without kernels' workspaces."""
    network = build_on_meta(NetworkConfig()).half().eval().requires_grad_(False)
    bound_memory(network)
    x, hint = torch.empty(2, 1, 4, n_frames, height, width, device="meta", dtype=torch.float16)
    text = torch.empty(1, 77, 1024, device="meta", dtype=torch.float16)
    t = torch.empty(1, device="meta", dtype=torch.int64)
    cost = footprint(lambda: network(x, t, text, hint))
    plan = make_plan(
        LIGHT,
        [Shot(start=0, stop=96)],
        width=8 * width,
        height=8 * height,
        budget_bytes=1 << 50,
        window=n_frames,
    )
    assert LIGHT.sampling is not None
    measured = cost.peak_bytes + weight_bytes(network) + LIGHT.sampling.vae.n_bytes
    network_bytes = LIGHT.fixed_bytes + n_frames * 64 * height * width * LIGHT.bytes_per_pixel
    announced = network_bytes + plan.weights.n_bytes + LIGHT.sampling.vae.n_bytes
    print(  # noqa: T201
        f"{n_frames} frames of {8 * width}x{8 * height}: {cost.flops / 1e12:.1f} TFLOP, measured "
        f"{measured / 2**30:.2f} GiB, announced {announced / 2**30:.2f} GiB"
    )
    assert announced / measured * 1.02 >= 1.0
    assert announced <= 1.1 * measured
    assert plan.peak_bytes >= announced - 1


@pytest.mark.slow
@pytest.mark.parametrize("n_frames", [3, 8])
def test_the_announced_peak_of_the_vae_is_what_decoding_allocates(n_frames: int) -> None:
    vae = build_vae(VaeConfig()).to("meta").half().eval().requires_grad_(False)
    latent = torch.empty(n_frames, 4, 50, 80, device="meta", dtype=torch.float16)
    cost = footprint(lambda: vae.decode(latent, num_frames=n_frames))  # type: ignore[operator]
    assert LIGHT.sampling is not None
    announced = n_frames * 64 * 50 * 80 * LIGHT.sampling.vae.bytes_per_pixel
    assert announced == pytest.approx(cost.peak_bytes, rel=0.1)
