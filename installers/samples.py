"""Writes into a folder what check.sh and the tests look at, without a build: `python -m installers.samples FOLDER`."""

import shlex
import sys
from pathlib import Path

from installers import build, icons
from installers.linux import deb


def write(folder: Path) -> build.Plan:
    """Desktop files, manual page, icons, and a dummy folder in the place of the application; returns its plan."""
    plan, _ = build.parse(["--out", str(folder), "--nsis"])
    icons.draw(plan.made)
    deb.desktop_files(folder / "share", plan.made, plan.version)
    (folder / "evenstar.1").write_text(deb.man_page(plan.version), encoding="utf-8")
    (plan.folder / "_internal").mkdir(parents=True)
    for name in ("evenstar.exe", "evenstarw.exe", "_internal/python311.dll"):
        (plan.folder / name).write_bytes(b"not a program")
    build.write_associations(plan.made)
    (folder / "nsis-command").write_text(shlex.join(build.nsis_command(plan)) + "\n", encoding="utf-8")
    return plan


if __name__ == "__main__":
    write(Path(sys.argv[1]))
