"""DiffVSR against numbers of the published implementation: random weights, tiny sizes, float32.

The numbers lie in the folder diffvsr/ under $EVENSTAR_PARITY, or without it under data/ beside this file: a
selection without the large kinds (README.md there). With the variable set, a missing kind of case fails.
"""

import io
import json
import lzma
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.models.diffvsr import reference, sampling, te_vae, unet
from engine.models.diffvsr.config import UNetConfig, VaeConfig
from engine.models.diffvsr.msta import RelativeBias, Rotary, TemporalAttention, distance_buckets
from engine.models.diffvsr.sampler import SampleSettings, add_lq_noise, sample_latents, sample_window
from engine.sampling.blend import Span
from engine.sampling.guidance import guide
from engine.sampling.schedule import LinearBetas, leading_times
from engine.sampling.solvers import ddim

GIVEN = os.environ.get("EVENSTAR_PARITY")
FOLDER = (Path(GIVEN) if GIVEN else Path(__file__).parent / "data") / "diffvsr"
ONLY_IN_GIVEN = {"unet_tiny", "vae_tiny", "e2e_tiny", "msta_block_crossonly"}
"""Kinds too large to ship with the tests."""
UNSTATED = 1e-5
"""Largest absolute error over largest absolute reference, where a case states none (the collection's README)."""
DECODED_ATOL = 2e-3
"""The end-to-end frames are stored in float16 (the case's notes)."""


@dataclass
class Case:
    facts: dict[str, Any]
    arrays: dict[str, Tensor]

    @property
    def config(self) -> dict[str, Any]:
        return self.facts["config"]

    def given(self, name: str) -> Tensor:
        return self.arrays[f"in/{name}"]

    def expected(self, name: str) -> Tensor:
        return self.arrays[f"out/{name}"]

    def weights(self) -> dict[str, Tensor]:
        return {k.removeprefix("sd/"): v.float() for k, v in self.arrays.items() if k.startswith("sd/")}

    def runs(self, name: str) -> list[int]:
        """Numbers of the runs that have an input of this name."""
        return [i for i in range(100) if f"in/{name}{i}" in self.arrays]

    def check(self, found: Tensor, name: str, *, atol: float | None = None, label: str | None = None) -> None:
        """One comparison, within the tolerance that the case states."""
        expected = self.expected(name)
        assert found.shape == expected.shape
        stated = self.facts.get("numeric", {}).get(name, {}).get("suggested_atol")
        scale = expected.double().abs().max().item()
        allowed = next(v for v in (atol, stated, UNSTATED * scale) if v is not None)
        error = (found.double() - expected.double()).abs().max().item()
        print(f"{label or name}: error {error:.1e} of {allowed:.1e}")  # noqa: T201
        assert error <= allowed, f"{name}: error {error:.2e}, allowed {allowed:.2e}"


def read_facts(name: str) -> dict[str, Any]:
    plain = FOLDER / f"{name}.json"
    return json.loads(plain.read_text() if plain.exists() else lzma.decompress(_packed(plain)))


def read_case(name: str) -> Case:
    plain = FOLDER / f"{name}.npz"
    source = plain if plain.exists() else io.BytesIO(lzma.decompress(_packed(plain)))
    with np.load(source) as arrays:
        return Case(read_facts(name), {k: torch.from_numpy(arrays[k]) for k in arrays.files})


def _packed(path: Path) -> bytes:
    return path.with_name(path.name + ".xz").read_bytes()


def cases_of(kind: str) -> Callable[..., Any]:
    """Parametrise a test over every case whose name is the kind or begins with it."""
    found = sorted({p.name.split(".")[0] for p in FOLDER.glob(f"{kind}*.json*")})
    if not found and not GIVEN and kind in ONLY_IN_GIVEN:
        return pytest.mark.skip(reason=f"{kind} needs EVENSTAR_PARITY")
    if not found:
        return pytest.mark.parametrize("name", [f"no case of kind {kind}"])
    return pytest.mark.parametrize("name", found)


@pytest.fixture(autouse=True)
def _no_grad() -> Iterator[None]:
    torch.set_num_threads(1)
    with torch.inference_mode():
        yield


def loaded(module: torch.nn.Module, weights: dict[str, Tensor]) -> Any:
    module.load_state_dict(weights, strict=True)
    return module.eval()


