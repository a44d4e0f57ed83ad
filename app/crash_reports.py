"""When the program itself fails: a file that says what happened, kept on this computer, sent nowhere."""

import faulthandler
import logging
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QObject, Signal

logger = logging.getLogger(__name__)

KEPT = 20
"""Reports; older ones go."""
PACKAGES = ("evenstar", "PySide6-Essentials", "torch", "av", "numpy", "opencv-python-headless")


class CrashReports(QObject):
    """Writes a report for every exception that nobody caught, in any thread, and for a crash of native code."""

    written = Signal(object)
    """Path of a report; comes in the window's thread."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        self._told: set[str] = set()
        self._native: TextIO | None = None
        self._native_path = folder / f"native-{os.getpid()}.log"

    def install(self) -> Path | None:
        """Watch from now on; gives the report of a crash that ended an earlier run, if there was one."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        left = self._left_behind()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._native = self._native_path.open("w", encoding="utf-8")
            faulthandler.enable(self._native)
        except OSError as error:
            logger.warning("crashes of native code will leave no report: %s", error)
        return left

    def close(self) -> None:
        """Stop watching; an empty file of this run goes."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        if self._native is not None:
            faulthandler.disable()
            self._native.close()
            self._native = None
            if self._native_path.is_file() and self._native_path.stat().st_size == 0:
                self._native_path.unlink()

    def write(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Write a report; the same failure is written once in a run. Never raises."""
        lines = "".join(traceback.format_exception(kind, error, trace))
        sys.__excepthook__(kind, error, trace)
        if lines in self._told:
            return
        self._told.add(lines)
        path = self._keep(lines)
        if path is not None:
            self.written.emit(path)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            self.write(kind, error, trace)

    def _on_thread_exception(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None and not issubclass(told.exc_type, SystemExit):
            self.write(told.exc_type, told.exc_value, told.exc_traceback)

    def _keep(self, lines: str) -> Path | None:
        name = time.strftime("crash-%Y%m%d-%H%M%S")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = next(p for p in _numbered(self.folder, name) if not p.exists())
            path.write_text(_head() + without_home(lines), encoding="utf-8")
            for old in sorted(self.folder.glob("crash-*.txt"), key=lambda p: p.stat().st_mtime)[:-KEPT]:
                old.unlink()
        except OSError as error:
            logger.warning("the crash report cannot be kept: %s", error)
            return None
        return path

    def _left_behind(self) -> Path | None:
        """Turn what native code left behind in an earlier run into a report; empty files of ended runs go."""
        found = None
        for path in sorted(self.folder.glob("native-*.log")):
            if path == self._native_path or _is_running(path):
                continue
            try:
                lines = path.read_text(encoding="utf-8", errors="replace")
                path.unlink()
            except OSError:
                continue
            if lines.strip():
                found = self._keep("An earlier run was ended by this:\n\n" + lines)
        return found


def _numbered(folder: Path, name: str) -> "list[Path]":
    return [folder / f"{name}.txt", *(folder / f"{name}-{n}.txt" for n in range(2, 100))]


def _is_running(path: Path) -> bool:
    """True when the process that a native log is named for lives; where that cannot be asked, a day decides."""
    number = path.stem.removeprefix("native-")
    if sys.platform == "win32" or not number.isdecimal():
        return time.time() - path.stat().st_mtime < 24 * 3600  # os.kill would end a process on Windows
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def without_home(text: str) -> str:
    """The text with the person's home folder, and so their name, written as ~."""
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


def _head() -> str:
    """What a reader of the report needs to know about this computer; no package is loaded for it."""
    import importlib.metadata  # many small modules, which no start needs
    import platform

    lines = [
        "Evenstar crash report",
        time.strftime("%Y-%m-%d %H:%M:%S %z"),
        f"Python {platform.python_version()} on {platform.platform()}",
    ]
    for package in PACKAGES:
        try:
            lines.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            lines.append(f"{package}: not installed")
    return "\n".join(lines) + "\n\n"
