"""RAFT is used where it is installed, and its absence is one sentence. A stand-in plays torchvision."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.errors import SettingsError
from engine.metrics.flow import FlowSource, flows
from engine.metrics.raft import RAFT_NAME, load_raft


class MovesRight(nn.Module):
    """Says that everything moved by its one weight to the right, in every one of its rounds."""

    def __init__(self) -> None:
        super().__init__()
        self.step = nn.Parameter(torch.zeros(()))

    def forward(self, first: Tensor, second: Tensor) -> list[Tensor]:
        """first, second: (1, 3, H, W) in [-1, 1], sides that are multiples of eight and at least 128."""
        assert first.shape == second.shape
        assert min(first.shape[-2:]) >= 128
        assert [side % 8 for side in first.shape[-2:]] == [0, 0]
        assert first.abs().max() <= 1
        flow = torch.zeros(1, 2, *first.shape[-2:])
        flow[:, 0] = self.step
        return [flow * 0, flow]


@pytest.fixture
def weights_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the stand-in's weights belong."""
    zoo = ModuleType("torchvision.models.optical_flow")
    facts = SimpleNamespace(url="https://example.org/raft_large.pth")
    zoo.__dict__.update(raft_large=MovesRight, Raft_Large_Weights=SimpleNamespace(C_T_V2=facts))
    for name, module in (("torchvision", ModuleType("torchvision")), (zoo.__name__, zoo)):
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    return tmp_path / "checkpoints" / "raft_large.pth"


def test_the_flow_is_the_last_rounds_at_the_frames_own_size(weights_path: Path) -> None:
    weights_path.parent.mkdir()
    torch.save({"step": torch.tensor(2.5)}, weights_path)
    source = FlowSource(name=RAFT_NAME, estimate=load_raft())
    frames = np.random.default_rng(0).integers(0, 255, (3, 30, 141, 3)).astype(np.uint8)
    found = [path.forward for path in flows(frames, source)]
    assert [f.shape for f in found] == [(30, 141, 2)] * 2
    assert all((f[..., 0] == 2.5).all() and not f[..., 1].any() for f in found)


def test_missing_weights_are_one_sentence_that_says_where_they_belong(weights_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"put https://example\.org/raft_large\.pth at "):
        load_raft()
    assert not weights_path.exists()


def test_without_torchvision_it_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchvision.models.optical_flow", None)
    with pytest.raises(SettingsError, match="--flow raft needs torchvision beside torch"):
        load_raft()