def unet_config(facts: dict[str, Any]) -> UNetConfig:
    channels = tuple(facts["block_out_channels"])
    heads = facts["attention_head_dim"]
    assert facts["down_temporal_idx"] == facts["up_temporal_idx"] == list(range(len(channels)))
    return UNetConfig(
        latent_channels=facts["out_channels"],
        lq_channels=facts["in_channels"] - facts["out_channels"],
        block_channels=channels,
        attention_levels=tuple(kind.startswith("CrossAttn") for kind in facts["down_block_types"]),
        self_attention_levels=tuple(not only for only in facts["only_cross_attention"]),
        heads=(heads,) * len(channels) if isinstance(heads, int) else tuple(heads),
        res_blocks=facts["layers_per_block"],
        text_width=facts["cross_attention_dim"],
        noise_classes=facts["num_class_embeds"],
        groups=facts["norm_num_groups"],
        norm_eps=facts["norm_eps"],
    )


def vae_config(facts: dict[str, Any]) -> VaeConfig:
    return VaeConfig(
        block_channels=tuple(facts["block_out_channels"]),
        layers_per_block=facts["layers_per_block"],
        latent_channels=facts["latent_channels"],
        scaling_factor=facts["scaling_factor"],
    )


def full_size(build: Callable[[], torch.nn.Module]) -> dict[str, tuple[int, ...]]:
    with torch.device("meta"):
        return {key: tuple(value.shape) for key, value in build().state_dict().items()}


@cases_of("diffvsr_unet_keys")
def test_full_size_unet_has_exactly_the_published_keys_and_shapes(name: str):
    facts = read_facts(name)
    published = {key: tuple(shape) for key, shape in facts["keys"].items()}
    assert full_size(lambda: unet.VideoUNet(unet_config(facts["config"]))) == published
    assert unet_config(facts["config"]) == UNetConfig()


@cases_of("te3dvae_keys")
def test_full_size_vae_has_exactly_the_published_keys_and_shapes(name: str):
    facts = read_facts(name)
    published = {key: tuple(shape) for key, shape in facts["keys"].items()}
    assert full_size(lambda: te_vae.TemporalVae(vae_config(facts["config"]))) == published
    assert vae_config(facts["config"]) == VaeConfig()


@cases_of("resblock3d_spatial")
def test_spatial_residual_block(name: str):
    case = read_case(name)
    c = case.config
    block = unet.SpatialResBlock(
        c["in_channels"], c["out_channels"], c["temb_channels"], c["groups"], c["eps"]
    )
    loaded(block, case.weights())
    for i in case.runs("x"):
        case.check(block(case.given(f"x{i}"), case.given(f"temb{i}")), f"y{i}", label=f"{name} y{i}")


@cases_of("resblock3d_temporal_k3")
def test_temporal_residual_block_of_transformers(name: str):
    _check_temporal_block(name)


@cases_of("resblock3d_temporal_k5")
def test_temporal_residual_block_of_temporal_modules(name: str):
    _check_temporal_block(name)


def _check_temporal_block(name: str) -> None:
    case = read_case(name)
    c = case.config
    block = unet.TemporalResBlock(c["in_channels"], c["kernel"][0], c["temb_channels"], c["groups"], c["eps"])
    loaded(block, case.weights())
    for i in case.runs("x"):
        time = case.given(f"temb{i}") if c["temb_channels"] else None
        case.check(block(case.given(f"x{i}"), time), f"y{i}", label=f"{name} y{i}")


@cases_of("temporal_module3d")
def test_temporal_module(name: str):
    case = read_case(name)
    module = unet.TemporalModule(case.config["in_channels"], case.config["temb_channels"])
    loaded(module, case.weights())
    for i in case.runs("x"):
        case.check(module(case.given(f"x{i}"), case.given(f"temb{i}")), f"y{i}", label=f"{name} y{i}")


@cases_of("temporal_attention_")
def test_temporal_attention(name: str):
    case = read_case(name)
    c = case.config
    rotary, reach = Rotary(c["rotary_dim"]), (c["num_buckets"], c["max_distance"])
    attention = TemporalAttention(c["query_dim"], c["heads"], rotary, RelativeBias(c["heads"], *reach))
    loaded(attention, case.weights())
    for i in case.runs("x"):
        case.check(attention(case.given(f"x{i}")), f"y{i}", label=f"{name} y{i}")
    for key in (k for k in case.arrays if k.startswith("out/bucket_table_")):
        assert torch.equal(distance_buckets(int(key.rsplit("_", 1)[1]), *reach), case.arrays[key])


@cases_of("msta_block_crossonly")
def test_transformer_block_that_looks_at_the_text_twice(name: str):
    _check_block(name)


@cases_of("msta_block_selfattn")
def test_transformer_block_that_looks_at_its_frame(name: str):
    _check_block(name)


