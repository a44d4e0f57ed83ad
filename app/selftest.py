"""`evenstar --selftest`: the installed application tries itself out and says what it did.

The window opens (without a screen unless QT_QPA_PLATFORM says otherwise), the demo clip's first second is restored on
the processor and verified, every model family can be imported, and the command line runs as a child. Nothing of the
person's is touched: preferences, queue and film live in a temporary folder.
"""

import json
import os
import pkgutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication

from app.demo import demo_clip
from app.first_paint import birth
from app.main_window import MainWindow
from app.preferences import Places, Preferences
from app.queue_file import QueueEntry
from engine.job import JobState
from engine.own_process import own_command

N_FRAMES = 24
"""Of the demo clip: one second."""
IMPORTED_LATE = (
    "diffusers.hooks.group_offloading",
    "diffusers.hooks.layerwise_casting",
    "diffusers.models.autoencoders.autoencoder_kl_cogvideox",
    "diffusers.models.autoencoders.autoencoder_kl_temporal_decoder",
    "ftfy",
    "regex",
    "sentencepiece",
    "transformers.models.t5.configuration_t5",
    "transformers.models.t5.modeling_t5",
)
"""What the engine imports only when a model or a prompt needs it; a test holds this list to the code."""
PATIENCE_SECONDS = 300.0
"""For each step: slow machines import torch for a minute when nothing is cached."""


class SelfTestError(Exception):
    """A step did not do what it should; the message is the sentence for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was tried and worked."""

    name: str
    found: str
    seconds: float
    """Of this step."""


def selftest(*, as_json: bool) -> int:
    """Run every step; returns 0, or 1 after a sentence that says which one failed."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    steps: list[Step] = []
    trouble = ""
    with tempfile.TemporaryDirectory(prefix="evenstar-selftest-") as folder:
        try:
            for step in _steps(Path(folder)):
                steps.append(step)
                if not as_json:
                    _say(f"{step.name}: {step.found} ({step.seconds:.2f} s)")
        except SelfTestError as error:
            trouble = str(error)
    if as_json:
        told = {"event": "selftest", "ok": not trouble, "steps": [asdict(step) for step in steps]}
        _say(json.dumps(told | {"message": trouble}))
    else:
        _say(f"evenstar: the self-test failed: {trouble}" if trouble else "self-test passed")
    return 1 if trouble else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _steps(folder: Path) -> Iterator[Step]:
    from app.launch import application, build

    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = application(sys.argv[:1])
    places = Places(config=folder / "config", state=folder / "state", cache=folder / "cache")
    Preferences(places.config / "preferences.json").change(notify=False, keep_awake=False)
    with _Uncaught() as uncaught:
        window = build(app, places)
        try:
            for do in (_open_window, _open_demo, _restore_demo):
                yield do(window, folder)
                uncaught.check()
        finally:
            window.workshop.close()
            window.close()
    yield _import_models()
    yield _run_child()


class _Uncaught:
    """Inside, an exception that nobody caught fails the test instead of passing by."""

    def __init__(self) -> None:
        self._sentences: list[str] = []

    def __enter__(self) -> "_Uncaught":
        self._before = sys.excepthook
        sys.excepthook = self._note
        return self

    def __exit__(self, *_: object) -> None:
        sys.excepthook = self._before

    def check(self) -> None:
        """Raise SelfTestError when there was one."""
        if self._sentences:
            raise SelfTestError(f"nobody caught {self._sentences[0]}")

    def _note(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._sentences.append(f"{kind.__name__}: {error}")
        self._before(kind, error, trace)


def _open_window(window: MainWindow, _folder: Path) -> Step:
    begun = time.monotonic()
    window.show()
    _wait(window.isVisible, "the window did not open")
    picture = window.grab().toImage()
    colours = {
        picture.pixel(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)
    }
    if len(colours) < 10:  # text and pictures have many shades, an empty window has a few
        raise SelfTestError(f"the window is painted in {len(colours)} colours: it is empty")
    found = f"{picture.width()}x{picture.height()}, {time.time() - birth():.2f} s after the process began"
    return _step("window", found, begun)


def _open_demo(window: MainWindow, _folder: Path) -> Step:
    begun = time.monotonic()
    clip = demo_clip()
    if clip is None:
        raise SelfTestError("the demo clip is missing")
    window.open_paths([clip])
    session = window.workshop.session
    _wait(lambda: session.film is not None and window.stage.view.has_picture, "the demo clip did not open")
    return _step("demo clip", f"{session.n_frames} frames", begun)


def _restore_demo(window: MainWindow, folder: Path) -> Step:
    begun = time.monotonic()
    queue = window.workshop.queue
    first: list[float] = []
    queue.picture_arrived.connect(lambda *_: first.append(time.monotonic() - begun))
    job = replace(
        window.workshop.session.job(frozenset()),
        target=folder / "demo.mkv",
        stop_frame=N_FRAMES,
        device="cpu",
    )
    number = queue.add(job)[0]

    def entry() -> QueueEntry | None:
        return queue.find(number)

    def over() -> bool:
        now = entry()
        return now is None or now.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)

    _wait(over, "the demo clip was not restored")
    ended = entry()
    if ended is None or ended.state is not JobState.DONE or ended.psnr is None:
        why = ended.failure.message if ended is not None and ended.failure else "it did not end well"
        raise SelfTestError(f"the demo clip was not restored: {why}")
    size = job.target.stat().st_size
    found = f"{ended.total_frames} frames restored on the processor and verified ({ended.psnr:.1f} dB, {size} bytes)"
    return _step("film", f"{found}, first picture after {first[0]:.2f} s" if first else found, begun)


def _import_models() -> Step:
    """Every module of ours, and what the families import late: a forgotten one would only be missed much later."""
    begun = time.monotonic()
    names = [*own_modules(), *IMPORTED_LATE]
    for name in names:
        try:
            import_module(name)
        except ImportError as error:
            raise SelfTestError(f"{name} cannot be imported: {error}") from error
    return _step("models", f"every family and all that it needs can be imported, {len(names)} modules", begun)


def own_modules() -> list[str]:
    """The names of all modules of the engine."""
    import engine

    return sorted(module.name for module in pkgutil.walk_packages(engine.__path__, "engine."))


def _run_child() -> Step:
    begun = time.monotonic()
    process = QProcess()
    program, *arguments = own_command("models", "list", "--json")
    process.start(program, arguments)
    if not process.waitForFinished(int(PATIENCE_SECONDS * 1000)) or process.exitCode() != 0:
        said = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip()
        raise SelfTestError(f"the command line does not run as a child: {said or process.errorString()}")
    lines = bytes(process.readAllStandardOutput().data()).splitlines()
    if not lines:
        raise SelfTestError("the command line says nothing as a child")
    return _step("child", "the command line answers", begun)


def _wait(until: Callable[[], bool], otherwise: str) -> None:
    """Turn the event loop until something is so; raises SelfTestError with a sentence when it never is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not until():
        if time.monotonic() > deadline:
            raise SelfTestError(f"{otherwise} within {PATIENCE_SECONDS:.0f} s")
        QApplication.processEvents()
        time.sleep(0.002)


def _step(name: str, found: str, begun: float) -> Step:
    return Step(name=name, found=found, seconds=round(time.monotonic() - begun, 3))
