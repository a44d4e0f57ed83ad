"""The second form for Linux: a folder to unpack anywhere, for systems without dpkg."""

import shutil
import subprocess
from pathlib import Path

from installers.linux.deb import desktop_files

READ_ME = """Evenstar {version}

Unpack this folder where you like and start ./evenstar in it. `./evenstar doctor` names system libraries that are
missing. For an entry in your menus:

    cp -r share/* ~/.local/share/
    ln -s "$PWD/evenstar" ~/.local/bin/evenstar

The licences of everything in here are in _internal/resources/licences/.
"""


def make_tarball(folder: Path, made: Path, target: Path) -> Path:
    """Pack the folder, with desktop entry and icons beside the program; returns the file."""
    name = target.name.removesuffix(".tar.zst")
    version = name.split("-")[-2]
    beside = target.parent / "tarball" / name
    shutil.rmtree(beside.parent, ignore_errors=True)
    desktop_files(beside / "share", made, version)
    (beside / "README.txt").write_text(READ_ME.format(version=version), encoding="utf-8")
    command = ["tar", "--zstd", "--owner=0", "--group=0", "--sort=name", "-cf", str(target)]
    # The folder's own files are taken from where they lie, under the tarball's name.
    renamed = [rf"--transform=s,^{folder.name}\(/\|$\),{name}\1,S"]
    parts = ["-C", str(beside.parent), name, "-C", str(folder.parent), folder.name]
    subprocess.run([*command, *renamed, *parts], check=True)
    shutil.rmtree(beside.parent)
    return target
