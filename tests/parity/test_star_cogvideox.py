"""STAR on CogVideoX against numbers of the published implementation: random weights, tiny sizes, float32.

The numbers lie in the folder star_cogvideox/ under $EVENSTAR_PARITY, or without it under data/ beside this file
(README.md there says what was left out). With the variable set, a missing kind of case fails.
"""

import json
import lzma
import os
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.models.star_cogvideox.config import FIVE_B, TransformerConfig, VaeConfig
from engine.models.star_cogvideox.frames import published_lq, to_network_range
from engine.models.star_cogvideox.liem import SpatialLiem, TemporalLiem
from engine.models.star_cogvideox.network import VideoTransformer, rotary_table
from engine.models.star_cogvideox.published import PREFIX, examine, made_shape, make, recipes, sources
from engine.models.star_cogvideox.sampler import SampleSettings, sample_window
from engine.models.star_cogvideox.schedule import make_steps, signal_shares, solver_gains, zero_terminal
from engine.models.star_cogvideox.vae import build_vae, posterior
from engine.models.star_cogvideox.weights import check_checkpoint, network_shapes
from engine.sampling.color_match import match_statistics

GIVEN = os.environ.get("EVENSTAR_PARITY")
FOLDER = (Path(GIVEN) if GIVEN else Path(__file__).parent / "data") / "star_cogvideox"
ONLY_IN_GIVEN = {"dit_", "pipeline", "vae_encode"}
"""Kinds too large to ship with the tests."""

LOGARITHMS = 5e-6
"""Of the solver's numbers, stated as 1e-6: they are differences of float32 logarithms of up to 4, in steps of 0.1
and less. The last bit of a logarithm (1.2e-7 of 4) is the processor's: the published formula itself, in float32
or float64, is 1.5e-6 from the recorded numbers on another processor than theirs."""


@dataclass
class Case:
    facts: dict[str, Any]
    arrays: dict[str, Tensor]

    def __getitem__(self, name: str) -> Tensor:
        return self.arrays[name]

    def weights(self) -> dict[str, Tensor]:
        return {k.removeprefix("sd|"): v.float() for k, v in self.arrays.items() if k.startswith("sd|")}

    @property
    def tolerance(self) -> float:
        """Of absolute errors, as the case states it; else 1e-5 of the largest reference."""
        return self.facts.get("tol_fp32", 1e-5)


def read_facts(name: str) -> dict[str, Any]:
    plain, packed = FOLDER / f"{name}.json", FOLDER / f"{name}.json.xz"
    return json.loads(plain.read_text() if plain.exists() else lzma.decompress(packed.read_bytes()))


def read_case(name: str) -> Case:
    plain, packed = FOLDER / f"{name}.npz", FOLDER / f"{name}.npz.xz"
    content = plain.read_bytes() if plain.exists() else lzma.decompress(packed.read_bytes())
    with np.load(BytesIO(content)) as arrays:
        return Case(read_facts(name), {k: torch.from_numpy(arrays[k]) for k in arrays.files})


def cases_of(kind: str) -> Callable[..., Any]:
    """Parametrise a test over every case whose name is the kind or begins with it."""
    found = sorted(p.name.split(".")[0] for p in FOLDER.glob(f"{kind}*.json*"))
    if not found and not GIVEN and kind in ONLY_IN_GIVEN:
        found = [pytest.param("", marks=pytest.mark.skip(reason=f"{kind} needs EVENSTAR_PARITY"))]
    assert found, f"no case of kind {kind} in {FOLDER}"
    return pytest.mark.parametrize("name", found)


def assert_close(found: Tensor, expected: Tensor, tolerance: float, *, relative: bool = False) -> None:
    """Within tolerance of the expected values, or of the largest of them."""
    assert found.shape == expected.shape
    scale = max(expected.double().abs().max().item(), 1e-30) if relative else 1.0
    error = (found.double() - expected.double()).abs().max().item() / scale
    print(f"error {error:.1e} of {tolerance:.0e}", end="; ")  # noqa: T201
    assert error <= tolerance, f"error {error:.2e}, allowed {tolerance:.0e}"


@pytest.fixture(autouse=True)
def _no_grad():
    with torch.inference_mode():
        yield


def config_of(facts: dict[str, Any]) -> TransformerConfig:
    sizes = facts["config"]
    assert sizes["hidden_size"] == sizes["num_attention_heads"] * sizes["head_dim"]
    return TransformerConfig(
        layers=sizes["num_layers"],
        heads=sizes["num_attention_heads"],
        head_width=sizes["head_dim"],
        time_width=sizes["time_embed_dim"],
        text_width=sizes["text_hidden"],
        text_length=sizes["text_length"],
        height=sizes["latent_height"],
        width=sizes["latent_width"],
    )


