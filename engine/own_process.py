"""Evenstar's command line as a process of its own, from sources and from an installed application."""

import sys
from pathlib import Path

CONSOLE_PROGRAM = "evenstar.exe"
"""On Windows a program with a window has no output to read: the installed application has a second one that does."""


def own_command(*arguments: str) -> list[str]:
    """The program and its arguments that run this Evenstar's command line."""
    if not getattr(sys, "frozen", False):
        return [sys.executable, str(Path(__file__).parent.parent / "main.py"), *arguments]
    program = Path(sys.executable)
    if sys.platform == "win32":
        program = program.with_name(CONSOLE_PROGRAM)
    return [str(program), *arguments]