def _check_block(name: str) -> None:
    case = read_case(name)
    c = case.config
    self_attention = not c["only_cross_attention"]
    block = unet.TransformerBlock(
        c["dim"], c["heads"], c["cross_attention_dim"], self_attention=self_attention
    )
    loaded(block, case.weights())
    for i in case.runs("x"):
        b, f, h, w = case.given(f"bfhw{i}").tolist()
        text, x = case.given(f"ctx{i}"), case.given(f"x{i}")
        before = block.attend_in_frame(x, text)
        tracks = before.unflatten(0, (b, f)).transpose(1, 2).flatten(0, 1)
        case.check(tracks, f"pre_msta{i}", label=f"{name} pre_msta{i}")
        grid = before.transpose(1, 2).unflatten(2, (h, w))
        case.check(block.small_branch(grid, b), f"up{i}", label=f"{name} up{i}")
        case.check(block.attend_over_time(before, b, h), f"post_msta{i}", label=f"{name} post_msta{i}")
        case.check(block(x, text, b, h), f"y{i}", label=f"{name} y{i}")


@cases_of("transformer3d")
def test_transformer(name: str):
    case = read_case(name)
    c = case.config
    module = unet.Transformer(
        c["dim"], c["heads"], c["cross_attention_dim"], self_attention=not c["only_cross_attention"]
    )
    loaded(module, case.weights())
    for i in case.runs("x"):
        case.check(module(case.given(f"x{i}"), case.given(f"ctx{i}")), f"y{i}", label=f"{name} y{i}")


@cases_of("unet_tiny")
def test_whole_unet(name: str):
    case = read_case(name)
    network = loaded(unet.VideoUNet(unet_config(case.config)), case.weights())
    for i in case.runs("sample"):
        sample = case.given(f"sample{i}")
        t = case.given(f"timestep{i}").expand(len(sample))
        lq, text = case.given(f"low_res{i}"), case.given(f"ctx{i}")
        found = network(sample, t, lq, text, case.given(f"class_labels{i}"))
        case.check(found, f"y{i}", label=f"{name} y{i}")


@cases_of("unet_tiny")
def test_every_stage_of_the_unet(name: str):
    case = read_case(name)
    network = loaded(unet.VideoUNet(unet_config(case.config)), case.weights())
    seen: dict[str, Tensor] = {}

    def note(stage: str) -> Callable[..., None]:
        def hook(_module: Any, _args: Any, result: Any) -> None:
            seen[stage] = result[-1] if isinstance(result, list) else result

        return hook

    probes = {k: v for k, v in case.facts["probes_case0"].items() if k not in ("emb", "conv_in")}
    for stage in probes:
        network.get_submodule(stage).register_forward_hook(note(stage))
    t = case.given("timestep0").expand(len(case.given("sample0")))
    network(
        *(case.given("sample0"), t, case.given("low_res0")), case.given("ctx0"), case.given("class_labels0")
    )
    for stage, probe in probes.items():
        assert list(seen[stage].shape) == probe["shape"]
        first = seen[stage].flatten()[: len(probe["first8"])]
        torch.testing.assert_close(first, torch.tensor(probe["first8"]), atol=1e-4, rtol=1e-4)


@cases_of("vae_video_attention")
def test_attention_of_the_decoder(name: str):
    case = read_case(name)
    attention = loaded(te_vae.VideoAttention(case.config["in_channels"]), case.weights())
    for i in case.runs("x"):
        n_clips = int(case.given(f"bf{i}")[0])
        case.check(attention(case.given(f"x{i}"), n_clips), f"y{i}", label=f"{name} y{i}")


@cases_of("vae_spatiotemporal_resblock")
def test_residual_block_of_the_decoder(name: str):
    case = read_case(name)
    block = te_vae.SpatioTemporalResBlock(case.config["in_channels"], case.config["out_channels"])
    loaded(block, case.weights())
    for i in case.runs("x"):
        n_clips = int(case.given(f"bf{i}")[0])
        case.check(block(case.given(f"x{i}"), n_clips), f"y{i}", label=f"{name} y{i}")


@cases_of("vae_tiny")
def test_whole_vae(name: str):
    case = read_case(name)
    vae = loaded(te_vae.TemporalVae(vae_config(case.config)), case.weights())
    for i in case.runs("image"):
        frames = case.given(f"image{i}")
        case.check(vae.quant_conv(vae.encoder(frames)), f"moments{i}", label=f"{name} moments{i}")
        mean, log_variance = vae.encode(frames)
        case.check(mean, f"mode{i}", label=f"{name} mode{i}")
        case.check(log_variance, f"logvar_clamped{i}", label=f"{name} logvar{i}")
        case.check((log_variance / 2).exp(), f"std{i}", label=f"{name} std{i}")
    for i in case.runs("latent"):
        frames = vae.decode(case.given(f"latent{i}"), int(case.given(f"num_frames{i}")))
        case.check(frames, f"decoded{i}", label=f"{name} decoded{i}")


