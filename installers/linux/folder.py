"""Last touches to the folder on Linux, and the question whether it misses a library."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from installers import contents

STRIPPED = ("_internal/torch/lib/libtorch_cpu.so", "_internal/torch/lib/libtorch_python.so")
"""Wheels carry their symbol tables: 90 MB that only a debugger reads."""
C_LIBRARY = (
    "ld-linux",
    "libc.so",
    "libm.so",
    "libdl.so",
    "libpthread.so",
    "librt.so",
    "libutil.so",
    "libresolv.so",
)
MODE_PROGRAM, MODE_FILE = 0o755, 0o644


def finish(folder: Path) -> None:
    """Strip the largest libraries and give every file an ordinary mode. Raises ValueError when a library is missing."""
    for name in STRIPPED:
        if (folder / name).is_file() and shutil.which("strip"):
            subprocess.run(["strip", "--strip-unneeded", str(folder / name)], check=True)
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(MODE_PROGRAM if path == folder / "evenstar" or _is_helper(path) else MODE_FILE)
    if missing := missing_libraries(folder):
        raise ValueError(
            f"nothing brings {', '.join(missing)}: see SYSTEM_LIBRARIES in installers/contents.py"
        )


def _is_helper(path: Path) -> bool:
    return path.parent.name == "bin" and is_elf(path)


def is_elf(path: Path) -> bool:
    """True for a program or a shared library."""
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def elf_files(folder: Path) -> Iterator[Path]:
    """Every program and shared library of the folder, each once."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and is_elf(path):
            yield path


def needed(path: Path) -> set[str]:
    """Names of the libraries that a file asks the loader for."""
    told = subprocess.run(["objdump", "-p", str(path)], capture_output=True, text=True, check=True).stdout
    return {line.split()[1] for line in told.splitlines() if line.strip().startswith("NEEDED")}


def missing_libraries(folder: Path) -> list[str]:
    """Libraries that something in the folder needs and neither it nor a Linux desktop brings."""
    here = {path.name for path in folder.rglob("*.so*")}
    wanted = set().union(*(needed(path) for path in elf_files(folder)))
    outside = {name for name in wanted - here if not name.startswith(C_LIBRARY)}
    return sorted(name for name in outside if not contents.is_of_the_system(name))


def from_the_system(folder: Path) -> list[str]:
    """Libraries that the folder expects of the system."""
    here = {path.name for path in folder.rglob("*.so*")}
    wanted = set().union(*(needed(path) for path in elf_files(folder)))
    return sorted(wanted - here)
