"""Settings of the disk image, read by dmgbuild (`defines` is what it gets from build.py)."""

from pathlib import Path
from typing import Any

defines: dict[str, Any] = globals().get("defines", {})
application = str(defines.get("app", "Evenstar.app"))
name = Path(application).name

format = "ULMO"  # noqa: A001  (dmgbuild's name; LZMA, readable from macOS 10.15 on)
filesystem = "APFS"
files = [application]
symlinks = {"Applications": "/Applications"}
window_rect = ((200, 200), (540, 320))
icon_size = 112
icon_locations = {name: (140, 150), "Applications": (400, 150)}
