import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.errors import ModelError
from engine.models.star.config import NetworkConfig, TextConfig, VaeConfig
from engine.models.star.control import ControlledUNet
from engine.models.star.text import TextTower
from engine.models.star.vae import build_vae
from engine.models.star.weights import convert, load, network_part, sha256_of, text_part, vae_part

TINY = NetworkConfig(
    width=32,
    multipliers=(1, 1),
    res_blocks=1,
    attention_levels=(0,),
    head_width=16,
    first_heads=2,
    context_width=8,
)
TINY_TEXT = TextConfig(width=16, heads=2, layers=2, projection=8, vocabulary=50)
PART = network_part(TINY)


def published(seed: int = 0) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    return ControlledUNet(TINY).state_dict()


@pytest.fixture(scope="module")
def state() -> dict[str, torch.Tensor]:
    return published()


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("old_format", [False, True])
def test_published_forms_are_converted_once_to_half(tmp_path: Path, state, wrapped: bool, old_format: bool):
    source, target = tmp_path / "light_deg.pt", tmp_path / "star.safetensors"
    content = {"state_dict": state} if wrapped else state
    torch.save(content, source, _use_new_zipfile_serialization=not old_format)
    digest = convert(source, target, PART)
    stored = load_file(target)
    assert digest == sha256_of(target)
    assert stored.keys() == state.keys()
    assert all(torch.equal(stored[key], value.half()) for key, value in state.items())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["light_deg.pt", "star.safetensors"]


def test_the_loaded_network_computes_in_the_dtype_asked_for(tmp_path: Path, state):
    torch.save(state, tmp_path / "a.pt")
    digest = convert(tmp_path / "a.pt", tmp_path / "a.safetensors", PART)
    network = load(tmp_path / "a.safetensors", PART, dtype=torch.float32, sha256=digest)
    assert {p.dtype for p in network.parameters()} == {torch.float32}
    assert not any(p.requires_grad or p.is_meta for p in network.parameters())
    assert not network.training


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("out.2.bias"), "lacks out.2.bias"),
        (lambda s: s.update({"module.x": torch.ones(1)}), "has unknown module.x"),
        (lambda s: s.update({"out.2.bias": torch.ones(5)}), "has another shape of out.2.bias"),
    ],
)
def test_another_layout_is_refused_by_name_and_nothing_is_left(tmp_path: Path, state, change, message: str):
    changed = dict(state)
    change(changed)
    torch.save(changed, tmp_path / "a.pt")
    with pytest.raises(ModelError, match=message):
        convert(tmp_path / "a.pt", tmp_path / "a.safetensors", PART)
    assert [p.name for p in tmp_path.iterdir()] == ["a.pt"]


class Malicious:
    def __reduce__(self):
        return print, ("code of a stranger",)


def test_a_pickle_with_code_is_refused(tmp_path: Path):
    with (tmp_path / "a.pt").open("wb") as file:
        pickle.dump({"out.2.bias": Malicious()}, file, protocol=2)
    with pytest.raises(ModelError, match="not a readable weight file"):
        convert(tmp_path / "a.pt", tmp_path / "a.safetensors", PART)


@pytest.mark.parametrize("name", ["a.pt", "a.safetensors"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"<html>not found</html>"])
def test_damaged_files_are_refused(tmp_path: Path, name: str, content: bytes):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match="not a readable weight file"):
        load(tmp_path / name, PART)


def test_a_file_that_is_missing_is_refused(tmp_path: Path):
    with pytest.raises(ModelError, match=r"light_deg\.pt"):
        convert(tmp_path / "light_deg.pt", tmp_path / "a.safetensors", PART)


def test_a_changed_file_is_refused(tmp_path: Path, state):
    torch.save(state, tmp_path / "a.pt")
    digest = convert(tmp_path / "a.pt", tmp_path / "a.safetensors", PART)
    changed = load_file(tmp_path / "a.safetensors")
    changed["out.2.bias"][0] += 1
    save_file(changed, tmp_path / "b.safetensors")
    with pytest.raises(ModelError, match="damaged"):
        load(tmp_path / "b.safetensors", PART, sha256=digest)


def test_the_text_tower_is_taken_out_of_a_whole_clip(tmp_path: Path):
    torch.manual_seed(0)
    tower = TextTower(TINY_TEXT)
    for parameter in tower.parameters():
        torch.nn.init.normal_(parameter)
    whole = tower.state_dict() | {"visual.conv1.weight": torch.ones(2), "logit_scale": torch.ones(())}
    torch.save(whole, tmp_path / "open_clip_pytorch_model.bin")
    convert(tmp_path / "open_clip_pytorch_model.bin", tmp_path / "text.safetensors", text_part(TINY_TEXT))
    loaded = load(tmp_path / "text.safetensors", text_part(TINY_TEXT))
    tokens = torch.arange(10)[None]
    assert torch.equal(loaded(tokens), tower.requires_grad_(False)(tokens))


def test_the_vae_is_read_from_the_published_safetensors(tmp_path: Path):
    config = VaeConfig(block_channels=(32, 32), layers_per_block=1)
    torch.manual_seed(0)
    half = {key: value.half() for key, value in build_vae(config).state_dict().items()}
    save_file(half, tmp_path / "diffusion_pytorch_model.fp16.safetensors")
    target = tmp_path / "vae.safetensors"
    convert(tmp_path / "diffusion_pytorch_model.fp16.safetensors", target, vae_part(config))
    vae = load(target, vae_part(config), dtype=torch.float32)
    assert {p.dtype for p in vae.parameters()} == {torch.float32}
