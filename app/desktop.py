"""What only a real desktop can do: stay awake, sleep, notify, show files. Tests put a fake in its place."""

import logging
import sys
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QProcess, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QIcon
from PySide6.QtWidgets import QSystemTrayIcon

logger = logging.getLogger(__name__)


class Desktop(Protocol):
    """The few verbs the window needs; RealDesktop here, FakeDesktop in the tests."""

    def has_tray(self) -> bool:
        """True when a window can live on in a tray."""
        ...

    def show_tray(self, shown: bool) -> None:
        """Show or hide the tray icon."""
        ...

    def set_tip(self, text: str) -> None:
        """The words of the tray icon."""
        ...

    def notify(self, title: str, text: str) -> None:
        """Tell the person something while the window may be hidden."""
        ...

    def keep_awake(self, awake: bool) -> None:
        """Forbid or allow the machine to fall asleep by itself."""
        ...

    def sleep(self) -> None:
        """Send the machine to sleep."""
        ...

    def shut_down(self) -> None:
        """Switch the machine off."""
        ...

    def open_file(self, path: Path) -> None:
        """Open a file with the program people chose for it."""
        ...

    def show_folder(self, path: Path) -> None:
        """Show a file's folder."""
        ...


class RealDesktop(QObject):
    """The desktop of this machine."""

    tray_clicked = Signal()

    def __init__(self, icon: QIcon, parent: QObject) -> None:
        super().__init__(parent)
        self._tray = QSystemTrayIcon(icon, self) if QSystemTrayIcon.isSystemTrayAvailable() else None
        if self._tray:
            self._tray.activated.connect(self.tray_clicked)
        self._inhibitor: QProcess | None = None

    def has_tray(self) -> bool:
        """True when a window can live on in a tray."""
        return self._tray is not None

    def show_tray(self, shown: bool) -> None:
        """Show or hide the tray icon."""
        if self._tray:
            self._tray.setVisible(shown)

    def set_tip(self, text: str) -> None:
        """The words of the tray icon."""
        if self._tray:
            self._tray.setToolTip(text)

    def notify(self, title: str, text: str) -> None:
        """Tell the person something while the window may be hidden."""
        if self._tray and QSystemTrayIcon.supportsMessages():
            self._tray.show()
            self._tray.showMessage(title, text)

    def keep_awake(self, awake: bool) -> None:
        """Forbid or allow the machine to fall asleep by itself."""
        if sys.platform == "win32":
            _keep_windows_awake(awake)
        elif awake and self._inhibitor is None:
            self._inhibitor = self._start_inhibitor()
        elif not awake and self._inhibitor is not None:
            self._inhibitor.terminate()
            self._inhibitor = None

    def sleep(self) -> None:
        """Send the machine to sleep."""
        _run(_SLEEP)

    def shut_down(self) -> None:
        """Switch the machine off."""
        _run(_SHUT_DOWN)

    def open_file(self, path: Path) -> None:
        """Open a file with the program people chose for it."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def show_folder(self, path: Path) -> None:
        """Show a file's folder."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    def _start_inhibitor(self) -> QProcess:
        process = QProcess(self)
        program, *arguments = _INHIBIT["darwin" if sys.platform == "darwin" else "linux"]
        process.errorOccurred.connect(_log_inhibitor)
        process.start(program, arguments)
        return process


_INHIBIT = {
    "darwin": ["caffeinate", "-i"],
    "linux": [
        "systemd-inhibit",
        "--what=idle:sleep",
        "--who=Evenstar",
        "--why=restoring",
        "sleep",
        "infinity",
    ],
}
_SLEEP = {
    "linux": ["systemctl", "suspend"],
    "darwin": ["pmset", "sleepnow"],
    "win32": ["rundll32.exe", "powrprof.dll,SetSuspendState", "0,1,0"],
}
_SHUT_DOWN = {
    "linux": ["systemctl", "poweroff"],
    "darwin": ["osascript", "-e", 'tell application "System Events" to shut down'],
    "win32": ["shutdown", "/s", "/t", "0"],
}


def _run(commands: dict[str, list[str]]) -> None:
    program, *arguments = commands.get(sys.platform, commands["linux"])
    if not QProcess.startDetached(program, arguments):
        logger.warning("%s could not be started", program)


def _log_inhibitor(error: QProcess.ProcessError) -> None:
    logger.info("the machine may fall asleep by itself: %s", error)


def _keep_windows_awake(awake: bool) -> None:
    import ctypes

    continuous, system_required = 0x80000000, 0x00000001  # winbase.h: ES_CONTINUOUS, ES_SYSTEM_REQUIRED
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  (exists on Windows only)
    kernel.SetThreadExecutionState(continuous | (system_required if awake else 0))
