"""Carries out the commands that change how the window is laid out and how the pictures are compared."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from app.commands import HELD
from app.player import Player
from app.widgets.compare_view import Mode
from app.widgets.queue_panel import QueuePanel
from app.widgets.settings_panel import SettingsPanel
from app.widgets.stage import Stage
from app.widgets.top_bar import TopBar


class Parts(Protocol):
    """The window as this desk sees it."""

    top: TopBar
    stage: Stage
    panel: SettingsPanel
    queue_panel: QueuePanel


class LayoutDesk(QObject):
    """Panel, drawer, full screen, focus, comparison."""

    def __init__(self, window: QMainWindow, parts: Parts, player: Player) -> None:
        super().__init__(window)
        self._window, self._parts, self._player = window, parts, player

    def commands(self) -> dict[str, Callable[[], object]]:
        """What is done, by command."""
        return {
            "panel": self._toggle_panel,
            "queue": self._toggle_queue,
            "full_screen": self._toggle_full_screen,
            "next_region": self._next_region,
            "escape": self._escape,
            "mode_wipe": self._wipe,
            "mode_side": self._side,
            "mode_difference": self._difference,
            "mode_flicker": self._flicker,
            "profile": self._toggle_profile,
            HELD: self._nothing,
        }

    @Slot(object)
    def set_mode(self, mode: Mode) -> None:
        """Compare in another way."""
        self._parts.stage.view.set_mode(mode)
        self._parts.top.show_mode(mode)

    def _wipe(self) -> None:
        self.set_mode(Mode.WIPE)

    def _side(self) -> None:
        self.set_mode(Mode.SIDE)

    def _difference(self) -> None:
        self.set_mode(Mode.DIFFERENCE)

    def _flicker(self) -> None:
        self.set_mode(Mode.FLICKER)

    def _toggle_profile(self) -> None:
        stage = self._parts.stage
        stage.show_profile(stage.profile.isHidden())

    def _toggle_panel(self) -> None:
        self._parts.panel.setVisible(self._parts.panel.isHidden())

    def _toggle_queue(self) -> None:
        self._parts.queue_panel.set_open(not self._parts.queue_panel.is_open)

    def _toggle_full_screen(self) -> None:
        full = not self._window.isFullScreen()
        for part in (self._parts.top, self._parts.panel, self._parts.queue_panel):
            part.setVisible(not full)
        if full:
            self._window.showFullScreen()
        else:
            self._window.showNormal()

    def _next_region(self) -> None:
        stage = self._parts.stage
        regions = (
            stage.view,
            stage.transport.timeline,
            self._parts.panel.look.slider,
            self._parts.queue_panel.toggle,
        )
        at = next((i for i, region in enumerate(regions) if _holds_focus(region)), -1)
        regions[(at + 1) % len(regions)].setFocus(Qt.FocusReason.TabFocusReason)

    def _escape(self) -> None:
        if not self._parts.stage.strip.isHidden():
            self._parts.stage.show_strip(False)
        elif not self._parts.stage.profile.isHidden():
            self._parts.stage.show_profile(False)
        elif self._window.isFullScreen():
            self._toggle_full_screen()
        else:
            self._player.stop()

    def _nothing(self) -> None:
        """Holding a key is seen by the window itself; the command is in the table to be remapped."""


def _holds_focus(region: QWidget) -> bool:
    focus = QApplication.focusWidget()
    return focus is not None and (region is focus or region.isAncestorOf(focus))
