"""Takes a picture of every state of the window, in two sizes and both themes, to be looked at.

    xvfb-run -a -s "-screen 0 1440x900x24" python tests/app/screenshots.py OUT_FOLDER [CLIP]

Frames, surveys and previews are real; only the running and the failing job are staged, so that they hold still.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app import theme
from app.demo import demo_clip
from app.launch import application, translate
from app.librarian import Verb
from app.main_window import MainWindow
from app.preferences import Places, Preferences
from app.real_engine import real_engine
from app.widgets.compare_view import Mode
from engine.cancel import CancelToken
from engine.errors import DiskFullError, EngineError, MemoryBudgetError
from engine.events import Finding, Notice, OnEvent, Planned, Preview, Progress, Severity, Verified
from engine.job import Job
from engine.models.weights_folder import FileState
from tests.app.fakes import FakeDesktop, FakeWeights

MODELS = ("star-light", "star-heavy")
SIZES = ((1440, 900), (1024, 700))
THEMES = ("dark", "light")


class Staged:
    """A job that stands at 62 %, or fails, until it is cancelled."""

    def __init__(self, rgb: bytes, width: int, height: int) -> None:
        self.error: EngineError | None = None
        self.finishes = False
        self._preview = Preview(frame=12, width=width, height=height, rgb=rgb)

    def restore(self, job: Job, on_event: OnEvent, cancel: CancelToken) -> Path:
        on_event(_PLANNED)
        message = "the subtitle track 2 (hdmv_pgs_subtitle, eng) does not fit into MP4"
        on_event(Notice(code="subtitles-dropped", message=message, severity=Severity.WARNING))
        finish = time.mktime((2026, 11, 20, 21, 14, 0, 0, 0, -1))
        on_event(
            Progress(
                done_frames=3292,
                total_frames=5310,
                fps=8.4,
                seconds_left=240,
                finish_time=finish,
                stage="restore",
            )
        )
        on_event(self._preview)
        if self.error is not None:
            raise self.error
        if self.finishes:
            on_event(Verified(n_frames=5310, psnr=41.3, checks=(), findings=_FINDINGS))
            return job.target
        while True:
            cancel.check()
            time.sleep(0.02)


_PLANNED = Planned(
    n_frames=5310,
    n_shots=12,
    n_segments=50,
    segments_done=0,
    done_frames=0,
    width=1920,
    height=1080,
    model="compact",
    device="cpu",
    dtype="bfloat16",
    codec="h264",
    pixel_format="yuv420p",
    window=4,
    tile_height=256,
    tile_width=256,
    condition=0.5,
    peak_bytes=1 << 30,
)


_FINDINGS = (
    Finding(name="decoding", found="every frame"),
    Finding(name="frames", found="5310"),
    Finding(name="size", found="1920x1080"),
    Finding(name="timestamps", found="5310 within 0.500 ms"),
    Finding(name="duration", found="212.400 s"),
    Finding(name="colour", found="1/1/1 limited range (H.273)"),
    Finding(name="audio 1", found="aac, sha256 6b1f04c2d8e9a377"),
    Finding(name="chapters", found="12"),
    Finding(name="pictures", found="5310 compared, 41.3 dB in colour"),
)


class Camera:
    """Sets size and theme, waits until all is still, and takes what is on the screen."""

    def __init__(self, window: MainWindow, out: Path) -> None:
        self._window, self._out = window, out
        self.taken: list[Path] = []

    def take(self, name: str, prepare: Callable[[], QWidget | None] | None = None) -> None:
        """One picture for each size and theme; `prepare` may open a dialog and return it."""
        for width, height in SIZES:
            for look in THEMES:
                self._dress(look, width, height)
                extra = prepare() if prepare else None
                QTest.qWait(350)
                self._shoot(self._out / f"{name}_{width}x{height}_{look}.png", width, height)
                if extra is not None:
                    extra.close()
                    QTest.qWait(50)

    def _dress(self, look: str, width: int, height: int) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        if theme.current().name != look:
            theme.apply(app, look)
        self._window.setGeometry(0, 0, width, height)
        QTest.qWait(150)

    def _shoot(self, path: Path, width: int, height: int) -> None:
        self._window.screen().grabWindow(0, 0, 0, width, height).save(str(path))
        self.taken.append(path)


def main(out: Path, clip: Path, language: str) -> None:
    """Take all pictures."""
    out.mkdir(parents=True, exist_ok=True)
    app = application(["evenstar"])
    translate(app, language)
    theme.apply(app, "dark")
    with tempfile.TemporaryDirectory() as folder:
        window, staged = _window(Path(folder))
        camera = Camera(window, out)
        _all_pictures(window, camera, staged, clip, Path(folder))
        window._leaving = True
        window.close()
    print("\n".join(path.name for path in camera.taken))  # noqa: T201


def _window(folder: Path) -> tuple[MainWindow, Staged]:
    staged = Staged(bytes([90, 110, 130]) * (64 * 36), 64, 36)
    real = real_engine()
    weights = FakeWeights(states=dict.fromkeys(MODELS, FileState.MISSING), steps=200, step_seconds=0.5)
    weights.states["star-light"] = FileState.PRESENT
    engine = replace(real, restore=staged.restore, weights=weights.calls())
    places = Places(config=folder / "config", state=folder / "state", cache=folder / "cache")
    preferences = Preferences(places.config / "preferences.json")
    preferences.change(recent=tuple(_recent(folder)))
    window = MainWindow(engine, places, preferences, FakeDesktop())
    window.show()
    QTest.qWait(300)
    return window, staged


def _recent(folder: Path) -> list[str]:
    paths = [folder / name for name in ("tape_03.mkv", "Sommerurlaub 1994.avi", "interview_02.mp4")]
    for path in paths:
        path.write_bytes(b"film")
    return [str(path) for path in paths]


def _all_pictures(window: MainWindow, camera: Camera, staged: Staged, clip: Path, folder: Path) -> None:
    shop = window.workshop
    camera.take("00_welcome", lambda: _welcomed(window))
    camera.take("01_empty")
    window.open_clip(clip)
    _until(lambda: shop.session.film is not None)
    shop.session.seek(shop.session.n_frames // 2)
    QTest.qWait(500)
    camera.take("02_wipe")
    for number, mode in ((3, Mode.SIDE), (4, Mode.DIFFERENCE)):
        window.layout_desk.set_mode(mode)
        camera.take(f"0{number}_{mode.value}")
    window.layout_desk.set_mode(Mode.WIPE)
    window.desk.do("compare_betas")
    _until(lambda: window.stage.strip.isVisible())
    camera.take("05_betas")
    window.desk.do("escape")
    window.desk.do("profile")
    for frame in range(shop.session.n_frames // 4, shop.session.n_frames // 2):
        shop.session.seek(frame)
        _until(lambda: not shop.loader.busy)
        QTest.qWait(5)
    camera.take("05_profile")
    window.desk.do("profile")
    _report_pictures(window, camera, staged)
    _queue_pictures(window, camera, staged)
    _dialog_pictures(window, camera, folder)


def _report_pictures(window: MainWindow, camera: Camera, staged: Staged) -> None:
    queue, panel = window.workshop.queue, window.queue_panel
    staged.finishes = True
    window.desk.do("upscale")
    _until(lambda: queue.n_left == 0)
    window.toast.hide()
    panel.set_open(True, animated=False)
    number = queue.entries[0].id
    camera.take("07_done")
    panel.show_analysis(number, 1770, 5310)
    panel.row(number).show_report(True)
    camera.take("07_report")
    queue.remove(number)
    staged.finishes = False


def _queue_pictures(window: MainWindow, camera: Camera, staged: Staged) -> None:
    queue = window.workshop.queue
    staged.error = MemoryBudgetError("there is not enough memory for Compact even with the smallest tiles")
    window.desk.do("upscale")
    _until(lambda: any(entry.failure for entry in queue.entries))
    window.toast.hide()
    window.queue_panel.set_open(True, animated=False)
    camera.take("07_failed")
    staged.error = None
    window.desk.do("upscale")
    window.desk.do("upscale")
    _until(lambda: queue.running is not None and queue.running.done_frames > 0)
    window.toast.hide()
    queue.move(queue.entries[0].id, 2)
    camera.take("06_running")
    window.queue_panel.set_open(False, animated=False)
    camera.take("06_running_line")
    window.queue_panel.set_open(True, animated=False)
    window.desk.do("pause")
    camera.take("06_paused")
    window.desk.do("pause")
    camera.take("13_cancel", lambda: _opened(lambda: window.queue_desk.act(_running(window), "cancel")))
    window.queue_panel.set_open(False, animated=False)
    staged.error = DiskFullError("")


def _dialog_pictures(window: MainWindow, camera: Camera, folder: Path) -> None:
    tapes = folder / "tapes"
    (tapes / "1994").mkdir(parents=True)
    for name in ("tape_01.mkv", "tape_02.avi", "1994/Sommer.avi", "1994/Weihnachten.mpg", "notes.txt"):
        (tapes / name).write_bytes(b"film")

    def batch() -> QWidget | None:
        window.dialogs.open_batch(tapes)
        dialog = window.dialogs.batch
        assert dialog is not None
        _until(lambda: len(dialog.picked()) == 4)
        return dialog

    camera.take("08_batch", batch)
    window.panel.export.set_folded(False)

    def export() -> None:
        QTest.qWait(50)
        bar = window.panel.area.verticalScrollBar()
        bar.setValue(bar.maximum())

    camera.take("09_export", export)
    window.panel.export.set_folded(True)
    camera.take("10_models", lambda: _opened(window.dialogs.open_models))
    camera.take("10_models_terms", lambda: _opened(lambda: window.dialogs.open_models("star-heavy")))
    window.workshop.librarian.start(Verb.DOWNLOAD, "star-heavy")
    QTest.qWait(3000)
    camera.take("10_models_download", lambda: _opened(window.dialogs.open_models))
    window.workshop.librarian.stop()
    camera.take("11_shortcuts", lambda: _overlay(window))
    camera.take("12_preferences", lambda: _opened(window.dialogs.open_preferences))
    camera.take("12_about", lambda: _opened(window.dialogs.open_about))
    camera.take("13_quit", lambda: _opened(window.close))
    camera.take("14_countdown", lambda: _opened(lambda: window.dialogs.open_countdown("sleep")))
    window.panel.advanced._fold_button.click()
    camera.take("15_advanced")


def _running(window: MainWindow) -> int:
    running = window.workshop.queue.running
    assert running is not None
    return running.id


def _opened(open_dialog: Callable[[], object]) -> QWidget | None:
    open_dialog()
    QTest.qWait(100)
    return QApplication.activeModalWidget()


def _welcomed(window: MainWindow) -> QWidget | None:
    window.dialogs.open_welcome()
    dialog = window.dialogs.welcome
    assert dialog is not None
    _until(lambda: "\n" in dialog.hardware())
    return dialog


def _overlay(window: MainWindow) -> QWidget | None:
    from app.widgets.shortcuts_overlay import ShortcutsOverlay

    window.dialogs.open_shortcuts()
    return window.findChild(ShortcutsOverlay)


def _until(holds: Callable[[], bool], seconds: float = 900.0) -> None:
    started = time.monotonic()
    while not holds():
        if time.monotonic() - started > seconds:
            raise TimeoutError("the window did not get there")
        QTest.qWait(20)


if __name__ == "__main__":
    given = sys.argv[1:]
    chosen = Path(given[1]) if len(given) > 1 else demo_clip()
    assert chosen is not None, "give a clip"
    main(Path(given[0]), chosen.absolute(), given[2] if len(given) > 2 else "en")
