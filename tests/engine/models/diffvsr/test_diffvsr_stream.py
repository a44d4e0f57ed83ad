"""A shot from lq frames to restored frames with tiny networks: any length, any part, any tiles."""

import copy
from dataclasses import replace

import pytest
import torch
from conftest import film, part_of
from torch import Tensor

from engine.models.diffvsr import reference
from engine.models.diffvsr.codec import decode_group, encode_frames, stream_frames
from engine.models.diffvsr.sampler import (
    SampleSettings,
    add_lq_noise,
    sample_latents,
    sample_window,
)
from engine.models.diffvsr.sampling import start_noise
from engine.models.diffvsr.stream import REACH, Networks, Part, Shot, restore_frames, stream_latents
from engine.sampling.beta import Slider
from engine.sampling.noise import clip_noise
from engine.sampling.tiles import cut_tiles

QUICK = SampleSettings(steps=2, guidance_scale=1.0)


def restored(networks: Networks, frames: Tensor, shot: Shot, **options) -> Tensor:
    settings = options.pop("settings", QUICK)
    return torch.cat(list(restore_frames(networks, part_of(frames, shot, settings, **options))))


def latents_of(networks: Networks, frames: Tensor, shot: Shot, settings: SampleSettings) -> Tensor:
    return torch.cat(list(stream_latents(networks, part_of(frames, shot, settings))), 2)


@pytest.mark.parametrize("n_frames", [1, 2, 4, 7, 9])
def test_every_frame_comes_out_four_times_as_large(networks: Networks, n_frames: int):
    found = restored(networks, film(n_frames, 7, 10), Shot(n_frames=n_frames))

    assert found.shape == (n_frames, 3, 28, 40)
    assert found.dtype is torch.float32
    assert found.min() >= 0
    assert found.max() <= 1


def test_any_part_of_a_shot_has_the_pixels_of_the_whole(networks: Networks):
    frames, shot = film(17, 4, 4), Shot(n_frames=17, seed=4)
    whole = restored(networks, frames, shot)

    for start, stop in ((0, 1), (3, 9), (13, 17)):
        assert torch.equal(restored(networks, frames, shot, start=start, stop=stop), whole[start:stop])


def test_the_same_seed_gives_the_same_film_and_another_one_another(networks: Networks):
    frames = film(3, 8, 8)

    first, again, other = (restored(networks, frames, Shot(n_frames=3, seed=seed)) for seed in (1, 1, 2))

    assert torch.equal(first, again)
    assert not torch.allclose(first, other, atol=1e-2)


def test_only_the_frames_that_are_needed_are_read(networks: Networks):
    asked: list[int] = []
    frames = film(40, 4, 4)

    def read(indices: list[int]) -> Tensor:
        asked.extend(indices)
        return frames[indices]

    part = Part(shot=Shot(n_frames=40), start=16, stop=18, read_lq=read, settings=QUICK)
    list(restore_frames(networks, part))

    assert min(asked) >= 8
    assert max(asked) < 24


@pytest.mark.parametrize("n_frames", [1, 5, 9, 18, 60])
def test_no_part_needs_frames_beyond_its_reach(n_frames: int):
    shot = Shot(n_frames=n_frames)

    for start in range(n_frames):
        for stop in range(start + 1, min(start + 9, n_frames) + 1):
            part = part_of(torch.zeros(0), shot, QUICK, start=start, stop=stop)
            assert part.windows[0][0] >= start - REACH
            assert min(part.windows[-1][1], n_frames) <= stop + REACH


def test_parts_that_hand_windows_on_sample_none_twice_and_give_the_pixels_of_the_whole(networks: Networks):
    frames, shot = film(21, 4, 4), Shot(n_frames=21, seed=4)
    whole = restored(networks, frames, shot)
    calls: list[None] = []
    known: dict[int, Tensor] = {}
    parts = []

    for start, stop in ((0, 7), (7, 10), (10, 21)):
        part = part_of(frames, shot, QUICK, start=start, stop=stop, before_call=lambda: calls.append(None))
        announced = len(calls) + part.calls(len(known))
        parts += list(restore_frames(networks, part, known))
        assert len(calls) == announced

    assert torch.equal(torch.cat(parts), whole)
    assert known == {}
    n_windows, n_groups = 5, 4 + 3 + 7
    assert len(calls) == n_windows * QUICK.steps + n_groups


def test_what_a_caller_raises_between_calls_comes_through(networks: Networks):
    calls = iter(range(2))

    def stop() -> None:
        if next(calls):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restored(networks, film(2, 8, 8), Shot(n_frames=2), before_call=stop)


