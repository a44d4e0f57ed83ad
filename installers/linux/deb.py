"""The Debian package: the folder in /usr/lib/evenstar, and what a desktop wants to know about it."""

import gzip
import io
import re
import shutil
import subprocess
import textwrap
import time
from email.utils import formatdate
from pathlib import Path
from xml.sax.saxutils import escape

from installers import identity
from installers.icons import PNG_SIZES, SOURCE
from installers.licences import Bundled, bundled
from installers.linux.folder import from_the_system

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LIB = Path("usr/lib/evenstar")
ALWAYS = ("libegl1", "libgl1", "fonts-dejavu-core | fonts-liberation | fonts-noto-core")
"""What no file names as needed: Qt opens the first two itself, and without any font every text is a row of boxes."""
LIBC = "libc6 (>= 2.36)"
"""Of Debian 12, on which packages are built."""
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def make_deb(folder: Path, made: Path, version: str, edition: str, out: Path) -> Path:
    """Make the package from the built folder; returns its file. Takes a hard-linked copy, not the folder itself."""
    name = "evenstar" if edition == "cpu" else "evenstar-cuda"
    root = out / "deb"
    shutil.rmtree(root, ignore_errors=True)
    lay_out(root, folder, made, name, version)
    architecture = ARCHITECTURES[_machine()]
    control = control_file(name, version, architecture, depends(folder), _installed_kib(root))
    _write(root / "DEBIAN" / "control", control)
    _write(root / "DEBIAN" / "md5sums", _md5sums(root))
    target = out / f"{name}_{version}_{architecture}.deb"
    command = [
        "dpkg-deb",
        "--root-owner-group",
        "-Zzstd",
        "-z6",
        "--no-uniform-compression",
        "--build",
        str(root),
        str(target),
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(root)
    return target


def lay_out(root: Path, folder: Path, made: Path, name: str, version: str) -> None:
    """Put every file where the package installs it."""
    shutil.copytree(folder, root / LIB, symlinks=True, copy_function=_link)
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/evenstar").symlink_to("../lib/evenstar/evenstar")
    desktop_files(root / "usr/share", made, version)
    _write_gz(root / "usr/share/man/man1/evenstar.1.gz", man_page(version))
    doc = root / "usr/share/doc" / name
    _write(doc / "copyright", copyright_file(bundled()))
    _write_gz(doc / "changelog.gz", changelog(name, version))
    overrides = (HERE / "lintian-overrides").read_text(encoding="utf-8")
    _write(root / "usr/share/lintian/overrides" / name, overrides.replace("evenstar:", f"{name}:"))
    for path in (root, *root.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)


def desktop_files(share: Path, made: Path, version: str) -> None:
    """Desktop entry, AppStream data and icons below a share/ folder."""
    _write(share / "applications/evenstar.desktop", desktop_entry())
    _write(share / f"metainfo/{identity.APP_ID}.metainfo.xml", metainfo(version))
    icons = share / "icons/hicolor"
    for size in PNG_SIZES:
        _copy(made / f"evenstar-{size}.png", icons / f"{size}x{size}/apps/evenstar.png")
    _copy(SOURCE, icons / "scalable/apps/evenstar.svg")


def depends(folder: Path) -> list[str]:
    """Packages that bring the libraries which the folder expects of the system."""
    listed = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    paths = dict(re.findall(r"^\s*(\S+) \(libc6,x86-64.*?\) => (\S+)$", listed, re.MULTILINE))
    found = {package_of(Path(paths[name])) for name in from_the_system(folder) if name in paths}
    return [LIBC, *sorted(found - {"libc6"}), *(package for package in ALWAYS if package not in found)]


def package_of(library: Path) -> str:
    """The Debian package that a library of this machine belongs to."""
    real = library.resolve()
    for path in (library, real, Path(str(real).removeprefix("/usr"))):
        told = subprocess.run(
            ["dpkg-query", "-S", str(path)], capture_output=True, text=True, check=False
        ).stdout
        if told:
            return told.split(":")[0]
    raise ValueError(f"no package of this machine brings {library}: build on a plain Debian 12")


def control_file(name: str, version: str, architecture: str, needs: list[str], kib: int) -> str:
    """The package's control file."""
    paragraphs = [
        textwrap.wrap(text, 76, initial_indent=" ", subsequent_indent=" ") for text in identity.DESCRIPTION
    ]
    description = "\n .\n".join("\n".join(lines) for lines in paragraphs)
    other = {"evenstar": "evenstar-cuda", "evenstar-cuda": "evenstar"}[name]
    edition = "" if name == "evenstar" else " (NVIDIA graphics cards)"
    fields = {
        "Package": name,
        "Version": version,
        "Architecture": architecture,
        "Maintainer": identity.MAINTAINER,
        "Installed-Size": str(kib),
        "Section": "video",
        "Priority": "optional",
        "Depends": ", ".join(needs),
        "Recommends": "xdg-utils",
        "Conflicts": other,
        "Replaces": other,
        "Description": f"{identity.SUMMARY[0].lower()}{identity.SUMMARY[1:]}{edition}\n{description}",
    }
    return "".join(f"{field}: {value}\n" for field, value in fields.items())


def desktop_entry() -> str:
    """The entry of menus and of "Open with"."""
    lines = {
        "Type": "Application",
        "Name": identity.NAME,
        "GenericName": "Video restoration",
        "GenericName[de]": "Videorestaurierung",
        "Comment": identity.SUMMARY,
        "Comment[de]": "Videos restaurieren und vergrößern",
        "Exec": "evenstar %F",
        "Icon": "evenstar",
        "Terminal": "false",
        "Categories": "AudioVideo;Video;AudioVideoEditing;",
        "Keywords": "video;restore;upscale;super resolution;denoise;deinterlace;",
        "Keywords[de]": "Video;Restaurierung;Vergrößern;Entrauschen;Deinterlacing;",
        "MimeType": "".join(f"{kind};" for kind in identity.MIME_TYPES),
        "StartupNotify": "true",
        "StartupWMClass": "evenstar",
    }
    return "[Desktop Entry]\n" + "".join(f"{key}={value}\n" for key, value in lines.items())


def metainfo(version: str) -> str:
    """The AppStream component that software centres show."""
    paragraphs = "".join(f"    <p>{escape(text)}</p>\n" for text in identity.DESCRIPTION)
    kinds = "".join(f"    <mediatype>{kind}</mediatype>\n" for kind in identity.MIME_TYPES)
    day = time.strftime("%Y-%m-%d", time.gmtime(_released()))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<component type="desktop-application">
  <id>{identity.APP_ID}</id>
  <metadata_license>CC0-1.0</metadata_license>
  <project_license>MIT AND GPL-2.0-or-later AND LGPL-3.0-only</project_license>
  <name>{identity.NAME}</name>
  <summary>{escape(identity.SUMMARY)}</summary>
  <description>
{paragraphs}  </description>
  <launchable type="desktop-id">evenstar.desktop</launchable>
  <icon type="stock">evenstar</icon>
  <categories>
    <category>AudioVideo</category>
    <category>Video</category>
  </categories>
  <content_rating type="oars-1.1"/>
  <provides>
    <binary>evenstar</binary>
{kinds}  </provides>
  <releases>
    <release version="{version}" date="{day}"/>
  </releases>
</component>
"""


def man_page(version: str) -> str:
    """The manual page, its commands taken from the command line itself."""
    from engine.cli import app as command_line

    verbs = []
    for command in command_line.registered_commands:
        if command.callback is not None:
            first = (command.callback.__doc__ or "").strip().splitlines()[0]
            verbs.append(f".TP\n.B {command.callback.__name__}\n{_roff(first)}\n")
    for group in command_line.registered_groups:
        if group.typer_instance is not None:
            told = str(group.typer_instance.info.help or "").strip().splitlines()
            verbs.append(f".TP\n.B {group.typer_instance.info.name}\n{_roff(told[0])}\n")
    description = "\n.PP\n".join(_roff(text) for text in identity.DESCRIPTION)
    return f""".TH EVENSTAR 1 "" "Evenstar {version}" "User Commands"
.SH NAME
evenstar \\- {_roff(identity.SUMMARY)}
.SH SYNOPSIS
.B evenstar
.RI [ FILE_OR_FOLDER ...]
.br
.B evenstar
.I COMMAND
.RI [ OPTIONS ]
.br
.B evenstar \\-\\-selftest
.SH DESCRIPTION
{description}
.PP
Without a command the window opens, with the files and folders that were given.
.B evenstar COMMAND \\-\\-help
lists the options of a command.
.SH COMMANDS
{"".join(verbs)}.SH OPTIONS
.TP
.B \\-\\-selftest
Open the window (without a screen unless QT_QPA_PLATFORM says otherwise), restore a second of the demo clip on the
processor, and say what worked.
.TP
.B \\-\\-first\\-paint
Open the window, say how many seconds after the start of the process it was painted, and close it.
.SH EXIT STATUS
0 done and verified, 1 failed, 2 bad arguments, 130 stopped.
.SH ENVIRONMENT
.TP
.B EVENSTAR_WEIGHTS
Folder of downloaded models.
.TP
.B EVENSTAR_HUB
Base address of a mirror of the model hub.
"""


def _roff(text: str) -> str:
    return text.replace("\\", "\\\\").replace("-", "\\-").replace("'", "\\(aq")


def copyright_file(entries: list[Bundled]) -> str:
    """Debian's copyright file: our licence, then what is bundled and where its texts lie."""
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8").strip()
    head = """Evenstar
========

The package holds Evenstar and everything that it needs to run. Evenstar's own code, its demo clip and the weights of
its embedded model are under the MIT licence:

"""
    rest = """

The package as a whole may only be passed on under the terms of the GNU GPL, because the video library in it is linked
against x264 and x265. On Debian systems the texts of the GPL and LGPL are in /usr/share/common-licenses/GPL-2,
/usr/share/common-licenses/GPL-3, /usr/share/common-licenses/LGPL-2.1 and /usr/share/common-licenses/LGPL-3, that of
the Apache License in /usr/share/common-licenses/Apache-2.0. The texts that come with the bundled packages are in
/usr/lib/evenstar/_internal/resources/licences/.

Bundled
-------

"""
    listed = "".join(
        f"{entry.name} {entry.version}".rstrip()
        + f": {entry.licence}"
        + (f"\n  {entry.url}\n" if entry.url else "\n")
        for entry in entries
    )
    return head + licence + rest + listed


def changelog(name: str, version: str) -> str:
    """Debian's changelog; what changed stands in Evenstar's own."""
    day = formatdate(_released())
    return (
        f"{name} ({version}) unstable; urgency=medium\n\n  * Release {version}; see Evenstar's CHANGELOG.\n\n"
        f" -- {identity.MAINTAINER}  {day}\n"
    )


def _released() -> float:
    """Time of the sources' last commit, so that the same sources give the same package; else now."""
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return float(told) if told else time.time()


def _machine() -> str:
    import platform

    return platform.machine()


def _installed_kib(root: Path) -> int:
    return sum(path.lstat().st_size for path in root.rglob("*") if not path.is_dir()) // 1024


def _md5sums(root: Path) -> str:
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    names = [str(path.relative_to(root)) for path in files if "DEBIAN" not in path.relative_to(root).parts]
    return subprocess.run(
        ["xargs", "-0", "md5sum"],
        input="\0".join(names),
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def _link(source: str, target: str) -> str:
    """Hard links instead of a second gigabyte."""
    path = Path(target)
    path.hardlink_to(source)
    return target


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())
    target.chmod(0o644)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)


def _write_gz(path: Path, text: str) -> None:
    """Compressed without name and time, as Debian wants it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=body, compresslevel=9, mtime=0) as file:
        file.write(text.encode())
    path.write_bytes(body.getvalue())
    path.chmod(0o644)
