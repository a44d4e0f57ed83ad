"""The one place that asks about hardware: where a model runs, in which number format, in how much memory."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import cv2
import torch
from torch import Tensor, nn

from engine.errors import EngineError, MemoryBudgetError, SettingsError
from engine.events import Notice
from engine.graphics_card import unused_card
from engine.outlook import DeviceFacts
from engine.plan import SHARE_OF_DEVICE

_SHARE_OF_FREE = 0.6
"""Of the memory that is free now: the rest is for frames, the encoder and the person's other programs."""
_NO_MEMORY = (
    "not enough memory",
    "can't allocate memory",
    "out of memory",
    "insufficient memory",
    "alloc_failed",
)
"""How torch says it on Windows and on Linux, CUDA and MPS, OpenCV, and cuBLAS, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a model runs."""

    device: str
    """torch's name: cpu, cuda:0, mps."""
    dtype: str
    """torch's name: float32, float16 or bfloat16."""

    @property
    def kind(self) -> str:
        """The device without its number: equal cards make equal films, whichever slot they sit in."""
        return self.device.partition(":")[0]

    @property
    def torch_device(self) -> torch.device:
        """The device as torch wants it."""
        return torch.device(self.device)

    @property
    def torch_dtype(self) -> torch.dtype:
        """The number format of weights and activations as torch wants it."""
        return {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}[self.dtype]


def place(wanted: str, dtypes: tuple[str, ...]) -> Placement:
    """Return where to run a model that tolerates `dtypes` (best first); `wanted` is a Job's device.

    Raises SettingsError when the wanted device is not there.
    """
    device = _resolve(wanted)
    fast = _fast_dtypes(device)
    return Placement(device=device, dtype=next((dtype for dtype in dtypes if dtype in fast), "float32"))


def _resolve(wanted: str) -> str:
    if wanted == "auto":
        if torch.cuda.is_available():
            return "cuda:0"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    kind, _, number = wanted.partition(":")
    if kind == "cpu" and not number:
        return "cpu"
    if kind == "mps" and torch.backends.mps.is_available():
        return "mps"
    if kind == "cuda" and (number or "0").isdecimal() and int(number or 0) < torch.cuda.device_count():
        return f"cuda:{int(number or 0)}"
    raise SettingsError(f"the device {wanted} is not here: this machine has {', '.join(devices())}")


def laid_out(network: nn.Module, device: str) -> nn.Module:
    """Return the network, its convolutions' weights with channels last where the device is a graphics card.

    Tensor cores read them so: cuDNN would turn every tensor around before and after each convolution, and does so for
    three axes only in the newest versions. Results differ by rounding. What moves or widens the network keeps it.
    """
    if not device.startswith("cuda"):
        return network
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        elif isinstance(module, nn.Conv3d):
            module.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]
    return network


def devices() -> tuple[str, ...]:
    """Return the names `--device` takes on this machine."""
    cuda = tuple(f"cuda:{i}" for i in range(torch.cuda.device_count()))
    mps = ("mps",) if torch.backends.mps.is_available() else ()
    return (*cuda, *mps, "cpu")


def describe(device: str) -> str:
    """Return a device's name for people."""
    if device.startswith("cuda"):
        return torch.cuda.get_device_name(device)
    return f"{device} ({torch.get_num_threads()} threads)" if device == "cpu" else device


def _fast_dtypes(device: str) -> tuple[str, ...]:
    """Two-byte formats that the device computes in by itself."""
    if device.startswith("cuda"):
        return (
            ("float16", "bfloat16")
            if torch.cuda.is_bf16_supported(including_emulation=False)
            else ("float16",)
        )
    if device == "mps":
        return ("float16",)
    # Measured on a Xeon with AMX: bfloat16 is 3.5x float32; without AMX it is emulated and slower.
    return ("bfloat16",) if torch.cpu._is_amx_tile_supported() else ()


@torch.inference_mode()
def measured(wanted: str = "auto", seconds: float = 0.8) -> DeviceFacts:
    """Return what a device is: a 3x3 convolution of the models' usual width runs for so many seconds.

    Raises SettingsError when the device is not there.
    """
    placement = place(wanted, ("float16", "bfloat16", "float32"))
    device, dtype = placement.torch_device, placement.torch_dtype
    channels, height, width = (48 if placement.device == "cpu" else 320), 180, 320
    layer = nn.Conv2d(channels, channels, 3, padding=1)
    layer = layer.to(device, dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]
    frame = torch.randn(1, channels, height, width, device=device, dtype=dtype)
    frame = frame.contiguous(memory_format=torch.channels_last)
    for _ in range(3):  # kernels are chosen and clocks rise
        layer(frame)
    synchronize(placement.device)
    quickest, started = float("inf"), time.perf_counter()
    while time.perf_counter() - started < seconds:
        begun = time.perf_counter()
        layer(frame)
        synchronize(placement.device)
        quickest = min(quickest, time.perf_counter() - begun)  # other programs only ever make it slower
    flops = 2 * 9 * channels * channels * height * width
    return DeviceFacts(
        device=placement.device,
        name=describe(placement.device),
        budget_bytes=memory_budget(placement.device),
        formats=_fast_dtypes(placement.device),
        flops_per_second=flops / quickest,
        unused_card=idle.message if (idle := idle_card()) else "",
    )


