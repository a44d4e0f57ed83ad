"""The report of verification in the words of the window: what was checked on a finished film, and what it has."""

import re

from PySide6.QtCore import QCoreApplication

from engine.events import Finding

_PICTURES = re.compile(r"(\d+) compared(?:, ([\d.]+) dB in colour)?")
_STAMPS = re.compile(r"(\d+) within ([\d.]+) ms")
_TRACK = re.compile(r"(audio|subtitle) (\d+)")
_PACKETS = re.compile(r"(.+), sha256 ([0-9a-f]+)")
_TAGS = re.compile(r"(.+) (full|limited) range \(H\.273\)")


def rows(findings: tuple[Finding, ...]) -> tuple[tuple[str, str], ...]:
    """A line for each promise that was checked and holds: its name, and what was found."""
    return tuple((_name(finding.name), _found(finding.found)) for finding in findings)


def _name(name: str) -> str:
    translate = QCoreApplication.translate
    track = _TRACK.fullmatch(name)
    if track:
        sound = track.group(1) == "audio"
        shape = translate("Report", "Sound {}") if sound else translate("Report", "Subtitle {}")
        return shape.format(track.group(2))
    return {
        "decoding": translate("Report", "Every frame decodes"),
        "frames": translate("Report", "Frames"),
        "size": translate("Report", "Size"),
        "depth": translate("Report", "Depth"),
        "transparency": translate("Report", "Transparency"),
        "timestamps": translate("Report", "Time of every frame"),
        "duration": translate("Report", "Duration"),
        "rotation": translate("Report", "Rotation"),
        "pixel shape": translate("Report", "Pixel shape"),
        "colour": translate("Report", "Colour tags"),
        "HDR mastering display": translate("Report", "HDR mastering display"),
        "HDR content light": translate("Report", "HDR content light"),
        "attachments": translate("Report", "Attachments"),
        "chapters": translate("Report", "Chapters"),
        "pictures": translate("Report", "Pictures against the source"),
    }.get(name, name)


def _found(found: str) -> str:
    translate = QCoreApplication.translate
    fixed = {
        "every frame": translate("Report", "yes"),
        "kept": translate("Report", "kept"),
        "upright": translate("Report", "upright"),
        "as in the source": translate("Report", "as in the source"),
    }
    if found in fixed:
        return fixed[found]
    if match := _PICTURES.fullmatch(found):
        text = translate("Report", "{} frames compared").format(match.group(1))
        return f"{text}, {match.group(2)} dB" if match.group(2) else text
    if match := _STAMPS.fullmatch(found):
        return translate("Report", "{} frames, each within {} ms").format(*match.groups())
    if match := _PACKETS.fullmatch(found):
        return translate("Report", "{}, every packet the same ({})").format(
            match.group(1), match.group(2)[:8]
        )
    if match := _TAGS.fullmatch(found):
        full = match.group(2) == "full"
        span = translate("Report", "full range") if full else translate("Report", "limited range")
        return f"{match.group(1)}, {span}"
    return found
