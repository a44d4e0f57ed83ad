"""Looks after the machine while jobs run: awake, tray, notification, and what comes when all is done."""

from PySide6.QtCore import QObject, Signal, Slot

from app import words
from app.desktop import Desktop
from app.job_queue import JobQueue
from app.preferences import Preferences
from engine.job import JobState


class Attendant(QObject):
    """Listens to the queue, acts on the desktop."""

    countdown_wanted = Signal(str)
    """sleep or shutdown: the person gets a minute to say no."""

    def __init__(self, queue: JobQueue, preferences: Preferences, desktop: Desktop, parent: QObject) -> None:
        super().__init__(parent)
        self._queue = queue
        self._preferences = preferences
        self._desktop = desktop
        queue.running_changed.connect(self._on_running_changed)
        queue.entry_changed.connect(self._on_entry_changed)
        queue.ran_dry.connect(self._on_ran_dry)

    def title(self) -> str:
        """What the window's title says: how far the running job is."""
        running = self._queue.running
        if running is None:
            return "Evenstar"
        percent = words.percent(running.done_frames, running.total_frames)
        return f"{percent} % – {running.job.source.name}"

    def go(self, what: str) -> None:
        """Send the machine to sleep, or switch it off."""
        if what == "sleep":
            self._desktop.sleep()
        elif what == "shutdown":
            self._desktop.shut_down()

    @Slot(bool)
    def _on_running_changed(self, running: bool) -> None:
        if self._preferences.now.keep_awake or not running:
            self._desktop.keep_awake(running)

    @Slot(int)
    def _on_entry_changed(self, _entry_id: int) -> None:
        if self._queue.running:
            self._desktop.set_tip(self.title())

    @Slot()
    def _on_ran_dry(self) -> None:
        entries = self._queue.entries
        done = sum(entry.state is JobState.DONE for entry in entries)
        failed = sum(entry.state is JobState.FAILED for entry in entries)
        self._desktop.set_tip("Evenstar")
        if self._preferences.now.notify:
            text = self.tr("{} done").format(done)
            text += ", " + self.tr("{} failed").format(failed) if failed else ""
            self._desktop.notify(self.tr("The queue is done"), text)
        if self._preferences.now.after_done != "nothing":
            self.countdown_wanted.emit(self._preferences.now.after_done)
