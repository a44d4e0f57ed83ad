"""Borders of windows, tiles, groups and number formats on tiny networks, in figures: run with -s to read them.

The weights are random, so figures say how ours compares with the published rules, not how either looks.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
import torch
from conftest import film, part_of
from torch import Tensor

from engine.models.diffvsr import reference
from engine.models.diffvsr.codec import decode_group
from engine.models.diffvsr.sampler import SampleSettings, add_lq_noise, sample_window
from engine.models.diffvsr.stream import Networks, Shot, restore_frames
from engine.sampling.noise import clip_noise
from engine.sampling.tiles import cut_tiles

SETTINGS = SampleSettings(steps=3)
Report = Callable[[str, object], None]


def seam_energy(differences: Tensor, borders: Sequence[int]) -> float:
    """Energy of the steps that cross a border over that of the others; differences[i] is from i to i + 1."""
    at = torch.zeros(len(differences), dtype=torch.bool)
    at[[border - 1 for border in borders]] = True
    return float(differences[at].mean() / differences[~at].mean())


def across(frames: Tensor) -> Tensor:
    """Energy of every step from a column to the next; frames: (T, 3, H, W)."""
    return frames.diff(dim=-1).square().mean((0, 1, 2))


def along_motion(frames: Tensor, shift: int) -> Tensor:
    """E_warp (Lai et al. 2018) of every pair of frames, for a scene that is known to move left by shift."""
    return (frames[1:, ..., :-shift] - frames[:-1, ..., shift:]).square().mean((1, 2, 3))


def restored(networks: Networks, frames: Tensor, settings: SampleSettings = SETTINGS, **options) -> Tensor:
    shot = Shot(n_frames=len(frames), seed=9)
    return torch.cat(list(restore_frames(networks, part_of(frames, shot, settings, **options))))


def independent_windows(networks: Networks, frames: Tensor) -> Tensor:
    """Windows that touch, each with noise of its own, decoded in groups that touch."""
    lq, size = (frames * 2 - 1).transpose(0, 1)[None], frames.shape[-2:]
    latents = []
    for start in range(0, len(frames), 8):
        noise = clip_noise(9, "alone", 0, start, 8, (4, *size))
        lq_noise = clip_noise(9, "lq", 0, start, 8, (3, *size))
        part = add_lq_noise(lq[:, :, start : start + 8], lq_noise, SETTINGS.noise_level)
        latents.append(sample_window(networks.unet, noise, part, networks.texts, SETTINGS))
    return reference.decode_groups(networks.vae, torch.cat(latents, 2)) / 2 + 0.5


def test_interwoven_windows_with_rescheduled_noise_flicker_less_than_independent_ones(
    networks: Networks, record_property: Report
):
    """24 frames of a scene that moves by one lq pixel a frame: what is the same place is known exactly."""
    frames, borders = film(24, 12, 16), range(8, 24, 8)
    ours, alone = restored(networks, frames), independent_windows(networks, frames)

    figures = {
        name: (1e3 * float(errors.mean()), seam_energy(errors, borders))
        for name, errors in (("interwoven", along_motion(ours, 4)), ("independent", along_motion(alone, 4)))
    }

    for name, (warp, seam) in figures.items():
        record_property(name, f"E*_warp {warp:.1f}e-3, seam energy at window borders {seam:.2f}")
        print(f"{name}: E*_warp {warp:.1f}e-3, seam energy at window borders {seam:.2f}")  # noqa: T201
    assert figures["interwoven"][0] < 0.95 * figures["independent"][0]
    assert figures["interwoven"][1] < 1.1 < figures["independent"][1]


def test_tiles_leave_no_seam_where_the_published_ones_do(
    networks: Networks, record_property: Report, monkeypatch: pytest.MonkeyPatch
):
    """Sampled and decoded in tiles: 0.02 off the whole on average, where the film's spread is 0.19."""
    frames, tiling = film(8, 16, 48), cut_tiles(16, 48, 16, 24, overlap=12, halo=2)
    borders = sorted({4 * place for span in tiling.columns for place in span if 0 < place < 48})
    monkeypatch.setattr(reference, "UNTILED_PIXELS", 0)
    whole = restored(networks, frames)
    tiled = restored(networks, frames, replace(SETTINGS, tiling=tiling), vae_tiling=tiling)
    published = reference.restore_published(
        networks,
        (frames * 255).to(torch.uint8),
        SETTINGS,
        torch.Generator().manual_seed(reference.SEED),
        list.reverse,
        size=16,
        overlap=4,
    )

    error = float((tiled - whole).abs().mean())
    seam, untiled = seam_energy(across(tiled), borders), seam_energy(across(whole), borders)
    hard = seam_energy(across(published.permute(0, 3, 1, 2) / 255), (64, 128))

    found = f"off by {error:.3f}; seam energy {seam:.2f}, untiled {untiled:.2f}, published tiles {hard:.2f}"
    record_property("tiles", found)
    print(found)  # noqa: T201
    assert error < 0.03
    assert seam < 1.1
    assert hard > 3


@pytest.mark.parametrize(("overlap", "halo"), [(8, 2), (12, 4)])
def test_decoding_in_tiles_leaves_no_seam(
    networks: Networks, record_property: Report, overlap: int, halo: int
):
    latents = torch.randn(1, 4, 4, 24, 24, generator=torch.Generator().manual_seed(0)) / 10
    tiling = cut_tiles(24, 24, 16, 16, overlap=overlap, halo=halo)
    borders = sorted({4 * place for span in tiling.columns for place in span if 0 < place < 24})

    whole, tiled = decode_group(networks.vae, latents), decode_group(networks.vae, latents, tiling)

    error = float((tiled - whole).abs().mean())
    seam, untiled = seam_energy(across(tiled), borders), seam_energy(across(whole), borders)
    found = f"off by {error:.3f}; seam energy {seam:.2f}, untiled {untiled:.2f}"
    record_property(f"decoder tiles, overlap {overlap}", found)
    print(found)  # noqa: T201
    assert error < 0.05
    assert seam < 1.05 * untiled


@pytest.mark.parametrize(("dtype", "mean", "largest"), [("float16", 0.2, 2.0), ("bfloat16", 1.5, 15.0)])
def test_the_decoder_in_half_precision_is_this_near_to_float32(
    networks: Networks, record_property: Report, dtype: str, mean: float, largest: float
):
    """In grey levels of 255."""
    latents = torch.randn(1, 4, 4, 24, 24, generator=torch.Generator().manual_seed(0)) / 10
    half = copy.deepcopy(networks.vae).to(getattr(torch, dtype))

    errors = 255 * (decode_group(half, latents) - decode_group(networks.vae, latents)).abs()

    found = f"{dtype}: mean {float(errors.mean()):.2f}, largest {float(errors.max()):.1f} of 255"
    record_property("half precision", found)
    print(found)  # noqa: T201
    assert errors.mean() < mean
    assert errors.max() < largest
