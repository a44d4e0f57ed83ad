"""Silence is tested: an error log fails the test that caused it, and threads must be gone when it ends."""

import logging
import os
import threading
from collections.abc import Iterator

import pytest

from tests.reliability.figures import table

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if "PYTEST_XDIST_WORKER" in os.environ:
    # Each worker computes on one thread: two pools of two threads on two cores wait for each other.
    os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(autouse=True)
def no_error_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    loud = [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
    assert loud == []


@pytest.fixture(autouse=True)
def no_stray_threads() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    stray = [t.name for t in threading.enumerate() if t not in before and t.name in ("decode", "sample")]
    assert stray == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures of a reliability run, here because only this process has all workers' reports."""
    if lines := table(terminalreporter.getreports("passed")):
        terminalreporter.section("reliability")
        for line in lines:
            terminalreporter.write_line(line)
