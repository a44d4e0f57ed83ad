"""Published weight files load strictly and safely, are converted once, and anything else is refused."""

import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.errors import ModelError
from engine.models.diffvsr.stream import Networks
from engine.models.diffvsr.te_vae import TemporalVae
from engine.models.diffvsr.unet import VideoUNet
from engine.models.diffvsr.weights import (
    UpscalerFiles,
    check_schedulers,
    convert,
    load,
    read_tensors,
    read_text_side,
    sha256_of,
    text_part,
    unet_part,
    vae_part,
)
from tests.tiny_diffvsr import TINY_UNET, TINY_VAE, tiny_text, write_upscaler

UNET, VAE = unet_part(TINY_UNET), vae_part(TINY_VAE)


@pytest.fixture
def published_unet(tmp_path: Path, networks: Networks) -> Path:
    path = tmp_path / "DiffVSR_UNet.pt"
    torch.save({"ema": networks.unet.state_dict(), "step": 7, "optimizer": {"lr": 1e-4}}, path)
    return path


@pytest.fixture
def published_vae(tmp_path: Path, networks: Networks) -> Path:
    path = tmp_path / "TE-3DVAE.pt"
    torch.save(networks.vae.state_dict(), path)
    return path


def test_the_published_unet_is_read_from_under_ema(published_unet: Path, networks: Networks):
    loaded = load(published_unet, UNET)

    assert all(torch.equal(v, networks.unet.state_dict()[k]) for k, v in loaded.state_dict().items())


def test_the_converted_unet_is_half_and_computes_the_same(
    tmp_path: Path, published_unet: Path, networks: Networks
):
    """float16 weights: eleven bits, so a velocity of about 1 is off by less than 0.01."""
    digest = convert(published_unet, tmp_path / "unet.safetensors", UNET)
    loaded = load(tmp_path / "unet.safetensors", UNET, dtype=torch.float32, sha256=digest)

    x, lq = torch.randn(1, 4, 2, 4, 4), torch.rand(1, 3, 2, 4, 4)
    inputs = (x, torch.tensor([401]), lq, networks.texts[0], torch.tensor([50]))
    torch.testing.assert_close(loaded(*inputs), networks.unet(*inputs), atol=1e-2, rtol=0)
    stored = load_file(tmp_path / "unet.safetensors")
    assert {v.dtype for k, v in stored.items() if not k.endswith("freqs")} == {torch.float16}


def test_conversion_keeps_rotary_frequencies_exact(tmp_path: Path, published_unet: Path, networks: Networks):
    convert(published_unet, tmp_path / "unet.safetensors", UNET)

    found = load(tmp_path / "unet.safetensors", UNET, dtype=torch.float16)

    assert torch.equal(
        found.get_parameter("temporal_rotary_emb.freqs"), networks.unet.temporal_rotary_emb.freqs
    )


def test_all_aliases_of_the_rotary_tensor_stay_one_tensor(published_unet: Path):
    loaded = load(published_unet, UNET)

    aliases = [v for k, v in loaded.state_dict().items() if k.endswith("freqs")]
    assert len(aliases) > 2
    assert len({v.data_ptr() for v in aliases}) == 1


def test_missing_aliases_of_the_rotary_tensor_are_tolerated(tmp_path: Path, networks: Networks):
    state = dict(networks.unet.state_dict())
    for key in [k for k in state if k.endswith("freqs")][1:]:
        del state[key]
    torch.save({"ema": state}, tmp_path / "unet.pt")

    assert isinstance(load(tmp_path / "unet.pt", UNET), VideoUNet)


def test_the_published_vae_keeps_its_precision(tmp_path: Path, published_vae: Path, networks: Networks):
    convert(published_vae, tmp_path / "vae.safetensors", VAE)

    loaded = load(tmp_path / "vae.safetensors", VAE)

    assert isinstance(loaded, TemporalVae)
    assert torch.equal(loaded.decoder.conv_in.weight, networks.vae.decoder.conv_in.weight)


def test_conversion_names_its_digest_and_leaves_nothing_else(tmp_path: Path, published_vae: Path):
    (tmp_path / "models").mkdir()

    digest = convert(published_vae, tmp_path / "models" / "vae.safetensors", VAE)

    assert digest == sha256_of(tmp_path / "models" / "vae.safetensors")
    assert [p.name for p in (tmp_path / "models").iterdir()] == ["vae.safetensors"]


