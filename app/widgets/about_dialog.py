"""What this program is, who made its parts, and under which terms they are passed on."""

import importlib.metadata
import json
from importlib import resources
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.widgets.controls import IconLabel, button, label
from app.widgets.dialog import Dialog

WIDTH = 800
_LICENCE_NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE")
HEIGHT = 330


class AboutDialog(Dialog):
    """Lists everything that is passed on with its licence; shows a text when a row is chosen."""

    wanted = Signal(str)
    """reports: show the folder of crash reports."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(self.tr("About Evenstar"), parent, WIDTH)
        self._parts = bundled()
        self.body.setSpacing(12)
        self.body.addLayout(self._head())
        self.body.addWidget(self._terms())
        middle = QHBoxLayout()
        middle.setSpacing(12)
        self.table = self._table()
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("Text of the licence"))
        middle.addWidget(self.table, 6)
        middle.addWidget(self.text, 5)
        self.body.addLayout(middle)
        self._fill_buttons()
        self.table.currentItemChanged.connect(self._on_part_chosen)
        self.table.setCurrentItem(self.table.topLevelItem(0))

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(IconLabel("star", "accent", self, 40), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(label(self.tr("Evenstar {}").format(version()), self, "heading"))
        what = self.tr(
            "Restores real-world film with STAR (arXiv 2501.02976), DiffVSR (arXiv 2501.10110) and a small model "
            "of its own."
        )
        column.addWidget(label(what, self, wrap=True))
        row.addLayout(column, 1)
        return row

    def _terms(self) -> QWidget:
        words = self.tr(
            "Evenstar's own code and weights are under the MIT licence. The FFmpeg inside PyAV contains x264 and "
            "x265: a folder with them in it is passed on under the GNU General Public Licence. Qt is used under "
            "the LGPL; its libraries are separate files that can be exchanged."
        )
        return label(words, self, "secondary", wrap=True)

    def _table(self) -> QTreeWidget:
        table = QTreeWidget(self)
        table.setColumnCount(3)
        table.setHeaderLabels([self.tr("Part"), self.tr("Version"), self.tr("Licence")])
        table.setRootIsDecorated(False)
        table.setAccessibleName(self.tr("What is bundled"))
        table.setMinimumHeight(min(HEIGHT, max(160, self.parentWidget().height() - 360)))
        header = table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(1, 76)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(2, 112)
        for number, part in enumerate(self._parts):
            row = QTreeWidgetItem(table, [part["name"], part["version"], part["licence"]])
            row.setData(0, Qt.ItemDataRole.UserRole, number)
            for column in range(3):
                row.setToolTip(column, row.text(column))
        return table

    def _fill_buttons(self) -> None:
        reports = button(
            self.tr("Crash reports"), self.tr("Show the folder where reports are kept."), self, "large"
        )
        reports.setObjectName("reports")
        reports.clicked.connect(self._on_reports_clicked)
        copy = button(
            self.tr("Copy versions"), self.tr("For a message to the people who make Evenstar."), self, "large"
        )
        copy.clicked.connect(self._on_copy_clicked)
        close = button(self.tr("Close"), self.tr("Back to the window."), self, "primary")
        close.clicked.connect(self.accept)
        self.buttons.addWidget(reports)
        self.buttons.addWidget(copy)
        self.buttons.addStretch(1)
        self.buttons.addWidget(close)

    @Slot()
    def _on_part_chosen(self) -> None:
        item = self.table.currentItem()
        part = self._parts[item.data(0, Qt.ItemDataRole.UserRole)] if item else None
        self.text.setPlainText("" if part is None else text_of(part))

    @Slot()
    def _on_copy_clicked(self) -> None:
        lines = [f"Evenstar {version()}"]
        lines += [f"{part['name']} {part['version']}" for part in self._parts if part["version"]]
        QGuiApplication.clipboard().setText("\n".join(lines))

    @Slot()
    def _on_reports_clicked(self) -> None:
        self.wanted.emit("reports")


def version() -> str:
    """Of this program."""
    try:
        return importlib.metadata.version("evenstar")
    except importlib.metadata.PackageNotFoundError:
        return ""


def bundled() -> list[dict[str, Any]]:
    """Everything that is passed on: name, version, licence, text_file, url, note."""
    file = resources.files("resources").joinpath("licences", "bundled.json")
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []


def text_of(part: dict[str, Any]) -> str:
    """Where a part comes from, what is to be said about it, and its licence in full where it is at hand."""
    lines = [part["name"], part["licence"], part["url"], part["note"]]
    whole = _stored_text(part["text_file"]) or _text_of_package(part["name"])
    return "\n".join(filter(None, lines)) + ("\n\n" + whole if whole else "")


def _stored_text(name: str | None) -> str:
    """A text beside the list; those of packages are collected there when the application is built."""
    if not name:
        return ""
    try:
        file = resources.files("resources").joinpath("licences", *name.split("/"))
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _text_of_package(name: str) -> str:
    """The licence files that an installed package brings along: what there is when run from source."""
    try:
        files = importlib.metadata.files(name) or []
        found = [f for f in files if ".dist-info" in str(f) and f.name.upper().startswith(_LICENCE_NAMES)]
        return "\n\n".join(f.read_text(encoding="utf-8") for f in found)
    except (importlib.metadata.PackageNotFoundError, OSError, ValueError):
        return ""
