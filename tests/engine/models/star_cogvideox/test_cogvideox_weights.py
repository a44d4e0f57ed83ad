import hashlib
import json
import logging
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.errors import ModelError
from engine.models.star_cogvideox.config import FIVE_B, TWO_B
from engine.models.star_cogvideox.weights import convert, load_network, network_shapes, read_conversion
from tests.engine.models.star_cogvideox.tiny import NETWORK, VARIANT, published_checkpoint

QKV = "model.diffusion_model.transformer.layers.1.attention.query_key_value"


def saved(tmp_path: Path, state: dict[str, Tensor], **beside: object) -> Path:
    path = tmp_path / "mp_rank_00_model_states.pt"
    torch.save({"module": state, "iteration": 6000, **beside}, path)
    return path


def outputs(network) -> Tensor:
    x, lq = torch.randn(2, 1, 3, 16, 8, 12, generator=torch.Generator().manual_seed(1))
    text = torch.randn(1, 5, 8, generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        return network.velocity(x, torch.tensor([500.0]), text, lq)


def test_a_plain_checkpoint_is_converted_and_its_counts_are_reported(tmp_path: Path):
    state = published_checkpoint()
    conversion, _ = convert(saved(tmp_path, state), tmp_path / "star.safetensors", VARIANT)
    assert conversion == read_conversion(tmp_path / "star.safetensors")
    assert (conversion.form, conversion.merged_layers, conversion.silent_layers) == ("plain", 0, 0)
    assert (conversion.source_tensors, conversion.dropped_tensors) == (len(state), 2)
    assert conversion.tensors == len(network_shapes(NETWORK))
    assert "plain weights" in conversion.describe()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mp_rank_00_model_states.pt", "star.safetensors"]


def test_lora_is_merged_with_one_over_its_rank(tmp_path: Path):
    state = published_checkpoint(rank=3)
    conversion, _ = convert(saved(tmp_path, state), tmp_path / "star.safetensors", VARIANT)
    assert (conversion.form, conversion.merged_layers, conversion.silent_layers) == ("lora", 4, 0)
    stored = load_file(tmp_path / "star.safetensors")
    added = state[f"{QKV}.matrix_B.1"] @ state[f"{QKV}.matrix_A.1"] / 3
    expected = state[f"{QKV}.original.weight"].chunk(3)[1] + added
    assert torch.allclose(stored["transformer_blocks.1.attn1.to_k.weight"], expected, atol=1e-6)
    assert torch.equal(
        stored["transformer_blocks.1.attn1.to_k.bias"], state[f"{QKV}.original.bias"].chunk(3)[1]
    )


def test_merged_and_unmerged_forms_of_one_model_are_the_same_network(tmp_path: Path):
    lora = published_checkpoint(rank=2)
    plain = {key: value for key, value in lora.items() if ".matrix_" not in key and ".original." not in key}
    for key, value in lora.items():
        base, _, kind = key.partition(".original.")
        if kind == "bias":
            plain[f"{base}.bias"] = value
        elif kind == "weight":
            parts = [k for k in lora if k.startswith(f"{base}.matrix_A.")]
            added = [lora[k.replace("matrix_A", "matrix_B")] @ lora[k] / 2 for k in sorted(parts)]
            plain[f"{base}.weight"] = value + torch.cat(added)
    for name, state in (("a", lora), ("b", plain)):
        convert(saved(tmp_path, state), tmp_path / name, VARIANT)
    a, b = (outputs(load_network(tmp_path / name, NETWORK)) for name in "ab")
    assert torch.allclose(a, b, atol=1e-4)


def test_lora_that_adds_nothing_is_pointed_out(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    state = published_checkpoint(rank=2)
    for key in state:
        if ".matrix_B." in key:
            state[key] = torch.zeros_like(state[key])
    with caplog.at_level(logging.WARNING):
        conversion, _ = convert(saved(tmp_path, state), tmp_path / "star.safetensors", VARIANT)
    assert conversion.silent_layers == 4
    assert "LoRA adds nothing to 4 projections" in caplog.text
    caplog.clear()


def test_the_file_is_what_the_library_would_have_written(tmp_path: Path):
    path = tmp_path / "star.safetensors"
    conversion, sha256 = convert(saved(tmp_path, published_checkpoint(rank=2)), path, VARIANT)
    assert sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    with safe_open(path, "pt") as file:
        assert json.loads(file.metadata()["conversion"])["merged_layers"] == conversion.merged_layers == 4
    shapes = {key: tuple(value.shape) for key, value in load_file(path).items()}
    assert shapes == network_shapes(NETWORK)


def test_the_loaded_network_computes_in_the_dtype_asked_for(tmp_path: Path):
    convert(saved(tmp_path, published_checkpoint()), tmp_path / "star.safetensors", VARIANT)
    network = load_network(tmp_path / "star.safetensors", NETWORK, dtype=torch.bfloat16)
    assert {p.dtype for p in network.parameters()} == {torch.bfloat16}
    assert not network.training
    assert not any(p.requires_grad or p.is_meta for p in network.parameters())


def test_random_states_of_the_trainer_are_read_over(tmp_path: Path):
    numbers = np.random.RandomState(0).get_state(legacy=True)
    path = saved(tmp_path, published_checkpoint(), np_rng_state=numbers, random_rng_state=(3, (1, 2), None))
    assert convert(path, tmp_path / "star.safetensors", VARIANT)[0].form == "plain"


@pytest.mark.parametrize("wrapper", ["module", "state_dict", None])
def test_bare_and_wrapped_tensors_are_read(tmp_path: Path, wrapper: str | None):
    state = published_checkpoint()
    torch.save({wrapper: state} if wrapper else state, tmp_path / "a.pt")
    assert convert(tmp_path / "a.pt", tmp_path / "star.safetensors", VARIANT)[0].tensors == len(
        network_shapes(NETWORK)
    )


def test_a_safetensors_file_in_the_published_layout_is_read(tmp_path: Path):
    save_file(published_checkpoint(rank=2), tmp_path / "a.safetensors")
    assert convert(tmp_path / "a.safetensors", tmp_path / "star.safetensors", VARIANT)[0].form == "lora"


@pytest.mark.parametrize("rank", [0, 2])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s, k: s.pop(k), "lacks"),
        (
            lambda s, k: s.update({"model.diffusion_model.extra": torch.ones(1)}),
            "has unknown model.diffusion_model.extra",
        ),
        (lambda s, k: s.update({k: torch.ones(5, 5)}), "has another shape of"),
    ],
)
def test_another_layout_is_refused_by_name_and_nothing_is_left(
    tmp_path: Path, change, message: str, rank: int
):
    state = published_checkpoint(rank=rank)
    change(state, f"{QKV}.original.weight" if rank else f"{QKV}.weight")
    with pytest.raises(ModelError, match=message):
        convert(saved(tmp_path, state), tmp_path / "star.safetensors", VARIANT)
    assert [p.name for p in tmp_path.iterdir()] == ["mp_rank_00_model_states.pt"]