def test_a_damaged_file_is_refused_by_its_digest(tmp_path: Path, published_vae: Path):
    digest = convert(published_vae, tmp_path / "vae.safetensors", VAE)
    with (tmp_path / "vae.safetensors").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x7f")

    with pytest.raises(ModelError, match="damaged"):
        load(tmp_path / "vae.safetensors", VAE, sha256=digest)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("conv_in.bias"), "lacks conv_in.bias"),
        (lambda s: s.update(surplus=torch.zeros(1)), "has unknown surplus"),
        (lambda s: s.update({"conv_in.bias": torch.zeros(5)}), "another shape of conv_in.bias"),
    ],
)
def test_another_layout_is_refused_and_nothing_is_written(
    tmp_path: Path, networks: Networks, change, message: str
):
    state = dict(networks.unet.state_dict())
    change(state)
    torch.save({"ema": state}, tmp_path / "unet.pt")

    with pytest.raises(ModelError, match=message):
        convert(tmp_path / "unet.pt", tmp_path / "unet.safetensors", UNET)
    assert [p.name for p in tmp_path.iterdir()] == ["unet.pt"]


class Malicious:
    """Runs a command when it is unpickled."""

    def __reduce__(self):
        return os.system, ("exit 1",)


def test_a_pickle_that_runs_code_is_refused(tmp_path: Path):
    torch.save({"ema": Malicious()}, tmp_path / "unet.pt")

    with pytest.raises(ModelError, match="not a readable weight file"):
        load(tmp_path / "unet.pt", UNET)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"<html>not found</html>"])
@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_what_is_no_weight_file_is_refused(tmp_path: Path, content: bytes, suffix: str):
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(content)

    with pytest.raises(ModelError, match="broken"):
        read_tensors(path)


def test_a_pickle_of_something_else_is_refused(tmp_path: Path):
    path = tmp_path / "list.pt"
    torch.save([1, 2], path)

    with pytest.raises(ModelError, match="list"):
        read_tensors(path)


def files_of(folder: Path) -> UpscalerFiles:
    return UpscalerFiles(
        text_encoder=folder / "text_encoder" / "model.safetensors",
        text_config=folder / "text_encoder" / "config.json",
        vocabulary=folder / "tokenizer" / "vocab.json",
        merges=folder / "tokenizer" / "merges.txt",
        special_tokens=folder / "tokenizer" / "special_tokens_map.json",
        scheduler=folder / "scheduler" / "scheduler_config.json",
        low_res_scheduler=folder / "low_res_scheduler" / "scheduler_config.json",
    )


def test_the_upscaler_folder_gives_tokenizer_and_text_encoder(tmp_path: Path):
    extra = {"text_model.embeddings.position_ids": torch.arange(77)[None]}
    files = files_of(write_upscaler(tmp_path / "upscaler4x", extra=extra))

    tokenizer, config = read_text_side(files)
    encoder = load(files.text_encoder, text_part(config))

    assert encoder(tokenizer.encode(["the quality"])).shape == (1, 77, 16)


def test_the_older_form_of_the_text_encoder_loads_too(tmp_path: Path):
    new = files_of(write_upscaler(tmp_path / "upscaler4x")).text_encoder
    old = new.with_name("pytorch_model.bin")
    torch.save(load_file(new), old)

    encoder = load(old, text_part(tiny_text()), dtype=torch.float16)

    assert next(encoder.parameters()).dtype is torch.float16


def test_the_text_encoder_is_converted_to_half(tmp_path: Path):
    folder = write_upscaler(tmp_path / "upscaler4x")
    part = text_part(tiny_text())

    convert(folder / "text_encoder" / "model.safetensors", tmp_path / "text.safetensors", part)

    assert {v.dtype for v in load_file(tmp_path / "text.safetensors").values()} == {torch.float16}


@pytest.mark.parametrize("missing", ["text_config", "scheduler", "low_res_scheduler"])
def test_a_file_that_is_missing_is_named(tmp_path: Path, missing: str):
    files = files_of(write_upscaler(tmp_path / "upscaler4x"))
    path: Path = getattr(files, missing)
    path.unlink()

    with pytest.raises(ModelError, match=path.name):
        read_text_side(files)


def test_another_scheduler_is_refused(tmp_path: Path):
    files = files_of(write_upscaler(tmp_path / "upscaler4x"))
    files.scheduler.write_text(files.scheduler.read_text().replace("v_prediction", "epsilon"))

    with pytest.raises(ModelError, match="prediction_type is epsilon"):
        check_schedulers(files)
