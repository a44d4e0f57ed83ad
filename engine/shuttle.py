"""Frames between main memory and a graphics card, carried beside what the card computes."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import cycle
from typing import Any

import torch
from torch import Tensor

from engine.device import Lane, lane_to

SLOTS = 2
"""Transfers under way in each direction: one is filled while the other is emptied."""


class Shuttle:
    """Carries frames both ways on a stream of their own; on other devices than graphics cards it copies at once.

    Main memory is page-locked for SLOTS transfers each way, of the largest size seen, and for no more. Used by one
    thread.
    """

    def __init__(self, device: torch.device, lane: Lane | None = None) -> None:
        """lane: how to carry; None: as the device needs it."""
        self._device = device
        self._lane = lane if lane is not None else lane_to(device)
        self._upwards = cycle([_Slot() for _ in range(SLOTS)])
        self._downwards = cycle([_Slot() for _ in range(SLOTS)])

    def up(self, frames: Tensor) -> Tensor:
        """Return `frames`, any shape and dtype in main memory, on the device.

        Nobody waits for the transfer: what the device is asked to do next begins after it. `frames` may be changed
        at once.
        """
        if self._lane is None:
            return frames.to(self._device)
        slot = next(self._upwards)
        slot.wait()
        host = slot.room(self._lane, frames).copy_(frames)
        carried, slot.event = self._lane.up(host)
        return carried

    def down(self, frames: Iterable[Tensor]) -> Iterator[Tensor]:
        """Yield the frames, any shape and dtype on the device, in main memory, each a tensor of its own.

        From a graphics card each comes after the next one was asked for: the card computes that one meanwhile.
        """
        if self._lane is None:
            yield from (part.cpu() for part in frames)
            return
        under_way: deque[_Slot] = deque()
        for part in frames:
            slot = next(self._downwards)
            slot.event = self._lane.down(part, slot.room(self._lane, part))
            under_way.append(slot)
            if len(under_way) == SLOTS:
                yield under_way.popleft().taken()
        while under_way:
            yield under_way.popleft().taken()


class _Slot:
    """Page-locked memory for one transfer, and how to know that it is over."""

    def __init__(self) -> None:
        self.event: Any = None
        self._memory: Tensor | None = None
        self._room: Tensor | None = None

    @torch.inference_mode(mode=False)
    def room(self, lane: Lane, like: Tensor) -> Tensor:
        """Page-locked memory like the tensor, of what the slot has; it grows where that is too little.

        Never an inference tensor, whoever asks first: others could not write into it.
        """
        n_bytes = like.numel() * like.element_size()
        if self._memory is None or len(self._memory) < n_bytes:
            self._memory = None
            self._memory = lane.page_locked(n_bytes)
        self._room = self._memory[:n_bytes].view(like.dtype).view(like.shape)
        return self._room

    def wait(self) -> None:
        """Until the last transfer is over."""
        if self.event is not None:
            self.event.synchronize()
            self.event = None

    def taken(self) -> Tensor:
        """A copy of what arrived."""
        assert self._room is not None
        self.wait()
        return self._room.clone()
