"""Preferences: look, language, what happens when everything is done, and the keys."""

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QHeaderView,
    QKeySequenceEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from app.commands import Commands
from app.preferences import Remembered
from app.widgets.controls import ComboBox, button, choose_row, fill_box, label
from app.widgets.dialog import Dialog
from app.widgets.section import titled


class PreferencesDialog(Dialog):
    """Emits the changed values once, when accepted."""

    accepted_values = Signal(object)
    """dict for Preferences.change."""
    accepted_keys = Signal(object)
    """dict of command id -> portable key sequence."""

    def __init__(self, now: Remembered, commands: Commands, parent: QWidget) -> None:
        super().__init__(self.tr("Preferences"), parent, 560)
        self._commands = commands
        self._edits: dict[str, QKeySequenceEdit] = {}
        self._make_boxes(now)
        self._notify = QCheckBox(self.tr("Tell me when the queue is done"), self)
        self._notify.setChecked(now.notify)
        self._awake = QCheckBox(self.tr("Keep the computer awake while a job runs"), self)
        self._awake.setChecked(now.keep_awake)
        self.body.addLayout(titled(self.tr("Theme"), self._theme, self, 144))
        self.body.addLayout(titled(self.tr("Language"), self._language, self, 144))
        self.body.addLayout(titled(self.tr("When all is done"), self._after, self, 144))
        self.body.addWidget(self._notify)
        self.body.addWidget(self._awake)
        self.body.addWidget(label(self.tr("Keys"), self, "heading"))
        self.body.addWidget(self._keys_table())
        self._conflict = label("", self, "bad", wrap=True)
        self.body.addWidget(self._conflict)
        self._fill_buttons()

    def _make_boxes(self, now: Remembered) -> None:
        self._theme = ComboBox(self.tr("Theme"), self.tr("Light or dark surroundings."), self)
        fill_box(
            self._theme,
            [("system", self.tr("As the system")), ("dark", self.tr("Dark")), ("light", self.tr("Light"))],
        )
        choose_row(self._theme, now.theme)
        self._language = ComboBox(self.tr("Language"), self.tr("Takes effect at the next start."), self)
        fill_box(self._language, [("system", self.tr("As the system")), ("en", "English"), ("de", "Deutsch")])
        choose_row(self._language, now.language)
        self._after = ComboBox(
            self.tr("When all is done"), self.tr("With a minute to change your mind."), self
        )
        fill_box(
            self._after,
            [
                ("nothing", self.tr("Do nothing")),
                ("sleep", self.tr("Go to sleep")),
                ("shutdown", self.tr("Switch off")),
            ],
        )
        choose_row(self._after, now.after_done)

    def _keys_table(self) -> QTreeWidget:
        table = QTreeWidget(self)
        table.setColumnCount(2)
        table.setHeaderHidden(True)
        table.setRootIsDecorated(False)
        table.setIndentation(0)
        table.setMinimumHeight(220)
        table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        table.header().setStretchLastSection(False)
        table.header().resizeSection(1, 180)
        for command in self._commands.table:
            row = QTreeWidgetItem(table, [command.text])
            edit = QKeySequenceEdit(self._commands.action(command.id).shortcut(), table)
            edit.setMaximumSequenceLength(1)
            edit.setAccessibleName(command.text)
            edit.keySequenceChanged.connect(self._on_key_changed)
            table.setItemWidget(row, 1, edit)
            self._edits[command.id] = edit
        return table

    def _fill_buttons(self) -> None:
        standard = button(
            self.tr("Standard keys"), self.tr("Give every command its first key back."), self, "large"
        )
        cancel = button(self.tr("Cancel"), self.tr("Change nothing."), self, "large")
        self._save = button(self.tr("Save"), self.tr("Take over."), self, "primary")
        self.buttons.addWidget(standard)
        self.buttons.addStretch(1)
        self.buttons.addWidget(cancel)
        self.buttons.addWidget(self._save)
        standard.clicked.connect(self._on_standard_clicked)
        cancel.clicked.connect(self.reject)
        self._save.clicked.connect(self._on_save_clicked)

    def key_edit(self, command_id: str) -> QKeySequenceEdit:
        """The field of a command's key."""
        return self._edits[command_id]

    def _keys(self) -> dict[str, str]:
        portable = QKeySequence.SequenceFormat.PortableText
        return {key: edit.keySequence().toString(portable) for key, edit in self._edits.items()}

    @Slot()
    def _on_key_changed(self) -> None:
        seen: dict[str, str] = {}
        clash = ""
        texts = {command.id: command.text for command in self._commands.table}
        for command_id, key in self._keys().items():
            if key and key in seen:
                clash = self.tr("{} stands for two commands: {} and {}.").format(
                    key, texts[seen[key]], texts[command_id]
                )
            seen[key] = command_id
        self._conflict.setText(clash)
        self._save.setEnabled(not clash)

    @Slot()
    def _on_standard_clicked(self) -> None:
        for command in self._commands.table:
            self._edits[command.id].setKeySequence(QKeySequence(command.keys[0]))

    @Slot()
    def _on_save_clicked(self) -> None:
        values: dict[str, Any] = {
            "theme": self._theme.currentData(),
            "language": self._language.currentData(),
            "after_done": self._after.currentData(),
            "notify": self._notify.isChecked(),
            "keep_awake": self._awake.isChecked(),
        }
        self.accept()
        self.accepted_values.emit(values)
        self.accepted_keys.emit(self._keys())
