"""Opens dialogs and carries their decisions to where they belong."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from app import words
from app.adapter import Adapting, AdaptWish
from app.commands import Commands
from app.engine_words import in_words, sentence
from app.librarian import Transfer, Verb
from app.messages import Failure, explain
from app.preferences import Preferences
from app.queue_file import QueueEntry
from app.workshop import Workshop
from engine.batch import VIDEO_SUFFIXES, Batch, BatchItem
from engine.errors import EngineError

if TYPE_CHECKING:  # each dialog is imported when it is first wanted: the window is there sooner
    from app.widgets.adapt_dialog import AdaptDialog
    from app.widgets.batch_dialog import BatchDialog
    from app.widgets.models_dialog import ModelsDialog
    from app.widgets.welcome_dialog import WelcomeDialog
    from engine.outlook import Outlook


class DialogDesk(QObject):
    """One dialog of a kind at a time; none blocks the event loop."""

    files_picked = Signal(object)
    """List of paths."""
    folder_picked = Signal(str)
    cancel_decided = Signal(int, str)
    """Entry, what to do."""
    leave_decided = Signal(object)
    """Leave."""
    preferences_changed = Signal()
    presets_changed = Signal()
    model_chosen = Signal(str)
    leave_training_decided = Signal()
    """Stop the training, keep what was learned, and quit."""
    elapsed = Signal(str)
    wanted = Signal(str)
    """What the welcome or the About dialog leads to: demo, models, guide or reports."""
    said = Signal(str)
    """A sentence for the toast."""

    def __init__(
        self, workshop: Workshop, preferences: Preferences, commands: Commands, window: QWidget
    ) -> None:
        super().__init__(window)
        self._workshop = workshop
        self._preferences = preferences
        self._commands = commands
        self._window = window
        self.batch: BatchDialog | None = None
        self._batch_folder: Path | None = None
        self.models: ModelsDialog | None = None
        self.adapting: AdaptDialog | None = None
        workshop.adapter.changed.connect(self._on_adapting_changed)
        workshop.adapter.ended.connect(self._on_adapting_ended)
        librarian = workshop.librarian
        librarian.facts_changed.connect(self._on_facts_changed)
        librarian.begun.connect(self._on_errand_begun)
        librarian.moved.connect(self._on_errand_moved)
        librarian.ended.connect(self._on_errand_ended)
        librarian.done.connect(self._on_errand_done)
        workshop.surveyor.scanned.connect(self._on_scanned)
        self.welcome: WelcomeDialog | None = None
        workshop.surveyor.outlook_found.connect(self._on_outlook_found)

    # files and folders

    def open_files(self) -> None:
        """Choose clips."""
        patterns = " ".join(f"*{suffix}" for suffix in VIDEO_SUFFIXES)
        kinds = self.tr("Clips ({})").format(patterns) + ";;" + self.tr("All files (*)")
        names, _ = QFileDialog.getOpenFileNames(
            self._window, self.tr("Open a clip"), self._preferences.now.last_folder, kinds
        )
        if names:
            self.files_picked.emit([Path(name) for name in names])

    @Slot()
    def pick_export_folder(self) -> None:
        """Choose where results go."""
        folder = self._pick_folder(self.tr("Where results go"))
        if folder:
            self.folder_picked.emit(folder)

    # dialogs

    @Slot(object)
    def ask_cancel(self, entry: QueueEntry) -> None:
        """Ask before the work of a job is removed."""
        from app.widgets.cancel_dialog import CancelDialog

        dialog = CancelDialog(entry, self._window)
        dialog.decided.connect(self.cancel_decided)
        dialog.open()

    def open_batch(self, folder: Path | None = None) -> None:
        """Restore a folder."""
        from app.widgets.batch_dialog import BatchDialog

        names = tuple(preset.name for preset in self._workshop.presets)
        watched = self._workshop.watch.folders
        dialog = BatchDialog(names, self._workshop.session.choice.preset, watched, self._window)
        self.batch = dialog
        dialog.scan_wanted.connect(self._on_scan_wanted)
        dialog.folder_wanted.connect(self._on_batch_folder_wanted)
        dialog.add_wanted.connect(self._on_batch_add_wanted)
        dialog.finished.connect(self._on_batch_finished)
        dialog.open()
        if folder is not None:
            dialog.set_folder(folder)

    @Slot()
    def show_models(self) -> None:
        """Look at the models."""
        self.open_models()

    def open_models(self, model: str = "") -> None:
        """Look at the models; at the terms of one that is to be downloaded, where named."""
        from app.widgets.models_dialog import ModelsDialog

        workshop, librarian = self._workshop, self._workshop.librarian
        dialog = ModelsDialog(workshop.specs, workshop.session.choice.restoration.model, self._window)
        self.models = dialog
        for spec in workshop.specs:
            dialog.show_facts(spec.id, librarian.facts(spec.id))
        if librarian.task is not None:
            dialog.show_errand(librarian.task.spec.id, librarian.task.verb)
            if librarian.transfer is not None:
                dialog.show_transfer(librarian.task.spec.id, librarian.transfer)
        if model and librarian.task is None:
            dialog.ask_terms(model)
        dialog.wanted.connect(self._on_model_wanted)
        dialog.adapt_wanted.connect(self.open_adapt)
        dialog.finished.connect(self._on_models_finished)
        dialog.open()
        librarian.look()

    @Slot()
    def open_adapt(self) -> None:
        """Make a model for footage of one's own, or see how far that is."""
        from app.widgets.adapt_dialog import AdaptDialog

        base = self._workshop.specs[0]
        dialog = AdaptDialog(base.scales, self._window)
        self.adapting = dialog
        now = self._workshop.adapter.now
        if now is not None and (now.running or now.phase in ("stopped", "worse")):
            dialog.show_state(now)
        dialog.folder_wanted.connect(self._on_adapt_folder_wanted)
        dialog.start_wanted.connect(self._on_adapt_start_wanted)
        dialog.asked.connect(self._on_adapt_asked)
        dialog.model_wanted.connect(self.model_chosen)
        dialog.finished.connect(self._on_adapt_finished)
        dialog.open()

    def open_quit_training(self) -> None:
        """Ask how to leave while a model learns."""
        from app.widgets.quit_dialog import TrainingQuitDialog

        dialog = TrainingQuitDialog(self._window)
        dialog.decided.connect(self.leave_training_decided)
        dialog.open()

    @Slot()
    def open_preferences(self) -> None:
        """Change preferences and keys."""
        from app.widgets.preferences_dialog import PreferencesDialog

        dialog = PreferencesDialog(self._preferences.now, self._commands, self._window)
        dialog.accepted_values.connect(self._on_preferences_accepted)
        dialog.accepted_keys.connect(self._commands.remap)
        dialog.open()

    def open_shortcuts(self) -> None:
        """Show all keys."""
        from app.widgets.shortcuts_overlay import ShortcutsOverlay

        overlay = ShortcutsOverlay(self._commands, self._window)
        overlay.change_wanted.connect(self.open_preferences)
        overlay.show()
        overlay.raise_()
        overlay.setFocus()

    @Slot()
    def open_welcome(self) -> None:
        """Say what this is, and on what computer it finds itself."""
        from app.widgets.welcome_dialog import WelcomeDialog

        self._preferences.change(welcomed=True)
        dialog = WelcomeDialog(self._window)
        self.welcome = dialog
        dialog.wanted.connect(self.wanted)
        dialog.finished.connect(self._on_welcome_finished)
        dialog.open()
        self._workshop.surveyor.find_outlook()

    @Slot()
    def open_about(self) -> None:
        """Show versions and licences."""
        from app.widgets.about_dialog import AboutDialog

        dialog = AboutDialog(self._window)
        dialog.wanted.connect(self.wanted)
        dialog.open()

    def open_quit(self, running: QueueEntry, has_tray: bool) -> None:
        """Ask how to leave."""
        from app.widgets.quit_dialog import QuitDialog

        queue = self._workshop.queue
        dialog = QuitDialog(running, queue.n_saved, queue.n_left, has_tray, self._window)
        dialog.decided.connect(self.leave_decided)
        dialog.open()

    @Slot(str)
    def open_countdown(self, what: str) -> None:
        """Give a minute to say no."""
        from app.widgets.countdown_dialog import CountdownDialog

        dialog = CountdownDialog(what, self._window)
        dialog.elapsed.connect(self.elapsed)
        dialog.open()

    @Slot()
    def save_preset(self) -> None:
        """Ask for a name and keep the settings under it."""
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(self.tr("Save as a preset"))
        dialog.setLabelText(self.tr("Name of the preset"))
        dialog.setTextValue(self._workshop.session.choice.preset)
        dialog.textValueSelected.connect(self._on_preset_named)
        dialog.open()

    # models

    @Slot(str, str)
    def _on_model_wanted(self, model: str, key: str) -> None:
        librarian = self._workshop.librarian
        if key == "use":
            self.model_chosen.emit(model)
        elif key == "stop":
            librarian.stop()
        elif key in ("file", "folder"):
            path = self._pick_weights(model, key)
            if path:
                librarian.start(Verb.IMPORT, model, Path(path))
        else:
            librarian.start(Verb(key), model)

    def _pick_weights(self, model: str, key: str) -> str:
        if key == "folder":
            return self._pick_folder(self.tr("The folder with the files"))
        spec = next(spec for spec in self._workshop.specs if spec.id == model)
        names = " ".join(f"*{Path(file.name).suffix}" for file in spec.weights)
        kinds = self.tr("Weights ({})").format(names) + ";;" + self.tr("All files (*)")
        start = self._preferences.now.last_folder
        return QFileDialog.getOpenFileName(self._window, self.tr("A file of the model"), start, kinds)[0]

    @Slot(str)
    def _on_facts_changed(self, model: str) -> None:
        if self.models is not None:
            self.models.show_facts(model, self._workshop.librarian.facts(model))

    @Slot(str, object)
    def _on_errand_begun(self, model: str, verb: Verb) -> None:
        if self.models is not None:
            self.models.show_errand(model, verb)

    @Slot(str, object)
    def _on_errand_moved(self, model: str, transfer: Transfer) -> None:
        if self.models is not None:
            self.models.show_transfer(model, transfer)

    @Slot(str, object, object)
    def _on_errand_ended(self, model: str, _verb: Verb, failure: Failure | None) -> None:
        if self.models is not None:
            self.models.show_errand(model, None)
            self.models.show_failure(model, failure)
        elif failure is not None:
            self.said.emit(explain(failure).headline)

    @Slot(str, object, object)
    def _on_errand_done(self, model: str, verb: Verb, freed: int) -> None:
        spec = next(spec for spec in self._workshop.specs if spec.id == model)
        title = spec.title
        text = {
            Verb.DOWNLOAD: self.tr("{} is ready to use.").format(title),
            Verb.IMPORT: self.tr("The files of {} were taken over and checked.").format(title),
            Verb.VERIFY: self.tr("The files of {} are whole.").format(title),
            Verb.REMOVE: self.tr("{} was removed, {} are free again.").format(title, words.size(freed)),
        }
        if verb in text:
            self.said.emit(text[verb])
        if verb is Verb.REMOVE and spec.custom:
            if self.models is not None:
                self.models.drop(model)
            self._workshop.renew_models()

    @Slot()
    def _on_adapt_folder_wanted(self) -> None:
        folder = self._pick_folder(self.tr("The folder with the good clips"))
        if folder and self.adapting is not None:
            self.adapting.set_folder(Path(folder))

    @Slot(object)
    def _on_adapt_start_wanted(self, wish: AdaptWish) -> None:
        if not self._workshop.adapter.running:
            self._workshop.adapter.start(wish)

    @Slot(str)
    def _on_adapt_asked(self, what: str) -> None:
        adapter = self._workshop.adapter
        if adapter.running:
            adapter.ask(what)
        elif adapter.now is not None and what == "discard":
            adapter.discard(adapter.now.wish)

    @Slot(object)
    def _on_adapting_changed(self, now: Adapting) -> None:
        if self.adapting is not None:
            self.adapting.show_state(now)

    @Slot(object)
    def _on_adapting_ended(self, now: Adapting) -> None:
        if self.adapting is not None:
            return
        if now.result is not None:
            self.said.emit(in_words(now.result.summary))
        elif now.failure is not None:
            self.said.emit(explain(now.failure).headline)

    @Slot()
    def _on_adapt_finished(self) -> None:
        self.adapting = None

    @Slot(object)
    def _on_outlook_found(self, found: "Outlook") -> None:
        from app.outlook_words import basis, hardware

        if self.welcome is not None:
            speeds = self._workshop.speeds
            self.welcome.show_hardware(hardware(found, speeds), basis(found, speeds))

    @Slot()
    def _on_welcome_finished(self) -> None:
        self.welcome = None

    @Slot()
    def _on_models_finished(self) -> None:
        self.models = None

    # decisions

    @Slot(str)
    def _on_preset_named(self, name: str) -> None:
        try:
            self._workshop.save_preset(name)
        except EngineError as error:
            self.said.emit(sentence(str(error)))
        else:
            self.presets_changed.emit()
            self.said.emit(self.tr("Saved as {}.").format(name.strip()))

    @Slot(object)
    def _on_preferences_accepted(self, values: dict[str, object]) -> None:
        before = self._preferences.now.language
        self._preferences.change(**values)
        self.preferences_changed.emit()
        if self._preferences.now.language != before:
            self.said.emit(self.tr("The language changes at the next start."))

    @Slot(object, object, bool, object)
    def _on_scan_wanted(
        self, folder: Path, out: Path | None, recursive: bool, kinds: tuple[str, ...]
    ) -> None:
        self._workshop.scan(folder, out, recursive, kinds)

    @Slot(object)
    def _on_scanned(self, found: Batch | Failure) -> None:
        if self.batch is None:
            return
        if isinstance(found, Failure):
            self.batch.show_report(in_words(found.message))
        else:
            self.batch.show_batch(found)

    @Slot(str)
    def _on_batch_folder_wanted(self, which: str) -> None:
        folder = self._pick_folder(self.tr("Choose a folder"))
        if not folder or self.batch is None:
            return
        if which == "in":
            self.batch.set_folder(Path(folder))
        else:
            self.batch.set_out_folder(Path(folder))

    @Slot(object, bool)
    def _on_batch_add_wanted(self, picked: list[tuple[BatchItem, str]], watch: bool) -> None:
        folder = self._batch_folder
        if folder is not None and watch != (folder in self._workshop.watch.folders):
            self._workshop.watch_folder(folder, watch)
            text = self.tr("{} is watched now.") if watch else self.tr("{} is not watched any more.")
            self.said.emit(text.format(folder.name))
        n = self._workshop.add_batch(picked)
        if n:
            self.said.emit(self.tr("{} clips were added to the queue.").format(n))

    @Slot()
    def _on_batch_finished(self) -> None:
        self._batch_folder = self.batch.folder if self.batch else None
        self.batch = None

    def _pick_folder(self, title: str) -> str:
        return QFileDialog.getExistingDirectory(self._window, title, self._preferences.now.last_folder)
