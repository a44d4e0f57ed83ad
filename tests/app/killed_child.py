"""A process with a queue of two jobs, to be killed by its test."""

import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app.job_queue import JobQueue
from app.queue_file import QueueFile
from app.worker import Workbench
from engine.job import Job
from tests.app.fakes import FakeEngine

folder = Path(sys.argv[1])
app = QCoreApplication([])
bench = Workbench(FakeEngine(frame_seconds=0.02).calls(), app)
queue = JobQueue(bench, QueueFile(folder / "queue.json"), app)
queue.add(*(Job(source=folder / f"{n}.mkv", target=folder / f"{n}_restored.mkv") for n in "ab"))
sys.exit(app.exec())
