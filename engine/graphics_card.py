"""An NVIDIA card that this torch cannot use: found without torch, and said with the way out of it."""

import ctypes.util
import importlib.metadata
import shutil
import subprocess
import sys
from pathlib import Path

from engine.events import Notice, Severity

_NVIDIA_VENDOR = "0x10de"
_DISPLAY_CLASS = "0x03"
_PATIENCE_SECONDS = 5.0
"""nvidia-smi hangs where its driver does."""
_SOME_CARD = "NVIDIA graphics card"

_PROC = Path("/proc/driver/nvidia/gpus")
_PCI = Path("/sys/bus/pci/devices")


def nvidia_card() -> str:
    """The name of an NVIDIA card in this machine, or empty; asks drivers and buses, not torch."""
    if sys.platform.startswith("linux"):
        return _from_proc() or _from_smi() or _from_bus()
    if sys.platform == "win32":
        return _from_smi() or (_SOME_CARD if ctypes.util.find_library("nvcuda") else "")
    return ""  # no Mac of the last ten years has one


def _from_proc() -> str:
    """What the loaded kernel driver tells."""
    for file in sorted(_PROC.glob("*/information")):
        try:
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        facts = dict(line.split(":", 1) for line in lines if ":" in line)
        if name := facts.get("Model", "").strip():
            return name
    return ""


def _from_smi() -> str:
    """What the driver's own tool tells."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ""
    command = [program, "--query-gpu=name", "--format=csv,noheader"]
    try:
        told = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=True,
            creationflags=_NO_WINDOW,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return next((line.strip() for line in told.stdout.splitlines() if line.strip()), "")


_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""Windows: no black window that opens and closes."""


def _from_bus() -> str:
    """A card on the bus, also without any driver for it."""
    for device in sorted(_PCI.glob("*")):
        try:
            vendor = (device / "vendor").read_text(encoding="ascii").strip()
            kind = (device / "class").read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if vendor == _NVIDIA_VENDOR and kind.startswith(_DISPLAY_CLASS):
            return _SOME_CARD
    return ""


def unused_card(*, cuda_build: str | None, cuda_works: bool) -> Notice | None:
    """What to do about an NVIDIA card that is not used, or None.

    cuda_build: the CUDA version that this torch was built for, None for a build without.
    cuda_works: torch can compute on a card.
    """
    if cuda_works or not (card := nvidia_card()):
        return None
    if cuda_build is not None:
        return Notice(
            code="cuda-without-driver",
            message=f"{card} is not used: its driver does not work with CUDA {cuda_build}; "
            "install a newer NVIDIA driver",
            severity=Severity.WARNING,
        )
    if getattr(sys, "frozen", False):
        return Notice(
            code="cpu-edition",
            message=f"{card} is not used by this edition: install the GPU edition, {gpu_download()}, in its place",
            severity=Severity.WARNING,
        )
    return Notice(
        code="cpu-torch",
        message=f"{card} is not used: this torch was built for the processor; run: {torch_command()}",
        severity=Severity.WARNING,
    )


def gpu_download() -> str:
    """The file name of the GPU edition of this version for this system."""
    version = importlib.metadata.version("evenstar")
    if sys.platform == "win32":
        return f"evenstar-cuda-{version}-amd64.exe"
    return f"evenstar-cuda_{version}_amd64.deb"


def torch_command() -> str:
    """The one command that puts a torch for CUDA in the place of the one that is installed."""
    version = importlib.metadata.version("torch").partition("+")[0]
    program = "python" if sys.platform == "win32" else "python3"
    return f"{program} -m uv pip install --torch-backend=auto --reinstall-package torch torch=={version}"
