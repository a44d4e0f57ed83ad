"""The window: lays the parts out, connects what they want with who decides, and shows what came of it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QMenu, QVBoxLayout, QWidget

from app import theme, window_state
from app.attendant import Attendant
from app.command_desk import CommandDesk
from app.commands import HELD, Commands
from app.demo import demo_clip
from app.desktop import Desktop
from app.dialog_desk import DialogDesk
from app.engine_calls import EngineCalls
from app.engine_words import in_words, sentence
from app.guide_desk import GuideDesk
from app.layout_desk import LayoutDesk
from app.messages import Failure
from app.preferences import Places, Preferences
from app.presenter import Presenter
from app.queue_desk import QueueDesk
from app.widgets.queue_panel import QueuePanel
from app.widgets.settings_panel import SettingsPanel
from app.widgets.stage import Stage
from app.widgets.toast import Toast
from app.widgets.top_bar import TopBar
from app.workshop import Workshop
from engine.errors import EngineError
from engine.job import Job

if TYPE_CHECKING:  # imported with the dialog that asks
    from app.widgets.quit_dialog import Leave

ENCODERS_AFTER_MS = 1500
"""The encoders are tried once the window is up and idle."""


class MainWindow(QMainWindow):
    """What people see."""

    def __init__(
        self, engine: EngineCalls, places: Places, preferences: Preferences, desktop: Desktop
    ) -> None:
        super().__init__()
        self.setWindowTitle("Evenstar")
        self.setAcceptDrops(True)
        self.setMinimumSize(880, 600)
        self._preferences = preferences
        self._desktop = desktop
        self._leaving = False
        self._crash: Path | None = None
        self._places = places
        self._wants_demo_preview = False
        self.workshop = Workshop(engine, places, preferences, self)
        self._build()
        self.commands = Commands(self, self.stage, preferences)
        self.desk = CommandDesk(self.workshop, self.stage.view, self)
        self.dialogs = DialogDesk(self.workshop, preferences, self.commands, self)
        self.guide_desk = GuideDesk(self)
        self.attendant = Attendant(self.workshop.queue, preferences, desktop, self)
        self.presenter = Presenter(self.workshop, self.stage, self.panel, self.top, self)
        self.queue_desk = QueueDesk(self.workshop, self.queue_panel, desktop, self)
        self.layout_desk = LayoutDesk(self, self, self.workshop.player)
        self._connect()
        window_state.restore(self, preferences)
        self._show_all()

    # building

    def _build(self) -> None:
        self.top = TopBar(self)
        self.stage = Stage(self)
        self.panel = SettingsPanel(self)
        self.queue_panel = QueuePanel(self)
        self.toast = Toast(self.stage.pages)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.stage, 1)
        middle.addWidget(self.panel)
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addLayout(middle, 1)
        column.addWidget(self.queue_panel)
        self.setCentralWidget(inside)

    def _connect(self) -> None:
        self.commands.invoked.connect(self.desk.do)
        self.desk.model_lacking.connect(self.dialogs.open_models)
        self.commands.remapped.connect(self._show_tips)
        self.top.wanted.connect(self.desk.do)
        self.top.mode_chosen.connect(self.layout_desk.set_mode)
        self.stage.transport.wanted.connect(self.desk.do)
        self.stage.empty.open_wanted.connect(self.dialogs.open_files)
        self.stage.empty.batch_wanted.connect(self.dialogs.open_batch)
        self.stage.empty.demo_wanted.connect(self._on_demo_wanted)
        self.stage.empty.recent_wanted.connect(self._on_recent_wanted)
        self.stage.strip.chosen.connect(self.desk.set_beta)
        self.stage.installEventFilter(self)
        self.stage.view.installEventFilter(self)
        self._connect_panel()
        self._connect_rest()
        self.desk.add(self._own_commands() | self.layout_desk.commands())

    def _connect_panel(self) -> None:
        self.panel.edited.connect(self.presenter.edit)
        self.panel.edited.connect(self.desk.mind_model)
        self.panel.upscale_wanted.connect(self._on_upscale_wanted)
        self.panel.preview_cancelled.connect(self.workshop.previewer.cancel)
        self.panel.look.preset_chosen.connect(self._on_preset_chosen)
        self.panel.look.save_preset_wanted.connect(self.dialogs.save_preset)
        self.panel.look.models_wanted.connect(self.dialogs.show_models)
        self.panel.wanted.connect(self.desk.do)
        self.panel.export.folder_wanted.connect(self.dialogs.pick_export_folder)
        self.dialogs.folder_picked.connect(self.panel.export.show_folder)

    def _connect_rest(self) -> None:
        session, queue = self.workshop.session, self.workshop.queue
        session.open_failed.connect(self._on_open_failed)
        session.clip_opened.connect(self._on_clip_opened)
        queue.entry_changed.connect(self._on_entry_changed)
        queue.entry_ended.connect(self._on_entry_ended)
        queue.running_changed.connect(self._on_entry_changed)
        self.queue_desk.said.connect(self.toast.say)
        self.queue_desk.show_wanted.connect(self._on_show_wanted)
        self.toast.acted.connect(self._on_toast_acted)
        self.presenter.snapshot_saved.connect(self.toast.say)
        self.queue_desk.cancel_asked.connect(self.dialogs.ask_cancel)
        self.dialogs.cancel_decided.connect(self.queue_desk.decide)
        self.dialogs.files_picked.connect(self.open_paths)
        self.dialogs.said.connect(self.toast.say)
        self.dialogs.leave_decided.connect(self._on_leave_decided)
        self.dialogs.leave_training_decided.connect(self._on_leave_training_decided)
        self.workshop.adapter.ended.connect(self._on_adapting_ended)
        self.workshop.models_changed.connect(self._on_models_changed)
        self.dialogs.preferences_changed.connect(self.dress)
        self.dialogs.presets_changed.connect(self._show_presets)
        self.dialogs.model_chosen.connect(self.presenter.choose_model)
        self.dialogs.elapsed.connect(self.attendant.go)
        self.dialogs.wanted.connect(self._on_wanted)
        self.attendant.countdown_wanted.connect(self.dialogs.open_countdown)
        self.workshop.surveyor.encoders_found.connect(self.panel.export.set_encoders)
        self.workshop.surveyor.cards_found.connect(self.panel.advanced.set_cards)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self.dress)
        self._encoder_timer = QTimer(self)
        self._encoder_timer.setSingleShot(True)
        self._encoder_timer.timeout.connect(self.workshop.surveyor.find_encoders)
        self._encoder_timer.start(ENCODERS_AFTER_MS)

    def _own_commands(self) -> dict[str, Callable[[], object]]:
        return {
            "open": self.dialogs.open_files,
            "batch": self.dialogs.open_batch,
            "snapshot": self.presenter.save_snapshot,
            "quit": self.close,
            "upscale": self._on_upscale_wanted,
            "preferences": self.dialogs.open_preferences,
            "shortcuts": self.dialogs.open_shortcuts,
            "guide": self.guide_desk.show,
        }

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        self._recent_menu = menu.addMenu(self.tr("Recent clips"))
        self._recent_menu.aboutToShow.connect(self._on_recent_about_to_show)
        self._recent_menu.triggered.connect(self._on_recent_triggered)
        menu.addSeparator()
        for key in ("preview_frame", "preview_clip", "compare_betas", "profile", "snapshot"):
            menu.addAction(self.commands.action(key))
        menu.addSeparator()
        models = menu.addAction(self.tr("Models"))
        models.triggered.connect(self.dialogs.show_models)
        adapt = menu.addAction(self.tr("Adapt to your footage…"))
        adapt.triggered.connect(self.dialogs.open_adapt)
        menu.addAction(self.commands.action("preferences"))
        menu.addAction(self.commands.action("shortcuts"))
        menu.addAction(self.commands.action("guide"))
        menu.addSeparator()
        welcome = menu.addAction(self.tr("Welcome"))
        welcome.triggered.connect(self.dialogs.open_welcome)
        about = menu.addAction(self.tr("About Evenstar"))
        about.triggered.connect(self.dialogs.open_about)
        menu.addAction(self.commands.action("quit"))
        return menu

    # showing

    def _show_all(self) -> None:
        self.top.set_menu(self._menu())
        self.panel.set_models(self.workshop.specs)
        self._show_presets()
        self._show_tips()
        self.top.show_mode(self.stage.view.mode)
        self.presenter.show_choice()
        self.queue_desk.show()
        self.stage.show_empty(self._preferences.now.recent, demo_clip() is not None)
        self.stage.setFocus()
        if self.workshop.reports:
            self.toast.say("\n".join(map(in_words, self.workshop.reports)))
        elif self.workshop.queue.held:
            n = self.workshop.queue.n_left
            self.toast.say(
                self.tr("{} jobs from last time can go on.").format(n), self.tr("Resume"), "release"
            )

    @Slot()
    def _show_presets(self) -> None:
        self.panel.look.set_presets(tuple(preset.name for preset in self.workshop.presets))

    @Slot()
    def _show_tips(self) -> None:
        tips = self.commands.tips()
        self.top.set_tips(tips)
        self.stage.transport.set_tips(tips)

    @Slot()
    def dress(self) -> None:
        """Put the theme on that the preferences or the system ask for."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, self._preferences.now.theme)

    # opening

    @Slot(object)
    def open_paths(self, paths: list[Path]) -> None:
        """Open the first clip; more clips and folders go through the batch dialog."""
        folders = [path for path in paths if path.is_dir()]
        clips = [path for path in paths if not path.is_dir()]
        if folders:
            self.dialogs.open_batch(folders[0])
        elif len(clips) == 1:
            self.open_clip(clips[0])
        elif clips:
            self.open_clip(clips[0])
            n = self.queue_desk.add_files(clips)
            self.toast.say(self.tr("{} clips were added to the queue.").format(n))

    def open_clip(self, path: Path) -> None:
        """Open one clip."""
        self.stage.empty.trouble.show_failure(None)
        self.panel.trouble.show_failure(None)
        self.workshop.session.open(path)

    def greet(self) -> None:
        """Show the welcome at the first start."""
        if not self._preferences.now.welcomed:
            self.dialogs.open_welcome()

    @Slot(object)
    def tell_crash(self, path: Path) -> None:
        """Say that the program failed and where it wrote down how."""
        self._crash = path
        self.toast.say(
            self.tr("Something in Evenstar itself failed. A report was saved as {}.").format(path.name),
            self.tr("Show folder"),
            "crash",
        )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders are welcome."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.stage.show_drop(True)

    def dragLeaveEvent(self, event: QEvent) -> None:  # type: ignore[override]
        """The pointer left with its files."""
        del event
        self.stage.show_drop(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self.stage.show_drop(False)
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.open_paths(paths)

    # events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The key that shows the source while it is held."""
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) and isinstance(event, QKeyEvent):
            wanted = self.commands.action(HELD).shortcut()
            pressed = QKeySequence(event.keyCombination())
            if not wanted.isEmpty() and pressed == wanted and not event.isAutoRepeat():
                self.stage.view.hold_before(event.type() == QEvent.Type.KeyPress)
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the drawer and the toast in place."""
        super().resizeEvent(event)
        if self.queue_panel.is_open:
            self.queue_panel.set_open(True, animated=False)
        self.toast.place()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave at once when idle; ask while a job runs."""
        running = self.workshop.queue.running
        if running is not None and not self._leaving:
            event.ignore()
            self.dialogs.open_quit(running, self._desktop.has_tray())
            return
        if self.workshop.adapter.running and not self._leaving:
            event.ignore()
            self.dialogs.open_quit_training()
            return
        window_state.save(self, self._preferences)
        self._desktop.keep_awake(False)
        self._desktop.show_tray(False)
        self._encoder_timer.stop()
        self.guide_desk.close()
        self.workshop.close()
        event.accept()
        QApplication.quit()

    @Slot()
    def come_back(self) -> None:
        """Show the window again after it lived in the tray."""
        self._desktop.show_tray(False)
        self.show()
        self.raise_()
        self.activateWindow()

    # reactions

    @Slot()
    def _on_upscale_wanted(self) -> None:
        if not self.desk.has_model():
            return
        try:
            entry_id = self.workshop.upscale()
        except EngineError as error:
            self.panel.trouble.show_failure(Failure.of(error))
            self.panel.area.ensureWidgetVisible(self.panel.trouble)
            return
        self.panel.trouble.show_failure(None)
        self.queue_desk.announce(entry_id)

    @Slot(str)
    def _on_preset_chosen(self, name: str) -> None:
        preset = self.workshop.preset(name)
        if preset is not None:
            self.workshop.session.use_preset(preset)
            self.presenter.fit_choice()

    @Slot(object, object)
    def _on_open_failed(self, path: Path, failure: Failure) -> None:
        del path
        self._wants_demo_preview = False
        if self.workshop.session.film is None:
            self.stage.show_failure(failure)
        else:
            self.toast.say(sentence(failure.message))

    @Slot()
    def _on_clip_opened(self) -> None:
        self.stage.show_clip()
        self.stage.view.setFocus()
        if self._wants_demo_preview:
            self._wants_demo_preview = False
            self.desk.do("preview_clip")

    @Slot(object)
    def _on_entry_changed(self, _what: object) -> None:
        self.setWindowTitle(self.attendant.title())

    @Slot(int)
    def _on_entry_ended(self, _entry_id: int) -> None:
        self.setWindowTitle(self.attendant.title())
        if self._leaving:
            self.close()

    @Slot(object)
    def _on_leave_decided(self, leave: "Leave") -> None:
        from app.widgets.quit_dialog import Leave

        if leave is Leave.TRAY:
            self._desktop.show_tray(True)
            self.hide()
        elif leave is Leave.AFTER_SEGMENT:
            self._leaving = True
            self.workshop.queue.stop_after_segment()
            self.toast.say(self.tr("Stopping after this part."), self.tr("Keep running"), "keep")
        elif leave is Leave.NOW:
            self._leaving = True
            self.close()

    @Slot()
    def _on_leave_training_decided(self) -> None:
        self._leaving = True
        self.workshop.adapter.ask("stop")
        self.toast.say(self.tr("Stopping the training; what was learned is kept."))
        if not self.workshop.adapter.running:
            self.close()

    @Slot(object)
    def _on_adapting_ended(self, _now: object) -> None:
        if self._leaving:
            self.close()

    @Slot()
    def _on_models_changed(self) -> None:
        self.panel.set_models(self.workshop.specs)
        self.presenter.show_choice()

    @Slot(str)
    def _on_toast_acted(self, key: str) -> None:
        if key == "release":
            self.workshop.queue.release()
        elif key == "keep":
            self._leaving = False
            self.workshop.queue.keep_running()
        elif key == "crash" and self._crash is not None:
            self._desktop.show_folder(self._crash)
        elif key.startswith("show "):
            self.queue_desk.act(int(key.removeprefix("show ")), "show")

    @Slot(object, bool)
    def _on_show_wanted(self, job: Job, done: bool) -> None:
        self.presenter.show_after_opening(job if done else None)
        session = self.workshop.session
        if session.clip is None or session.clip.path != job.source:
            self.open_clip(job.source)
        else:
            self.presenter.show_waiting_result()

    @Slot(str)
    def _on_wanted(self, key: str) -> None:
        """What the welcome or the About dialog leads to."""
        if key == "demo":
            self._wants_demo_preview = True
            self._on_demo_wanted()
        elif key == "models":
            self.dialogs.show_models()
        elif key == "reports":
            self._places.crashes.mkdir(parents=True, exist_ok=True)
            self._desktop.show_folder(self._places.crashes / "crash.txt")
        elif self.desk.knows(key):
            self.desk.do(key)

    @Slot()
    def _on_demo_wanted(self) -> None:
        path = demo_clip()
        if path is not None:
            self.open_clip(path)

    @Slot()
    def _on_recent_about_to_show(self) -> None:
        self._recent_menu.clear()
        for text in self._preferences.now.recent:
            action = self._recent_menu.addAction(Path(text).name)
            action.setToolTip(text)
            action.setData(text)

    @Slot(QAction)
    def _on_recent_triggered(self, action: QAction) -> None:
        self.open_clip(Path(action.data()))

    @Slot(str)
    def _on_recent_wanted(self, path: str) -> None:
        self.open_clip(Path(path))
