from pathlib import Path

import numpy as np
import pytest
import torch

from engine.training.config import ConfigError
from engine.training.video.clips import Clips, as_picture
from engine.training.video.config import ClipsConfig
from tests.clips import make_clip, picture

LOSSLESS = {"crf": "0", "preset": "ultrafast"}


def config(**changes: object) -> ClipsConfig:
    usual = {
        "degradation": "simple",
        "n_frames": 3,
        "height": 16,
        "width": 16,
        "scale": 2,
        "prompt_dropped": 0.0,
    }
    return ClipsConfig(**(usual | changes))  # type: ignore[arg-type]


def first(clips: Clips) -> dict[str, torch.Tensor]:
    return next(clips.loader(0, 1))


def test_a_batch_depends_on_seed_number_and_process_alone() -> None:
    whole = [batch["gt"] for batch in Clips(config(), 1).loader(0, 3)]
    assert torch.equal(next(Clips(config(), 1).loader(2, 3))["gt"], whole[2])
    mine, yours = (first(Clips(config(), 1, process=p, n_processes=2))["gt"] for p in (0, 1))
    assert torch.equal(mine, whole[0])
    assert torch.equal(yours, whole[1])
    assert not torch.equal(first(Clips(config(), 2))["gt"], whole[0])


def test_workers_change_nothing() -> None:
    alone = list(Clips(config(), 1).loader(0, 2))
    helped = list(Clips(config(workers=1), 1).loader(0, 2))
    assert all(torch.equal(a["lq"], b["lq"]) for a, b in zip(alone, helped, strict=True))


def test_procedural_clips_have_both_sizes_and_the_range_of_networks() -> None:
    batch = first(Clips(config(batch=2), 1))
    assert batch["gt"].shape == (2, 3, 3, 16, 16)
    assert batch["lq"].shape == (2, 3, 3, 8, 8)
    assert batch["gt"].abs().max() <= 1


def test_clean_clips_are_cut_at_a_stride_and_degraded(tmp_path: Path) -> None:
    make_clip(tmp_path / "film.mkv", n_frames=12, codec="ffv1", pixel_format="bgr0")
    batch = first(Clips(config(source="clean", folder=str(tmp_path), strides=(2,), flips=False), 1))
    found = ((batch["gt"][0].permute(1, 2, 3, 0) + 1) * 127.5).round().numpy().astype(np.uint8)
    places = [
        (start, y, x)
        for start in range(8)
        for y in range(0, 49, 2)
        for x in range(0, 81, 2)
        if np.array_equal(picture(start)[y : y + 16, x : x + 16], found[0])
    ]
    assert len(places) == 1
    start, y, x = places[0]
    assert np.array_equal(found[2], picture(start + 4)[y : y + 16, x : x + 16])
    assert batch["lq"].shape[-2:] == (8, 8)


def test_pairs_are_cut_at_the_same_place(tmp_path: Path) -> None:
    for name, (height, width) in {"gt": (64, 96), "lq": (32, 48)}.items():
        (tmp_path / name).mkdir()
        make_clip(tmp_path / name / "a.mp4", n_frames=4, height=height, width=width, options=LOSSLESS)
        make_clip(tmp_path / name / "b.mp4", n_frames=6, height=height, width=width, options=LOSSLESS)
    clips = Clips(config(source="pairs", folder=str(tmp_path)), 1)
    for batch in clips.loader(0, 6):
        reduced = torch.nn.functional.avg_pool3d(batch["gt"], (1, 2, 2))
        assert (reduced - batch["lq"]).abs().mean() < 0.1


def test_prompts_come_from_beside_the_clips(tmp_path: Path) -> None:
    make_clip(tmp_path / "film.mp4", n_frames=4)
    (tmp_path / "film.txt").write_text("a street\nat night\n", encoding="utf-8")
    clips = Clips(config(source="clean", folder=str(tmp_path)), 1)
    assert clips.prompts == ("", "a street at night")
    assert first(clips)["prompt"].tolist() == [1]
    dropped = Clips(config(source="clean", folder=str(tmp_path), prompt_dropped=1.0), 1)
    assert first(dropped)["prompt"].tolist() == [0]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no film"):
        Clips(config(source="clean", folder=str(tmp_path)), 1)


def test_a_film_that_is_too_small_or_too_short_is_refused(tmp_path: Path) -> None:
    make_clip(tmp_path / "film.mp4", n_frames=2)
    with pytest.raises(ConfigError, match=r"film\.mp4 is 96x64 with 2 frames, need at least 16x16 with 3"):
        Clips(config(source="clean", folder=str(tmp_path)), 1)


def test_a_ground_truth_without_its_lq_is_refused(tmp_path: Path) -> None:
    for name, clip in (("gt", "a"), ("lq", "b")):
        (tmp_path / name).mkdir()
        make_clip(tmp_path / name / f"{clip}.mp4", n_frames=4)
    with pytest.raises(ConfigError, match="lq lacks a, which gt has"):
        Clips(config(source="pairs", folder=str(tmp_path)), 1)


def test_clips_of_all_sizes_are_shown_side_by_side() -> None:
    shown = as_picture({"lq": torch.zeros(1, 3, 3, 4, 4), "gt": torch.ones(1, 3, 3, 8, 8)})
    assert shown.shape == (8, 16, 3)
    assert (int(shown[0, 0, 0]), int(shown[0, 15, 0])) == (128, 255)
