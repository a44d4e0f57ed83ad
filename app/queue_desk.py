"""Between the queue and its drawer: shows entries, carries out what is wanted of them."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from app.desktop import Desktop
from app.engine_words import sentence
from app.messages import Failure
from app.widgets.queue_panel import QueuePanel
from app.widgets.queue_row import ANALYSIS_STOPS
from app.workshop import Workshop
from engine.batch import BatchItem
from engine.job import JobState
from engine.naming import default_target


class QueueDesk(QObject):
    """The drawer's counterpart."""

    said = Signal(str, str, str)
    """Sentence, action, key of the action."""
    cancel_asked = Signal(object)
    """QueueEntry whose work would be lost."""
    show_wanted = Signal(object, bool)
    """Job, its result is finished."""

    def __init__(self, workshop: Workshop, panel: QueuePanel, desktop: Desktop, parent: QObject) -> None:
        super().__init__(parent)
        self._workshop, self._queue = workshop, workshop.queue
        self._panel, self._desktop = panel, desktop
        self._queue.entries_changed.connect(self.show)
        self._queue.entry_changed.connect(self._on_entry_changed)
        self._queue.entry_ended.connect(self._on_entry_ended)
        self._queue.picture_arrived.connect(self._on_picture_arrived)
        analyst = workshop.analyst
        analyst.moved.connect(panel.show_analysis)
        analyst.finished.connect(self._on_analysed)
        analyst.failed.connect(self._on_analysis_failed)
        panel.wanted.connect(self.act)
        panel.moved.connect(self._queue.move)
        panel.release_wanted.connect(self._queue.release)
        panel.clear_wanted.connect(self._queue.clear_finished)

    @Slot()
    def show(self) -> None:
        """Show all entries."""
        self._panel.show_entries(self._queue.entries, held=self._queue.held)

    def announce(self, entry_id: int) -> None:
        """Say where the new job is, when that is not plain to see."""
        self._panel.reveal(entry_id)
        running = self._queue.running
        if self._queue.held:
            self.said.emit(self.tr("Added. The queue is paused."), self.tr("Resume"), "release")
        elif running is not None and running.id != entry_id:
            self.said.emit(self.tr("Added to the queue."), "", "")

    def add_files(self, paths: list[Path]) -> int:
        """Queue several clips with the panel's settings; returns how many."""
        side = self._workshop.session.choice.restoration.short_side or 0
        items: list[tuple[BatchItem, str]] = []
        for path in paths:
            target = default_target(path, side) if side else path.with_name(f"{path.stem}_restored.mkv")
            items.append((BatchItem(source=path, target=target, finished=False), ""))
        return self._workshop.add_batch(items)

    @Slot(int, str)
    def act(self, entry_id: int, action: str) -> None:
        """Do with an entry what is wanted."""
        verbs = {
            "pause": self._queue.pause,
            "resume": self._queue.resume,
            "retry": self._queue.retry,
            "cancel": self._cancel,
            "remove": self._queue.remove,
            "open": self._open,
            "folder": self._show_folder,
            "settings": self._use_settings,
            "show": self._show,
            "analyse": self._analyse,
            ANALYSIS_STOPS: self._workshop.analyst.stop,
        }
        if self._queue.find(entry_id) is not None:
            verbs[action](entry_id)

    def _cancel(self, entry_id: int) -> None:
        entry = self._queue.find(entry_id)
        if entry and entry.active and entry.done_frames:
            self.cancel_asked.emit(entry)
        else:
            self._queue.cancel(entry_id)

    @Slot(int, str)
    def decide(self, entry_id: int, what: str) -> None:
        """Carry out what was decided about a job that was to be cancelled."""
        if what == "cancel":
            self._queue.cancel(entry_id)
        else:
            self._queue.pause(entry_id)

    def _analyse(self, entry_id: int) -> None:
        entry = self._queue.find(entry_id)
        if entry:
            self._workshop.analyst.analyse(entry_id, entry.job)

    def _open(self, entry_id: int) -> None:
        entry = self._queue.find(entry_id)
        if entry:
            self._desktop.open_file(entry.job.target)

    def _show_folder(self, entry_id: int) -> None:
        entry = self._queue.find(entry_id)
        if entry:
            self._desktop.show_folder(entry.job.target)

    def _use_settings(self, entry_id: int) -> None:
        entry, choice = self._queue.find(entry_id), self._workshop.session.choice
        if entry:
            job = replace(entry.job, restoration=choice.restoration, export=choice.export)
            self._queue.replace_job(entry_id, job)

    def _show(self, entry_id: int) -> None:
        entry = self._queue.find(entry_id)
        if entry:
            self.show_wanted.emit(entry.job, entry.state is JobState.DONE)

    @Slot(int, object)
    def _on_analysed(self, _entry_id: int, page: Path) -> None:
        self._desktop.open_file(page)
        self.said.emit(self.tr("The report on the result is ready."), "", "")

    @Slot(int, object)
    def _on_analysis_failed(self, _entry_id: int, failure: Failure) -> None:
        self.said.emit(sentence(failure.message), "", "")

    @Slot(int)
    def _on_entry_changed(self, entry_id: int) -> None:
        entry = self._queue.find(entry_id)
        if entry is not None:
            self._panel.show_entry(entry, held=self._queue.held)

    @Slot(int)
    def _on_entry_ended(self, entry_id: int) -> None:
        entry = self._queue.find(entry_id)
        self.show()
        if entry is None:
            return
        clip = self._workshop.session.clip
        if entry.state is JobState.DONE:
            if clip is not None and clip.path == entry.job.source:
                self._workshop.viewing.show_result(entry.job)
            words = self.tr("{} is done and checked.").format(entry.job.target.name)
            self.said.emit(words, self.tr("Show"), f"show {entry_id}")
        elif entry.state is JobState.FAILED:
            self._panel.set_open(True)
            self._panel.reveal(entry_id)

    @Slot(int, int, QImage)
    def _on_picture_arrived(self, entry_id: int, frame: int, image: QImage) -> None:
        self._panel.show_picture(entry_id, image)
        entry, clip = self._queue.find(entry_id), self._workshop.session.clip
        if entry and clip and entry.job.source == clip.path:
            self._workshop.viewing.show_running(frame, image)
