from pathlib import Path

import torch

from engine.models.compact.network import CompactConfig, CompactNet
from engine.models.compact.weights import read_weights, write_weights


def test_weights_come_back_as_they_were_stored(tmp_path: Path) -> None:
    net = CompactNet(CompactConfig(channels=8, blocks=1, detail_head=True)).half().float()
    write_weights(net, tmp_path / "tiny.safetensors", {"a1": "0.5"})
    loaded, facts = read_weights(tmp_path / "tiny.safetensors")
    assert facts["a1"] == "0.5"
    assert loaded.config == net.config
    assert all(torch.equal(a, b) for a, b in zip(loaded.parameters(), net.parameters(), strict=True))
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.safetensors"]
