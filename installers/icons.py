"""The application's icon in the forms that systems want, drawn from the one SVG: PNG, Windows' ICO, macOS's ICNS."""

import os
import struct
import sys
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "resources" / "icons" / "evenstar.svg"
PNG_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_TYPES = (
    (b"icp4", 16),
    (b"icp5", 32),
    (b"icp6", 64),
    (b"ic07", 128),
    (b"ic08", 256),
    (b"ic09", 512),
    (b"ic10", 1024),
    (b"ic11", 32),
    (b"ic12", 64),
    (b"ic13", 256),
    (b"ic14", 512),
)
"""Type of an entry, edge in pixels; the later ones are for screens with twice the density. All hold PNG."""


def draw(folder: Path) -> list[Path]:
    """Write evenstar-SIZE.png, evenstar.ico and evenstar.icns into a folder; returns what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {size: png(size) for size in {*PNG_SIZES, *ICO_SIZES, *(size for _, size in ICNS_TYPES)}}
    written = [folder / f"evenstar-{size}.png" for size in PNG_SIZES]
    for size, path in zip(PNG_SIZES, written, strict=True):
        path.write_bytes(pictures[size])
    ico_path, icns_path = folder / "evenstar.ico", folder / "evenstar.icns"
    ico_path.write_bytes(ico({size: pictures[size] for size in ICO_SIZES}))
    icns_path.write_bytes(icns([(kind, pictures[size]) for kind, size in ICNS_TYPES]))
    return [*written, ico_path, icns_path]


def png(size: int) -> bytes:
    """The icon as a PNG with that edge."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SOURCE)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    found = QByteArray()
    buffer = QBuffer(found)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes for the format
    return bytes(found.data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """Windows' icon file (ICONDIR, then one ICONDIRENTRY each) around PNG pictures by their edge."""
    offset = 6 + 16 * len(pictures)
    entries, body = b"", b""
    for size, data in sorted(pictures.items()):
        edge = size % 256  # 0 means 256
        entries += struct.pack("<BBBBHHII", edge, edge, 0, 0, 1, 32, len(data), offset + len(body))
        body += data
    return struct.pack("<HHH", 0, 1, len(pictures)) + entries + body


def icns(pictures: list[tuple[bytes, bytes]]) -> bytes:
    """macOS's icon file: a header and one block a picture, each with its type and its length."""
    blocks = b"".join(kind + struct.pack(">I", 8 + len(data)) + data for kind, data in pictures)
    return b"icns" + struct.pack(">I", 8 + len(blocks)) + blocks


def main() -> int:
    """`python -m installers.icons FOLDER`."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for path in draw(Path(sys.argv[1])):
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