@pytest.mark.parametrize(("start", "stop"), [(0, None), (5, 6)])
def test_the_calls_are_as_many_as_announced(networks: Networks, start: int, stop: int | None):
    tiling = cut_tiles(8, 12, 8, 8, overlap=4)
    calls: list[None] = []
    part = part_of(
        film(9, 8, 12),
        Shot(n_frames=9),
        SampleSettings(steps=1, tiling=tiling),
        start=start,
        stop=9 if stop is None else stop,
        vae_tiling=tiling,
        before_call=lambda: calls.append(None),
    )

    list(restore_frames(networks, part))

    assert len(calls) == part.calls()


def test_guidance_changes_the_result(networks: Networks):
    frames, shot = film(2, 8, 8), Shot(n_frames=2)

    plain, strong = (
        restored(networks, frames, shot, settings=replace(QUICK, guidance_scale=scale))
        for scale in (1.0, 5.0)
    )

    assert not torch.allclose(plain, strong, atol=1e-2)


def test_tiles_give_nearly_the_same_latent(networks: Networks):
    """Norms and attention see a tile instead of the frame: 0.22 of the latent's spread here, 0.3 allowed.

    Tiles with noise of their own, as published, are off by more than the spread itself.
    """
    frames, shot = film(4, 24, 24), Shot(n_frames=4)
    tiling = cut_tiles(24, 24, 18, 18, overlap=10, halo=2)

    whole, tiled, other_noise = (
        latents_of(networks, frames, shot, settings)
        for shot, settings in (
            (shot, QUICK),
            (shot, replace(QUICK, tiling=tiling)),
            (replace(shot, seed=11), QUICK),
        )
    )

    error, published = ((x - whole).square().mean().sqrt() / whole.std() for x in (tiled, other_noise))
    print(f"off the untiled latent: tiled {error:.3f}, other noise {published:.3f}")  # noqa: T201
    assert error < 0.3
    assert published > 1


def test_tiles_of_a_local_network_give_the_same_latent():
    """A network that only looks two pixels far: equal to float32's rounding, over four steps with guidance."""
    kernel = torch.randn(4, 7, 1, 5, 5, generator=torch.Generator().manual_seed(0)) / 20

    def local(latent: Tensor, t: Tensor, lq: Tensor, text: Tensor, _level: Tensor) -> Tensor:
        both = torch.cat([latent, lq], 1)
        return torch.nn.functional.conv3d(both, kernel, padding=(0, 2, 2)) * (1 + text.mean()) + t / 1000

    lq, noise = torch.rand(1, 3, 8, 30, 26), start_noise(1, 0, range(8), (4, 30, 26))
    texts = torch.ones(1, 1, 1), torch.zeros(1, 1, 1)
    settings = SampleSettings(steps=4)
    tiling = cut_tiles(30, 26, 12, 12, overlap=6, halo=2)

    whole, tiled = (
        sample_window(local, noise, lq, texts, replace(settings, tiling=t)) for t in (None, tiling)
    )

    torch.testing.assert_close(tiled, whole, atol=1e-4, rtol=1e-4)


def test_decoding_in_tiles_gives_nearly_the_same_frames(networks: Networks):
    """One grey level in 20 on average: the norms of random weights see another mean in every tile."""
    latents = torch.randn(1, 4, 4, 20, 20, generator=torch.Generator().manual_seed(0)) / 2

    whole = decode_group(networks.vae, latents)
    tiled = decode_group(networks.vae, latents, cut_tiles(20, 20, 16, 16, overlap=8, halo=2))

    assert (tiled - whole).abs().mean() < 0.05


def test_group_borders_of_the_decoder_flicker_less_than_published(networks: Networks):
    """A latent that stands still must give a film that stands still; published groups jump at every fourth."""
    latents = torch.randn(1, 4, 1, 8, 8, generator=torch.Generator().manual_seed(0)).expand(
        -1, -1, 16, -1, -1
    )

    published = reference.decode_groups(networks.vae, latents) / 2 + 0.5
    ours = torch.cat(list(stream_frames(networks.vae, latents.split(4, 2))))

    inner = slice(4, 12)
    jump_published, jump_ours = (_largest_jump(frames[inner]) for frames in (published, ours))
    print(f"largest jump: published {jump_published:.4f}, overlapped {jump_ours:.4f}")  # noqa: T201
    assert jump_ours < 0.7 * jump_published


def _largest_jump(frames: Tensor) -> float:
    return float((frames[1:] - frames[:-1]).abs().mean((1, 2, 3)).max())


def test_interwoven_windows_jump_less_than_independent_ones(networks: Networks):
    """The paper's claim on tiny networks: frame 8 is the border of independent windows."""
    frames = film(16, 8, 8)[:1].expand(16, -1, -1, -1)
    shot = Shot(n_frames=16)
    lq = (frames * 2 - 1).transpose(0, 1)[None]
    ours = latents_of(networks, frames, shot, QUICK)

    noise = clip_noise(1, "alone", 0, 0, 16, (4, 8, 8))
    alone = [
        sample_window(networks.unet, noise[:, :, a : a + 8], lq[:, :, a : a + 8], networks.texts, QUICK)
        for a in (0, 8)
    ]

    border_ours = (ours[:, :, 8] - ours[:, :, 7]).abs().mean()
    border_alone = (alone[1][:, :, 0] - alone[0][:, :, 7]).abs().mean()
    print(f"jump at the border: interwoven {border_ours:.3f}, independent {border_alone:.3f}")  # noqa: T201
    assert border_ours < border_alone


