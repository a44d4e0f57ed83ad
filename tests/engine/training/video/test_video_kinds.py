"""Every kind of network: what its stages teach, that its loss falls, and that the application reads its weights."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.device import place
from engine.models.custom import custom_specs
from engine.models.registry import SPECS, loader, spec_of
from engine.models.spec import ModelSpec
from engine.models.star_cogvideox.published import make, recipes
from engine.training.config import ConfigError
from engine.training.video.autoencoder import VaeTask
from engine.training.video.clips import Clips
from engine.training.video.cogvideox import CogVideoXTask
from engine.training.video.config import RunConfig, run_of
from engine.training.video.kinds import build_task
from engine.training.video.loop import seed_step, train_video
from engine.training.video.lora import merged_state
from engine.training.video.star import StarTask
from engine.training.video.task import Task
from tests.engine.training.video.tiny_runs import clips, cogvideox, diffvsr, stage, star, vae
from tests.tiny_cogvideox import install_tiny_cogvideox
from tests.tiny_diffvsr import install_tiny_diffvsr
from tests.tiny_star import install_tiny_star

Weights = dict[str, torch.Tensor]


def first_weights(config: RunConfig) -> Weights:
    torch.manual_seed(config.seed)
    return {name: value.clone() for name, value in build_task(config).network.state_dict().items()}


def moved(before: Weights, after: Weights) -> set[str]:
    return {name for name, value in after.items() if not torch.equal(value, before[name])}


def taught_by(config: RunConfig) -> tuple[Weights, Weights]:
    """The network before and after a run, by its own names, adapters included."""
    before = first_weights(config)
    train_video(config, on_event=lambda _: None)
    standing = torch.load(Path(config.folder) / "checkpoint.pt", weights_only=True)
    return before, before | standing["averages"]


@torch.no_grad()
def loss_of(config: RunConfig, task: Task) -> float:
    seed_step(99, 0, 0)
    batches = Clips(replace(config.clips, batch=4), seed=99).loader(0, 2)
    return sum(float(task(batch)["total"]) for batch in batches) / 2


@pytest.mark.parametrize("make_config", [cogvideox, diffvsr])
def test_the_loss_of_every_family_falls(make_config: Callable[..., RunConfig], tmp_path: Path) -> None:
    stages = [stage(train=["*"], iterations=25, learning_rate=3e-3)]
    config = make_config(tmp_path, stage=stages, average=0.5)
    torch.manual_seed(config.seed)
    task = build_task(config)
    before = loss_of(config, task)
    train_video(config, on_event=lambda _: None)
    standing = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    task.network.load_state_dict(task.network.state_dict() | standing["weights"])
    assert loss_of(config, task) < 0.9 * before


def test_cogvideox_teaches_adapters_gates_and_both_ends(tmp_path: Path) -> None:
    before, after = taught_by(cogvideox(tmp_path))
    names = moved(before, after)
    endings = ("matrix_A", "matrix_B")
    ends = ("patch_embed.proj.", "norm_out.", "proj_out.")
    assert all(n.endswith(endings) or "_local." in n or n.startswith(ends) for n in names)
    assert len([n for n in names if n.endswith("matrix_B")]) == 8  # four projections in two layers
    assert {n.split(".")[0] for n in names} >= {"patch_embed", "proj_out", "norm_out"}


def test_merged_adapters_compute_what_they_did_beside(tmp_path: Path) -> None:
    task = build_task(cogvideox(tmp_path))
    assert isinstance(task, CogVideoXTask)
    network, plain = task.network, CogVideoXTask(replace(task.model, rank=1)).network
    torch.nn.init.normal_(network.transformer_blocks[0].attn1.to_q.matrix_B)
    inputs = (
        torch.randn(1, 2, 16, 2, 2),
        torch.tensor([500]),
        torch.randn(1, 5, 8),
        torch.randn(1, 2, 16, 2, 2),
    )
    merged = merged_state(network)
    plain.load_state_dict({n.replace(".weight", ".base.weight"): v for n, v in merged.items()}, strict=False)
    plain.load_state_dict({n.replace(".bias", ".base.bias"): v for n, v in merged.items()}, strict=False)
    plain.load_state_dict(merged, strict=False)
    torch.testing.assert_close(plain.velocity(*inputs), network.velocity(*inputs), rtol=1e-4, atol=1e-5)


def test_cogvideox_is_written_in_the_published_layout(tmp_path: Path) -> None:
    config = cogvideox(tmp_path)
    path = train_video(config, on_event=lambda _: None)
    published = load_file(path)
    task = build_task(config)
    assert isinstance(task, CogVideoXTask)
    ours = {key: make(recipe, published, lora=False) for key, recipe in recipes(task.model.network).items()}
    assert ours.keys() == merged_state(task.network).keys()


def test_diffvsr_s_stages_teach_what_they_declare(tmp_path: Path) -> None:
    config = diffvsr(tmp_path)
    weights = [first_weights(config)]
    for number in (2, 4, 6):
        answers = iter([False, True]) if number < 6 else iter([False, False])
        train_video(config, on_event=lambda _: None, is_cancelled=lambda answers=answers: next(answers))
        standing = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
        weights.append(weights[-1] | standing["averages"])
    for before, after in pairwise(weights[:3]):
        assert moved(before, after)
        assert all("temporal" in name for name in moved(before, after))
    assert any("temporal" not in name for name in moved(*weights[2:]))
    assert [n for n in moved(weights[0], weights[3]) if n.endswith("freqs")] == []


def test_a_vae_and_its_discriminator_learn_each_from_its_own_loss(tmp_path: Path) -> None:
    task = build_task(vae(tmp_path))
    assert isinstance(task, VaeTask)
    losses = task(next(Clips(vae(tmp_path).clips, 1).loader(0, 1)))
    judge = list(task.network.discriminator.parameters())
    others = list(task.network.vae.parameters())
    assert torch.autograd.grad(losses["adversarial"], judge, allow_unused=True, retain_graph=True)[0] is None
    assert (
        torch.autograd.grad(losses["discriminator"], others, allow_unused=True, retain_graph=True)[-1] is None
    )
    assert torch.autograd.grad(losses["adversarial"], others[-1:])[0].abs().max() > 0


def test_a_vae_s_picture_gets_better_and_its_weights_are_the_vae_s(tmp_path: Path) -> None:
    stages = [stage(train=["*"], iterations=40, learning_rate=3e-3)]
    config = vae(tmp_path, stage=stages, average=0.5, clips=clips(n_frames=4, n_clips=1))
    torch.manual_seed(config.seed)
    task = build_task(config)
    assert isinstance(task, VaeTask)
    batch = next(Clips(config.clips, 99).loader(0, 1))
    before = float((task.rebuilt(batch["gt"]) - batch["gt"]).abs().mean())
    path = train_video(config, on_event=lambda _: None)
    task.network.vae.load_state_dict(load_file(path))
    assert float((task.rebuilt(batch["gt"]) - batch["gt"]).abs().mean()) < 0.9 * before


def test_lpips_without_its_weights_is_refused(tmp_path: Path) -> None:
    tables = {"kind": "vae", "seed": 1, "folder": str(tmp_path), "stage": [stage(train=["*"])]}
    with pytest.raises(ConfigError, match="perceptual > 0 needs lpips = FOLDER"):
        run_of(tables)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A weights folder of its own."""
    monkeypatch.setenv("EVENSTAR_WEIGHTS", str(tmp_path / "weights"))
    return tmp_path


