"""Everything that can be done by key: one table, remappable, shown in the overlay and in tooltips."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.preferences import Preferences

HELD = "hold_before"
"""The one command that lasts as long as its key is down; the window watches the key itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing that can be done."""

    id: str
    group: str
    text: str
    keys: tuple[str, ...]
    """Qt's portable spelling; the first is shown."""
    on_stage: bool = True
    """True: only while the picture or the timeline has the focus, so that typing is never disturbed."""


def table() -> tuple[Command, ...]:
    """All commands, in the language of the window."""
    translate = QCoreApplication.translate
    file, play, look = (
        translate("Commands", "File"),
        translate("Commands", "Move"),
        translate("Commands", "Look"),
    )
    work, window = translate("Commands", "Restore"), translate("Commands", "Window")
    rows: list[tuple[str, str, str, tuple[str, ...], bool]] = [
        ("open", file, translate("Commands", "Open a clip"), ("Ctrl+O",), False),
        ("batch", file, translate("Commands", "Open a folder"), ("Ctrl+Shift+O",), False),
        ("snapshot", file, translate("Commands", "Save both pictures as PNG"), ("C",), True),
        ("quit", file, translate("Commands", "Quit"), ("Ctrl+Q",), False),
        ("play", play, translate("Commands", "Play or stand still"), ("Space",), True),
        ("backwards", play, translate("Commands", "Play backwards, again: faster"), ("J",), True),
        ("stop", play, translate("Commands", "Stand still"), ("K",), True),
        ("faster", play, translate("Commands", "Play, again: faster"), ("L",), True),
        ("step_back", play, translate("Commands", "One frame back"), (",", "Left"), True),
        ("step_forward", play, translate("Commands", "One frame forward"), (".", "Right"), True),
        ("previous_shot", play, translate("Commands", "Previous cut"), ("Up",), True),
        ("next_shot", play, translate("Commands", "Next cut"), ("Down",), True),
        ("to_start", play, translate("Commands", "To the start"), ("Home",), True),
        ("to_end", play, translate("Commands", "To the end"), ("End",), True),
        ("set_in", play, translate("Commands", "Restore from here"), ("I",), True),
        ("set_out", play, translate("Commands", "Restore up to here"), ("O",), True),
        ("clear_range", play, translate("Commands", "Restore the whole clip"), ("X",), True),
        ("mode_wipe", look, translate("Commands", "Wipe"), ("1",), True),
        ("mode_side", look, translate("Commands", "Side by side"), ("2",), True),
        ("mode_difference", look, translate("Commands", "Difference"), ("3",), True),
        ("mode_flicker", look, translate("Commands", "Flicker"), ("4",), True),
        ("profile", look, translate("Commands", "Temporal profile"), ("T",), True),
        ("hold_before", look, translate("Commands", "Show the source while held"), ("\\",), True),
        ("wipe_left", look, translate("Commands", "Wipe to the left"), ("Shift+Left",), True),
        ("wipe_right", look, translate("Commands", "Wipe to the right"), ("Shift+Right",), True),
        ("gain_up", look, translate("Commands", "Stronger difference"), ("]",), True),
        ("gain_down", look, translate("Commands", "Weaker difference"), ("[",), True),
        ("fit", look, translate("Commands", "Fit the picture"), ("Ctrl+0",), False),
        ("zoom_one", look, translate("Commands", "One pixel to one"), ("Ctrl+1",), False),
        ("zoom_two", look, translate("Commands", "Two pixels to one"), ("Ctrl+2",), False),
        ("zoom_in", look, translate("Commands", "Zoom in"), ("+", "="), True),
        ("zoom_out", look, translate("Commands", "Zoom out"), ("-",), True),
        ("preview_frame", work, translate("Commands", "Preview this frame"), ("P",), True),
        ("preview_clip", work, translate("Commands", "Preview 3 seconds"), ("Shift+P",), True),
        ("compare_betas", work, translate("Commands", "Compare five looks"), ("B",), True),
        ("beta_down", work, translate("Commands", "Towards perception"), ("Shift+,", "<"), True),
        ("beta_up", work, translate("Commands", "Towards fidelity"), ("Shift+.", ">"), True),
        ("upscale", work, translate("Commands", "Upscale"), ("Ctrl+Return", "Ctrl+Enter"), False),
        ("pause", work, translate("Commands", "Pause or resume the queue"), ("Ctrl+P",), False),
        ("undo", work, translate("Commands", "Undo a setting"), ("Ctrl+Z",), False),
        ("redo", work, translate("Commands", "Redo a setting"), ("Ctrl+Shift+Z", "Ctrl+Y"), False),
        ("panel", window, translate("Commands", "Hide or show the panel"), ("Tab",), True),
        ("queue", window, translate("Commands", "Open or close the queue"), ("Q",), True),
        ("full_screen", window, translate("Commands", "Full screen"), ("F", "F11"), True),
        ("next_region", window, translate("Commands", "Next part of the window"), ("F6",), False),
        ("preferences", window, translate("Commands", "Preferences"), ("Ctrl+,",), False),
        ("shortcuts", window, translate("Commands", "Show all keys"), ("?",), True),
        ("guide", window, translate("Commands", "Guide"), ("F1",), False),
        ("escape", window, translate("Commands", "Leave, close, stop"), ("Esc",), True),
    ]
    return tuple(
        Command(id=key, group=group, text=text, keys=keys, on_stage=stage)
        for key, group, text, keys, stage in rows
    )


class Commands(QObject):
    """Makes actions of the table and maps keys to them."""

    invoked = Signal(str)
    remapped = Signal()

    def __init__(self, window: QWidget, stage: QWidget, preferences: Preferences) -> None:
        super().__init__(window)
        self._preferences = preferences
        self._actions: dict[str, QAction] = {}
        self.table = table()
        for command in self.table:
            self._make(command, stage if command.on_stage else window)
        self._map_keys()

    def action(self, command_id: str) -> QAction:
        """The action of a command, for menus."""
        return self._actions[command_id]

    def key(self, command_id: str) -> str:
        """The key of a command as people read it."""
        return self._actions[command_id].shortcut().toString(QKeySequence.SequenceFormat.NativeText)

    def tips(self) -> dict[str, str]:
        """Every command's text with its key."""
        return {command.id: self._tip(command) for command in self.table}

    def remap(self, keys: dict[str, str]) -> None:
        """Take over changed keys (portable spelling by command id) and keep them."""
        standard = {command.id: command.keys[0] for command in self.table}
        changed = {key: text for key, text in keys.items() if key in standard and text != standard[key]}
        self._preferences.change(shortcuts=changed)
        self._map_keys()
        self.remapped.emit()

    def _make(self, command: Command, owner: QWidget) -> None:
        action = QAction(command.text, owner)
        action.setObjectName(command.id)
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        action.setShortcutContext(inside if command.on_stage else Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat("step" in command.id or command.id.startswith(("wipe_", "beta_", "zoom_")))
        action.setEnabled(command.id != HELD)  # an enabled shortcut would swallow the key
        action.triggered.connect(self._on_triggered)
        owner.addAction(action)
        self._actions[command.id] = action

    def _map_keys(self) -> None:
        changed = self._preferences.now.shortcuts
        for command in self.table:
            texts = (changed[command.id],) if command.id in changed else command.keys
            self._actions[command.id].setShortcuts([QKeySequence(text) for text in texts if text])

    def _tip(self, command: Command) -> str:
        key = self.key(command.id)
        return f"{command.text}  ({key})" if key else command.text

    @Slot()
    def _on_triggered(self) -> None:
        self.invoked.emit(self.sender().objectName())
