"""Metrics with weights of others: named with their terms, never bundled, run as a program of your choice."""

import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError, SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class External:
    """What somebody should know before running it."""

    name: str
    about: str
    licence: str
    """Of the published code and weights, as far as it is known here; read the terms before using them."""
    warning: str


_IQA = "in IQA-PyTorch: PolyForm Noncommercial 1.0.0 since April 2026"
_OVERRATES = "no reference: over-rates sharpening and invented texture (QoMEX 2026)"
EXTERNALS = (
    External(
        name="DOVER",
        about="technical and aesthetic quality of video",
        licence="see its repository; weights apart",
        warning=f"{_OVERRATES}; papers print it on different scales",
    ),
    External(name="MUSIQ", about="multi-scale picture quality", licence=_IQA, warning=_OVERRATES),
    External(name="CLIP-IQA", about="picture quality by text prompts", licence=_IQA, warning=_OVERRATES),
    External(name="NRQM", about="quality of enlarged pictures", licence=_IQA, warning=_OVERRATES),
    External(name="ILNIQE", about="distance from natural statistics", licence=_IQA, warning=_OVERRATES),
)


class ExternalError(EngineError):
    """A metric's program failed or printed no number."""


def parse_externals(texts: list[str]) -> dict[str, str]:
    """`NAME=COMMAND` arguments as a table; raises SettingsError for one without a name or {restored}."""
    commands = {}
    for text in texts:
        name, equals, command = text.partition("=")
        if not (name and equals and "{restored}" in command):
            raise SettingsError(
                f"external metric {text!r}: need NAME=COMMAND with {{restored}} in the command"
            )
        commands[name] = command
    return commands


def run_external(command: str, restored: Path) -> float:
    """The last number that a program prints about a film; raises ExternalError with what it said instead.

    command: a command line, {restored} stands for the film's path; no shell is involved.
    """
    words = [word.replace("{restored}", str(restored)) for word in shlex.split(command)]
    try:
        result = subprocess.run(words, capture_output=True, text=True, check=False)
    except OSError as error:
        raise ExternalError(f"{words[0]} does not start: {error}") from error
    numbers = re.findall(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", result.stdout)
    if result.returncode or not numbers:
        raise ExternalError(
            f"{words[0]} gave no number (exit code {result.returncode}): {result.stderr[-300:]}"
        )
    return float(numbers[-1])
