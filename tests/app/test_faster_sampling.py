"""The window's switch for faster sampling: offered where a model has it, in sight where it was chosen."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QCheckBox, QWidget
from pytestqt.qtbot import QtBot

from app.choice import Choice
from app.widgets.advanced_section import AdvancedSection
from engine.models.registry import SPECS
from engine.settings import RestorationSettings


@pytest.fixture
def section(holder: QWidget) -> AdvancedSection:
    return AdvancedSection(holder)


def switch(section: AdvancedSection) -> QCheckBox:
    return next(box for box in section.findChildren(QCheckBox) if box.text() == "Faster sampling")


def choice(model: str, *, fast: bool = False) -> Choice:
    return replace(Choice(), restoration=RestorationSettings(model=model, fast=fast))


@pytest.mark.parametrize(
    ("model", "fast", "shown"),
    [
        ("star-light", False, True),
        ("compact", False, False),
        ("diffvsr", False, True),
        ("star-cogvideox", False, False),
        ("compact", True, True),
    ],
)
def test_it_is_offered_where_it_can_be_taken_or_taken_back(
    section: AdvancedSection, model: str, fast: bool, shown: bool
) -> None:
    section.show_choice(choice(model, fast=fast), SPECS[model])
    assert switch(section).isHidden() is not shown
    assert switch(section).isChecked() is fast


def test_a_click_asks_for_it(section: AdvancedSection, qtbot: QtBot) -> None:
    section.show_choice(choice("star-light"), SPECS["star-light"])
    with qtbot.waitSignal(section.edited) as emitted:
        switch(section).click()
    assert emitted.args is not None
    assert emitted.args[0].restoration.fast


@pytest.mark.parametrize(
    ("model", "compiled", "shown"),
    [("star-light", False, True), ("compact", False, False), ("diffvsr", True, True)],
)
def test_compiling_is_offered_where_it_can_be_taken_or_taken_back(
    section: AdvancedSection, qtbot: QtBot, model: str, compiled: bool, shown: bool
) -> None:
    chosen = replace(Choice(), restoration=RestorationSettings(model=model, compiled=compiled))
    section.show_choice(chosen, SPECS[model])
    box = next(b for b in section.findChildren(QCheckBox) if b.text() == "Compile the network first")
    assert (box.isHidden(), box.isChecked()) == (not shown, compiled)
    with qtbot.waitSignal(section.edited) as emitted:
        box.click()
    assert emitted.args is not None
    assert emitted.args[0].restoration.compiled is not compiled
