"""Room on the disk: how much a job needs, whether it is there, and waiting for it when it runs out."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from engine.cancel import CancelToken
from engine.errors import DiskFullError
from engine.events import Notice, OnEvent, Severity
from engine.media.encoder import Encoder
from engine.settings import Codec

T = TypeVar("T")

_POLL_SECONDS = 0.2
_LEAST_GAIN = 1 << 20
"""Bytes that must have become free before a job that found the disk full tries again."""
_AMPLE = 10
"""Restored frames are kept of one's own accord when they take less than a tenth of what is free."""
_DOUBT = 3
"""Films are refused only when a third of the estimate does not fit: how far real ones lie below it."""


def film_bytes(encoder: Encoder, n_frames: int) -> int:
    """Return about how large n_frames become with this encoder."""
    bits = _bits_per_pixel(encoder)
    return int(n_frames * encoder.width * encoder.height * bits / 8)


def free_bytes(folder: Path) -> int:
    """Return the room on the disk of `folder`, or of the nearest folder above it that exists."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def is_ample(n_bytes: int, folder: Path) -> bool:
    """Return True when so many bytes are little beside what is free."""
    return n_bytes * _AMPLE <= free_bytes(folder)


def need_room(n_bytes: int, target: Path) -> None:
    """Return when a job that needs about so many bytes can begin; raises DiskFullError when it surely cannot."""
    free = free_bytes(target.parent)
    if n_bytes // _DOUBT > free:
        raise DiskFullError(
            f"{target.name} needs about {_size(n_bytes)} on its disk while it is made, {_size(free)} are free"
        )


def wait_for_room(target: Path, on_event: OnEvent, cancel: CancelToken) -> None:
    """Tell, then return once there is more room than when the disk was full; raises Cancelled.

    Whatever the failed step had written must be gone: what is free now was not enough.
    """
    too_little = free_bytes(target.parent)
    gain = max(_LEAST_GAIN, too_little // 4)
    message = f"the disk of {target.parent} is full: the job waits until {_size(gain)} more are free"
    on_event(Notice(code="disk-full", message=message, severity=Severity.WARNING))
    while free_bytes(target.parent) < too_little + gain:
        cancel.check()
        time.sleep(_POLL_SECONDS)
    on_event(Notice(code="disk-room", message="there is room on the disk again: the job goes on"))


def with_room(act: Callable[[], T], target: Path, on_event: OnEvent, cancel: CancelToken) -> T:
    """Do it, and again whenever a full disk has got room; raises Cancelled while it waits for that."""
    while True:
        try:
            return act()
        except DiskFullError:
            wait_for_room(target, on_event, cancel)


def _size(n_bytes: int) -> str:
    if n_bytes >= 1 << 30:
        return f"{n_bytes / 2**30:.1f} GB"
    return f"{max(n_bytes / 2**20, 0.1):.1f} MB"


def _bits_per_pixel(encoder: Encoder) -> float:
    """Measured on two restored web clips (426x240 and 640x360, x4) at each codec's own quality, the larger one.

    Deep pictures are taken for uncompressed, and all deep FFV1 for 16 bits deep.
    """
    deep = encoder.bit_depth > 8
    return {
        Codec.H264: 0.15,
        Codec.H265: 0.08,
        Codec.AV1: 0.08,
        Codec.PRORES: 3.0,
        Codec.FFV1: 23.0 if deep else 4.2,
        Codec.PNG: 48.0 if deep else 5.9,
        Codec.TIFF: 48.0 if deep else 10.7,
    }[encoder.codec]