def betas_of(case: Case, file: str) -> LinearBetas:
    facts = case.config[file] | (case.config["override"] if file == "scheduler_config_file" else {})
    return LinearBetas(
        n_times=facts["num_train_timesteps"],
        first=facts["beta_start"],
        last=facts["beta_end"],
        in_root=facts["beta_schedule"] == "scaled_linear",
    )


@cases_of("scheduler")
def test_noise_levels_and_times(name: str):
    case = read_case(name)
    betas = betas_of(case, "scheduler_config_file")
    low_res = betas_of(case, "low_res_scheduler_config_file")
    case.check(betas.noise_betas(), "betas_linear")
    case.check(betas.signal(), "alphas_cumprod_linear")
    case.check(low_res.signal(), "alphas_cumprod_low_res")
    for key in (k for k in case.arrays if k.startswith("out/timesteps_")):
        steps = int(key.rsplit("_", 1)[1])
        times = torch.tensor(leading_times(steps, betas.n_times))
        assert torch.equal(times, case.arrays[key])
        before = times - betas.n_times // steps
        assert torch.equal(before, case.expected(f"prev_timesteps_{steps}"))


@cases_of("scheduler")
def test_closed_loop_with_guidance(name: str):
    case = read_case(name)
    betas = betas_of(case, "scheduler_config_file")
    loops = [k.removeprefix("out/loop").removesuffix("_final") for k in case.arrays if k.endswith("_final")]
    assert loops
    for steps in map(int, loops):
        states: list[Tensor] = []

        def toy(x: Tensor, t: int, states: list[Tensor] = states) -> Tensor:
            states.append(x)
            return toy_velocity(case, x, t)

        pairs = sampling.ddim_steps(steps, betas.n_times)
        final = ddim(case.given("x_init"), pairs, toy, betas.schedule())
        case.check(final, f"loop{steps}_final", label=f"{name} loop{steps}")
        after = [*states[1:], final]
        kept = case.expected(f"loop{steps}_kept_step_indices").tolist()
        case.check(torch.stack([after[i] for i in kept]), f"loop{steps}_latents")
        last, v = pairs[-1][0], toy(states[-1], pairs[-1][0])
        x0 = betas.schedule().x0_from_velocity(states[-1], v, torch.tensor([last]))
        case.check(x0, f"loop{steps}_last_pred_x0")


def toy_velocity(case: Case, x: Tensor, t: int) -> Tensor:
    """The case's own formula, guided by the code under test."""
    names: dict[str, Any] = {"x": x, "t": torch.tensor(float(t)), "lr": case.given("low_res")}
    names |= {"cos": torch.cos, "sin": torch.sin, "tanh": torch.tanh, "__builtins__": {}}
    for line in case.config["toy"].split(" ; "):
        left, right = line.split("(all")[0].split("=", 1)
        if left.strip() in ("k", "v_uncond", "v_text"):
            names[left.strip()] = eval(right, names)
    return guide(names["v_text"], names["v_uncond"], case.config["guidance_scale"], None)


@cases_of("scheduler")
def test_noise_on_the_lq_in_both_precisions(name: str):
    case = read_case(name)
    lq, noise = case.given("lr_image"), case.given("lr_noise")
    signal = betas_of(case, "low_res_scheduler_config_file").signal()
    levels = [int(k.rsplit("_", 1)[1]) for k in case.arrays if k.startswith("out/lr_noised_fp32_")]
    assert levels
    for level in levels:
        case.check(sampling.noised(lq, noise, signal[level]), f"lr_noised_fp32_{level}")
        half = sampling.noised(lq.half(), noise.half(), signal[level])
        assert half.dtype is torch.float16
        assert torch.equal(half, case.expected(f"lr_noised_fp16_{level}"))


@cases_of("ilt_fuse")
def test_windows_and_interweaved_latent_transition(name: str):
    case = read_case(name)
    for n_frames, spans in ((int(n), spans) for n, spans in case.facts["windows"].items()):
        windows = sampling.cut_windows(n_frames, case.config["window"], case.config["stride"])
        assert [list(span) for span in windows] == spans
        parts = [case.given(f"T{n_frames}_win{i}") for i in range(len(windows))]
        fused = torch.cat(list(sampling.interweave(zip(windows, parts, strict=True))), 2)
        case.check(fused, f"T{n_frames}_fused")
        case.check(_window_weights(windows), f"T{n_frames}_weights")