@pytest.mark.parametrize(
    ("install", "make_config", "size"),
    [
        (install_tiny_star, star, {"n_frames": 3, "scale": 2}),
        (install_tiny_diffvsr, diffvsr, {"n_frames": 4, "scale": 4}),
        (install_tiny_cogvideox, cogvideox, {"n_frames": 9, "scale": 2}),
    ],
)
def test_finished_weights_join_the_model_list(
    install: Callable[[Path], ModelSpec],
    make_config: Callable[..., RunConfig],
    size: dict[str, int],
    home: Path,
) -> None:
    folder = home / "files"
    folder.mkdir()
    base = install(folder)
    run = home / "run"
    config = make_config(
        run,
        model={"start": {"model": base.id}, **({"rank": 2} if make_config is cogvideox else {})},
        clips=clips(height=32, width=32, **size),
        stage=[stage(train=["*"], iterations=1)],
        install="mine",
    )
    train_video(config, on_event=lambda _: None)
    assert [spec.id for spec in custom_specs(SPECS)[0]] == sorted([base.id, "mine"])
    restorer = loader(spec_of("mine"))(spec_of("mine"), place("cpu", ("float32",)))
    original = loader(base)(base, place("cpu", ("float32",)))
    assert restorer.weights_sha256 != original.weights_sha256  # type: ignore[attr-defined]


def test_without_liem_the_gates_stay_at_one_half(tmp_path: Path) -> None:
    config = star(tmp_path)
    model = replace(config.model, liem=False)  # type: ignore[type-var]
    path = train_video(replace(config, model=model), on_event=lambda _: None)
    gates = [value for name, value in load_file(path).items() if ".local1." in name or ".local2." in name]
    assert gates
    assert all(gate.count_nonzero() == 0 for gate in gates)


def test_without_control_the_u_net_learns_alone(tmp_path: Path) -> None:
    config = star(tmp_path, stage=[stage(train=["*"], freeze=["VideoControlNet.*"])])
    task = StarTask(replace(config.model, control=False))  # type: ignore[type-var]
    task.network.requires_grad_()
    task(next(Clips(config.clips, 1).loader(0, 1)))["total"].backward()
    assert all(p.grad is None for p in task.network.VideoControlNet.parameters())
    assert task.network.out[2].weight.grad is not None
