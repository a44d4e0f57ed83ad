"""CompactNet's weights as a file: fp16 safetensors that say what they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from engine.models.compact.network import CompactConfig, CompactNet


def write_weights(net: CompactNet, path: Path, facts: Mapping[str, str]) -> None:
    """Save the network in fp16 with its config (JSON) and the facts as metadata; whole or not at all."""
    tensors = {name: tensor.detach().half().contiguous() for name, tensor in net.state_dict().items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    save_file(tensors, unfinished, metadata={"config": json.dumps(asdict(net.config)), **facts})
    unfinished.replace(path)


def read_weights(path: Path) -> tuple[CompactNet, dict[str, str]]:
    """The network, float32 on the CPU in eval mode, and its metadata: config, a1, command, seed, version."""
    with safe_open(path, framework="pt") as file:
        facts = dict(file.metadata())
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    net = CompactNet(CompactConfig(**json.loads(facts["config"])))
    net.load_state_dict({name: tensor.to(torch.float32) for name, tensor in tensors.items()}, strict=True)
    return net.eval(), facts
