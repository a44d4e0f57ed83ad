"""The window's switch for the graphics card's encoder: in sight where one opens, or where it was chosen."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QCheckBox, QWidget
from pytestqt.qtbot import QtBot

from app.choice import Choice
from app.widgets.export_section import ExportSection
from engine.settings import Codec, EncodedBy, ExportSettings

BY_CARD = ExportSettings(encoder=EncodedBy.NVENC)


@pytest.fixture
def section(holder: QWidget) -> ExportSection:
    return ExportSection(holder)


def switch(section: ExportSection) -> QCheckBox:
    return next(box for box in section.findChildren(QCheckBox) if "NVENC" in box.text())


@pytest.mark.parametrize(
    ("found", "export", "shown", "usable"),
    [
        (("h264",), ExportSettings(), False, True),
        (("h264", "nvenc"), ExportSettings(), True, True),
        (("h264", "nvenc"), ExportSettings(codec=Codec.FFV1), True, False),
        (("h264",), BY_CARD, True, True),
    ],
)
def test_it_is_offered_where_it_can_be_taken_or_taken_back(
    section: ExportSection, found: tuple[str, ...], export: ExportSettings, shown: bool, usable: bool
) -> None:
    section.set_encoders(found)
    section.show_choice(replace(Choice(), export=export))
    assert switch(section).isHidden() is not shown
    assert switch(section).isEnabled() is usable
    assert switch(section).isChecked() is (export.encoder is EncodedBy.NVENC)


def test_a_click_asks_for_it_and_another_takes_it_back(section: ExportSection, qtbot: QtBot) -> None:
    section.set_encoders(("h264", "nvenc"))
    for wanted in (EncodedBy.NVENC, EncodedBy.PROCESSOR):
        with qtbot.waitSignal(section.edited) as emitted:
            switch(section).click()
        assert emitted.args is not None
        assert emitted.args[0].export.encoder is wanted
        section.show_choice(emitted.args[0])
