"""No visible string of the window bypasses the translation: every literal handed to something that shows it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SHOWING = {
    "setText",
    "setToolTip",
    "setWindowTitle",
    "setPlaceholderText",
    "setAccessibleName",
    "setAccessibleDescription",
    "setStatusTip",
    "setWhatsThis",
    "setTitle",
    "setLabelText",
    "setPlainText",
    "setHtml",
    "addAction",
    "addMenu",
    "addItem",
    "addRow",
    "addTab",
    "setHeaderLabels",
    "drawText",
    "showMessage",
    "notify",
    "say",
    "set_words",
    "set_whole",
    "label",
    "button",
    "field",
    "titled",
    "QLabel",
    "QPushButton",
    "QCheckBox",
    "QToolButton",
    "QAction",
    "ComboBox",
    "SpinBox",
    "Segments",
}
"""Methods, functions and classes whose string arguments a person reads."""
SAME_EVERYWHERE = {"Evenstar", "1:1", "2:1", "English", "Deutsch", "PNG", "TIFF", "BT.709"}
"""Names, and numbers, that are the same in every language."""
SHOWN_ARGUMENTS = {
    "say": 2,
    "button": 3,
    "label": 2,
    "field": 2,
    "titled": 1,
    "ComboBox": 2,
    "SpinBox": 2,
    "Segments": 1,
}
"""How many of a call's first arguments are shown; what follows are roles and parents."""


def words_shown(source: str) -> list[str]:
    """String literals with letters in them that a call in SHOWING gets as they are."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in SHOWING:
            continue
        for argument in node.args[: SHOWN_ARGUMENTS.get(name, len(node.args))]:
            found += [text for text in _literals(argument) if re.search(r"[^\W\d_]{2}", text)]
    return [text for text in found if text not in SAME_EVERYWHERE]


def _literals(node: ast.expr) -> list[str]:
    """Of an argument itself, of both ends of a choice or a sum, of lists and of f-strings; not of calls in it."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return _literals(node.body) + _literals(node.orelse)
    if isinstance(node, ast.BinOp):
        return _literals(node.left) + _literals(node.right)
    if isinstance(node, ast.BoolOp | ast.JoinedStr):
        return [text for value in node.values for text in _literals(value)]
    if isinstance(node, ast.List | ast.Tuple):
        return [text for entry in node.elts for text in _literals(entry)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _literals(node.func.value)
    return []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "app").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_every_visible_string_is_translated(path: Path) -> None:
    assert words_shown(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('x.setText("Upscale")', ["Upscale"]),
        ('x.setText(self.tr("Upscale"))', []),
        ('x.setToolTip(self.tr("a") if y else "Stop it")', ["Stop it"]),
        ('label("Nothing here", self, "secondary")', ["Nothing here"]),
        ('label(self.tr("Nothing"), self, "secondary")', []),
        ('x.setText("{} frames".format(n))', ["{} frames"]),
        ('x.setText(f"{n} frames")', [" frames"]),
        ('x.setText(f"{n} %")', []),
        ('menu.addAction("Quit")', ["Quit"]),
        ('x.setHeaderLabels(["Part", self.tr("Version")])', ["Part"]),
    ],
)
def test_the_check_sees_what_it_must(line: str, shown: list[str]) -> None:
    assert words_shown(line) == shown
