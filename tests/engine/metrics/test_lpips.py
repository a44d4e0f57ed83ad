"""The definition, with weights nobody trained: the published ones are not part of the project."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import DownloadError
from engine.metrics import lpips
from engine.metrics.lpips import Lpips, LpipsWeightsError, fetch_lpips, load_lpips
from tests.engine.metrics.scenes import texture

SHAPES = {0: (64, 3, 11), 3: (192, 64, 5), 6: (384, 192, 3), 8: (256, 384, 3), 10: (256, 256, 3)}


def backbone(seed: int = 0) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    weights = {
        f"features.{n}.weight": torch.randn(o, i, k, k) / (i * k * k) ** 0.5
        for n, (o, i, k) in SHAPES.items()
    }
    return weights | {f"features.{n}.bias": torch.zeros(o) for n, (o, _, _) in SHAPES.items()}


def heads(value: float = 1.0) -> dict[str, torch.Tensor]:
    return {
        f"lin{at}.model.1.weight": torch.full((1, o, 1, 1), value)
        for at, (o, _, _) in enumerate(SHAPES.values())
    }


def test_equal_pictures_have_no_distance() -> None:
    assert Lpips(backbone(), heads())(texture(80, 96), texture(80, 96)) == 0


def test_more_damage_is_more_distance() -> None:
    metric, gt = Lpips(backbone(), heads()), texture(80, 96)
    rng = np.random.default_rng(0)
    damaged = [np.clip(gt + rng.normal(0, s, gt.shape), 0, 255).astype(np.uint8) for s in (5, 20)]
    assert 0 < metric(damaged[0], gt) < metric(damaged[1], gt)


def test_opposite_features_have_the_squared_distance_of_unit_vectors() -> None:
    """With heads of ones every layer adds |a - b|^2 of unit vectors: between 0 and 2 for rectified features."""
    distance = Lpips(backbone(), heads())(texture(80, 96, 1), texture(80, 96, 2))
    assert 0 < distance <= 2 * len(SHAPES)
    assert Lpips(backbone(), heads(0.5))(texture(80, 96, 1), texture(80, 96, 2)) == pytest.approx(
        distance / 2
    )


def test_missing_weights_are_named_with_their_address(tmp_path: Path) -> None:
    with pytest.raises(LpipsWeightsError, match=r"alexnet.*is missing: get https"):
        load_lpips(tmp_path)


def test_another_file_under_the_name_is_refused(tmp_path: Path) -> None:
    for file in (lpips.BACKBONE, lpips.HEADS):
        (tmp_path / file.name).write_bytes(b"something else")
    with pytest.raises(LpipsWeightsError, match="has sha256"):
        load_lpips(tmp_path)


@pytest.fixture
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two files at addresses of this machine, with their true checksums."""
    for which, content in (("BACKBONE", backbone()), ("HEADS", heads())):
        source = tmp_path / f"{which}.pth"
        torch.save(content, source)
        sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
        monkeypatch.setattr(lpips, which, replace(getattr(lpips, which), url=source.as_uri(), sha256=sha256))
    return tmp_path / "weights"


def test_fetched_weights_can_be_loaded(offered: Path) -> None:
    fetch_lpips(offered)
    assert load_lpips(offered)(texture(80, 96), texture(80, 96)) == 0
    assert not list(offered.glob("*.part"))


def test_a_file_with_another_checksum_is_not_kept(offered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lpips, "HEADS", replace(lpips.HEADS, sha256="0" * 64))
    with pytest.raises(DownloadError, match="need 0000"):
        fetch_lpips(offered)
    assert [path.name for path in offered.iterdir()] == [lpips.BACKBONE.name]
