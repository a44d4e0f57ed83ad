"""What the loop asks of a network that is trained."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from torch import Tensor, nn


class Task(nn.Module):
    """A network, what stands frozen around it, and its loss; one process's copy."""

    fixed: tuple[str, ...] = ()
    """Patterns of the network's parameters that are constants and never learn."""
    network: Any
    """A module: what learns, wholly or in part; stages name its parameters."""
    frozen: nn.ModuleDict
    """What stands around it and never learns, by name."""

    @abstractmethod
    def forward(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Losses of a batch of clips.Clips, () each; "total" is what is minimised. Draws from torch's generator."""

    @abstractmethod
    def show(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Clips to be seen side by side, (B, 3, T, any, any) in [-1, 1]."""

    @abstractmethod
    def write(self, path: Path) -> None:
        """Write the network's weights as safetensors in its own key names, whole or not at all."""

    def train(self, mode: bool = True) -> Self:
        """Training mode for the network alone: what is frozen computes as it does when it restores."""
        super().train(mode)
        self.frozen.eval()
        return self

    @abstractmethod
    def recompute(self) -> None:
        """Turn gradient checkpointing on."""

    @abstractmethod
    def check_size(self, height: int, width: int) -> None:
        """Raise ConfigError unless clips of height x width pixels can be learnt from."""

    def read_prompts(self, prompts: Sequence[str]) -> None:
        """Be told every prompt of the data, by number, before training."""

    def install(self, model: str, weights: Path) -> None:
        """Make the finished weights a model of the user's list; raises ModelError."""
        raise NotImplementedError
