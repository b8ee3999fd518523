"""No text reaches a widget except through the helper; and the finder finds what it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from .text_lint import faults

PACKAGE = Path(__file__).parents[2] / "nurse_tui"
MODULES = sorted(
    [*PACKAGE.glob("screens/**/*.py"), *PACKAGE.glob("widgets/**/*.py"), PACKAGE / "app.py"]
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_text_goes_through_the_helper(path: Path) -> None:
    assert faults(path) == []


UNSAFE = [
    "Static(name)",
    "Static(f'{name}')",
    "Label(patient.name)",
    "Button(label=name)",
    "self.query_one('#a').update(name)",
    "row.update(name + 'x')",
    "self.notify('literal')",
    "box.border_title = name",
    "table.add_row(*[n for n in names])",
    "Content(name)",
    "Static(Content.from_markup(name))",
    "Option(name)",
    "Static(cells(name, 9))",
]
SAFE = [
    "Static('literal')",
    "Static(text(name))",
    "Static(line('a', (name, 'bold')), id=name)",
    "row.update(text(name) if name else text(''))",
    "table.add_row(*[rich_text(n) for n in names])",
    "box.border_title = text(name)",
    "seen.add(name)",
    "self.say(name)",
]


@pytest.mark.parametrize("source", UNSAFE)
def test_the_finder_finds(tmp_path: Path, source: str) -> None:
    module = tmp_path / "screen.py"
    module.write_text(source)
    assert faults(module)


@pytest.mark.parametrize("source", SAFE)
def test_the_finder_lets_pass(tmp_path: Path, source: str) -> None:
    module = tmp_path / "screen.py"
    module.write_text(source)
    assert faults(module) == []


def test_a_function_that_promises_content_is_trusted(tmp_path: Path) -> None:
    module = tmp_path / "screen.py"
    module.write_text("def shown(name: str) -> Content: ...\nStatic(shown(name))")
    assert faults(module) == []
