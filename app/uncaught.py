"""What nobody caught becomes a file that a person can attach to a report; it is never sent anywhere."""

import logging
import platform
import sys
import threading
import time
import traceback
from pathlib import Path
from types import TracebackType

logger = logging.getLogger(__name__)

MOST_REPORTS = 20
"""Older ones make room."""


class CrashReports:
    """The folder of reports; `install` makes it the place for every uncaught exception of every thread."""

    def __init__(self, folder: Path, version: str) -> None:
        self.folder = folder
        self._version = version

    def install(self) -> None:
        """From now on an uncaught exception leaves a report."""
        sys.excepthook = self.report
        threading.excepthook = self._report_thread

    def report(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> Path | None:
        """Write one report; returns where it is, or None when nothing was written."""
        if issubclass(kind, KeyboardInterrupt):
            return None
        text = "".join(traceback.format_exception(kind, error, trace))
        logger.error("nobody caught this:\n%s", text)
        try:
            return self._write(text)
        except OSError as trouble:
            logger.warning("the crash report could not be written: %s", trouble)
            return None

    def _write(self, text: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in sorted(self.folder.glob("crash-*.txt"))[: 1 - MOST_REPORTS]:
            old.unlink(missing_ok=True)
        path = self.folder / f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{time.monotonic_ns() % 1000:03d}.txt"
        head = f"Evenstar {self._version}\n{platform.platform()}, Python {platform.python_version()}\n\n"
        path.write_text(head + text, encoding="utf-8")
        return path

    def _report_thread(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            self.report(told.exc_type, told.exc_value, told.exc_traceback)