def test_the_decoder_runs_in_half_precision(networks: Networks):
    """bfloat16 keeps eight bits: within 0.02 of float32 on average."""
    latents = torch.randn(1, 4, 4, 6, 6, generator=torch.Generator().manual_seed(0)) / 4
    half = _copy(networks).vae.bfloat16()

    found = decode_group(half, latents)

    assert found.dtype is torch.float32
    assert (found - decode_group(networks.vae, latents)).abs().mean() < 0.02


def test_frames_that_overflow_half_precision_are_decoded_again(
    networks: Networks, caplog: pytest.LogCaptureFixture
):
    latents = torch.randn(1, 4, 4, 6, 6, generator=torch.Generator().manual_seed(0)) / 4
    vae = _copy(networks).vae
    vae.decoder.conv_in.weight.mul_(2e4)
    vae.decoder.conv_in.bias.zero_()

    found = decode_group(vae.half(), latents)

    assert bool(found.isfinite().all())
    assert "computing 4 frames in float32" in caplog.text


def test_the_unet_runs_in_half_precision(networks: Networks):
    half = _copy(networks)
    half = replace(
        half, unet=half.unet.bfloat16(), texts=(half.texts[0].bfloat16(), half.texts[1].bfloat16())
    )

    found = restored(half, film(2, 8, 8), Shot(n_frames=2))

    assert bool(found.isfinite().all())


def _copy(networks: Networks) -> Networks:
    return replace(networks, unet=copy.deepcopy(networks.unet), vae=copy.deepcopy(networks.vae))


def test_the_published_rules_restore_a_clip(networks: Networks):
    frames = (film(5, 8, 8) * 255).to(torch.uint8)
    generator = torch.Generator().manual_seed(reference.SEED)

    found = reference.restore_published(networks, frames, QUICK, generator, list.reverse)

    assert found.shape == (5, 32, 32, 3)
    assert found.dtype is torch.uint8


def test_streaming_gives_what_sampling_all_at_once_gives(networks: Networks):
    frames, shot = film(16, 6, 6), Shot(n_frames=16, first=30, seed=2)
    lq = (frames * 2 - 1).transpose(0, 1)[None]
    lq = add_lq_noise(lq, clip_noise(2, "lq", 0, 30, 16, (3, 6, 6)), QUICK.noise_level)
    start = start_noise(2, 30, range(16), (4, 6, 6))

    streamed = latents_of(networks, frames, shot, QUICK)

    assert torch.equal(streamed, sample_latents(networks.unet, start, lq, networks.texts, QUICK))


@pytest.mark.parametrize(("field", "value"), [("steps", 0), ("steps", 501), ("noise_level", 351)])
def test_settings_outside_what_the_model_allows_are_refused(field: str, value: int):
    with pytest.raises(ValueError, match=str(value)):
        SampleSettings(**{field: value})


def test_a_shot_without_frames_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        Shot(n_frames=0)


def test_above_beta_one_the_cleaned_film_draws_the_restored_one_to_itself(networks: Networks):
    frames, shot = film(4, 8, 8), Shot(n_frames=4)
    asked: list[str] = []

    def read(name: str, source: Tensor):
        def frames_of(indices: list[int]) -> Tensor:
            asked.append(name)
            return source[indices]

        return frames_of

    def with_cleaned(level: float) -> Tensor:
        part = Part(
            shot=shot,
            start=0,
            stop=4,
            read_lq=read("lq", frames),
            read_cleaned=read("cleaned", torch.full((4, 3, 20, 20), level)),
            settings=replace(QUICK, slider=Slider(beta=2.0)),
        )
        return torch.cat(list(restore_frames(networks, part)))

    dark, bright = with_cleaned(0.0), with_cleaned(1.0)

    assert asked == ["cleaned", "lq"] * 2
    assert not torch.allclose(dark, bright, atol=1e-3)


def test_encoding_in_tiles_gives_nearly_the_same_latent(networks: Networks):
    """0.24 of the latent's spread: the norms of random weights see another mean in every tile."""
    frames = film(2, 80, 96)

    whole = encode_frames(networks.vae, frames)
    tiled = encode_frames(networks.vae, frames, cut_tiles(20, 24, 16, 16, overlap=8, halo=2))

    assert whole.shape == (1, 4, 2, 20, 24)
    assert (tiled - whole).abs().mean() < 0.3 * whole.std()
