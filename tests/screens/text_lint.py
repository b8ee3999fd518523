"""Finds text that reaches a widget by another way than nurse_tui.widgets.text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HELPERS = {"text", "rich_text", "styled", "line", "stacked", "state", "verdict"}
"""Functions of nurse_tui.widgets.text whose result is safe in any widget."""
SAFE_TYPES = {"Content", "Text", "ComposeResult"}
"""What a function or a name may be annotated with to be taken as safe; mypy proves the rest."""
WIDGETS = {
    "Static", "Label", "Button", "Checkbox", "RadioButton", "Option", "Tab", "TabPane", "Selection",
    "Collapsible", "Link", "Pretty", "Markdown", "Digits", "OptionList", "SelectionList",
}  # fmt: skip
METHODS = {"update", "notify", "add_option", "add_row", "add_column", "add_columns", "write",
           "add_tab", "set_title", "add", "add_leaf"}  # fmt: skip
ATTRIBUTES = {"border_title", "border_subtitle", "tooltip", "label", "title", "sub_title"}
TEXT_ARGUMENTS = {"content", "label", "prompt", "title", "renderable", "tooltip", "name"}
BUILDERS = {"Content", "Text", "from_markup", "Traceback", "escape"}
PLAIN_METHODS = {"add", "update", "write"}
"""Names that sets, dicts and files have too: looked at only on the result of a query or self."""

MAPPING = {"values", "items", "keys", "dict", "set"}
PACKAGE = Path(__file__).parents[2] / "nurse_tui"


@cache
def trusted() -> frozenset[str]:
    """Return the functions of screens and widgets that promise to return content."""
    modules = [*PACKAGE.glob("screens/**/*.py"), *PACKAGE.glob("widgets/**/*.py")]
    trees = [ast.parse(path.read_text("utf-8")) for path in modules]
    return frozenset(name for tree in trees for name in _functions(tree))


def faults(path: Path) -> list[str]:
    """Return `line what` of every place in a module where text could be read as markup."""
    tree = ast.parse(path.read_text("utf-8"))
    finder = _Finder(tree, is_helper=path.name == "text.py" and path.parent.name == "widgets")
    return [f"{path.name}:{line} {what}" for line, what in finder.found()]


class _Finder:
    def __init__(self, tree: ast.Module, is_helper: bool) -> None:
        self.tree = tree
        self.is_helper = is_helper
        self.safe_names = _annotated(tree) | trusted()

    def found(self) -> Iterator[tuple[int, str]]:
        if self.is_helper:
            return
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield from self._call(node)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                yield from self._assignment(node)

    def _call(self, node: ast.Call) -> Iterator[tuple[int, str]]:
        name = _name(node.func)
        if name in BUILDERS:
            yield node.lineno, f"{name}() is built outside widgets/text.py"
        if name == "notify" and _owner(node) in ("self", "app", "nurse_app", "screen"):
            yield node.lineno, "notify() is called; say() is the way"
        if name in WIDGETS or (name in METHODS and _on_widget(node)):
            given = [*node.args, *(k.value for k in node.keywords if k.arg in TEXT_ARGUMENTS)]
            given = given[:1] if name in ("Button", "Static", "Label", "TabPane") else given
            for value in given:
                if not self._safe(value):
                    yield value.lineno, f"{name}() is given {ast.unparse(value)[:60]}"

    def _assignment(self, node: ast.Assign | ast.AnnAssign) -> Iterator[tuple[int, str]]:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if not (isinstance(target, ast.Attribute) and target.attr in ATTRIBUTES):
                continue
            if isinstance(target.value, ast.Name) and target.value.id == "self":
                own = target.attr in ("label", "title")
                if own:
                    continue
            if node.value is not None and not self._safe(node.value):
                yield node.lineno, f".{target.attr} is set to {ast.unparse(node.value)[:60]}"

    def _safe(self, value: ast.expr) -> bool:
        match value:
            case ast.Constant():
                return True
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return name in self.safe_names
            case ast.Call(func=function):
                name = _name(function)
                return name in HELPERS or name in WIDGETS or name in self.safe_names
            case ast.IfExp(body=body, orelse=other):
                return self._safe(body) and self._safe(other)
            case ast.Starred(value=inner):
                return self._safe(inner)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return all(self._safe(part) for part in parts)
            case ast.ListComp(elt=part) | ast.GeneratorExp(elt=part):
                return self._safe(part)
        return False


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _on_widget(node: ast.Call) -> bool:
    """Tell whether a method is called on a widget, where its name alone does not say so."""
    if _name(node.func) not in PLAIN_METHODS:
        return True
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if isinstance(owner, ast.Call):
        return _name(owner.func) in ("query_one", "query", "super")
    of_mapping = any(isinstance(a, ast.Call) and _name(a.func) in MAPPING for a in node.args)
    named = isinstance(owner, ast.Name | ast.Attribute) and _name(node.func) == "update"
    return named and not of_mapping


def _owner(node: ast.Call) -> str:
    return _name(node.func.value) if isinstance(node.func, ast.Attribute) else ""


def _annotated(tree: ast.Module) -> set[str]:
    """Return the names of functions, parameters and variables whose annotation is safe."""
    safe = set(_functions(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and _is_safe(node.annotation):
            safe.add(node.arg)
        elif isinstance(node, ast.AnnAssign) and _is_safe(node.annotation):
            safe.add(_name(node.target))
    return safe


def _functions(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_safe(node.returns):
            yield node.name


def _is_safe(annotation: ast.expr | None) -> bool:
    words = ast.unparse(annotation) if annotation is not None else ""
    return words.replace(" | None", "") in SAFE_TYPES
