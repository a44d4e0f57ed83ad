"""Folders under watch: a new clip counts as arrived once its size has stopped growing."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.batch import VIDEO_SUFFIXES

LOOK_MS = 2000
QUIET_LOOKS = 2
"""So many looks in a row must find the same size."""


class WatchFolders(QObject):
    """Looks into a few folders every two seconds; what lay there at the start is left alone."""

    clip_arrived = Signal(object)
    """Path."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._known: dict[Path, set[Path]] = {}
        self._growing: dict[Path, tuple[int, int]] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders under watch."""
        return tuple(self._known)

    def watch(self, folder: Path) -> None:
        """Begin to watch a folder."""
        self._known[folder] = set(_clips(folder))
        self._timer.start()

    def leave(self, folder: Path) -> None:
        """Stop watching a folder."""
        self._known.pop(folder, None)
        if not self._known:
            self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Look once; emits clips whose size has been the same for long enough."""
        for folder, known in self._known.items():
            for path in _clips(folder):
                if path not in known and self._is_quiet(path):
                    known.add(path)
                    self._growing.pop(path, None)
                    self.clip_arrived.emit(path)

    def _is_quiet(self, path: Path) -> bool:
        try:
            size = path.stat().st_size
        except OSError:
            return False
        last, looks = self._growing.get(path, (-1, 0))
        looks = looks + 1 if size == last and size > 0 else 0
        self._growing[path] = (size, looks)
        return looks >= QUIET_LOOKS


def _clips(folder: Path) -> list[Path]:
    try:
        return sorted(p for p in folder.iterdir() if p.suffix.lower() in VIDEO_SUFFIXES and p.name[0] != ".")
    except OSError:
        return []