def test_half_of_an_adapter_is_refused(tmp_path: Path):
    state = published_checkpoint(rank=2)
    state.pop(f"{QKV}.matrix_B.2")
    with pytest.raises(ModelError, match=r"lacks .*matrix_B\.2"):
        convert(saved(tmp_path, state), tmp_path / "star.safetensors", VARIANT)


def test_a_conversion_that_is_stopped_leaves_nothing(tmp_path: Path):
    def stop(done: int, _n: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    path = saved(tmp_path, published_checkpoint())
    with pytest.raises(KeyboardInterrupt):
        convert(path, tmp_path / "star.safetensors", VARIANT, stop)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


class Malicious:
    def __reduce__(self):
        return print, ("code of a stranger",)


def test_a_pickle_with_code_in_it_is_refused(tmp_path: Path):
    with (tmp_path / "a.pt").open("wb") as file:
        pickle.dump({"module": Malicious()}, file, protocol=2)
    with pytest.raises(ModelError, match="not a readable weight file"):
        convert(tmp_path / "a.pt", tmp_path / "star.safetensors", VARIANT)


@pytest.mark.parametrize("name", ["a.pt", "a.safetensors"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"<html>not found</html>"])
def test_damaged_files_are_refused(tmp_path: Path, name: str, content: bytes):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match="not a readable weight file"):
        convert(tmp_path / name, tmp_path / "star.safetensors", VARIANT)


def test_another_file_is_not_a_conversion(tmp_path: Path):
    save_file({"a": torch.ones(1)}, tmp_path / "a.safetensors")
    with pytest.raises(ModelError, match="not a converted checkpoint"):
        read_conversion(tmp_path / "a.safetensors")
    with pytest.raises(ModelError, match="lacks"):
        load_network(tmp_path / "a.safetensors", NETWORK)


def test_the_smaller_base_is_a_configuration_away():
    five, two = network_shapes(FIVE_B.transformer), network_shapes(TWO_B.transformer)
    parameters = [sum(int(np.prod(shape)) for shape in shapes.values()) for shapes in (five, two)]
    assert parameters[0] == 5_570_483_880
    assert 1.6e9 < parameters[1] < 1.8e9
    assert two["patch_embed.proj.weight"] == (1920, 32, 2, 2)
    assert two["transformer_blocks.29.norm1.spa_local.conv1.weight"] == (1, 2, 7, 7)
    assert (TWO_B.vae.scaling_factor, TWO_B.snr_shift, TWO_B.dtype) == (1.15258426, 3.0, "float16")
