"""Reads the engine's code for what it can say: the shapes of all messages of errors and notices.

A shape is a message with its holes numbered: f"{path.name} is empty" has the shape "{0} is empty". Followed are
literals, f-strings, format(), conditionals, local variables, parameters of local functions, and their results.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent / "engine"
SILENT = (
    "training",
    "metrics",
    "cli",
    "measure_cli",
    "console",
    "models_cli",
    "models_console",
    "cluster_cli",
    "bench",
    "doctor",
    "footprint",
)
"""Rooms whose words never reach the window."""
TALKS = ("training", "adapt")
"""But these do."""


def engine_shapes() -> dict[str, str]:
    """Every shape and where it is said, e.g. {"{0} is empty (0 bytes)": "media/probe.py"}."""
    found: dict[str, str] = {}
    for path in sorted(ROOT.rglob("*.py")):
        inside = path.relative_to(ROOT)
        if inside.parts[0].removesuffix(".py") not in SILENT or inside.parts[:2] == TALKS:
            for shape in _Module(path).shapes():
                found.setdefault(shape, str(inside))
    return found


def _error_names() -> frozenset[str]:
    tree = ast.parse((ROOT / "errors.py").read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.ClassDef))


class _Module:
    def __init__(self, path: Path) -> None:
        self._tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = list(ast.walk(self._tree))
        self._above = {child: node for node in nodes for child in ast.iter_child_nodes(node)}
        self._functions = {node.name: node for node in nodes if isinstance(node, ast.FunctionDef)}
        self._calls = [node for node in nodes if isinstance(node, ast.Call)]

    def shapes(self) -> Iterator[str]:
        errors = _error_names()
        for call in self._calls:
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            if name in errors and call.args:
                yield from self._of(call.args[0], ())
            elif name == "Notice":
                yield from self._of(_argument(call, 1, "message"), ())

    def _of(self, node: ast.AST | None, seen: tuple[str, ...]) -> list[str]:
        match node:
            case ast.Constant(value=str() as text):
                return [text]
            case ast.JoinedStr():
                return [_joined(node)]
            case ast.IfExp():
                return self._of(node.body, seen) + self._of(node.orelse, seen)
            case ast.BinOp(op=ast.Add()):
                return [a + b for a in self._of(node.left, seen) for b in self._of(node.right, seen)]
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as text), attr="format")):
                return [_numbered(text)]
            case ast.Call(func=ast.Name(id=name)) if name in self._functions and name not in seen:
                returns = (n for n in ast.walk(self._functions[name]) if isinstance(n, ast.Return))
                return [shape for one in returns for shape in self._of(one.value, (*seen, name))]
            case ast.Name():
                return self._of_name(node, seen)
        return []

    def _of_name(self, node: ast.Name, seen: tuple[str, ...]) -> list[str]:
        """What a local variable or a parameter can hold."""
        function: ast.AST = node
        while not isinstance(function, ast.FunctionDef) and function in self._above:
            function = self._above[function]
        if not isinstance(function, ast.FunctionDef):
            return []
        parameters = [parameter.arg for parameter in function.args.args]
        if node.id in parameters and function.name not in seen:
            place = parameters.index(node.id)
            calls = [c for c in self._calls if isinstance(c.func, ast.Name) and c.func.id == function.name]
            given = (_argument(call, place, node.id) for call in calls)
            return [shape for one in given for shape in self._of(one, (*seen, function.name))]
        assigned = [
            one.value
            for one in ast.walk(function)
            if isinstance(one, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id == node.id for target in one.targets)
        ]
        return [shape for value in assigned for shape in self._of(value, seen)]


def _argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    named = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
    return named or (call.args[place] if place < len(call.args) else None)


def _joined(node: ast.JoinedStr) -> str:
    parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return _numbered("".join(map(str, parts)))


def _numbered(text: str) -> str:
    number = 0
    while "{}" in text:
        text = text.replace("{}", f"{{{number}}}", 1)
        number += 1
    return text