def network_of(case: Case) -> VideoTransformer:
    """The network with a case's checkpoint, checked and converted."""
    config, state = config_of(case.facts), case.weights()
    network = VideoTransformer(config)
    variant = FIVE_B.__class__(name="case", transformer=config)
    layout = check_checkpoint(state, variant, Path(case.facts.get("doc", "")))
    assert set(layout.dropped) >= set(case.facts.get("decoy_keys", []))
    assert layout.merged == (2 * config.layers if layout.lora else 0)
    made = {key: make(recipe, state, lora=layout.lora) for key, recipe in recipes(config).items()}
    network.load_state_dict(made, strict=True)
    return network.eval()


@cases_of("sat_to_diffusers")
@pytest.mark.parametrize("form", ["plain", "with_lora"])
def test_the_key_map_is_the_published_one_and_fills_every_tensor_of_the_full_size(name: str, form: str):
    facts, made, lora = read_facts(name), recipes(FIVE_B.transformer), form == "with_lora"
    shapes = network_shapes(FIVE_B.transformer)
    assert made.keys() == shapes.keys()
    assert len(shapes) == 1024 + len(facts["targets_new_in_star"])
    expected: dict[str, set[str]] = {}
    for key, entry in facts["map"].items():
        if entry["form"] not in ("both", form):
            continue
        for i, target in enumerate(entry["to"]):
            block = i if len(entry["to"]) > 1 else 0
            adapter = (key.replace("original.weight", f"matrix_{m}.{block}") for m in "AB")
            merged = set(adapter) if "lora_merge" in entry["op"] else set()
            expected[target] = expected.get(target, set()) | {key} | merged
    assert {key: set(sources(recipe, lora=lora)) for key, recipe in made.items()} == expected


@cases_of("star_cogvideox5b_keys")
@pytest.mark.parametrize("form", ["plain", "with_lora"])
def test_a_full_size_checkpoint_of_either_form_is_used_completely(name: str, form: str):
    facts, made = read_facts(name), recipes(FIVE_B.transformer)
    published = {key: tuple(shape) for key, shape in facts[form].items()}
    assert len(published) == facts["counts"][f"{form}_tensors"]
    layout = examine(published, made)
    assert (layout.missing, layout.unknown) == ((), ())
    assert (layout.lora, layout.merged) == ((True, 84) if form == "with_lora" else (False, 0))
    assert all(key.startswith(PREFIX) for key in layout.dropped)
    expected = network_shapes(FIVE_B.transformer)
    assert {key: made_shape(recipe, published, lora=layout.lora) for key, recipe in made.items()} == expected


@cases_of("liem")
def test_both_gates(name: str):
    case = read_case(name)
    spatial, temporal = SpatialLiem(), TemporalLiem()
    spatial.load_state_dict({"conv1.weight": case["spa_weight"]})
    temporal.load_state_dict({"conv1.weight": case["temp_weight"]})
    gated = spatial(case["x"], case.facts["h"], case.facts["w"])
    assert_close(gated, case["after_spatial"], case.tolerance)
    assert_close(temporal(gated), case["out"], case.tolerance)


@cases_of("block")
def test_one_layer(name: str):
    case = read_case(name)
    config, state = config_of(case.facts), case.weights()
    network = VideoTransformer(config)
    block, prefix = network.transformer_blocks[0], "transformer_blocks.0."
    made = {k: make(r, state, lora=False) for k, r in recipes(config).items() if k.startswith(prefix)}
    block.load_state_dict({key.removeprefix(prefix): value for key, value in made.items()}, strict=True)
    height, width = case.facts["h"], case.facts["w"]
    network.set_grid(height, width)
    rotary = rotary_table(config, case.facts["T"], height, width, torch.device("cpu"))
    image, text = block.eval()(case["img_in"], case["text_in"], case["emb"], rotary)
    assert_close(image, case["img_out"], case.tolerance)
    assert_close(text, case["text_out"], case.tolerance)


@cases_of("dit_")
def test_the_whole_network(name: str):
    case = read_case(name)
    network, seen = network_of(case), []
    for block in network.transformer_blocks:
        block.register_forward_hook(lambda _m, _x, result: seen.append(torch.cat([result[1], result[0]], 1)))
    network.time_embedding.register_forward_hook(lambda _m, _x, result: seen.append(result))
    noisy, lq = case["x"].chunk(2, 2)
    v = network.velocity(noisy, case["timesteps"], case["context"], lq)
    assert_close(v, case["out"], case.tolerance)
    names = ["emb", *(f"hidden_after_block{i}" for i in range(len(network.transformer_blocks)))]
    for key, result in zip(names, seen, strict=True):
        if key in case.arrays:
            assert_close(result, case[key], case.tolerance)


