"""The user guide: Markdown pages with pictures in resources/help, one folder for each language."""

import re
from importlib import resources
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QDesktopServices

SCHEME = "evenstar-guide"
"""Of addresses that any part of the window may open; the window answers them with a page."""
FIRST = "index"
PAGES = (
    FIRST,
    "first-steps",
    "compare",
    "beta",
    "models",
    "tapes",
    "batch",
    "queue",
    "formats",
    "checks",
    "trouble",
    "command-line",
    "keys",
    "privacy",
)
"""Names of the pages in reading order, the same in every language."""


def language() -> str:
    """The folder of the pages in the language of the window."""
    return QCoreApplication.translate("Guide", "en", "Name of the guide's folder: the code of your language.")


def page_path(page: str, code: str) -> Path:
    """Where a page lies."""
    return Path(str(resources.files("resources").joinpath("help", code, f"{page}.md")))


def title_of(page: str, code: str) -> str:
    """The title of a page."""
    first = page_path(page, code).read_text(encoding="utf-8").split("\n", 1)[0]
    return first.removeprefix("#").strip()


def slug(heading: str) -> str:
    """A heading as the end of an address, spelled as code hosts do."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def open_page(page: str, section: str = "") -> None:
    """Ask the window to show a page of the guide."""
    url = QUrl(f"{SCHEME}:{page}")
    url.setFragment(section)
    QDesktopServices.openUrl(url)
