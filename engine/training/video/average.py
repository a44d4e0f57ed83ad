"""The moving average of the weights that learn: what is written, shown and handed to the next stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class Average:
    """Exponential moving average in float32; its memory grows with the stage: min(decay, (1 + i) / (10 + i))."""

    def __init__(self, parameters: Mapping[str, nn.Parameter], decay: float) -> None:
        self._parameters, self._decay = dict(parameters), decay
        self.values = {name: p.detach().clone() for name, p in parameters.items()}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take the weights in after step number `step` of the stage, counted from 0."""
        decay = min(self._decay, (1 + step) / (10 + step))
        for name, parameter in self._parameters.items():
            self.values[name].lerp_(parameter.detach(), 1 - decay)

    @torch.no_grad()
    def load(self, values: Mapping[str, Tensor]) -> None:
        """Continue from averages of an earlier process."""
        for name, value in values.items():
            self.values[name].copy_(value)

    @torch.no_grad()
    def hand_over(self) -> None:
        """Give the averages to the network for good."""
        for name, parameter in self._parameters.items():
            parameter.copy_(self.values[name])

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Let the network have the averages for a while; its own weights come back untouched."""
        own = {name: parameter.detach().clone() for name, parameter in self._parameters.items()}
        self.hand_over()
        try:
            yield
        finally:
            with torch.no_grad():
                for name, parameter in self._parameters.items():
                    parameter.copy_(own[name])