@cases_of("rope_time")
def test_positions_and_times_of_the_full_size(name: str):
    case, config = read_case(name), FIVE_B.transformer
    cos, sin = rotary_table(config, 13, 30, 45, torch.device("cpu"))
    assert_close(cos[case["rows"]], case["cos"], case.tolerance)
    assert_close(sin[case["rows"]], case["sin"], case.tolerance)
    with torch.device("meta"):
        network = VideoTransformer(config)
    # cos(t f): the last bit of f is the processor's (its exp), and t multiplies it.
    last_bit = case["timesteps"][:, None] * torch.finfo(torch.float32).eps
    error = (network.time_proj(case["timesteps"]) - case["t_emb"]).abs()
    assert bool((error <= case.tolerance + last_bit).all())


@cases_of("scheduler")
def test_noise_levels_steps_and_guidance(name: str):
    case = read_case(name)
    assert_close(signal_shares(), case["abar_before_zero_snr_f64"], 1e-6, relative=True)
    table = zero_terminal(signal_shares())
    assert_close(table, case["table1000_sqrt_abar"], 1e-6, relative=True)
    for n in sorted(int(key[1:-10]) for key in case.arrays if key.endswith("_timesteps")):
        steps = make_steps(n)
        assert list(steps.times) == case[f"n{n}_timesteps"].tolist()
        assert list(steps.network_levels) == table[case[f"n{n}_quant_idx"]].tolist()
        scales = torch.tensor([steps.guidance(i) for i in range(n)], dtype=torch.float64)
        gains = solver_gains(steps.levels)
        mult = torch.tensor([[g.state, g.signal, g.newest, g.older, g.noise] for g in gains])
        for found, key, tolerance in (
            (torch.tensor(steps.levels), "sqrt_abar", 1e-6),
            (torch.tensor(steps.network_levels), "quant_sqrt_abar", 1e-6),
            (scales, "cfg_scale", 1e-6),
            (mult.double(), "mult", LOGARITHMS),
        ):
            assert_close(found, case[f"n{n}_{key}"], tolerance, relative=True)


def toy_network(seen: list[Tensor]) -> Callable[..., Tensor]:
    """The analytic denoiser of the sampler cases."""

    def velocity(x: Tensor, t: Tensor, text: Tensor, lq: Tensor) -> Tensor:
        seen.append(x)
        time = t.view(-1, 1, 1, 1, 1)
        drift = torch.tanh(0.7 * x - 0.4 * lq) + 0.1 * torch.cos(time / 100)
        return drift + 0.3 * text.mean((1, 2)).view(-1, 1, 1, 1, 1) * lq

    return velocity


def recorded_noise(case: Case) -> Callable[[str, int], Tensor]:
    return lambda purpose, step: case["x_init"] if purpose == "start" else case["noise"][step]


@cases_of("sampler")
def test_sampler(name: str):
    case, seen = read_case(name), []
    settings = SampleSettings(steps=case.facts["steps"])
    out = sample_window(toy_network(seen), case["lq"], case["context"], recorded_noise(case), settings)
    assert_close(out, case["out"], case.tolerance)
    inputs = [*seen[::2], out]
    for step, x in zip(case["steps_recorded"].tolist(), case["x_after"], strict=True):
        assert_close(inputs[step + 1], x, case.tolerance)


@cases_of("pipeline")
def test_sampler_with_the_network(name: str):
    case = read_case(name)
    network = network_of(read_case(name.replace("pipeline", "dit_plain")))
    settings = SampleSettings(steps=case.facts["steps"])
    out = sample_window(network.velocity, case["lq"], case["context"], recorded_noise(case), settings)
    assert_close(out, case["out"], case.tolerance)


@cases_of("vae_encode")
def test_encoding_a_whole_clip(name: str):
    case = read_case(name)
    sizes = case.facts["vae_kwargs"]
    config = VaeConfig(
        block_channels=tuple(sizes["block_out_channels"]),
        layers_per_block=sizes["layers_per_block"],
        latent_channels=sizes["latent_channels"],
        groups=sizes["norm_num_groups"],
    )
    vae = build_vae(config).eval()
    missing = vae.load_state_dict(case.weights(), strict=False).missing_keys
    assert all(key.startswith("decoder.") for key in missing)
    frames = case["x"].float()[0].transpose(0, 1)
    for found, key in zip(posterior(vae, frames), ("mean", "logvar"), strict=True):
        assert_close(found.transpose(1, 2), case[key], case.tolerance)
    chunked, _ = posterior(vae, frames, chunked=True)
    difference = (chunked.transpose(1, 2) - case["mean"]).abs().max().item()
    assert 0.5 < difference / case.facts["err_default_diffusers_chunks"] < 2


@cases_of("color_fix")
def test_colour_matching(name: str):
    case = read_case(name)
    matched = match_statistics(case["samples"][0], (case["reference_pm1"][0] + 1) / 2)
    assert_close(matched[None], case["out"], case.tolerance)


@cases_of("preproc")
def test_enlarging(name: str):
    case = read_case(name)
    enlarged = published_lq(case["lr_u8"])
    assert torch.equal(enlarged, case["up_u8"])
    assert_close(to_network_range(enlarged / 255), case["norm"], case.tolerance, relative=True)
