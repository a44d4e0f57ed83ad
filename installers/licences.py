"""The licences of everything that is bundled: a list for the About dialog, and the texts beside it.

`python -m installers.licences` writes `resources/licences/bundled.json` from the installed packages;
the build calls `collect_texts` for the folder it makes.
"""

import importlib.metadata
import json
import platform
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
LICENCES = ROOT / "resources" / "licences"
LIST_NAME = "bundled.json"
TEXTS = "texts"
"""Folder beside the list that the texts of the packages are collected into; only a built application has it."""

GPL_NOTE = (
    "GPL. PyAV's wheel carries it, and FFmpeg is linked against it: an installer of Evenstar as a whole may only "
    "be passed on under the terms of the GPL, although Evenstar's own code is MIT."
)
QT_NOTE = (
    "Used under the LGPL, unmodified, as shared libraries in a folder of their own: they can be replaced by "
    "other builds of the same version."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundled:
    """One thing that is passed on with Evenstar."""

    name: str
    version: str
    """Empty where the carrying package does not tell it."""
    licence: str
    """SPDX expression."""
    text_file: str | None = None
    """Relative to the list. What lies under texts/ is only there in a built application."""
    url: str | None = None
    note: str = ""


NAMED = {
    "BSD": "BSD-3-Clause",
    "MIT": "MIT",
    "Apache": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "ISC License": "ISC",
    "Apache Software License": "Apache-2.0",
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0": "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only",
}
"""How packages write a licence, and its SPDX name."""

REPLACED = {
    "evenstar": Bundled(
        name="Evenstar",
        version="",
        licence="MIT",
        text_file=f"{TEXTS}/evenstar.txt",
        note="Code, demo clip and the Compact weights.",
    ),
    "pyside6-essentials": Bundled(
        name="PySide6 and Qt",
        version="",
        licence="LGPL-3.0-only",
        text_file="LGPL-3.txt",
        url="https://www.qt.io/licensing",
        note=QT_NOTE,
    ),
    "shiboken6": Bundled(
        name="Shiboken6", version="", licence="LGPL-3.0-only", text_file="LGPL-3.txt", note=QT_NOTE
    ),
}
"""Packages whose own words are not what a person should read; their version is filled in."""

APACHE = "Apache-2.txt"
INSIDE_PYAV = (
    ("x264", "GPL-2.0-or-later", "GPL-2.txt", "https://www.videolan.org/developers/x264.html", GPL_NOTE),
    ("x265", "GPL-2.0-or-later", "GPL-2.txt", "https://www.x265.org", GPL_NOTE),
    ("LAME", "LGPL-2.0-or-later", "LGPL-2.txt", "https://lame.sourceforge.io", ""),
    ("GnuTLS", "LGPL-2.1-or-later", "LGPL-2.1.txt", "https://gnutls.org", ""),
    (
        "Nettle",
        "LGPL-3.0-or-later OR GPL-2.0-or-later",
        "LGPL-3.txt",
        "https://www.lysator.liu.se/~nisse/nettle",
        "",
    ),
    ("GMP", "LGPL-3.0-or-later OR GPL-2.0-or-later", "LGPL-3.txt", "https://gmplib.org", ""),
    (
        "libunistring",
        "LGPL-3.0-or-later OR GPL-2.0-or-later",
        "LGPL-3.txt",
        "https://www.gnu.org/software/libunistring",
        "",
    ),
    ("ALSA library", "LGPL-2.1-or-later", "LGPL-2.1.txt", "https://www.alsa-project.org", "On Linux."),
    ("SVT-AV1", "BSD-3-Clause-Clear", None, "https://gitlab.com/AOMediaCodec/SVT-AV1", ""),
    ("dav1d", "BSD-2-Clause", None, "https://code.videolan.org/videolan/dav1d", ""),
    ("libvpx", "BSD-3-Clause", None, "https://www.webmproject.org", "Also inside OpenCV."),
    ("Opus", "BSD-3-Clause", None, "https://opus-codec.org", ""),
    ("libwebp", "BSD-3-Clause", None, "https://developers.google.com/speed/webp", ""),
    ("OpenCORE AMR", "Apache-2.0", APACHE, "https://sourceforge.net/projects/opencore-amr", ""),
    ("Intel VPL", "MIT", None, "https://github.com/intel/libvpl", ""),
)
INSIDE_OPENCV = (
    ("libaom", "BSD-2-Clause", None, "https://aomedia.googlesource.com/aom", ""),
    ("libavif", "BSD-2-Clause", None, "https://github.com/AOMediaCodec/libavif", ""),
    (
        "OpenSSL 1.1",
        "OpenSSL",
        None,
        "https://www.openssl.org/source/license-openssl-ssleay.txt",
        "On Linux, for OpenCV's own FFmpeg, which Evenstar never calls.",
    ),
    ("libpng", "libpng-2.0", None, "http://www.libpng.org", ""),
    ("OpenBLAS", "BSD-3-Clause", None, "https://www.openblas.net", "Also inside NumPy."),
    (
        "GCC runtime libraries",
        "GPL-3.0-or-later WITH GCC-exception-3.1",
        "GPL-3.txt",
        "https://gcc.gnu.org",
        "The exception allows them in programs of any licence.",
    ),
)
"""Name, licence, text, address, note of what wheels carry without telling it in their own list of licences."""


def bundled(left_out: Iterable[str] = ()) -> list[Bundled]:
    """Everything that a built application holds, in alphabetical order; `left_out` names packages it does not."""
    skipped = {canonical(name) for name in left_out}
    packages = [dist for name, dist in closure("evenstar") if name not in skipped]
    entries = [_of_package(dist) for dist in packages] + list(_by_hand())
    return sorted(entries, key=lambda entry: entry.name.lower())


def canonical(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(name: str) -> Iterator[tuple[str, importlib.metadata.Distribution]]:
    """A package and all that it requires here, without extras, each once with its canonical name."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        one = canonical(waiting.pop())
        if one in seen:
            continue
        seen.add(one)
        dist = importlib.metadata.distribution(one)
        yield one, dist
        for text in dist.requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)


def _of_package(dist: importlib.metadata.Distribution) -> Bundled:
    key = canonical(dist.name)
    version = dist.version.partition("+")[0]
    if key in REPLACED:
        return replace(REPLACED[key], version=version)
    text = f"{TEXTS}/{key}.txt" if _texts(dist) else None
    licence = _licence(dist)
    if text is None and licence == "Apache-2.0":
        text = APACHE
    return Bundled(name=dist.name, version=version, licence=licence, text_file=text, url=_url(dist))


def _licence(dist: importlib.metadata.Distribution) -> str:
    """The licence in SPDX words: from the expression, the field, or the classifiers."""
    told = _field(dist, "License-Expression") or _field(dist, "License")
    classes = [
        c.rpartition(" :: ")[2] for c in dist.metadata.get_all("Classifier") or () if "License ::" in c
    ]
    for words in (told.strip(), *classes):
        words = words.partition(" (")[0]
        if words and "\n" not in words:
            return NAMED.get(words, words)
    raise ValueError(f"{dist.name} {dist.version} names no licence: add it to installers/licences.py")


def _field(dist: importlib.metadata.Distribution, name: str) -> str:
    return (dist.metadata.get_all(name) or [""])[0]


def _url(dist: importlib.metadata.Distribution) -> str | None:
    labelled = dict(line.split(", ", 1) for line in dist.metadata.get_all("Project-URL") or ())
    by_label = {label.lower(): url for label, url in labelled.items()}
    found = next((by_label[k] for k in ("homepage", "home", "repository", "source") if k in by_label), None)
    return found or _field(dist, "Home-page") or next(iter(labelled.values()), None)


def _texts(dist: importlib.metadata.Distribution) -> list[Path]:
    """The licence files that a package brings."""
    if canonical(dist.name) == "evenstar":
        return [ROOT / "LICENSE"]  # an editable install has none beside its metadata
    words = ("LICEN", "COPYING", "NOTICE", "AUTHORS", "3RD-PARTY", "THIRD")
    found = [
        Path(str(dist.locate_file(file)))
        for file in dist.files or ()
        if ".dist-info" in file.parts[0]
        and any(word in file.name.upper() for word in words)
        and file.suffix not in (".py", ".pyc")
    ]
    return sorted(path for path in found if path.is_file())


def _by_hand() -> Iterator[Bundled]:
    """What no package's metadata tells."""
    yield Bundled(
        name="Python",
        version=platform.python_version(),
        licence="PSF-2.0",
        url="https://docs.python.org/3/license.html",
    )
    yield Bundled(
        name="PyInstaller bootloader",
        version="",
        licence="GPL-2.0-or-later WITH Bootloader-exception",
        text_file="GPL-2.txt",
        url="https://pyinstaller.org/en/stable/license.html",
        note="The exception allows it in programs of any licence. Only in installed applications.",
    )
    yield Bundled(
        name="CLIP's byte-pair merges",
        version="",
        licence="MIT",
        text_file="clip_merges.txt",
        url="https://github.com/openai/CLIP",
    )
    yield from _ffmpeg()
    for carrier, parts in (("PyAV", INSIDE_PYAV), ("OpenCV", INSIDE_OPENCV)):
        for name, licence, text, url, note in parts:
            inside = " ".join(filter(None, (f"Inside {carrier}.", note)))
            yield Bundled(name=name, version="", licence=licence, text_file=text, url=url, note=inside)


def _ffmpeg() -> Iterator[Bundled]:
    yield Bundled(
        name="FFmpeg (in PyAV)",
        version="",
        licence="LGPL-3.0-or-later",
        text_file="LGPL-3.txt",
        url="https://ffmpeg.org/legal.html",
        note="It says LGPL of itself, but is linked against x264 and x265: together with them, treat it as GPL.",
    )
    yield Bundled(
        name="FFmpeg (in OpenCV)",
        version="",
        licence="LGPL-2.1-or-later",
        text_file="LGPL-2.1.txt",
        url="https://ffmpeg.org/legal.html",
        note="Comes with OpenCV; Evenstar never calls it.",
    )


def as_json(entries: Iterable[Bundled]) -> str:
    """The list as the About dialog reads it."""
    return json.dumps([asdict(entry) for entry in entries], indent=1, ensure_ascii=False) + "\n"


def collect_texts(folder: Path, left_out: Iterable[str] = ()) -> list[Bundled]:
    """Write the list and every package's licence texts into a built application's licence folder."""
    (folder / TEXTS).mkdir(parents=True, exist_ok=True)
    skipped = {canonical(name) for name in left_out}
    for name, dist in closure("evenstar"):
        if name not in skipped and (texts := _texts(dist)):
            parts = [f"{path.name}\n\n{path.read_text(encoding='utf-8', errors='replace')}" for path in texts]
            (folder / TEXTS / f"{name}.txt").write_text("\n\n\n".join(parts), encoding="utf-8")
    python = (
        Path(sys.base_prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "LICENSE.txt"
    )
    if python.is_file():
        (folder / TEXTS / "python.txt").write_bytes(python.read_bytes())
    entries = bundled(left_out)
    (folder / LIST_NAME).write_text(as_json(entries), encoding="utf-8")
    return entries


def main() -> int:
    """Write the list that the sources carry."""
    entries = bundled()
    (LICENCES / LIST_NAME).write_text(as_json(entries), encoding="utf-8")
    sys.stdout.write(f"{len(entries)} entries: {LICENCES / LIST_NAME}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
