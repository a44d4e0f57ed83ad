"""Random numbers that belong to a frame, whatever window, tile or segment it is restored in."""

import hashlib
from collections.abc import Sequence

import torch
from torch import Tensor


def frame_noise(seed: int, purpose: str, step: int, frame: int, shape: Sequence[int]) -> Tensor:
    """Unit normal noise of the given shape, float32, CPU; a pure function of its arguments.

    purpose: what the noise is for ("start", "solver", ...): streams of different purpose are independent.
    frame: absolute index in the clip.
    """
    generator = torch.Generator().manual_seed(stable_number(f"{seed}/{purpose}/{step}/{frame}") >> 1)
    return torch.randn(tuple(shape), generator=generator)


def clip_noise(seed: int, purpose: str, step: int, first: int, n_frames: int, shape: Sequence[int]) -> Tensor:
    """(1, C, n_frames, H, W) noise of the frames from first on, shape = (C, H, W); float32, CPU."""
    frames = range(first, first + n_frames)
    return torch.stack([frame_noise(seed, purpose, step, f, shape) for f in frames], 1)[None]


def stable_number(name: str) -> int:
    """64 bits that look random and are the same for a name in every process: a seed for what it names."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
