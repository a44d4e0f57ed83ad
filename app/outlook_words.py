"""How fast this computer is, in words: measured by finished jobs where there were some, else estimated."""

from PySide6.QtCore import QCoreApplication

from app import words
from app.engine_words import sentence
from app.estimate import Speeds
from engine.outlook import FRAMES, HEIGHT, WIDTH, ModelOutlook, Outlook

MOST_SECONDS = 24 * 3600
"""A minute of film that takes longer than a day is not worth starting."""


def hardware(found: Outlook, speeds: Speeds) -> str:
    """Lines: the device and its memory, then every model with what a minute of film takes."""
    translate = QCoreApplication.translate
    device = found.device
    name = translate("Outlook", "No graphics card that models can use: the processor works.")
    if device.device != "cpu":
        name = translate("Outlook", "{} with {} for a model.").format(
            device.name, words.size(device.budget_bytes)
        )
    quick = [model for model in found.models if (_seconds(model, speeds) or MOST_SECONDS) < MOST_SECONDS]
    slow = [model for model in found.models if model not in quick]
    lines = [name, *([sentence(device.unused_card)] if device.unused_card else [])]
    shape = translate("Outlook", "{}: about {} for a minute of 1080p film.")
    lines += [shape.format(m.title, words.rough_duration(_seconds(m, speeds) or 0)) for m in quick]
    if slow:
        titles = ", ".join(model.title for model in slow)
        lines.append(translate("Outlook", "Too large or too slow for this computer: {}.").format(titles))
    return "\n".join(lines)


def basis(found: Outlook, speeds: Speeds) -> str:
    """How these times are known."""
    translate = QCoreApplication.translate
    if any(speeds.seconds_per_million(model.model) for model in found.models):
        return translate("Outlook", "From jobs on this computer; where none has run, estimated.")
    return translate(
        "Outlook", "Estimated from a short measurement; your first job replaces it by what it really took."
    )


def _seconds(model: ModelOutlook, speeds: Speeds) -> float | None:
    """For one minute of film; None where it does not fit."""
    known = speeds.seconds_per_million(model.model)
    return known * WIDTH * HEIGHT * FRAMES / 1e6 if known else model.seconds_per_minute
