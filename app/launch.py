"""From nothing to a window: places, preferences, language, theme, then what decides and what shows it."""

import locale
import logging
import os
import sys
from importlib import resources
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app import theme
from app.crash_reports import CrashReports
from app.desktop import RealDesktop
from app.file_requests import FileRequests
from app.main_window import MainWindow
from app.preferences import Places, Preferences
from app.real_engine import real_engine
from engine.allocator import keep_freed

logger = logging.getLogger(__name__)

EXIT_CRASHED = 70
"""EX_SOFTWARE of sysexits.h."""


def run(paths: list[str], *, first_paint: bool = False) -> int:
    """Open the window with these clips or folders; returns the exit code when it is closed.

    first_paint: only say how long that took, then close it again.
    """
    keep_freed()  # before the first thread
    places = Places.standard()
    reports = CrashReports(places.crashes)
    left = reports.install()
    app = application(sys.argv[:1])
    try:
        window = build(app, places)
        reports.written.connect(window.tell_crash)
        if first_paint:
            from app.first_paint import FirstPaint

            FirstPaint(window)
        if sys.platform == "darwin":
            FileRequests(app, window.open_paths)
        window.show()
        window.open_paths([Path(path).absolute() for path in paths])
        if left is not None:
            window.tell_crash(left)
        elif not paths and not first_paint:
            window.greet()
        code = app.exec()
    except Exception as error:  # noqa: BLE001  (Qt aborts when a thread outlives its owner, and hides this)
        reports.write(type(error), error, error.__traceback__)
        os._exit(EXIT_CRASHED)
    reports.close()
    return code


def build(app: QApplication, places: Places) -> MainWindow:
    """The window and all that is behind it, dressed as the preferences say; not shown yet."""
    preferences = Preferences(places.config / "preferences.json")
    translate(app, preferences.now.language)
    theme.apply(app, preferences.now.theme)
    desktop = RealDesktop(app.windowIcon(), app)
    window = MainWindow(real_engine(), places, preferences, desktop)
    desktop.tray_clicked.connect(window.come_back)
    return window


def application(arguments: list[str]) -> QApplication:
    """The application object with its name and icon."""
    app = QApplication(arguments)
    app.setApplicationName("evenstar")
    app.setApplicationDisplayName("Evenstar")
    app.setDesktopFileName("evenstar")
    icon = resources.files("resources").joinpath("icons", "evenstar.svg")
    app.setWindowIcon(QIcon(str(icon)))
    locale.setlocale(locale.LC_NUMERIC, "C")  # Qt sets it from the system; FFmpeg's options want a point
    return app


def translate(app: QApplication, language: str) -> str:
    """Load the words of a language, and how it writes numbers; returns the one that is used."""
    used = _load_words(app, language)
    QLocale.setDefault(QLocale(used))
    return used


def _load_words(app: QApplication, language: str) -> str:
    wanted = QLocale.system().name()[:2] if language == "system" else language
    if wanted == "en":
        return "en"
    file = resources.files("resources").joinpath("translations", f"evenstar_{wanted}.qm")
    translator = QTranslator(app)
    if not translator.load(str(file)):
        return "en"
    app.installTranslator(translator)
    standard = QTranslator(app)
    if standard.load(f"qtbase_{wanted}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(standard)
    return wanted
