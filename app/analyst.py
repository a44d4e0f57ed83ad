"""Measures finished films beside their sources: the command line's `evaluate`, in a process of its own."""

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Signal, Slot

from app.messages import Failure
from engine.job import Job
from engine.own_process import own_command

logger = logging.getLogger(__name__)

MOST_ERROR_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One film to measure."""

    entry_id: int
    job: Job
    page: Path
    """The report, HTML."""


class Analyst(QObject):
    """One analysis at a time; the others wait."""

    moved = Signal(int, int, int)
    """Entry, frames done, frames in all; 0 in all: it is over."""
    finished = Signal(int, object)
    """Entry, path of the report."""
    failed = Signal(int, object)
    """Entry, Failure."""

    def __init__(self, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._folder = folder
        self._waiting: list[Analysis] = []
        self._now: Analysis | None = None
        self._process: QProcess | None = None
        self._lines: list[str] = []
        self._stopped = False

    def page_of(self, job: Job) -> Path:
        """Where the report on a job's result lies."""
        return self._folder / f"{job.target.stem}.html"

    def analyse(self, entry_id: int, job: Job) -> None:
        """Measure an entry's result beside its source and write the report."""
        if any(one.entry_id == entry_id for one in (*self._waiting, *filter(None, (self._now,)))):
            return
        self._waiting.append(Analysis(entry_id=entry_id, job=job, page=self.page_of(job)))
        self.moved.emit(entry_id, 0, 1)
        self._advance()

    def stop(self, entry_id: int) -> None:
        """End an entry's analysis, or forget that it waits."""
        self._waiting = [one for one in self._waiting if one.entry_id != entry_id]
        if self._now and self._now.entry_id == entry_id and self._process:
            self._stopped = True
            self._process.kill()
        else:
            self.moved.emit(entry_id, 0, 0)

    def close(self) -> None:
        """End everything."""
        self._waiting.clear()
        if self._process is not None:
            self._stopped = True
            self._process.kill()
            self._process.waitForFinished(2000)

    def _advance(self) -> None:
        if self._process is not None or not self._waiting:
            return
        self._now = self._waiting.pop(0)
        self._lines, self._stopped = [], False
        self._folder.mkdir(parents=True, exist_ok=True)
        process = QProcess(self)
        self._process = process
        process.readyReadStandardError.connect(self._on_error_lines)
        process.finished.connect(self._on_process_finished)
        process.errorOccurred.connect(self._on_process_error)
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setReadChannel(QProcess.ProcessChannel.StandardError)
        program, *arguments = command(self._now)
        process.start(program, arguments)

    @Slot()
    def _on_error_lines(self) -> None:
        process, now = self._process, self._now
        if process is None or now is None:
            return
        while process.canReadLine():
            line = bytes(process.readLine().data()).decode("utf-8", "replace").rstrip()
            told = _progress(line)
            if told is not None:
                self.moved.emit(now.entry_id, *told)
            elif line:
                self._lines = [*self._lines, line][-MOST_ERROR_LINES:]

    @Slot(QProcess.ProcessError)
    def _on_process_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._lines.append("the analysis could not be started")
            self._end(ok=False)

    @Slot(int, QProcess.ExitStatus)
    def _on_process_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._end(ok=code == 0 and status is QProcess.ExitStatus.NormalExit)

    def _end(self, *, ok: bool) -> None:
        now, process = self._now, self._process
        self._now = self._process = None
        if process is not None:
            process.deleteLater()
        if now is None:
            return
        self.moved.emit(now.entry_id, 0, 0)
        if ok:
            self.finished.emit(now.entry_id, now.page)
        elif not self._stopped:
            details = "\n".join(self._lines)
            message = (
                self._lines[-1].removeprefix("evenstar: ") if self._lines else "the analysis ended early"
            )
            logger.warning("an analysis failed: %s", details)
            self.failed.emit(now.entry_id, Failure(kind="AnalysisError", message=message, details=details))
        self._advance()


def command(analysis: Analysis) -> list[str]:
    """The program and its arguments."""
    job = analysis.job
    return own_command(
        "evaluate",
        *("--restored", str(job.target)),
        *("--lq", str(job.source)),
        *("--first-frame", str(job.first_frame)),
        *("--html", str(analysis.page)),
        "--progress",
    )


def _progress(line: str) -> tuple[int, int] | None:
    """Frames done and in all, when the line says that."""
    if not line.startswith("{"):
        return None
    try:
        told = json.loads(line)
        return int(told["done_frames"]), int(told["total_frames"])
    except (ValueError, KeyError, TypeError):
        return None
