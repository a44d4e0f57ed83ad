"""`evenstar doctor`: what this machine has, and what it lacks."""

import ctypes.util
import importlib.metadata
import os
import platform
import sys
from typing import Any

PACKAGES = (
    "evenstar",
    "torch",
    "PySide6-Essentials",
    "av",
    "numpy",
    "opencv-python-headless",
    "scenedetect-headless",
    "safetensors",
)

QT_LIBRARIES = ("glib-2.0", "GL", "EGL", "xkbcommon", "fontconfig", "dbus-1")
"""What Qt opens on Linux with any platform plug-in."""

XCB_LIBRARIES = (
    "xcb-cursor",
    "xcb-icccm",
    "xcb-image",
    "xcb-keysyms",
    "xcb-render-util",
    "xcb-xkb",
    "xkbcommon-x11",
)
"""What Qt opens besides for X11 windows; its own message blames xcb-cursor whichever is missing."""


def examine() -> dict[str, Any]:
    """Return the report as a table: {"title", "columns", "rows": [[thing, found]], "notes"}."""
    rows = [["Python", f"{platform.python_version()} on {platform.platform()}"]]
    rows += [[name, _version(name)] for name in PACKAGES]
    idle = _idle_card()
    rows += _device_rows()
    rows += _encoder_rows()
    missing = missing_qt_libraries()
    rows.append(["Qt system libraries", "all found" if not missing else "missing: " + ", ".join(missing)])
    notes = [] if not missing else [f"The window needs these libraries: {', '.join(missing)}."]
    notes += [f"{idle}."] if idle else []
    return {"title": "Evenstar doctor", "columns": ["what", "found"], "rows": rows, "notes": notes}


def missing_qt_libraries() -> list[str]:
    """Return the system libraries that Qt would look for in vain; empty on Windows and macOS."""
    if not sys.platform.startswith("linux"):
        return []
    wanted = (
        QT_LIBRARIES if os.environ.get("QT_QPA_PLATFORM") == "offscreen" else QT_LIBRARIES + XCB_LIBRARIES
    )
    return [f"lib{name}" for name in wanted if ctypes.util.find_library(name) is None]


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _device_rows() -> list[list[str]]:
    from engine.device import describe, devices, memory_budget, place

    rows = []
    for device in devices():
        placement = place(device, ("bfloat16", "float16", "float32"))
        budget = memory_budget(device) / 2**30
        rows.append(
            [f"device {device}", f"{describe(device)}, {placement.dtype}, {budget:.1f} GB for a model"]
        )
    return rows


def _idle_card() -> str:
    from engine.device import idle_card

    idle = idle_card()
    return idle.message if idle else ""


def _encoder_rows() -> list[list[str]]:
    from engine.media.encoders import working_encoders

    found = [name for name, works in working_encoders().items() if works]
    return [["encoders that open", ", ".join(found)]]
