"""A whole folder: what is in it, where results go, with which preset, and whether it stays under watch."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from app.widgets.controls import ComboBox, IconButton, button, choose_row, field, fill_box, label
from app.widgets.dialog import Dialog
from app.widgets.section import titled
from engine.batch import VIDEO_SUFFIXES, Batch, BatchItem, standard_out_folder

SCAN_AFTER_MS = 300
LABELS = 84
"""Width of the labels, pixels: "Ergebnisse" fits."""


class BatchDialog(Dialog):
    """Asks for scans, shows what came of them, emits the clips to add."""

    scan_wanted = Signal(object, object, bool, object)
    """Folder, out folder, recursive, suffixes."""
    folder_wanted = Signal(str)
    """"in" or "out"."""
    add_wanted = Signal(object, bool)
    """List of (BatchItem, preset name), watch this folder."""

    def __init__(
        self, presets: tuple[str, ...], now: str, watched: tuple[Path, ...], parent: QWidget
    ) -> None:
        super().__init__(self.tr("Restore a folder"), parent, 760)
        self._watched = watched
        self._presets = presets
        self._batch: Batch | None = None
        self._out_is_standard = True
        self._rows: list[tuple[BatchItem, QTreeWidgetItem, ComboBox]] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SCAN_AFTER_MS)
        self._timer.timeout.connect(self._on_scan_timeout)
        self._make(now)
        self._lay_out()
        self._connect()
        self._count()

    @property
    def folder(self) -> Path | None:
        """The folder that was chosen, or None."""
        text = self._in.text().strip()
        return Path(text) if text else None

    def set_folder(self, folder: Path) -> None:
        """Choose the folder to restore."""
        self._watch.setChecked(folder in self._watched)
        self._in.setText(str(folder))
        if self._out_is_standard:
            self._out.setText(str(standard_out_folder(folder)))
        self._timer.start()

    def set_out_folder(self, folder: Path) -> None:
        """Choose where results go."""
        self._out_is_standard = False
        self._out.setText(str(folder))
        self._timer.start()

    def show_batch(self, batch: Batch) -> None:
        """Show what a scan found."""
        self._batch = batch
        self._tree.clear()
        self._rows.clear()
        for item in batch.items:
            self._add_row(item)
        self._count()

    def show_report(self, text: str) -> None:
        """Say why a folder cannot be read."""
        self._summary.setText(text)
        self._add.setEnabled(False)

    def picked(self) -> list[tuple[BatchItem, str]]:
        """The ticked clips, each with the name of its preset."""
        ticked = Qt.CheckState.Checked
        return [(item, box.currentData()) for item, row, box in self._rows if row.checkState(0) == ticked]

    def _make(self, now: str) -> None:
        self._in = field(self.tr("Folder"), self.tr("The folder with the clips."), self)
        self._out = field(self.tr("Results"), self.tr("Same tree, same names, in this folder."), self)
        self._types = field(
            self.tr("Types"), self.tr("Which files count as clips; empty for all known."), self
        )
        self._types.setPlaceholderText(self.tr("all: mkv mp4 mov avi ..."))
        self._recursive = QCheckBox(self.tr("With folders inside"), self)
        self._recursive.setChecked(True)
        self._skip = QCheckBox(self.tr("Leave out finished ones"), self)
        self._skip.setChecked(True)
        self._watch = QCheckBox(self.tr("Keep watching: new clips are queued by themselves"), self)
        self._preset = ComboBox(
            self.tr("Preset for all"), self.tr("Settings for every clip of the list."), self
        )
        self._fill_presets(self._preset, now)
        self._tree = QTreeWidget(self)
        self._tree.setHeaderLabels([self.tr("Clip"), self.tr("State"), self.tr("Preset")])
        self._tree.setRootIsDecorated(False)
        self._tree.setMinimumHeight(200)
        self._tree.header().setStretchLastSection(False)
        self._tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 110), (2, 190)):
            self._tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self._tree.header().resizeSection(column, width)
        self._summary = label("", self, "secondary")
        self._cancel = button(self.tr("Cancel"), self.tr("Add nothing."), self, "large")
        self._add = button(self.tr("Add to the queue"), self.tr("Queues the ticked clips."), self, "primary")
        for choice in (self._cancel, self._add):
            choice.setAutoDefault(False)  # Return in a field ends the typing, not the dialog

    def _lay_out(self) -> None:
        self.body.addLayout(self._picker(self.tr("Folder"), self._in, "in"))
        self.body.addLayout(self._picker(self.tr("Results"), self._out, "out"))
        filters = QHBoxLayout()
        filters.setSpacing(16)
        filters.addLayout(titled(self.tr("Types"), self._types, self, LABELS), 1)
        filters.addWidget(self._recursive)
        filters.addWidget(self._skip)
        self.body.addLayout(filters)
        self.body.addLayout(titled(self.tr("Preset"), self._preset, self, LABELS))
        self.body.addWidget(self._tree, 1)
        self.body.addWidget(self._watch)
        self.buttons.addWidget(self._summary, 1)
        self.buttons.addWidget(self._cancel)
        self.buttons.addWidget(self._add)

    def _picker(self, text: str, line: QLineEdit, key: str) -> QHBoxLayout:
        row = titled(text, line, self, LABELS)
        pick = IconButton("open", self.tr("Choose a folder"), self)
        pick.setObjectName(key)
        pick.clicked.connect(self._on_pick_clicked)
        row.addWidget(pick)
        return row

    def _connect(self) -> None:
        self._in.textEdited.connect(self._on_in_edited)
        self._out.textEdited.connect(self._on_out_edited)
        self._types.textEdited.connect(self._timer.start)
        self._recursive.toggled.connect(self._timer.start)
        self._skip.toggled.connect(self._on_skip_toggled)
        self._preset.activated.connect(self._on_preset_activated)
        self._watch.toggled.connect(self._on_item_changed)
        self._tree.itemChanged.connect(self._on_item_changed)
        self._cancel.clicked.connect(self.reject)
        self._add.clicked.connect(self._on_add_clicked)

    def _fill_presets(self, box: ComboBox, chosen: str) -> None:
        fill_box(
            box,
            [
                ("", self.tr("The panel's settings")),
                *((name, QCoreApplication.translate("Presets", name)) for name in self._presets),
            ],
        )
        choose_row(box, chosen if chosen in self._presets else "")

    def _add_row(self, item: BatchItem) -> None:
        assert self._batch is not None
        relative = str(item.source.relative_to(self._batch.folder))
        state = self.tr("Finished") if item.finished else self.tr("New")
        row = QTreeWidgetItem([relative, state])
        row.setToolTip(0, str(item.target))
        wanted = not (item.finished and self._skip.isChecked())
        row.setCheckState(0, Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)
        self._tree.addTopLevelItem(row)
        box = ComboBox(self.tr("Preset of {}").format(relative), "", self._tree)
        self._fill_presets(box, self._preset.currentData())
        self._tree.setItemWidget(row, 2, box)
        self._rows.append((item, row, box))

    def _count(self) -> None:
        n = len(self.picked())
        rewatched = self.folder is not None and (self.folder in self._watched) != self._watch.isChecked()
        self._add.setEnabled(n > 0 or rewatched)
        words = self.tr("Add {} to the queue").format(n) if n else self.tr("Add to the queue")
        self._add.setText(self.tr("Save") if rewatched and not n else words)
        if self._batch is None:
            self._summary.setText(self.tr("Choose a folder, or drop one."))
            return
        finished = sum(item.finished for item in self._batch.items)
        words = self.tr("{} clips, {} finished, {} other files").format(
            len(self._batch.items), finished, self._batch.n_other
        )
        self._summary.setText(words)

    @Slot()
    def _on_scan_timeout(self) -> None:
        if self.folder is None:
            return
        out = self._out.text().strip()
        typed = self._types.text().replace(",", " ").split()
        suffixes = tuple(typed) or VIDEO_SUFFIXES
        self._summary.setText(self.tr("Looking into the folder"))
        self.scan_wanted.emit(self.folder, Path(out) if out else None, self._recursive.isChecked(), suffixes)

    @Slot(str)
    def _on_in_edited(self, text: str) -> None:
        if self._out_is_standard and text.strip():
            self._out.setText(str(standard_out_folder(Path(text.strip()))))
        self._timer.start()

    @Slot()
    def _on_out_edited(self) -> None:
        self._out_is_standard = False
        self._timer.start()

    @Slot()
    def _on_skip_toggled(self) -> None:
        for item, row, _ in self._rows:
            if item.finished:
                wanted = not self._skip.isChecked()
                row.setCheckState(0, Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)
        self._count()

    @Slot()
    def _on_preset_activated(self) -> None:
        for _, _, box in self._rows:
            choose_row(box, self._preset.currentData())

    @Slot()
    def _on_item_changed(self) -> None:
        self._count()

    @Slot()
    def _on_pick_clicked(self) -> None:
        self.folder_wanted.emit(self.sender().objectName())

    @Slot()
    def _on_add_clicked(self) -> None:
        picked, watch = self.picked(), self._watch.isChecked()
        self.accept()
        self.add_wanted.emit(picked, watch)