def idle_card() -> Notice | None:
    """Return what to do about an NVIDIA card in this machine that torch cannot use, or None."""
    works = torch.cuda.is_available()
    return unused_card(cuda_build=torch.version.cuda, cuda_works=works)


def memory_budget(device: str) -> int:
    """Return the bytes a model may use on `device` now."""
    if device.startswith("cuda"):
        free, _ = torch.cuda.mem_get_info(device)
        return int(free * SHARE_OF_DEVICE)
    return int(_free_ram() * _SHARE_OF_FREE)


def _free_ram() -> int:
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:  # noqa: PTH123
            fields = dict(line.split(":", 1) for line in lines)
        return int(fields["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, ValueError, OSError):
        return 4 << 30


def is_out_of_memory(error: BaseException) -> bool:
    """Return True when `error`, or what made the engine raise it, says that there was no memory left."""
    if isinstance(error, MemoryBudgetError):
        return False
    if isinstance(error, EngineError) and error.__cause__ is not None:
        return is_out_of_memory(error.__cause__)
    if isinstance(error, MemoryError | torch.cuda.OutOfMemoryError):
        return True
    text = str(error).lower() if isinstance(error, RuntimeError | cv2.error) else ""
    return any(words in text for words in _NO_MEMORY)


def to_device(frames: Tensor, device: torch.device) -> Tensor:
    """Return `frames`, any shape and dtype in main memory, on the device; nobody waits for the transfer.

    The graphics card takes them from page-locked memory by itself, in the order of the work it was given.
    """
    if device.type != "cuda" or frames.device.type != "cpu":
        return frames.to(device)
    pinned = frames if frames.is_pinned() else frames.pin_memory()
    return pinned.to(device, non_blocking=True)


def to_host(frames: Tensor) -> Tensor:
    """Return `frames`, any shape and dtype, in main memory, page-locked where they come from a graphics card.

    Nobody waits for that transfer either: until synchronize() only the card may read the result (to_device).
    """
    if frames.device.type != "cuda":
        return frames.cpu()
    host = torch.empty(frames.shape, dtype=frames.dtype, device="cpu", pin_memory=True)
    return host.copy_(frames, non_blocking=True)


class Lane:
    """A stream for transfers beside the one that a graphics card computes on (engine/shuttle.py)."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream = torch.cuda.Stream(device)

    def page_locked(self, n_bytes: int) -> Tensor:
        """Return (n_bytes,) uint8 in main memory that the card reads and writes by itself."""
        return torch.empty(n_bytes, dtype=torch.uint8, pin_memory=True)

    def up(self, host: Tensor) -> tuple[Tensor, Any]:
        """Return page-locked `host` on the card, and an event; what the card computes next waits for it."""
        computing = torch.cuda.current_stream(self._device)
        with torch.cuda.stream(self._stream):
            carried = host.to(self._device, non_blocking=True)
        event = self._stream.record_event()
        computing.wait_event(event)
        carried.record_stream(computing)
        return carried, event

    def down(self, frames: Tensor, host: Tensor) -> Any:
        """Return the event after which page-locked `host` holds `frames`, of what the card has computed by then."""
        self._stream.wait_event(torch.cuda.current_stream(self._device).record_event())
        with torch.cuda.stream(self._stream):
            host.copy_(frames, non_blocking=True)
        frames.record_stream(self._stream)
        return self._stream.record_event()


def lane_to(device: torch.device) -> Lane | None:
    """Return a lane to a graphics card; None for devices that need none."""
    return Lane(device) if device.type == "cuda" else None


@contextmanager
def capped(device: str, n_bytes: int) -> Iterator[None]:
    """Inside, tensors on a graphics card get no more than so many bytes: more is out of memory.

    On other devices nothing is capped.
    """
    if not device.startswith("cuda"):
        yield
        return
    torch.cuda.empty_cache()  # what lies idle beyond the cap would otherwise count against it
    total = torch.cuda.get_device_properties(device).total_memory
    torch.cuda.set_per_process_memory_fraction(min(n_bytes / total, 1.0), device)
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, device)


def synchronize(device: str) -> None:
    """Wait until the device has done all it was given: before a clock is read."""
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)
    elif device == "mps":
        torch.mps.synchronize()


def reset_peak(device: str) -> None:
    """Begin to count the most memory in use anew, where the device counts it."""
    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats(device)


def peak_bytes(device: str) -> int | None:
    """Return the most memory that tensors had since reset_peak; None where the device does not count it."""
    return torch.cuda.max_memory_allocated(device) if device.startswith("cuda") else None


def release_memory(device: str) -> None:
    """Give cached device memory back after an out-of-memory error."""
    if device.startswith("cuda"):
        torch.cuda.empty_cache()