def _window_weights(windows: list[Span]) -> Tensor:
    """(windows, frames): what a window of ones among zeros leaves of itself."""
    rows = []
    for chosen in windows:
        parts = [torch.full((1, 1, b - a, 1, 1), float((a, b) == chosen)) for a, b in windows]
        rows.append(torch.cat(list(sampling.interweave(zip(windows, parts, strict=True))), 2).flatten())
    return torch.stack(rows)


@cases_of("noise_reschedule")
def test_published_noise_rescheduling(name: str):
    for run in read_facts(name)["runs"]:
        shuffle = random.Random(run["python_random_seed"]).shuffle
        assert reference.noise_order(run["T"], shuffle) == run["final_source"]


@cases_of("tiling")
def test_published_tiles(name: str):
    for run in read_facts(name)["runs"]:
        tiles = reference.pasted_tiles(
            run["h"], run["w"], size=run["tile_size"], overlap=run["tile_overlap"], scale=4
        )
        found = [
            {
                "crop": [*tile.crop[0], *tile.crop[1]],
                "paste": [*tile.paste[0], *tile.paste[1]],
                "tile_offset": list(tile.offset),
            }
            for tile in tiles
        ]
        assert found == run["tiles"]
        assert len(found) == run["n_calls"]


@cases_of("frame_padding")
def test_published_padding(name: str):
    for run in read_facts(name)["runs"]:
        if "error" in run:
            with pytest.raises(ValueError, match="published padding"):
                reference.padded_order(run["T"])
        else:
            assert reference.padded_order(run["T"]) == run["frame_indices_seen_by_model"]


@cases_of("prepost")
def test_pixels_in_and_out(name: str):
    case = read_case(name)
    case.check(reference.to_signed(case.given("frames_u8")), "normalised")
    case.check(reference.to_byte_range(case.given("decoded")), "before_cast")
    assert torch.equal(reference.to_bytes(case.given("decoded")), case.expected("u8"))


@cases_of("e2e_tiny")
def test_end_to_end(name: str):
    case = read_case(name)
    c = case.config
    unet_case, vae_case = (read_case(Path(file).stem) for file in c["weights"])
    network = loaded(unet.VideoUNet(unet_config(unet_case.config)), unet_case.weights())
    vae = loaded(te_vae.TemporalVae(vae_config(vae_case.config)), vae_case.weights())
    settings = SampleSettings(
        steps=c["steps"], guidance_scale=c["guidance_scale"], noise_level=c["noise_level"]
    )
    texts = case.given("prompt_embeds"), case.given("negative_prompt_embeds")

    lq = add_lq_noise(case.given("image"), case.given("lr_noise"), settings.noise_level)
    case.check(lq, "lr_noised", label=f"{name} lr_noised")
    orders = iter(c["shuffles"])

    def shuffle(places: list[int]) -> None:
        places[:] = next(orders)

    order = reference.noise_order(lq.shape[2], shuffle)
    noise = case.given("initial_noise_before_reschedule")[:, :, order]
    case.check(noise, "initial_noise_after_reschedule", label=f"{name} rescheduled noise")

    times, calls = [], []

    def watched(*inputs: Tensor) -> Tensor:
        times.append(int(inputs[1]))
        calls.append(network(*inputs))
        return calls[-1]

    for i, (start, stop) in enumerate(sampling.cut_windows(lq.shape[2])):
        window = sample_window(watched, noise[:, :, start:stop], lq[:, :, start:stop], texts, settings)
        atol = case.facts["numeric"]["fused_latents"].get("suggested_atol")
        case.check(window, f"window{i}_latents", atol=atol, label=f"{name} window{i}")
    assert times[::2] == times[1::2] == case.expected("unet_call_timesteps").tolist()
    case.check(torch.cat([calls[1], calls[0]]), "unet_first_call", label=f"{name} first call")
    last = torch.cat([calls[-1], calls[-2]])
    case.check(last, "unet_last_call", atol=atol, label=f"{name} last call")

    fused = sample_latents(network, noise, lq, texts, settings)
    case.check(fused, "fused_latents", label=f"{name} fused")
    decoded = reference.decode_groups(vae, fused, c["vae_group"])
    case.check(decoded, "decoded", atol=DECODED_ATOL, label=f"{name} decoded")
